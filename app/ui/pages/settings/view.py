"""The settings page: sections on the left, the open one as a form on the right, its save button at the foot."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.settings.state import PageMode, SectionState, SettingsState
from app.ui.pages.settings.widgets.form import MAX_WIDTH, SectionForm
from app.ui.pages.settings.widgets.section_list import SectionButton, SectionList
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import XL, L, M, S
from app.ui.widgets.controls.buttons import button
from app.ui.widgets.controls.field import ErrorLine
from app.ui.widgets.feedback.empty_state import EmptyState
from app.ui.widgets.room.fitting_scroll import page_margins

ICONS: Final = {PageMode.LOADING: "clock", PageMode.PROBLEM: "warning"}


class SettingsPage(QWidget):
    """Passive: `show_state` in, signals out. `edited`: key and text; `key_action_requested`: a KeyAction."""

    section_requested = Signal(str)
    edited = Signal(str, str)
    file_requested = Signal(str)
    key_action_requested = Signal(object)
    check_requested = Signal()
    connection_check_requested = Signal()
    field_requested = Signal(str)
    diagnostics_requested = Signal()
    save_requested = Signal()
    undo_requested = Signal()
    reload_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._texts = texts
        self._forms: dict[str, SectionForm] = {}
        self._sections = SectionList(theme, self)
        self._empty = EmptyState(theme, self)
        self._stack = QStackedWidget(self)
        self._foot = QFrame(self)
        self._problem = ErrorLine(theme, self)
        self._undo = button(theme, texts.say("Undo"), parent=self)
        self._save = button(theme, texts.say("Save"), "primary", "check", self)
        mark(self, page=True)
        self._build_foot()
        self._build_page(self._build_card())
        self._connect()
        self.show_state(SettingsState())

    def _build_foot(self) -> None:
        content = QWidget(self._foot)
        content.setMaximumWidth(MAX_WIDTH)  # aligns the buttons with the fields
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(S)
        row.addWidget(self._problem, 1)
        row.addStretch(0)
        row.addWidget(self._undo)
        row.addWidget(self._save)
        line = mark(QFrame(self._foot), line=True)
        line.setFixedHeight(1)
        room = QHBoxLayout()
        room.setContentsMargins(XL, M, XL, M)
        room.addWidget(content, MAX_WIDTH)
        room.addStretch(1)
        column = QVBoxLayout(self._foot)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line)
        column.addLayout(room)

    def _build_card(self) -> QFrame:
        card = mark(QFrame(self), card=True)
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self._foot)
        self._stack.addWidget(self._empty)
        return card

    def _build_page(self, card: QFrame) -> None:
        row = self._row = QHBoxLayout(self)
        row.setSpacing(L)
        row.addWidget(self._sections)
        row.addWidget(card, 1)

    def use_room(self, room: QSize) -> None:
        """Keep less free around the parts of the page, where there is little room."""
        margins = page_margins(room)
        self._row.setContentsMargins(margins)
        self._row.setSpacing(min(L, margins.left()))

    def _connect(self) -> None:
        self._sections.section_requested.connect(self.section_requested)
        self._empty.action_requested.connect(self.reload_requested)
        self._undo.clicked.connect(self.undo_requested)
        self._save.clicked.connect(self._request_save)

    def show_state(self, state: SettingsState) -> None:
        """Show the state; the editor that has the focus keeps its cursor."""
        section = state.section
        self._sections.show_tabs(state.tabs, section.id if section else "", self._texts.say("Not saved yet"))
        self._sections.setEnabled(section is not None)
        self._foot.setVisible(section is not None and not (section.instant and not section.problem))
        if section is None:
            self._show_empty(state)
        else:
            self._show_section(section)

    def showEvent(self, event: QShowEvent) -> None:
        """Tab order begins with the sections."""
        super().showEvent(event)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def form(self, section_id: str) -> SectionForm:
        """Return the form of a section that has been shown."""
        return self._forms[section_id]

    def section_button(self, section_id: str) -> SectionButton:
        """Return a button of the left column."""
        return self._sections.button(section_id)

    def problem(self) -> str:
        """Return the text at the foot."""
        return self._problem.text()

    def _show_empty(self, state: SettingsState) -> None:
        say = self._texts.say
        titles = {PageMode.LOADING: say("Reading the settings…"), PageMode.PROBLEM: say("The settings cannot be shown")}
        again = say("Try again") if state.can_retry else None
        self._empty.show_content(ICONS[state.mode], titles[state.mode], state.problem, again)
        self._stack.setCurrentWidget(self._empty)

    def _show_section(self, section: SectionState) -> None:
        if section.id not in self._forms:
            self._add_form(section.id)
        form = self._forms[section.id]
        form.show_section(section)
        self._stack.setCurrentWidget(form)
        self._problem.show_text(section.problem)
        for one in (self._undo, self._save):
            one.setVisible(not section.instant)
        self._save.setEnabled(section.changed and not section.saving)
        self._undo.setEnabled(section.changed and not section.saving)

    def _add_form(self, section_id: str) -> None:
        form = SectionForm(section_id, self._theme, self._texts, self)
        form.edited.connect(self.edited)
        form.submitted.connect(self._request_save)
        form.file_requested.connect(self.file_requested)
        form.key_action_requested.connect(self.key_action_requested)
        form.check_requested.connect(self.check_requested)
        form.connection_check_requested.connect(self.connection_check_requested)
        form.field_requested.connect(self.field_requested)
        form.diagnostics_requested.connect(self.diagnostics_requested)
        self._forms[section_id] = form
        self._stack.addWidget(form)

    def _request_save(self) -> None:
        """Enter in a field saves when the save button is enabled."""
        if self._save.isEnabled():
            self.save_requested.emit()
