"""The only place that knows both loops. Window -> core: awaitable calls; core -> window: events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, T]]


class Bridge:
    """Made on the window's loop with the core's running loop."""

    def __init__(self, core_loop: asyncio.AbstractEventLoop, window_loop: asyncio.AbstractEventLoop) -> None:
        self._core_loop = core_loop
        self._window_loop = window_loop

    async def query(self, work: Work[T]) -> T:
        """Run a read on the core; cancelling the caller cancels it there too."""
        return await self._send(work)

    async def command(self, work: Work[T]) -> T:
        """Run what changes something; a page that closes meanwhile does not stop it."""
        return await asyncio.shield(self._send(work))

    def to_window(self, listener: Callable[[T], None]) -> Callable[[T], None]:
        """Return a listener for the core's thread that calls `listener` on the window's loop, in order."""

        def hand_over(fact: T) -> None:
            if not self._window_loop.is_closed():
                self._window_loop.call_soon_threadsafe(listener, fact)

        return hand_over

    def _send(self, work: Work[T]) -> asyncio.Future[T]:
        running = asyncio.run_coroutine_threadsafe(work(), self._core_loop)
        return asyncio.wrap_future(running, loop=self._window_loop)
