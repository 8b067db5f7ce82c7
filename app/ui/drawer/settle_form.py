"""What is typed into the drawer's questions about settling, and what comes of it. No Qt.

To add a question: 1. an action and its look; 2. a Form here or beside; 3. its line in `forms.FORMS`.
"""

from __future__ import annotations

from typing import Final

from app.domain.card_numbers import TYPED, holds_card_number
from app.domain.errors import Defect, PaydeskError
from app.domain.payment import Attention
from app.i18n.formats import money_text
from app.i18n.texts import Texts
from app.services.customers import MAX_TEXT
from app.ui.drawer.refund_looks import in_flight
from app.ui.drawer.state import FormState
from app.ui.drawer.story import Story
from app.ui.front import CoreLink, Front

LEAST_REASON: Final = 3


class Form:
    """One question about one payment. `story` is kept up to date by its owner; `problem`: why it was refused."""

    def __init__(self, front: Front, story: Story) -> None:
        self.story = story
        self.problem: PaydeskError | None = None
        self._front = front
        self._typed = {"reason": ""}
        self._left: set[str] = set()

    def edit(self, field: str, text: str) -> None:
        """Take what was typed into `reason` or another field of the form."""
        self._typed[field] = text
        self._left.discard(field)
        self.problem = None

    def leave(self, field: str) -> None:
        """The field was left: now it may be told that its value is half done."""
        if self._typed[field]:
            self._left.add(field)

    def state(self, *, sending: bool) -> FormState:
        """Return what is shown. Subclasses say it."""
        raise NotImplementedError

    async def send(self) -> None:
        """Do it, and tell what came of it. Raises a refusal when nothing was done: the form stays."""
        raise NotImplementedError

    @property
    def can_send(self) -> bool:
        return LEAST_REASON <= len(self.reason) <= MAX_TEXT and not self._holds_card_number

    @property
    def reason(self) -> str:
        return " ".join(self._typed["reason"].split())

    def reason_error(self) -> str:
        """Return what is wrong with the reason; a reason that is being typed is not too short yet."""
        if len(self.reason) > MAX_TEXT:
            return self._texts.say("At most 250 characters")
        if self._holds_card_number:
            return self._texts.say("Never type a card number here")
        is_short = len(self.reason) < LEAST_REASON and "reason" in self._left
        return self._texts.say("At least three characters") if is_short else ""

    @property
    def _holds_card_number(self) -> bool:
        return holds_card_number(self.reason, TYPED)

    def problem_text(self) -> str:
        return self._texts.error(self.problem) if self.problem else ""

    @property
    def _texts(self) -> Texts:
        return self._front.texts

    def _core(self) -> CoreLink:
        if self._front.link is None:
            raise Defect(wanted="the running core")
        return self._front.link


class SettleForm(Form):
    """A person looked at what needed attention. Where the operator says paid, it also makes the payment paid."""

    def state(self, *, sending: bool) -> FormState:
        say, payment = self._texts.say, self.story.payment
        if self.makes_paid:
            title = say("Confirm payment No. {number} as paid?", number=payment.number)
            text = say(
                "This makes the payment paid: {sum}. Look into the operator's cabinet first, and say what you saw.",
                sum=money_text(payment.amount_minor, payment.currency),
            )
        else:
            title = say("Settle what needs attention in payment No. {number}?", number=payment.number)
            text = say("The mark goes away; the payment stays as it is. Say what you found out or did.")
        return FormState(
            title=title,
            text=text,
            yes=say("Confirm as paid") if self.makes_paid else say("Mark as settled"),
            example=say("For example: seen in the operator's cabinet"),
            reason=self._typed["reason"],
            reason_error=self.reason_error(),
            can_send=self.can_send and not sending,
            sending=sending,
            problem=self.problem_text(),
        )

    @property
    def makes_paid(self) -> bool:
        return Attention.OPERATOR_SAYS_PAID in self.story.payment.attention

    async def send(self) -> None:
        core, payment_id, reason, paid = self._core(), self.story.payment.id, self.reason, self.makes_paid
        await core.bridge.command(lambda: core.desk.settling.settle(payment_id, reason))
        told = self._texts.say("Confirmed as paid") if paid else self._texts.say("Marked as settled")
        self._front.notices.toast(told, "paid")


class ConcludeForm(Form):
    """A person found out what became of the refund that is in flight."""

    def __init__(self, front: Front, story: Story, *, done: bool) -> None:
        super().__init__(front, story)
        self._done = done

    def state(self, *, sending: bool) -> FormState:
        say = self._texts.say
        flying = in_flight(self.story.payment)
        refunded = money_text(flying.amount_minor) if flying else ""
        if self._done:
            title = say("Were {sum} refunded?", sum=refunded)
            text = say("Note it only when the operator's cabinet shows this refund as done. Say where you saw it.")
        else:
            title = say("Were {sum} not refunded?", sum=refunded)
            text = say(
                "Note it only when the operator says that there was no such refund: afterwards the money can be sent"
                " once more, and the customer could get it twice."
            )
        return FormState(
            title=title,
            text=text,
            yes=say("It was refunded") if self._done else say("It was not refunded"),
            example=say("For example: seen in the operator's cabinet"),
            reason=self._typed["reason"],
            reason_error=self.reason_error(),
            danger=not self._done,
            can_send=self.can_send and flying is not None and not sending,
            sending=sending,
            problem=self.problem_text(),
        )

    async def send(self) -> None:
        core, payment_id, reason, done = self._core(), self.story.payment.id, self.reason, self._done
        if (flying := in_flight(self.story.payment)) is None:
            return
        refund_id = flying.id
        await core.bridge.command(lambda: core.desk.refunds.conclude(payment_id, refund_id, done=done, reason=reason))
        told = self._texts.say("Noted: it was refunded") if done else self._texts.say("Noted: it was not refunded")
        self._front.notices.toast(told, "ended")
