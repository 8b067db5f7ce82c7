"""Values to columns and back: the only module that maps facts, payments, links and refunds to rows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from app.domain.ids import ContactId, LinkKey, PaymentId, RefundId, TransactionId
from app.domain.journal.events import Fact, JournalEntry, Source, UnknownFact
from app.domain.journal.fact_data import fact_data, fact_from_data
from app.domain.payment import (
    Attention,
    ConfirmedBy,
    Link,
    LinkState,
    Payment,
    PaymentStatus,
    Refund,
    RefundMark,
    RefundStatus,
)
from app.domain.payment_fold.movements import Direction, Movement
from app.domain.text.typed_text import search_form
from app.domain.timestamps import from_millis, moment_from, to_millis

Columns = dict[str, Any]


class StoredRow(Protocol):
    """A row that was read: its values by their column's name."""

    def __getitem__(self, name: str, /) -> Any: ...


ENTRY_COLUMNS = "e.seq, e.at, e.payment_id, e.source, e.type, e.data, coalesce(r.count, 0)"
"""What `entry_from` takes, of `event e LEFT JOIN event_repeat r`."""


def _millis(moment: datetime | None) -> int | None:
    return None if moment is None else to_millis(moment)


def _moment(millis: int | None) -> datetime | None:
    return None if millis is None else from_millis(millis)


def fact_text(fact: Fact) -> str:
    return json.dumps(fact_data(fact), ensure_ascii=False, separators=(",", ":"))


def entry_from(row: tuple[Any, ...]) -> JournalEntry:
    """Return the journal entry of a row of ENTRY_COLUMNS. A fact without a readable time is an UnknownFact."""
    seq, at, payment_id, source, kind, data, repeats = row
    fact, moment = fact_of(kind, data), moment_from(at)
    if moment is None:
        fact, moment = UnknownFact(fact.type, fact_data(fact)), from_millis(0)
    return JournalEntry(seq, moment, payment_id, _source(source), fact, repeats)


def fact_of(kind: str | bytes, text: str | bytes) -> Fact:
    """Return the fact of a row; what this version cannot read becomes an UnknownFact, and hides no other fact."""
    name = kind if isinstance(kind, str) else repr(kind)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    fact = fact_from_data(name, data) if isinstance(data, dict) else UnknownFact(name, {})
    return UnknownFact(name, {}) if isinstance(fact, UnknownFact) and not _is_json(fact.data) else fact


def _is_json(data: dict[str, Any]) -> bool:
    """Say whether what was read can be written again: lone surrogates and NaN cannot."""
    try:
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def _source(word: str) -> Source:
    try:
        return Source(word)
    except ValueError:
        return Source.UNKNOWN


def payment_columns(payment: Payment) -> Columns:
    newest = payment.links[-1].expires_at if payment.links else payment.created_at
    return {
        "id": payment.id,
        "number": payment.number,
        "state": payment.state.value,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "purpose": payment.purpose,
        "order_ref": payment.order,
        "contact_id": payment.contact_id,
        "pay_type": payment.pay_type,
        "locale": payment.locale,
        "terminal_id": payment.terminal_id,
        "created_by": payment.created_by,
        "created_at": to_millis(payment.created_at),
        "expires_at": to_millis(newest),
        "received_minor": payment.received_minor,
        "refunded_minor": payment.refunded_minor,
        "refund": payment.refund.value,
        "late": int(payment.late),
        "attention": f" {' '.join(payment.attention)} " if payment.attention else "",
        "attention_causes": json.dumps(payment.attention_causes, ensure_ascii=False),
        "card": payment.card,
        "txn_id": payment.txn_id,
        "confirmed_by": payment.confirmed_by.value if payment.confirmed_by else None,
        "confirmed_at": _millis(payment.confirmed_at),
        "last_error": payment.last_error,
        "words": f"{search_form(payment.purpose)}\n{search_form(payment.order)}",
        "txn_words": search_form(payment.txn_id),
        "operations": "\n".join(("", *(search_form(link.operation_id) for link in payment.links), "")),
        "card_end": payment.card.replace(" ", "")[-4:] if payment.card is not None else None,
    }


