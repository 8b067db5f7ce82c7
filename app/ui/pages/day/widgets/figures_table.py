"""A small table of figures on its card, as high as its rows; the last row is the total. Passive."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from app.domain.text.plain_text import one_line
from app.ui.pages.day.state import FiguresTableState
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.text.plain_text import PlainLabel, set_accessible_name

ROW: Final = 40
HEADER: Final = 38
MOST_ROWS: Final = 12
LEAST: Final = 60
Index = QModelIndex | QPersistentModelIndex


class FiguresModel(QAbstractTableModel):
    """The texts of a FiguresTableState."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = FiguresTableState()

    def show_table(self, state: FiguresTableState) -> None:
        if state != self._state:
            self.beginResetModel()
            self._state = state
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._state.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._state.head)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(self._state.rows[index.row()][index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.FontRole and index.row() == len(self._state.rows) - 1:
            return self._theme.font("body", 600)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._state.head):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._state.head[section]
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


class FiguresTable(QTableView):
    """Read only; the first column takes the spare width."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None, *, grows: bool = True) -> None:
        """`grows`: it is as high as its rows; else it scrolls in the room that it is given."""
        super().__init__(parent)
        self._grows = grows
        self._figures = FiguresModel(theme, self)
        self.setModel(self._figures)
        self.setShowGrid(False)
        self.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.horizontalHeader().setMinimumSectionSize(LEAST)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setMinimumSectionSize(ROW)
        self.horizontalHeader().setHighlightSections(False)
        set_accessible_name(self, name)

    def show_table(self, state: FiguresTableState) -> None:
        self._figures.show_table(state)
        header = self.horizontalHeader()
        for column in range(len(state.head)):
            mode = QHeaderView.ResizeMode.Stretch if column == 0 else QHeaderView.ResizeMode.ResizeToContents
            header.setSectionResizeMode(column, mode)
        if self._grows:
            self.setFixedHeight(HEADER + ROW * min(MOST_ROWS, max(1, len(state.rows))) + 6)


class FiguresCard(QFrame):
    """A title and a table."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, card=True)
        self.table = FiguresTable(theme, title)
        head = QHBoxLayout()
        head.setContentsMargins(tokens.L + 2, tokens.M, tokens.L, 0)
        head.addWidget(mark(PlainLabel(title), role="heading"))
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, tokens.S)
        column.setSpacing(tokens.XS)
        column.addLayout(head)
        column.addWidget(self.table)
        column.addStretch(1)
