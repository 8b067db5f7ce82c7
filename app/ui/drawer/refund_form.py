"""The refund form: amount and reason, sent once. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import NotConfigured, OperatorRefused, PaydeskError, RefundTooMuch, RefundUnknown
from app.domain.money import is_half_typed, parse_amount
from app.domain.payment import Attention, RefundStatus
from app.domain.payment_fold.refundable import refundable
from app.i18n.error_texts import SHORT_ERRORS
from app.i18n.formats import money_text, typed_amount
from app.services.ports.ledger import PaymentHistory
from app.ui.context import UiContext
from app.ui.drawer.settle_form import Form, ReasonReading
from app.ui.drawer.state import AmountInput, FormState


@dataclass(frozen=True, slots=True)
class Returnable:
    """How much of a payment can be refunded, in kopecks.

    `most_minor`: by one refund, which covers one of the operator's payments only. `likely_minor`: the likely amount of
    a refund: the difference, the second payment, or all that is left.
    """

    left_minor: int = 0
    most_minor: int = 0
    likely_minor: int = 0


def returnable(history: PaymentHistory) -> Returnable:
    """Return what can be refunded now; zeros when nothing can."""
    pays = refundable(history.entries, history.payment)
    if not pays:
        return Returnable()
    most, surplus = max(pay.rest_minor for pay in pays), surplus_minor(history)
    is_surplus = Attention.PAID_TWICE not in history.payment.attention and 0 < surplus <= most
    return Returnable(sum(pay.rest_minor for pay in pays), most, surplus if is_surplus else pays[0].rest_minor)


def surplus_minor(history: PaymentHistory) -> int:
    """Return how much was received above the requested amount, less refunds done or in flight."""
    payment = history.payment
    gone = sum(refund.amount_minor for refund in payment.refunds if refund.status is not RefundStatus.FAILED)
    return max(0, payment.received_minor - payment.amount_minor - gone)


@dataclass(frozen=True, slots=True)
class RefundReading:
    """The typed refund, parsed once: the source of everything shown about it and of what is sent.

    `problem`: why the amount is not valid; `amount_minor` (kopecks) is then 0.
    """

    money: Returnable
    reason: ReasonReading
    amount_minor: int = 0
    problem: PaydeskError | None = None

    @property
    def can_send(self) -> bool:
        return self.problem is None and self.reason.fits


def read_refund(typed: str, reason: ReasonReading, history: PaymentHistory) -> RefundReading:
    """Parse a typed amount and check it against a payment."""
    money = returnable(history)
    try:
        amount_minor = parse_amount(typed)
        if amount_minor > money.most_minor:
            raise RefundTooMuch(rest_minor=money.most_minor)
    except PaydeskError as refusal:
        return RefundReading(money, reason, problem=refusal)
    return RefundReading(money, reason, amount_minor)


class RefundForm(Form):
    """Prefilled with the likely amount."""

    def __init__(self, context: UiContext, history: PaymentHistory) -> None:
        super().__init__(context, history)
        self._typed["amount"] = typed_amount(returnable(history).likely_minor)

    def state(self, *, sending: bool) -> FormState:
        say, reading = self._texts.say, self._read()
        yes = say("Refund {sum}", sum=self._money(reading.amount_minor)) if reading.problem is None else say("Refund")
        return FormState(
            title=say("Refund of payment No. {number}", number=self.history.payment.number),
            text=say("The money goes back to the customer's card. This cannot be undone."),
            yes=say("Sending…") if sending else yes,
            example=say("For example: the goods were returned"),
            reason=self._typed["reason"],
            reason_error=reading.reason.error,
            amount=AmountInput(
                self._typed["amount"],
                self._amount_error(reading),
                self._rest_text(reading.money),
                self._chips(reading.money),
            ),
            notice="" if sending else self.refund_change_notice(),  # the form's own refund is no change to report
            danger=True,
            can_send=reading.can_send and not sending,
            sending=sending,
            problem=self.problem_text(),
        )

    async def send(self) -> PaymentHistory | None:
        """Send it; the operator's result is shown by a toast and in the drawer (protocol.md A5)."""
        core, payment_id, reading = self._core(), self.history.payment.id, self._read()
        if reading.problem is not None:
            raise reading.problem
        amount, reason, seen = reading.amount_minor, reading.reason.text, self.seen.as_of
        toast = self._context.notices.toast
        try:
            sent = await core.bridge.command(lambda: core.api.refunds.refund(payment_id, amount, reason, seen=seen))
        except OperatorRefused as refusal:
            message = self._texts.operator_message(str(refusal.details.get("message", "")))
            toast(self._texts.say("The operator refused the refund: {message}", message=message), "failed")
        except RefundUnknown as unknown:
            toast(self._texts.error(unknown), "attention")
        except NotConfigured as missing:  # recorded as failed: nothing was sent
            toast(self._texts.error(missing), "failed")
        else:
            toast(self._texts.say("The refund of {sum} is sent", sum=self._money(amount)), "paid")
            return sent
        return None

    def _read(self) -> RefundReading:
        return read_refund(self._typed["amount"], self.read_reason(), self.history)

    def _amount_error(self, reading: RefundReading) -> str:
        """Return the error; none for an unfinished amount such as "0" or "0,", or for an empty field."""
        text = self._typed["amount"].strip()
        is_half = "amount" not in self._left and is_half_typed(text)
        if reading.problem is None or not text or is_half:
            return ""
        return self._texts.say(SHORT_ERRORS[reading.problem.code], limit=self._money(reading.money.most_minor))

    def _rest_text(self, money: Returnable) -> str:
        say = self._texts.say
        if money.left_minor > money.most_minor:
            return say(
                "{sum} can go back, at most {most} at a time: the customer paid more than once.",
                sum=self._money(money.left_minor), most=self._money(money.most_minor),
            )  # fmt: skip
        return say("Left to refund: {sum}", sum=self._money(money.left_minor))

    def _chips(self, money: Returnable) -> tuple[tuple[str, str], ...]:
        """The likely amounts: the surplus, and the most that one refund can return."""
        likely = dict.fromkeys((money.likely_minor, money.most_minor))
        return tuple((self._money(minor), typed_amount(minor)) for minor in likely if minor)

    def _money(self, minor: int) -> str:
        return money_text(minor, self.history.payment.currency)
