"""Toasts at the top right of the window: they close by themselves, take no focus and block no other clicks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent, QRegion
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import XS, L, M, S
from app.ui.widgets.controls.buttons import icon_button
from app.ui.widgets.controls.icon_mark import IconMark
from app.ui.widgets.text.plain_text import PlainLabel, set_accessible_name, set_tooltip

WIDTH: Final = 360
MAX_TOASTS: Final = 4
MOST_PX: Final = 2200
ICON: Final = 20
FADE_MS: Final = 150
LONG_TONES: Final = ("failed", "attention")


@dataclass(frozen=True, slots=True)
class ToastDurations:
    """How long a toast stays, in milliseconds."""

    usual_ms: int = 5_000
    lasting_ms: int = 10_000


class Toast(QFrame):
    """One toast; `dismissed` comes when it has faded out."""

    dismissed = Signal(QWidget)

    def __init__(self, theme: Theme, parent: QWidget, text: str, tone: str, duration_ms: int) -> None:
        super().__init__(parent)
        self.content = (text, tone)
        self._icon = IconMark(theme, ICON, self)
        self._label = PlainLabel(parent=self)
        self._label.setWordWrap(True)
        self._label.show_short(text, MOST_PX)
        self._label.setContentsMargins(0, S, 0, S)
        self._close = icon_button(theme, "cross", "", parent=self)
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.clicked.connect(self.dismiss)
        mark(self, card=True)
        self.setFixedWidth(WIDTH)
        set_accessible_name(self, text)
        row = QHBoxLayout(self)
        row.setContentsMargins(L, XS, XS, XS)
        row.setSpacing(M)
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(duration_ms)
        self._timer.timeout.connect(self.dismiss)
        self._opacity = QGraphicsOpacityEffect(self)
        self._fade = QPropertyAnimation(self._opacity, b"opacity", self)
        self._appear()

    def show_icon(self, name: str, role: str, close_name: str) -> None:
        """Show the icon in its tone, and set the accessible name of the cross."""
        self._icon.show_icon(name, role)
        set_accessible_name(self._close, close_name)
        set_tooltip(self._close, close_name)

    def restart_timer(self) -> None:
        """Restart its time on screen."""
        self._timer.start()

    def dismiss(self) -> None:
        """Fade out."""
        self._timer.stop()
        if self._fade.direction() == QPropertyAnimation.Direction.Forward:
            self._opacity.setEnabled(True)
            self._fade.setDirection(QPropertyAnimation.Direction.Backward)
            self._fade.start()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start()

    def _appear(self) -> None:
        self._opacity.setOpacity(0.0)
        self.setGraphicsEffect(self._opacity)
        self._fade.setDuration(FADE_MS)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.finished.connect(self._faded)
        self._fade.start()

    def _faded(self) -> None:
        if self._fade.direction() == QPropertyAnimation.Direction.Backward:
            self.dismissed.emit(self)
        else:
            self._opacity.setEnabled(False)  # an effect at full opacity only blurs at fractional ratios


class ToastStack(QWidget):
    """Overlays the top right corner of its parent and follows its size."""

    def __init__(self, theme: Theme, parent: QWidget, *, durations: ToastDurations | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._durations = durations or ToastDurations()
        self._toasts: list[Toast] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(S)
        self._host = parent
        parent.installEventFilter(self)
        self.hide()

    def show_toast(self, text: str, tone: str, icon: str, close_name: str) -> None:
        """Show a toast; `close_name` is the accessible name of its cross.

        The same text again extends the toast's time instead of adding one; a fifth toast removes the oldest.
        """
        for known in self._toasts:
            if known.content == (text, tone):
                known.restart_timer()
                return
        toast = Toast(self._theme, self, text, tone, self._duration_of(tone))
        toast.show_icon(icon, tone, close_name)
        toast.dismissed.connect(self._remove)
        self._toasts.append(toast)
        self._column.addWidget(toast)
        for oldest in self._toasts[:-MAX_TOASTS]:
            self._remove(oldest)
        toast.restart_timer()
        toast.move(0, self.height())  # shown under the mouse, it would get a hover event
        toast.show()
        self._reposition()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(toast, text))

    def texts(self) -> tuple[str, ...]:
        """The texts on screen now, oldest first."""
        return tuple(toast.content[0] for toast in self._toasts)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._host:
            self._reposition()
        return super().eventFilter(watched, event)

    def _duration_of(self, tone: str) -> int:
        return self._durations.lasting_ms if tone in LONG_TONES else self._durations.usual_ms

    def _remove(self, toast: QWidget) -> None:
        self._toasts = [other for other in self._toasts if other is not toast]
        self._column.removeWidget(toast)
        toast.hide()
        toast.deleteLater()
        self._reposition()

    def _reposition(self) -> None:
        """Move to the corner, exactly as large as the toasts: what is around and between them stays clickable."""
        if not self._toasts:
            self.hide()
            return
        parent = self._host
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
