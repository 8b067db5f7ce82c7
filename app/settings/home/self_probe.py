"""Lets the check-up detect that its request reached this home's listener, whatever process runs it.

The check-up writes the digest of a random key to a file of the home; a listener that gets a request with that key
deletes the file. Nothing received from outside is ever written.
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
        """Write the file. Raises StorageError leaves when the home cannot be written."""
        write_private(self._path, b"")

    def was_received(self) -> bool:
        return not self._path.exists()

    def clear(self) -> None:
        self._path.unlink(missing_ok=True)


@contextmanager
def self_probe(folder: Path) -> Iterator[SelfProbeFile]:
    """Keep a key's digest in the home for the duration of one request. Raises StorageError leaves."""
    probe = SelfProbeFile(folder)
    probe.leave()
    try:
        yield probe
    finally:
        probe.clear()


def is_self_probe(folder: Path, key: str) -> bool:
    """Return whether our check-up sent the request with this key, and confirm it to the check-up; True once per key."""
    try:
        (folder / _name(key)).unlink()
    except OSError:
        return False
    return True


def _name(key: str) -> str:
    """Return the name of a key's file: the key itself is not written, and any text gives a safe name."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32] + ".probe"
