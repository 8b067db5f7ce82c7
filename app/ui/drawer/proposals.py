"""What a reason for attention proposes to do: one mapping for the till's card, the drawer and the inbox. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.domain.payment import Attention, LinkState
from app.services.ports.ledger import PaymentHistory, PaymentView
from app.ui.drawer.refund_details import refund_actions
from app.ui.drawer.state import Action
from app.ui.payment.display import is_confirmable

PROPOSALS: Final[Mapping[Attention, Action]] = {
    Attention.UNVERIFIED: Action.CHECK,
    Attention.UNDERPAID: Action.REFUND,
    Attention.OVERPAID: Action.REFUND,
    Attention.PAID_TWICE: Action.REFUND,
    Attention.REPLAY: Action.CHECK,
    Attention.CONTRADICTION: Action.CHECK,
    Attention.SILENT: Action.CHECK,
    Attention.OVER_REFUNDED: Action.SETTLE,
    Attention.REFUND_AFTER_ALL: Action.SETTLE,
}
"""The action proposed by the sentence of an attention cause; all others are checked with the operator and settled."""
SURPLUS: Final = frozenset({Attention.OVERPAID, Attention.PAID_TWICE})
"""Reasons that more was received than asked."""
MAY_BE_REFUNDED: Final = frozenset({Attention.LATE, Attention.UNDERPAID, *SURPLUS})
"""Reasons whose sentence proposes a refund, or names it as one of two ways."""
ASKED_ABOUT: Final = frozenset(Attention) - MAY_BE_REFUNDED - {Attention.REFUNDED_ELSEWHERE}
"""Reasons whose sentence proposes a look at the operator."""


def proposed_action(view: PaymentView, reason: Attention, now: datetime) -> Action:
    """Return the one action proposed for a reason of a payment as it is now; settling, where nothing else is left."""
    payment = view.payment
    if payment.returning_minor:
        return Action.ASK_REFUND
    if reason is Attention.OPERATOR_SAYS_PAID and is_confirmable(view):
        return Action.CONFIRM
    action = PROPOSALS.get(reason, Action.SETTLE)
    is_done = reason in SURPLUS and payment.is_surplus_returned
    if action is Action.REFUND and (is_done or not can_refund(view, now)):
        return Action.SETTLE
    if action is Action.CHECK and payment.link.state is not LinkState.CREATED:
        return Action.SETTLE
    return action


def can_refund(view: PaymentView, now: datetime) -> bool:
    """Return whether money can be sent back; without the journal, as far as the payment itself tells."""
    payment = view.payment
    if isinstance(view, PaymentHistory):
        return Action.REFUND in refund_actions(payment, view.entries, now)
    return payment.left_minor > 0 and not payment.returning_minor and payment.txn_id is not None
