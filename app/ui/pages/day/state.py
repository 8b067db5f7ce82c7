"""What the day shows, as frozen values with ready texts."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.ids import PaymentId


@dataclass(frozen=True, slots=True)
class DayBarState:
    """The row above the figures. `day`: `2026-11-22`, for the calendar; days after `last` cannot be chosen.

    `closing`: when and by whom the day was closed; empty: it is not. `later`: what came after. `snapshot`, `live`: the
    words of the switch between stored and present figures, `shows_snapshot` which of them is on.
    """

    day: str = ""
    last: str = ""
    title: str = ""
    can_go_on: bool = False
    is_today: bool = True
    closing: str = ""
    later: str = ""
    snapshot: str = ""
    live: str = ""
    shows_snapshot: bool = False
    can_close: bool = False


@dataclass(frozen=True, slots=True)
class FigureCard:
    """A small label, a large figure, a note under it. `is_accented`: the figure that counts most."""

    label: str
    figure: str
    note: str = ""
    is_accented: bool = False


@dataclass(frozen=True, slots=True)
class StatusShare:
    """A status among the day's payments, in its tone."""

    word: str
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class HourBar:
    """`label`: `8:00`; `text`: the sum for people. `is_current`: the hour is not over yet."""

    label: str
    amount_minor: int
    text: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class FiguresTableState:
    """A small table: the first column is words, the others are figures. The last row is the total."""

    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class SideRow:
    """A payment that is open or needs attention. `tone` and `icon` as everywhere; `note`: number, time, person."""

    payment_id: PaymentId
    title: str
    note: str
    sum: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class SideListState:
    """`count`: how many there are; the rows are the newest of them. `more`: the link to the others, if any."""

    title: str = ""
    count: str = ""
    note: str = ""
    rows: tuple[SideRow, ...] = ()
    empty: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Shown instead of the figures."""

    icon: str
    title: str
    text: str = ""
    can_retry: bool = False


@dataclass(frozen=True, slots=True)
class DayState:
    bar: DayBarState = field(default_factory=DayBarState)
    cards: tuple[FigureCard, ...] = ()
    shares: tuple[StatusShare, ...] = ()
    hours: tuple[HourBar, ...] = ()
    hour_table: FiguresTableState = field(default_factory=FiguresTableState)
    people: FiguresTableState = field(default_factory=FiguresTableState)
    ways: FiguresTableState = field(default_factory=FiguresTableState)
    open: SideListState = field(default_factory=SideListState)
    attention: SideListState = field(default_factory=SideListState)
    notice: Notice | None = None
