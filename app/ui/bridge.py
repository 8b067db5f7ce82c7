"""The only module that uses both event loops. Window -> core: awaitable calls; core -> window: events."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from app.domain.errors import Defect

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, T]]


class Bridge:
    """Created on the window's loop with the core's running loop."""

    def __init__(self, core_loop: asyncio.AbstractEventLoop, window_loop: asyncio.AbstractEventLoop) -> None:
        self._core_loop = core_loop
        self._window_loop = window_loop
        self._commands: set[asyncio.Future[Any]] = set()

    async def query(self, work: Work[T]) -> T:
        """Run a read on the core's loop; cancelling the caller cancels it there too."""
        return await self._send(work)

    async def command(self, work: Work[T]) -> T:
        """Run a change on the core's loop; it runs to its end even when the calling page is closed."""
        sent = self._send(work)
        self._commands.add(sent)
        sent.add_done_callback(self._ended)
        return await asyncio.shield(sent)

    async def wait_for_commands(self, timeout_s: float) -> bool:
        """Wait until all commands sent have ended, with or without a caller waiting; False on timeout."""
        if self._commands:
            await asyncio.wait(self._commands, timeout=timeout_s)
        return not self._commands

    def _ended(self, command: asyncio.Future[Any]) -> None:
        self._commands.discard(command)
        if not command.cancelled():
            command.exception()  # its page may be closed; the result is in the journal

    def to_window(self, listener: Callable[[T], None]) -> Callable[[T], None]:
        """Return a function for the core's thread that calls `listener` on the window's loop, in order."""

        def deliver(fact: T) -> None:
            with contextlib.suppress(RuntimeError):  # the window's loop is closed already
                self._window_loop.call_soon_threadsafe(listener, fact)

        return deliver

    def _send(self, work: Work[T]) -> asyncio.Future[T]:
        sent = work()
        try:
            running = asyncio.run_coroutine_threadsafe(sent, self._core_loop)
        except RuntimeError:
            sent.close()
            raise Defect(wanted="the running core") from None  # it has ended; the notification to the window is pending
        return asyncio.wrap_future(running, loop=self._window_loop)
