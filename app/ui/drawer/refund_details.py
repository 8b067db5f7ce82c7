"""The refunds of a payment as texts: each with its status, why no other can be sent now, the offered actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from app.domain.journal.events import JournalEntry, RefundAnswered
from app.domain.payment import ConfirmedBy, Payment, Refund, RefundStatus
from app.domain.payment_fold.refundable import refundable
from app.domain.text.plain_text import one_line
from app.i18n.event_texts import REFUND_STATES
from app.i18n.formats import money_text
from app.i18n.marks import _
from app.services.refunds.refunds import IN_FLIGHT
from app.ui.context import UiContext
from app.ui.drawer.state import Action, RefundLine, RefundsBox
from app.ui.drawer.timeline import entry_time_text
from app.ui.payment.display import StatusBadge

UNANSWERED_IN_DOUBT: Final = timedelta(minutes=2)
"""After this time the sending process is taken for dead: an answer would have come (protocol.md A5)."""
TAKEN_IN_DOUBT: Final = timedelta(days=1)
"""After this time without a result a person may ask the operator about a refund it accepted."""
_BADGES: Final[Mapping[RefundStatus, tuple[str, str]]] = {
    RefundStatus.REQUESTED: ("waiting", "refund"),
    RefundStatus.DONE: ("refunded", "refund"),
    RefundStatus.FAILED: ("failed", "cross"),
    RefundStatus.UNKNOWN: ("attention", "warning"),
}
"""(tone, icon)"""
_NO_MESSAGE = frozenset({ConfirmedBy.INQUIRY, ConfirmedBy.PERSON})


def refund_actions(payment: Payment, entries: Sequence[JournalEntry], now: datetime) -> frozenset[Action]:
    """Return the refund actions offered now: one refund at a time (protocol.md A5)."""
    pending = in_flight(payment)
    if pending is None:
        return frozenset({Action.REFUND}) if refundable(entries, payment) else frozenset()
    if _is_in_doubt(pending, entries, now):
        return frozenset({Action.ASK_REFUND, Action.REFUND_DONE, Action.REFUND_NOT})
    return frozenset({Action.ASK_REFUND})


def in_flight(payment: Payment) -> Refund | None:
    """Return the refund whose result is not known yet."""
    return next((refund for refund in payment.refunds if refund.status in IN_FLIGHT), None)


def refunds_box(
    payment: Payment, entries: Sequence[JournalEntry], context: UiContext, actions: tuple[Action, ...]
) -> RefundsBox:
    """Return the refunds and the note about them. `actions`: those of `refund_actions` except REFUND."""
    lines = tuple(_line(refund, entries, context) for refund in payment.refunds)
    note, tone = _note(payment, entries, context)
    return RefundsBox(lines, context.texts.say(note) if note else "", tone, actions)


def _note(payment: Payment, entries: Sequence[JournalEntry], context: UiContext) -> tuple[str, str]:
    pending = in_flight(payment)
    if pending is not None and _is_in_doubt(pending, entries, context.now()):
        return (
            _(
                "Whether this money went back is not known. Paydesk never sends a refund again by itself: look into the"
                " operator's cabinet and note here what you found."
            ),
            "attention",
        )
    if pending is not None:
        return _("A refund is on its way. Another one can be sent when it is known what became of it."), "waiting"
    if payment.confirmed_by in _NO_MESSAGE and payment.received_minor > payment.refunded_minor:
        return (
            _("The operator's callback about this money has not come, so it can be refunded in its cabinet only."),
            "ended",
        )
    return "", "refunded"


def _is_in_doubt(refund: Refund, entries: Sequence[JournalEntry], now: datetime) -> bool:
    if refund.status is RefundStatus.UNKNOWN or refund.requested_at is None:
        return True
    limit = TAKEN_IN_DOUBT if _answers(refund, entries) else UNANSWERED_IN_DOUBT
    return now >= refund.requested_at + limit


def _line(refund: Refund, entries: Sequence[JournalEntry], context: UiContext) -> RefundLine:
    word, (tone, icon) = REFUND_STATES[refund.status], _BADGES[refund.status]
    at = refund.requested_at or refund.done_at
    say = context.texts.say
    parts = [entry_time_text(at, context, context.now()) if at else "", one_line(refund.reason or "")]
    if refund.requested_at is None:
        parts.append(say("Refunded outside Paydesk"))
    if refund.status is RefundStatus.FAILED and (message := _failure_message(refund, entries)):
        parts.append(context.texts.operator_message(message))
    detail = " · ".join(part for part in parts if part)
    return RefundLine(money_text(refund.amount_minor), StatusBadge(say(word), tone, icon), detail)


def _failure_message(refund: Refund, entries: Sequence[JournalEntry]) -> str:
    """The message of the failure: the operator's, or a person's reason."""
    answers = [fact.message for fact in _answers(refund, entries) if fact.status == RefundStatus.FAILED]
    return answers[-1] if answers else ""


def _answers(refund: Refund, entries: Sequence[JournalEntry]) -> list[RefundAnswered]:
    return [e.fact for e in entries if isinstance(e.fact, RefundAnswered) and e.fact.refund_id == refund.id]
