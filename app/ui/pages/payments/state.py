"""What the live list shows, as frozen values with ready texts; running times are deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.ui.pages.payments.inbox_state import InboxState
from app.ui.payment.display import PaymentRow


class Chip(StrEnum):
    """Which payments are listed."""

    TODAY = "today"
    WAITING = "waiting"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class ChipState:
    """A chip and its word: `Needs attention · 2`."""

    chip: Chip
    word: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """Shown instead of rows. `can_retry`: reading again may help."""

    icon: str
    title: str
    text: str = ""
    can_retry: bool = False


@dataclass(frozen=True, slots=True)
class PaymentsState:
    """Rows, newest first, or the inbox, or a notice instead of them. `foot`: how many are not shown, if any."""

    chips: tuple[ChipState, ...] = ()
    rows: tuple[PaymentRow, ...] = ()
    foot: str = ""
    notice: Notice | None = None
    inbox: InboxState | None = None
