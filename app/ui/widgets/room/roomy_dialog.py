"""A dialog that is never larger than its screen or its window: its body scrolls, its answers stay in sight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout, QWidget

from app.ui.theme.tokens import XL, M
from app.ui.widgets.room.fitting_scroll import FittingScroll, preferred_height, reveal
from app.ui.widgets.room.screen_room import keep_on_screen, room_on_screen


class RoomyDialog(QDialog):
    """The content goes into `body`, the answers into `foot`; its size follows from them."""

    def __init__(self, parent: QWidget | None = None, *, width: int = 0) -> None:
        """`width`: in pixels, where there is room for it; 0: as wide as the content."""
        super().__init__(parent)
        self._wanted_width = width
        body, foot = QWidget(), QWidget()
        self.body, self.foot = QVBoxLayout(body), QVBoxLayout(foot)
        self.body.setContentsMargins(XL, XL, XL, 0)
        self.foot.setContentsMargins(XL, M, XL, XL)
        for part in (self.body, self.foot):
            part.setSpacing(M)
        self._scroll = FittingScroll(body, self)
        self._scroll.content_changed.connect(self._fit)
        self._foot = foot
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addWidget(foot)
        if isinstance(app := QApplication.instance(), QApplication):
            app.focusChanged.connect(self._follow_focus)

    def setVisible(self, visible: bool) -> None:
        """Qt puts a dialog over its window when it is shown: its size must be known by then."""
        if visible:
            for part in self.findChildren(QWidget):
                part.ensurePolished()
            self._fit()
            if (over := self.parentWidget()) is not None:
                over.window().installEventFilter(self)
        super().setVisible(visible)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        over = self.parentWidget()
        if event.type() == QEvent.Type.Resize and over is not None and watched is over.window() and self.isVisible():
            self._fit()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return handled

    def _follow_focus(self, _before: QWidget | None, focused: QWidget | None) -> None:
        """Qt scrolls to what Tab reaches, not to what the program gives the keyboard."""
        if focused is not None and self._scroll.isAncestorOf(focused):
            reveal(focused)

    def _fit(self) -> None:
        room = self._room()
        natural = max(self.body.totalSizeHint().width(), self.foot.totalSizeHint().width())
        width = min(self._wanted_width or natural, room.width())
        height = preferred_height(self.body, width) + preferred_height(self.foot, width)
        if height > room.height():
            width = min(width + self._scroll.verticalScrollBar().sizeHint().width(), room.width())
        size = QSize(width, min(height, room.height()))
        if size != self.size() or size != self.maximumSize():
            self.setFixedSize(size)
            if self.isVisible():
                keep_on_screen(self)
        self._scroll.fit()

    def _room(self) -> QSize:
        room, over = room_on_screen(self), self.parentWidget()
        return room.boundedTo(over.window().size()) if over is not None and over.window().isVisible() else room
