"""How a payment is displayed on all pages: word, tone and icon of its status, and a row of ready texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.ids import PaymentId
from app.domain.journal.events import JournalEntry
from app.domain.payment import Attention, Payment, PaymentFlag, PaymentStatus, RefundMark
from app.domain.payment_fold.money_source import is_signed_for
from app.domain.text.plain_text import one_line
from app.domain.timestamps import to_millis
from app.i18n.formats import NBSP, date_text, money_text, time_text
from app.i18n.marks import _
from app.services.ports.ledger import PaymentHistory, PaymentView
from app.ui.context import UiContext

PAYABLE = frozenset({PaymentStatus.CREATING, PaymentStatus.OPEN, PaymentStatus.AUTHORISED})
"""Statuses in which the link can still be paid, or is about to be."""

COUNTED = frozenset({PaymentStatus.PAID, PaymentStatus.UNDERPAID})
"""Statuses of payments that money was received for."""

_BADGES: dict[PaymentStatus, tuple[str, str]] = {
    PaymentStatus.CREATING: ("waiting", "refresh"),
    PaymentStatus.OPEN: ("waiting", "clock"),
    PaymentStatus.AUTHORISED: ("waiting", "refresh"),
    PaymentStatus.PAID: ("paid", "check"),
    PaymentStatus.UNDERPAID: ("attention", "warning"),
    PaymentStatus.EXPIRED: ("ended", "clock"),
    PaymentStatus.CANCELLED: ("ended", "cross"),
    PaymentStatus.NOT_CREATED: ("failed", "cross"),
}
STATUS_TONES = {status: tone for status, (tone, _icon) in _BADGES.items()}
OPERATOR_SAYS_PAID = _("The operator says: paid")
UNDISPUTED: Final = frozenset(
    {
        Attention.UNVERIFIED,
        Attention.TXN_REUSED,
        Attention.REPLAY,
        Attention.OPERATOR_SAYS_PAID,
        Attention.REFUNDED_ELSEWHERE,
        Attention.UNKNOWN_COMMAND,
        Attention.SILENT,
    }
)
"""Reasons that leave a paid payment paid: the goods may be handed over. A new code disputes it until it is listed."""


@dataclass(frozen=True, slots=True)
class StatusBadge:
    """A status as displayed: never by colour alone."""

    word: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment in a list. `deadline_ms`: UTC milliseconds until which the link can be paid, while it can."""

    payment_id: PaymentId
    number: str
    day: str
    time: str
    purpose: str
    sum: str
    status: StatusBadge
    attention: bool
    cashier: str
    confirmed: str
    deadline_ms: int | None


def number_text(payment: Payment) -> str:
    """Return `№ 1042`."""
    return f"№{NBSP}{payment.number}"


def status_badge(payment: Payment, context: UiContext, *, short: bool = False) -> StatusBadge:
    """Return word, tone and icon; a refund is shown instead of the status, which it does not change."""
    status = payment.status(context.now())
    if payment.refund is not RefundMark.NONE:
        return StatusBadge(context.texts.refund(payment.refund), "refunded", "refund")
    if operator_says_paid(payment, status):
        return StatusBadge(context.texts.say(OPERATOR_SAYS_PAID), "attention", "warning")
    tone, icon = _BADGES[status]
    word = context.texts.status(status, payment.late, payment.last_error)
    if status is PaymentStatus.OPEN and payment.last_error:
        tone, icon = "failed", "cross"
        word = context.texts.flag(PaymentFlag.ATTEMPT_FAILED) if short else word
    if status is PaymentStatus.PAID and is_disputed(payment):
        tone, icon = "attention", "warning"
    return StatusBadge(word, tone, icon)


def operator_says_paid(payment: Payment, status: PaymentStatus) -> bool:
    """Return whether the operator's answer, which proves nothing here, is all that speaks for the money."""
    return Attention.OPERATOR_SAYS_PAID in payment.attention and status not in COUNTED


def is_disputed(payment: Payment) -> bool:
    """Return whether a person must decide about goods or money of this paid payment first."""
    return any(code not in UNDISPUTED for code in payment.attention)


def is_confirmable(view: PaymentView) -> bool:
    """Return whether a person's word can make the payment paid; a signed callback outweighs it (protocol.md A3.6).

    Without its journal that is left to the form, which has it.
    """
    payment = view.payment
    if Attention.OPERATOR_SAYS_PAID not in payment.attention or payment.state is PaymentStatus.PAID:
        return False
    entries = entries_of(view)
    return not entries or not is_signed_for(payment, entries)


def entries_of(view: PaymentView) -> Sequence[JournalEntry]:
    """Return the payment's journal; empty where it was not read."""
    return view.entries if isinstance(view, PaymentHistory) else ()


def attention_badge(context: UiContext) -> StatusBadge:
    """Return the flag that is shown instead of a status which alone would mislead."""
    return StatusBadge(context.texts.say(_("Needs attention")), "attention", "warning")


def payment_row(view: PaymentView, context: UiContext) -> PaymentRow:
    """Return a list's row, its times in the shop's zone."""
    payment, zone = view.payment, context.shop.zone
    return PaymentRow(
        payment_id=payment.id,
        number=number_text(payment),
        day=date_text(payment.created_at, zone),
        time=time_text(payment.created_at, zone),
        purpose=one_line(payment.purpose or payment.order or ""),
        sum=money_text(payment.amount_minor, payment.currency),
        status=status_badge(payment, context, short=True),
        attention=bool(payment.attention),
        cashier=one_line(payment.created_by or ""),
        confirmed=context.texts.confirmed_by_short(payment.confirmed_by),
        deadline_ms=deadline_ms(payment, context.now()),
    )


def deadline_ms(payment: Payment, now: datetime) -> int | None:
    """Return until when the payer may start, in UTC milliseconds, or None when the link is not open."""
    return to_millis(payment.link.expires_at) if payment.status(now) is PaymentStatus.OPEN else None
