"""A status pill: an icon and a word on a soft background. Painted by one function, also for table rows."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.widgets.text.plain_text import set_accessible_name

HEIGHT: Final = 26
PAD: Final = 10
ICON: Final = 14
GAP: Final = 6


def pill_font(theme: Theme) -> QFont:
    return theme.font("small", 600)


def pill_width(word: str, theme: Theme) -> int:
    """The width of a pill with this word, in logical pixels."""
    return PAD + ICON + GAP + round(QFontMetricsF(pill_font(theme)).horizontalAdvance(word) + 0.5) + PAD


def paint_pill(
    painter: QPainter,
    rect: QRectF,
    word: str,
    tone: str,
    icon: str,
    theme: Theme,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Paint a pill into `rect`, vertically centred, at its left or right edge; elided only if it does not fit."""
    width = min(pill_width(word, theme), rect.width())
    left = rect.right() - width if align & Qt.AlignmentFlag.AlignRight else rect.left()
    top = round(rect.center().y() - HEIGHT / 2)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(f"{tone}_ground"))
    painter.drawRoundedRect(QRectF(left, top, width, HEIGHT), HEIGHT / 2, HEIGHT / 2)
    pixmap = theme.pixmap(icon, tone, ICON, painter.device().devicePixelRatio())
    painter.drawPixmap(QPointF(left + PAD, top + (HEIGHT - ICON) / 2), pixmap)
    room = QRectF(left + PAD + ICON + GAP, top, max(0.0, width - 2 * PAD - ICON - GAP), HEIGHT)
    painter.setFont(pill_font(theme))
    painter.setPen(theme.colour(tone))
    shown = QFontMetricsF(painter.font()).elidedText(word, Qt.TextElideMode.ElideRight, room.width() + 1)
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip), shown)
    painter.restore()


class StatusPill(QWidget):
    """The pill as a widget; never narrower than its word."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._word = ""
        self._tone = "ended"
        self._icon = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_status(self, word: str, tone: str, icon: str) -> None:
        """Show a status; an empty word shows nothing."""
        self._word, self._tone, self._icon = word, tone, icon
        set_accessible_name(self, word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(pill_width(self._word, self._theme) if self._word else 0, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._word:
            painter = QPainter(self)
            paint_pill(painter, QRectF(self.rect()), self._word, self._tone, self._icon, self._theme)
            painter.end()
