"""The one writer thread: decisions that wait together share a transaction and one fsync (group commit)."""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.errors import StorageError
from app.storage.engine import retry_while_locked, storage_errors, translated
from app.storage.transaction import SqlTransaction

_LOG = logging.getLogger(__name__)

Decision = Callable[[sqlite3.Connection], Any]

GROUP_LIMIT = 256
GAP_S = 0.0015
GROUPS_BETWEEN_GAPS = 8


@dataclass(slots=True)
class _Job:
    decide: Decision
    loop: asyncio.AbstractEventLoop
    waiter: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None

    def resolve(self) -> None:
        if self.waiter.done():  # the caller was cancelled; what it asked for is committed all the same
            return
        if isinstance(self.error, StopIteration):  # a future refuses it, and its caller would wait for ever
            self.waiter.set_exception(RuntimeError("a decision let StopIteration out"))
        elif self.error is not None:
            self.waiter.set_exception(self.error)
        else:
            self.waiter.set_result(self.result)


def _resolve_group(group: list[_Job]) -> None:
    """Wake each loop once for all its callers: those who write again at once then share the next group too."""
    loops: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in group:
        loops.setdefault(job.loop, []).append(job)
    for loop, jobs in loops.items():
        try:
            loop.call_soon_threadsafe(_resolve_all, jobs)
        except RuntimeError:  # the callers' loop is closed: the facts are kept, no caller waits for them
            _LOG.debug("decisions outlived their loop")


def _resolve_all(jobs: list[_Job]) -> None:
    for job in jobs:
        job.resolve()


class _TransactionLost(Exception):
    """SQLite itself rolled the whole transaction back, as it does when the disk is full."""


class Writer:
    """Owns the writing connection. `submit` may be called from any loop; `close` from any thread but its own."""

    def __init__(
        self, connection: sqlite3.Connection, lock_timeout_s: float, before_commit: Callable[[sqlite3.Connection], None]
    ) -> None:
        """`before_commit` completes each group's transaction; its error is that of every decision in it."""
        self._connection = connection
        self._before_commit = before_commit
        self._lock_timeout_s = lock_timeout_s
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self.on_commit: list[Callable[[], None]] = []
        self._gate = threading.Lock()
        self._pause = threading.Event()
        # Daemon: a program that forgot to close must still be able to end; whatever was answered is on disk.
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        self._thread.start()

    def submit(self, decide: Decision) -> asyncio.Future[Any]:
        """Submit a decision; the future of the running loop gets its result after the commit."""
        loop = asyncio.get_running_loop()
        job = _Job(decide, loop, loop.create_future())
        with self._gate:
            if self._closed:
                raise StorageError(reason="the ledger is closed")
            self._jobs.put(job)
        return job.waiter

    def close(self) -> None:
        """Finish what was submitted, then close the connection. Calling it again does nothing."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        streak, ended_at = 0, 0.0
        while (group := self._next_group()) is not None:
            streak = streak + 1 if time.monotonic() - ended_at < GAP_S else 0
            if streak >= GROUPS_BETWEEN_GAPS:  # another process that tries every millisecond gets its turn
                self._pause.wait(GAP_S)
                streak = 0
            before = self._connection.total_changes
            self._commit(group)
            ended_at = time.monotonic()
            if self._connection.total_changes != before and any(job.error is None for job in group):
                self._notify()
            _resolve_group(group)
        self._end()

    def _notify(self) -> None:
        """Notify that facts were committed, whether or not a caller still waits for them."""
        for listener in self.on_commit:
            try:
                listener()
            except Exception:  # noqa: BLE001 - an edge: what is committed must still be answered
                _LOG.exception("a listener failed after a commit")

    def _next_group(self) -> list[_Job] | None:
        first = self._jobs.get()
        if first is None:
            return None
        group = [first]
        while len(group) < GROUP_LIMIT:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:  # keep the stop marker for the next round: earlier jobs come first
                self._jobs.put(None)
                break
            group.append(job)
        return group

    def _commit(self, group: list[_Job]) -> None:
        try:
            with storage_errors():
                retry_while_locked(lambda: self._connection.execute("BEGIN IMMEDIATE"), self._lock_timeout_s)
                for job in group:
                    self._decide(job)
                self._before_commit(self._connection)
                self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - each caller of the group gets it
            self._roll_back()
            lost = error.__cause__ if isinstance(error, _TransactionLost) else error
            for job in group:
                job.result, job.error = None, lost if isinstance(lost, Exception) else error

    def _decide(self, job: _Job) -> None:
        """Run one decision in a savepoint, so that it fails alone."""
        self._connection.execute("SAVEPOINT decision")
        try:
            with storage_errors():
                job.result = job.decide(self._connection)
        except Exception as error:  # the caller gets its own error
            job.result, job.error = None, error
            if not self._connection.in_transaction:
                raise _TransactionLost from error
            self._connection.execute("ROLLBACK TO decision")
        self._connection.execute("RELEASE decision")

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            _LOG.exception("the ledger's transaction could not be rolled back")

    def _end(self) -> None:
        try:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as error:
            _LOG.debug("no checkpoint at the end: %s", translated(error) or error)
        finally:
            self._connection.close()


def in_transaction(decide: Callable[[SqlTransaction], Any], numbers_above: int = 0) -> Decision:
    """Return the job of a service's decision: decide, then bring the projection up to date."""

    def job(connection: sqlite3.Connection) -> Any:
        transaction = SqlTransaction(connection, numbers_above)
        result = decide(transaction)
        transaction.finish()
        return result

    return job
