"""What the history shows, as frozen values with ready texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.ui.payment.chart_state import ChartState
from app.ui.payment.display import PaymentRow
from app.ui.payment.row_window import RowWindow
from app.ui.payment.table_choices import TableChoices


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of a chip's menu. `key` is what the view emits."""

    key: str
    word: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class MenuChip:
    """A chip with a menu. `is_active`: it filters the list, is highlighted, and can be taken away."""

    word: str = ""
    is_active: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class RangeState:
    """The dialog of a custom range is open, on these days: `2026-11-21`, both inclusive."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class SumsState:
    """The dialog of the sums is open on these texts. `wrong`: `least` or `most`, whose problem is told."""

    least: str = ""
    most: str = ""
    problem: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class SearchChip:
    """A part of what was searched for, and how it was understood."""

    word: str
    meaning: str


@dataclass(frozen=True, slots=True)
class FilterBarState:
    """The row above the list. `person` has no choices while nobody is known by name."""

    search: str = ""
    words: tuple[SearchChip, ...] = ()
    period: MenuChip = field(default_factory=MenuChip)
    status: MenuChip = field(default_factory=MenuChip)
    person: MenuChip = field(default_factory=MenuChip)
    confirmed: MenuChip = field(default_factory=MenuChip)
    sums: MenuChip = field(default_factory=MenuChip)
    attention: str = ""
    attention_on: bool = False
    can_clear: bool = False
    custom_range: RangeState | None = None
    sums_dialog: SumsState | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A total of the filter's payments: a small label and a large figure, perhaps another total below it."""

    label: str
    figure: str
    remark: str = ""


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
class ExactState:
    """The payment whose number was searched for, above the list. `remark`: what a person must know about it."""

    title: str
    row: PaymentRow
    remark: str = ""


@dataclass(frozen=True, slots=True)
class HistoryState:
    """Rows, or a notice instead of them. `chart`: None where there is nothing to draw."""

    filter: FilterBarState = field(default_factory=FilterBarState)
    cards: tuple[Card, ...] = ()
    exact: ExactState | None = None
    choices: TableChoices = field(default_factory=TableChoices)
    rows: RowWindow = field(default_factory=RowWindow)
    notice: Notice | None = None
    chart: ChartPanelState | None = None
