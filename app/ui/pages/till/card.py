"""Builds the card of the current payment: its face, texts and actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.domain.errors import MoneyMayHaveCome
from app.domain.payment import Payment, PaymentStatus
from app.domain.text.plain_text import one_line
from app.i18n.formats import money_text
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentView
from app.services.sales.renewal import reports_money
from app.services.sales.till import RENEWABLE
from app.ui.context import UiContext
from app.ui.pages.till.money_card import paid_card, underpaid_card
from app.ui.pages.till.reported_card import reported_card, with_reasons
from app.ui.pages.till.state import Action, CardFace, PaymentCard, Step
from app.ui.payment.display import COUNTED, deadline_ms, number_text, status_badge

CardBuilder = Callable[[PaymentCard, PaymentView, UiContext], PaymentCard]


def empty_card(context: UiContext) -> PaymentCard:
    """Return the card without a current payment: what to do first, or why the till cannot be used."""
    say = context.texts.say
    if context.core_problem:
        return PaymentCard(
            CardFace.NOTICE, headline=say("The till cannot work now"), detail=context.core_problem, icon="warning",
            tone="failed",
        )  # fmt: skip
    if context.core is None:
        return PaymentCard(CardFace.LOADING, headline=say("Opening the ledger…"), icon="clock")
    if context.shop.missing:
        return PaymentCard(
            CardFace.EMPTY,
            headline=say("XPAY is not connected yet"),
            detail=say("Links can be made once the operator is set up in the settings."),
            icon="link",
            actions=(Action.CONNECT,),
            main=Action.CONNECT,
        )
    return PaymentCard(
        CardFace.EMPTY,
        headline=say("The QR code appears here"),
        detail=say("Type the sum and press Enter. The customer scans the code and pays on the phone."),
        icon="qr",
    )


def payment_card(
    view: PaymentView, context: UiContext, *, trying: bool, problem: str | None, code_shown: bool = False
) -> PaymentCard:
    """Return the card of a payment. `trying`: a request is in flight; `problem`: why the last one failed.

    `code_shown`: the cashier wants the code of an open link although money is reported.
    """
    payment = view.payment
    status = payment.status(context.now())
    card = PaymentCard(
        payment_id=payment.id,
        number=number_text(payment),
        status=status_badge(payment, context, short=True),
        url=payment.link.url,
        sum=money_text(payment.amount_minor, payment.currency),
        purpose=one_line(payment.purpose or payment.order or ""),
        deadline_ms=deadline_ms(payment, context.now()),
        steps=_steps(payment, status, context.texts),
        busy=trying,
    )
    if status is PaymentStatus.CREATING:
        made = _creating(card, context, trying=trying, problem=problem)
    else:
        made = _BUILDERS[status](replace(card, detail=problem or ""), view, context)
    if status in COUNTED:
        return made
    if reported := reported_card(made, view, context, code_shown=code_shown):
        return reported
    if status in RENEWABLE and payment.state is PaymentStatus.AUTHORISED:
        made = _was_paying(made, context)
    return with_reasons(made, view, context)


def _creating(card: PaymentCard, context: UiContext, *, trying: bool, problem: str | None) -> PaymentCard:
    say = context.texts.say
    if trying or not problem:
        return replace(card, face=CardFace.BUSY, headline=say("Asking the operator for a link…"), icon="refresh")
    return replace(
        card,
        face=CardFace.NOTICE,
        headline=say("No answer from the operator"),
        detail=problem,
        icon="offline",
        tone="waiting",
        actions=(Action.RETRY, Action.CANCEL, Action.NEW),
        main=Action.RETRY,
    )


def _open(card: PaymentCard, view: PaymentView, context: UiContext) -> PaymentCard:
    changes = () if reports_money(view.payment) else (Action.CHANGE_SUM,)
    return replace(
        card,
        face=CardFace.QR,
        headline="",
        detail=context.texts.failure(view.payment.last_error) or card.detail,
        tone="failed" if view.payment.last_error else "waiting",
        actions=(Action.COPY, Action.OPEN, Action.CHECK, Action.CANCEL, *changes, Action.NEW),
    )


def _authorised(card: PaymentCard, view: PaymentView, context: UiContext) -> PaymentCard:
    return replace(
        card,
        face=CardFace.BUSY,
        headline=context.texts.say("The customer is paying…"),
        icon="phone",
        actions=(Action.CHECK, Action.NEW),
    )


def _expired(card: PaymentCard, view: PaymentView, context: UiContext) -> PaymentCard:
    say = context.texts.say
    return replace(
        card,
        face=CardFace.NOTICE,
        headline=say("The link has run out"),
        detail=card.detail or say("If the customer still wants to pay, make a new link for the same sale."),
        icon="clock",
        actions=(Action.RENEW, Action.CHECK, Action.NEW),
        main=Action.RENEW,
    )


def _cancelled(card: PaymentCard, view: PaymentView, context: UiContext) -> PaymentCard:
    say = context.texts.say
    return replace(
        card,
        face=CardFace.NOTICE,
        headline=say("The link was cancelled here"),
        detail=card.detail or say("The customer's page may still be open; money that comes will be shown."),
        icon="cross",
        actions=(Action.RENEW, Action.NEW),
        main=Action.NEW,
    )


def _not_created(card: PaymentCard, view: PaymentView, context: UiContext) -> PaymentCard:
    say = context.texts.say
    return replace(
        card,
        face=CardFace.NOTICE,
        headline=say("No link was made"),
        detail=card.detail
        or context.texts.failure(view.payment.last_error)
        or say("Nothing that you typed is lost. Try again."),
        icon="cross",
        tone="failed",
        actions=(Action.RETRY, Action.NEW),
        main=Action.RETRY,
    )


def _was_paying(card: PaymentCard, context: UiContext) -> PaymentCard:
    """Return the card of a link that ran out while the customer was paying: a new one is not the next step."""
    return replace(
        card,
        detail=context.texts.error(MoneyMayHaveCome(reason="authorised")),
        actions=(Action.RENEW, Action.CHECK, Action.CANCEL, Action.NEW),
        main=Action.CHECK,
    )


_BUILDERS: dict[PaymentStatus, CardBuilder] = {
    PaymentStatus.OPEN: _open,
    PaymentStatus.AUTHORISED: _authorised,
    PaymentStatus.PAID: paid_card,
    PaymentStatus.UNDERPAID: underpaid_card,
    PaymentStatus.EXPIRED: _expired,
    PaymentStatus.CANCELLED: _cancelled,
    PaymentStatus.NOT_CREATED: _not_created,
}


def _steps(payment: Payment, status: PaymentStatus, texts: Texts) -> tuple[Step, ...]:
    """Created, payment, done: the progress of the sale."""
    created, paying, done = texts.say("Created"), texts.say("Payment"), texts.say("Done")
    if status is PaymentStatus.CREATING:
        return (Step(created, "current"), Step(paying, "todo"), Step(done, "todo"))
    if status is PaymentStatus.OPEN:
        return (Step(created, "done"), Step(paying, "failed" if payment.last_error else "current"), Step(done, "todo"))
    if status is PaymentStatus.AUTHORISED:
        return (Step(created, "done"), Step(paying, "current"), Step(done, "todo"))
    return ()
