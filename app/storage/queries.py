"""Reads of the projection in SQL: each takes a connection inside one snapshot.

Written out instead of built by SQLAlchemy, whose import would take longer than most verbs may (promise S13). The
columns are those of `rows.py`; values are always parameters, never part of the text.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.payment import PaymentStatus
from app.domain.timestamps import floor_millis
from app.services.ports.ledger import PaymentView
from app.services.ports.ledger_transaction import Contact
from app.services.status.poll_schedule import POLLED_AFTER_EXPIRY
from app.storage.conditions import Condition, all_of, any_of, negated, shown_status
from app.storage.mapping import payment_from

_CHUNK = 500
SILENT_BATCH = 100
_FROM = "FROM payment p LEFT JOIN contact c ON c.id = p.contact_id"
VIEW_COLUMNS = "p.*, c.id AS contact_known, c.phone, c.email"
"""What `views_of` takes."""
_NEWEST_FIRST = "ORDER BY p.created_at DESC, p.number DESC"
_WAITING = "p.state IN ('open', 'authorised')"
_CANCELLED_LATELY = """p.state = 'cancelled' AND EXISTS (
    SELECT 1 FROM event e WHERE e.payment_id = p.id AND e.type = 'link_cancelled' AND e.at > ?
)"""
# not EXISTS: no index would be left for it, and every payment would be read
_REFUND_IN_FLIGHT = "p.id IN (SELECT r.payment_id FROM refund r WHERE r.status IN ('requested', 'unknown'))"
# what was told of an earlier link says nothing of this one
_SILENCE_RECORDED = """EXISTS (
    SELECT 1 FROM event e WHERE e.payment_id = p.id AND e.type = 'operator_silent' AND e.at >= p.expires_at
)"""
_ANSWERED = """EXISTS (
    SELECT 1 FROM inquiry i JOIN link l ON l.key = i.link_key
    WHERE l.payment_id = p.id AND i.answered_at >= p.expires_at
)"""


@dataclass(frozen=True, slots=True)
class Query:
    """The payments that a condition chooses, newest first; without `limit`, all of them."""

    where: Condition
    limit: int | None = None


def unfinished(now: datetime) -> Query:
    """Return the query of the payments that are polled (protocol.md A3.10)."""
    since = floor_millis(now - POLLED_AFTER_EXPIRY)
    return Query(
        any_of(
            shown_status(PaymentStatus.CREATING, now),
            Condition(f"{_WAITING} AND p.expires_at > ?", (since,)),
            Condition("p.state = 'underpaid'"),
            Condition(_CANCELLED_LATELY, (since,)),
            Condition(_REFUND_IN_FLIGHT),
        )
    )


def unanswered(now: datetime, ended_after: datetime | None = None) -> Query:
    """Return the query of unpaid payments that the operator gave no answer about after their end (protocol.md A3.9)."""
    since = 0 if ended_after is None else floor_millis(ended_after)
    ended = Condition("p.expires_at > ? AND p.expires_at <= ?", (since, floor_millis(now - POLLED_AFTER_EXPIRY)))
    silent = (negated(Condition(_SILENCE_RECORDED)), negated(Condition(_ANSWERED)))
    return Query(all_of(Condition(_WAITING), ended, *silent), SILENT_BATCH)


def with_id(payment_id: str) -> Query:
    """Return the query of one payment by its id."""
    return Query(Condition("p.id = ?", (payment_id,)))


def numbered(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[PaymentView]:
    """Return the payments of these numbers in their order."""
    found: dict[int, PaymentView] = {}
    for start in range(0, len(numbers), _CHUNK):
        part = tuple(numbers[start : start + _CHUNK])
        where = Condition(f"p.number IN ({', '.join('?' * len(part))})", part)
        found |= {view.payment.number: view for view in views(connection, Query(where))}
    return [found[number] for number in numbers]


def with_number(number: int) -> Query:
    """Return the query of one payment by its number."""
    return Query(Condition("p.number = ?", (number,)))


def views(connection: sqlite3.Connection, query: Query) -> list[PaymentView]:
    """Return the payments of a query above with their links, refunds and contacts, all of one snapshot."""
    rows = _rows(connection, *selected(VIEW_COLUMNS, query))
    found: list[PaymentView] = []
    for start in range(0, len(rows), _CHUNK):  # SQLite bounds the number of parameters
        found += views_of(connection, rows[start : start + _CHUNK])
    return found


def selected(columns: str, query: Query) -> tuple[str, tuple[object, ...]]:
    """Return the statement that reads these columns of `payment p` and its `contact c`, and its values."""
    sql, values = f"SELECT {columns} {_FROM} WHERE {query.where.sql} {_NEWEST_FIRST}", query.where.values
    return (sql, values) if query.limit is None else (f"{sql} LIMIT ?", (*values, query.limit))


def views_of(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[PaymentView]:
    """Return the payments of some rows of VIEW_COLUMNS, at most 500, with their links and refunds."""
    ids = [row["id"] for row in rows]
    links, refunds = _parts(connection, "link", ids), _parts(connection, "refund", ids)
    return [
        PaymentView(
            payment_from(row, links[row["id"]], refunds[row["id"]]),
            None if row["contact_known"] is None else Contact(row["phone"], row["email"]),
        )
        for row in rows
    ]


def _parts(connection: sqlite3.Connection, table: str, ids: Sequence[str]) -> defaultdict[str, list[sqlite3.Row]]:
    marks = ", ".join("?" * len(ids))
    grouped: defaultdict[str, list[sqlite3.Row]] = defaultdict(list)
    for row in _rows(connection, f"SELECT * FROM {table} WHERE payment_id IN ({marks}) ORDER BY position", ids):
        grouped[row["payment_id"]].append(row)
    return grouped


def _rows(connection: sqlite3.Connection, sql: str, values: Sequence[object]) -> list[sqlite3.Row]:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(sql, tuple(values)).fetchall()
