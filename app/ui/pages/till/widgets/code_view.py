"""The QR code on the card: as large as the card allows, a button that shows it large where that is too little."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.theme import Theme
from app.ui.theme.tokens import CONTROL_HEIGHT
from app.ui.widgets.controls.buttons import button
from app.ui.widgets.qr.qr_view import QrView
from app.ui.widgets.text.plain_text import set_tooltip

LEAST: Final = QSize(200, CONTROL_HEIGHT)
INLINE: Final = QSize(240, 240)


class CodeView(QWidget):
    """`large_requested`: the code or the button was pressed. The code of a link never shrinks by itself.

    What appears below it would take its room while a customer holds a phone to it; only the window may.
    """

    large_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.qr = QrView(theme)
        self.qr.setMinimumSize(1, 1)
        self.qr.setAccessibleName(texts.say("QR code of the link"))
        self.qr.setCursor(Qt.CursorShape.PointingHandCursor)
        set_tooltip(self.qr, f"{texts.say('Show the code on the whole window')} (F3)")
        self.large = button(theme, texts.say("Show the code"), "primary", "qr")
        self.large.clicked.connect(self.large_requested)
        self._text: str | None = None
        self._least = LEAST
        self._window_size = QSize()
        self._seen_side = 0
        self._at_rest = QTimer(self)
        self._at_rest.setSingleShot(True)
        self._at_rest.timeout.connect(self._remember_side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.qr, 1)
        column.addWidget(self.large, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumSize(self._least)

    def show_text(self, text: str | None) -> None:
        """Show the code of a link."""
        if text != self._text:
            self._text = text
            self._release()
        self.qr.show_text(text)
        self._choose()

    def show_inline(self, inline: bool) -> None:
        """Ask for the room of a code even where the page scrolls for it."""
        self._least = INLINE if inline else LEAST
        self.setMinimumSize(self._least)

    def sizeHint(self) -> QSize:
        return self.minimumSize() if self._least is INLINE else self.qr.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hold()
        self._choose()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.large_requested.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._release()

    def use_window(self) -> None:
        """Let the code shrink with the window: it is people who resize that."""
        if self.window().size() != self._window_size:
            self._window_size = self.window().size()
            self._release()

    def _release(self) -> None:
        self._seen_side = 0
        self.setMinimumSize(self._least)
        self._at_rest.start()

    def _remember_side(self) -> None:
        """All layouts have ended: this is what people see."""
        if self.isVisible() and self.qr.isVisible():
            self._seen_side = max(self._seen_side, min(self.width(), self.height()))

    def _hold(self) -> None:
        """Ask for the size back at which the code was seen."""
        self.use_window()
        if min(self.width(), self.height()) < self._seen_side:
            self.setMinimumSize(QSize(self._seen_side, self._seen_side).expandedTo(self._least))
        self._at_rest.start()

    def _choose(self) -> None:
        readable = self.qr.is_readable_in(min(self.width(), self.height()))
        self.qr.setVisible(readable)
        self.large.setVisible(not readable)
