"""The till page: sale form, today's list, the current payment. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.drawer.widgets.form_dialog_host import FormDialogHost
from app.ui.pages.till.state import Action, Draft, TillState
from app.ui.pages.till.widgets.card_view import PaymentCardView
from app.ui.pages.till.widgets.sale_form import SaleForm
from app.ui.pages.till.widgets.today_card import TodayCard
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.controls.focus_keeper import FocusKeeper
from app.ui.widgets.money.sum_keys import sum_sign

KEYS: Final = {"new": Action.NEW, "copy": Action.COPY, "check": Action.CHECK, "change": Action.CHANGE_SUM}
SUM_KEYS: Final = frozenset({*"0123456789,", "back"})
CARD_WIDTH: Final = (360, 440)


class TillPage(QWidget):
    """`payment_requested` carries a PaymentId, `action_requested` an Action; `edited` (field, text), `left` (field)."""

    edited = Signal(str, str)
    left = Signal(str)
    create_requested = Signal()
    payment_requested = Signal(str)
    action_requested = Signal(object)

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, page=True)
        self._draft = Draft()
        self._selects_amount = False
        self.form = SaleForm(theme, texts)
        self.today = TodayCard(theme, texts)
        self.card = PaymentCardView(theme, texts)
        self.question = FormDialogHost(theme, texts, self)
        self._card_focus = FocusKeeper(self.card, lambda: self.form.amount)
        self._build_layout()
        self._connect_signals()

    def _build_layout(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(tokens.M)
        left.addWidget(self.form)
        left.addWidget(self.today, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.XL, tokens.L, tokens.XL, tokens.L)
        row.setSpacing(tokens.L)
        row.addLayout(left, 7)
        row.addWidget(self.card, 4)
        self.card.setMinimumWidth(CARD_WIDTH[0])
        self.card.setMaximumWidth(CARD_WIDTH[1])

    def _connect_signals(self) -> None:
        self.form.edited.connect(self.edited)
        self.form.left.connect(self.left)
        self.form.create_requested.connect(self.create_requested)
        self.today.payment_requested.connect(self.payment_requested)
        self.today.table.installEventFilter(self)
        self.card.action_requested.connect(self._request)

    def show_state(self, state: TillState) -> None:
        if self._draft != Draft() and state.draft == Draft():
            self._to_amount()  # the sale is created: the next amount must not be typed into the last e-mail field
        self._draft = state.draft
        self.form.show_state(state)
        if state.select_amount and not self._selects_amount:
            self.form.amount.show_suggested(state.draft.amount)
            self._to_amount()
        self._selects_amount = state.select_amount
        self.today.show_state(state.today)
        self.today.table.select(state.card.payment_id)
        with self._card_focus.keep():
            self.card.show_state(state.card)
        self.question.show_form(state.form)

    def handle_key(self, name: str) -> None:
        """Handle an application key used on this page."""
        if name in KEYS:
            self._request(KEYS[name])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def _request(self, action: Action) -> None:
        self.action_requested.emit(action)
        if action is not Action.CONNECT:
            self._to_amount()

    def _to_amount(self) -> None:
        self.form.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Digits typed while the list has the focus go into the amount field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = "back" if event.key() == Qt.Key.Key_Backspace else sum_sign(event).replace(".", ",")
            if key in SUM_KEYS:
                self.form.amount.press(key)
                self._to_amount()
                return True
        return super().eventFilter(watched, event)
