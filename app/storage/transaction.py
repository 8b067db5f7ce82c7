"""What a decision uses: reads and writes inside the writer's transaction, by the driver's own statements (hot path)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.domain.errors import Defect, NotFound
from app.domain.ids import ContactId, LinkKey, PaymentId
from app.domain.journal.events import CallbackReceived, Fact, JournalEntry, Source
from app.domain.journal.fact_redaction import redacted_fact
from app.domain.operator_codes import CallbackCommand
from app.domain.payment import Payment
from app.domain.payment_fold.fold import fold_if_readable
from app.domain.text.redaction import redact_text
from app.domain.text.typed_text import search_form
from app.domain.timestamps import from_millis, to_millis
from app.services.ports.ledger_transaction import Appended, Contact, InquiryRecord
from app.services.sales.customers import normalized_account
from app.storage.mapping import entry_from, fact_text
from app.storage.projection import entries_of, entries_where, project

INSERT_EVENT = """
    INSERT INTO event (at, payment_id, link_key, type, source, data, dedupe_key, txn_id, signature)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_NEW = f"{INSERT_EVENT} ON CONFLICT (dedupe_key) DO NOTHING"
_REPEAT = """
    INSERT INTO event_repeat (seq, count, last_at) VALUES (?, 1, ?)
    ON CONFLICT (seq) DO UPDATE SET count = count + 1, last_at = max(last_at, excluded.last_at)
"""
_NEXT_NUMBER = """
    INSERT INTO meta (key, value) VALUES ('last_number', CAST(:above + 1 AS TEXT))
    ON CONFLICT (key) DO UPDATE SET value = CAST(max(CAST(value AS INTEGER), :above) + 1 AS TEXT)
    RETURNING value
"""
_OF_ACCOUNT = """
    SELECT l.key, p.number, c.phone, c.email FROM payment p
    JOIN link l ON l.payment_id = p.id
    LEFT JOIN contact c ON c.id = p.contact_id
    WHERE p.state IN ('open', 'authorised') AND p.expires_at > ? AND p.amount_minor = ?
    AND l.position = (SELECT max(position) FROM link WHERE payment_id = p.id)
    ORDER BY p.number
"""
_NOTE_INQUIRY = """
    INSERT INTO inquiry (link_key, asked, asked_at, answered_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (link_key) DO UPDATE SET
        asked = excluded.asked, asked_at = excluded.asked_at, answered_at = excluded.answered_at
"""


EventValues = tuple[Any, ...]
"""The values of INSERT_EVENT; these two have a place in it that others need."""
AT, DEDUPE_KEY = 0, 6


def event_values(fact: Fact, *, payment_id: PaymentId | None, source: Source, at: datetime) -> EventValues:
    """Return a fact as the journal keeps it: redacted, with the key of the fact as it was stated."""
    key, kept = fact.dedupe(), redacted_fact(fact)
    return (
        to_millis(at),
        payment_id,
        getattr(kept, "link_key", None),
        kept.type,
        source.value,
        fact_text(kept),
        key,
        getattr(kept, "txn_id", None),
        getattr(kept, "signature", None),
    )


def entry_of(values: EventValues, seq: int) -> JournalEntry:
    """Return the entry as it will be read: the journal keeps milliseconds, and plain values."""
    at, payment_id, _, kind, source, text, *_ = values
    return entry_from((seq, at, payment_id, source, kind, text, 0))


def inquiries_of(connection: sqlite3.Connection, keys: Sequence[LinkKey]) -> dict[LinkKey, InquiryRecord]:
    """Return what is known of asking about these links."""
    marks = ", ".join("?" * len(keys))
    rows = connection.execute(
        f"SELECT link_key, asked, asked_at, answered_at FROM inquiry WHERE link_key IN ({marks})", tuple(keys)
    )
    return {
        LinkKey(key): InquiryRecord(
            asked, from_millis(asked_at), None if answered_at is None else from_millis(answered_at)
        )
        for key, asked, asked_at, answered_at in rows
    }


