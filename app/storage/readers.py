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


class Readers:
    """`read` may be awaited from any loop. A thread opens its connection with its first read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._closed = False
        self._own = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="ledger-reader")

    async def read(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the action reads, all of it in one snapshot. Raises StorageError leaves."""
        if self._closed:
            raise StorageError(reason="the ledger is closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, action)

    def stop_accepting(self) -> None:
        """Accept no more reads; those that run end by themselves."""
        self._closed = True

    def close(self) -> None:
        """Wait for the reads that run, then close the connections; blocking. Calling it again does nothing."""
        self.stop_accepting()
        self._threads.shutdown(wait=True)
        for connection in self._opened:
            connection.close()

    def _run(self, action: Callable[[sqlite3.Connection], T]) -> T:
        with storage_errors():
            connection = self._connection()
            connection.execute("BEGIN")
            try:
                return action(connection)
            finally:
                if connection.in_transaction:  # some errors end it by themselves
                    connection.execute("ROLLBACK")

    def _connection(self) -> sqlite3.Connection:
        known: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if known is None:
            known = self._own.connection = connect_reader(self._path)
            self._opened.append(known)
        return known
