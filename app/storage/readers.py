"""Threads that read the ledger, each on a connection of its own: no read delays the writer or the loop."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from app.domain.errors import StorageError
from app.storage.engine import connect_reader, storage_errors

T = TypeVar("T")

READERS = 2
_STEPS = 10_000  # of SQLite's virtual machine between two looks at a cancellation: well under a millisecond


class ReadCancelled(Exception):
    """Nobody waits for this read any more."""


class Readers:
    """`read` may be awaited from any loop. A thread opens its connection with its first read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._closed = False
        self._own = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="ledger-reader")

    async def read(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the action reads, all of it in one snapshot. Raises StorageError leaves.

        Cancelling the caller ends the query that runs, so that a newer one finds its thread free.
        """
        self._require_open()
        cancelled = threading.Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, action, cancelled)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    def stop_accepting(self) -> None:
        """Accept no more reads; those that run end by themselves."""
        self._closed = True

    def close(self) -> None:
        """Wait for the reads that run, then close the connections; blocking. Calling it again does nothing."""
        self.stop_accepting()
        self._threads.shutdown(wait=True)
        for connection in self._opened:
            connection.close()

    def _require_open(self) -> None:
        if self._closed:
            raise StorageError(reason="the ledger is closed")

    def _run(self, action: Callable[[sqlite3.Connection], T], cancelled: threading.Event) -> T:
        with storage_errors():
            connection = self._connection()
            connection.set_progress_handler(cancelled.is_set, _STEPS)
            connection.execute("BEGIN")
            try:
                return action(connection)
            except sqlite3.OperationalError as error:
                raise _reason(error, cancelled) from error
            finally:
                if connection.in_transaction:  # some errors end it by themselves
                    connection.set_progress_handler(None, 0)
                    connection.execute("ROLLBACK")

    def _connection(self) -> sqlite3.Connection:
        known: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if known is None:
            known = self._own.connection = connect_reader(self._path)
            self._opened.append(known)
        return known


def _reason(error: sqlite3.OperationalError, cancelled: threading.Event) -> Exception:
    is_ours = cancelled.is_set() and error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT
    return ReadCancelled() if is_ours else error
