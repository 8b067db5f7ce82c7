"""The payments page: chips, payments with their time left, and the drawer. Passive."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.drawer.state import Action, DrawerState
from app.ui.drawer.view import PaymentDrawer
from app.ui.pages.payments.state import Chip, ChipState, PaymentsState
from app.ui.pages.payments.widgets.inbox_card import InboxCard
from app.ui.tables.columns import LIVE_COLUMNS
from app.ui.tables.flow import FlowLayout
from app.ui.tables.table_card import TableCard
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.controls.buttons import Button, button
from app.ui.widgets.room.fitting_scroll import page_margins

KEYS: Final = {"copy": Action.COPY, "check": Action.CHECK}


class PaymentsPage(QWidget):
    """`payment_requested` carries a PaymentId, `chip_requested` a Chip; the drawer has its own signals."""

    chip_requested = Signal(object)
    payment_requested = Signal(str)
    retry_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, page=True)
        self._theme = theme
        self._texts = texts
        self._build_chips()
        self.card = TableCard(theme, texts, LIVE_COLUMNS, texts.say("Payments of today and open links"))
        self.drawer = PaymentDrawer(theme, texts)
        self.inbox = InboxCard(theme, texts)
        self._build_layout()
        self._connect_signals()

    def _build_chips(self) -> None:
        self.chips: dict[Chip, Button] = {}
        self._chip_row = QWidget()
        row = FlowLayout(self._chip_row, tokens.S)
        for chip in Chip:
            made = button(self._theme, "", "chip")
            made.setCheckable(True)
            made.clicked.connect(partial(self._choose, chip))
            self.chips[chip] = made
            row.addWidget(made)

    def _build_layout(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(tokens.M)
        self._head = QWidget()
        head = FlowLayout(self._head, tokens.S)
        head.addWidget(self._chip_row)
        head.addWidget(self.inbox.bar)
        head.stretch(self.inbox.bar)
        left.addWidget(self._head)
        left.addWidget(self.card, 1)
        left.addWidget(self.inbox, 1)
        row = self._row = QHBoxLayout(self)
        row.setSpacing(tokens.M)
        row.addLayout(left, 1)
        row.addWidget(self.drawer)

    def use_room(self, room: QSize) -> None:
        """Keep less free around the parts of the page, where there is little room."""
        self._row.setContentsMargins(page_margins(room))

    def _connect_signals(self) -> None:
        self.card.row_requested.connect(self.payment_requested)
        self.card.notice_action_requested.connect(self.retry_requested)

    def show_state(self, state: PaymentsState) -> None:
        for chip_state in state.chips:
            self._show_chip(chip_state)
        is_inbox = state.inbox is not None and state.notice is None
        self.inbox.show_inbox(state.inbox)
        self.inbox.setVisible(is_inbox)
        self.card.setVisible(not is_inbox)
        if state.notice is None:
            self.card.show_rows(state.rows, state.foot)
            self._enter_list()
            return
        notice = state.notice
        retry = self._texts.say("Try again") if notice.can_retry else None
        self.card.show_notice(notice.icon, notice.title, notice.text, retry)

    def show_drawer(self, state: DrawerState) -> None:
        """Show the drawer next to the list."""
        self.drawer.show_state_with_table(state, self._list())

    def showEvent(self, event: QShowEvent) -> None:
        """Tab order begins with the chips; as soon as there are rows, the list has the focus."""
        super().showEvent(event)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._enter_list()

    def handle_key(self, name: str) -> None:
        """Handle an application key used on this page."""
        if name in KEYS:
            self.drawer.action_requested.emit(KEYS[name])

    def _enter_list(self) -> None:
        if self.hasFocus() and (self.card.shows_rows() or not self.inbox.isHidden()):
            self._list().setFocus(Qt.FocusReason.OtherFocusReason)

    def _list(self) -> QWidget:
        return self.card.table if self.inbox.isHidden() else self.inbox.list

    def _show_chip(self, chip_state: ChipState) -> None:
        chip = self.chips[chip_state.chip]
        chip.setText(chip_state.word)
        chip.setAccessibleName(chip_state.word)
        chip.setChecked(chip_state.is_chosen)

    def _choose(self, chip: Chip) -> None:
        self.chips[chip].setChecked(True)
        self.chip_requested.emit(chip)
