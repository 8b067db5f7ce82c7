"""What the history shows, as frozen values with ready texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.ui.payment.chart_state import ChartState
from app.ui.payment.display import PaymentRow


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of a chip's menu. `key` is what the view emits."""

    key: str
    word: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class MenuChip:
    """A chip with a menu. `is_active`: it filters the list and is highlighted."""

    word: str = ""
    is_active: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class RangeState:
    """The dialog of a custom range is open, on these days: `2026-11-21`, both inclusive."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class FilterBarState:
    """The row above the list."""

    search: str = ""
    period: MenuChip = field(default_factory=MenuChip)
    status: MenuChip = field(default_factory=MenuChip)
    attention: str = ""
    attention_on: bool = False
    can_clear: bool = False
    custom_range: RangeState | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A total of the filter's payments: a small label and a large figure."""

    label: str
    figure: str


@dataclass(frozen=True, slots=True)
class ChartChoice:
    """What of the chart is shown: `is_open`: not collapsed. `as_table`: its numbers stand beside it as a table."""

    is_open: bool = True
    by_status: bool = False
    as_table: bool = False


@dataclass(frozen=True, slots=True)
class ChartPanelState:
    """The chart of the filter's payments; without bars while it is collapsed."""

    chart: ChartState
    choice: ChartChoice


class NoticeAction(StrEnum):
    """What the button of a notice does."""

    CLEAR = "clear"
    ALL_TIME = "all_time"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Notice:
    """Shown instead of rows, perhaps with a button."""

    icon: str
    title: str
    text: str = ""
    notice_action: NoticeAction | None = None


@dataclass(frozen=True, slots=True)
class HistoryState:
    """Rows, newest first, or a notice instead of them. `foot`: how many are not shown, if any.

    `chart`: None where there is nothing to draw.
    """

    filter: FilterBarState = field(default_factory=FilterBarState)
    cards: tuple[Card, ...] = ()
    rows: tuple[PaymentRow, ...] = ()
    foot: str = ""
    notice: Notice | None = None
    chart: ChartPanelState | None = None
