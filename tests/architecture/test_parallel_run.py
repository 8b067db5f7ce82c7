"""Tests on several processes: which ones may run in parallel, and that the scan covers every process (R8)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.conftest import GROUPS

ROOT = Path(__file__).parents[2]
SHARED = ("tests.screen", "tests.webdriver", "QT_QPA_PLATFORM", "DISPLAY")
"""Source text of a journey that starts a screen, a browser or a window."""
TWO_TESTS = """
import pytest

@pytest.mark.parametrize("place", range(4))
def test_one(tmp_path, place):
    (tmp_path / "note.txt").write_text("card 4242 4242 4242 4242" if place == {bad} else "nothing")
"""


def test_every_group_names_tests_that_are_there() -> None:
    for beginning in GROUPS:
        folder, _, name = beginning.rpartition("/")
        assert list((ROOT / folder).glob(f"{name}*.py")), beginning


def test_journeys_with_a_screen_run_one_after_another() -> None:
    journeys = list((ROOT / "tests" / "journeys").glob("test_*.py"))
    with_screen = {path.stem for path in journeys if any(word in path.read_text("utf-8") for word in SHARED)}
    assert "test_window" in with_screen
    assert {f"tests/journeys/{name}" for name in with_screen} <= GROUPS.keys()


@pytest.mark.parametrize("options", [(), ("-n", "2", "--dist", "loadgroup")], ids=["one process", "two processes"])
@pytest.mark.parametrize(("bad", "code"), [(2, 1), (None, 0)], ids=["a card number", "nothing"])
def test_a_card_number_on_the_disk_fails_the_run_whichever_process_wrote_it(
    options: tuple[str, ...], bad: int | None, code: int
) -> None:
    # not in this run's own folder: only the inner run may find what is planted here
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "test_two.py"
        file.write_text(TWO_TESTS.format(bad=bad))
        command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "tests.conftest", *options, str(file)]
        done = subprocess.run(
            [*command, "--basetemp", f"{folder}/files", "-o", "cache_dir=" + folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == code, done.stdout
    assert ("a card number 424242" in done.stdout) is (bad is not None)
    assert "4 passed" in done.stdout
