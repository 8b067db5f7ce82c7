"""State of the data: the last write's error, and the result of the check after an unclean stop. Nothing is repaired."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from app.domain.errors import StorageDoubtful, StorageError
from app.services.ports.ledger import Ledger
from app.services.ports.ledger_transaction import LedgerTransaction

CHECK_INTERVAL_S = 1.0
HEALTHY_CHECKS = 3
Check = Callable[[], Awaitable[str | None]]
Pause = Callable[[float], Awaitable[None]]
log = logging.getLogger(__name__)


class StorageHealth:
    """Monitors the ledger of this process while `running`. `problem` is a code of `domain.errors` for the screen."""

    def __init__(self, ledger: Ledger, check: Check | None = None, pause: Pause = asyncio.sleep) -> None:
        """`check` checks the file in the background, once, and returns what is wrong in technical words, or None."""
        self._ledger = ledger
        self._check = check
        self._pause = pause
        self._recent_problem: str | None = None
        self._checks_since_problem = 0
        self._integrity_problem: str | None = None
        self._notified: str | None = None
        self._listeners: list[Callable[[str | None], None]] = []
        self.checked = asyncio.Event()
        """Set when the check has ended, with any result, or when there is none."""
        if check is None:
            self.checked.set()
        ledger.on_problem(self._remember_problem)

    @property
    def problem(self) -> str | None:
        """Return what prevents writing now, else what is doubtful about the data, else None."""
        return self._ledger.problem or self._recent_problem or self._integrity_problem

    def on_change(self, listener: Callable[[str | None], None]) -> None:
        """Notify this listener of the new problem, or None when there is none any more."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Check once and monitor as long as the block lasts."""
        loop = asyncio.get_running_loop()
        tasks = [loop.create_task(self._monitor(), name="storage health")]
        if self._check is not None:
            tasks.append(loop.create_task(self._run_check(self._check), name="storage check"))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run_check(self, check: Check) -> None:
        try:
            found = await check()
            self._integrity_problem = None if found is None else StorageDoubtful.code
        except StorageError as failure:
            log.warning("the check of the data could not be made: %s", failure)
        except Exception:  # an edge: a defect of the check must not look like damage
            log.exception("the check of the data")
        else:
            if found is not None:
                log.error("the data are doubtful: %s", found)
            self._notify()
        finally:
            self.checked.set()

    async def _monitor(self) -> None:
        while True:
            await self._pause(CHECK_INTERVAL_S)
            self._hold_problem()
            self._notify()
            if self._ledger.problem is not None:
                await self._try_write()

    def _remember_problem(self, code: str) -> None:
        """Keep it for the next check, whatever succeeds until then."""
        self._recent_problem, self._checks_since_problem = code, 0

    def _hold_problem(self) -> None:
        """Keep a problem until several checks succeeded: on a nearly full disk small writes succeed, others do not."""
        if self._ledger.problem is None and self._recent_problem is not None:
            self._checks_since_problem += 1
            if self._checks_since_problem >= HEALTHY_CHECKS:
                self._recent_problem = None

    async def _try_write(self) -> None:
        """Write something that changes nothing: only a write shows that the disk has room again."""
        try:
            await self._ledger.write(_write_again)
        except StorageError as failure:
            log.debug("still not: %s", failure.code)

    def _notify(self) -> None:
        if self.problem == self._notified:
            return
        self._notified = self.problem
        if self._notified is None:
            log.warning("the data can be written again")
        else:
            log.error("the data: %s", self._notified)
        for listener in tuple(self._listeners):
            try:
                listener(self._notified)
            except Exception:  # an edge: one failing listener must not end the monitoring
                log.exception("a listener failed")


def _write_again(tx: LedgerTransaction) -> None:
    mode = tx.mode()
    if mode is not None:
        tx.set_mode(mode)
