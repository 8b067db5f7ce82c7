"""Commits of other processes are detected by polling a counter: of a second ledger on the file, and step by step."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

from app.domain.errors import StorageLocked
from app.storage.commit_monitor import CommitMonitor
from app.storage.ledger import open_ledger
from tests.contracts.sales import sell

TIMEOUT_S = 20.0


def watched(versions: list[int | Exception]) -> tuple[int, int]:
    """Run a monitor on these versions, one a poll; return how often it notified and how often it polled."""
    rest: Iterator[int | Exception] = iter(versions)
    notifications: list[None] = []
    polls: list[None] = []
    done = threading.Event()

    def version() -> int:
        found = next(rest, None)
        if found is None:
            done.set()
            raise StorageLocked
        polls.append(None)
        if isinstance(found, Exception):
            raise found
        return found

    watch = CommitMonitor(version, lambda: notifications.append(None), every_s=0.001)
    assert done.wait(TIMEOUT_S)
    watch.join()
    return len(notifications), len(polls)


def test_each_new_version_is_reported_and_the_same_one_is_not() -> None:
    assert watched([7, 7, 7, 8, 8, 12]) == (3, 6)


def test_a_look_that_fails_is_followed_by_others() -> None:
    assert watched([1, StorageLocked(), 1, 2]) == (2, 4)


def test_a_defect_does_not_end_the_watching() -> None:
    assert watched([1, ZeroDivisionError(), 2]) == (2, 3)


async def test_another_ledger_on_the_file_is_heard_and_a_closed_one_hears_no_more(tmp_path: Path) -> None:
    ours, other = open_ledger(tmp_path / "ledger.db"), open_ledger(tmp_path / "ledger.db")
    loop, notified = asyncio.get_running_loop(), asyncio.Event()
    stop = ours.watch_commits(lambda: loop.call_soon_threadsafe(notified.set), 0.01)
    try:
        for name in ("at the start", "a", "b"):
            async with asyncio.timeout(TIMEOUT_S):
                await notified.wait()
            notified.clear()
            await other.write(lambda tx, name=name: sell(tx, name))
    finally:
        stop()
        await ours.close()
        await other.close()
    assert "ledger-watch" not in {thread.name for thread in threading.enumerate()}
