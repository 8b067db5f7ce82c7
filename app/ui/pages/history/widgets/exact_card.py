"""The payment whose number was searched for, on a card above the list: beside its conditions and totals. Passive."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.history.state import ExactState
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.controls.buttons import button
from app.ui.widgets.feedback.status_pill import StatusPill
from app.ui.widgets.text.elided_label import ElidedLabel
from app.ui.widgets.text.plain_text import PlainLabel


class ExactCard(QFrame):
    """`payment_requested` carries the id of the payment. Hidden while there is none."""

    payment_requested = Signal(str)

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, card=True)
        self._state: ExactState | None = None
        self.title = mark(PlainLabel(), role="strong")
        self.text = ElidedLabel()
        self.status = StatusPill(theme)
        self.open = button(theme, texts.say("Show"), "plain")
        self.open.clicked.connect(self._request)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.L, tokens.XS, tokens.XS, tokens.XS)
        row.setSpacing(tokens.M)
        row.addWidget(self.title)
        row.addWidget(self.text, 1)
        row.addWidget(self.status)
        row.addWidget(self.open)
        self.hide()

    def show_exact(self, state: ExactState | None) -> None:
        """Show the payment, or nothing."""
        self._state = state
        if state is not None:
            row = state.row
            moment = f"{row.day} {row.time}".strip()
            self.title.setText(f"{state.title} {row.number}")
            self.text.show_text(" · ".join(part for part in (row.sum, row.purpose, moment, state.remark) if part))
            self.status.show_status(row.status.word, row.status.tone, row.status.icon)
        self.setVisible(state is not None)

    def _request(self) -> None:
        if self._state is not None:
            self.payment_requested.emit(self._state.row.payment_id)
