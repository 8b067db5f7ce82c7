"""Payment numbers are never used twice, even when an older copy of the ledger was put in its place.

The home's marker, a file of its own, holds the highest number that was given out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Protocol

_LAST_NUMBER = "SELECT value FROM meta WHERE key = 'last_number'"
_NEWEST_PAYMENT = "SELECT coalesce(max(number), 0) FROM payment"


class LedgerMarker(Protocol):
    """What is noted of a ledger outside of it; implemented by `settings.home.marker.HomeMarker`."""

    def had_ledger(self) -> bool:
        """Say if there has been a ledger with its schema. Call it before checking the file."""
        ...

    def last_number(self) -> int:
        """Return the highest payment number known to have been given out, or 0."""
        ...

    def note_ledger(self, last_number: int) -> None:
        """Note the highest number, and with the first one that there is a ledger. Never raises StorageError."""
        ...


def last_number(connection: sqlite3.Connection) -> int:
    """Return the highest number that this ledger gave out, or 0."""
    row = connection.execute(_LAST_NUMBER).fetchone()
    return int(row[0]) if row else 0


def newest_payment(connection: sqlite3.Connection) -> int:
    """Return the highest number of a payment in this ledger, or 0."""
    return int(connection.execute(_NEWEST_PAYMENT).fetchone()[0])


def number_recorder(connection: sqlite3.Connection, marker: LedgerMarker) -> Callable[[], None]:
    """Return what the writer does after each commit, before it is published: no number is recorded here only."""

    def note() -> None:
        marker.note_ledger(last_number(connection))

    return note
