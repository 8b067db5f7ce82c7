"""What the drawer shows, as frozen values with ready texts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.ids import PaymentId
from app.ui.payment.display import StatusBadge


class Action(StrEnum):
    """The drawer's actions. TILL opens the payment on the till, RENEW too, for a new link there.

    REFUND_DONE and REFUND_NOT: a person found out the result of a refund. CONFIRM opens the form of SETTLE.
    """

    TILL = "till"
    RENEW = "renew"
    COPY = "copy"
    OPEN = "open"
    CHECK = "check"
    REFUND = "refund"
    SELL_AGAIN = "sell_again"
    ASK_REFUND = "ask_refund"
    REFUND_DONE = "refund_done"
    REFUND_NOT = "refund_not"
    CONFIRM = "confirm"
    SETTLE = "settle"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class DetailFact:
    """A line of the table of details."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A journal entry as text. `times`: `× 3` when it was recorded several times, else empty."""

    time: str
    text: str
    icon: str
    tone: str
    times: str = ""


@dataclass(frozen=True, slots=True)
class RefundLine:
    """A refund, whatever its status. `detail`: when and why."""

    sum: str
    status: StatusBadge
    detail: str


@dataclass(frozen=True, slots=True)
class RefundsBox:
    """The refunds of a payment, oldest first. `note`: why no other can be sent now, in the tone `tone`."""

    lines: tuple[RefundLine, ...] = ()
    note: str = ""
    tone: str = "refunded"
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Details:
    """One payment with its timeline, oldest first.

    `attention_texts`: what happened and what to do; `proposed`: the buttons for that.
    """

    payment_id: PaymentId
    number: str
    status: StatusBadge
    sum: str
    purpose: str
    attention_texts: tuple[str, ...]
    facts: tuple[DetailFact, ...]
    actions: tuple[Action, ...]
    timeline: tuple[TimelineEntry, ...]
    proposed: tuple[Action, ...] = ()
    refunds: RefundsBox = RefundsBox()


@dataclass(frozen=True, slots=True)
class AmountInput:
    """The amount of a form. `rest` says how much is left; `chips` are (word, amount as typed)."""

    text: str
    error: str
    rest: str
    chips: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FormState:
    """A form over the window with a reason, and perhaps an amount. `problem`: why sending failed.

    `causes`: the attention causes read when the form was opened; `notice`: that something changed since.
    `confirm`: the second answer, which makes the payment paid; empty where it is not offered.
    """

    title: str
    text: str
    yes: str
    example: str
    """Of a reason."""
    reason: str = ""
    reason_error: str = ""
    amount: AmountInput | None = None
    causes: tuple[str, ...] = ()
    notice: str = ""
    confirm: str = ""
    danger: bool = False
    can_send: bool = False
    sending: bool = False
    stop: str = ""
    """The word of the second button while it is being sent, where that can be stopped."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DrawerState:
    """Closed; or open on `details`; or, without details, reading them, or `problem`: why they cannot be read.

    `checking`, `asking`: a status inquiry about the payment, about its refund, is running. `support_json`: its text
    while expanded. `form`: the form open over the window.
    """

    is_open: bool = False
    details: Details | None = None
    problem: str | None = None
    checking: bool = False
    asking: bool = False
    support_json: str | None = None
    form: FormState | None = None

    @property
    def busy(self) -> frozenset[Action]:
        """The buttons that wait for an answer from the operator."""
        waiting = {Action.CHECK: self.checking, Action.ASK_REFUND: self.asking}
        return frozenset(action for action, waits in waiting.items() if waits)
