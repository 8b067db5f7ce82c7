"""The health of a component: a small mark and a word at the foot of the rail. Clickable."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QStylePainter, QWidget

from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import XS
from app.ui.widgets.controls.buttons import paint_background
from app.ui.widgets.text.plain_text import PlainButton, set_accessible_name, set_description, set_tooltip
from app.ui.widgets.text.type_fit import fitted_font

HEIGHT: Final = 28
ROOM: Final = 10
DOT: Final = 8
TRIANGLE: Final = ((0.0, -4.0), (4.0, 3.0), (-4.0, 3.0))
GAP: Final = 5
BORDER: Final = 2
WORD_SIZES: Final = (11, 10)
ALARMS: Final = ("failed", "attention")


class HealthChip(PlainButton):
    """Working: a full dot; pending: a ring; failed: a triangle and a coloured word. Shape and colour agree."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._theme = theme
        self._tone = "ended"
        mark(self, kind="quiet")
        self.setStyleSheet("QPushButton { min-height: 0; padding: 0; }")  # an indicator first, rarely pressed
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        theme.changed.connect(self.update)

    def show_health(self, word: str, tone: str, tooltip: str) -> None:
        """Show the component's name, its health (a tone) and the details as a text."""
        self._tone = tone
        self.setText(word)
        set_tooltip(self, tooltip)
        set_accessible_name(self, word)
        set_description(self, tooltip)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return self._size_with(WORD_SIZES[0])

    def minimumSizeHint(self) -> QSize:
        return self._size_with(WORD_SIZES[-1])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        paint_background(self, painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_mark(painter)
        left = XS + ROOM + GAP
        room = QRectF(left, 0, self.width() - left - BORDER, self.height())
        font = self._theme.font("small")
        painter.setFont(fitted_font(font, self.text(), room.width(), WORD_SIZES))
        painter.setPen(self._theme.colour(self._tone if self._tone in ALARMS else "muted"))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip), self.text())
        painter.end()

    def _size_with(self, word_px: int) -> QSize:
        font = self._theme.font("small")
        font.setPixelSize(word_px)
        word = QFontMetrics(font).horizontalAdvance(self.text())
        return QSize(XS + ROOM + GAP + word + 1 + BORDER, HEIGHT)

    def _paint_mark(self, painter: QPainter) -> None:
        ink = self._theme.colour(self._tone)
        middle = QPointF(XS + ROOM / 2, self.height() / 2)
        if self._tone in ALARMS:
            painter.setPen(QPen(ink, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            painter.setBrush(ink)
            painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in TRIANGLE]))
            return
        full = self._tone == "paid"
        painter.setPen(Qt.PenStyle.NoPen if full else QPen(ink, 2))
        painter.setBrush(ink if full else Qt.BrushStyle.NoBrush)
        radius = DOT / 2 if full else DOT / 2 - 1
        painter.drawEllipse(middle, radius, radius)
