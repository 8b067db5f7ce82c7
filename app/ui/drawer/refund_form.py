"""What is typed into the question about a refund: how much and why; sent once. No Qt."""

from __future__ import annotations

from typing import Final

from app.domain.errors import NotConfigured, OperatorRefused, PaydeskError, RefundTooMuch, RefundUnknown
from app.domain.money import is_half_typed, parse_amount
from app.domain.payment import Attention, RefundStatus
from app.domain.refundable import refundable
from app.i18n.formats import money_text, typed_amount
from app.i18n.marks import _
from app.ui.drawer.settle_form import Form
from app.ui.drawer.state import AmountInput, FormState
from app.ui.drawer.story import Story
from app.ui.front import Front

SHORT: Final[dict[str, str]] = {
    "amount_not_number": _("This is not a sum"),
    "amount_zero": _("More than zero is needed"),
    "amount_three_decimals": _("At most two digits after the comma"),
    "amount_over_limit": _("At most {limit}"),
    "refund_too_much": _("At most {limit}"),
}
"""Beside the field there is room for a few words only."""


class RefundForm(Form):
    """Begins with the sum that is likely meant: the difference, the second payment, or all that is left."""

    def __init__(self, front: Front, story: Story) -> None:
        super().__init__(front, story)
        self._typed["amount"] = typed_amount(suggested_minor(story))

    @property
    def rest_minor(self) -> int:
        """The most that one refund can give back: it takes from one of the operator's payments only."""
        return max((pay.rest_minor for pay in refundable(self.story.entries, self.story.payment)), default=0)

    @property
    def amount_minor(self) -> int:
        """The typed sum. Raises what is wrong with it."""
        amount = parse_amount(self._typed["amount"])
        if amount > self.rest_minor:
            raise RefundTooMuch(rest_minor=self.rest_minor)
        return amount

    @property
    def can_send(self) -> bool:
        return super().can_send and self._amount_problem() is None

    def state(self, *, sending: bool) -> FormState:
        say, problem = self._texts.say, self._amount_problem()
        yes = say("Refund")
        if problem is None:
            yes = say("Refund {sum}", sum=self._money(self.amount_minor))
        return FormState(
            title=say("Refund of payment No. {number}", number=self.story.payment.number),
            text=say("The money goes back to the customer's card. This cannot be undone."),
            yes=say("Sending…") if sending else yes,
            example=say("For example: the goods were returned"),
            reason=self._typed["reason"],
            reason_error=self.reason_error(),
            amount=AmountInput(self._typed["amount"], self._amount_error(problem), self._rest_words(), self._chips()),
            news="" if sending else self.refund_news(),  # what is being sent is no news
            danger=True,
            can_send=self.can_send and not sending,
            sending=sending,
            problem=self.problem_text(),
        )

    async def send(self) -> None:
        """Send it; what the operator made of it is told by a toast and stands in the drawer (protocol.md A5)."""
        core, payment_id, amount, reason = self._core(), self.story.payment.id, self.amount_minor, self.reason
        toast, seen = self._front.notices.toast, self.seen.as_of
        try:
            await core.bridge.command(lambda: core.desk.refunds.refund(payment_id, amount, reason, seen=seen))
        except OperatorRefused as refusal:
            said = refusal.details.get("message")
            toast(self._texts.say("The operator refused the refund: {message}", message=said), "failed")
        except RefundUnknown as unknown:
            toast(self._texts.error(unknown), "attention")
        except NotConfigured as missing:  # recorded as failed: nothing was sent
            toast(self._texts.error(missing), "failed")
        else:
            toast(self._texts.say("The refund of {sum} is sent", sum=self._money(amount)), "paid")

    def _amount_problem(self) -> PaydeskError | None:
        try:
            self.amount_minor  # noqa: B018  (asked for what it raises)
        except PaydeskError as refusal:
            return refusal
        return None

    def _amount_error(self, problem: PaydeskError | None) -> str:
        """A sum of "0" or "0," is on its way to "0,50", and an empty field is just being filled."""
        text = self._typed["amount"].strip()
        is_half = "amount" not in self._left and is_half_typed(text)
        if problem is None or not text or is_half:
            return ""
        return self._texts.say(SHORT[problem.code], limit=self._money(self.rest_minor))

    def _rest_words(self) -> str:
        say, pays = self._texts.say, refundable(self.story.entries, self.story.payment)
        left = sum(pay.rest_minor for pay in pays)
        if left > self.rest_minor:
            return say(
                "{sum} can go back, at most {most} at a time: the customer paid more than once.",
                sum=self._money(left), most=self._money(self.rest_minor),
            )  # fmt: skip
        return say("Left to refund: {sum}", sum=self._money(left))

    def _chips(self) -> tuple[tuple[str, str], ...]:
        """The likely sums: what is too much, and all that one refund can give back."""
        likely = dict.fromkeys((suggested_minor(self.story), self.rest_minor))
        return tuple((self._money(minor), typed_amount(minor)) for minor in likely if minor)

    def _money(self, minor: int) -> str:
        return money_text(minor, self.story.payment.currency)


def suggested_minor(story: Story) -> int:
    """Return the kopecks that a refund is likely about; 0 when nothing can go back."""
    payment, pays = story.payment, refundable(story.entries, story.payment)
    if not pays:
        return 0
    latest, most, surplus = pays[0].rest_minor, max(pay.rest_minor for pay in pays), surplus_minor(story)
    if Attention.PAID_TWICE not in payment.attention and 0 < surplus <= most:
        return surplus
    return latest


def surplus_minor(story: Story) -> int:
    """Return how much more came than was asked, less what went back already or is on its way."""
    payment = story.payment
    gone = sum(refund.amount_minor for refund in payment.refunds if refund.status is not RefundStatus.FAILED)
    return max(0, payment.received_minor - payment.amount_minor - gone)