def mode_of(connection: sqlite3.Connection) -> str | None:
    """Return `demo`, `live`, or None while there is no payment yet."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'mode'").fetchone()
    return str(row[0]) if row else None


def payment_of_link(connection: sqlite3.Connection, key: LinkKey) -> PaymentId | None:
    row = connection.execute(
        "SELECT payment_id FROM event WHERE link_key = ? AND type = 'link_requested' ORDER BY seq LIMIT 1", (key,)
    ).fetchone()
    return PaymentId(row[0]) if row else None


def contact_of(connection: sqlite3.Connection, contact_id: ContactId | None) -> Contact | None:
    row = connection.execute("SELECT phone, email FROM contact WHERE id = ?", (contact_id,)).fetchone()
    return Contact(*row) if row else None


class SqlTransaction:
    """The port `LedgerTransaction` on a connection that has begun; one object a decision.

    What was read of a payment is kept for the decision: no other writer runs before its transaction ends.
    """

    def __init__(self, connection: sqlite3.Connection, numbers_above: int = 0) -> None:
        self._connection = connection
        self._numbers_above = numbers_above
        self._touched: dict[PaymentId, None] = {}
        self._entries: dict[PaymentId, list[JournalEntry]] = {}
        self._payments: dict[PaymentId, Payment | None] = {}

    def next_number(self) -> int:
        # fetchall: a RETURNING statement is finished, and its change certain, only when it is read to its end.
        return int(self._connection.execute(_NEXT_NUMBER, {"above": self._numbers_above}).fetchall()[0][0])

    def remember_contact(self, phone: str | None, email: str | None) -> ContactId | None:
        if phone is None and email is None:
            return None
        kept = tuple(text and redact_text(text) for text in (phone, email))
        cursor = self._connection.execute(
            "INSERT INTO contact (phone, email, email_form) VALUES (?, ?, ?)", (*kept, search_form(kept[1]) or None)
        )
        return ContactId(cursor.lastrowid or 0)

    def contact(self, contact_id: ContactId | None) -> Contact | None:
        return contact_of(self._connection, contact_id)

    def payment(self, payment_id: PaymentId) -> Payment | None:
        if payment_id not in self._payments:
            self._payments[payment_id] = fold_if_readable(self._read(payment_id))
        return self._payments[payment_id]

    def require(self, payment_id: PaymentId) -> Payment:
        payment = self.payment(payment_id)
        if payment is None:
            raise NotFound(payment=payment_id)
        return payment

    def entries(self, payment_id: PaymentId) -> list[JournalEntry]:
        return list(self._read(payment_id))

    def _read(self, payment_id: PaymentId) -> list[JournalEntry]:
        if payment_id not in self._entries:
            self._entries[payment_id] = entries_of(self._connection, payment_id)
        return self._entries[payment_id]

    def payment_of_link(self, key: LinkKey) -> PaymentId | None:
        return payment_of_link(self._connection, key)

    def links_of_transaction(self, transaction_id: str) -> tuple[LinkKey, ...]:
        return self._links("transaction_id = ?", transaction_id)

    def links_of_uuid(self, uuid: str) -> tuple[LinkKey, ...]:
        return self._links("uuid = ?", uuid)

    def links_of_account(self, account: str, amount_minor: int, ended_after: datetime) -> tuple[LinkKey, ...]:
        rows = self._connection.execute(_OF_ACCOUNT, (to_millis(ended_after), amount_minor)).fetchall()
        normalized = normalized_account(account)
        return tuple(
            LinkKey(key)
            for key, number, phone, email in rows
            if normalized in {normalized_account(text) for text in (phone, email) if text}
            or (not phone and not email and normalized == str(number))
        )

    def _links(self, condition: str, value: str) -> tuple[LinkKey, ...]:
        rows = self._connection.execute(f"SELECT key FROM link WHERE {condition} ORDER BY key", (value,))
        return tuple(LinkKey(row[0]) for row in rows.fetchall())

    def find(self, dedupe_key: str) -> JournalEntry | None:
        found = entries_where(self._connection, "e.dedupe_key = ?", dedupe_key)
        return found[0] if found else None

    def payments_with_txn(self, txn_id: str) -> frozenset[PaymentId]:
        found = entries_where(self._connection, "e.txn_id = ? AND e.type = 'callback_received'", txn_id)
        return frozenset(entry.payment_id for entry in found if entry.payment_id and _is_counted_pay(entry.fact))

    def callbacks_with_signature(self, signature: str) -> tuple[CallbackReceived, ...]:
        found = entries_where(self._connection, "e.signature = ?", signature)
        return tuple(entry.fact for entry in found if isinstance(entry.fact, CallbackReceived))

    def mode(self) -> str | None:
        return mode_of(self._connection)

    def set_mode(self, mode: str) -> None:
        self._connection.execute(
            "INSERT INTO meta (key, value) VALUES ('mode', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (mode,),
        )

    def inquiry(self, key: LinkKey) -> InquiryRecord | None:
        return inquiries_of(self._connection, [key]).get(key)

    def save_inquiry(self, key: LinkKey, inquiry: InquiryRecord) -> None:
        answered_at = None if inquiry.answered_at is None else to_millis(inquiry.answered_at)
        self._connection.execute(_NOTE_INQUIRY, (key, inquiry.asked, to_millis(inquiry.asked_at), answered_at))

    def append(self, fact: Fact, *, payment_id: PaymentId | None, source: Source, at: datetime) -> Appended:
        values = event_values(fact, payment_id=payment_id, source=source, at=at)
        cursor = self._connection.execute(_INSERT_NEW, values)
        if cursor.rowcount == 0:
            return Appended(self._repeated(values[DEDUPE_KEY], values[AT]), is_new=False)
        entry = entry_of(values, cursor.lastrowid or 0)
        if payment_id is not None:
            self._touched[payment_id] = None
            self._payments.pop(payment_id, None)
            if payment_id in self._entries:
                self._entries[payment_id].append(entry)
        return Appended(entry, is_new=True)

    def _repeated(self, key: str | None, at_ms: int) -> JournalEntry:
        found = self.find(key) if key is not None else None
        if found is None:
            raise Defect(reason="a fact was refused without a first one")
        self._connection.execute(_REPEAT, (found.seq, at_ms))
        if found.payment_id is not None:  # its counter has changed
            self._entries.pop(found.payment_id, None)
        return self.find(key or "") or found

    def finish(self) -> None:
        """Write the projection of every payment that got a new fact, once, after the decision."""
        for payment_id in self._touched:
            payment = self.payment(payment_id)
            if payment is not None:
                project(self._connection, payment, self._read(payment_id))


def _is_counted_pay(fact: Fact) -> bool:
    return isinstance(fact, CallbackReceived) and fact.command == CallbackCommand.PAY and fact.counts
