"""Connections and their settings, one function for writers and one for readers; SQLite's errors as ours."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from app.domain.errors import StorageDamaged, StorageError, StorageFull, StorageLocked, StorageReadOnly
from app.domain.text.typed_text import search_form
from app.system import take_owner

T = TypeVar("T")

BUSY_TIMEOUT_S = 2.0
RETRY_S = 0.001

_LEAVES: dict[int, type[StorageError]] = {
    sqlite3.SQLITE_FULL: StorageFull,
    sqlite3.SQLITE_BUSY: StorageLocked,
    sqlite3.SQLITE_LOCKED: StorageLocked,
    sqlite3.SQLITE_READONLY: StorageReadOnly,
    sqlite3.SQLITE_CANTOPEN: StorageReadOnly,
    sqlite3.SQLITE_PERM: StorageReadOnly,
    sqlite3.SQLITE_CORRUPT: StorageDamaged,
    sqlite3.SQLITE_NOTADB: StorageDamaged,
    sqlite3.SQLITE_IOERR: StorageError,
}


def _primary_code(error: sqlite3.Error) -> int:
    # The low byte is the kind, the rest says where; errors of the Python module itself have none.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def translated(error: sqlite3.Error) -> StorageError | None:
    """Return our error for an outside cause; None when the error is a defect of ours."""
    leaf = _LEAVES.get(_primary_code(error))
    return leaf(reason=str(error)) if leaf else None


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn the errors of SQLite into leaves of StorageError."""
    try:
        yield
    except sqlite3.Error as error:
        known = translated(error)
        if known is None:
            raise
        raise known from error


@contextmanager
def file_errors() -> Iterator[None]:
    """Turn the errors of the file system into leaves of StorageError; for opening only, never around a decision."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        leaf: type[StorageError] = StorageFull if full else StorageReadOnly
        raise leaf(reason=error.strerror or str(error)) from error


def retry_while_locked(action: Callable[[], T], timeout_s: float = BUSY_TIMEOUT_S) -> T:
    """Repeat an action while another connection holds the lock, every millisecond, then raise its error.

    SQLite's own waiting grows to 100 ms a step and so waits for seconds while another process is busy.
    """
    deadline = time.monotonic() + timeout_s
    pause = threading.Event()
    while True:
        try:
            return action()
        except sqlite3.OperationalError as error:
            if _primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
        pause.wait(RETRY_S)


def create_private(path: Path) -> None:
    """Make the file, for its owner only, if it is not there; SQLite gives its companions the same mode.

    An existing one is not even opened: closing it again would drop every lock of this process on it (POSIX).
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        take_owner(path, path.parent)
    except FileExistsError:
        return


def stored_search_form(text: object) -> str:
    """Return a text as a search looks in it; for statements and migrations, where it is `search_form`."""
    return search_form(text) if isinstance(text, str) else ""


def rows_of(connection: sqlite3.Connection, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Return all rows; bytes that are no UTF-8 become question marks, so that one damaged text hides no other row."""
    # fetchall: a row that cannot be read must not leave the statement, and with it an old snapshot, open
    try:
        return connection.execute(query, values).fetchall()
    except sqlite3.OperationalError as error:
        if "decode to UTF-8" not in str(error):
            raise
    strict, connection.text_factory = connection.text_factory, lambda raw: raw.decode("utf-8", "replace")
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.text_factory = strict


def _prepare(connection: sqlite3.Connection) -> None:
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("search_form", 1, stored_search_form, deterministic=True)


def _connect(path: Path, timeout_s: float) -> sqlite3.Connection:
    # isolation_level None: only our own code begins a transaction.
    return sqlite3.connect(path, timeout=timeout_s, isolation_level=None, check_same_thread=False)


def connect_writer(path: Path, max_pages: int | None = None) -> sqlite3.Connection:
    """Return a connection for writing; `max_pages` bounds the file's size. Locks: `retry_while_locked`."""
    connection = _connect(path, 0)
    try:
        retry_while_locked(lambda: connection.execute("PRAGMA journal_mode=WAL"))
        _prepare(connection)
        if max_pages is not None:
            connection.execute(f"PRAGMA max_page_count={int(max_pages)}")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_inspector(path: Path, *, alone: bool = False) -> sqlite3.Connection:
    """Return a connection on a file opened for reading only: not even closing it moves the WAL into a doubtful file.

    `alone`: the file has no WAL, so none is made for this reading either.
    """
    place = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
    return sqlite3.connect(place, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)


def connect_reader(path: Path) -> sqlite3.Connection:
    """Return a connection that cannot write."""
    connection = _connect(path, BUSY_TIMEOUT_S)
    _prepare(connection)
    connection.execute("PRAGMA query_only=ON")
    return connection
