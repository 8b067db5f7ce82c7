"""The square for the QR code and, later, the big tick: as large as the space allows, centred."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.theme.tokens import RADIUS_CARD

MIN_SIDE: Final = 240
PREFERRED_SIDE: Final = 352  # version 6 at 7 px with its quiet zone is 343; the rest leaves space for round corners


class SquareBox(QWidget):
    """Computes its square; the subclass paints the content."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setMinimumSize(MIN_SIDE, MIN_SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(PREFERRED_SIDE, PREFERRED_SIDE)

    def box(self) -> QRectF:
        """The square in logical pixels; its corners have integer coordinates."""
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) // 2, (self.height() - side) // 2, side, side)

    def paint_box(self, painter: QPainter, ground: QColor, border: QColor, radius: float = RADIUS_CARD) -> None:
        """Paint the background of the box with a thin border inside its edges."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(border, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(self.box().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
