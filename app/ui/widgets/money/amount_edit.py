"""The line edit for an amount: regroups thousands at every keystroke and keeps the cursor at the same digit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.money import pasted_raw, typed_raw
from app.i18n.formats import NBSP
from app.ui.widgets.money.amount_text import count_significant, cursor_after, grouped


class AmountValidator(QValidator):
    """Rewrites typed text into its grouped form, and rejects text that cannot become an amount."""

    def __init__(self, parent: QLineEdit) -> None:
        super().__init__(parent)
        self._last = ""

    def validate(self, text: str, cursor: int) -> tuple[QValidator.State, str, int]:
        raw = typed_raw(text) if len(text) <= len(self._last) + 1 else pasted_raw(text)
        if raw is None:
            return QValidator.State.Invalid, text, cursor
        self._last = grouped(raw)
        return QValidator.State.Acceptable, self._last, cursor_after(self._last, count_significant(text[cursor:]))


class AmountEdit(QLineEdit):
    """A line without a frame; the cursor keys skip the spaces between thousands."""

    focus_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrame(False)
        self.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.setValidator(AmountValidator(self))

    def raw(self) -> str:
        """Digits and at most one comma."""
        return self.text().replace(NBSP, "")

    def show_raw(self, raw: str) -> None:
        """Show an amount; an invalid text empties the line."""
        self.setText(grouped(pasted_raw(raw) or ""))

    def press(self, key: str) -> None:
        """Handle a key of the keypad: a digit, "," or "back"."""
        if key == "back":
            self._step_over_space(-1)
            self.backspace()
        else:
            self.insert(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace:
            self._step_over_space(-1)
        elif event.key() == Qt.Key.Key_Delete:
            self._step_over_space(1)
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def _step_over_space(self, direction: int) -> None:
        """Move past a grouping space, so that the digit beyond it is deleted: a deleted space would be restored."""
        cursor = self.cursorPosition()
        neighbour = self.text()[cursor - 1 : cursor] if direction < 0 else self.text()[cursor : cursor + 1]
        if cursor + direction >= 0 and neighbour == NBSP and not self.hasSelectedText():
            self.setCursorPosition(cursor + direction)
