"""Shown where there is no content yet: an icon, an explanation, and perhaps a button."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import L, M, S
from app.ui.widgets.controls.buttons import button
from app.ui.widgets.controls.icon_mark import IconMark
from app.ui.widgets.text.plain_text import PlainLabel, set_accessible_name

ICON: Final = 40
MAX_WIDTH: Final = 360
MOST_PX: Final = 2200


class EmptyState(QWidget):
    """Centred in the space available."""

    action_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconMark(theme, ICON, self)
        self._title = mark(PlainLabel(parent=self), role="emphasis")
        self._text = mark(PlainLabel(parent=self), role="muted")
        self._action = button(theme, "", "plain", parent=self)
        self._action.clicked.connect(self.action_requested)
        self._build()

    def _build(self) -> None:
        for label in (self._title, self._text):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        middle = QWidget(self)
        middle.setMaximumWidth(MAX_WIDTH)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S)
        column.addStretch(1)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addSpacing(S)
        column.addWidget(self._action, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(L, M, L, M)
        row.addStretch(1)
        row.addWidget(middle, 100)
        row.addStretch(1)

    def show_content(self, icon: str, title: str, text: str, action: str | None = None) -> None:
        """Show an icon, a title, a text and, if named, a button."""
        self._icon.show_icon(icon, "muted")
        self._title.setText(title)
        self._text.show_short(text, MOST_PX)
        self._text.setVisible(bool(text))
        self._action.setText(action or "")
        set_accessible_name(self._action, action or "")
        self._action.setVisible(bool(action))
