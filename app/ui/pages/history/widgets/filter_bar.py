"""The filter bar of the history: search, the filters as chips, clear; it wraps in a narrow window. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalMapper, QSize, Signal
from PySide6.QtWidgets import QWidget

from app.i18n.texts import Texts
from app.ui.pages.history.state import FilterBarState
from app.ui.pages.history.widgets.menu_chip import MenuChipButton
from app.ui.pages.history.widgets.search_field import SearchField
from app.ui.tables.flow import FlowLayout
from app.ui.theme import Theme, tokens
from app.ui.widgets.controls.buttons import button

REMOVABLE: Final = ("period", "status", "person", "confirmed", "sums")
SEARCH_WIDTH: Final = 300
AROUND_WORDS: Final = 64
"""The width of magnifier, cross and padding, in pixels."""


class WideSearch(SearchField):
    """At least as wide as its placeholder."""

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.placeholderText())
        return QSize(max(SEARCH_WIDTH, words + AROUND_WORDS), super().sizeHint().height())


class FilterBar(QWidget):
    """The signals of the menus carry the key of the choice; `remove_requested` the name of a filter."""

    search_requested = Signal(str)
    period_requested = Signal(str)
    status_requested = Signal(str)
    person_requested = Signal(str)
    confirmed_requested = Signal(str)
    sums_requested = Signal()
    attention_requested = Signal(bool)
    remove_requested = Signal(str)
    clear_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self.search = WideSearch(
            theme,
            texts.say("Search the history"),
            placeholder=texts.say("Search: 1042, 250,00, phone, e-mail, purpose…"),
            empty_name=texts.say("Empty the search"),
        )
        self.period = MenuChipButton(theme)
        self.status = MenuChipButton(theme)
        self.person = MenuChipButton(theme)
        self.confirmed = MenuChipButton(theme)
        self.sums = MenuChipButton(theme)
        self.attention = button(theme, "", "chip")
        self.attention.setCheckable(True)
        self.clear = button(theme, texts.say("Clear"), "quiet")
        self.clear.setAccessibleName(texts.say("Clear the filters"))
        row = FlowLayout(self, tokens.S)
        chips = (self.period, self.status, self.person, self.confirmed, self.sums)
        for part in (self.search, *chips, self.attention, self.clear):
            row.addWidget(part)
        row.stretch(self.search)
        self._connect_signals()

    def _connect_signals(self) -> None:
        self.search.search_committed.connect(self.search_requested)
        self.period.chosen.connect(self.period_requested)
        self.status.chosen.connect(self.status_requested)
        self.person.chosen.connect(self.person_requested)
        self.confirmed.chosen.connect(self.confirmed_requested)
        self.sums.open_requested.connect(self.sums_requested)
        self._removals = QSignalMapper(self)
        for name in REMOVABLE:
            chip: MenuChipButton = getattr(self, name)
            chip.remove_requested.connect(self._removals.map)
            self._removals.setMapping(chip, name)
        self._removals.mappedString.connect(self.remove_requested)
        self.attention.clicked.connect(self.attention_requested)
        self.clear.clicked.connect(self._clear)

    def show_filter(self, state: FilterBarState) -> None:
        """Show the current query."""
        say = self._texts.say
        self.search.show_text(state.search)
        self.period.show_chip(state.period, say("Period"))
        self.status.show_chip(state.status, say("Status"))
        self.person.show_chip(state.person, say("Cashier"))
        self.person.setVisible(bool(state.person.choices))
        self.confirmed.show_chip(state.confirmed, say("Confirmed"))
        self.sums.show_chip(state.sums, say("Sum"))
        self.attention.setText(state.attention)
        self.attention.setAccessibleName(state.attention)
        self.attention.setChecked(state.attention_on)
        self.clear.setEnabled(state.can_clear)

    def _clear(self) -> None:
        self.search.cancel_pending()
        self.clear_requested.emit()
