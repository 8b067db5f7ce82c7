"""The day by hours: a chart, and the same numbers as a table. Passive."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.day.state import FiguresTableState, HourBar
from app.ui.pages.day.widgets.figures_table import FiguresTable
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.charts.bar_chart import BarChart
from app.ui.widgets.controls.buttons import button
from app.ui.widgets.feedback.empty_state import EmptyState
from app.ui.widgets.text.plain_text import PlainLabel


class HoursCard(QFrame):
    """A button changes between chart and table."""

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, card=True)
        title = texts.say("By hours")
        self.chart = BarChart(theme, title)
        self.table = FiguresTable(theme, title, grows=False)
        self._empty = EmptyState(theme)
        self._empty.show_content("empty_box", texts.say("No money came on this day"), "")
        self.as_table = button(theme, texts.say("As a table"), "chip")
        self.as_table.setCheckable(True)
        self.as_table.toggled.connect(self._show_part)
        self._unit = mark(PlainLabel(texts.say("received, ₴")), role="small")
        self._stack = QStackedWidget()
        for part in (self.chart, self.table, self._empty):
            self._stack.addWidget(part)
        self._has_hours = False
        self._build_layout(title)

    def _build_layout(self, title: str) -> None:
        head = QHBoxLayout()
        head.addWidget(mark(PlainLabel(title), role="heading"), 1)
        head.addWidget(self._unit)
        head.addWidget(self.as_table)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.L, tokens.S, tokens.L, tokens.S)
        column.setSpacing(tokens.XS)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

    def show_hours(self, bars: Sequence[HourBar], table: FiguresTableState) -> None:
        """Show the hours of a day, none for a day without money."""
        self.chart.show_bars(bars)
        self.table.show_table(table)
        self._has_hours = bool(bars)
        self.as_table.setVisible(self._has_hours)
        self._unit.setVisible(self._has_hours)
        self._show_part()

    def _show_part(self) -> None:
        part = self.table if self.as_table.isChecked() else self.chart
        self._stack.setCurrentWidget(part if self._has_hours else self._empty)
