"""The projection of the journal: written from the fold of a payment's facts, and compared with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from app.domain.ids import PaymentId
from app.domain.journal.events import JournalEntry
from app.domain.payment import Payment
from app.domain.payment_fold.fold import Incomplete, fold_if_readable
from app.domain.payment_fold.movements import movements_of
from app.services.ports.ledger import ProjectionDifference
from app.storage.engine import rows_of
from app.storage.kept import index_pending, kept_differences, write_kept
from app.storage.mapping import (
    ENTRY_COLUMNS,
    Columns,
    entry_from,
    link_columns,
    movement_columns,
    payment_columns,
    refund_columns,
)

_PARTS = {"links": "link", "refunds": "refund", "movements": "money_movement"}
"""The tables of a payment's parts, by the name that a difference has."""
_MOVED_MONEY = "SELECT id FROM payment WHERE confirmed_by IS NOT NULL UNION SELECT payment_id FROM refund"
_ENTRIES = f"SELECT {ENTRY_COLUMNS} FROM event e LEFT JOIN event_repeat r ON r.seq = e.seq"


def entries_where(connection: sqlite3.Connection, condition: str, *values: object) -> list[JournalEntry]:
    """Return the journal entries of a condition on `e` (our own SQL), oldest first."""
    return [entry_from(row) for row in rows_of(connection, f"{_ENTRIES} WHERE {condition}", values)]


def entries_of(connection: sqlite3.Connection, payment_id: PaymentId) -> list[JournalEntry]:
    return entries_where(connection, "e.payment_id = ? ORDER BY e.seq", payment_id)


