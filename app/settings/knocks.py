"""How the doctor learns that a request reached this home's listener, whatever process that is.

The doctor leaves the digest of a random key in a file of the home; a listener that sees a request with that key takes
the file away. Nothing that the outside sends is ever written.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.ids import LinkKey
from app.settings.atomic import write_private


class KnockFile:
    """One key for one request; implements `services.premises.Knock`."""

    def __init__(self, folder: Path) -> None:
        self.key = LinkKey(secrets.token_urlsafe(16))
        self._path = folder / f"{digest(self.key)}.knock"

    def leave(self) -> None:
        """Raise StorageError leaves when the home cannot be written."""
        write_private(self._path, b"")

    def was_heard(self) -> bool:
        return not self._path.exists()

    def clear(self) -> None:
        self._path.unlink(missing_ok=True)


@contextmanager
def knocking(folder: Path) -> Iterator[KnockFile]:
    """Leave a key's digest in the home for the time of one request."""
    knock = KnockFile(folder)
    knock.leave()
    try:
        yield knock
    finally:
        knock.clear()


def heard(folder: Path, key: str) -> bool:
    """Say whether the doctor sent this request, and let him know that it came. Cheap: one look at the disk."""
    try:
        (folder / f"{digest(key)}.knock").unlink()
    except OSError:
        return False
    return True


def digest(key: str) -> str:
    """Return the name of a key's file: the key itself is not written, and any text makes a safe name."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
