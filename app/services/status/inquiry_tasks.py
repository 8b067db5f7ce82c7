"""Inquiries to the operator that are out: one a key, each a task of its own; a silent one holds up no other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from app.services.failures import failures_logged

K = TypeVar("K", bound=Hashable)
log = logging.getLogger(__name__)


class InquiryTasks(Generic[K]):
    """Owns the tasks. Failures are logged and end nothing else: whoever asks will ask again when it is time."""

    def __init__(self, about: str) -> None:
        """`about` names the tasks and the log lines: "payment", "a refund of payment"."""
        self._about = about
        self._out: dict[K, asyncio.Task[None]] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._out

    def start(self, key: K, name: str, inquiry: Callable[[], Awaitable[object]]) -> None:
        """Let an inquiry run; nothing else may be out under its key."""
        task = asyncio.get_running_loop().create_task(self._run(name, inquiry), name=f"asking about {name}")
        self._out[key] = task
        task.add_done_callback(lambda _: self._out.pop(key, None))

    async def wait_until_idle(self) -> None:
        """Wait for the questions that are out, and for those that came meanwhile."""
        while self._out:
            await asyncio.wait(tuple(self._out.values()))

    async def close(self) -> None:
        """Drop the questions that are out."""
        for task in tuple(self._out.values()):
            task.cancel()
        await self.wait_until_idle()

    async def _run(self, name: str, inquiry: Callable[[], Awaitable[object]]) -> None:
        with failures_logged(log, f"asking about {self._about} {name}"):
            await inquiry()