def last_seq(connection: sqlite3.Connection) -> int:
    """Return the seq of the journal's last entry, 0 without any."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0])


def project(connection: sqlite3.Connection, payment: Payment, entries: Sequence[JournalEntry]) -> None:
    """Write the rows of a payment and its journal where they differ.

    Never INSERT OR REPLACE, which would delete the row others refer to.
    """
    _write_payment(connection, payment_columns(payment))
    for row in link_columns(payment):
        _upsert(connection, "link", ("key",), row)
    refunds = refund_columns(payment)
    # A request that arrives after its callback takes that callback's place, so refunds may become fewer.
    connection.execute("DELETE FROM refund WHERE payment_id = ? AND position >= ?", (payment.id, len(refunds)))
    for row in refunds:
        _upsert(connection, "refund", ("payment_id", "position"), row)
    _write_movements(connection, payment, entries)


def _write_movements(connection: sqlite3.Connection, payment: Payment, entries: Sequence[JournalEntry]) -> None:
    # As a whole: a later fact may rename money that moved before.
    rows = movement_columns(payment.id, movements_of(payment, entries))
    connection.execute("DELETE FROM money_movement WHERE payment_id = ? AND position >= ?", (payment.id, len(rows)))
    for row in rows:
        _upsert(connection, "money_movement", ("payment_id", "position"), row)


def fill(connection: sqlite3.Connection) -> None:
    """Make the rows that a revision left to be made from the journal, and note that they are there."""
    if connection.execute("DELETE FROM meta WHERE key = 'unfilled'").rowcount == 0:
        return
    for (payment_id,) in connection.execute(_MOVED_MONEY).fetchall():
        entries = entries_of(connection, payment_id)
        try:
            payment = fold_if_readable(entries)
        except Incomplete:
            continue  # `compare` reports it
        if payment is not None:
            _write_movements(connection, payment, entries)


def _write_payment(connection: sqlite3.Connection, row: Columns) -> None:
    """Write the changed columns alone: SQLite writes every index of a column that a statement names."""
    names, values = tuple(row), tuple(row.values())
    stored = rows_of(connection, _select_statement(names), (row["id"],))
    if not stored:
        _upsert(connection, "payment", ("id",), row)
    elif stored[0] != values:
        changed = tuple(name for name, old, new in zip(names, stored[0], values, strict=True) if old != new)
        connection.execute(_update_statement(changed), (*map(row.__getitem__, changed), row["id"]))


def _upsert(connection: sqlite3.Connection, table: str, key: tuple[str, ...], row: Columns) -> None:
    connection.execute(_upsert_statement(table, key, tuple(row)), tuple(row.values()))


@lru_cache(maxsize=16)
def _upsert_statement(table: str, key: tuple[str, ...], names: tuple[str, ...]) -> str:
    others = [name for name in names if name not in key]
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in others)} "
        f"WHERE {' OR '.join(f'{name} IS NOT excluded.{name}' for name in others)}"
    )


@lru_cache(maxsize=4)
def _select_statement(names: tuple[str, ...]) -> str:
    return f"SELECT {', '.join(names)} FROM payment WHERE id = ?"


@lru_cache(maxsize=128)
def _update_statement(names: tuple[str, ...]) -> str:
    return f"UPDATE payment SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?"


def compare(
    connection: sqlite3.Connection, *, write: bool, only: Iterable[PaymentId] | None = None
) -> Sequence[ProjectionDifference]:
    """Return where the projection is not the fold, column by column; with `write` make it equal.

    `only`: these payments instead of all, and not what is kept of all payments together.
    """
    if write:  # other decisions of this transaction may have changed texts
        index_pending(connection)
    found: list[ProjectionDifference] = []
    wrong: dict[PaymentId, Payment | None] = {}
    for payment_id in _payments_anywhere(connection) if only is None else only:
        entries = entries_of(connection, payment_id)
        try:
            payment = fold_if_readable(entries)
        except Incomplete:  # its rows are reported, but the journal does not say that they may be deleted
            found += _differences(connection, payment_id, None, entries)
            continue
        if payment is None and entries:
            continue  # a newer version's: neither compared nor deleted
        differences = list(_differences(connection, payment_id, payment, entries))
        if differences:
            wrong[payment_id] = payment
            found += differences
    kept = [] if only is not None else kept_differences(connection)
    if write:
        _rewrite(connection, wrong)
        if kept:
            write_kept(connection)
    return found + kept


def _rewrite(connection: sqlite3.Connection, wrong: dict[PaymentId, Payment | None]) -> None:
    # First all are deleted, then all are written: two payments may hold each other's number or link.
    for table, column in (*((part, "payment_id") for part in _PARTS.values()), ("payment", "id")):
        connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(payment_id,) for payment_id in wrong])
    for payment in wrong.values():
        if payment is not None:
            project(connection, payment, entries_of(connection, payment.id))


def _payments_anywhere(connection: sqlite3.Connection) -> list[PaymentId]:
    rows = connection.execute(
        "SELECT payment_id FROM event WHERE payment_id IS NOT NULL UNION SELECT id FROM payment "
        + "".join(f"UNION SELECT payment_id FROM {part} " for part in _PARTS.values())
        + "ORDER BY 1"
    )
    return [PaymentId(row[0]) for row in rows.fetchall()]


def _differences(
    connection: sqlite3.Connection, payment_id: PaymentId, payment: Payment | None, entries: Sequence[JournalEntry]
) -> Iterator[ProjectionDifference]:
    folded = _labelled(payment, entries) if payment else {}
    stored = _labelled_rows(connection, payment_id)
    number = payment.number if payment else int(stored.get("number") or 0)
    for column in sorted(folded.keys() | stored.keys()):
        actual, expected = stored.get(column), folded.get(column)
        # A flag compares by type too: SQLite would keep a text in an integer column.
        if (column in stored) != (column in folded) or actual != expected or type(actual) is not type(expected):
            yield ProjectionDifference(payment_id, number, column, actual, expected)


def _labelled(payment: Payment, entries: Sequence[JournalEntry]) -> Columns:
    labelled = dict(payment_columns(payment))
    labelled |= _numbered("links", link_columns(payment))
    labelled |= _numbered("refunds", refund_columns(payment))
    return labelled | _numbered("movements", movement_columns(payment.id, movements_of(payment, entries)))


def _labelled_rows(connection: sqlite3.Connection, payment_id: PaymentId) -> Columns:
    rows = _rows(connection, "SELECT * FROM payment WHERE id = ?", payment_id)
    labelled: Columns = rows[0] if rows else {}
    for name, table in _PARTS.items():
        query = f"SELECT * FROM {table} WHERE payment_id = ? ORDER BY position"
        labelled |= _numbered(name, _rows(connection, query, payment_id))
    return labelled


def _numbered(name: str, rows: list[Columns]) -> Columns:
    return {f"{name}[{index}].{column}": value for index, row in enumerate(rows) for column, value in row.items()}


def _rows(connection: sqlite3.Connection, query: str, *values: Any) -> list[Columns]:
    cursor = connection.execute(query, values)
    names = [item[0] for item in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
