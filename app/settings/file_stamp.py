"""Detects whether a file has been replaced or written since it was read, by a cheap `stat` of the file system."""

from __future__ import annotations

import os

Stamp = tuple[int, ...]
"""Device, inode, size, and the times of content and entry: of two files with one name, some of them differ."""


def stamp_of(name: str) -> Stamp | None:
    """Return the current stamp of the file behind the name; None where there is no accessible file.

    To be taken before the file is read: a write in between is then detected at the next check.
    """
    try:
        status = os.stat(os.path.expanduser(name))  # noqa: PTH111, PTH116 - per callback: 3 times as fast
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
