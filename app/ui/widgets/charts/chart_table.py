"""The numbers of a chart as a table, the total in its last row. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.domain.text.plain_text import one_line
from app.ui.payment.chart_state import ChartState
from app.ui.theme import Theme
from app.ui.widgets.text.plain_text import set_accessible_name

ROW: Final = 32
LEAST_ROWS: Final = 3
PAID: Final = 2
ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ChartTable(QTableWidget):
    """`key_requested` carries the key of a row that was double-clicked, or entered with Enter."""

    key_requested = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        """`name` is the accessible name."""
        super().__init__(parent)
        self._theme = theme
        self._state = ChartState()
        set_accessible_name(self, name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.horizontalHeader().setSectionsClickable(False)
        self.cellDoubleClicked.connect(self._request)

    def show_chart(self, state: ChartState) -> None:
        """Show the bars as rows; the current row keeps its key and the list its place."""
        if state == self._state:
            return
        key, place = self._key(self.currentRow()), self.verticalScrollBar().value()
        self._state = state
        rows = [(bar.title, *bar.cells) for bar in state.bars] + ([state.total] if state.total else [])
        self.setColumnCount(len(state.head))
        self.setHorizontalHeaderLabels([one_line(word) for word in state.head])
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                self.setItem(row, column, self._item(text, column, is_total=row == len(state.bars)))
        self._fit_columns()
        self._go_back_to(key)
        self.verticalScrollBar().setValue(place)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.horizontalHeader().sizeHint().height() + LEAST_ROWS * ROW)

    def whole_width(self) -> int:
        """Return the width in pixels at which no cell is shortened."""
        columns = (self._needed(column) for column in range(self.columnCount()))
        return sum(columns) + self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the column of paid ones is left out rather than the names."""
        super().resizeEvent(event)
        if self.columnCount() > PAID:
            self.setColumnHidden(PAID, self.width() < self.whole_width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self._request(self.currentRow())
        else:
            super().keyPressEvent(event)

    def _item(self, text: str, column: int, *, is_total: bool) -> QTableWidgetItem:
        item = QTableWidgetItem(one_line(text))
        side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
        item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        if is_total:
            item.setFont(self._theme.font("body", 600))
        return item

    def _fit_columns(self) -> None:
        header = self.horizontalHeader()
        for column in range(self.columnCount()):
            mode = QHeaderView.ResizeMode.ResizeToContents if column else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(column, mode)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            head = self.horizontalHeaderItem(column)
            if head is not None:
                head.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    def _needed(self, column: int) -> int:
        return max(self.sizeHintForColumn(column), self.horizontalHeader().sectionSizeHint(column))

    def _go_back_to(self, key: str | None) -> None:
        keys = [bar.key for bar in self._state.bars]
        if key in keys:
            self.setCurrentCell(keys.index(key), 0)
        else:
            self.setCurrentCell(-1, -1)

    def _key(self, row: int) -> str | None:
        return self._state.bars[row].key if 0 <= row < len(self._state.bars) else None

    def _request(self, row: int, _column: int = 0) -> None:
        """The total is no bar."""
        key = self._key(row)
        if key is not None:
            self.key_requested.emit(key)
