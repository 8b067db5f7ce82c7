"""The chart above the history on its card, its numbers as a table, and the switches between them. Passive."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.history.state import ChartChoice, ChartPanelState
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.charts.chart_table import ChartTable
from app.ui.widgets.charts.totals_chart import TotalsChart
from app.ui.widgets.controls.buttons import button
from app.ui.widgets.text.elided_label import ElidedLabel
from app.ui.widgets.text.plain_text import set_accessible_name

HIGH: Final = 640
"""The least height of the page, in pixels, at which there is room for the chart above the list."""
BODY: Final = 140
TABLE_BODY: Final = 196
CHART_WIDTH: Final = 360
"""The least width that the table leaves to the chart beside it; else it stands in its place."""


class ChartPanel(QFrame):
    """`bar_requested` carries a bar's key, `arranged` a ChartChoice."""

    bar_requested = Signal(str)
    arranged = Signal(object)

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, card=True)
        self._state: ChartPanelState | None = None
        self._has_room = True
        self.fold = button(theme, "", "quiet", "chevron_down")
        self.unit = mark(ElidedLabel(), role="small")
        self.by_status = button(theme, texts.say("By status"), "chip")
        self.as_table = button(theme, texts.say("Table"), "chip")
        self.chart = TotalsChart(theme)
        self.table = ChartTable(theme, texts.say("The numbers of the chart"))
        self.body = QWidget()
        self._build_layout()
        self._connect_signals()
        self.hide()

    def _build_layout(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(tokens.S)
        head.addWidget(self.fold)
        head.addWidget(self.unit, 1)
        for chip in (self.by_status, self.as_table):
            chip.setCheckable(True)
            head.addWidget(chip)
        body = QHBoxLayout(self.body)
        body.setContentsMargins(tokens.S, 0, 0, 0)
        body.setSpacing(tokens.L)
        body.addWidget(self.chart, 1)
        body.addWidget(self.table, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.S, tokens.XS, tokens.M, tokens.XS)
        column.setSpacing(tokens.XS)
        column.addLayout(head)
        column.addWidget(self.body)

    def _connect_signals(self) -> None:
        self.fold.clicked.connect(lambda: self._arrange(is_open=not self._choice().is_open))
        self.by_status.clicked.connect(lambda on: self._arrange(by_status=on))
        self.as_table.clicked.connect(lambda on: self._arrange(as_table=on))
        self.chart.key_requested.connect(self.bar_requested)
        self.table.key_requested.connect(self.bar_requested)

    def show_panel(self, state: ChartPanelState | None) -> None:
        """Show the chart; None: there is nothing to draw, and the list has its room."""
        self._state = state
        if state is not None:
            self.fold.setText(state.chart.title)
            self.fold.show_icon("chevron_down" if state.choice.is_open else "chevron_right")
            set_accessible_name(self.fold, state.chart.title)
            self.unit.show_text(state.chart.unit)
            self.by_status.setChecked(state.choice.by_status)
            self.as_table.setChecked(state.choice.as_table)
            self.chart.show_chart(state.chart)
            self.table.show_chart(state.chart)
        self._arrange_parts()

    def use_room(self, room: QSize) -> None:
        """Leave the chart out of a page that is too low for it and some rows of the list."""
        self._has_room = room.height() >= HIGH
        self._arrange_parts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange_parts()

    def _arrange_parts(self) -> None:
        choice = self._choice()
        self.setVisible(self._state is not None and self._has_room)
        for part in (self.body, self.by_status, self.as_table):
            part.setVisible(choice.is_open)
        self.body.setFixedHeight(TABLE_BODY if choice.as_table else BODY)
        whole = self.table.whole_width()
        has_both = self.width() >= whole + CHART_WIDTH
        self.table.setMinimumWidth(whole if has_both else 0)
        self.table.setVisible(choice.as_table)
        self.chart.setVisible(not choice.as_table or has_both)

    def _choice(self) -> ChartChoice:
        return self._state.choice if self._state else ChartChoice()

    def _arrange(self, **changed: bool) -> None:
        self.arranged.emit(replace(self._choice(), **changed))
