"""When a payment may not get another link: the customer could pay a second time for what is paid already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.domain.errors import MoneyMayHaveCome
from app.domain.journal.events import CallbackReceived, JournalEntry, StatusAnswered
from app.domain.operator_codes import CallbackCommand, CallbackResult, OperationStatus
from app.domain.payment import Attention, Payment, PaymentStatus

SAYS_NOTHING_OF_MONEY: Final = frozenset({Attention.SILENT, Attention.UNKNOWN_COMMAND})
"""Causes that report no money. A new code blocks until it is listed here."""


def renewal_refusal(payment: Payment, entries: Sequence[JournalEntry]) -> MoneyMayHaveCome | None:
    """Return why an expired, cancelled or not created payment gets no second link now; None when it may.

    What needs attention blocks until a person settles it, since it is a report of money that is not counted:
    `operator_says_paid` (the operator's own answer), `unverified`, `replay` and `txn_reused` (a `pay` that did not
    count, perhaps through a wrong key setting of ours), and every refund that is unknown to us (refunded money was
    received). `silent` and `unknown_command` report no money. Counted money, late or not, makes the payment paid or
    underpaid, which is not renewable at all. A customer who was paying when the link ran out blocks, too, until the
    attempt failed, the operator said "declined" after it, or a person cancelled the link (protocol.md A3.6, A3.9).
    """
    if reports_money(payment):
        return MoneyMayHaveCome(number=payment.number)
    if payment.state is PaymentStatus.AUTHORISED and not _is_declined(payment, entries):
        return MoneyMayHaveCome(number=payment.number, reason="authorised")
    return None


def reports_money(payment: Payment) -> bool:
    """Say whether something that needs attention reports money."""
    return any(code not in SAYS_NOTHING_OF_MONEY for code in payment.attention)


def _is_declined(payment: Payment, entries: Sequence[JournalEntry]) -> bool:
    about = [entry for entry in entries if getattr(entry.fact, "link_key", None) == payment.link.key]
    begun = [entry.at for entry in about if _is_answered_auth(entry)]
    declined = [entry.at for entry in about if _is_declining(entry)]
    return bool(declined) and max(declined) > max(begun, default=payment.created_at)


def _is_answered_auth(entry: JournalEntry) -> bool:
    fact = entry.fact
    return (
        isinstance(fact, CallbackReceived)
        and fact.command == CallbackCommand.AUTH
        and fact.result == CallbackResult.ACCEPTED
    )


def _is_declining(entry: JournalEntry) -> bool:
    return isinstance(entry.fact, StatusAnswered) and entry.fact.operation_status == OperationStatus.DECLINED
