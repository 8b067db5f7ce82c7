"""Which of a payment's pays a refund takes its money from (protocol.md A5). No clock, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.errors import NothingToRefund, RefundTooMuch
from app.domain.journal.events import JournalEntry, RefundRequested
from app.domain.payment import Payment, RefundStatus
from app.domain.payment_fold.received import Callback, callbacks_in, is_counted, is_verified, sum_payments


@dataclass(frozen=True, slots=True)
class Refundable:
    """The money received under `txn_id`, and how much of it can still be refunded (kopecks).

    `is_certain`: by its signed messages the operator has the same sum of it as we.
    """

    txn_id: str
    received_minor: int
    rest_minor: int
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class ChosenPay:
    """`is_whole`: certainly all that was received under this txn_id, so that [30203] needs no `Sum`.

    Without one the operator refunds what it has, and that may be more or less than what we count.
    """

    txn_id: str
    amount_minor: int
    is_whole: bool


def refundable(entries: Sequence[JournalEntry], payment: Payment) -> list[Refundable]:
    """Return the pays that still have a rest, the latest first.

    Only money received by a callback has a txn_id to be refunded by. Refunds made elsewhere limit every rest to what is
    left of the payment as a whole.
    """
    callbacks = callbacks_in(entries)
    pays = sum_payments(callbacks, payment.amount_minor).pays
    asked = {e.fact.refund_id: e.fact.txn_id for e in entries if isinstance(e.fact, RefundRequested)}
    refunded: dict[str, int] = {}
    for refund in payment.refunds:
        if refund.status is not RefundStatus.FAILED:
            # A settled refund has the callback's txn_id; the request names the pay that it refunds.
            source = asked.get(refund.id) or refund.txn_id or ""
            refunded[source] = refunded.get(source, 0) + refund.amount_minor
    left = sum(item.sum_minor for item in pays) - sum(refunded.values())
    elsewhere = any(refund.id not in asked for refund in payment.refunds)
    rests = [
        Refundable(
            item.fact.txn_id,
            item.sum_minor,
            min(left, item.sum_minor - refunded.get(item.fact.txn_id, 0)),
            is_certain=not elsewhere and _is_certain(item, callbacks),
        )
        for item in reversed(pays)
    ]
    return [item for item in rests if item.rest_minor > 0]


def _is_certain(pay: Callback, callbacks: Sequence[Callback]) -> bool:
    sums = {item.sum_minor for item in callbacks if item.fact.txn_id == pay.fact.txn_id and is_counted(item.fact)}
    return is_verified(pay.fact) and len(sums) == 1


def choose_pay(entries: Sequence[JournalEntry], payment: Payment, amount_minor: int | None) -> ChosenPay:
    """Return the latest pay whose rest covers the amount; without an amount the latest one's whole rest.

    Raises NothingToRefund, RefundTooMuch.
    """
    rests = refundable(entries, payment)
    if not rests:
        raise NothingToRefund()
    if amount_minor is None:
        chosen, amount_minor = rests[0], rests[0].rest_minor
    else:
        covering = [item for item in rests if item.rest_minor >= amount_minor]
        if not covering:
            raise RefundTooMuch(rest_minor=max(item.rest_minor for item in rests))
        chosen = covering[0]
    is_whole = chosen.is_certain and amount_minor == chosen.received_minor
    return ChosenPay(chosen.txn_id, amount_minor, is_whole)
