"""A section as a form that scrolls: notes, checklist, key pair, then the fields, made once and updated in place."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.settings.doctor_box import DoctorBox
from app.ui.pages.settings.key_pair_box import KeyPairBox
from app.ui.pages.settings.panels import ChecklistBox, Notes
from app.ui.pages.settings.row import SettingRow
from app.ui.pages.settings.state import FieldState, SectionState
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import XL, L
from app.ui.widgets.plain_text import PlainLabel

MAX_WIDTH: Final = 640


class SectionForm(QScrollArea):
    """One section. Signals tell wishes; the state alone moves what is shown."""

    edited = Signal(str, str)
    submitted = Signal()
    file_requested = Signal(str)
    key_action_requested = Signal(object)
    check_requested = Signal()
    diagnostics_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._texts = texts
        self._rows: dict[str, SettingRow] = {}
        self._errors: frozenset[str] = frozenset()
        self._title = mark(PlainLabel(parent=self), role="title")
        self._notes = Notes(theme, self)
        self._checklist = ChecklistBox(theme, self)
        self._keys = KeyPairBox(theme, self)
        self._doctor = DoctorBox(theme, self)
        self._column = QVBoxLayout()
        self._build()
        self._keys.action_requested.connect(self.key_action_requested)
        self._doctor.check_requested.connect(self.check_requested)
        self._doctor.diagnostics_requested.connect(self.diagnostics_requested)
        self.show_words(texts)

    def _build(self) -> None:
        body, content = QWidget(self), QWidget(self)
        content.setMaximumWidth(MAX_WIDTH)
        content.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(L)
        for part in (self._title, self._notes, self._checklist, self._keys, self._doctor):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self._room = QHBoxLayout(body)
        self._room.addWidget(content, MAX_WIDTH)
        self._room.addStretch(1)
        self._keep_edge()
        self.verticalScrollBar().rangeChanged.connect(self._keep_edge)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_words(self, texts: Texts) -> None:
        """Set the static words; labels and hints come with the state."""
        self._texts = texts
        self._checklist.show_words(texts)
        self._keys.show_words(texts)
        for row in self._rows.values():
            row.editor.show_words(texts.say("Choose…"))

    def show_section(self, section: SectionState) -> None:
        """Show the section; a new error is brought into sight."""
        self._title.setText(section.title)
        self._notes.show_notes(section.notes)
        self._checklist.show_list(section.checklist)
        self._keys.show_keys(section.keys)
        self._doctor.show_checkup(section.checkup)
        for field in section.fields:
            if field.key in self._rows:
                self._rows[field.key].show_field(field)
            else:
                self._add(field)
        self._reveal(tuple(field.key for field in section.fields if field.error))

    def _keep_edge(self, _first: int = 0, last: int = 0) -> None:
        """The scroll bar stands in the margin, so that the fields end where the buttons below them end."""
        bar = self.verticalScrollBar().sizeHint().width() if last else 0
        self._room.setContentsMargins(XL, L, XL - bar, L)

    def row(self, key: str) -> SettingRow:
        return self._rows[key]

    def _add(self, field: FieldState) -> None:
        row = SettingRow(self._theme, field, self)
        row.editor.show_words(self._texts.say("Choose…"))
        row.edited.connect(self.edited)
        row.submitted.connect(self.submitted)
        row.file_requested.connect(self.file_requested)
        self._column.insertWidget(self._column.count() - 1, row)
        self._rows[field.key] = row

    def _reveal(self, wrong: tuple[str, ...]) -> None:
        news = [key for key in wrong if key not in self._errors]
        self._errors = frozenset(wrong)
        if news and self.isVisible():
            self._rows[news[0]].editor.control().setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(0, self, self._bring)  # the row has its new height after the layouts' turn

    def _bring(self) -> None:
        wrong = [row for key, row in self._rows.items() if key in self._errors]
        if wrong:
            self.ensureWidgetVisible(wrong[0])
