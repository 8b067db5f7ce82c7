"""The drawer's forms: their base, and the forms that settle attention and conclude a refund. No Qt.

To add a form: 1. an action and its button; 2. a Form in this folder; 3. its line in `forms.FORMS`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.errors import Defect, PaydeskError
from app.domain.payment import Attention
from app.domain.payment_fold.attention import codes_of
from app.domain.text.card_numbers import TYPED_TEXT, holds_card_number
from app.i18n.formats import NBSP, money_text
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentHistory
from app.services.sales.customers import MAX_TEXT
from app.ui.context import CoreConnection, UiContext
from app.ui.drawer.refund_details import in_flight
from app.ui.drawer.state import FormState
from app.ui.payment.display import is_confirmable

MIN_REASON_LENGTH: Final = 3


@dataclass(frozen=True, slots=True)
class ReasonReading:
    """A typed reason, parsed once: its text on one line, the error at its field, and whether it is valid."""

    text: str
    error: str
    fits: bool


def read_reason(typed: str, texts: Texts, *, is_left: bool) -> ReasonReading:
    """Parse a typed reason; while its field has the focus (not `is_left`) "too short" is no error yet."""
    text = " ".join(typed.split())
    if len(text) > MAX_TEXT:
        return ReasonReading(text, texts.say("At most 250 characters"), fits=False)
    if holds_card_number(text, TYPED_TEXT):
        return ReasonReading(text, texts.say("Never type a card number here"), fits=False)
    fits = len(text) >= MIN_REASON_LENGTH
    return ReasonReading(text, "" if fits or not is_left else texts.say("At least three characters"), fits)


class Form:
    """One form about one payment. `history` is kept up to date by the controller; `problem`: why sending failed.

    `seen` is the payment as the person saw it: the answer applies to that, whatever came since.
    """

    def __init__(self, context: UiContext, history: PaymentHistory) -> None:
        self.history = history
        self.seen = history
        self.problem: PaydeskError | None = None
        self._context = context
        self._typed = {"reason": ""}
        self._left: set[str] = set()

    def edit(self, field: str, text: str) -> None:
        """Store the text typed into `reason` or another field of the form."""
        self._typed[field] = text
        self._left.discard(field)
        self.problem = None

    def leave(self, field: str) -> None:
        """The field lost the focus: an incomplete value is an error from now on."""
        if self._typed[field]:
            self._left.add(field)

    def show_latest(self) -> None:
        """Update the form to the payment as it is now; typed text stays."""
        self.seen = self.history
        self.problem = None

    def state(self, *, sending: bool) -> FormState:
        """Return what is shown. Subclasses implement it."""
        raise NotImplementedError

    async def send(self) -> PaymentHistory | None:
        """Send it, show the result and return the payment; None where it must be read again.

        Raises PaydeskError when nothing was done: the form stays open.
        """
        raise NotImplementedError

    async def confirm(self) -> PaymentHistory | None:
        """Send the second answer: the payment is paid. Raises as `send`."""
        raise Defect(wanted="a question that asks whether it is paid")

    def refund_change_notice(self) -> str:
        """Return the notice when the refunds differ from those seen; else an empty text."""
        if self.history.payment.refunds == self.seen.payment.refunds:
            return ""
        return self._texts.say("News of this payment's refunds came meanwhile. Look again before you decide.")

    def read_reason(self) -> ReasonReading:
        """Parse the reason as typed now."""
        return read_reason(self._typed["reason"], self._texts, is_left="reason" in self._left)

    def problem_text(self) -> str:
        return self._texts.error(self.problem) if self.problem else ""

    @property
    def _texts(self) -> Texts:
        return self._context.texts

    def _core(self) -> CoreConnection:
        if self._context.core is None:
            raise Defect(wanted="the running core")
        return self._context.core


class SettleForm(Form):
    """Settles the attention causes seen; confirming the payment as paid is a separate answer (A3.9)."""

    def state(self, *, sending: bool) -> FormState:
        say, payment, reason = self._texts.say, self.history.payment, self.read_reason()
        current, seen = payment.attention_causes, self.seen.payment.attention_causes
        listed = tuple(cause for cause in seen if cause in current)
        if can_confirm := Attention.OPERATOR_SAYS_PAID in codes_of(listed) and is_confirmable(self.history):
            title = say("Is payment No. {number} paid?", number=payment.number)
            text = say(
                "Look into the operator's cabinet and say what you saw. Confirming makes the payment paid: {sum}.",
                sum=money_text(payment.amount_minor, payment.currency),
            )
        else:
            title = say("Settle what needs attention in payment No. {number}?", number=payment.number)
            text = say("The mark goes away; the payment stays as it is. Say what you found out or did.")
        has_changed = not set(current) <= set(seen)
        return FormState(
            title=title,
            text=text,
            yes=say("Settle without marking paid") if can_confirm else say("Mark as settled"),
            example=say("For example: seen in the operator's cabinet"),
            reason=self._typed["reason"],
            reason_error=reason.error,
            causes=self._cause_texts(listed),
            notice=say("Something new needs attention. This does not settle it.") if has_changed else "",
            confirm=say("Confirm as paid") if can_confirm else "",
            can_send=reason.fits and not sending,
            sending=sending,
            problem=self.problem_text(),
        )

    async def send(self) -> PaymentHistory | None:
        return await self._settle(paid=False)

    async def confirm(self) -> PaymentHistory | None:
        return await self._settle(paid=True)

    async def _settle(self, *, paid: bool) -> PaymentHistory:
        core, payment_id, reason, seen = (
            self._core(),
            self.history.payment.id,
            self.read_reason().text,
            self.seen.as_of,
        )
        settled = await core.bridge.command(
            lambda: core.api.settlement.settle(payment_id, reason, seen=seen, paid=paid)
        )
        text, tone = self._texts.say("Confirmed as paid") if paid else self._texts.say("Marked as settled"), "paid"
        if settled.payment.attention:
            text, tone = f"{text}. {self._texts.say('Something newer still needs attention')}", "attention"
        self._context.notices.toast(text, tone)
        return settled

    def _cause_texts(self, causes: Sequence[str]) -> tuple[str, ...]:
        """One sentence per code; several causes of one code are counted."""
        count = Counter(code for cause in causes for code in codes_of((cause,)))
        words = ((self._cause_text(code), times) for code, times in sorted(count.items(), key=_rank))
        return tuple(f"{sentence} (×{NBSP}{times})" if times > 1 else sentence for sentence, times in words)

    def _cause_text(self, code: Attention) -> str:
        return self._texts.attention(code, self.history.payment, self.history.entries)


def _rank(counted: tuple[Attention, int]) -> int:
    return list(Attention).index(counted[0])


class ConcludeForm(Form):
    """A person found out the result of the refund in flight."""

    def __init__(self, context: UiContext, history: PaymentHistory, *, done: bool) -> None:
        super().__init__(context, history)
        self._done = done

    def state(self, *, sending: bool) -> FormState:
        say, pending, reason = self._texts.say, in_flight(self.seen.payment), self.read_reason()
        refunded = money_text(pending.amount_minor) if pending else ""
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
            reason_error=reason.error,
            notice="" if sending else self.refund_change_notice(),  # the form's own refund is no change to report
            danger=not self._done,
            can_send=reason.fits and pending is not None and not sending,
            sending=sending,
            problem=self.problem_text(),
        )

    async def send(self) -> PaymentHistory | None:
        core, payment_id, reason, done = self._core(), self.history.payment.id, self.read_reason().text, self._done
        if (pending := in_flight(self.seen.payment)) is None:
            return None
        refund_id, seen = pending.id, self.seen.as_of
        concluded = await core.bridge.command(
            lambda: core.api.refunds.conclude(payment_id, refund_id, done=done, reason=reason, seen=seen)
        )
        text = self._texts.say("Noted: it was refunded") if done else self._texts.say("Noted: it was not refunded")
        self._context.notices.toast(text, "ended")
        return concluded
