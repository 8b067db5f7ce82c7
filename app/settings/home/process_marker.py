"""Records the processes of a home and detects unclean ends: one locked file per process, removed at an orderly end.

A lock ends with its process, whatever ended it, so that neither a reused process id nor a restart of the machine
can hide that one has ended. A home that cannot be written has no such files; the ledger then reports the error.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from app.domain.errors import StorageError
from app.settings.home.atomic import make_private_folder
from app.settings.home.locks import FileLock

SUFFIX = ".running"
TRIES = 5
EMPTY_FOR_S = 60.0
WORKING = b"working\n"


class ProcessMarker:
    """This process's marker in a home, and the stale markers of processes that have ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: tuple[Path, FileLock] | None = None
        self._stale: list[tuple[Path, FileLock]] = []

    @property
    def was_unclean(self) -> bool:
        """Return whether a process ended without an orderly close and the ledger has not been checked since."""
        return bool(self._stale)

    def create(self) -> None:
        """Create our marker and take over stale ones; each is handled by one process."""
        with suppress(OSError, StorageError):
            make_private_folder(self._folder)
            self._stale = [held for path in sorted(self._folder.glob(f"*{SUFFIX}")) if (held := _stale_marker(path))]
            self._own = self._create_file()

    def clear_stale(self) -> None:
        """Delete the stale markers: the ledger was checked and is intact."""
        for path, lock in self._stale:
            _delete_file(path, lock)
        self._stale.clear()

    def remove(self) -> None:
        """Delete our marker. Stale markers that were not cleared stay for the next process."""
        for _, lock in self._stale:
            lock.release()
        self._stale.clear()
        own, self._own = self._own, None
        if own is not None:
            _delete_file(*own)

    def _create_file(self) -> tuple[Path, FileLock] | None:
        for _ in range(TRIES):
            path = self._folder / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
            lock = FileLock(path)
            # Another process may be testing the lock of the new file: then use a new name.
            if lock.acquire():
                with suppress(OSError):  # a full disk: an empty marker is ignored
                    path.write_bytes(WORKING)
                return path, lock
        return None


def _stale_marker(path: Path) -> tuple[Path, FileLock] | None:
    """Return the marker of a process that has ended, locked by us; None for that of a running process."""
    lock = FileLock(path)
    with suppress(OSError, StorageError):
        if not path.exists() or not lock.acquire():
            return None
        status = path.stat()
        if status.st_size:
            return path, lock
        if time.time() - status.st_mtime > EMPTY_FOR_S:  # a younger one may not be locked yet
            path.unlink()
    lock.release()
    return None


def _delete_file(path: Path, lock: FileLock) -> None:
    if os.name == "nt":  # Windows cannot delete an open file
        lock.release()
    with suppress(OSError):
        path.unlink(missing_ok=True)
    lock.release()
