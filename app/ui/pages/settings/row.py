"""One setting in the form: label above its editor; below it a hint, a warning and what is wrong."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.pages.settings.editors import EDITORS
from app.ui.pages.settings.state import FieldKind, FieldState
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import XS, L, S
from app.ui.widgets.field import ErrorLine
from app.ui.widgets.icon_mark import IconMark
from app.ui.widgets.plain_text import PlainLabel

ICON: Final = 16
BOX_AND_GAP: Final = 34
"""The hint of a flag stands under its words, not under its box."""


class WordsLine(QWidget):
    """An icon and a text that wraps, in the ink of a tone; hidden without a text."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconMark(theme, ICON, self)
        self._label = mark(PlainLabel(parent=self), role="small")
        self._label.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(XS)
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)
        self.hide()

    def show_line(self, text: str, tone: str, icon: str) -> None:
        self._icon.show_icon(icon if text else "", tone)
        self._label.setText(text)
        self.setVisible(bool(text))

    def text(self) -> str:
        return self._label.text()


class SettingRow(QWidget):
    """`edited` tells the key and the text; the editor is made for the kind of the first state shown."""

    edited = Signal(str, str)
    submitted = Signal()
    file_requested = Signal(str)

    def __init__(self, theme: Theme, field: FieldState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = field.key
        self.editor = EDITORS[field.kind](theme, self)
        self._heading = mark(PlainLabel(parent=self), role="emphasis")
        self._label = mark(PlainLabel(parent=self), role="label")
        self._hint = mark(PlainLabel(parent=self), role="small")
        self._warning = WordsLine(theme, self)
        self._error = ErrorLine(theme, self)
        self._is_flag = field.kind is FieldKind.FLAG
        self._build()
        self.editor.edited.connect(self._edited)
        self.editor.submitted.connect(self.submitted)
        self.editor.file_requested.connect(self._file_wanted)
        self.show_field(field)

    def _build(self) -> None:
        self._label.setBuddy(self.editor.control())
        self._hint.setWordWrap(True)
        self._hint.setIndent(BOX_AND_GAP if self._is_flag else 0)
        self._heading.setContentsMargins(0, L, 0, S)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(XS)
        for part in (self._heading, self._label, self.editor, self._hint, self._warning, self._error):
            column.addWidget(part)

    def show_field(self, field: FieldState) -> None:
        """Show the field; what is typed just now is left alone."""
        self._heading.setText(field.heading)
        self._heading.setVisible(bool(field.heading))
        self._label.setText(field.label)
        self._label.setVisible(not self._is_flag)
        self._hint.setText(field.hint)
        self._hint.setVisible(bool(field.hint))
        self._warning.show_line(field.warning, "attention", "warning")
        self._error.show_text(field.error or "")
        control = self.editor.control()
        control.setAccessibleName(field.label)
        control.setAccessibleDescription(field.error or field.warning or field.hint)
        self.editor.show_field(field)
        self.setVisible(field.visible)

    def error(self) -> str:
        """What is shown as wrong now."""
        return self._error.text()

    def hint(self) -> str:
        return self._hint.text()

    def warning(self) -> str:
        return self._warning.text()

    def _edited(self, text: str) -> None:
        self.edited.emit(self.key, text)

    def _file_wanted(self) -> None:
        self.file_requested.emit(self.key)
