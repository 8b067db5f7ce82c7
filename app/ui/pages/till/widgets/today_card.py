"""The last payments of the day under the sale form; a click makes one the current payment. Passive."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.till.state import TodayList
from app.ui.tables.columns import NUMBER, PURPOSE, STATUS, SUM, TIME
from app.ui.tables.payments_delegate import ROW_HEIGHT
from app.ui.tables.payments_table import PaymentsTable
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.feedback.empty_state import EmptyState
from app.ui.widgets.text.plain_text import PlainLabel

COLUMNS: Final = (
    replace(TIME, drop_order=1),
    replace(NUMBER, width=88, compact_width=80),
    replace(PURPOSE, width=120, compact_width=100, drop_order=2),
    replace(SUM, width=120, compact_width=100),
    replace(STATUS, width=240, compact_width=240),
)
"""In a small window the purpose is dropped, then the time: the word of the status must be read."""
LEAST_ROWS: Final = 3
COMPACT_PAD: Final = 6
PAD: Final = 18
"""The same margin as the rows have at their ends."""


class TodayCard(QFrame):
    """`payment_requested` carries the id of the chosen row."""

    payment_requested = Signal(str)

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, card=True)
        self._theme = theme
        self._texts = texts
        self._build_head()
        self._build_list()
        self._build_layout()

    def _build_head(self) -> None:
        self._title = mark(PlainLabel(self._texts.say("Today")), role="strong")
        self._count = mark(PlainLabel(), role="strong")
        self._sum = mark(PlainLabel(), role="muted")
        self._head = QHBoxLayout()
        self.show_compact(False)

    def _build_list(self) -> None:
        self.table = PaymentsTable(self._theme, self._texts, COLUMNS, self._texts.say("The last payments of today"))
        self.table.horizontalHeader().hide()
        self.table.row_requested.connect(self.payment_requested)
        self._empty = EmptyState(self._theme)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        self._stack.setMinimumHeight(LEAST_ROWS * ROW_HEIGHT)

    def _build_layout(self) -> None:
        head = self._head
        head.setSpacing(tokens.XS)
        head.addWidget(self._title, 1)
        head.addWidget(self._count)
        head.addWidget(self._sum)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 1, 1)
        column.setSpacing(0)
        line = mark(QFrame(), line=True)
        line.setFixedHeight(1)
        column.addLayout(head)
        column.addWidget(line)
        column.addWidget(self._stack, 1)

    def show_compact(self, compact: bool) -> None:
        """Use less room around the head, where there is little height."""
        high = COMPACT_PAD if compact else tokens.M
        self._head.setContentsMargins(PAD, high, PAD, high)

    def least_height(self, *, compact: bool) -> int:
        """The height at which three rows are seen, in pixels."""
        more = (COMPACT_PAD if compact else tokens.M) - self._head.contentsMargins().top()
        return self._column.totalMinimumSize().height() + 2 * more

    def show_state(self, today: TodayList) -> None:
        say = self._texts.say
        self._count.setText(today.count)
        self._sum.setText(f"· {today.sum}" if today.sum else "")
        self.table.show_rows(today.rows)
        self._stack.setCurrentWidget(self.table if today.rows else self._empty)
        if today.problem is not None:
            self._empty.show_content("warning", say("Today's payments cannot be read"), today.problem)
        elif today.loading:
            self._empty.show_content("clock", say("Reading today's payments…"), "")
        elif not today.rows:
            self._empty.show_content("empty_box", say("No payments today yet"), "")
