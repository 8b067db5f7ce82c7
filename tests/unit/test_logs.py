"""What reaches the log file, and what must not."""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.logs import LOG_NAME, redacted_log, set_up_logging, stop_logging
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
