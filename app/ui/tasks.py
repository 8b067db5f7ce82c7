"""From a slot to a coroutine: one owner a page, every task named, cancelled when the page closes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from app.domain.errors import PaydeskError

log = logging.getLogger(__name__)


class PageTasks:
    """Owns the tasks of one page. Refusals go to `on_refusal`; defects are logged and go to `on_defect`."""

    def __init__(
        self, owner: str, on_refusal: Callable[[PaydeskError], None], on_defect: Callable[[BaseException], None]
    ) -> None:
        self._owner = owner
        self._on_refusal = on_refusal
        self._on_defect = on_defect
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Start a task; one of the same name that still runs is cancelled first."""
        self.cancel(name)
        task = asyncio.get_event_loop().create_task(work, name=f"{self._owner}: {name}")
        self._tasks[name] = task
        task.add_done_callback(lambda done: self._finished(name, done))

    def start_once(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Start unless one of this name still runs (a double click makes one link); says whether it did."""
        if name in self._tasks:
            return False
        self.start(name, work())
        return True

    def cancel(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()

    def close(self) -> None:
        """Cancel all that runs."""
        for name in tuple(self._tasks):
            self.cancel(name)

    def _finished(self, name: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(name) is task:
            del self._tasks[name]
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, PaydeskError):
            self._on_refusal(error)
        elif error is not None:
            log.error("a task failed: %s", task.get_name(), exc_info=error)
            self._on_defect(error)
