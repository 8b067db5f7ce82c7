"""The editors with a list to choose from: of the few words there are, or of the likely ones."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.ui.pages.settings.editor import Editor
from app.ui.pages.settings.state import FieldState
from app.ui.theme import Theme
from app.ui.theme.marks import remark
from app.ui.theme.tokens import CONTROL_HEIGHT

WIDTH: Final = 320
EDIT_MARGIN: Final = 2
"""What a line edit keeps before its text and a list does not: both begin at the same place."""


class CalmCombo(QComboBox):
    """The wheel scrolls the form and changes nothing on its way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(CONTROL_HEIGHT)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ChoiceEditor(Editor):
    """CHOICE: one of a few words; the words may change their language while the choice stays."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.combo = CalmCombo(self)
        self.combo.setMinimumWidth(WIDTH)
        self.row.addWidget(self.combo)
        self.row.addStretch(1)
        self.combo.activated.connect(self._chosen)

    def control(self) -> QWidget:
        return self.combo

    def show_field(self, field: FieldState) -> None:
        shown = [(self.combo.itemData(place), self.combo.itemText(place)) for place in range(self.combo.count())]
        wanted = [(choice.value, choice.word) for choice in field.choices]
        if shown != wanted:
            self.combo.clear()
            for value, word in wanted:
                self.combo.addItem(word, value)
        self.combo.setCurrentIndex(self.combo.findData(field.value))

    def _chosen(self, place: int) -> None:
        self.edited.emit(str(self.combo.itemData(place)))


class SuggestEditor(Editor):
    """SUGGEST: any text, with a list of the likely ones."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.combo = CalmCombo(self)
        self.combo.setMinimumWidth(WIDTH)
        self.line = QLineEdit(self)
        self.line.setTextMargins(-EDIT_MARGIN, 0, 0, 0)
        self.combo.setLineEdit(self.line)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.row.addWidget(self.combo)
        self.row.addStretch(1)
        self.combo.editTextChanged.connect(self._typed)
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
        remark(self.combo, invalid=bool(field.error))

    def _typed(self, text: str) -> None:
        self.edited.emit(text)
