"""The only place that knows both loops. Window -> core: awaitable calls; core -> window: events."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from app.domain.errors import Defect

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, T]]


class Bridge:
    """Made on the window's loop with the core's running loop."""

    def __init__(self, core_loop: asyncio.AbstractEventLoop, window_loop: asyncio.AbstractEventLoop) -> None:
        self._core_loop = core_loop
        self._window_loop = window_loop
        self._commands: set[asyncio.Future[Any]] = set()

    async def query(self, work: Work[T]) -> T:
        """Run a read on the core; cancelling the caller cancels it there too."""
        return await self._send(work)

    async def command(self, work: Work[T]) -> T:
        """Run what changes something; a page that closes meanwhile does not stop it."""
        sent = self._send(work)
        self._commands.add(sent)
        sent.add_done_callback(self._ended)
        return await asyncio.shield(sent)

    async def wait_for_commands(self, timeout_s: float) -> bool:
        """Wait until the commands that were sent have ended, whoever still listens; False when some have not."""
        if self._commands:
            await asyncio.wait(self._commands, timeout=timeout_s)
        return not self._commands

    def _ended(self, command: asyncio.Future[Any]) -> None:
        self._commands.discard(command)
        if not command.cancelled():
            command.exception()  # its page may be gone; what happened is in the journal

    def to_window(self, listener: Callable[[T], None]) -> Callable[[T], None]:
        """Return a listener for the core's thread that calls `listener` on the window's loop, in order."""

        def hand_over(fact: T) -> None:
            with contextlib.suppress(RuntimeError):  # the window has gone meanwhile
                self._window_loop.call_soon_threadsafe(listener, fact)

        return hand_over

    def _send(self, work: Work[T]) -> asyncio.Future[T]:
        sent = work()
        try:
            running = asyncio.run_coroutine_threadsafe(sent, self._core_loop)
        except RuntimeError:
            sent.close()
            raise Defect(wanted="the running core") from None  # it has ended and the window is about to be told
        return asyncio.wrap_future(running, loop=self._window_loop)
