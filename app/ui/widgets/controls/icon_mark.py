"""A small icon in a role colour that stays sharp on every screen and follows the theme."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme


class IconMark(QWidget):
    """Decoration next to a text with the same meaning: it has no accessible name."""

    def __init__(self, theme: Theme, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._size = size
        self._name = ""
        self._role = "text"
        self.setFixedSize(size, size)
        theme.changed.connect(self.update)

    def show_icon(self, name: str, role: str = "text") -> None:
        """Show an icon of the theme; an empty name shows nothing and keeps the space."""
        self._name, self._role = name, role
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._name:
            painter = QPainter(self)
            painter.drawPixmap(0, 0, self._theme.pixmap(self._name, self._role, self._size, self.devicePixelRatioF()))
            painter.end()
