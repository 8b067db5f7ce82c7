"""Two loops: commands survive a closed page, reads do not, notifications arrive in order (house rules)."""

from __future__ import annotations

import asyncio
import threading

import pytest

from app.domain.errors import Defect, NotFound
from app.lifecycle import CoreThread
from app.ui.bridge import Bridge


class Work:
    """A core coroutine controlled by the test."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.ended = threading.Event()
        self.outcome = ""

    async def run(self) -> str:
        self._loop, self._go = asyncio.get_running_loop(), asyncio.Event()
        self.started.set()
        try:
            await self._go.wait()
            self.outcome = "done"
        except asyncio.CancelledError:
            self.outcome = "cancelled"
            raise
        finally:
            self.ended.set()
        return self.outcome

    def release(self) -> None:
        self._loop.call_soon_threadsafe(self._go.set)


async def wait_until_stopped(stopping: asyncio.Event) -> None:
    await stopping.wait()


@pytest.fixture
def core() -> CoreThread:
    return CoreThread(wait_until_stopped)


async def cancelled_midway(bridge: Bridge, work: Work, *, shielded: bool) -> str:
    call = bridge.command if shielded else bridge.query
    task = asyncio.ensure_future(call(work.run))
    await asyncio.to_thread(work.started.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    if shielded:
        work.release()
    assert await asyncio.to_thread(work.ended.wait, 10)
    return work.outcome


async def test_a_command_outlives_its_page_and_a_read_does_not(core: CoreThread) -> None:
    bridge = Bridge(core.start(), asyncio.get_running_loop())
    try:
        assert await cancelled_midway(bridge, Work(), shielded=True) == "done"
        assert await cancelled_midway(bridge, Work(), shielded=False) == "cancelled"
    finally:
        assert core.stop()


async def test_a_refusal_crosses_the_bridge_as_itself(core: CoreThread) -> None:
    async def refuse() -> None:
        raise NotFound(payment="1")

    bridge = Bridge(core.start(), asyncio.get_running_loop())
    try:
        with pytest.raises(NotFound):
            await bridge.command(refuse)
    finally:
        assert core.stop()


async def test_news_comes_in_order_on_the_windows_thread(core: CoreThread) -> None:
    received: list[tuple[int, str]] = []
    last = asyncio.Event()

    def hear(number: int) -> None:
        received.append((number, threading.current_thread().name))
        if number == 99:
            last.set()

    core_loop = core.start()
    bridge = Bridge(core_loop, asyncio.get_running_loop())
    tell = bridge.to_window(hear)
    try:
        core_loop.call_soon_threadsafe(lambda: [tell(number) for number in range(100)])
        async with asyncio.timeout(10):
            await last.wait()
    finally:
        assert core.stop()
    assert received == [(number, threading.current_thread().name) for number in range(100)]


async def test_the_core_runs_on_a_thread_and_loop_of_its_own(core: CoreThread) -> None:
    loop = core.start()
    assert loop is not asyncio.get_running_loop()
    assert isinstance(loop, asyncio.SelectorEventLoop)
    assert core.stop()
    assert loop.is_closed()


async def test_a_core_that_has_ended_is_reported_as_a_refusal(core: CoreThread) -> None:
    bridge = Bridge(core.start(), asyncio.get_running_loop())
    assert core.stop()
    for call in (bridge.query, bridge.command):
        with pytest.raises(Defect):
            await call(Work().run)
