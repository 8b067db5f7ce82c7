"""The columns of a table of payments as data, and how they share the width available. No Qt.

To add a column: 1. its key and word here; 2. what it shows in `cell_text`; 3. its colour in `payments_delegate.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.text.plain_text import one_line
from app.i18n.marks import _
from app.ui.payment.display import PaymentRow
from app.ui.widgets.feedback.countdown import time_left

UNKNOWN: Final = "—"


@dataclass(frozen=True, slots=True)
class Column:
    """Widths in logical pixels: `width` is preferred, `compact_width` still fits usual values (0: same as `width`).

    `drop_order`: if that does not fit, the highest is hidden first; 0 is never hidden. `min_width`: for order 0.
    One column of a table `stretches`. `hidden_if_empty`: hidden while no row has a text in it.
    """

    key: str
    word: str
    width: int
    align: str = "left"
    compact_width: int = 0
    drop_order: int = 0
    min_width: int = 0
    stretches: bool = False
    hidden_if_empty: bool = False

    @property
    def narrow(self) -> int:
        return self.compact_width or self.width


TIME: Final = Column("time", _("Time"), 66)
DATE_TIME: Final = Column("moment", _("Time"), 128, compact_width=108)
NUMBER: Final = Column("number", _("No."), 76, compact_width=64)
PURPOSE: Final = Column("purpose", _("Purpose"), 240, compact_width=140, drop_order=1, stretches=True)
SUM: Final = Column("sum", _("Sum"), 120, align="right", compact_width=108)
STATUS: Final = Column("status", _("Status"), 234, compact_width=220, min_width=120)
LEFT: Final = Column("left", _("Left"), 76, drop_order=2)
CASHIER: Final = Column("cashier", _("Cashier"), 96, compact_width=84, drop_order=3, hidden_if_empty=True)
CONFIRMED: Final = Column("confirmed", _("Confirmed"), 136, compact_width=116, drop_order=4)

HISTORY_COLUMNS: Final = (DATE_TIME, NUMBER, PURPOSE, SUM, STATUS, CASHIER, CONFIRMED)
LIVE_COLUMNS: Final = (DATE_TIME, NUMBER, PURPOSE, SUM, STATUS, LEFT, CASHIER, CONFIRMED)


def fitted(columns: Sequence[Column], room: int) -> tuple[int, ...]:
    """Return the width of every column, 0 for hidden ones; together they fill `room` if they can."""
    stay = list(columns)
    while sum(column.narrow for column in stay) > room and any(column.drop_order for column in stay):
        stay.remove(max(stay, key=lambda column: column.drop_order))
    widths = {column.key: column.narrow for column in stay}
    spare = room - sum(widths.values())
    for column in stay:
        most = column.width if spare > 0 else (column.min_width or column.narrow)
        change = min(spare, most - column.narrow) if spare > 0 else max(spare, most - column.narrow)
        widths[column.key] += change
        spare -= change
    if spare > 0:
        taker = next((column for column in stay if column.stretches), stay[-1])
        widths[taker.key] += spare
    return tuple(widths.get(column.key, 0) for column in columns)


def least_room(columns: Sequence[Column]) -> int:
    """Return the width in which no column is cut when all that may be hidden are."""
    return sum(column.min_width or column.narrow for column in columns if not column.drop_order)


def cell_text(row: PaymentRow, key: str, now_ms: int) -> str:
    """Return a cell's text; `now_ms` is the current time for countdowns."""
    match key:
        case "moment":
            return f"{row.day} {row.time}".strip()
        case "status":
            return row.status.word
        case "left":
            return "" if row.deadline_ms is None else time_left(row.deadline_ms - now_ms)
        case "cashier" | "confirmed":
            return one_line(str(getattr(row, key))) or UNKNOWN
        case _:
            return one_line(str(getattr(row, key)))
