"""What the drawer shows, as frozen values: texts are ready."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.ids import PaymentId
from app.ui.payment.display import StatusBadge


class Action(StrEnum):
    """What can be done from the drawer. TILL brings the payment to the till, RENEW too, for a new link there.

    REFUND_DONE and REFUND_NOT: a person found out what became of a refund. CONFIRM asks what SETTLE asks.
    """

    TILL = "till"
    RENEW = "renew"
    COPY = "copy"
    OPEN = "open"
    CHECK = "check"
    REFUND = "refund"
    ASK_REFUND = "ask_refund"
    REFUND_DONE = "refund_done"
    REFUND_NOT = "refund_not"
    CONFIRM = "confirm"
    SETTLE = "settle"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class DetailFact:
    """A line of the table of facts."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """An entry of the journal for people. `times`: `× 3` when it came several times, else empty."""

    time: str
    text: str
    icon: str
    tone: str
    times: str = ""


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Money that went back, or was meant to. `detail`: when and why."""

    sum: str
    status: StatusBadge
    detail: str


@dataclass(frozen=True, slots=True)
class RefundsBox:
    """The refunds of a payment, oldest first. `note`: why no other can be sent now, in its `tone`."""

    lines: tuple[RefundLine, ...] = ()
    note: str = ""
    tone: str = "refunded"
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Details:
    """One payment with its timeline, oldest first.

    `attention_texts`: what happened and what to do; `proposed`: buttons for it.
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
    """The sum of a form. `rest` says how much there is; `chips` are (word, sum as it is typed)."""

    text: str
    error: str
    rest: str
    chips: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FormState:
    """A question over the window that wants a reason, and perhaps a sum. `problem`: why it could not be done.

    `causes`: what it is about, as it was read when the question was asked; `notice`: that something came since.
    `confirm`: the second answer, which makes the payment paid; empty where that cannot be answered.
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
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DrawerState:
    """Shut; or open on `details`; or, without details, reading them, or `problem`: why they cannot be read.

    `checking`, `asking`: the operator is asked about the payment, about its refund. `support_json`: that for support,
    while it is unfolded. `form`: the question that stands over the window.
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
        """The buttons that wait for an answer of the operator."""
        waiting = {Action.CHECK: self.checking, Action.ASK_REFUND: self.asking}
        return frozenset(action for action, waits in waiting.items() if waits)
