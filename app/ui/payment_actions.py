"""What can be done with a payment wherever it is shown: asking the operator, cancelling, handing its link on. No Qt."""

from __future__ import annotations

from datetime import datetime

from app.domain.errors import Defect
from app.domain.operator_codes import OperationStatus
from app.domain.payment import Payment
from app.i18n.formats import money_text
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentHistory, PaymentView
from app.ui.front import CoreLink, Front, Question
from app.ui.payment_looks import LIVE


async def check(front: Front, view: PaymentView) -> PaymentHistory:
    """Ask the operator about the payment now; an answer without news is told. Raises OperatorError, StorageError."""
    link, payment_id = _link(front), view.payment.id
    asked = await link.bridge.command(lambda: link.desk.watch.ask(payment_id))
    if _as_seen(asked, front) == _as_seen(view, front):
        told = front.texts.say("Payment No. {number}: the operator has nothing new", number=asked.payment.number)
        front.notices.toast(told, "ended")
    return asked


async def ask_refund(front: Front, view: PaymentView) -> PaymentHistory:
    """Ask the operator what became of the refund in flight. Raises OperatorError, StorageError."""
    link, payment_id = _link(front), view.payment.id
    asked = await link.bridge.command(lambda: link.desk.refunds.ask(payment_id))
    if asked.payment.refunds == view.payment.refunds:
        front.notices.toast(front.texts.say("The operator was asked: the refund is not decided yet"), "ended")
    return asked


async def cancel(front: Front, view: PaymentView) -> PaymentHistory | None:
    """Cancel the link if the person confirms; None when it was kept.

    Raises NotCancellable, LinkReplaced where another link was made while it was asked, StorageError.
    """
    say, payment = front.texts.say, view.payment
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
    if not await front.desktop.confirm(question):
        return None
    link = _link(front)
    return await link.bridge.command(lambda: link.desk.till.cancel(payment.id, link=payment.link.key))


def needs_message(payment: Payment, now: datetime) -> bool:
    """Say whether asking can prove nothing about the open link: no baseline, or one of "done" (protocol.md A4)."""
    return payment.status(now) in LIVE and payment.link.baseline in (None, OperationStatus.DONE)


def message_only_words(payment: Payment, texts: Texts) -> str:
    """Return what is then said once."""
    return texts.say(
        "Payment No. {number}: only the operator's message can confirm it. What it answers when asked proves nothing.",
        number=payment.number,
    )


def copy_link(front: Front, view: PaymentView) -> None:
    """Put the link on the clipboard and say so; nothing without a link."""
    if url := view.payment.link.url:
        front.desktop.copy(url)
        front.notices.toast(front.texts.say("The link is copied"), "paid")


def open_link(front: Front, view: PaymentView) -> None:
    """Open the payer's page in the browser; nothing without a link."""
    url = view.payment.link.url
    if url and not front.desktop.open_address(url):
        front.notices.toast(front.texts.say("No browser could be opened; copy the link instead"), "failed")


def _link(front: Front) -> CoreLink:
    if front.link is None:
        raise Defect(wanted="the running core")
    return front.link


def _as_seen(view: PaymentView, front: Front) -> tuple[object, ...]:
    payment = view.payment
    return payment.status(front.now()), payment.attention, payment.received_minor, payment.refund
