"""The ledger of a home on SQLite: the port `Ledger`. Writes go to the one writer, reads to connections of their own."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from app.domain.errors import StorageError
from app.domain.ids import LinkKey, PaymentId
from app.domain.journal.events import OF_THE_SHOP, CallbackReceived, JournalEntry
from app.services.ports.changes import Changes
from app.services.ports.history_values import NEWEST_FIRST, Anchor, HistoryOutline, SortOrder, TotalsBy
from app.services.ports.ledger import (
    AttentionInbox,
    HistoryPage,
    PaymentFilter,
    PaymentHistory,
    PaymentScan,
    PaymentView,
    PeriodRecord,
    ProjectionDifference,
    Totals,
)
from app.services.ports.ledger_transaction import InquiryRecord, LedgerTransaction
from app.storage import queries
from app.storage.commit_monitor import CommitMonitor
from app.storage.engine import BUSY_TIMEOUT_S, connect_reader, connect_writer, file_errors, rows_of, storage_errors
from app.storage.history import reading
from app.storage.history.attention import attention_inbox
from app.storage.kept import index_pending
from app.storage.numbers import LedgerMarker, last_number, number_recorder
from app.storage.period_record import read_period
from app.storage.projection import compare, entries_of, entries_where, last_seq
from app.storage.readers import Readers
from app.storage.scan import SqlPaymentScan
from app.storage.statements import SqlStatementStore
from app.storage.tables.schema import upgrade_schema
from app.storage.transaction import inquiries_of, mode_of, payment_of_link
from app.storage.writer import Writer, in_transaction

T = TypeVar("T")
log = logging.getLogger(__name__)

KEYS_PER_QUERY = 500  # SQLite's old limit for values in one statement is 999
_UNCOUNTED = """
    e.seq > ? AND e.type = 'callback_received'
    AND NOT coalesce(CASE WHEN json_valid(e.data) THEN json_extract(e.data, '$.counts') END, 0)
    ORDER BY e.seq
