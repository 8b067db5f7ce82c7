"""Fills a new ledger with very many payments, for measuring. It writes the rows of `transaction` and `projection`.

`prepare` needs no ledger, so that other processes can do that part; one connection writes what they made.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path

from app.domain.errors import Defect
from app.domain.ids import LinkKey
from app.domain.journal.events import JournalEntry
from app.domain.payment import Payment
from app.domain.payment_fold.fold import fold_if_readable
from app.domain.timestamps import to_millis
from app.services.ports.ledger_transaction import Contact, InquiryRecord
from app.storage.engine import connect_writer, storage_errors
from app.storage.kept import write_kept
from app.storage.projection import project
from app.storage.tables.schema import upgrade_schema
from app.storage.transaction import (
    AT,
    INSERT_EVENT,
    EventValues,
    SqlTransaction,
    entry_of,
    event_values,
)

_FOR_SPEED = (
    "journal_mode=OFF",  # nothing is rolled back: what failed is deleted
    "synchronous=OFF",
    "locking_mode=EXCLUSIVE",
    "foreign_keys=OFF",  # checked once, at the end
    "cache_size=-400000",  # KiB
    "threads=2",  # for sorting, when the indexes are made
)
_REBUILT_TABLES = ("event", "link")
"""Their indexes are made at the end: most of their keys are random, so that each row would touch other pages."""


@dataclass(frozen=True, slots=True)
class PreparedPayment:
    """A payment with its journal's rows, or rows that belong to no payment. `contact` is whom its contact_id means."""

    rows: tuple[EventValues, ...]
    payment: Payment | None
    contact: Contact | None = None
    inquiries: Sequence[tuple[LinkKey, InquiryRecord]] = ()


def prepare(
    entries: Sequence[JournalEntry],
    *,
    contact: Contact | None = None,
    inquiries: Sequence[tuple[LinkKey, InquiryRecord]] = (),
) -> PreparedPayment:
    """Return the rows and the fold of one payment's facts, which are all different; their `seq` is not used.

    Entries without a payment give their rows alone. Raises Incomplete.
    """
    rows = tuple(event_values(e.fact, payment_id=e.payment_id, source=e.source, at=e.at) for e in entries)
    folded = [entry_of(row, 0) for row, entry in zip(rows, entries, strict=True) if entry.payment_id is not None]
    return PreparedPayment(rows, fold_if_readable(folded), contact, inquiries)


class BulkLoad:
    """Made by `bulk_load`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._tx = SqlTransaction(connection)
        self._waiting: list[EventValues] = []
        self._last_number = 0

    def add(self, payments: Sequence[PreparedPayment], not_before: datetime) -> None:
        """Write payments. `not_before`: no fact of these or of later ones is older; the journal is written by time."""
        self._write_journal(to_millis(not_before))
        for prepared in payments:
            self._waiting += prepared.rows
            if prepared.payment is not None:
                self._write(prepared, prepared.payment)

    def finish(self, mode: str) -> None:
        """Write the rest of the journal, and what a ledger knows of itself."""
        self._write_journal(None)
        if self._last_number:
            self._tx.set_mode(mode)
            SqlTransaction(self._connection, numbers_above=self._last_number - 1).next_number()

    def _write(self, prepared: PreparedPayment, payment: Payment) -> None:
        contact = prepared.contact
        if contact is not None and self._tx.remember_contact(contact.phone, contact.email) != payment.contact_id:
            raise Defect(reason="the customers of new payments are numbered from 1, in their order")
        entries = [entry_of(row, place) for place, row in enumerate(prepared.rows)]
        project(self._connection, payment, entries)
        self._last_number = max(self._last_number, payment.number)
        for key, inquiry in prepared.inquiries:
            self._tx.save_inquiry(key, inquiry)

    def _write_journal(self, before_ms: int | None) -> None:
        self._waiting.sort(key=itemgetter(AT))  # stable: facts of one moment keep their order
        count = len(self._waiting)
        if before_ms is not None:
            count = next((place for place, row in enumerate(self._waiting) if row[AT] >= before_ms), count)
        self._connection.executemany(INSERT_EVENT, self._waiting[:count])
        del self._waiting[:count]


@contextmanager
def bulk_load(path: Path, mode: str) -> Iterator[BulkLoad]:
    """Make a ledger and fill it; blocking. An error leaves a file that is to be deleted.

    Raises Defect where the file has facts already or the new ones do not fit together, and StorageError leaves.
    """
    with storage_errors():
        upgrade_schema(path)
        with closing(connect_writer(path)) as connection:
            if connection.execute("SELECT 1 FROM event LIMIT 1").fetchone() is not None:
                raise Defect(reason="only a new ledger is filled at once")
            for pragma in _FOR_SPEED:
                connection.execute(f"PRAGMA {pragma}")
            rebuilt = _drop_indexes(connection) + _drop_triggers(connection)
            connection.execute("BEGIN")
            load = BulkLoad(connection)
            yield load
            load.finish(mode)
            connection.execute("COMMIT")
            write_kept(connection)
            _create_again(connection, rebuilt)
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise Defect(reason="rows without their parents")
            connection.execute("PRAGMA locking_mode=NORMAL")
            connection.execute("PRAGMA journal_mode=WAL")


def _drop_indexes(connection: sqlite3.Connection) -> list[str]:
    """Drop the indexes of the large tables; return the statements that make them again."""
    marks = ", ".join("?" * len(_REBUILT_TABLES))
    query = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})"
    found = connection.execute(query, _REBUILT_TABLES).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [str(sql) for _, sql in found]


def _drop_triggers(connection: sqlite3.Connection) -> list[str]:
    """Drop the triggers that keep totals and texts of each payment; return the statements that make them again."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'payment'"
    found = connection.execute(query).fetchall()
    for name, _ in found:
        connection.execute(f"DROP TRIGGER {name}")
    return [str(sql) for _, sql in found]


def _create_again(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        try:
            connection.execute(statement)
        except sqlite3.IntegrityError as error:
            raise Defect(reason="a fact was stated twice") from error
