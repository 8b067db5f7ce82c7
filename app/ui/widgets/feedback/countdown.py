"""The time left of a link, updated once a second while it is visible."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.text.plain_text import without_controls
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.widgets.text.plain_text import PlainLabel

SECOND_MS: Final = 1000
INKS: Final = ("muted", "text", "muted")
"""The text before the time, the time, the text after it."""


def time_left(milliseconds: int) -> str:
    """ "14:32", "0:05", "1:02:03"; a started second counts."""
    seconds = max(0, -(-milliseconds // SECOND_MS))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


class Countdown(PlainLabel):
    """`expired` comes once for a deadline: when it passes, or when next shown if it passed while hidden."""

    expired = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, now: Callable[[], float] = time.time) -> None:
        super().__init__(parent=parent)
        self._theme = theme
        self._now = now
        self._deadline_ms: int | None = None
        self._expired_emitted = False
        self._template = ""
        self._parts = ("", "", "")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        mark(self, role="muted")
        theme.changed.connect(self.update)

    def count_to(self, deadline_ms: int | None, template: str) -> None:
        """Count down to a time (milliseconds since the epoch); None: nothing shown.

        The last `{left}` in the template is the time: an earlier one may come from text written by others.
        """
        if deadline_ms != self._deadline_ms:
            self._expired_emitted = False
        self._deadline_ms, self._template = deadline_ms, template
        self._write()
        self._schedule()

    def plain_text(self) -> str:
        """The text as a person reads it."""
        return self.text()

    def sizeHint(self) -> QSize:
        return QSize(round(sum(self._widths()) + 1), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words in a muted colour and the time bold."""
        painter, widths = QPainter(self), self._widths()
        room = QRectF(self.contentsRect())
        if self.alignment() & Qt.AlignmentFlag.AlignHCenter:
            room.setLeft(room.left() + max(0.0, (room.width() - sum(widths)) / 2))
        for part, width, font, ink in zip(self._parts, widths, self._fonts(), INKS, strict=True):
            painter.setFont(font)
            painter.setPen(self._theme.colour(ink))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip), part)
            room.setLeft(room.left() + width)
        painter.end()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._write()
        self._schedule()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _left_ms(self) -> int:
        return (self._deadline_ms or 0) - int(self._now() * SECOND_MS)

    def _on_tick(self) -> None:
        self._write()
        if self._left_ms() <= 0 and not self._expired_emitted:
            self._expired_emitted = True
            self.expired.emit()
        self._schedule()

    def _schedule(self) -> None:
        """Start the timer for the end of the shown second; `expired` comes from the event loop, never from a setter."""
        self._timer.stop()
        if self._deadline_ms is None or self._expired_emitted or not self.isVisible():
            return
        left = self._left_ms()
        self._timer.start(left % SECOND_MS or SECOND_MS if left > 0 else 0)

    def _write(self) -> None:
        self._parts = ("", "", "")
        if self._deadline_ms is not None:
            before, found, after = without_controls(self._template).rpartition("{left}")
            self._parts = (before, time_left(self._left_ms()) if found else "", after)
        self.setText("".join(self._parts))
        self.updateGeometry()

    def _fonts(self) -> tuple[QFont, QFont, QFont]:
        plain, strong = self.font(), QFont(self.font())
        strong.setWeight(QFont.Weight.DemiBold)
        return plain, strong, plain

    def _widths(self) -> list[float]:
        shown = zip(self._fonts(), self._parts, strict=True)
        return [QFontMetricsF(font).horizontalAdvance(part) for font, part in shown]
