"""Sales written through the ledger's port, each identified by a name; their facts come from `tests.builders`."""

from __future__ import annotations

from typing import Any

from app.domain.ids import LinkKey, PaymentId, RefundId, TransactionId
from app.domain.journal.events import (
    Fact,
    JournalEntry,
    LinkCancelled,
    OrphanReceived,
    RefundAnswered,
    RefundRequested,
    Source,
)
from app.domain.payment_fold.received import callbacks_in
from app.domain.payment_fold.refund_fold import request_settled_by
from app.services.ports.ledger import Ledger, PaymentView
from app.services.ports.ledger_transaction import Appended, LedgerTransaction
from tests import builders

ORPHAN = OrphanReceived("pay", "txn", "u", "20261121121600", 100)


def payment_of(name: str) -> PaymentId:
    return PaymentId(f"p-{name}")


def key_of(name: str) -> LinkKey:
    return LinkKey(f"key-{name}")


def put(tx: LedgerTransaction, name: str, entry: JournalEntry) -> Appended:
    return tx.append(entry.fact, payment_id=payment_of(name), source=entry.source, at=entry.at)


def state(tx: LedgerTransaction, name: str, fact: Fact, *, after_s: float = 0) -> Appended:
    return put(tx, name, builders.entry(fact, after_s=after_s))


def ask(
    tx: LedgerTransaction,
    name: str,
    *,
    after_s: float = 0,
    phone: str | None = None,
    email: str | None = None,
    **changes: Any,
) -> PaymentId:
    """Add a sale whose link was requested; the operator has not answered. `changes` are PaymentRequested's fields."""
    contact_id = tx.remember_contact(phone, email)
    opening = builders.requested(number=tx.next_number(), contact_id=contact_id, **changes)
    state(tx, name, opening.fact, after_s=after_s)
    put(tx, name, builders.link_requested(key_of(name), after_s=after_s))
    return payment_of(name)


def sell(tx: LedgerTransaction, name: str, *, after_s: float = 0, **changes: Any) -> PaymentId:
    """Add a sale with a payable link."""
    payment_id = ask(tx, name, after_s=after_s, **changes)
    put(tx, name, builders.link_created(key_of(name), after_s=after_s))
    return payment_id


def callback(name: str, command: str = "pay", **changes: Any) -> Fact:
    values: dict[str, Any] = {"link_key": key_of(name), "txn_id": f"txn-{name}", "signature": f"{command}-{name}"}
    return builders.callback(command, **values | changes).fact


def receive(tx: LedgerTransaction, name: str, command: str = "pay", *, after_s: float = 60, **changes: Any) -> Appended:
    """Receive a callback; which request a `refund` settles is decided as at its receipt (protocol.md A5)."""
    if command == "refund" and "refund_id" not in changes:
        entries, sum_minor = tx.entries(payment_of(name)), changes.get("sum_minor", 12550)
        changes["refund_id"] = request_settled_by(entries, callbacks_in(entries), sum_minor, None)
    return state(tx, name, callback(name, command, **changes), after_s=after_s)


def cancel(tx: LedgerTransaction, name: str, *, after_s: float = 0) -> Appended:
    return state(tx, name, LinkCancelled(key_of(name)), after_s=after_s)


def refund(tx: LedgerTransaction, name: str, amount_minor: int, *answers: str, after_s: float = 120) -> None:
    """Request a refund; `answers` are the statuses answered, one after the other."""
    known = RefundId(f"r-{name}")
    asked = RefundRequested(known, amount_minor, f"txn-{name}", TransactionId(f"t-{name}"), "changed their mind")
    state(tx, name, asked, after_s=after_s)
    for place, answer in enumerate(answers, start=1):
        state(tx, name, RefundAnswered(known, answer, "said so"), after_s=after_s + place)


def names(views: list[PaymentView]) -> list[str]:
    return [view.payment.id.removeprefix("p-") for view in views]


async def sold(ledger: Ledger, name: str, **changes: Any) -> PaymentId:
    """Add a sale in its own write."""
    return await ledger.write(lambda tx: sell(tx, name, **changes))


def append_orphan(tx: LedgerTransaction, fact: Fact = ORPHAN) -> Appended:
    return tx.append(fact, payment_id=None, source=Source.CALLBACK, at=builders.START)


def fail(error: Exception) -> None:
    raise error


async def everything(ledger: Ledger) -> list[JournalEntry]:
    return await ledger.tail(0)
