"""A bar chart of sums over time, drawn with QPainter; the same numbers stand in a table beside it. Passive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.i18n.formats import amount_text
from app.ui.theme import Theme
from app.ui.widgets.text.plain_text import set_accessible_name, set_description

FOOT: Final = 24.0
HEAD: Final = 22.0
GAP: Final = 0.35  # of a bar's room
WIDEST: Final = 48.0
ROUND: Final = 4.0
STEPS: Final = (1, 2, 5)
LINES: Final = 3
HEIGHT: Final = QSize(320, 168)


class Bar(Protocol):
    """`amount_minor`: kopecks, `text`: the same for people. `is_current`: still growing."""

    @property
    def label(self) -> str: ...

    @property
    def amount_minor(self) -> int: ...

    @property
    def text(self) -> str: ...

    @property
    def is_current(self) -> bool: ...


def scale_step(most: int) -> int:
    """Return the distance of the grid's lines in kopecks: 1, 2 or 5 times a power of ten hryvnias, at most LINES."""
    power = 100
    while True:
        for step in STEPS:
            if most <= step * power * LINES:
                return step * power
        power *= 10


class BarChart(QWidget):
    """`hovered` carries the place of the bar under the pointer, -1 without one. The peak is told without it."""

    hovered = Signal(int)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: tuple[Bar, ...] = ()
        self._hovered = -1
        set_accessible_name(self, name)
        self.setMouseTracking(True)
        self.setMinimumSize(HEIGHT)
        theme.changed.connect(self.update)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show sums from left to right."""
        self._bars = tuple(bars)
        self._hovered = -1
        set_description(self, "; ".join(f"{bar.label} {bar.text}" for bar in self._bars))
        self.update()

    def told(self) -> int:
        """Return the place of the bar whose number is shown: the one under the pointer, else the peak; -1 for none."""
        if self._hovered >= 0 or not self._bars:
            return self._hovered
        peak = max(range(len(self._bars)), key=lambda place: self._bars[place].amount_minor)
        return peak if self._bars[peak].amount_minor > 0 else -1

    def bar_at(self, x: float) -> int:
        """Return the place of the bar whose room a point lies in; -1 outside."""
        if not self._bars:
            return -1
        place = int((x - self._left()) // self._room())
        return place if 0 <= place < len(self._bars) and x >= self._left() else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.bar_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)

    def _hover(self, place: int) -> None:
        if place != self._hovered:
            self._hovered = place
            self.hovered.emit(place)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font("small"))
        self._paint_grid(painter)
        for place in range(len(self._bars)):
            self._paint_bar(painter, place)
        if (told := self.told()) >= 0:
            self._paint_number(painter, told)
        painter.end()

    # Geometry

    def _most(self) -> int:
        return max((bar.amount_minor for bar in self._bars), default=0)

    def _left(self) -> float:
        return QFontMetricsF(self._theme.font("small")).horizontalAdvance(_whole(self._most())) + 12.0

    def _room(self) -> float:
        return max(1.0, (self.width() - self._left()) / max(1, len(self._bars)))

    def _height_of(self, amount_minor: int) -> float:
        full = max(1.0, self.height() - FOOT - HEAD)
        return full * max(0, amount_minor) / max(1, self._most())

    def _bar_box(self, place: int) -> QRectF:
        width = min(WIDEST, self._room() * (1 - GAP))
        left = self._left() + self._room() * place + (self._room() - width) / 2
        height = self._height_of(self._bars[place].amount_minor)
        return QRectF(left, self.height() - FOOT - height, width, height)

    # Painting

    def _paint_grid(self, painter: QPainter) -> None:
        ground = self.height() - FOOT
        step = scale_step(self._most())
        for at in range(0, self._most() + 1, step):
            y = round(ground - self._height_of(at)) + 0.5
            painter.setPen(self._theme.colour("border"))
            painter.drawLine(QPointF(self._left(), y), QPointF(self.width(), y))
            if at:
                painter.setPen(self._theme.colour("muted"))
                box = QRectF(0, y - 10, self._left() - 8, 20)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _whole(at))

    def _paint_bar(self, painter: QPainter, place: int) -> None:
        bar, box = self._bars[place], self._bar_box(place)
        accent = self._theme.colour("accent")
        is_told = place == self.told()
        fill = accent if is_told else self._theme.colour("bar")
        painter.setPen(Qt.PenStyle.NoPen)
        if bar.is_current:
            painter.setPen(QPen(accent, 1, Qt.PenStyle.DashLine))
            fill = QColor(fill)
            fill.setAlphaF(1.0 if is_told else 0.35)
        painter.setBrush(fill)
        if box.height() > 0:
            painter.drawRoundedRect(box, min(ROUND, box.height() / 2), min(ROUND, box.height() / 2))
        if place % self._every() == 0:
            painter.setPen(self._theme.colour("muted"))
            room = QRectF(box.center().x() - 40, self.height() - FOOT + 4, 80, FOOT - 4)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, bar.label)

    def _every(self) -> int:
        """Return which label is drawn, so that none covers its neighbour: every first, second, ..."""
        widest = max(QFontMetricsF(self._theme.font("small")).horizontalAdvance(bar.label) for bar in self._bars)
        return max(1, int((widest + 8) // self._room()) + 1) if widest + 8 > self._room() else 1

    def _paint_number(self, painter: QPainter, place: int) -> None:
        bar, box = self._bars[place], self._bar_box(place)
        font = self._theme.font("small", 600)
        painter.setFont(font)
        painter.setPen(self._theme.colour("text"))
        width = QFontMetricsF(font).horizontalAdvance(bar.text) + 8
        left = min(max(0.0, box.center().x() - width / 2), self.width() - width)
        painter.drawText(QRectF(left, box.top() - HEAD, width, HEAD - 2), Qt.AlignmentFlag.AlignCenter, bar.text)


def _whole(minor: int) -> str:
    """Return `2 000` for 200000 kopecks: what stands at a line of the grid."""
    return amount_text(minor).partition(",")[0]