"""


def open_ledger(
    path: Path,
    backup_dir: Path | None = None,
    *,
    max_pages: int | None = None,
    lock_timeout_s: float = BUSY_TIMEOUT_S,
    marker: LedgerMarker | None = None,
) -> SqlLedger:
    """Open the ledger file, made or migrated when needed; blocking, for start-up.

    `backup_dir` takes the copy made before a migration (else the file's folder); `max_pages` bounds the file's size.
    With the home's `marker` a ledger that is missing or empty is refused, and an older copy reuses no number.
    Raises StorageError leaves; a file that is not a ledger is left as it is.
    """
    with storage_errors(), file_errors():
        ledger_expected = marker is not None and marker.had_ledger()
        given = marker.last_number() if marker else 0
        upgrade_schema(path, backup_dir, max_pages, ledger_expected=ledger_expected)
        version_connection = connect_reader(path)
        try:
            if marker is not None:
                _reconcile_numbers(marker, given, last_number(version_connection))
            connection = connect_writer(path, max_pages)
            writer = Writer(connection, lock_timeout_s, index_pending)
        except BaseException:
            version_connection.close()
            raise
    if marker is not None:
        writer.on_commit.append(number_recorder(connection, marker))
    return SqlLedger(writer, Readers(path), version_connection, numbers_above=given)


def _reconcile_numbers(marker: LedgerMarker, given: int, here: int) -> None:
    if given > here:
        log.warning("the ledger is older than its home: it knows number %s, %s was given out", here, given)
    marker.note_ledger(max(given, here))


class SqlLedger:
    """Made by `open_ledger`. Its coroutines may be awaited from any loop; `close` ends it."""

    def __init__(
        self, writer: Writer, readers: Readers, version_connection: sqlite3.Connection, *, numbers_above: int = 0
    ) -> None:
        """`numbers_above`: new payment numbers are higher, whatever the ledger itself knows."""
        self._writer = writer
        self._numbers_above = numbers_above
        self._readers = readers
        self._version_connection = version_connection
        self._version_lock = threading.Lock()
        self._monitors: list[CommitMonitor] = []
        self.problem: str | None = None
        self._problem_listeners: list[Callable[[str], None]] = []

    async def write(self, decide: Callable[[LedgerTransaction], T]) -> T:
        try:
            result = cast(T, await self._writer.submit(in_transaction(decide, self._numbers_above)))
        except StorageError as failure:
            self.problem = failure.code
            for listener in self._problem_listeners:
                listener(failure.code)
            raise
        self.problem = None
        return result

    def on_problem(self, listener: Callable[[str], None]) -> None:
        self._problem_listeners.append(listener)

    def on_commit(self, listener: Callable[[], None]) -> None:
        self._writer.on_commit.append(listener)

    async def mode(self) -> str | None:
        return await self._readers.read(mode_of)

    async def payment(self, payment_id: PaymentId) -> PaymentView | None:
        return await self._view(queries.with_id(payment_id))

    async def payment_history(self, payment_id: PaymentId) -> PaymentHistory | None:
        def read(connection: sqlite3.Connection) -> PaymentHistory | None:
            found = queries.views(connection, queries.with_id(payment_id))
            if not found:
                return None
            view, entries = found[0], entries_of(connection, payment_id)
            return PaymentHistory(view.payment, view.contact, entries, last_seq(connection))

        return await self._readers.read(read)

    async def payment_by_number(self, number: int) -> PaymentView | None:
        return await self._view(queries.with_number(number))

    async def payment_of_link(self, key: LinkKey) -> PaymentId | None:
        return await self._readers.read(lambda connection: payment_of_link(connection, key))

    async def payments(self, criteria: PaymentFilter) -> list[PaymentView]:
        return await self._readers.read(lambda connection: reading.payments(connection, criteria))

    async def totals(self, criteria: PaymentFilter, by: TotalsBy | None = None) -> Totals:
        return await self._readers.read(lambda connection: reading.totals_of(connection, criteria, by))

    async def page(
        self,
        criteria: PaymentFilter,
        order: SortOrder = NEWEST_FIRST,
        *,
        after: Anchor | None = None,
        skip: int = 0,
        limit: int = 200,
    ) -> HistoryPage:
        return await self._readers.read(
            partial(reading.page, criteria=criteria, order=order, after=after, skip=skip, limit=limit)
        )

    async def outline(self, criteria: PaymentFilter, order: SortOrder = NEWEST_FIRST) -> HistoryOutline:
        return await self._readers.read(lambda connection: reading.outline(connection, criteria, order))

    async def scan(self, criteria: PaymentFilter, work: Callable[[PaymentScan], T]) -> T:
        return await self._readers.read(lambda connection: work(SqlPaymentScan(connection, criteria)))

    async def period_record(self, start: datetime, end: datetime, now: datetime, day: str) -> PeriodRecord:
        return await self._readers.read(partial(read_period, start=start, end=end, now=now, day=day))

    async def attention_inbox(self, per_group: int = 100) -> AttentionInbox:
        return await self._readers.read(partial(attention_inbox, per_group=per_group))

    async def unfinished(self, now: datetime) -> list[PaymentView]:
        return await self._views(queries.unfinished(now))

    async def unanswered(self, now: datetime, ended_after: datetime | None = None) -> list[PaymentView]:
        return await self._views(queries.unanswered(now, ended_after))

    async def inquiries(self, keys: Sequence[LinkKey]) -> dict[LinkKey, InquiryRecord]:
        found: dict[LinkKey, InquiryRecord] = {}
        for start in range(0, len(keys), KEYS_PER_QUERY):
            part = keys[start : start + KEYS_PER_QUERY]
            found |= await self._readers.read(partial(inquiries_of, keys=part))
        return found

    async def entries(self, payment_id: PaymentId) -> list[JournalEntry]:
        return await self._readers.read(lambda connection: entries_of(connection, payment_id))

    async def unmatched_entries(self, limit: int = 50) -> list[JournalEntry]:
        marks = ", ".join("?" * len(OF_THE_SHOP))
        condition = f"e.payment_id IS NULL AND e.type NOT IN ({marks}) ORDER BY e.seq DESC LIMIT ?"
        return await self._readers.read(lambda connection: entries_where(connection, condition, *OF_THE_SHOP, limit))

    async def tail(self, after_seq: int, limit: int = 500) -> list[JournalEntry]:
        condition = "e.seq > ? ORDER BY e.seq LIMIT ?"
        return await self._readers.read(lambda connection: entries_where(connection, condition, after_seq, limit))

    async def changed_since(self, seq: int) -> Changes:
        return await self._readers.read(lambda connection: _changes(connection, seq))

    async def uncounted_callbacks(self, after_seq: int) -> list[JournalEntry]:
        found = await self._readers.read(lambda connection: entries_where(connection, _UNCOUNTED, after_seq))
        return [entry for entry in found if isinstance(entry.fact, CallbackReceived)]

    async def last_seq(self) -> int:
        return await self._readers.read(last_seq)

    def watch_commits(self, notify: Callable[[], None], every_s: float) -> Callable[[], None]:
        monitor = CommitMonitor(self._data_version, notify, every_s)
        self._monitors.append(monitor)
        return monitor.stop

    def _data_version(self) -> int:
        # A connection of its own that never writes sees every commit as another's, our writer's too.
        with self._version_lock, storage_errors():
            return int(self._version_connection.execute("PRAGMA data_version").fetchone()[0])

    def statement_store(self) -> SqlStatementStore:
        """Return where the operator's statements are kept, in this ledger's file."""
        return SqlStatementStore(self._writer, self._readers.read)

    async def rebuild(self, *, write: bool) -> Sequence[ProjectionDifference]:
        if write:
            found = await self._writer.submit(lambda connection: compare(connection, write=True))
            return cast(Sequence[ProjectionDifference], found)
        return await self._readers.read(lambda connection: compare(connection, write=False))

    async def close(self) -> None:
        """Finish the submitted writes and close the file. Calling it again does nothing."""
        self._readers.stop_accepting()
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        for monitor in self._monitors:
            monitor.join()
        self._writer.close()
        self._readers.close()
        with self._version_lock:
            self._version_connection.close()

    async def _view(self, query: queries.Query) -> PaymentView | None:
        found = await self._views(query)
        return found[0] if found else None

    async def _views(self, query: queries.Query) -> list[PaymentView]:
        return await self._readers.read(lambda connection: queries.views(connection, query))


def _changes(connection: sqlite3.Connection, after_seq: int) -> Changes:
    # Not grouped by SQLite: it might walk the whole index of payments instead of the few rows after the seq.
    rows = rows_of(connection, "SELECT seq, payment_id FROM event WHERE seq > ? ORDER BY seq", (after_seq,))
    payments = frozenset(PaymentId(row[1]) for row in rows if row[1] is not None)
    return Changes(after_seq, rows[-1][0] if rows else after_seq, payments)
