"""The check of the ledger after an unclean stop, on a thread beside the running core."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from threading import Event

from app.bootstrap.home import Home
from app.services.health_check import StorageHealth
from app.services.ports import Clock, Ledger
from app.settings.presence import Presence

TOUCHED_WITHIN = timedelta(days=1)


def make_storage_health(home: Home, ledger: Ledger, presence: Presence, clock: Clock) -> StorageHealth:
    """Return the watch over a home's ledger; it checks the file only where a process ended without a word."""
    check = _Check(home.paths.ledger_file, presence, clock) if presence.was_unclean else None
    return StorageHealth(ledger, check)


class _Check:
    def __init__(self, path: Path, presence: Presence, clock: Clock) -> None:
        self._path = path
        self._presence = presence
        self._clock = clock

    async def __call__(self) -> str | None:
        """Return what is wrong. Found well, the sign of the dead process goes; else the next start looks again."""
        stop = Event()
        try:
            found = await asyncio.to_thread(self._look, stop)
        except asyncio.CancelledError:
            stop.set()
            raise
        return found

    def _look(self, stop: Event) -> str | None:
        from app.storage.check import CheckStopped, find_doubt

        try:
            found = find_doubt(self._path, self._clock.now() - TOUCHED_WITHIN, stop)
        except CheckStopped:
            return None
        if found is None:
            self._presence.settle()
        return found
