"""The search line: a magnifier, a cross to empty it, and a short wait until the typing rests. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from app.ui.theme import Theme
from app.ui.theme.tokens import CONTROL_HEIGHT, S
from app.ui.widgets.plain_text import set_action_text

REST_MS: Final = 200


class SearchField(QLineEdit):
    """`rested` carries the text once nothing was typed for a while, or at once with Enter."""

    rested = Signal(str)

    def __init__(
        self, theme: Theme, name: str, *, placeholder: str, empty_name: str, parent: QWidget | None = None
    ) -> None:
        """`name` is what a screen reader calls the field, `empty_name` what the cross is called."""
        super().__init__(parent)
        self._theme = theme
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(REST_MS)
        self._find = QAction(self)
        self._empty = QAction(self)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        set_action_text(self._find, name)
        set_action_text(self._empty, empty_name)
        self.addAction(self._find, QLineEdit.ActionPosition.LeadingPosition)
        self.addAction(self._empty, QLineEdit.ActionPosition.TrailingPosition)
        self.setTextMargins(-S, 0, 0, 0)  # the magnifier brings a margin of its own
        self.setMinimumHeight(CONTROL_HEIGHT)
        self._join()
        self._dress()
        self._empty.setVisible(False)

    def _join(self) -> None:
        self.textEdited.connect(self._edited)
        self.returnPressed.connect(self._rest)
        self._waiting.timeout.connect(self._rest)
        self._find.triggered.connect(self._focus)
        self._empty.triggered.connect(self._clear)
        self._theme.changed.connect(self._dress)

    def show_text(self, text: str) -> None:
        """Show what is searched for, unless somebody is typing just now."""
        if not self._waiting.isActive() and text != self.text():
            self.setText(text)
            self._empty.setVisible(bool(text))

    def stop_waiting(self) -> None:
        """Forget what was typed and not yet told."""
        self._waiting.stop()

    def _edited(self, text: str) -> None:
        self._empty.setVisible(bool(text))
        self._waiting.start()

    def _rest(self) -> None:
        self._waiting.stop()
        self.rested.emit(self.text())

    def _clear(self) -> None:
        self.clear()
        self._empty.setVisible(False)
        self._rest()
        self.setFocus()

    def _focus(self) -> None:
        self.setFocus()

    def _dress(self) -> None:
        self._find.setIcon(self._theme.icon("search", "muted"))
        self._empty.setIcon(self._theme.icon("close", "muted"))
