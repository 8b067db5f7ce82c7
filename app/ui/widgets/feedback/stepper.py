"""The progress of a payment as a row of words: a tick before a completed step, a dash between steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.widgets.text.plain_text import set_description, set_tooltip

Steps = tuple[tuple[str, str], ...]

HEIGHT: Final = 24
ICON: Final = 14
ICON_GAP: Final = 6
DASH: Final = 12
DASH_GAP: Final = 8
SHORTEST_WORD: Final = 24
ICONS: Final = {"done": ("check", "paid"), "failed": ("cross", "failed")}
INKS: Final = {"current": "text", "failed": "failed"}
SIGNS: Final = {"done": "✓ ", "failed": "✗ ", "current": "● "}


def word_limit(widths: Sequence[float], room: float) -> float:
    """The width to which the longest words are cut so that all together fit into `room`."""
    left, limit = room, 0.0
    for index, width in enumerate(sorted(widths)):
        limit = left / (len(widths) - index)
        if width > limit:
            return limit
        left -= width
    return max(widths, default=0.0)


class Stepper(QWidget):
    """States of a step: "done", "current", "todo", "failed"."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._steps: Steps = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_steps(self, steps: Steps) -> None:
        """Show words with their states, in order."""
        self._steps = steps
        set_description(self, " — ".join(SIGNS.get(state, "") + word for word, state in steps))
        set_tooltip(self, self.accessibleDescription())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._fixed_width() + sum(self._word_widths()) + 1), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._fixed_width() + SHORTEST_WORD * len(self._steps)), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        widths = self._word_widths()
        limit = word_limit(widths, self.width() - self._fixed_width())
        taken = self._fixed_width() + sum(min(width, limit) for width in widths)
        left = max(0.0, (self.width() - taken) / 2)
        for index, ((word, state), width) in enumerate(zip(self._steps, widths, strict=True)):
            if index:
                left = self._paint_dash(painter, left)
            left = self._paint_icon(painter, left, state)
            room = QRectF(left, 0, min(width, limit), self.height())
            self._paint_word(painter, room, word, state)
            left = room.right()
        painter.end()

    def _paint_dash(self, painter: QPainter, left: float) -> float:
        painter.setPen(self._theme.colour("muted"))
        middle = self.height() // 2 + 0.5
        painter.drawLine(QPointF(left + DASH_GAP, middle), QPointF(left + DASH_GAP + DASH, middle))
        return left + DASH + 2 * DASH_GAP

    def _paint_icon(self, painter: QPainter, left: float, state: str) -> float:
        if state not in ICONS:
            return left
        pixmap = self._theme.pixmap(*ICONS[state], ICON, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(round(left), (self.height() - ICON) / 2), pixmap)
        return left + ICON + ICON_GAP

    def _paint_word(self, painter: QPainter, room: QRectF, word: str, state: str) -> None:
        painter.setFont(self._font(state))
        painter.setPen(self._theme.colour(INKS.get(state, "muted")))
        shown = QFontMetricsF(painter.font()).elidedText(word, Qt.TextElideMode.ElideRight, room.width() + 0.5)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip), shown)

    def _font(self, state: str) -> QFont:
        return self._theme.font("body", 600 if state == "current" else 400)

    def _word_widths(self) -> list[float]:
        return [QFontMetricsF(self._font(state)).horizontalAdvance(word) for word, state in self._steps]

    def _fixed_width(self) -> float:
        icons = sum(ICON + ICON_GAP for _, state in self._steps if state in ICONS)
        return icons + (DASH + 2 * DASH_GAP) * max(0, len(self._steps) - 1)
