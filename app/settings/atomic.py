"""Private files written whole or not at all, and what the system's refusals mean in our words."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from app.domain.errors import StorageError, StorageFull, StorageReadOnly

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def storage_refusal(error: OSError, path: Path) -> StorageError:
    """Return the refusal that an OSError on `path` is: full, or not writable."""
    if error.errno in _FULL:
        return StorageFull(path=str(path))
    return StorageReadOnly(path=str(path))


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` by a 0600 file with `content`, on the disk when this returns. Raises StorageError leaves."""
    try:
        _replace(path, content)
    except OSError as error:
        raise storage_refusal(error, path) from error


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The new name must survive a power cut too; Windows cannot open folders and needs none of this."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
