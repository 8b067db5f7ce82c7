"""Process markers of a home: an unclean stop is reported to the next process, once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.settings.home.locks import FileLock
from app.settings.home.process_marker import SUFFIX, ProcessMarker

CHILD = """
import os, sys
from pathlib import Path
from app.settings.home.process_marker import ProcessMarker
process_marker = ProcessMarker(Path(sys.argv[1]))
process_marker.create()
print("in", flush=True)
sys.stdin.readline()
process_marker.remove()
"""


def other_process(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    return process


def killed(folder: Path) -> None:
    process = other_process(folder)
    process.kill()
    process.communicate()


def entered(folder: Path) -> ProcessMarker:
    process_marker = ProcessMarker(folder)
    process_marker.create()
    return process_marker


def signs(folder: Path) -> list[Path]:
    return list(folder.glob(f"*{SUFFIX}"))


def test_an_orderly_end_leaves_nothing(tmp_path: Path) -> None:
    process_marker = entered(tmp_path / "running")
    assert not process_marker.was_unclean
    assert len(signs(tmp_path / "running")) == 1
    process_marker.remove()
    process_marker.remove()
    assert signs(tmp_path / "running") == []
    assert not entered(tmp_path / "running").was_unclean


def test_a_killed_process_is_noticed_until_it_is_settled(tmp_path: Path) -> None:
    killed(tmp_path)
    hasty = entered(tmp_path)
    assert hasty.was_unclean
    hasty.remove()  # it had no time to check
    second = entered(tmp_path)
    assert second.was_unclean
    second.clear_stale()
    assert not second.was_unclean
    assert len(signs(tmp_path)) == 1
    second.remove()
    assert not entered(tmp_path).was_unclean


def test_a_living_process_is_no_dead_one(tmp_path: Path) -> None:
    living = other_process(tmp_path)
    second_marker = entered(tmp_path)
    assert not second_marker.was_unclean
    second_marker.remove()
    assert len(signs(tmp_path)) == 1
    living.communicate("\n")
    assert signs(tmp_path) == []


def test_of_two_that_start_one_looks_after_the_dead(tmp_path: Path) -> None:
    killed(tmp_path)
    first, second = entered(tmp_path), entered(tmp_path)
    assert (first.was_unclean, second.was_unclean) == (True, False)
    second.remove()
    first.remove()
    assert entered(tmp_path).was_unclean


def test_a_sign_that_is_just_being_made_says_nothing(tmp_path: Path) -> None:
    young, old = tmp_path / f"1-a{SUFFIX}", tmp_path / f"2-b{SUFFIX}"
    young.touch()
    old.touch()
    os.utime(old, (time.time() - 100, time.time() - 100))
    assert not entered(tmp_path).was_unclean
    assert young.exists()
    assert not old.exists()
    lock = FileLock(young)
    assert lock.acquire()
    lock.release()


@pytest.mark.parametrize("there", ["file", "nothing above"])
def test_a_home_that_takes_no_signs_stops_nobody(tmp_path: Path, there: str) -> None:
    if there == "file":
        (tmp_path / "running").write_text("in the way")
    process_marker = entered(tmp_path / "running" if there == "file" else tmp_path / "no" / "running")
    assert not process_marker.was_unclean
    process_marker.clear_stale()
    process_marker.remove()
