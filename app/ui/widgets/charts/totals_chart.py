"""A chart of bars drawn with QPainter: the numbers of a bar are told under the pointer and by the keyboard. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.payment.chart_state import ChartBar, ChartState
from app.ui.theme import Theme
from app.ui.widgets.charts.chart_geometry import AXIS_GAP, FOOT, LABEL_GAP, ChartGeometry
from app.ui.widgets.charts.chart_tip import paint_tip
from app.ui.widgets.text.plain_text import set_accessible_name, set_description

LEAST: Final = QSize(160, 112)
BEST: Final = QSize(480, 144)
CORNER: Final = 4
RING: Final = 2
ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class TotalsChart(QWidget):
    """`key_requested` carries the key of a bar that was clicked, or entered with Enter or Space."""

    key_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = ChartState()
        self._pointer_x: float | None = None
        self._hovered: int | None = None
        self._current: int | None = None
        self._by_keyboard = False
        self._pressed: str | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_chart(self, state: ChartState) -> None:
        """Show bars; the one that the keyboard stands on stays the current one while its key is there."""
        if state == self._state:
            return
        current = self.current_bar()
        self._state = state
        self._current = None if current is None else self._place_of(current.key)
        if self._current is None and self.hasFocus():
            self._current = self._peak()
        self._hovered = None if self._pointer_x is None else self._geometry().place_at(self._pointer_x)
        self._tell()
        self.update()

    def current_bar(self) -> ChartBar | None:
        """Return the bar that the keyboard stands on."""
        return None if self._current is None else self._state.bars[self._current]

    def told_bar(self) -> ChartBar | None:
        """Return the bar whose numbers are told now: under the pointer, else the one that the keyboard went to."""
        place = self._told()
        return None if place is None else self._state.bars[place]

    def slot_of(self, key: str) -> QRect:
        """Return where a bar can be clicked; empty for an unknown key."""
        place = self._place_of(key)
        return QRect() if place is None else self._geometry().slot(place)

    def band_of(self, key: str) -> QRect:
        """Return what is marked of a bar under the pointer or the keyboard; empty for an unknown key."""
        place = self._place_of(key)
        return QRect() if place is None else self._geometry().band(place)

    def bar_of(self, key: str) -> QRect:
        """Return where a bar is drawn; empty for an unknown key."""
        place = self._place_of(key)
        return QRect() if place is None else self._geometry().bar(place, self._state.bars[place].value)

    def sizeHint(self) -> QSize:
        return BEST

    def minimumSizeHint(self) -> QSize:
        return LEAST

    # Input

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        self._pointer_x = event.position().x()
        self._hover(self._geometry().place_at(self._pointer_x))

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer_x = None
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        self._pressed = self._key_at(event) if event.button() == Qt.MouseButton.LeftButton else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The press and the release mean one bar, though the bars may have changed between them."""
        key, self._pressed = self._pressed, None
        if key is not None and self._key_at(event) == key:
            self._go_to(self._place_of(key))
            self.key_requested.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keyboard = True
        last = len(self._state.bars) - 1
        place = last if self._current is None else self._current
        steps = {
            Qt.Key.Key_Left: place - 1,
            Qt.Key.Key_Right: place + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if last >= 0 and event.key() in steps:
            self._go_to(max(0, min(last, steps[Qt.Key(event.key())])))
        elif last >= 0 and event.key() in ENTER:
            self.key_requested.emit(self._state.bars[place].key)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tab leads to the highest bar at first, a click to the bar that was clicked."""
        super().focusInEvent(event)
        self._by_keyboard = event.reason() != Qt.FocusReason.MouseFocusReason
        if self._current is None and self._by_keyboard:
            self._current = self._peak()
        self._tell()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._theme.font("small"))
        if not self._state.bars:
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(
                self.rect(), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._state.empty
            )
            painter.end()
            return
        geometry = self._geometry()
        self._paint_axis(painter, geometry)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bars(painter, geometry)
        self._paint_labels(painter, geometry)
        told = self._told()
        if told is not None:
            room = QRect(geometry.left, 0, max(0, self.width() - geometry.left), geometry.base)
            paint_tip(painter, self._theme, self._state.bars[told], self._state.hint, geometry.band(told), room)
        painter.end()

    def _paint_axis(self, painter: QPainter, geometry: ChartGeometry) -> None:
        middle = painter.fontMetrics().height() // 2
        for tick in self._state.ticks:
            y = geometry.y_of(tick.value)
            painter.fillRect(QRect(geometry.left, y, self.width(), 1), self._theme.colour("border"))
            painter.setPen(self._theme.colour("muted"))
            place = QRect(0, y - middle, geometry.left - AXIS_GAP, 2 * middle)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), tick.label)

    def _paint_bars(self, painter: QPainter, geometry: ChartGeometry) -> None:
        told, peak = self._told(), self._peak()
        for place, bar in enumerate(self._state.bars):
            if place == told:
                painter.fillRect(geometry.band(place), self._theme.colour("accent_tint"))
            box = geometry.bar(place, bar.value)
            if box.height() > 0:
                self._paint_bar(painter, box, bar, is_strong=place == (peak if told is None else told))
            if place == self._current and self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self._theme.colour("accent"), RING))
                painter.drawRoundedRect(geometry.band(place).adjusted(1, 1, -1, -1), CORNER, CORNER)

    def _paint_bar(self, painter: QPainter, box: QRect, bar: ChartBar, *, is_strong: bool) -> None:
        colour = self._theme.colour(bar.tone) if bar.tone else self._theme.colour("accent" if is_strong else "bar")
        painter.setPen(Qt.PenStyle.NoPen)
        if bar.is_current:
            painter.setPen(QPen(self._theme.colour("accent"), 1, Qt.PenStyle.DashLine))
            colour = colour if is_strong else QColor(self._theme.colour("accent_tint"))
        painter.setBrush(colour)
        painter.save()
        painter.setClipRect(box)  # round above, square where it stands on the line
        corner = min(CORNER, box.width() // 2, box.height())
        painter.drawRoundedRect(box.adjusted(0, 0, 0, corner), corner, corner)
        painter.restore()

    def _paint_labels(self, painter: QPainter, geometry: ChartGeometry) -> None:
        metrics, bars = painter.fontMetrics(), self._state.bars
        shares = (self.width() - geometry.left) // len(bars)
        is_worded = any(bar.tone for bar in bars)  # every status keeps its word, if need be a shortened one
        step = 1 if is_worded else geometry.label_step([metrics.horizontalAdvance(bar.label) for bar in bars])
        painter.setPen(self._theme.colour("muted"))
        free = geometry.left  # the first and the last label are moved inside, and may come near the next one
        for place in range(0, len(bars), step):
            label, slot = bars[place].label, geometry.slot(place)
            text = metrics.elidedText(label, Qt.TextElideMode.ElideMiddle, shares - 4) if is_worded else label
            width = metrics.horizontalAdvance(text)
            left = max(geometry.left, min(slot.center().x() - width // 2, self.width() - width))
            if left >= free:
                painter.drawText(QRect(left, geometry.base, width + 2, FOOT), int(Qt.AlignmentFlag.AlignVCenter), text)
                free = left + width + LABEL_GAP

    # Helpers

    def _geometry(self) -> ChartGeometry:
        metrics = QFontMetrics(self._theme.font("small"))
        axis = max((metrics.horizontalAdvance(tick.label) for tick in self._state.ticks), default=0)
        top = max((tick.value for tick in self._state.ticks), default=1)
        return ChartGeometry(self.width(), self.height(), axis + AXIS_GAP, len(self._state.bars), max(1, top))

    def _told(self) -> int | None:
        by_keyboard = self._current if self._by_keyboard and self.hasFocus() else None
        return by_keyboard if self._hovered is None else self._hovered

    def _peak(self) -> int | None:
        bars = self._state.bars
        return max(range(len(bars)), key=lambda place: bars[place].value, default=None)

    def _place_of(self, key: str) -> int | None:
        return next((place for place, bar in enumerate(self._state.bars) if bar.key == key), None)

    def _key_at(self, event: QMouseEvent) -> str | None:
        point = event.position().toPoint()
        place = self._geometry().place_at(point.x()) if self.rect().contains(point) else None
        return None if place is None else self._state.bars[place].key

    def _hover(self, place: int | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.setCursor(Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def _go_to(self, place: int | None) -> None:
        self._current, self._hovered = place, None
        self._tell()
        self.update()

    def _tell(self) -> None:
        """Name the chart, and the current bar with its numbers, for screen readers."""
        set_accessible_name(self, self._state.title)
        bar = self.current_bar()
        value = " · ".join(part for part in (bar.title, bar.figure, bar.note) if part) if bar else self._state.empty
        if value != self.accessibleDescription():
            set_description(self, value)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
