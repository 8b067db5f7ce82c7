"""What is typed into the drawer's questions about settling, and what comes of it. No Qt.

To add a question: 1. an action and its look; 2. a Form here or beside; 3. its line in `forms.FORMS`.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from app.domain.card_numbers import TYPED, holds_card_number
from app.domain.errors import Defect, PaydeskError
from app.domain.payment import Attention
from app.domain.worries import codes_of
from app.i18n.formats import NBSP, money_text
from app.i18n.texts import Texts
from app.services.customers import MAX_TEXT
from app.ui.drawer.refund_looks import in_flight
from app.ui.drawer.state import FormState
from app.ui.drawer.story import Story
from app.ui.front import CoreLink, Front

LEAST_REASON: Final = 3


class Form:
    """One question about one payment. `story` is kept up to date by its owner; `problem`: why it was refused.

    `seen` is the payment as the person was asked about it: an answer is about that, whatever came since.
    """

    def __init__(self, front: Front, story: Story) -> None:
        self.story = story
        self.seen = story
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

    def look_again(self) -> None:
        """Ask about the payment as it is now; what was typed stays."""
        self.seen = self.story
        self.problem = None

    def state(self, *, sending: bool) -> FormState:
        """Return what is shown. Subclasses say it."""
        raise NotImplementedError

    async def send(self) -> None:
        """Do it, and tell what came of it. Raises a refusal when nothing was done: the form stays."""
        raise NotImplementedError

    async def confirm(self) -> None:
        """Give the second answer: the payment is paid. Raises as `send`."""
        raise Defect(wanted="a question that asks whether it is paid")

    @property
    def can_confirm(self) -> bool:
        """Say whether the question has that second answer."""
        return False

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

    def refund_news(self) -> str:
        """Return what is said when the refunds are no longer those that were seen; else nothing."""
        if self.story.payment.refunds == self.seen.payment.refunds:
            return ""
        return self._texts.say("News of this payment's refunds came meanwhile. Look again before you decide.")

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
    """A person looked at what needed attention; that the payment is paid is an answer of its own (A3.9)."""

    def state(self, *, sending: bool) -> FormState:
        say, payment = self._texts.say, self.story.payment
        if self.can_confirm:
            title = say("Is payment No. {number} paid?", number=payment.number)
            text = say(
                "Look into the operator's cabinet and say what you saw. Confirming makes the payment paid: {sum}.",
                sum=money_text(payment.amount_minor, payment.currency),
            )
        else:
            title = say("Settle what needs attention in payment No. {number}?", number=payment.number)
            text = say("The mark goes away; the payment stays as it is. Say what you found out or did.")
        return FormState(
            title=title,
            text=text,
            yes=say("Settle without marking paid") if self.can_confirm else say("Mark as settled"),
            example=say("For example: seen in the operator's cabinet"),
            reason=self._typed["reason"],
            reason_error=self.reason_error(),
            causes=self._cause_words(),
            news=say("Something new needs attention. This does not settle it.") if self._has_news else "",
            confirm=say("Confirm as paid") if self.can_confirm else "",
            can_send=self.can_send and not sending,
            sending=sending,
            problem=self.problem_text(),
        )

    @property
    def can_confirm(self) -> bool:
        return Attention.OPERATOR_SAYS_PAID in codes_of(self._listed)

    async def send(self) -> None:
        await self._settle(paid=False)

    async def confirm(self) -> None:
        await self._settle(paid=True)

    async def _settle(self, *, paid: bool) -> None:
        core, payment_id, reason, seen = self._core(), self.story.payment.id, self.reason, self.seen.as_of
        settled = await core.bridge.command(lambda: core.desk.settling.settle(payment_id, reason, seen=seen, paid=paid))
        told, tone = self._texts.say("Confirmed as paid") if paid else self._texts.say("Marked as settled"), "paid"
        if settled.payment.attention:
            told, tone = f"{told}. {self._texts.say('Something newer still needs attention')}", "attention"
        self._front.notices.toast(told, tone)

    @property
    def _listed(self) -> tuple[str, ...]:
        """The causes that were seen and still stand."""
        standing = self.story.payment.attention_causes
        return tuple(cause for cause in self.seen.payment.attention_causes if cause in standing)

    @property
    def _has_news(self) -> bool:
        return not set(self.story.payment.attention_causes) <= set(self.seen.payment.attention_causes)

    def _cause_words(self) -> tuple[str, ...]:
        """A sentence a code; several causes of one code are counted."""
        count = Counter(code for cause in self._listed for code in codes_of((cause,)))
        words = ((self._texts.attention(code), times) for code, times in sorted(count.items(), key=_rank))
        return tuple(f"{sentence} (×{NBSP}{times})" if times > 1 else sentence for sentence, times in words)


def _rank(counted: tuple[Attention, int]) -> int:
    return list(Attention).index(counted[0])


class ConcludeForm(Form):
    """A person found out what became of the refund that is in flight."""

    def __init__(self, front: Front, story: Story, *, done: bool) -> None:
        super().__init__(front, story)
        self._done = done

    def state(self, *, sending: bool) -> FormState:
        say, flying = self._texts.say, in_flight(self.seen.payment)
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
            news="" if sending else self.refund_news(),  # what is being sent is no news
            danger=not self._done,
            can_send=self.can_send and flying is not None and not sending,
            sending=sending,
            problem=self.problem_text(),
        )

    async def send(self) -> None:
        core, payment_id, reason, done = self._core(), self.story.payment.id, self.reason, self._done
        if (flying := in_flight(self.seen.payment)) is None:
            return
        refund_id, seen = flying.id, self.seen.as_of
        await core.bridge.command(
            lambda: core.desk.refunds.conclude(payment_id, refund_id, done=done, reason=reason, seen=seen)
        )
        told = self._texts.say("Noted: it was refunded") if done else self._texts.say("Noted: it was not refunded")
        self._front.notices.toast(told, "ended")
