"""Builds the card of the current payment: its face, texts and actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.domain.errors import MoneyMayHaveCome
from app.domain.payment import LinkState, Payment, PaymentStatus, RefundMark
from app.domain.text.plain_text import one_line
from app.i18n.formats import NBSP, card_text, money_text, second_text
from app.i18n.marks import _
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentView
from app.services.sales.renewal import reports_money
from app.services.sales.till import RENEWABLE
from app.ui.context import UiContext
from app.ui.pages.till.state import Action, CardFace, PaymentCard, Step
from app.ui.payment.display import (
    OPERATOR_SAYS_PAID,
    deadline_ms,
    number_text,
    operator_says_paid,
    status_badge,
)

CardBuilder = Callable[[PaymentCard, PaymentView, UiContext], PaymentCard]
_SETTLED = (Action.NEW,)
_COUNTED = (PaymentStatus.PAID, PaymentStatus.UNDERPAID)


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

    `code_shown`: the cashier wants the code although the operator says that it is paid.
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
        if operator_says_paid(payment, status):
            return _said_to_be_paid(made, payment, context, code_shown=False)
        return _with_attention(made, payment, context)
    made = _BUILDERS[status](replace(card, detail=problem or ""), view, context)
    if operator_says_paid(payment, status):
        return _said_to_be_paid(made, payment, context, code_shown=code_shown)
    if status in RENEWABLE:
        return _in_doubt(made, payment, context)
    return made if status in _COUNTED else _with_attention(made, payment, context)


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


def _paid(card: PaymentCard, view: PaymentView, context: UiContext) -> PaymentCard:
    payment, texts, zone = view.payment, context.texts, context.shop.zone
    at = second_text(payment.confirmed_at, zone) if payment.confirmed_at else ""
    parts = [f"{texts.confirmed_by_short(payment.confirmed_by)} {at}".strip()]
    if payment.card:
        parts.append(texts.say("card {mask}", mask=card_text(one_line(payment.card))).replace(" ", NBSP))
    lines = list(texts.attention_texts(payment))
    if payment.refund is not RefundMark.NONE:
        lines.append(texts.say("Refunded {sum}", sum=money_text(payment.refunded_minor, payment.currency)))
    if payment.refund is RefundMark.FULL:
        return replace(
            card, face=CardFace.NOTICE, headline=texts.refund(payment.refund), detail="\n".join(lines),
            icon="refund", tone="refunded", actions=_SETTLED, main=Action.NEW,
        )  # fmt: skip
    if payment.late and payment.link.cancelled:
        return replace(
            card, face=CardFace.NOTICE, headline=texts.say("Paid after it was cancelled here"),
            detail="\n".join([" · ".join(parts), *lines]), icon="warning", tone="attention",
            actions=(Action.REFUND, Action.NEW), main=Action.NEW,
        )  # fmt: skip
    return replace(
        card,
        face=CardFace.PAID,
        headline=texts.say(_("Paid late, at {time}") if payment.late else _("Paid at {time}"), time=at),
        detail="\n".join([" · ".join(parts), *lines]),
        icon="check",
        tone="paid",
        actions=_SETTLED,
        main=Action.NEW,
    )


def _underpaid(card: PaymentCard, view: PaymentView, context: UiContext) -> PaymentCard:
    payment = view.payment
    received = money_text(payment.received_minor, payment.currency)
    return replace(
        card,
        face=CardFace.NOTICE,
        headline=context.texts.say("Received {received} of {asked}", received=received, asked=card.sum),
        detail=" ".join(context.texts.attention_texts(payment)),
        icon="warning",
        tone="attention",
        actions=_SETTLED,
        main=Action.NEW,
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


def _in_doubt(card: PaymentCard, payment: Payment, context: UiContext) -> PaymentCard:
    """Return the card; where money may have been received no new link is offered (`services/sales/renewal.py`)."""
    if reports_money(payment):
        checks = (Action.CHECK,) if payment.link.state is LinkState.CREATED else ()
        return replace(
            card,
            headline=context.texts.say("Money may have come already"),
            detail="\n".join(context.texts.attention_texts(payment)),
            icon="warning",
            tone="attention",
            actions=(*checks, Action.NEW),
            main=(*checks, Action.NEW)[0],
        )
    if payment.state is PaymentStatus.AUTHORISED:
        card = replace(
            card,
            detail=context.texts.error(MoneyMayHaveCome(reason="authorised")),
            actions=(Action.RENEW, Action.CHECK, Action.CANCEL, Action.NEW),
            main=Action.CHECK,
        )
    return _with_attention(card, payment, context)


def _with_attention(card: PaymentCard, payment: Payment, context: UiContext) -> PaymentCard:
    """Return the card with what needs attention below what it says already; nothing changes where nothing does."""
    lines = context.texts.attention_texts(payment)
    if not lines:
        return card
    return replace(card, detail="\n".join([card.detail, *lines] if card.detail else lines), tone="attention")


def _said_to_be_paid(card: PaymentCard, payment: Payment, context: UiContext, *, code_shown: bool) -> PaymentCard:
    """Return the amber card: no code that would ask for the money again, no tick, and what a person can do."""
    checks = (Action.CHECK,) if payment.link.state is LinkState.CREATED else ()
    codes = (Action.SHOW_CODE,) if card.face is CardFace.QR and not code_shown else ()
    made = replace(card, actions=(Action.CONFIRM, *checks, *codes, Action.NEW), main=Action.CONFIRM, tone="attention")
    detail = "\n".join(context.texts.attention_texts(payment))
    if card.face is CardFace.QR and code_shown:
        return replace(made, detail=detail)
    return replace(
        made,
        face=CardFace.NOTICE,
        headline=context.texts.say(OPERATOR_SAYS_PAID),
        detail=detail,
        icon="warning",
        deadline_ms=None,
        steps=(),
    )


_BUILDERS: dict[PaymentStatus, CardBuilder] = {
    PaymentStatus.OPEN: _open,
    PaymentStatus.AUTHORISED: _authorised,
    PaymentStatus.PAID: _paid,
    PaymentStatus.UNDERPAID: _underpaid,
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
