"""The search line: a magnifier, a cross to empty it, and a short delay after the last keystroke. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from app.ui.theme import Theme
from app.ui.theme.tokens import CONTROL_HEIGHT, S
from app.ui.widgets.text.plain_text import set_action_text

DEBOUNCE_MS: Final = 200


class SearchField(QLineEdit):
    """`search_committed` carries the text once nothing was typed for a while, or at once with Enter."""

    search_committed = Signal(str)

    def __init__(
        self, theme: Theme, name: str, *, placeholder: str, empty_name: str, parent: QWidget | None = None
    ) -> None:
        """`name` is the accessible name of the field, `empty_name` that of the cross."""
        super().__init__(parent)
        self._theme = theme
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(DEBOUNCE_MS)
        self._find = QAction(self)
        self._clear_action = QAction(self)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        set_action_text(self._find, name)
        set_action_text(self._clear_action, empty_name)
        self.addAction(self._find, QLineEdit.ActionPosition.LeadingPosition)
        self.addAction(self._clear_action, QLineEdit.ActionPosition.TrailingPosition)
        self.setTextMargins(-S, 0, 0, 0)  # the magnifier has its own margin
        self.setMinimumHeight(CONTROL_HEIGHT)
        self._connect_signals()
        self._apply_theme()
        self._clear_action.setVisible(False)

    def _connect_signals(self) -> None:
        self.textEdited.connect(self._edited)
        self.returnPressed.connect(self._commit)
        self._debounce.timeout.connect(self._commit)
        self._find.triggered.connect(self._focus)
        self._clear_action.triggered.connect(self._clear)
        self._theme.changed.connect(self._apply_theme)

    def show_text(self, text: str) -> None:
        """Show the search text, unless it is being edited."""
        if not self._debounce.isActive() and text != self.text():
            self.setText(text)
            self._clear_action.setVisible(bool(text))

    def cancel_pending(self) -> None:
        """Discard typed text that was not emitted yet."""
        self._debounce.stop()

    def _edited(self, text: str) -> None:
        self._clear_action.setVisible(bool(text))
        self._debounce.start()

    def _commit(self) -> None:
        self._debounce.stop()
        self.search_committed.emit(self.text())

    def _clear(self) -> None:
        self.clear()
        self._clear_action.setVisible(False)
        self._commit()
        self.setFocus()

    def _focus(self) -> None:
        self.setFocus()

    def _apply_theme(self) -> None:
        self._find.setIcon(self._theme.icon("search", "muted"))
        self._clear_action.setIcon(self._theme.icon("close", "muted"))
