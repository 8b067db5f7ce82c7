"""The left column: one button per section, with a dot while it has edits not stored. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QStylePainter, QVBoxLayout, QWidget

from app.ui.pages.settings.state import SectionTab
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import CONTROL_HEIGHT, XS, M, S
from app.ui.widgets.controls.buttons import paint_background
from app.ui.widgets.text.plain_text import PlainButton, set_tooltip

WIDTH: Final = 200
ICON: Final = 20
DOT: Final = 8


class SectionButton(PlainButton):
    """The style sheet paints background and focus, this class icon, word and dot."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._theme = theme
        self._tab = SectionTab("", "", "")
        mark(self, kind="quiet")
        self.setCheckable(True)
        self.setMinimumHeight(CONTROL_HEIGHT)
        theme.changed.connect(self.update)

    def show_tab(self, tab: SectionTab, unsaved_word: str) -> None:
        """Show a section; `unsaved_word` describes the dot to assistive technology."""
        self._tab = tab
        self.setText(tab.title)
        self.setAccessibleName(tab.title)
        self.setAccessibleDescription(unsaved_word if tab.unsaved else "")
        set_tooltip(self, unsaved_word if tab.unsaved else "")
        self.update()

    def is_unsaved(self) -> bool:
        return self._tab.unsaved

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(CONTROL_HEIGHT, CONTROL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        paint_background(self, painter)
        ink = "accent" if self.isChecked() else "text"
        if self._tab.icon:
            pixmap = self._theme.pixmap(self._tab.icon, ink, ICON, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(M, (self.height() - ICON) / 2), pixmap)
        painter.setFont(self._theme.font("body", 500))
        painter.setPen(self._theme.colour(ink))
        left = M + ICON + M
        room = QRectF(left, 0, self.width() - left - DOT - M - S, self.height())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.text())
        if self._tab.unsaved:
            self._paint_dot(painter)
        painter.end()

    def _paint_dot(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("attention"))
        painter.drawEllipse(QRectF(self.width() - M - DOT, (self.height() - DOT) / 2, DOT, DOT))


class SectionList(QWidget):
    """`section_requested` carries the id of a button that was pressed; `show_tabs` emits nothing."""

    section_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ids: list[str] = []
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)  # in an exclusive group Tab reaches one button only; exclusion is done here
        self._group.idClicked.connect(self._clicked)
        self.setFixedWidth(WIDTH)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(XS)
        self._column.addStretch(1)

    def show_tabs(self, tabs: tuple[SectionTab, ...], current: str, unsaved_word: str) -> None:
        """Show the sections and mark the open one."""
        for place, tab in enumerate(tabs):
            if place == len(self._ids):
                self._add(tab.id)
            button = self.button(tab.id)
            button.show_tab(tab, unsaved_word)
            button.setChecked(tab.id == current)

    def button(self, section_id: str) -> SectionButton:
        found = self._group.button(self._ids.index(section_id))
        assert isinstance(found, SectionButton)
        return found

    def _add(self, section_id: str) -> None:
        button = SectionButton(self._theme, self)
        self._group.addButton(button, len(self._ids))
        self._column.insertWidget(len(self._ids), button)
        self._ids.append(section_id)

    def _clicked(self, place: int) -> None:
        for other in range(len(self._ids)):
            self._group.button(other).setChecked(other == place)
        self.section_requested.emit(self._ids[place])
