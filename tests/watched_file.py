"""A picture on the disk whose opening is detected by inotify: rendered mark-up opens it from C++."""

from __future__ import annotations

import base64
import ctypes
import os
from pathlib import Path
from types import TracebackType
from typing import Final

IN_OPEN: Final = 0x20
PICTURE: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
_LIBC = ctypes.CDLL(None, use_errno=True)


class WatchedFile:
    """A context manager; `was_opened` returns whether the file was opened since the last call."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(PICTURE)
        self.path = path
        self._watch = -1

    def __enter__(self) -> WatchedFile:
        self._watch = _LIBC.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._watch >= 0
        assert _LIBC.inotify_add_watch(self._watch, os.fsencode(self.path), IN_OPEN) >= 0
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        os.close(self._watch)

    def was_opened(self) -> bool:
        try:
            return bool(os.read(self._watch, 65536))
        except BlockingIOError:
            return False
