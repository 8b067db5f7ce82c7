"""What the till shows, as frozen values with ready texts; running times are deadlines."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.ids import PaymentId
from app.ui.drawer.state import FormState
from app.ui.payment.display import PaymentRow, StatusBadge


@dataclass(frozen=True, slots=True)
class Draft:
    """What the cashier has typed, as typed. `order` and `pay_type` come from an older payment and have no field."""

    amount: str = ""
    purpose: str = ""
    phone: str = ""
    email: str = ""
    order: str = ""
    pay_type: str = ""

    @property
    def is_blank(self) -> bool:
        """Nothing of it can be seen in a field."""
        return not (self.amount or self.purpose or self.phone or self.email)


@dataclass(frozen=True, slots=True)
class DraftProblems:
    """The error of each field; None: valid, or not known yet."""

    amount: str | None = None
    purpose: str | None = None
    phone: str | None = None
    email: str | None = None

    @property
    def any(self) -> bool:
        return any((self.amount, self.purpose, self.phone, self.email))


class CardFace(StrEnum):
    """The big square of the card."""

    EMPTY = "empty"
    LOADING = "loading"
    BUSY = "busy"
    QR = "qr"
    PAID = "paid"
    NOTICE = "notice"


class Action(StrEnum):
    """The actions of the current payment's card."""

    COPY = "copy"
    OPEN = "open"
    CHECK = "check"
    CANCEL = "cancel"
    RETRY = "retry"
    RENEW = "renew"
    NEW = "new"
    CONNECT = "connect"
    CONFIRM = "confirm"
    REFUND = "refund"
    SHOW_CODE = "show_code"
    CHANGE_SUM = "change_sum"


@dataclass(frozen=True, slots=True)
class Step:
    """`state`: done, current, todo, failed."""

    word: str
    state: str


@dataclass(frozen=True, slots=True)
class PaymentCard:
    """The current payment. `headline` and `detail` explain the face; `main` is the default action."""

    face: CardFace = CardFace.EMPTY
    payment_id: PaymentId | None = None
    number: str = ""
    status: StatusBadge | None = None
    url: str | None = None
    sum: str = ""
    purpose: str = ""
    deadline_ms: int | None = None
    steps: tuple[Step, ...] = ()
    headline: str = ""
    detail: str = ""
    icon: str = ""
    tone: str = "ended"
    has_reasons: bool = False
    """The detail says why the payment needs attention."""
    actions: tuple[Action, ...] = ()
    main: Action | None = None
    busy: bool = False
    asking: bool = False
    """A status inquiry is running or queued."""


@dataclass(frozen=True, slots=True)
class TodayList:
    """The last payments of the shop's day, newest first. `loading` until the first read has ended.

    `problem`: why it cannot be read; empty when that is shown elsewhere on the page.
    """

    rows: tuple[PaymentRow, ...] = ()
    count: str = ""
    sum: str = ""
    loading: bool = True
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class TillState:
    draft: Draft = field(default_factory=Draft)
    problems: DraftProblems = field(default_factory=DraftProblems)
    presets: tuple[tuple[str, str], ...] = ()
    """(label of the button, the amount as typed)"""
    select_amount: bool = False
    """The sum comes from an older payment: it is selected, so that the next digit takes its place."""
    can_create: bool = False
    creating: bool = False
    card: PaymentCard = field(default_factory=PaymentCard)
    form: FormState | None = None
    today: TodayList = field(default_factory=TodayList)
