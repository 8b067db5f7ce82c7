"""An advisory lock on a file, held by one process and released when it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from app.settings.home.atomic import storage_refusal
from app.system import take_owner

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, *, blocking: bool) -> bool:
        while True:
            try:
                os.lseek(handle, 0, os.SEEK_SET)
                msvcrt.locking(handle, msvcrt.LK_LOCK if blocking else msvcrt.LK_NBLCK, 1)
                return True
            except OSError:
                if not blocking:  # LK_LOCK itself gives up after ten seconds
                    return False

    def _unlock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(handle: int, *, blocking: bool) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if blocking else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


class FileLock:
    """The file stays behind when released: deleting it would let two processes lock two files of one name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        return self._handle is not None

    def acquire(self, blocking: bool = False) -> bool:
        """Return True when the lock was acquired. Raises StorageError leaves when the file cannot be opened."""
        if self._handle is not None:
            return True
        try:
            is_new = not self._path.exists()
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            if is_new:
                take_owner(self._path, self._path.parent)
        except OSError as error:
            raise storage_refusal(error, self._path) from error
        try:
            locked = _lock(handle, blocking=blocking)
        except OSError as error:  # a file system without locks
            os.close(handle)
            raise storage_refusal(error, self._path) from error
        if not locked:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Release the lock; releasing twice does nothing."""
        handle, self._handle = self._handle, None
        if handle is not None:
            _unlock(handle)
            os.close(handle)

    def __enter__(self) -> Self:
        self.acquire(blocking=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
