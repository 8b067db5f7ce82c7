"""A missing, empty or truncated settings file is reported; the last good settings stay, on the disk and in use."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.errors import SettingBad
from app.settings.file import SettingsFile
from app.settings.home.marker import HomeMarker
from app.settings.home.paths import HomePaths
from app.settings.schema import OPERATOR_URLS

PRODUCTION = OPERATOR_URLS["production"]
GOOD = b"""# the shop
[shop]
name = "Kava"
terminal_id = "77"

[operator]
environment = "production"
timeout_s = 20

[callbacks]
port = 8744
public_url = "https://pay.example.com"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_bytes(GOOD)
    assert SettingsFile(path).load().operator.url == PRODUCTION
    assert good_copy(path).read_bytes() == GOOD
    return path


def good_copy(path: Path) -> Path:
    return path.with_name("settings.toml.good")


def without(*lines: str) -> bytes:
    kept = [line for line in GOOD.decode().splitlines(keepends=True) if line.strip() not in lines]
    return "".join(kept).encode()


LOSSES: dict[str, tuple[bytes | None, str]] = {
    "gone": (None, "gone"),
    "empty": (b"", "emptied"),
    "blank": (b"\n \n", "emptied"),
    "a byte order mark": (b"\xef\xbb\xbf", "emptied"),
    "only a comment": (b"# the shop\n", "emptied"),
    "only headers": (b"[shop]\n[operator]\n[callbacks]\n", "emptied"),
    "cut after a section": (GOOD[: GOOD.index(b"[operator]")], "cut"),
    "cut after a header": (GOOD[: GOOD.index(b"environment")], "cut"),
    "cut after a line": (GOOD[: GOOD.index(b"timeout_s")], "cut"),
    "cut within a number": (GOOD[: GOOD.index(b"44\npublic")], "cut"),
    "cut after a value": (GOOD[: GOOD.index(b"\npublic_url")], "cut"),
    "cut, saved with a mark and other line ends": (
        b"\xef\xbb\xbf" + GOOD[: GOOD.index(b"[callbacks]")].replace(b"\n", b"\r\n"),
        "cut",
    ),
    "changed at the top and cut within a number": (
        b"# new\n" + GOOD[: GOOD.index(b"44\npublic")],
        "cut",
    ),
    "a section is missing": (without("[shop]", 'name = "Kava"', 'terminal_id = "77"'), "section_lost:shop"),
    "the environment is missing": (without('environment = "production"'), "lost"),
    "the operator is missing": (
        without("[operator]", 'environment = "production"', "timeout_s = 20"),
        "lost section_lost:operator",
    ),
    "cut within a text": (GOOD[: GOOD.index(b'va"\n')], "toml_syntax"),
    "cut within a name": (GOOD[: GOOD.index(b"ironment")], "toml_syntax"),
    "zeros": (bytes(len(GOOD)), "toml_syntax"),
    "another encoding": (GOOD.decode().encode("utf-16"), "not_utf8"),
}


@pytest.mark.parametrize(("content", "reasons"), LOSSES.values(), ids=LOSSES)
def test_a_loss_is_reported_and_nothing_is_overwritten(path: Path, content: bytes | None, reasons: str) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    for _ in range(2):
        file = SettingsFile(path)
        settings = file.load()
        assert " ".join(problem.reason for problem in file.problems) == reasons
        assert (settings.operator.url, settings.callbacks.port, settings.shop.name) == (PRODUCTION, 8744, "Kava")
        with pytest.raises(SettingBad) as refused:
            SettingsFile(path).set("ui.scale", "110")
        assert refused.value.details["reason"] == reasons.split()[0]
    assert (path.read_bytes() if path.exists() else None) == content
    assert good_copy(path).read_bytes() == GOOD


@pytest.mark.parametrize("at", range(1, len(GOOD) - 1))
def test_a_file_cut_anywhere_never_changes_what_is_in_use(path: Path, at: int) -> None:
    path.write_bytes(GOOD[:at])
    file = SettingsFile(path)
    whole = SettingsFile(good_copy(path)).load()
    assert file.load() == whole
    assert file.problems
    assert good_copy(path).read_bytes() == GOOD


CHANGES: dict[str, bytes] = {
    "a line removed": without("timeout_s = 20"),
    "a line removed at the end of a section": without('terminal_id = "77"'),
    "a value changed": GOOD.replace(b"8744", b"8745"),
    "a value shortened at the end of a line": GOOD.replace(b"8744", b"87"),
    "test, said in words": GOOD.replace(b"production", b"test"),
    "an address instead of the environment": GOOD.replace(
        b'environment = "production"', b'url = "https://example.com/xpay"'
    ),
    "longer": GOOD + b"[ui]\nscale = 110\n",
    "written on one line": GOOD.replace(b'[shop]\nname = "Kava"\nterminal_id = "77"\n', b"").replace(
        b"# the shop\n", b'shop = { name = "Kava" }\n'
    ),
    "other line ends, no last one": GOOD.replace(b"\n", b"\r\n")[:-2],
}


