"""The right side of the till: the current payment with its QR code, status and actions. Passive."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.till.state import Action, CardFace, PaymentCard
from app.ui.pages.till.widgets.card_actions import CardActions
from app.ui.pages.till.widgets.code_view import CodeView
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark, restyle
from app.ui.widgets.feedback.countdown import Countdown
from app.ui.widgets.feedback.empty_state import EmptyState
from app.ui.widgets.feedback.paid_view import PaidView
from app.ui.widgets.feedback.status_pill import StatusPill
from app.ui.widgets.feedback.stepper import Stepper
from app.ui.widgets.room.fitting_scroll import least_height
from app.ui.widgets.text.plain_text import PlainLabel, set_tooltip

PAD: Final = 20
COMPACT_PAD: Final = 8
NO_LIMIT: Final = 16_777_215
LEAST_SQUARE: Final = (200, 88)
SPARE_LINES: Final = 2
"""Kept free below a code, so that a sentence about it does not have to scroll the page."""
LONGEST_LEFT: Final = "88:88:88"
SLACK: Final = 4
SHORT, LONG = 900, 1800
"""Pixels of a line of details, of three rows and of six: more would take the room of the code, or of the buttons."""


class PaymentCardView(QFrame):
    """`action_requested` carries an Action; `large_code_requested`: show the code over the whole window."""

    action_requested = Signal(object)
    large_code_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._texts = texts
        self._card = PaymentCard()
        mark(self, card=True)
        self._build_head()
        self._build_faces()
        self._build_lines()
        self.actions_view = CardActions(theme, texts)
        self.actions_view.action_requested.connect(self.action_requested)
        self._build_layout()

    def _build_head(self) -> None:
        self._head = QWidget()
        self._number = mark(PlainLabel(), role="heading")
        self._pill = StatusPill(self._theme)
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._number, 1)
        head.addWidget(self._pill)

    def _build_faces(self) -> None:
        self._empty = EmptyState(self._theme)
        self.code = CodeView(self._theme, self._texts)
        self.code.large_requested.connect(self.large_code_requested)
        self.qr = self.code.qr
        self.big = PaidView(self._theme)
        self.big.setMinimumSize(*LEAST_SQUARE)
        self._faces = QWidget()
        column = QVBoxLayout(self._faces)
        column.setContentsMargins(0, 0, 0, 0)
        for face in (self._empty, self.code, self.big):
            column.addWidget(face)
            face.hide()
        self._empty.action_requested.connect(partial(self.action_requested.emit, Action.CONNECT))

    def _build_lines(self) -> None:
        self.sum = mark(PlainLabel(), role="sum")
        self.headline = mark(PlainLabel(), role="headline")
        self.headline.setContentsMargins(0, tokens.XS, 0, 0)
        self.countdown = Countdown(self._theme)
        self.detail = mark(PlainLabel(), role="muted")
        self._steps = Stepper(self._theme)
        self._spare = QWidget()
        for label in (self.sum, self.headline, self.countdown, self.detail):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for label in (self.headline, self.detail):
            label.setWordWrap(True)

    def _build_layout(self) -> None:
        column = self._column = QVBoxLayout(self)
        self.show_compact(False)
        column.setSpacing(tokens.S)
        column.addWidget(self._head)
        column.addWidget(self._faces, 1000)
        for part in (self.sum, self.headline, self.countdown, self.detail, self._steps):
            column.addWidget(part)
        column.addWidget(self._spare)
        column.addStretch(1)
        column.addWidget(self.actions_view)

    def show_compact(self, compact: bool) -> None:
        """Use less room around and between the parts, where there is little height: the code gets it."""
        self._compact = compact
        lines = 1 if compact else SPARE_LINES
        self._column.setContentsMargins(PAD, COMPACT_PAD if compact else tokens.L, PAD, COMPACT_PAD if compact else PAD)
        self._spare.setFixedHeight(lines * self._line_height())

    def _line_height(self) -> int:
        return QFontMetrics(self._theme.font("body")).lineSpacing()

    def full_height(self) -> int:
        """The height that the card needs at least when it is not compact, in pixels."""
        needed = least_height(self, self.width())
        if not self._compact:
            return needed
        spare = 0 if self._spare.isHidden() else (SPARE_LINES - 1) * self._line_height()
        return needed + tokens.L + PAD - 2 * COMPACT_PAD + spare

    def show_state(self, card: PaymentCard) -> None:
        self._card = card
        self._show_head(card)
        self._show_face(card)
        self._show_lines(card)
        self.actions_view.show_card(card)
        self._fit_face()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_face()
        self._show_left(self._card)

    def _show_head(self, card: PaymentCard) -> None:
        self._head.setVisible(card.payment_id is not None)
        self._number.setText(card.number)
        if card.status is not None:
            self._pill.show_status(card.status.word, card.status.tone, card.status.icon)

    def _show_face(self, card: PaymentCard) -> None:
        if card.face is CardFace.QR:
            self.code.show_text(card.url)
            self._bring(self.code)
        elif card.face is CardFace.PAID:
            self.big.show_paid(card.sum)
            self._bring(self.big)
        elif card.face is CardFace.NOTICE and card.payment_id is not None:
            self.big.show_notice(card.icon, card.tone, card.sum)
            self._bring(self.big)
        else:
            action = self._texts.say("Connect XPAY") if Action.CONNECT in card.actions else None
            busy = card.face is CardFace.BUSY
            self._empty.show_content(card.icon, card.headline, "" if busy else card.detail, action)
            self._bring(self._empty)

    def _bring(self, face: QWidget) -> None:
        """Show one face. A stack would need the room of its largest one."""
        for other in (self._empty, self.code, self.big):
            other.setVisible(other is face)

    def _show_lines(self, card: PaymentCard) -> None:
        has_payment = card.payment_id is not None
        _show_text(self.sum, card.sum if has_payment and card.face in (CardFace.QR, CardFace.BUSY) else "")
        _show_text(
            self.headline, card.headline if has_payment and card.face in (CardFace.PAID, CardFace.NOTICE) else ""
        )
        restyle(self.headline, ink=card.tone)
        self.detail.show_short(card.detail if has_payment else "", SHORT if card.face is CardFace.QR else LONG)
        self.detail.setVisible(bool(self.detail.text()))
        restyle(self.detail, ink=_detail_ink(card))
        self._spare.setVisible(card.face is CardFace.QR and not card.detail)
        self._show_left(card)
        self._steps.show_steps(tuple((step.word, step.state) for step in card.steps))
        self._steps.setVisible(bool(card.steps))

    def _show_left(self, card: PaymentCard) -> None:
        """One line: the purpose, elided if need be, and how long the link is valid."""
        self.countdown.setVisible(card.deadline_ms is not None)
        if card.deadline_ms is None:
            return
        left = self._texts.say("valid for {left}", left="{left}")
        if not card.purpose:
            self.countdown.count_to(card.deadline_ms, left)
            return
        metrics = QFontMetrics(self._theme.font("body", 600))
        taken = metrics.horizontalAdvance(" · " + left.replace("{left}", LONGEST_LEFT)) + SLACK
        room = self._room() - taken
        shown = QFontMetrics(self._theme.font("body")).elidedText(card.purpose, Qt.TextElideMode.ElideRight, room)
        self.countdown.count_to(card.deadline_ms, f"{shown} · {left}")
        set_tooltip(self.countdown, "" if shown == card.purpose else card.purpose)

    def _room(self) -> int:
        return self.contentsRect().width() - 2 * PAD

    def _fit_face(self) -> None:
        """Code and tick are square: the space they would leave empty goes below the texts."""
        is_square = self._empty.isHidden()
        self._faces.setMaximumHeight(self._room() if is_square else NO_LIMIT)


def _detail_ink(card: PaymentCard) -> str:
    """Reasons for attention stand out where no headline says that there are some."""
    if card.face is CardFace.QR and card.tone == "failed":
        return "failed"
    has_headline = card.face is CardFace.NOTICE and card.tone == "attention"
    return "attention" if card.has_reasons and not has_headline else ""


def _show_text(label: PlainLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
