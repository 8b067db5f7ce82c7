"""Atomic file writes, private by default; maps OSError to StorageError leaves."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import FileNotWritable, StorageError, StorageFull, StorageReadOnly
from app.system import take_owner

PRIVATE, PUBLIC = 0o600, 0o644
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def storage_refusal(error: OSError, path: Path) -> StorageError:
    """Return the StorageError for an OSError on `path`: full, or not writable."""
    if error.errno in _FULL:
        return StorageFull(path=str(path))
    return StorageReadOnly(path=str(path))


def make_private_folder(path: Path) -> None:
    """Make a folder for its owner only; one that is there keeps its rights, whoever made it. Raises OSError."""
    try:
        path.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        if not path.is_dir():
            raise
    else:
        if os.name != "nt" and (mode := path.stat().st_mode) & 0o700 != 0o700:  # the umask took even the owner's
            path.chmod(mode | 0o700)
        take_owner(path, path.parent)


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` by a 0600 file with `content`, on the disk when this returns. Raises StorageError leaves."""
    try:
        _replace(path, content, PRIVATE)
    except OSError as error:
        raise storage_refusal(error, path) from error


def write_public(path: Path, content: bytes) -> None:
    """Like `write_private`, for files that everybody may read, such as a public key."""
    try:
        _replace(path, content, PUBLIC)
    except OSError as error:
        raise storage_refusal(error, path) from error


def write_for_person(path: Path, content: bytes) -> None:
    """Write the 0600 file that a person requested: see `file_for_person`."""
    with file_for_person(path) as file:
        file.write(content)


@contextmanager
def file_for_person(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write, which becomes the 0600 file that a person requested, anywhere, when the block has ended.

    On failure the existing file stays. A link is followed; a device or a pipe is written to, never replaced.
    Raises StorageFull, FileNotWritable.
    """
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not (stat.S_ISREG(mode := target.stat().st_mode) or stat.S_ISDIR(mode)):
            with target.open("wb") as file:
                yield file
        else:
            with _replacement(target, PRIVATE) as file:
                yield file
    except OSError as error:
        # the sentence of StorageReadOnly is about the home, but this file is elsewhere
        full = error.errno in _FULL
        raise StorageFull(path=str(path)) if full else FileNotWritable(path=str(path), reason=error.strerror) from error


def _replace(path: Path, content: bytes, mode: int) -> None:
    with _replacement(path, mode) as file:
        file.write(content)


@contextmanager
def _replacement(path: Path, mode: int) -> Iterator[BinaryIO]:
    """Give a file beside `path`, which takes its place when the block has ended; on any failure nothing is left."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}."[:200], dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if mode != PRIVATE:
            Path(name).chmod(mode)
        take_owner(Path(name), path if path.exists() else path.parent)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable across a power cut; Windows cannot open folders and does not need it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
