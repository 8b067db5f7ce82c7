"""Payments and totals as JSON (contract.md 1b, 2). Other programs depend on it: a change here is a breaking change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from app.domain.journal.events import JournalEntry, UnknownFact
from app.domain.journal.fact_data import TIME_FIELDS, fact_data
from app.domain.payment import Link, Payment, Refund
from app.i18n.event_texts import FAILURE_TEXTS
from app.services.ports.history_values import TotalsGroup
from app.services.ports.ledger import PaymentHistory, PaymentView, Totals

Describe = Callable[[JournalEntry], str]


def utc_text(moment: datetime | None) -> str | None:
    """Return RFC 3339 UTC with milliseconds: `2026-11-21T10:15:00.123Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def payment_json(view: PaymentView, now: datetime) -> dict[str, Any]:
    """Return the object of a list: without links, refunds and events."""
    payment, link = view.payment, view.payment.link
    return {
        "id": payment.id,
        "number": payment.number,
        "status": payment.status(now).value,
        "late": payment.late,
        "refund": payment.refund.value,
        "attention": [code.value for code in payment.attention],
        **_money(payment),
        "purpose": payment.purpose,
        "order": payment.order,
        "phone": view.contact.phone if view.contact else None,
        "email": view.contact.email if view.contact else None,
        "pay_type": payment.pay_type,
        "card": payment.card,
        "url": link.url,
        "uuid": link.uuid,
        "callback_url": link.callback_url,
        "operation_id": link.operation_id,
        "transaction_id": link.transaction_id,
        "txn_id": payment.txn_id,
        "confirmed_by": payment.confirmed_by.value if payment.confirmed_by else None,
        "confirmed_at": utc_text(payment.confirmed_at),
        "last_error": FAILURE_TEXTS.get(payment.last_error or "", payment.last_error),
        "created_at": utc_text(payment.created_at),
        "expires_at": utc_text(link.expires_at),
        "created_by": payment.created_by,
        "terminal_id": payment.terminal_id,
    }


def totals_json(found: Totals) -> dict[str, Any]:
    """Return the object of the verb `totals` (contract.md 1b)."""
    groups = [{"key": group.key, **_sums(group)} for group in found.groups]
    return {"as_of": found.as_of, **_sums(found), "groups": groups}


def _sums(sums: Totals | TotalsGroup) -> dict[str, int]:
    return {
        "count": sums.count,
        "paid_count": sums.paid,
        "received_minor": sums.received_minor,
        "refunded_minor": sums.refunded_minor,
        "net_minor": sums.received_minor - sums.refunded_minor,
    }


def payment_history_json(history: PaymentHistory, now: datetime, describe: Describe) -> dict[str, Any]:
    """Return the object of a list with links, refunds and events, and the seq it was read at: `settle --seen`."""
    payment = history.payment
    return {
        **payment_json(history, now),
        "links": [_link(link) for link in payment.links],
        "refunds": [_refund(refund) for refund in payment.refunds],
        "events": [_event(entry, describe) for entry in history.entries],
        "as_of": history.as_of,
    }


def _money(payment: Payment) -> dict[str, Any]:
    return {
        "amount_minor": payment.amount_minor,
        "received_minor": payment.received_minor,
        "refunded_minor": payment.refunded_minor,
        "currency": payment.currency,
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "url": link.url,
        "uuid": link.uuid,
        "callback_url": link.callback_url,
        "operation_id": link.operation_id,
        "transaction_id": link.transaction_id,
        "created_at": utc_text(link.created_at),
        "expires_at": utc_text(link.expires_at),
    }


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "id": refund.id,
        "amount_minor": refund.amount_minor,
        "status": refund.status.value,
        "reason": refund.reason,
        "requested_at": utc_text(refund.requested_at),
        "done_at": utc_text(refund.done_at),
        "txn_id": refund.txn_id,
        "transaction_id": refund.transaction_id,
    }


def _event(entry: JournalEntry, describe: Describe) -> dict[str, Any]:
    data = fact_data(entry.fact)
    if not isinstance(entry.fact, UnknownFact):
        data |= {name: utc_text(getattr(entry.fact, name)) for name in TIME_FIELDS & data.keys()}
    if entry.repeats:
        data["repeats"] = entry.repeats
    return {
        "seq": entry.seq,
        "at": utc_text(entry.at),
        "type": entry.fact.type,
        "source": entry.source.value,
        "text": describe(entry),
        "data": data,
    }