def link_columns(payment: Payment) -> list[Columns]:
    return [
        {
            "key": link.key,
            "payment_id": payment.id,
            "position": position,
            "transaction_id": link.transaction_id,
            "callback_url": link.callback_url,
            "created_at": to_millis(link.created_at),
            "expires_at": to_millis(link.expires_at),
            "state": link.state.value,
            "tries": link.tries,
            "lease_until": to_millis(link.lease_until),
            "cancelled": int(link.cancelled),
            "url": link.url,
            "uuid": link.uuid,
            "operation_id": link.operation_id,
            "baseline": link.baseline,
            "terminal_id": link.terminal_id,
        }
        for position, link in enumerate(payment.links)
    ]


def refund_columns(payment: Payment) -> list[Columns]:
    return [
        {
            "payment_id": payment.id,
            "position": position,
            "id": refund.id,
            "amount_minor": refund.amount_minor,
            "status": refund.status.value,
            "reason": refund.reason,
            "requested_at": _millis(refund.requested_at),
            "done_at": _millis(refund.done_at),
            "txn_id": refund.txn_id,
            "transaction_id": refund.transaction_id,
            "terminal_id": refund.terminal_id,
        }
        for position, refund in enumerate(payment.refunds)
    ]


def movement_columns(payment_id: PaymentId, movements: Iterable[Movement]) -> list[Columns]:
    return [
        {
            "payment_id": payment_id,
            "position": position,
            "direction": item.direction.value,
            "at": to_millis(item.at),
            "amount_minor": item.amount_minor,
            "is_first": int(item.is_first),
            "txn_id": item.txn_id,
            "person": item.person,
            "confirmed_by": item.confirmed_by.value if item.confirmed_by else None,
        }
        for position, item in enumerate(movements)
    ]


def movement_from(row: StoredRow) -> Movement:
    """Return the movement of a row."""
    return Movement(
        direction=Direction(row["direction"]),
        at=from_millis(row["at"]),
        amount_minor=row["amount_minor"],
        is_first=bool(row["is_first"]),
        txn_id=row["txn_id"],
        person=row["person"],
        confirmed_by=ConfirmedBy(row["confirmed_by"]) if row["confirmed_by"] else None,
    )


def _link(row: StoredRow) -> Link:
    return Link(
        key=LinkKey(row["key"]),
        transaction_id=TransactionId(row["transaction_id"]),
        callback_url=row["callback_url"],
        created_at=from_millis(row["created_at"]),
        expires_at=from_millis(row["expires_at"]),
        state=LinkState(row["state"]),
        tries=row["tries"],
        lease_until=from_millis(row["lease_until"]),
        cancelled=bool(row["cancelled"]),
        url=row["url"],
        uuid=row["uuid"],
        operation_id=row["operation_id"],
        baseline=row["baseline"],
        terminal_id=row["terminal_id"],
    )


def _refund(row: StoredRow) -> Refund:
    return Refund(
        id=RefundId(row["id"]),
        amount_minor=row["amount_minor"],
        status=RefundStatus(row["status"]),
        reason=row["reason"],
        requested_at=_moment(row["requested_at"]),
        done_at=_moment(row["done_at"]),
        txn_id=row["txn_id"],
        transaction_id=row["transaction_id"],
        terminal_id=row["terminal_id"],
    )


def payment_from(row: StoredRow, links: Iterable[StoredRow], refunds: Iterable[StoredRow]) -> Payment:
    """Return the payment of its rows; `links` and `refunds` in the order of their position."""
    contact_id = row["contact_id"]
    return Payment(
        id=PaymentId(row["id"]),
        number=row["number"],
        state=PaymentStatus(row["state"]),
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        purpose=row["purpose"],
        order=row["order_ref"],
        contact_id=None if contact_id is None else ContactId(contact_id),
        pay_type=row["pay_type"],
        locale=row["locale"],
        terminal_id=row["terminal_id"],
        created_by=row["created_by"],
        created_at=from_millis(row["created_at"]),
        links=tuple(map(_link, links)),
        received_minor=row["received_minor"],
        refunded_minor=row["refunded_minor"],
        refund=RefundMark(row["refund"]),
        refunds=tuple(map(_refund, refunds)),
        late=bool(row["late"]),
        attention=tuple(map(Attention, row["attention"].split())),
        attention_causes=tuple(json.loads(row["attention_causes"])),
        card=row["card"],
        txn_id=row["txn_id"],
        confirmed_by=ConfirmedBy(row["confirmed_by"]) if row["confirmed_by"] else None,
        confirmed_at=_moment(row["confirmed_at"]),
        last_error=row["last_error"],
    )
