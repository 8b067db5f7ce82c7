"""The square in which the QR code and, later, the big tick stand: as large as the room allows, in the middle."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.theme.tokens import RADIUS_CARD

MIN_SIDE: Final = 240
PREFERRED_SIDE: Final = 352  # version 6 at 7 px with its quiet zone is 343: what is left keeps the corners round


class SquareBox(QWidget):
    """Knows its square; what stands inside is for the subclass to paint."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setMinimumSize(MIN_SIDE, MIN_SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(PREFERRED_SIDE, PREFERRED_SIDE)

    def box(self) -> QRectF:
        """The square in logical pixels; its corners lie on whole ones."""
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) // 2, (self.height() - side) // 2, side, side)

    def paint_box(self, painter: QPainter, ground: QColor, border: QColor, radius: float = RADIUS_CARD) -> None:
        """The ground of the box with a thin border inside its edges."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(border, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(self.box().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
