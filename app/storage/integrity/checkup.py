"""The check of a ledger file for the doctor, on connections that cannot write."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event

from app.domain.journal.events import OF_THE_SHOP, OrphanReceived
from app.domain.timestamps import moment_from
from app.storage.engine import connect_reader, file_errors, rows_of, storage_errors
from app.storage.integrity.check import find_corruption
from app.storage.mapping import fact_of
from app.storage.numbers import newest_payment
from app.storage.tables.schema import refuse_unusable
from app.storage.transaction import mode_of

_LAST_CALLBACK = "SELECT max(at) FROM event WHERE type = 'callback_received'"
_UNMATCHED = f"""
    SELECT at, type, data FROM event WHERE payment_id IS NULL AND type NOT IN ({", ".join("?" * len(OF_THE_SHOP))})
    ORDER BY seq DESC LIMIT 100
"""


@dataclass(frozen=True, slots=True)
class LedgerCheckup:
    """`damage`: what is wrong, in technical words. `unmatched_at`: when the newest messages of no known payment came.

    `named`: the numbers of the payments that such messages name by our own TransactionID. `newest_number`: the highest
    number of a payment, 0 without any.
    """

    damage: str | None = None
    last_callback_at: datetime | None = None
    unmatched_at: tuple[datetime, ...] = ()
    named: tuple[int, ...] = ()
    newest_number: int = 0
    mode: str | None = None
    """`demo` or `live`, None before the first payment."""


def check_ledger_file(path: Path, since: datetime, *, ledger_expected: bool = False) -> LedgerCheckup:
    """Check the file's pages, the payments that changed since, and the last messages; about 1 s a million payments.

    A missing file is no damage, unless the home has had one (`ledger_expected`). Blocking. Raises StorageError
    leaves: damaged, newer, unreadable.
    """
    with storage_errors(), file_errors():
        refuse_unusable(path, ledger_expected=ledger_expected)
    if not path.exists() or path.stat().st_size == 0:
        return LedgerCheckup()
    damage = find_corruption(path, since, Event())
    if damage is not None:
        return LedgerCheckup(damage)
    with storage_errors(), file_errors(), closing(connect_reader(path)) as connection:
        last = connection.execute(_LAST_CALLBACK).fetchone()[0]
        unmatched = rows_of(connection, _UNMATCHED, OF_THE_SHOP)
        named = _named(connection, {_own_id(kind, data) for _, kind, data in unmatched} - {None})
        newest, mode = newest_payment(connection), mode_of(connection)
    moments = tuple(moment for at, _, _ in unmatched if (moment := moment_from(at)) is not None)
    return LedgerCheckup(None, moment_from(last), moments, named, newest, mode)


def _own_id(kind: str, data: str) -> str | None:
    fact = fact_of(kind, data)
    return fact.txn_id_own if isinstance(fact, OrphanReceived) else None


def _named(connection: sqlite3.Connection, own_ids: Collection[str | None]) -> tuple[int, ...]:
    marks = ", ".join("?" * len(own_ids))
    query = f"SELECT DISTINCT payment_id FROM link WHERE transaction_id IN ({marks})"
    rows = connection.execute(f"SELECT number FROM payment WHERE id IN ({query})", tuple(own_ids))
    return tuple(sorted(row[0] for row in rows.fetchall()))
