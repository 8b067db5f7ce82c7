"""Who works with a home, and who stopped without saying so: one locked file a process, gone at an orderly end.

A lock goes with its process, whatever ended it, so that neither a reused process number nor a restart of the machine
can make a dead one look alive. A home that cannot be written has no such files; the ledger then says what is wrong.
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
    """This process's sign in a home, and the signs that dead ones left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: tuple[Path, FileLock] | None = None
        self._stale: list[tuple[Path, FileLock]] = []

    @property
    def was_unclean(self) -> bool:
        """Say whether a process ended without an orderly close and nobody has looked at the ledger since."""
        return bool(self._stale)

    def create(self) -> None:
        """Put up our sign, and take in hand those that others left behind: one process looks after each."""
        with suppress(OSError, StorageError):
            make_private_folder(self._folder)
            self._stale = [held for path in sorted(self._folder.glob(f"*{SUFFIX}")) if (held := _stale_marker(path))]
            self._own = self._create_file()

    def clear_stale(self) -> None:
        """Forget the signs of the dead: the ledger was looked at and is well."""
        for path, lock in self._stale:
            _delete_file(path, lock)
        self._stale.clear()

    def remove(self) -> None:
        """Take our sign down. Signs of the dead that were not settled stay for the next process."""
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
            # Another process may just be trying whether the new file is locked: then a new name.
            if lock.acquire():
                with suppress(OSError):  # a full disk: an empty sign says nothing, and harms nobody
                    path.write_bytes(WORKING)
                return path, lock
        return None


def _stale_marker(path: Path) -> tuple[Path, FileLock] | None:
    """Return a dead process's sign, locked by us; None for one of a process that works."""
    lock = FileLock(path)
    with suppress(OSError, StorageError):
        if not path.exists() or not lock.acquire():
            return None
        about = path.stat()
        if about.st_size:
            return path, lock
        if time.time() - about.st_mtime > EMPTY_FOR_S:  # younger ones were just made and are not locked yet
            path.unlink()
    lock.release()
    return None


def _delete_file(path: Path, lock: FileLock) -> None:
    if os.name == "nt":  # Windows deletes no open file
        lock.release()
    with suppress(OSError):
        path.unlink(missing_ok=True)
    lock.release()
