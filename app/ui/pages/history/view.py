"""The history page: filter bar, totals, the payments and the drawer. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.i18n.marks import _
from app.i18n.texts import Texts
from app.ui.drawer.state import Action, DrawerState
from app.ui.drawer.view import PaymentDrawer
from app.ui.pages.history.state import HistoryState, NoticeAction, RangeState, SumsState
from app.ui.pages.history.widgets.cards import SummaryCards
from app.ui.pages.history.widgets.chart_panel import ChartPanel
from app.ui.pages.history.widgets.exact_card import ExactCard
from app.ui.pages.history.widgets.filter_bar import FilterBar
from app.ui.pages.history.widgets.range_dialog import RangeDialog
from app.ui.pages.history.widgets.search_words import SearchWords
from app.ui.pages.history.widgets.sums_dialog import SumsDialog
from app.ui.payment.table_choices import ALWAYS_SHOWN, SORTABLE
from app.ui.tables.columns import HISTORY_COLUMNS
from app.ui.tables.table_card import TableCard
from app.ui.tables.virtual_table import VirtualPaymentsTable
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.room.fitting_scroll import page_margins

KEYS: Final = {"copy": Action.COPY, "check": Action.CHECK}
NOTICE_ACTION_LABELS: Final = {
    NoticeAction.CLEAR: _("Clear"),
    NoticeAction.ALL_TIME: _("Look at all time"),
    NoticeAction.RETRY: _("Try again"),
}


class HistoryPage(QWidget):
    """`payment_requested`: a PaymentId; `notice_action_requested`: a NoticeAction; `range_requested`: two ISO days;
    `bar_requested`: the key of a bar of the chart; `chart_arranged`: a ChartChoice.
    """

    search_requested = Signal(str)
    period_requested = Signal(str)
    status_requested = Signal(str)
    person_requested = Signal(str)
    confirmed_requested = Signal(str)
    sums_requested = Signal()
    sums_applied = Signal(str, str)
    sums_left = Signal()
    attention_requested = Signal(bool)
    remove_requested = Signal(str)
    clear_requested = Signal()
    range_requested = Signal(str, str)
    range_left = Signal()
    bar_requested = Signal(str)
    chart_arranged = Signal(object)
    payment_requested = Signal(str)
    sight_changed = Signal(int, int)
    copy_requested = Signal(str)
    sort_requested = Signal(str)
    columns_requested = Signal(object)
    notice_action_requested = Signal(object)

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, page=True)
        self._theme = theme
        self._texts = texts
        self._notice_action: NoticeAction | None = None
        self.range: RangeDialog | None = None
        self.sums: SumsDialog | None = None
        self.filter = FilterBar(theme, texts)
        self.words = SearchWords(texts)
        self.cards = SummaryCards(theme)
        self.chart = ChartPanel(theme, texts)
        found = texts.say("Payments found")
        self.exact = ExactCard(theme, texts)
        self.table = VirtualPaymentsTable(theme, texts, HISTORY_COLUMNS, found)
        self.card = TableCard(theme, texts, HISTORY_COLUMNS, found, table=self.table)
        self.drawer = PaymentDrawer(theme, texts)
        self._build_layout()
        self._connect_signals()

    def _build_layout(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(tokens.M)
        left.addWidget(self.cards)
        left.addWidget(self.chart)
        left.addWidget(self.exact)
        left.addWidget(self.card, 1)
        row = QHBoxLayout()
        row.setSpacing(tokens.M)
        row.addLayout(left, 1)
        row.addWidget(self.drawer)
        column = self._column = QVBoxLayout(self)
        column.setSpacing(tokens.M)
        column.addWidget(self.filter)  # above the drawer, too: its lines stay, and the list where it is
        column.addWidget(self.words)
        column.addLayout(row, 1)

    def use_room(self, room: QSize) -> None:
        """Keep less free around the parts of the page, and leave the chart out, where there is little room."""
        self._column.setContentsMargins(page_margins(room))
        self.chart.use_room(room)

    def _connect_signals(self) -> None:
        bar = self.filter
        bar.search_requested.connect(self.search_requested)
        bar.period_requested.connect(self.period_requested)
        bar.status_requested.connect(self.status_requested)
        bar.person_requested.connect(self.person_requested)
        bar.confirmed_requested.connect(self.confirmed_requested)
        bar.sums_requested.connect(self.sums_requested)
        bar.remove_requested.connect(self.remove_requested)
        bar.attention_requested.connect(self.attention_requested)
        bar.clear_requested.connect(self.clear_requested)
        self.chart.bar_requested.connect(self.bar_requested)
        self.chart.arranged.connect(self.chart_arranged)
        self.exact.payment_requested.connect(self.payment_requested)
        self.table.sight_changed.connect(self.sight_changed)
        self.table.copy_requested.connect(self.copy_requested)
        self.table.sort_requested.connect(self.sort_requested)
        self.table.columns_requested.connect(self.columns_requested)
        self.card.row_requested.connect(self.payment_requested)
        self.card.notice_action_requested.connect(self._request_notice_action)

    def show_state(self, state: HistoryState) -> None:
        self.filter.show_filter(state.filter)
        self.words.show_words(state.filter.words)
        self.cards.show_cards(state.cards)
        self.chart.show_panel(state.chart)
        self._show_range(state.filter.custom_range)
        self._show_sums(state.filter.sums_dialog)
        self.exact.show_exact(state.exact)
        chosen = state.choices
        self.table.show_columns(
            chosen.columns,
            sort_key=chosen.sort_key,
            descending=chosen.descending,
            sortable=frozenset(SORTABLE),
            always=ALWAYS_SHOWN,
        )
        if state.notice is None:
            self.table.show_window(state.rows)
            self.card.show_table()
            return
        self._notice_action = state.notice.notice_action
        word = self._texts.say(NOTICE_ACTION_LABELS[self._notice_action]) if self._notice_action else None
        self.card.show_notice(state.notice.icon, state.notice.title, state.notice.text, word)

    def show_drawer(self, state: DrawerState) -> None:
        """Show the drawer next to the list."""
        self.drawer.show_state_with_table(state, self.card.table)

    def showEvent(self, event: QShowEvent) -> None:
        """Focus the search field."""
        super().showEvent(event)
        self.filter.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def handle_key(self, name: str) -> None:
        """Handle an application key used on this page."""
        if name == "search":
            self.focus_search()
        elif name in KEYS:
            self.drawer.action_requested.emit(KEYS[name])

    def focus_search(self) -> None:
        """Focus the search field."""
        self.filter.search.setFocus()
        self.filter.search.selectAll()

    def _show_range(self, state: RangeState | None) -> None:
        if state is not None and self.range is None:
            self.range = RangeDialog(self._theme, self._texts, state, self)
            self.range.applied.connect(self.range_requested)
            self.range.finished.connect(self._leave_range)
            self.range.open()
        elif state is None and self.range is not None:
            self._close_range()

    def _close_range(self) -> None:
        dialog, self.range = self.range, None
        if dialog is not None:
            dialog.close()
            dialog.deleteLater()

    def _leave_range(self) -> None:
        if self.range is not None:
            self._close_range()
            self.range_left.emit()

    def _show_sums(self, state: SumsState | None) -> None:
        if state is None:
            self._close_sums()
        elif self.sums is None:
            self.sums = SumsDialog(self._theme, self._texts, state, self)
            self.sums.applied.connect(self.sums_applied)
            self.sums.finished.connect(self._leave_sums)
            self.sums.open()
        elif state.problem:
            self.sums.show_problem(state)

    def _close_sums(self) -> None:
        dialog, self.sums = self.sums, None
        if dialog is not None:
            dialog.close()
            dialog.deleteLater()

    def _leave_sums(self) -> None:
        if self.sums is not None:
            self._close_sums()
            self.sums_left.emit()

    def _request_notice_action(self) -> None:
        if self._notice_action is not None:
            self.notice_action_requested.emit(self._notice_action)
