"""Lines with an icon and a text: notes above the fields, the warning below a field. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.pages.settings.state import Note
from app.ui.theme import Theme
from app.ui.theme.marks import mark, restyle
from app.ui.theme.tokens import XS, M, S
from app.ui.widgets.controls.icon_mark import IconMark
from app.ui.widgets.text.plain_text import PlainLabel

ICON: Final = 20
SMALL_ICON: Final = 16


class NoteLine(QFrame):
    """A sentence on the background of its tone."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconMark(theme, ICON, self)
        self._label = PlainLabel(parent=self)
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(M, S, M, S)
        row.setSpacing(S)
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)

    def show_note(self, note: Note) -> None:
        restyle(self, tone=note.tone)
        self._icon.show_icon(note.icon, note.tone)
        self._label.setText(note.text)

    def text(self) -> str:
        return self._label.text()


class Notes(QWidget):
    """One line per note."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: list[NoteLine] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(S)

    def show_notes(self, notes: tuple[Note, ...]) -> None:
        while len(self._lines) < len(notes):
            line = NoteLine(self._theme, self)
            self._lines.append(line)
            self._column.addWidget(line)
        for place, line in enumerate(self._lines):
            line.setVisible(place < len(notes))
            if place < len(notes):
                line.show_note(notes[place])
        self.setVisible(bool(notes))

    def texts(self) -> list[str]:
        return [line.text() for line in self._lines if not line.isHidden()]


class WarningLine(QWidget):
    """A warning icon and a text that wraps; hidden without a text."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconMark(theme, SMALL_ICON, self)
        self._label = mark(PlainLabel(parent=self), role="small")
        self._label.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(XS)
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)
        self.hide()

    def show_text(self, text: str) -> None:
        self._icon.show_icon("warning" if text else "", "attention")
        self._label.setText(text)
        self.setVisible(bool(text))

    def text(self) -> str:
        return self._label.text()
