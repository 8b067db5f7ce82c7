"""The line edit for an amount: regroups thousands at every keystroke and keeps the cursor at the same digit.

No key is left out: what follows it would make another amount. A key that makes no amount of the text is shown as typed,
for the presenter to refuse; a pasted text is taken whole or refused whole. What is typed to its end means the same.
"""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QValidator
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.money import pasted_raw, typed_raw
from app.domain.text.typed_text import visible
from app.i18n.formats import NBSP
from app.ui.widgets.money.amount_text import count_significant, cursor_after, grouped
from app.ui.widgets.money.sum_keys import committed_sign, sum_sign

MOST_SIGNS: Final = 24
_DIGITS_AND_MARK = re.compile("[0-9]*[.,]?[0-9]*")
_PART_OF_SUM = re.compile("[0-9]+|[.,][0-9]{1,2}")


class AmountValidator(QValidator):
    """Rewrites what is typed into its grouped form. `refused`: something was not taken, the line is as it was."""

    refused = Signal()

    def __init__(self, parent: QLineEdit) -> None:
        super().__init__(parent)
        self._last = ""
        self._typed = ""
        """What was typed to get there, with its own marks: which of them part thousands shows only at the end."""
        self._span = (0, 0)

    def remember_span(self, start: int, end: int) -> None:
        """Take notice of what is selected: that is what the next text takes the place of."""
        self._span = (start, end)

    def expect(self, text: str) -> None:
        """Take a text that the program is about to set."""
        self._show(text, text)

    def validate(self, text: str, cursor: int) -> tuple[QValidator.State, str, int]:
        if text == self._last:
            return QValidator.State.Acceptable, text, cursor
        before, piece, after = self._change(text)
        is_added = len(piece) == 1 and not after and before == self._last
        typed = self._typed + piece if is_added else ""
        if typed and typed_raw(typed) is None and typed_raw(self._typed) is None:
            return self._read_whole(typed, text)
        raw = _pasted(before, piece, after) if len(piece) > 1 else typed_raw(text)
        if raw is not None:
            self._show(grouped(raw), typed or raw)
            return QValidator.State.Acceptable, self._last, cursor_after(self._last, count_significant(text[cursor:]))
        is_too_long = len(text) > MOST_SIGNS or _DIGITS_AND_MARK.fullmatch(text.replace(NBSP, "")) is not None
        if len(piece) > 1 or is_too_long:
            return self._refuse(text, cursor)
        self._show(text, typed or text)
        return QValidator.State.Acceptable, text, cursor

    def _read_whole(self, typed: str, text: str) -> tuple[QValidator.State, str, int]:
        """Take what was typed to its end as it would be taken pasted; what is no sum is shown as typed."""
        raw = pasted_raw(typed) if typed[-1].isdigit() else None
        if len(text) > MOST_SIGNS or (raw is not None and _digits(raw) != _digits(typed)):
            return self._refuse(text, len(text))
        told = typed if typed_raw(text) is not None else text  # our grouping must not make a sum of what is none
        self._show(told if raw is None else grouped(raw), typed)
        return QValidator.State.Acceptable, self._last, len(self._last)

    def _refuse(self, text: str, cursor: int) -> tuple[QValidator.State, str, int]:
        self.refused.emit()
        return QValidator.State.Invalid, text, cursor

    def _show(self, shown: str, typed: str) -> None:
        self._last, self._typed = shown, typed.replace(NBSP, "")

    def _change(self, text: str) -> tuple[str, str, str]:
        """Return the text kept before, the new one, and the text kept after; the new one may be empty."""
        start, end = self._span
        before, after = self._last[:start], self._last[end:]
        piece = text[start : len(text) - len(after)]
        return (before, piece, after) if before + piece + after == text else (text, "", "")


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _pasted(before: str, piece: str, after: str) -> str | None:
    """Return the raw sum that a line holds with a pasted text in it; None when the text is no sum or no part of one."""
    if not before and not after:
        return pasted_raw(piece)
    part = visible(piece)
    return typed_raw(before + part + after) if _PART_OF_SUM.fullmatch(part) else None


class AmountEdit(QLineEdit):
    """A line without a frame; the cursor keys skip the spaces between thousands.

    `refused`: a key or a pasted text was not taken.
    """

    focus_changed = Signal()
    refused = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrame(False)
        self.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self._validator = AmountValidator(self)
        self._validator.refused.connect(self.refused)
        self.setValidator(self._validator)
        for moved in (self.selectionChanged, self.cursorPositionChanged, self.textChanged):
            moved.connect(self._remember_span)

    def raw(self) -> str:
        """Digits and at most one comma; what is no sum, as it was typed."""
        return self.text().replace(NBSP, "")

    def show_raw(self, raw: str) -> None:
        """Show a sum; what is none, as it is."""
        read = typed_raw(raw)
        shown = raw if read is None else grouped(read)
        self._validator.expect(shown)
        self.setText(shown)

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
        sign = sum_sign(event)
        if sign and sign != event.text():
            self.insert(sign)
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if sign := committed_sign(event):
            self.insert(sign)
        else:
            super().inputMethodEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def _remember_span(self) -> None:
        cursor = self.cursorPosition()
        start, end = self.selectionStart(), self.selectionEnd()
        self._validator.remember_span(cursor if start < 0 else start, cursor if start < 0 else end)

    def _step_over_space(self, direction: int) -> None:
        """Move past a grouping space, so that the digit beyond it is deleted: a deleted space would be restored."""
        cursor = self.cursorPosition()
        neighbour = self.text()[cursor - 1 : cursor] if direction < 0 else self.text()[cursor : cursor + 1]
        if cursor + direction >= 0 and neighbour == NBSP and not self.hasSelectedText():
            self.setCursorPosition(cursor + direction)
