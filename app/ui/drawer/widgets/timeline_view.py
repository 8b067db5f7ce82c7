"""The timeline of a payment: one line per entry, each with a marker in its tone, joined by a thin line. Passive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.drawer.state import TimelineEntry
from app.ui.drawer.widgets.details_view import clear_layout, wrapped_label
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.text.plain_text import PlainLabel

DISC: Final = 26
ICON: Final = 14


class TimelineMarker(QWidget):
    """A disc with an icon, and the line down to the next one."""

    def __init__(self, theme: Theme, entry: TimelineEntry, parent: QWidget | None = None, *, is_last: bool) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entry = entry
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
        painter.setBrush(self._theme.colour(f"{self._entry.tone}_ground"))
        painter.drawEllipse(QRectF(0, 0, DISC, DISC))
        pixmap = self._theme.pixmap(self._entry.icon, self._entry.tone, ICON, self.devicePixelRatioF())
        painter.drawPixmap(QPointF((DISC - ICON) / 2, (DISC - ICON) / 2), pixmap)
        painter.end()


class TimelineView(QWidget):
    """Oldest first."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[TimelineEntry, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(tokens.M)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)

    def show_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show these entries."""
        if tuple(entries) == self._shown:
            return
        self._shown = tuple(entries)
        clear_layout(self._grid)
        for row, entry in enumerate(entries):
            is_last = row == len(entries) - 1
            self._grid.addWidget(TimelineMarker(self._theme, entry, is_last=is_last), row, 0)
            self._grid.addWidget(_entry_widget(entry, is_last=is_last), row, 1)

    def sentences(self) -> list[str]:
        """The entries as texts, for assistive technology."""
        return [entry.text for entry in self._shown]


def _entry_widget(entry: TimelineEntry, *, is_last: bool) -> QWidget:
    box = QWidget()
    lines = QVBoxLayout(box)
    lines.setContentsMargins(0, tokens.XS, 0, 0 if is_last else tokens.M)
    lines.setSpacing(2)
    lines.addWidget(wrapped_label(entry.text))
    when = " · ".join(part for part in (entry.time, entry.times) if part)
    lines.addWidget(mark(PlainLabel(when), role="small"))
    lines.addStretch(1)
    return box
