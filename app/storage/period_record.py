"""The read of one period: the money that moved in it and the payments made in it, by indexes, in one snapshot."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import datetime

from app.domain.journal.events import day_closed_key
from app.domain.payment import PaymentStatus, status_at
from app.domain.timestamps import ceil_millis, floor_millis, from_millis
from app.services.ports.ledger import PeriodRecord
from app.storage.mapping import movement_from
from app.storage.projection import entries_where

MOVED = "SELECT * FROM money_movement WHERE at >= ? AND at < ? ORDER BY at, payment_id, position"
CREATED = "SELECT state, expires_at, count(*) FROM payment WHERE created_at >= ? AND created_at < ? GROUP BY 1, 2"
OPEN = "SELECT count(*) FROM payment WHERE state = 'open' AND expires_at > ?"
ATTENTION = "SELECT count(*) FROM payment WHERE attention != ''"
_LAST_SEQ = "SELECT coalesce(max(seq), 0) FROM event"


def read_period(
    connection: sqlite3.Connection, start: datetime, end: datetime, now: datetime, day: str
) -> PeriodRecord:
    """Return what `Ledger.period_record` says; the connection is inside a snapshot."""
    period = ceil_millis(start), ceil_millis(end)
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    created: Counter[PaymentStatus] = Counter()
    for state, expires_at, count in connection.execute(CREATED, period).fetchall():
        created[status_at(PaymentStatus(state), from_millis(expires_at), now)] += count
    closing = entries_where(connection, "e.dedupe_key = ?", day_closed_key(day))
    return PeriodRecord(
        as_of=_number(connection, _LAST_SEQ),
        movements=tuple(map(movement_from, cursor.execute(MOVED, period).fetchall())),
        created=created,
        open_count=_number(connection, OPEN, floor_millis(now)),
        attention_count=_number(connection, ATTENTION),
        closing=closing[0] if closing else None,
    )


def _number(connection: sqlite3.Connection, query: str, *values: object) -> int:
    return int(connection.execute(query, values).fetchone()[0])
