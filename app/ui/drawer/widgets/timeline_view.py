"""The story of a payment: one line a fact, a mark in its tone before it, a thin thread through them all. Passive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.drawer.state import Moment
from app.ui.drawer.widgets.facts_view import empty, wrapped
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.plain_text import PlainLabel

DISC: Final = 26
ICON: Final = 14


class MomentMark(QWidget):
    """A disc with an icon, and the thread down to the next one."""

    def __init__(self, theme: Theme, moment: Moment, parent: QWidget | None = None, *, is_last: bool) -> None:
        super().__init__(parent)
        self._theme = theme
        self._moment = moment
        self._is_last = is_last
        self.setFixedWidth(DISC)
        self.setMinimumHeight(DISC)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._is_last:
            painter.setPen(QPen(self._theme.colour("border"), 2))
            painter.drawLine(QPointF(DISC / 2, DISC), QPointF(DISC / 2, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(f"{self._moment.tone}_ground"))
        painter.drawEllipse(QRectF(0, 0, DISC, DISC))
        pixmap = self._theme.pixmap(self._moment.icon, self._moment.tone, ICON, self.devicePixelRatioF())
        painter.drawPixmap(QPointF((DISC - ICON) / 2, (DISC - ICON) / 2), pixmap)
        painter.end()


class TimelineView(QWidget):
    """Oldest first."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[Moment, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(tokens.M)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)

    def show_moments(self, moments: Sequence[Moment]) -> None:
        """Tell these."""
        if tuple(moments) == self._shown:
            return
        self._shown = tuple(moments)
        empty(self._grid)
        for row, moment in enumerate(moments):
            is_last = row == len(moments) - 1
            self._grid.addWidget(MomentMark(self._theme, moment, is_last=is_last), row, 0)
            self._grid.addWidget(_told(moment, is_last=is_last), row, 1)

    def sentences(self) -> list[str]:
        """What is told, for whoever cannot see it."""
        return [moment.text for moment in self._shown]


def _told(moment: Moment, *, is_last: bool) -> QWidget:
    box = QWidget()
    lines = QVBoxLayout(box)
    lines.setContentsMargins(0, tokens.XS, 0, 0 if is_last else tokens.M)
    lines.setSpacing(2)
    lines.addWidget(wrapped(moment.text))
    when = " · ".join(part for part in (moment.time, moment.times) if part)
    lines.addWidget(mark(PlainLabel(when), role="small"))
    lines.addStretch(1)
    return box
