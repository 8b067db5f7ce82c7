"""What a person is told after the operator was asked: always an answer, with the payment's number. No Qt."""

from __future__ import annotations

from app.domain.errors import PaydeskError
from app.domain.journal.events import StatusAnswered
from app.domain.operator_codes import OperationStatus
from app.domain.payment import Payment, PaymentStatus, Refund, RefundMark, RefundStatus
from app.i18n.formats import money_text
from app.i18n.marks import _
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentHistory, PaymentView
from app.ui.context import UiContext
from app.ui.payment.display import is_disputed, status_badge

Notice = tuple[str, str]
"""(text, tone)"""


def check_answer(asked: PaymentHistory, before: PaymentView, context: UiContext) -> Notice:
    """Return what the operator said about the payment. `before`: the payment as it was when it was asked about."""
    payment, say = asked.payment, context.texts.say
    answer = _last_answer(asked)
    if answer is not None and answer.operation_status == OperationStatus.DECLINED:
        tone = "attention" if payment.received_minor else "failed"
        return say("Payment No. {number}: the operator says: failed", number=payment.number), tone
    if answer is not None and answer.operation_status == OperationStatus.DONE:
        return _done_answer(payment, answer, context.texts)
    if visible_state(asked, context) == visible_state(before, context):
        return say("Payment No. {number}: the operator has nothing new", number=payment.number), "ended"
    badge = status_badge(payment, context)
    tone = "attention" if payment.attention else "ended" if payment.refund is not RefundMark.NONE else badge.tone
    return say("Payment No. {number}: {status}", number=payment.number, status=badge.word), tone


def refund_answer(asked: PaymentHistory, before: PaymentView, context: UiContext) -> Notice:
    """Return what the operator said about the refund that was in flight."""
    payment, say = asked.payment, context.texts.say
    known = {refund.id: refund.status for refund in before.payment.refunds}
    changed = [refund for refund in payment.refunds if known.get(refund.id) is not refund.status]
    if not changed:
        return say("Payment No. {number}: the refund is not decided yet", number=payment.number), "ended"
    words, tone = _REFUNDS.get(changed[-1].status, (_("Payment No. {number}: news of the refund of {sum}"), "ended"))
    return say(words, number=payment.number, sum=_sum_of(changed[-1], payment)), tone


def failed_answer(view: PaymentView, refusal: PaydeskError, context: UiContext) -> Notice:
    """Return why the operator gave no answer about the payment."""
    texts = context.texts
    number, problem = view.payment.number, texts.error(refusal)
    return texts.say("Payment No. {number}. {problem}", number=number, problem=problem), "failed"


def visible_state(view: PaymentView, context: UiContext) -> tuple[object, ...]:
    """Return what the screens show of a payment."""
    payment = view.payment
    return payment.status(context.now()), payment.attention, payment.received_minor, payment.refund


_REFUNDS: dict[RefundStatus, Notice] = {
    RefundStatus.DONE: (_("Payment No. {number}: {sum} went back"), "ended"),
    RefundStatus.FAILED: (_("Payment No. {number}: the operator refused the refund of {sum}"), "failed"),
}


def _sum_of(refund: Refund, payment: Payment) -> str:
    return money_text(refund.amount_minor, payment.currency)


def _last_answer(view: PaymentHistory) -> StatusAnswered | None:
    """Return the operator's newest answer about the newest link; the same one again is not journalled."""
    facts = [entry.fact for entry in view.entries if isinstance(entry.fact, StatusAnswered)]
    return next((fact for fact in reversed(facts) if fact.link_key == view.payment.link.key), None)


def _done_answer(payment: Payment, answer: StatusAnswered, texts: Texts) -> Notice:
    number = payment.number
    if payment.state is PaymentStatus.PAID:
        tone = "attention" if is_disputed(payment) else "paid"
        return texts.say("Payment No. {number}: the operator says: paid", number=number), tone
    if answer.baseline:
        return callback_only_text(payment, texts), "attention"
    if payment.state is PaymentStatus.UNDERPAID:
        return texts.say("Payment No. {number}: the operator says: paid", number=number), "attention"
    return says_paid_text(payment, texts), "attention"


def callback_only_text(payment: Payment, texts: Texts) -> str:
    """Return the notice about a link of which inquiries prove nothing."""
    return texts.say(
        "Payment No. {number}: only the operator's callback can confirm it. What it answers when asked proves nothing.",
        number=payment.number,
    )


def says_paid_text(payment: Payment, texts: Texts) -> str:
    """Return the notice about a payment that only the operator's word speaks for."""
    return texts.say("Payment No. {number}: the operator says: paid. A person must confirm it", number=payment.number)
