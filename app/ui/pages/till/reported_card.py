"""The card of a payment without counted money that something reports money for; reasons on other cards. No Qt."""

from __future__ import annotations

from dataclasses import replace

from app.domain.payment import LinkState, PaymentStatus, RefundMark
from app.i18n.marks import _
from app.services.ports.ledger import PaymentView
from app.services.sales.renewal import reports_money
from app.ui.context import UiContext
from app.ui.pages.till.state import Action, CardFace, PaymentCard
from app.ui.payment.display import OPERATOR_SAYS_PAID, attention_badge, entries_of, operator_says_paid


def with_reasons(card: PaymentCard, view: PaymentView, context: UiContext) -> PaymentCard:
    """Return the card with its reasons for attention below what it says already; unchanged where there are none."""
    lines = context.texts.attention_texts(view.payment, entries_of(view))
    if not lines:
        return card
    detail = "\n".join([card.detail, *lines] if card.detail else lines)
    return replace(card, detail=detail, tone="attention", has_reasons=True)


def reported_card(card: PaymentCard, view: PaymentView, context: UiContext, *, code_shown: bool) -> PaymentCard | None:
    """Return the amber card, or None where nothing reports money.

    No code that would ask for the money a second time (unless `code_shown`), no new link, no tick. `card`: the one of
    the payment's status.
    """
    payment = view.payment
    says_paid = operator_says_paid(payment, payment.status(context.now()))
    is_reported = says_paid or reports_money(payment) or payment.refund is not RefundMark.NONE
    if not is_reported or (card.busy and not says_paid):
        return None
    own = (Action.CONFIRM,) if says_paid else ()
    detail = "\n".join(context.texts.attention_texts(payment, entries_of(view)))
    made = replace(card, detail=detail, tone="attention", has_reasons=bool(payment.attention))
    if card.face is CardFace.QR and code_shown:
        checks = (Action.CHECK, Action.NEW)
        return replace(made, actions=(*own, *checks) if says_paid else card.actions, main=own[0] if own else None)
    actions = (*own, *_steps(card, view, context), Action.NEW)
    return replace(
        made,
        face=CardFace.NOTICE,
        status=attention_badge(context),
        headline=context.texts.say(OPERATOR_SAYS_PAID if says_paid else _("Money may have come already")),
        icon="warning",
        deadline_ms=None,
        steps=(),
        actions=actions,
        main=actions[0] if actions[0] in (Action.CONFIRM, Action.CHECK) else Action.NEW,
    )


def _steps(card: PaymentCard, view: PaymentView, context: UiContext) -> tuple[Action, ...]:
    checks = (Action.CHECK,) if view.payment.link.state is LinkState.CREATED else ()
    codes = (Action.SHOW_CODE,) if card.face is CardFace.QR else ()
    is_unmade = view.payment.status(context.now()) is PaymentStatus.CREATING and not card.busy
    return (*checks, *codes, *((Action.CANCEL,) if is_unmade else ()))
