"""What an editor is, and those that are typed into or ticked: a value is shown silently, `edited` tells a person's.

None of them touches a text that is already what the state says, so the cursor stays where the person put it.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from app.ui.pages.settings.state import FieldKind, FieldState
from app.ui.theme import Theme
from app.ui.theme.marks import mark, remark
from app.ui.theme.tokens import CONTROL_HEIGHT, S
from app.ui.widgets.buttons import button
from app.ui.widgets.plain_text import PlainCheckBox, PlainLabel

SHORT: Final = 160
LINES_HEIGHT: Final = 88


class Editor(QWidget):
    """What the form knows of an editor. `submitted`: Enter was pressed."""

    edited = Signal(str)
    submitted = Signal()
    file_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(S)

    def control(self) -> QWidget:
        """The widget that takes the focus and the accessible name."""
        raise NotImplementedError

    def show_field(self, field: FieldState) -> None:
        raise NotImplementedError

    def show_words(self, choose: str) -> None:
        """The word on the button that looks for a file; the others have no words of their own."""


class LineEditor(Editor):
    """TEXT, NUMBER and PASSWORD; a number is short and may have a unit."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.line = QLineEdit(self)
        self.line.setMinimumHeight(CONTROL_HEIGHT)
        self._unit = mark(PlainLabel(parent=self), role="muted")
        self.row.addWidget(self.line, 1)
        self.row.addWidget(self._unit)
        self.line.textEdited.connect(self.edited)
        self.line.returnPressed.connect(self.submitted)

    def control(self) -> QWidget:
        return self.line

    def show_field(self, field: FieldState) -> None:
        if field.kind is FieldKind.PASSWORD:
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
        if field.kind is FieldKind.NUMBER:
            self.line.setFixedWidth(SHORT)
            self.row.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.line.setPlaceholderText(field.placeholder)
        if field.value != self.line.text():
            self.line.setText(field.value)
        self._unit.setText(field.unit)
        self._unit.setVisible(bool(field.unit))
        remark(self.line, invalid=bool(field.error))


class FileEditor(LineEditor):
    """A path that can be typed, pasted or looked for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.choose = button(theme, "", "plain", parent=self)
        self.row.addWidget(self.choose)
        self.choose.clicked.connect(self._wanted)

    def show_words(self, choose: str) -> None:
        self.choose.setText(choose)
        self.choose.setAccessibleName(choose)

    def _wanted(self) -> None:
        self.file_requested.emit()


class LinesEditor(Editor):
    """A long list: several lines, Tab leaves it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.box = QPlainTextEdit(self)
        self.box.setTabChangesFocus(True)
        self.box.setFixedHeight(LINES_HEIGHT)
        self.row.addWidget(self.box, 1)
        self.box.textChanged.connect(self._typed)

    def control(self) -> QWidget:
        return self.box

    def show_field(self, field: FieldState) -> None:
        self.box.setPlaceholderText(field.placeholder)
        if field.value != self.box.toPlainText():
            blocked = self.box.blockSignals(True)
            self.box.setPlainText(field.value)
            self.box.blockSignals(blocked)
        remark(self.box, invalid=bool(field.error))

    def _typed(self) -> None:
        self.edited.emit(self.box.toPlainText())


class FlagEditor(Editor):
    """FLAG: its label is part of the box, so a finger may hit the words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.box = PlainCheckBox(self)
        self.box.setMinimumHeight(CONTROL_HEIGHT)
        self.row.addWidget(self.box)
        self.row.addStretch(1)
        self.box.clicked.connect(self._clicked)

    def control(self) -> QWidget:
        return self.box

    def show_field(self, field: FieldState) -> None:
        self.box.setText(field.label)
        self.box.setChecked(field.value == "true")

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), CONTROL_HEIGHT)

    def _clicked(self, checked: bool) -> None:
        self.edited.emit("true" if checked else "false")
