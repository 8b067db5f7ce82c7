"""A strip across the page for what needs an action: an offline operator, the demo, attention."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.theme.marks import restyle
from app.ui.theme.tokens import XS, L, M, S
from app.ui.widgets.controls.buttons import button, icon_button
from app.ui.widgets.controls.icon_mark import IconMark
from app.ui.widgets.text.plain_text import PlainLabel, set_accessible_name

ICON: Final = 18
MOST_PX: Final = 1600
"""Two lines in the smallest window: a third would take the room of the page."""


class Banner(QFrame):
    """Hidden until it has a text. Closing hides it and emits `closed`; without a `close_name` it cannot be closed."""

    action_requested = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, close_name: str = "") -> None:
        super().__init__(parent)
        self._icon = IconMark(theme, ICON, self)
        self._text = PlainLabel(parent=self)
        self._text.setWordWrap(True)
        self._action = button(theme, "", "plain", parent=self)
        self._close = icon_button(theme, "cross", close_name, parent=self)
        self._close.setVisible(bool(close_name))
        row = QHBoxLayout(self)
        row.setContentsMargins(L, XS, S, XS)
        row.setSpacing(M)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        self._action.clicked.connect(self.action_requested)
        self._close.clicked.connect(self._closed)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.hide()

    def show_banner(self, text: str, tone: str, icon: str, action: str | None = None) -> None:
        """Show a text in a tone with, if named, a button; an empty text hides the strip."""
        restyle(self, tone=tone)
        restyle(self._text, tone=tone)
        self._icon.show_icon(icon, tone)
        self._text.show_short(text, MOST_PX)
        self._action.setText(action or "")
        set_accessible_name(self._action, action or "")
        self._action.setVisible(bool(action))
        set_accessible_name(self, text)
        self.setVisible(bool(text))

    def text(self) -> str:
        return self._text.text()

    def _closed(self) -> None:
        self.hide()
        self.closed.emit()
