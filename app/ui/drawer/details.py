"""Turns a payment and its journal into the drawer's texts: details, attention causes, offered actions."""

from __future__ import annotations

from datetime import datetime

from app.domain.payment import LinkState, Payment, PaymentStatus
from app.domain.text.plain_text import one_line
from app.i18n.formats import NBSP, card_text, date_text, money_text, second_text
from app.i18n.marks import _
from app.services.ports.ledger import PaymentHistory, PaymentView
from app.services.sales.renewal import renewal_refusal
from app.services.sales.till import RENEWABLE
from app.ui.context import UiContext
from app.ui.drawer.proposals import PROPOSALS, SURPLUS
from app.ui.drawer.refund_details import refund_actions, refunds_box
from app.ui.drawer.refund_form import surplus_minor
from app.ui.drawer.state import Action, DetailFact, Details
from app.ui.drawer.timeline import timeline
from app.ui.payment.display import PAYABLE, is_confirmable, number_text, status_badge

_CANCELLABLE = frozenset({PaymentStatus.CREATING, PaymentStatus.OPEN})
"""A payment that is being paid is not cancelled from a list."""

_REFUND_ACTIONS = (Action.ASK_REFUND, Action.REFUND_DONE, Action.REFUND_NOT)
_SETTLE_ACTIONS = frozenset({Action.CONFIRM, Action.SETTLE})


def details_of(history: PaymentHistory, context: UiContext, *, can_sell: bool = False) -> Details:
    """Return the texts of a payment as of now. `can_sell`: there is a till that can make links."""
    payment, texts = history.payment, context.texts
    offered = actions_of(history, context.now(), can_sell=can_sell)
    proposed, returning = _proposed(history, offered), tuple(action for action in offered if action in _REFUND_ACTIONS)
    return Details(
        payment_id=payment.id,
        number=number_text(payment),
        status=status_badge(payment, context, short=True),
        sum=money_text(payment.amount_minor, payment.currency),
        purpose=one_line(payment.purpose or ""),
        attention_texts=texts.attention_texts(payment, history.entries),
        facts=_facts(history, context),
        actions=tuple(action for action in offered if action not in (*proposed, *returning)),
        timeline=timeline(history.entries, context),
        proposed=proposed,
        refunds=refunds_box(payment, history.entries, context, returning),
    )


def actions_of(history: PaymentHistory, now: datetime, *, can_sell: bool = False) -> tuple[Action, ...]:
    """Return all actions offered now, the likeliest first. `can_sell` as in `details_of`."""
    payment = history.payment
    status = payment.status(now)
    has_link = payment.link.state is LinkState.CREATED
    confirmable = is_confirmable(history)
    was_paying = payment.state is PaymentStatus.AUTHORISED  # so a person may cancel it
    is_renewable = status in RENEWABLE and renewal_refusal(payment, history.entries) is None
    returning = refund_actions(payment, history.entries, now)
    offers = {
        Action.TILL: status in PAYABLE,
        Action.RENEW: is_renewable,
        Action.COPY: status is PaymentStatus.OPEN and has_link,
        Action.OPEN: status is PaymentStatus.OPEN and has_link,
        Action.CHECK: has_link and (status is not PaymentStatus.PAID or bool(payment.attention)),
        Action.REFUND: Action.REFUND in returning,
        Action.SELL_AGAIN: can_sell and (status is PaymentStatus.PAID or is_renewable),
        **{action: action in returning for action in _REFUND_ACTIONS},
        Action.CONFIRM: confirmable,
        Action.SETTLE: bool(payment.attention),
        Action.CANCEL: status in _CANCELLABLE or (status is PaymentStatus.EXPIRED and was_paying),
    }
    return tuple(action for action, is_offered in offers.items() if is_offered)


def _proposed(history: PaymentHistory, offered: tuple[Action, ...]) -> tuple[Action, ...]:
    """Return the buttons for the attention causes: what each sentence proposes, and settling."""
    relevant = set(_SETTLE_ACTIONS)
    for code in history.payment.attention:
        if code in PROPOSALS and (code not in SURPLUS or surplus_minor(history)):
            relevant.add(PROPOSALS[code])
    return tuple(action for action in offered if action in relevant)


def _facts(view: PaymentView, context: UiContext) -> tuple[DetailFact, ...]:
    """Return label and value of every known detail; an unknown one has no line."""
    payment, contact = view.payment, view.contact
    known: tuple[tuple[str, str | None], ...] = (
        (_("Created"), _at(payment.created_at, context)),
        (_("Cashier"), _outside_text(payment.created_by)),
        (_("Link valid until"), _valid_until(payment, context)),
        (_("Confirmed"), _confirmed(payment, context)),
        *_money(payment),
        (_("Card"), card_text(one_line(payment.card)) if payment.card else None),
        (_("Phone"), phone_text(contact.phone) if contact and contact.phone else None),
        (_("E-mail"), _outside_text(contact.email) if contact else None),
        (_("Order"), _outside_text(payment.order)),
        (_("Last failure"), context.texts.failure(payment.last_error)),
        (_("Operation"), _outside_text(payment.link.operation_id)),
        (_("Operator's number"), _outside_text(payment.txn_id)),
    )
    return tuple(DetailFact(context.texts.say(label), value) for label, value in known if value)


def _outside_text(text: str | None) -> str | None:
    return one_line(text) if text else None


def _money(payment: Payment) -> tuple[tuple[str, str | None], ...]:
    """Received and refunded amounts, where they differ from the requested amount."""
    received, refunded = payment.received_minor, payment.refunded_minor
    differs = received not in (0, payment.amount_minor)
    return (
        (_("Received"), money_text(received, payment.currency) if differs or (received and refunded) else None),
        (_("Refunded"), money_text(refunded, payment.currency) if refunded else None),
    )


def _valid_until(payment: Payment, context: UiContext) -> str | None:
    is_over = payment.state in (PaymentStatus.PAID, PaymentStatus.NOT_CREATED)
    return None if is_over else _at(payment.link.expires_at, context)


def _confirmed(payment: Payment, context: UiContext) -> str | None:
    if payment.confirmed_by is None:
        return None
    at = _at(payment.confirmed_at, context) if payment.confirmed_at else ""
    return f"{at}\n{context.texts.confirmed_by(payment.confirmed_by)}".strip()


def _at(moment: datetime, context: UiContext) -> str:
    return f"{date_text(moment, context.shop.zone)} {second_text(moment, context.shop.zone)}"


def phone_text(phone: str) -> str:
    """Return `+380 67 123 45 67` of `380671234567`; any other text as one line."""
    if len(phone) != 12 or not phone.isdigit():
        return one_line(phone)
    return NBSP.join((f"+{phone[:3]}", phone[3:5], phone[5:8], phone[8:10], phone[10:]))
