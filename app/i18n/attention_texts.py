"""The English sentences about what needs attention: what happened, and what is left to do about it.

What is left to do depends on the payment: on the link that was paid, and on what of the money was refunded since.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.domain.journal.events import JournalEntry
from app.domain.payment import Attention, Payment, RefundMark
from app.domain.payment_fold.money_source import is_signed_for, late_link
from app.i18n.marks import _

ATTENTION: Final[dict[Attention, tuple[str, ...]]] = {
    Attention.UNVERIFIED: (
        _(
            "A callback about payment came without a valid signature. Check the payment at the operator and"
            " the key setting."
        ),
    ),
    Attention.UNDERPAID: (
        _("Less came than was asked."),
        _("Take the rest from the customer, or refund what came."),
    ),
    Attention.OVERPAID: (_("More came than was asked."), _("Refund the difference.")),
    Attention.OTHER_OPERATION: (
        _("The operator named another operation than this link's. Compare it with the operator's cabinet."),
    ),
    Attention.LATE: (_("The money came after the link had run out."), _("Hand over the goods, or refund it.")),
    Attention.PAID_TWICE: (_("This sale was paid twice."), _("Refund one of the payments.")),
    Attention.TXN_REUSED: (
        _("The same operation number already paid another sale, so it was not counted. Check it at the operator."),
    ),
    Attention.REPLAY: (
        _("An old callback was sent again for this sale and was not counted. Check it at the operator."),
    ),
    Attention.OPERATOR_SAYS_PAID: (
        _("The operator says that this is paid, but no callback came. Check the cabinet and confirm the payment."),
    ),
    Attention.UNVERIFIED_REFUND: (
        _("A callback about a refund came without a valid signature and was not counted. Check it at the operator."),
    ),
    Attention.REFUNDED_ELSEWHERE: (_("Money was refunded outside Paydesk. Note the reason and settle it."),),
    Attention.CONTRADICTION: (
        _("The operator calls a payment failed that it had confirmed."),
        _("Ask the operator before handing over the goods."),
    ),
    Attention.UNKNOWN_COMMAND: (
        _("The operator sent a callback that Paydesk does not know. Check the payment at the operator."),
    ),
    Attention.SILENT: (
        _("The operator said nothing for a day after the link ran out. Check the payment in its cabinet."),
    ),
    Attention.OVER_REFUNDED: (
        _("More was refunded than the customer had paid. Compare the refunds with the operator's cabinet."),
    ),
    Attention.REFUND_AFTER_ALL: (
        _("A refund that had failed was carried out after all. Check that the money did not go back twice."),
    ),
}
"""What happened and, where a refund changes it, what is left to do: one or two texts, joined by a space."""

ATTENTION_TITLES: Final[dict[Attention, str]] = {
    Attention.UNVERIFIED: _("Callback without a valid signature"),
    Attention.UNDERPAID: _("Underpaid"),
    Attention.OVERPAID: _("Paid too much"),
    Attention.OTHER_OPERATION: _("Another operation named"),
    Attention.LATE: _("Paid late"),
    Attention.PAID_TWICE: _("Paid twice"),
    Attention.TXN_REUSED: _("Operation number used before"),
    Attention.REPLAY: _("Old callback sent again"),
    Attention.OPERATOR_SAYS_PAID: _("The operator says: paid"),
    Attention.UNVERIFIED_REFUND: _("Refund callback without a valid signature"),
    Attention.REFUNDED_ELSEWHERE: _("Refunded outside Paydesk"),
    Attention.CONTRADICTION: _("The operator says: failed"),
    Attention.UNKNOWN_COMMAND: _("Unknown callback"),
    Attention.SILENT: _("No word from the operator"),
    Attention.OVER_REFUNDED: _("Refunded more than was paid"),
    Attention.REFUND_AFTER_ALL: _("Refund carried out after all"),
}
"""A reason in a few words, as the title of a group."""

_CANCELLED = _("The money came after the link was cancelled here.")
_EARLIER_CANCELLED = _("The customer paid an earlier link, which was cancelled here.")
_EARLIER_RUN_OUT = _("The customer paid an earlier link after it had run out.")
_SOME_LINK_ENDED = _("The money came after its link had ended.")
_SIGNED_FOR_LESS = _(
    "The operator says that this is paid, but its signed callback reported less. Compare it with the operator's"
    " cabinet."
)

_UNSIGNED_FOR_LESS = _(
    "The operator says that this is paid, but its callback reported less. Check the cabinet and confirm the payment."
)

_SURPLUS: Final = frozenset({Attention.OVERPAID, Attention.PAID_TWICE})
_SURPLUS_BACK = _("What was too much went back. Mark it as settled.")
_SURPLUS_RETURNING = _("What was too much is on its way back. Wait for the outcome.")
_ALL_BACK = _("The money went back whole. Mark it as settled.")
_ALL_RETURNING = _("All of the money is on its way back. Keep the goods until the outcome is known.")
_PART_BACK = _("A part of the money went back. Decide about the rest, then mark it as settled.")
_PART_RETURNING = _("A part of the money is on its way back. Wait for the outcome.")


def attention_sentences(
    code: Attention, payment: Payment | None = None, entries: Sequence[JournalEntry] = ()
) -> tuple[str, ...]:
    """Return the English sentences of a reason; with a payment, in the words that hold for it now.

    `entries`: its journal, where it is known: it tells through which link late money came.
    """
    happened, *to_do = ATTENTION[code]
    if payment is None:
        return (happened, *to_do)
    if code is Attention.LATE:
        happened = _late(payment, entries)
    if code is Attention.OPERATOR_SAYS_PAID and 0 < payment.received_minor < payment.amount_minor:
        happened = _SIGNED_FOR_LESS if is_signed_for(payment, entries) else _UNSIGNED_FOR_LESS
    if not to_do or payment.refund is RefundMark.NONE:
        return (happened, *to_do)
    return happened, _after_refund(code, payment)


def _late(payment: Payment, entries: Sequence[JournalEntry]) -> str:
    link = late_link(payment, entries)
    if link is None:
        return _SOME_LINK_ENDED
    if link.key != payment.link.key:
        return _EARLIER_CANCELLED if link.cancelled else _EARLIER_RUN_OUT
    return _CANCELLED if link.cancelled else ATTENTION[Attention.LATE][0]


def _after_refund(code: Attention, payment: Payment) -> str:
    is_pending = payment.refund is RefundMark.REQUESTED
    if payment.is_all_returned:
        return _ALL_RETURNING if is_pending else _ALL_BACK
    if code in _SURPLUS and payment.is_surplus_returned:
        return _SURPLUS_RETURNING if is_pending else _SURPLUS_BACK
    return _PART_RETURNING if is_pending else _PART_BACK
