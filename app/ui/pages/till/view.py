"""The till page: sale form, today's list, the current payment. Passive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.drawer.widgets.form_dialog_host import FormDialogHost
from app.ui.pages.till.state import Action, CardFace, Draft, PaymentCard, TillState
from app.ui.pages.till.widgets.card_view import NO_LIMIT, PaymentCardView
from app.ui.pages.till.widgets.code_overlay import CodeOverlay
from app.ui.pages.till.widgets.sale_form import FormShape, SaleForm
from app.ui.pages.till.widgets.today_card import TodayCard
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.controls.focus_keeper import FocusKeeper
from app.ui.widgets.money.sum_keys import sum_sign
from app.ui.widgets.room.fitting_scroll import least_width, preferred_height, reveal

KEYS: Final = {"new": Action.NEW, "copy": Action.COPY, "check": Action.CHECK, "change": Action.CHANGE_SUM}
SUM_KEYS: Final = frozenset({*"0123456789,", "back"})
CARD_WIDTH: Final = (360, 440)
GAP: Final = tokens.L
SCROLL_BAR: Final = 10


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`stacked`: the card stands below the form, not beside it."""

    shape: FormShape = FormShape.FULL
    stacked: bool = False


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
        self._theme = theme
        self._texts = texts
        self._draft = Draft()
        self._selects_amount = False
        self._card = PaymentCard()
        self._code: CodeOverlay | None = None
        self._arrangement: Arrangement | None = None
        self.form = SaleForm(theme, texts)
        self.today = TodayCard(theme, texts)
        self.card = PaymentCardView(theme, texts)
        self.question = FormDialogHost(theme, texts, self)
        self._card_focus = FocusKeeper(self.card, lambda: self.form.amount)
        self._build_layout()
        self._connect_signals()

    def _build_layout(self) -> None:
        self._left = QVBoxLayout()
        self._left.addWidget(self.form)
        self._left.addWidget(self.today, 1)
        self._left.setSpacing(tokens.M)
        self._row = QHBoxLayout(self)
        self._row.setSpacing(GAP)
        self._row.addLayout(self._left, 7)
        self._row.addWidget(self.card, 4)
        self.card.setMinimumWidth(CARD_WIDTH[0])
        self._arrange(Arrangement())

    def use_room(self, room: QSize) -> None:
        """Put the card below the form in a narrow window; drop the keypad where it takes the room of the rest."""
        self.card.code.use_window()
        least = max(self.form.least_size(FormShape.NO_KEYPAD).width(), least_width(self.today))
        stacked = room.width() < 2 * tokens.XL + least + GAP + CARD_WIDTH[0] + SCROLL_BAR
        shape = FormShape.NO_KEYPAD if stacked else self._largest_shape(room)
        self._arrange(Arrangement(shape, stacked))
        # Below one another Qt's layout gives parts that wrap their preferred height, at the cost of the others.
        wanted = preferred_height(self._row, room.width()) if stacked else 0
        if wanted != self.minimumHeight():
            self.setMinimumHeight(wanted)

    def _largest_shape(self, room: QSize) -> FormShape:
        """The largest shape of the form beside the card in which nothing has to be scrolled."""
        for shape in (FormShape.FULL, FormShape.COMPACT):
            compact = shape is not FormShape.FULL
            form, card = self.form.least_size(shape), 0 if compact else self.card.full_height()
            high = max(form.height() + tokens.M + self.today.least_height(compact=compact), card)
            wide = form.width() + GAP + CARD_WIDTH[0]
            if wide + 2 * tokens.XL <= room.width() and high + 2 * _edge(compact=compact) <= room.height():
                return shape
        return FormShape.NO_KEYPAD

    def _arrange(self, arrangement: Arrangement) -> None:
        if arrangement == self._arrangement:
            return
        self._arrangement = arrangement
        stacked, compact = arrangement.stacked, arrangement.shape is not FormShape.FULL
        self.form.show_shape(arrangement.shape)
        self.today.show_compact(compact)
        self.card.show_compact(compact)
        edge = _edge(compact=compact)
        self._left.setSpacing(tokens.S if compact else tokens.M)
        side = tokens.M if stacked else tokens.XL
        self._row.setContentsMargins(side, edge, side, edge)
        (self._row if stacked else self._left).removeWidget(self.card)
        if stacked:
            self._left.insertWidget(1, self.card)
        elif self._row.indexOf(self.card) < 0:
            self._row.addWidget(self.card, 4)
        self.card.setMaximumWidth(NO_LIMIT if stacked else CARD_WIDTH[1])
        self.card.code.show_inline(stacked)

    # Signals and states

    def _connect_signals(self) -> None:
        self.form.edited.connect(self.edited)
        self.form.left.connect(self.left)
        self.form.create_requested.connect(self.create_requested)
        self.form.amount.changed.connect(self._reveal_amount)
        self.today.payment_requested.connect(self.payment_requested)
        self.today.table.installEventFilter(self)
        self.card.action_requested.connect(self._request)
        self.card.large_code_requested.connect(self._toggle_code)

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
        self._show_card(state.card)
        self.question.show_form(state.form)

    def _show_card(self, card: PaymentCard) -> None:
        shown, self._card = self._card, card
        with self._card_focus.keep():
            self.card.show_state(card)
        if card.payment_id != shown.payment_id or card.face is not shown.face:
            QTimer.singleShot(0, self, self._reveal_card)  # once it has its new place
        if card.face is not CardFace.QR:
            self.close_code()
        elif self._code is not None:
            self._code.show_card(card)

    def _reveal_card(self) -> None:
        """Scroll to what people look for now: the payment, or the next sum where there is none."""
        if self._card.payment_id is None:
            reveal(self.form.amount)
        else:
            reveal(self.card.code if self._card.face is CardFace.QR else self.card)

    def _reveal_amount(self) -> None:
        """The keyboard types into it also while it is scrolled away."""
        reveal(self.form.amount)

    def _toggle_code(self) -> None:
        """Show the code over the whole window, or the window again."""
        if self._code is not None or self._card.face is not CardFace.QR:
            self.close_code()
            return
        over: QWidget = self
        while (parent := over.parentWidget()) is not None and not over.isWindow() and not parent.isWindow():
            over = parent
        self._code = CodeOverlay(self._theme, self._texts, over)
        self._code.close_requested.connect(self.close_code)
        self._code.installEventFilter(self)
        self._code.show_card(self._card)

    def close_code(self) -> bool:
        """Show the window again, and return whether the code lay over it."""
        code, self._code = self._code, None
        if code is not None:
            code.hide()
            code.deleteLater()
            self._to_amount()
        return code is not None

    def handle_key(self, name: str) -> None:
        """Handle an application key used on this page."""
        if name == "code":
            self._toggle_code()
        elif name in KEYS:
            self._request(KEYS[name])

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.close_code()

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
        """Digits typed while the list or the large code has the focus go into the amount field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = "back" if event.key() == Qt.Key.Key_Backspace else sum_sign(event).replace(".", ",")
            if key in SUM_KEYS:
                self.close_code()
                self.form.amount.press(key)
                self._to_amount()
                return True
        return super().eventFilter(watched, event)


def _edge(*, compact: bool) -> int:
    """The room above and below the page's parts, in pixels."""
    return tokens.S if compact else tokens.L
