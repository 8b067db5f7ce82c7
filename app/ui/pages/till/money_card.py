"""The card of a payment that money was received for: paid, underpaid, refunded, in dispute. No Qt."""

from __future__ import annotations

from dataclasses import replace

from app.domain.payment import Attention, LinkState, Payment
from app.domain.payment_fold.money_source import late_link
from app.domain.text.plain_text import one_line
from app.i18n.formats import NBSP, card_text, money_text, second_text
from app.i18n.marks import _
from app.services.ports.ledger import PaymentView
from app.ui.context import UiContext
from app.ui.drawer.proposals import ASKED_ABOUT, MAY_BE_REFUNDED, SURPLUS, can_refund
from app.ui.pages.till.state import Action, CardFace, PaymentCard
from app.ui.payment.display import attention_badge, entries_of, is_confirmable, is_disputed


def paid_card(card: PaymentCard, view: PaymentView, context: UiContext) -> PaymentCard:
    """Return the card of a paid payment: a green tick only where nothing is to be decided and money stays here."""
    payment, texts = view.payment, context.texts
    if payment.is_all_returned:
        return _returned(card, view, context)
    at = second_text(payment.confirmed_at, context.shop.zone) if payment.confirmed_at else ""
    note = [f"{texts.confirmed_by_short(payment.confirmed_by)} {at}".strip()]
    if payment.card:
        note.append(texts.say("card {mask}", mask=card_text(one_line(payment.card))).replace(" ", NBSP))
    paid = replace(
        card,
        face=CardFace.PAID,
        headline=_paid_text(view, context, at),
        detail="\n".join([" · ".join(note), *_lines(view, context)]),
        icon="check",
        tone="paid",
        has_reasons=bool(payment.attention),
    )
    if is_disputed(payment):
        paid = replace(
            paid, face=CardFace.NOTICE, headline=_disputed_text(view, context, at), icon="warning", tone="attention"
        )
    if Attention.CONTRADICTION in payment.attention:
        paid = replace(paid, status=attention_badge(context))
    return _with_next_step(paid, view, context)


def underpaid_card(card: PaymentCard, view: PaymentView, context: UiContext) -> PaymentCard:
    """Return the card of a payment that less was received for than was asked."""
    payment = view.payment
    if payment.is_all_returned:
        return _returned(card, view, context)
    made = replace(
        card,
        face=CardFace.NOTICE,
        headline=_received_text(payment, context),
        detail="\n".join(_lines(view, context)),
        icon="warning",
        tone="attention",
        has_reasons=bool(payment.attention),
    )
    return _with_next_step(made, view, context)


def _returned(card: PaymentCard, view: PaymentView, context: UiContext) -> PaymentCard:
    """Return the card of a payment of which nothing is left here, or nothing once its refund is done."""
    return replace(
        card,
        face=CardFace.NOTICE,
        headline=context.texts.refund(view.payment.refund),
        detail="\n".join(_lines(view, context)),
        icon="refund",
        tone="refunded",
        has_reasons=bool(view.payment.attention),
        actions=(Action.NEW,),
        main=Action.NEW,
    )


def _lines(view: PaymentView, context: UiContext) -> tuple[str, ...]:
    """Return the reasons for attention and what went back."""
    payment, say = view.payment, context.texts.say
    returned = ((_("Refunded {sum}"), payment.refunded_minor), (_("On its way back: {sum}"), payment.returning_minor))
    return (
        *context.texts.attention_texts(payment, entries_of(view)),
        *(say(words, sum=money_text(minor, payment.currency)) for words, minor in returned if minor),
    )


def _paid_text(view: PaymentView, context: UiContext, at: str) -> str:
    payment, say = view.payment, context.texts.say
    if not payment.late:
        return say("Paid at {time}", time=at)
    link = late_link(payment, entries_of(view))
    if link is not None and link.cancelled:
        return say("Paid after it was cancelled here")
    return say("Paid late, at {time}", time=at)


def _disputed_text(view: PaymentView, context: UiContext, at: str) -> str:
    """Return the headline by the gravest reason."""
    payment, say = view.payment, context.texts.say
    if Attention.CONTRADICTION in payment.attention:
        return say("The operator says: failed")
    if Attention.PAID_TWICE in payment.attention:
        return say("Paid twice: {sum}", sum=money_text(payment.received_minor, payment.currency))
    if SURPLUS.union({Attention.UNDERPAID}).intersection(payment.attention):
        return _received_text(payment, context)
    return _paid_text(view, context, at)


def _received_text(payment: Payment, context: UiContext) -> str:
    received, asked = (money_text(minor, payment.currency) for minor in (payment.received_minor, payment.amount_minor))
    if payment.received_minor > payment.amount_minor:
        return context.texts.say("Received {received} instead of {asked}", received=received, asked=asked)
    return context.texts.say("Received {received} of {asked}", received=received, asked=asked)


def _with_next_step(card: PaymentCard, view: PaymentView, context: UiContext) -> PaymentCard:
    """Return the card with the actions that its reasons propose; only one of them has a button of its own."""
    payment = view.payment
    reasons = frozenset(payment.attention)
    refunds = MAY_BE_REFUNDED & reasons and can_refund(view, context.now())
    must_refund = bool(refunds and SURPLUS & reasons and not payment.is_surplus_returned)
    asks = ASKED_ABOUT & reasons and payment.link.state is LinkState.CREATED
    own: tuple[Action, ...] = ()
    if is_confirmable(view):
        own = (Action.CONFIRM,)
    elif refunds and (must_refund or not (SURPLUS & reasons)):
        own = (Action.REFUND,)
    main = own[0] if own and (own[0] is Action.CONFIRM or must_refund) else Action.NEW
    if Attention.CONTRADICTION in reasons and asks:
        main = Action.CHECK
    return replace(card, actions=(*own, *((Action.CHECK,) if asks else ()), Action.NEW), main=main)
