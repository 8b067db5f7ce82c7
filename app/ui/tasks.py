"""Starts coroutines from slots: one owner per page, every task named, cancelled when the page closes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from app.domain.errors import PaydeskError

log = logging.getLogger(__name__)


class PageTasks:
    """Owns the tasks of one page. A PaydeskError goes to `on_refusal`; a defect is logged and goes to `on_defect`."""

    def __init__(
        self,
        owner: str,
        on_refusal: Callable[[PaydeskError], None],
        on_defect: Callable[[BaseException], None],
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_end` is called after each task, however it ended, unless `close` was called."""
        self._owner = owner
        self._on_refusal = on_refusal
        self._on_defect = on_defect
        self._on_end = on_end
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._once_more: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {}
        self._closed = False

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Start a task; a running one of the same name is cancelled first. After `close` nothing starts."""
        if self._closed:
            work.close()
            return
        self.cancel(name)
        task = asyncio.get_event_loop().create_task(work, name=f"{self._owner}: {name}")
        self._tasks[name] = task
        task.add_done_callback(lambda done: self._finished(name, done))

    def start_once(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Start unless one of this name is running (a double click makes one link); return whether it was started."""
        if name in self._tasks:
            return False
        self.start(name, work())
        return True

    def start_again(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start; if one of this name is running, once more after it. A burst of changes causes no burst of reads."""
        if not self.start_once(name, work):
            self._once_more[name] = work

    def runs(self, name: str) -> bool:
        return name in self._tasks

    def cancel(self, name: str) -> None:
        self._once_more.pop(name, None)
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()

    async def wait_until_idle(self) -> None:
        """Wait until no task runs any more, whatever the results."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks.values()))
            await asyncio.sleep(0)  # the done callbacks may start other tasks

    def close(self) -> None:
        """Cancel all tasks; none can be started afterwards."""
        self._closed = True
        for name in tuple(self._tasks):
            self.cancel(name)

    def _finished(self, name: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(name) is task:
            del self._tasks[name]
            if again := self._once_more.pop(name, None):
                self.start(name, again())
        if not task.cancelled():
            self._report(task, task.exception())
            self._on_end()

    def _report(self, task: asyncio.Task[None], error: BaseException | None) -> None:
        if isinstance(error, PaydeskError):
            self._on_refusal(error)
        elif error is not None:
            log.error("a task failed: %s", task.get_name(), exc_info=error)
            self._on_defect(error)
