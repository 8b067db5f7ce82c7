"""Pending inquiries to the operator: one per key, each a task of its own; a slow one delays no other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from app.services.failures import failures_logged

K = TypeVar("K", bound=Hashable)
log = logging.getLogger(__name__)


class InquiryTasks(Generic[K]):
    """Owns the tasks. Failures are logged and end no other task; the caller asks again when it is due."""

    def __init__(self, about: str) -> None:
        """`about` names the tasks and the log lines: "payment", "a refund of payment"."""
        self._about = about
        self._out: dict[K, asyncio.Task[None]] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._out

    def start(self, key: K, name: str, inquiry: Callable[[], Awaitable[object]]) -> None:
        """Start an inquiry; none may be pending under its key."""
        task = asyncio.get_running_loop().create_task(self._run(name, inquiry), name=f"asking about {name}")
        self._out[key] = task
        task.add_done_callback(lambda _: self._out.pop(key, None))

    async def wait_until_idle(self) -> None:
        """Wait for the pending inquiries, and for those started meanwhile."""
        while self._out:
            await asyncio.wait(tuple(self._out.values()))

    async def close(self) -> None:
        """Cancel the pending inquiries."""
        for task in tuple(self._out.values()):
            task.cancel()
        await self.wait_until_idle()

    async def _run(self, name: str, inquiry: Callable[[], Awaitable[object]]) -> None:
        with failures_logged(log, f"asking about {self._about} {name}"):
            await inquiry()
