"""The names of the columns, aligned with the cells."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from app.ui.tables.payments_delegate import cell_room
from app.ui.tables.payments_model import SIDES, VERTICAL_CENTRE, PaymentsModel
from app.ui.theme import Theme

HEIGHT: Final = 36


class PaymentsHeader(QHeaderView):
    """Names only: no dragging and no sorting; `sortable_header.py` adds these."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setSectionsClickable(False)
        self.setSectionsMovable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(1)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setFrameShape(QHeaderView.Shape.NoFrame)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Continue the bottom line where there is no column."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), self._theme.colour("border"))
        painter.end()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        model = self.model()
        if not isinstance(model, PaymentsModel) or not rect.isValid():
            return
        align = SIDES[model.columns[section].align] | VERTICAL_CENTRE
        painter.save()
        painter.setFont(self._theme.font("small", 600))
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(cell_room(rect, model, section), align, self.word(section))
        painter.restore()

    def word(self, section: int) -> str:
        """Return the text of a column's name."""
        return str(self.model().headerData(section, self.orientation()))
