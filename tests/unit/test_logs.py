"""What is written to the log file, and what must not be."""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.listener.connection import log_defect
from app.logs import LOG_NAME, redacted_log, set_up_logging, stop_logging
from tests.hostile import ACTING, acting
from tests.secrets_scan import holds

PAN = "4242424242424242"


@pytest.fixture(autouse=True)
def _loggers_as_before() -> Iterator[None]:
    names = ("", "aiohttp", "aiohttp.access", "aiohttp.server", "httpx", "httpcore", "asyncio", "keyring")
    names += ("alembic", "sqlalchemy")
    before = [(logging.getLogger(name), logging.getLogger(name).level) for name in names]
    yield
    stop_logging()
    for logger, level in before:
        logger.setLevel(level)
        logger.disabled = False


def test_lines_carry_utc_and_no_card_numbers(tmp_path: Path) -> None:
    set_up_logging(tmp_path / "logs")
    logging.getLogger("app.test").info("card %s", PAN)
    try:
        raise ValueError(f"bad {PAN}")
    except ValueError:
        logging.getLogger("app.test").exception("failed")
    text = (tmp_path / "logs" / LOG_NAME).read_text("utf-8")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 INFO app.test card ", text)
    assert "Traceback" in text
    assert PAN not in text


RECORD = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+\+00:00 [A-Z]+ ")


def test_a_foreign_text_forges_no_line(tmp_path: Path) -> None:
    """A record is one line, and its whole text stays readable."""
    set_up_logging(tmp_path)
    logging.getLogger("app.test").warning("the operator said %s", ACTING + "\udcff")
    (line,) = (tmp_path / LOG_NAME).read_text("utf-8").splitlines()
    assert not acting(line)
    assert r"\r\n2026-01-01T00:00:00.000+00:00 INFO forged" in line
    assert r"\u001b[2J" in line
    assert line.endswith(r"\udcff")


def test_a_traceback_keeps_its_lines_and_forges_none(tmp_path: Path) -> None:
    set_up_logging(tmp_path)
    try:
        raise ValueError(f"answer: {ACTING}")
    except ValueError:
        logging.getLogger("app.test").exception("failed\n2026-01-01T00:00:00.000+00:00 INFO forged", stack_info=True)
    text = (tmp_path / LOG_NAME).read_text("utf-8")
    assert acting(text) == ["\n"] * text.count("\n")
    assert [bool(RECORD.match(line)) for line in text.splitlines()].count(True) == 1
    assert [line for line in text.splitlines()[1:] if not line.startswith("  ")] == []
    assert "Traceback (most recent call last):\n" in text
    assert "ValueError: answer: " in text
    assert "Stack (most recent call last):\n" in text


def test_a_text_formatted_by_somebody_else_before_forges_none(tmp_path: Path) -> None:
    """The standard library keeps a traceback's text with its record."""
    set_up_logging(tmp_path)
    handler = logging.getLogger().handlers[0]
    try:
        raise ValueError("\n2026-01-01T00:00:00.000+00:00 INFO forged")
    except ValueError as failure:
        exc_info = (type(failure), failure, failure.__traceback__)
        record = logging.LogRecord("app.test", logging.ERROR, __file__, 1, "failed", (), exc_info)
    logging.Formatter().format(record)
    handler.handle(record)
    assert not re.search(r"(?m)^2026-01-01", (tmp_path / LOG_NAME).read_text("utf-8"))


def test_where_a_defect_is_stands_on_lines_of_its_own(tmp_path: Path) -> None:
    set_up_logging(tmp_path)
    try:
        raise ValueError(ACTING)
    except ValueError as failure:
        log_defect(failure)
    first, *rest = (tmp_path / LOG_NAME).read_text("utf-8").splitlines()
    assert first.endswith("defect in the listener: ValueError")
    assert any("test_logs.py" in line for line in rest)
    assert all(line.startswith("  ") for line in rest)
    assert "forged" not in "".join(rest)


