"""Has a file been replaced or written since it was read? Asked of the file system only, so it may be asked often."""

from __future__ import annotations

import os

Stamp = tuple[int, ...]
"""Device, inode, size, and the times of content and entry: of two files with one name, some of them differ."""


def stamp_of(name: str) -> Stamp | None:
    """Return the stamp of what the name leads to now; None where there is nothing to be seen.

    Taken before the file is read: what is written meanwhile then shows at the next look.
    """
    try:
        about = os.stat(os.path.expanduser(name))  # noqa: PTH111, PTH116 - with every callback: a third of the time
    except (OSError, ValueError):
        return None
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns
