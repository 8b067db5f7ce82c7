"""The editor of each kind of field. Showing a value emits nothing; `edited` carries what a person entered.

No editor sets a text that already equals the state's, so the cursor stays where the person put it. The widget
that takes the focus has the setting's key as its object name, so that a recreated page can restore the focus.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from app.i18n.texts import Texts
from app.ui.pages.settings.state import FieldKind, FieldState
from app.ui.theme import Theme
from app.ui.theme.marks import mark, restyle
from app.ui.theme.tokens import CONTROL_HEIGHT, S
from app.ui.widgets.controls.buttons import button
from app.ui.widgets.money.sum_keys import DecimalKeys
from app.ui.widgets.text.plain_text import PlainCheckBox, PlainLabel

SHORT_WIDTH: Final = 160
COMBO_WIDTH: Final = 320
COMBO_LEAST: Final = 200
LINES_HEIGHT: Final = 88
EDIT_MARGIN: Final = 2
"""The margin a line edit has before its text and a list has not; it aligns both."""


class Editor(QWidget):
    """The interface of an editor. `submitted`: Enter was pressed. `file_requested`: a file is to be chosen."""

    edited = Signal(str)
    submitted = Signal()
    file_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(S)

    def control(self) -> QWidget:
        """The widget that takes the focus and the accessible name."""
        raise NotImplementedError

    def show_field(self, field: FieldState) -> None:
        raise NotImplementedError


class LineEditor(Editor):
    """TEXT, NUMBER and PASSWORD; a number is short and may have a unit."""

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(theme, texts, parent)
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
        if field.kind in (FieldKind.NUMBER, FieldKind.SUM):
            self.line.setFixedWidth(SHORT_WIDTH)
            self.row.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.line.setPlaceholderText(field.placeholder)
        if field.value != self.line.text():
            self.line.setText(field.value)
        self._unit.setText(field.unit)
        self._unit.setVisible(bool(field.unit))
        restyle(self.line, invalid=bool(field.error))


class SumEditor(LineEditor):
    """SUM and SUMS: the keys of comma and point are those in any layout."""

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(theme, texts, parent)
        DecimalKeys(self.line)


class FileEditor(LineEditor):
    """A path: typed, pasted or chosen."""

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(theme, texts, parent)
        self.choose = button(theme, texts.say("Choose…"), parent=self)
        self.row.addWidget(self.choose)
        self.choose.clicked.connect(self.file_requested)


class LinesEditor(Editor):
    """A long list: several lines, Tab leaves it."""

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(theme, texts, parent)
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
        restyle(self.box, invalid=bool(field.error))

    def _typed(self) -> None:
        self.edited.emit(self.box.toPlainText())


class FlagEditor(Editor):
    """FLAG: its label is part of the check box, so that a click on the label toggles it."""

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(theme, texts, parent)
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


class ComboWithoutWheel(QComboBox):
    """The wheel scrolls the form instead of changing the choice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(COMBO_LEAST, CONTROL_HEIGHT)

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(COMBO_WIDTH, 0))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ChoiceEditor(Editor):
    """CHOICE: one of a few values."""

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(theme, texts, parent)
        self.combo = ComboWithoutWheel(self)
        self.row.addWidget(self.combo)
        self.row.addStretch(1)
        self.combo.activated.connect(self._chosen)

    def control(self) -> QWidget:
        return self.combo

    def show_field(self, field: FieldState) -> None:
        listed = [(self.combo.itemData(place), self.combo.itemText(place)) for place in range(self.combo.count())]
        choices = [(choice.value, choice.word) for choice in field.choices]
        if listed != choices:
            self.combo.clear()
            for value, word in choices:
                self.combo.addItem(word, value)
        self.combo.setCurrentIndex(self.combo.findData(field.value))

    def _chosen(self, place: int) -> None:
        self.edited.emit(str(self.combo.itemData(place)))


class SuggestEditor(Editor):
    """SUGGEST: any text, with a list of suggestions."""

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(theme, texts, parent)
        self.combo = ComboWithoutWheel(self)
        self.line = QLineEdit(self)
        self.line.setTextMargins(-EDIT_MARGIN, 0, 0, 0)
        self.combo.setLineEdit(self.line)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.row.addWidget(self.combo)
        self.row.addStretch(1)
        self.combo.editTextChanged.connect(self.edited)
        self.line.returnPressed.connect(self.submitted)

    def control(self) -> QWidget:
        return self.combo

    def show_field(self, field: FieldState) -> None:
        blocked = self.combo.blockSignals(True)
        if self.combo.count() != len(field.choices):
            self.combo.clear()
            self.combo.addItems([choice.word for choice in field.choices])
        if field.value != self.combo.currentText():
            self.combo.setCurrentIndex(self.combo.findText(field.value))
            self.combo.setEditText(field.value)
        self.combo.blockSignals(blocked)
        restyle(self.combo, invalid=bool(field.error))


EDITORS: Final[dict[FieldKind, type[Editor]]] = {
    FieldKind.TEXT: LineEditor,
    FieldKind.NUMBER: LineEditor,
    FieldKind.SUM: SumEditor,
    FieldKind.SUMS: SumEditor,
    FieldKind.PASSWORD: LineEditor,
    FieldKind.CHOICE: ChoiceEditor,
    FieldKind.SUGGEST: SuggestEditor,
    FieldKind.FLAG: FlagEditor,
    FieldKind.FILE: FileEditor,
    FieldKind.LINES: LinesEditor,
}
"""The editor of each kind of field."""
