"""Tasks of a page and journal notifications: one at a time, one more after a burst, none lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from app.domain.errors import PaydeskError, StorageFull
from app.domain.ids import PaymentId
from app.services.ports.changes import Changes
from app.ui.change_batcher import ChangeBatcher
from app.ui.tasks import PageTasks


class Recorder:
    def __init__(self) -> None:
        self.refusals: list[PaydeskError] = []
        self.defects: list[BaseException] = []
        self.ends = 0

    def end(self) -> None:
        self.ends += 1


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def tasks(recorder: Recorder) -> PageTasks:
    return PageTasks("test", recorder.refusals.append, recorder.defects.append, recorder.end)


async def test_a_second_start_of_the_same_work_is_refused_while_it_runs(tasks: PageTasks) -> None:
    gate, runs = asyncio.Event(), []

    async def work() -> None:
        runs.append(True)
        await gate.wait()

    assert tasks.start_once("create", work)
    assert not tasks.start_once("create", work)
    gate.set()
    await tasks.wait_until_idle()
    assert tasks.start_once("create", work)
    await tasks.wait_until_idle()
    assert len(runs) == 2


async def test_a_storm_is_read_once_more_and_not_a_hundred_times(tasks: PageTasks) -> None:
    gate, runs = asyncio.Event(), []

    async def read() -> None:
        runs.append(True)
        await gate.wait()

    for _ in range(100):
        tasks.start_again("read", read)
    await asyncio.sleep(0)
    gate.set()
    await tasks.wait_until_idle()
    assert len(runs) == 2


async def test_refusals_and_defects_go_their_ways(
    tasks: PageTasks, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse() -> None:
        raise StorageFull()

    async def break_down() -> None:
        raise ZeroDivisionError

    tasks.start("refuse", refuse())
    tasks.start("break", break_down())
    await tasks.wait_until_idle()
    assert [error.code for error in recorder.refusals] == ["storage_full"]
    assert [type(error) for error in recorder.defects] == [ZeroDivisionError]
    assert recorder.ends == 2
    assert "test: break" in caplog.text


async def test_closing_cancels_and_tells_nobody(tasks: PageTasks, recorder: Recorder) -> None:
    cancelled: list[bool] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    tasks.start("wait", work())
    await asyncio.sleep(0)
    tasks.close()
    await asyncio.sleep(0)
    tasks.start("late", work())
    await tasks.wait_until_idle()
    assert (cancelled, recorder.ends, recorder.refusals) == ([True], 0, [])
    assert not tasks.runs("late"), "a slot of a page that is gone starts nothing"


def test_news_wakes_the_window_once_for_many_entries() -> None:
    woken: list[Callable[[None], None]] = []
    flushed: list[tuple[frozenset[PaymentId], int]] = []
    batcher = ChangeBatcher(
        lambda flush: lambda _: woken.append(flush), lambda changed, last_seq: flushed.append((changed, last_seq))
    )
    a, b = PaymentId("p-a"), PaymentId("p-b")
    for number in range(50):
        batcher.add(Changes(number, number + 1, frozenset({a})))
    batcher.add(Changes(50, 52, frozenset({b})))
    assert len(woken) == 1
    woken[0](None)
    assert flushed == [(frozenset({a, b}), 52)]
    batcher.add(Changes(52, 53, frozenset()))
    assert len(woken) == 2, "news after the telling wakes again, that of no payment, too"
    woken[1](None)
    assert flushed == [(frozenset({a, b}), 52), (frozenset(), 53)]
