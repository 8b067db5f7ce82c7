"""How large a window or dialog may be on its screen, and windows moved back onto it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QWidget

FRAME: Final = (2, 32)
"""What the system draws around a window that is not shown yet: borders and a title bar, in pixels."""
NOT_RESIZED: Final = Qt.WindowState.WindowFullScreen | Qt.WindowState.WindowMaximized | Qt.WindowState.WindowMinimized


def frame_of(window: QWidget) -> QSize:
    """The size of what the system draws around a window, guessed until it is known."""
    known = window.frameGeometry().size() - window.size()
    return known if known.height() else QSize(*FRAME)


def room_on_screen(window: QWidget) -> QSize:
    """The largest size at which a window with its frame is inside what its screen has for windows."""
    return window.screen().availableSize() - frame_of(window)


def keep_on_screen(window: QWidget) -> None:
    """Make a window that is larger than its screen as large as that, and move it inside."""
    if window.windowState() & NOT_RESIZED:
        return
    room = room_on_screen(window)
    if window.width() > room.width() or window.height() > room.height():
        window.resize(window.size().boundedTo(room))
    outer, screen = QRect(window.frameGeometry()), window.screen().availableGeometry()
    corner = QPoint(
        max(screen.left(), min(outer.left(), screen.right() + 1 - outer.width())),
        max(screen.top(), min(outer.top(), screen.bottom() + 1 - outer.height())),
    )
    if corner != outer.topLeft():
        window.move(corner)