@pytest.mark.parametrize("content", CHANGES.values(), ids=CHANGES)
def test_what_a_person_may_do_by_hand_is_taken(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    file = SettingsFile(path)
    settings = file.load()
    assert file.problems == ()
    SettingsFile(path).set("ui.scale", "120")
    again = SettingsFile(path).load()
    assert again.ui.scale == 120
    assert again.operator == settings.operator
    assert path.read_bytes() == good_copy(path).read_bytes()


def test_a_single_line_of_its_own_section_may_go(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"ui.scale = 110\ntill.sound = false\n")
    SettingsFile(path).load()
    path.write_bytes(b"till.sound = false\n")
    file = SettingsFile(path)
    assert (file.load().ui.scale, file.problems) == (100, ())


def test_a_last_line_end_or_comment_that_is_missing_is_no_loss_but_the_copy_stays(path: Path) -> None:
    path.write_bytes(GOOD[:-1])
    file = SettingsFile(path)
    assert file.load().callbacks.public_url == "https://pay.example.com"
    assert file.problems == ()
    assert good_copy(path).read_bytes() == GOOD


def test_who_shortens_on_purpose_deletes_the_copy(path: Path) -> None:
    path.write_bytes(GOOD[: GOOD.index(b"[callbacks]")])
    good_copy(path).unlink()
    file = SettingsFile(path)
    assert (file.load().callbacks.port, file.problems) == (8733, ())


def test_setting_the_lost_environment_repairs_the_file(path: Path) -> None:
    path.write_bytes(without('environment = "production"'))
    SettingsFile(path).set("operator.environment", "test")
    file = SettingsFile(path)
    assert (file.load().operator.url, file.problems) == (OPERATOR_URLS["test"], ())


def test_what_we_write_ourselves_is_never_a_loss(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    file = SettingsFile(path)
    file.set("operator.environment", "production")
    file.set("operator.answer_auth", "off")
    before = path.read_bytes()
    file.set("operator.answer_auth", "unset")
    assert before.startswith(path.read_bytes())
    assert (file.load().operator.answer_auth, file.problems) == (True, ())


@pytest.mark.parametrize("shorter", [True, False])
def test_a_kill_between_our_two_writes_is_no_loss(tmp_path: Path, shorter: bool) -> None:
    """The disk's content after each write of one `set`, as if the process were killed there."""
    path = tmp_path / "settings.toml"
    file = SettingsFile(path)
    file.set("operator.environment", "production")
    one = path.read_bytes()
    file.set("operator.answer_auth", "off")
    two = path.read_bytes()
    old, new = (two, one) if shorter else (one, two)
    stages = [(old, old, new), (new, old, new), (new, new, new), (new, new, None)]
    for content, good, announced in stages:
        path.write_bytes(content)
        good_copy(path).write_bytes(good)
        if announced is not None:
            path.with_name("settings.toml.next").write_bytes(announced)
        again = SettingsFile(path)
        assert again.load().operator.answer_auth == (b"answer_auth" not in content)
        assert again.problems == ()
        assert good_copy(path).read_bytes() == content
        again.set("ui.scale", "110")
        assert good_copy(path).read_bytes() == path.read_bytes()


def test_a_good_copy_that_is_cut_itself_does_not_lead_to_the_test_server(path: Path) -> None:
    marker = HomeMarker(HomePaths(path.parent))
    marker.note_ledger(1)
    SettingsFile(path).load()  # stores the address
    path.write_bytes(GOOD + b"=\n")
    for good in (b"", GOOD[: GOOD.index(b"[operator]")], None):
        if good is None:
            good_copy(path).unlink()
        else:
            good_copy(path).write_bytes(good)
        file = SettingsFile(path)
        assert file.load().operator.url == ""
        assert file.problems[-1].reason == "lost"
        assert path.read_bytes() == GOOD + b"=\n"


@pytest.mark.parametrize("spoil", [Path.unlink, lambda file: file.write_bytes(b"")])
def test_a_used_home_that_lost_both_asks_nobody(path: Path, spoil: Callable[[Path], object]) -> None:
    HomeMarker(HomePaths(path.parent)).note_ledger(1)
    SettingsFile(path).load()
    spoil(path)
    spoil(good_copy(path))
    file = SettingsFile(path)
    assert (file.load().operator.url, [problem.reason for problem in file.problems]) == ("", ["lost"])
    with pytest.raises(SettingBad):
        file.set("shop.name", "Kava")
    file.set("operator.environment", "production")
    assert (file.load().operator.url, file.problems) == (PRODUCTION, ())


def test_a_home_that_works_with_the_test_server_without_a_file_may_go_on(tmp_path: Path) -> None:
    marker = HomeMarker(HomePaths(tmp_path))
    marker.note_ledger(1)
    file = SettingsFile(tmp_path / "settings.toml")
    assert file.load().operator.url == OPERATOR_URLS["test"]
    marker.note(operator_url=OPERATOR_URLS["test"])
    assert (file.load().operator.url, file.problems) == (OPERATOR_URLS["test"], ())
    (tmp_path / "home.json").write_bytes(b"")
    assert (file.load().operator.url, file.problems[0].reason) == ("", "lost")


def test_reading_while_others_write_tells_no_loss(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    SettingsFile(path).set("shop.name", "Kava")
    program = (
        "import sys; from pathlib import Path; from app.settings.file import SettingsFile\n"
        "file = SettingsFile(Path(sys.argv[1]))\n"
        "for n in range(40): file.set('till.sound', 'off' if n % 2 else 'unset')\n"
    )
    problems_seen: list[str] = []
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            file = SettingsFile(path)
            file.load()
            problems_seen.extend(problem.reason for problem in file.problems)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    writers = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(2)]
    try:
        assert [writer.wait(60) for writer in writers] == [0, 0]
    finally:
        ended.set()
        for reader in readers:
            reader.join()
    assert problems_seen == []
    assert good_copy(path).read_bytes() == path.read_bytes()
