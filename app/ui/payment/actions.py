"""Payment actions shared by the pages: status inquiry, cancelling, copying and opening the link. No Qt."""

from __future__ import annotations

from datetime import datetime

from app.domain.errors import Defect, OperatorError
from app.domain.operator_codes import OperationStatus
from app.domain.payment import Payment
from app.i18n.formats import money_text
from app.services.ports.ledger import PaymentHistory, PaymentView
from app.ui.context import CoreConnection, Question, UiContext
from app.ui.payment.answers import check_answer, failed_answer, refund_answer
from app.ui.payment.display import PAYABLE


async def check(context: UiContext, view: PaymentView) -> PaymentHistory | None:
    """Send a status inquiry now and tell what the operator said, wherever its payment is shown by then.

    None: the operator could not be asked, which is told, too. Raises WrongMode, StorageError.
    """
    core, payment_id = _core(context), view.payment.id
    try:
        asked = await core.bridge.command(lambda: core.api.status_inquiry.ask(payment_id))
    except OperatorError as refusal:
        context.notices.toast(*failed_answer(view, refusal, context))
        return None
    context.notices.toast(*check_answer(asked, view, context))
    return asked


async def ask_refund(context: UiContext, view: PaymentView) -> PaymentHistory | None:
    """Ask the operator for the result of the refund in flight and tell it. Returns and raises as `check`."""
    core, payment_id = _core(context), view.payment.id
    try:
        asked = await core.bridge.command(lambda: core.api.refunds.ask(payment_id))
    except OperatorError as refusal:
        context.notices.toast(*failed_answer(view, refusal, context))
        return None
    context.notices.toast(*refund_answer(asked, view, context))
    return asked


async def cancel(context: UiContext, view: PaymentView) -> PaymentHistory | None:
    """Cancel the link if the user confirms; None when it was kept.

    Raises NotCancellable, LinkReplaced where another link was created meanwhile, StorageError.
    """
    say, payment = context.texts.say, view.payment
    question = Question(
        title=say("Cancel the link of payment No. {number}?", number=payment.number),
        text=say(
            "{sum}. The customer's page may stay open; money that still comes will be shown.",
            sum=money_text(payment.amount_minor, payment.currency),
        ),
        yes=say("Cancel the link"),
        no=say("Keep it"),
        danger=True,
    )
    if not await context.desktop.confirm(question):
        return None
    core = _core(context)
    return await core.bridge.command(lambda: core.api.till.cancel(payment.id, link=payment.link.key))


async def cancel_for_another_sum(context: UiContext, view: PaymentView) -> PaymentHistory | None:
    """Cancel the link if the user confirms that another sale takes its place; None when it was kept.

    Raises NotCancellable, MoneyMayHaveCome, LinkReplaced, StorageError.
    """
    say, payment = context.texts.say, view.payment
    question = Question(
        title=say("Change the sum of payment No. {number}?", number=payment.number),
        text=say(
            "Its link for {sum} is cancelled, and the same sale begins again for you to type the sum. The customer's"
            " page may stay open; money that still comes will be shown.",
            sum=money_text(payment.amount_minor, payment.currency),
        ),
        yes=say("Change the sum"),
        no=say("Keep it"),
    )
    if not await context.desktop.confirm(question):
        return None
    core = _core(context)
    return await core.bridge.command(lambda: core.api.till.cancel_unpaid(payment.id, link=payment.link.key))


def needs_callback(payment: Payment, now: datetime) -> bool:
    """Return whether inquiries prove nothing about the open link: no baseline, or one of "done" (protocol.md A4)."""
    return payment.status(now) in PAYABLE and payment.link.baseline in (None, OperationStatus.DONE)


def copy_link(context: UiContext, view: PaymentView) -> None:
    """Copy the link to the clipboard and show a toast; does nothing without a link."""
    if url := view.payment.link.url:
        context.desktop.copy(url)
        context.notices.toast(context.texts.say("The link is copied"), "paid")


def open_link(context: UiContext, view: PaymentView) -> None:
    """Open the payer's page in the browser; does nothing without a link."""
    url = view.payment.link.url
    if url and not context.desktop.open_address(url):
        context.notices.toast(context.texts.say("No browser could be opened; copy the link instead"), "failed")


def _core(context: UiContext) -> CoreConnection:
    if context.core is None:
        raise Defect(wanted="the running core")
    return context.core
