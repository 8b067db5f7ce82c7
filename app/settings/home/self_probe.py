"""How the check-up learns that its request reached this home's listener, whatever process that is.

The check-up leaves the digest of a random key in a file of the home; a listener that gets a request with that key
removes the file. Nothing that the outside sends is ever written.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.ids import LinkKey
from app.settings.home.atomic import write_private


class SelfProbeFile:
    """One key for one request; implements `services.checks.diagnostics_target.SelfProbe`."""

    def __init__(self, folder: Path) -> None:
        self.key = LinkKey(secrets.token_urlsafe(16))
        self._path = folder / _name(self.key)

    def leave(self) -> None:
        """Raise StorageError leaves when the home cannot be written."""
        write_private(self._path, b"")

    def was_received(self) -> bool:
        return not self._path.exists()

    def clear(self) -> None:
        self._path.unlink(missing_ok=True)


@contextmanager
def self_probe(folder: Path) -> Iterator[SelfProbeFile]:
    """Leave a key's digest in the home for the time of one request. Raises StorageError leaves."""
    probe = SelfProbeFile(folder)
    probe.leave()
    try:
        yield probe
    finally:
        probe.clear()


def is_self_probe(folder: Path, key: str) -> bool:
    """Say whether our check-up sent the request with this key, and let it know that it came; True once for a key."""
    try:
        (folder / _name(key)).unlink()
    except OSError:
        return False
    return True


def _name(key: str) -> str:
    """Return the name of a key's file: the key itself is not written, and any text makes a safe name."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32] + ".knock"