def test_a_card_number_in_any_dress_stays_out_and_the_time_of_a_line_stays(tmp_path: Path) -> None:
    set_up_logging(tmp_path)
    for number in range(200):
        logging.getLogger("app.test").info("%s/%02d", "/".join(PAN), number % 100)
    logging.getLogger("app.test").info("1234 4242%%2042424242%%204242")
    lines = (tmp_path / LOG_NAME).read_text("utf-8").splitlines()
    assert len(lines) == 201
    for line in lines:
        assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 INFO app.test ", line), line
        assert not holds(line, PAN)


def test_lines_of_an_older_version_are_redacted_anew() -> None:
    times = [f"2026-11-21T10:15:{second:02}.{second:03}+00:00" for second in range(60)]
    text = "\n".join(f"{at} INFO app.test {number} card {'.'.join(PAN)}" for number, at in enumerate(times))
    left = redacted_log(f"{text}\n  {PAN} in a traceback\n")
    assert [line[:29] for line in left.splitlines()[:60]] == times
    assert not holds(left, PAN)
    assert left.endswith("  424242******4242 in a traceback\n")


def test_the_http_libraries_are_silent(tmp_path: Path) -> None:
    set_up_logging(tmp_path, verbose=False)
    logging.getLogger("aiohttp.access").critical("GET /xpay/key")
    logging.getLogger("aiohttp.server").exception("bad request")
    logging.getLogger("httpx").info("POST")
    logging.getLogger("httpcore.http11").debug("send")
    assert (tmp_path / LOG_NAME).read_text("utf-8") == ""


def test_nothing_on_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(tmp_path, verbose=True)
    logging.getLogger("app.test").warning("seen")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "seen" in shown.err
    set_up_logging(None)
    logging.getLogger("app.test").warning("unseen")
    assert capsys.readouterr().err == ""


def test_setting_up_twice_writes_once_and_privately(tmp_path: Path) -> None:
    set_up_logging(tmp_path)
    set_up_logging(tmp_path)
    logging.getLogger("app.test").info("once")
    file = tmp_path / LOG_NAME
    assert file.read_text("utf-8").count("once") == 1
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    set_up_logging(tmp_path / "file" / "logs")
    logging.getLogger("app.test").info("gone")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_costs_lines_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / LOG_NAME
    file.symlink_to("/dev/full")
    set_up_logging(tmp_path)
    for number in range(300):
        logging.getLogger("app.test").error("card %s, line %s", PAN, "x" * number)
    file.unlink()
    logging.getLogger("app.test").error("room again")
    text = file.read_text("utf-8")
    assert text.count("\n") == 1
    assert "room again" in text
    file.unlink()
    file.symlink_to("/dev/full")
    set_up_logging(tmp_path)
    logging.getLogger("app.test").error("lost")
    stop_logging()
    assert capsys.readouterr() == ("", "")


def test_a_log_that_another_process_moved_away_is_not_moved_again(tmp_path: Path) -> None:
    """Two processes write one log: rotating a file that the other one has just begun would discard its older lines."""
    set_up_logging(tmp_path)
    log = logging.getLogger("app.test")
    log.info("old")
    (tmp_path / LOG_NAME).rename(tmp_path / f"{LOG_NAME}.1")
    (tmp_path / LOG_NAME).write_text("of the other process\n", "utf-8")
    log.info("new %s", "x" * 999_900)  # more than the rotated file could take if it were still open
    log.info("newer")
    assert "old" in (tmp_path / f"{LOG_NAME}.2").read_text("utf-8") + (tmp_path / f"{LOG_NAME}.1").read_text("utf-8")
    logged = "".join(file.read_text("utf-8") for file in tmp_path.glob(f"{LOG_NAME}*"))
    assert [word in logged for word in ("old", "of the other process", "new xxx", "newer")] == [True] * 4


def test_a_log_that_was_deleted_is_begun_again(tmp_path: Path) -> None:
    set_up_logging(tmp_path)
    (tmp_path / LOG_NAME).unlink()
    logging.getLogger("app.test").info("again")
    assert "again" in (tmp_path / LOG_NAME).read_text("utf-8")
