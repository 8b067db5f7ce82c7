"""The QR code over the whole window, for a customer's phone. Passive: a click or Escape only requests closing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.till.state import PaymentCard
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import L, M, S
from app.ui.widgets.controls.buttons import icon_button
from app.ui.widgets.qr.qr_view import QrView
from app.ui.widgets.text.elided_label import ElidedLabel


class CodeOverlay(QFrame):
    """Covers its parent and follows its size."""

    close_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, over: QWidget) -> None:
        super().__init__(over)
        mark(self, page=True)
        self._over = over
        self._text = mark(ElidedLabel(), role="title")
        self._close = icon_button(theme, "close", texts.say("Close"))
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.clicked.connect(self.close_requested)
        self.qr = QrView(theme)
        self.qr.setMinimumSize(1, 1)
        self.qr.setAccessibleName(texts.say("QR code of the link"))
        head = QHBoxLayout()
        head.setSpacing(M)
        head.addWidget(self._text, 1)
        head.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(L, S, S, L)
        column.setSpacing(S)
        column.addLayout(head)
        column.addWidget(self.qr, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(texts.say("QR code of the link"))
        self.hide()
        over.installEventFilter(self)

    def show_card(self, card: PaymentCard) -> None:
        """Show a link's code with its sum; it takes the keyboard when it appears."""
        self._text.show_text(f"{card.number} · {card.sum}")
        self.qr.show_text(card.url)
        if self.isHidden():
            self.setGeometry(self._over.rect())
            self.show()
            self.raise_()
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return super().eventFilter(watched, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.close_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab stays here: what lies below cannot be seen."""
        return True
