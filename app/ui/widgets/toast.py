"""Short news at the top right of the window: they go by themselves, take no focus and cover only themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent, QRegion
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import XS, L, M, S
from app.ui.widgets.buttons import icon_button
from app.ui.widgets.icon_mark import IconMark
from app.ui.widgets.plain_text import PlainLabel, set_spoken, set_tooltip

WIDTH: Final = 360
MOST: Final = 4
ICON: Final = 20
FADE_MS: Final = 150
LASTING: Final = ("failed", "attention")


@dataclass(frozen=True, slots=True)
class Lives:
    """How long a toast stays, in milliseconds."""

    usual_ms: int = 5_000
    lasting_ms: int = 10_000


class Toast(QFrame):
    """One piece of news; `gone` comes when it has faded out."""

    gone = Signal(QWidget)

    def __init__(self, theme: Theme, parent: QWidget, text: str, tone: str, life_ms: int) -> None:
        super().__init__(parent)
        self.news = (text, tone)
        self._icon = IconMark(theme, ICON, self)
        self._label = PlainLabel(text, self)
        self._label.setWordWrap(True)
        self._label.setContentsMargins(0, S, 0, S)
        self._close = icon_button(theme, "cross", "", parent=self)
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.clicked.connect(self.leave)
        mark(self, card=True)
        self.setFixedWidth(WIDTH)
        set_spoken(self, text)
        row = QHBoxLayout(self)
        row.setContentsMargins(L, XS, XS, XS)
        row.setSpacing(M)
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(life_ms)
        self._timer.timeout.connect(self.leave)
        self._veil = QGraphicsOpacityEffect(self)
        self._fade = QPropertyAnimation(self._veil, b"opacity", self)
        self._appear()

    def show_icon(self, name: str, role: str, close_name: str) -> None:
        """The icon in its tone, and what the cross is called."""
        self._icon.show_icon(name, role)
        set_spoken(self._close, close_name)
        set_tooltip(self._close, close_name)

    def stay(self) -> None:
        """Count its life from now."""
        self._timer.start()

    def leave(self) -> None:
        """Fade out."""
        self._timer.stop()
        if self._fade.direction() == QPropertyAnimation.Direction.Forward:
            self._veil.setEnabled(True)
            self._fade.setDirection(QPropertyAnimation.Direction.Backward)
            self._fade.start()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start()

    def _appear(self) -> None:
        self._veil.setOpacity(0.0)
        self.setGraphicsEffect(self._veil)
        self._fade.setDuration(FADE_MS)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.finished.connect(self._faded)
        self._fade.start()

    def _faded(self) -> None:
        if self._fade.direction() == QPropertyAnimation.Direction.Backward:
            self.gone.emit(self)
        else:
            self._veil.setEnabled(False)  # an effect at full opacity would only blur on fractional screens


class ToastStack(QWidget):
    """Lies over the top right corner of its parent and follows its size."""

    def __init__(self, theme: Theme, parent: QWidget, *, lives: Lives | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lives = lives or Lives()
        self._toasts: list[Toast] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(S)
        self._under = parent
        parent.installEventFilter(self)
        self.hide()

    def show_toast(self, text: str, tone: str, icon: str, close_name: str) -> None:
        """Show news; `close_name` is what its cross is called.

        The same news again stays longer instead of coming twice; a fifth pushes out the oldest.
        """
        for known in self._toasts:
            if known.news == (text, tone):
                known.stay()
                return
        toast = Toast(self._theme, self, text, tone, self._life_of(tone))
        toast.show_icon(icon, tone, close_name)
        toast.gone.connect(self._forget)
        self._toasts.append(toast)
        self._column.addWidget(toast)
        for oldest in self._toasts[:-MOST]:
            self._forget(oldest)
        toast.stay()
        toast.move(0, self.height())  # shown where the mouse rests, it would be told that it is hovered
        toast.show()
        self._place()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(toast, text))

    def texts(self) -> tuple[str, ...]:
        """What is on screen now, oldest first."""
        return tuple(toast.news[0] for toast in self._toasts)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._under:
            self._place()
        return super().eventFilter(watched, event)

    def _life_of(self, tone: str) -> int:
        return self._lives.lasting_ms if tone in LASTING else self._lives.usual_ms

    def _forget(self, toast: QWidget) -> None:
        self._toasts = [other for other in self._toasts if other is not toast]
        self._column.removeWidget(toast)
        toast.hide()
        toast.deleteLater()
        self._place()

    def _place(self) -> None:
        """Stand in the corner, exactly as large as the toasts: what is beside and between them stays clickable."""
        if not self._toasts:
            self.hide()
            return
        parent = self._under
        self._column.invalidate()
        height = max(1, self._column.totalHeightForWidth(WIDTH))
        self.setGeometry(max(0, parent.width() - WIDTH - L), L, WIDTH, height)
        self._column.activate()
        shape = QRegion()
        for toast in self._toasts:
            shape += QRegion(toast.geometry())
        self.setMask(shape)
        self.show()
        self.raise_()
