"""A section as a form that scrolls: notes, checklist, key pair, check-up, then a row for each field. Passive."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.settings.state import KEY_PAIR, FieldKind, FieldState, SectionState
from app.ui.pages.settings.widgets.checklist_box import ChecklistBox
from app.ui.pages.settings.widgets.checkup_box import CheckupBox
from app.ui.pages.settings.widgets.editors import EDITORS
from app.ui.pages.settings.widgets.key_pair_box import KeyPairBox
from app.ui.pages.settings.widgets.notes import Notes, WarningLine
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import XL, XS, L, S
from app.ui.widgets.controls.field import ErrorLine
from app.ui.widgets.room.fitting_scroll import least_width
from app.ui.widgets.text.plain_text import PlainLabel

MAX_WIDTH: Final = 640
LEAST_HEIGHT: Final = 160
"""So much of the form is seen at once, however small the window is."""
BOX_AND_GAP: Final = 34
"""The hint of a flag is aligned with its label, not with its box."""


class SettingRow(QWidget):
    """One setting: label above its editor; below it a hint, a warning and an error. `edited`: key and text."""

    edited = Signal(str, str)
    submitted = Signal()
    file_requested = Signal(str)

    def __init__(self, theme: Theme, texts: Texts, field: FieldState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = field.key
        self.editor = EDITORS[field.kind](theme, texts, self)
        self.editor.control().setObjectName(field.key)
        self._heading = mark(PlainLabel(parent=self), role="emphasis")
        self._label = mark(PlainLabel(parent=self), role="label")
        self._hint = mark(PlainLabel(parent=self), role="small")
        self._warning = WarningLine(theme, self)
        self._error = ErrorLine(theme, self)
        self._is_flag = field.kind is FieldKind.FLAG
        self._build()
        self.editor.edited.connect(partial(self.edited.emit, self.key))
        self.editor.submitted.connect(self.submitted)
        self.editor.file_requested.connect(partial(self.file_requested.emit, self.key))
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
        """Show the field; text being typed is not changed."""
        self._heading.setText(field.heading)
        self._heading.setVisible(bool(field.heading))
        self._label.setText(field.label)
        self._label.setVisible(not self._is_flag)
        self._hint.setText(field.hint)
        self._hint.setVisible(bool(field.hint))
        self._warning.show_text(field.warning)
        self._error.show_text(field.error or "")
        control = self.editor.control()
        control.setAccessibleName(field.label)
        control.setAccessibleDescription(field.error or field.warning or field.hint)
        self.editor.show_field(field)
        self.setVisible(field.visible)

    def error(self) -> str:
        """The error shown now."""
        return self._error.text()

    def hint(self) -> str:
        return self._hint.text()

    def warning(self) -> str:
        return self._warning.text()


class SectionForm(QScrollArea):
    """One section. Only the state changes what is shown. Its object name lets a new page restore its scrolling."""

    edited = Signal(str, str)
    submitted = Signal()
    file_requested = Signal(str)
    key_action_requested = Signal(object)
    check_requested = Signal()
    connection_check_requested = Signal()
    diagnostics_requested = Signal()
    field_requested = Signal(str)

    def __init__(self, section_id: str, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{section_id} section")
        self._theme = theme
        self._texts = texts
        self._rows: dict[str, SettingRow] = {}
        self._errors: frozenset[str] = frozenset()
        self._focus = ""
        self._title = mark(PlainLabel(parent=self), role="title")
        self._notes = Notes(theme, self)
        self._checklist = ChecklistBox(theme, texts, self)
        self._keys = KeyPairBox(theme, texts, self)
        self._checkup = CheckupBox(theme, self)
        self._column = QVBoxLayout()
        self._body = QWidget(self)
        self._build()
        self._checklist.field_requested.connect(self.field_requested)
        self._checklist.check_requested.connect(self.connection_check_requested)
        self._keys.action_requested.connect(self.key_action_requested)
        self._checkup.check_requested.connect(self.check_requested)
        self._checkup.diagnostics_requested.connect(self.diagnostics_requested)
        self._checkup.field_requested.connect(self.field_requested)

    def _build(self) -> None:
        body, content = self._body, QWidget(self)
        content.setMaximumWidth(MAX_WIDTH)
        content.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(L)
        for part in (self._title, self._notes, self._checklist, self._keys, self._checkup):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self._outer = QHBoxLayout(body)
        self._outer.addWidget(content, MAX_WIDTH)
        self._outer.addStretch(1)
        self._keep_edge()
        self.verticalScrollBar().rangeChanged.connect(self._keep_edge)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        """As wide as the fields need: it has no scroll bar for them, the page has."""
        return QSize(least_width(self._body) + self.verticalScrollBar().sizeHint().width(), LEAST_HEIGHT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._body and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # the page may need more width now
        return super().eventFilter(watched, event)

    def show_section(self, section: SectionState) -> None:
        """Show the section; scroll to a new error."""
        self._title.setText(section.title)
        self._notes.show_notes(section.notes)
        self._checklist.show_list(section.checklist)
        self._keys.show_keys(section.keys)
        self._checkup.show_checkup(section.checkup)
        for field in section.fields:
            if field.key in self._rows:
                self._rows[field.key].show_field(field)
            else:
                self._add_row(field)
        self._reveal_errors(tuple(field.key for field in section.fields if field.error))
        self._reveal_field(section.focus)

    def _keep_edge(self, _first: int = 0, last: int = 0) -> None:
        """Put the scroll bar into the margin, so that the fields stay aligned with the buttons below them."""
        bar = self.verticalScrollBar().sizeHint().width() if last else 0
        self._outer.setContentsMargins(XL, L, XL - bar, L)

    def row(self, key: str) -> SettingRow:
        return self._rows[key]

    def _add_row(self, field: FieldState) -> None:
        row = SettingRow(self._theme, self._texts, field, self)
        row.edited.connect(self.edited)
        row.submitted.connect(self.submitted)
        row.file_requested.connect(self.file_requested)
        self._column.insertWidget(self._column.count() - 1, row)
        self._rows[field.key] = row

    def _reveal_errors(self, keys: tuple[str, ...]) -> None:
        new = [key for key in keys if key not in self._errors]
        self._errors = frozenset(keys)
        if new and self.isVisible():
            self._rows[new[0]].editor.control().setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(0, self, self._scroll_to_error)  # the row has its new height after the layout pass

    def _reveal_field(self, key: str) -> None:
        """Put the keyboard into the field that a person was led to, once."""
        is_new, self._focus = key != self._focus, key
        if is_new and (place := self._place_of(key)) is not None:
            place[1].setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(
                0, self, self._scroll_to_focus
            )  # a section that is shown for the first time has no size yet

    def _place_of(self, key: str) -> tuple[QWidget, QWidget] | None:
        """Return what is to be seen of a setting and, in it, what takes the keyboard; None where it is not here."""
        if key == KEY_PAIR:
            return self._keys, self._keys.next_button()
        return (self._rows[key], self._rows[key].editor.control()) if key in self._rows else None

    def _scroll_to_focus(self) -> None:
        if (place := self._place_of(self._focus)) is not None:
            self.ensureWidgetVisible(place[0])

    def _scroll_to_error(self) -> None:
        rows = [row for key, row in self._rows.items() if key in self._errors]
        if rows:
            self.ensureWidgetVisible(rows[0])
