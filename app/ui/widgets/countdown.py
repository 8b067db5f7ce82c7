"""How long a link still lives, once a second, while somebody can see it."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.theme import Theme
from app.ui.theme.marks import mark

SECOND_MS: Final = 1000


def time_left(milliseconds: int) -> str:
    """ "14:32", "0:05", "1:02:03"; a second that has begun counts."""
    seconds = max(0, -(-milliseconds // SECOND_MS))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


class Countdown(QLabel):
    """`ran_out` comes once for a deadline: when it passes, or at the next sight of it if it passed unseen."""

    ran_out = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, now: Callable[[], float] = time.time) -> None:
        super().__init__(parent)
        self._theme = theme
        self._now = now
        self._deadline_ms: int | None = None
        self._told = False
        self._template = ""
        self._plain = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.setTextFormat(Qt.TextFormat.RichText)
        mark(self, role="muted")
        theme.changed.connect(self._write)

    def count_to(self, deadline_ms: int | None, template: str) -> None:
        """Count to a moment (milliseconds of the epoch); `{left}` in the template is the time. None: nothing shown."""
        if deadline_ms != self._deadline_ms:
            self._told = False
        self._deadline_ms, self._template = deadline_ms, template
        self._write()
        self._plan()

    def plain_text(self) -> str:
        """What a person reads, without the mark-up."""
        return self._plain

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._write()
        self._plan()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _left_ms(self) -> int:
        return (self._deadline_ms or 0) - int(self._now() * SECOND_MS)

    def _tick(self) -> None:
        self._write()
        if self._left_ms() <= 0 and not self._told:
            self._told = True
            self.ran_out.emit()
        self._plan()

    def _plan(self) -> None:
        """Wake when the shown second ends; a deadline already passed is told from the event loop, not from a setter."""
        self._timer.stop()
        if self._deadline_ms is None or self._told or not self.isVisible():
            return
        left = self._left_ms()
        self._timer.start(left % SECOND_MS or SECOND_MS if left > 0 else 0)

    def _write(self) -> None:
        if self._deadline_ms is None:
            self._plain = ""
            self.setText("")
            return
        left = time_left(self._left_ms())
        before, found, after = self._template.partition("{left}")
        self._plain = before + (left if found else "") + after
        ink = self._theme.colour("text").name()
        strong = f'<span style="font-weight:600; color:{ink}">{left}</span>' if found else ""
        self.setText(html.escape(before) + strong + html.escape(after))
