"""A picture of a gallery window with its open dialogs in front."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from tests.gallery.gallery_window import GalleryWindow

VEIL = 70
"""How much darker the window is behind a dialog, of 255."""


def picture(gallery: GalleryWindow) -> QPixmap:
    """Return the window as a person would see it."""
    whole = gallery.window.grab()
    painter = QPainter(whole)
    for dialog in gallery.dialogs():
        shown = dialog.grab()
        shown.setDevicePixelRatio(whole.devicePixelRatio())
        painter.fillRect(gallery.window.rect(), QColor(0, 0, 0, VEIL))
        corner = gallery.window.rect().center() - QPoint(dialog.width() // 2, dialog.height() // 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPixmap(corner, shown)
    painter.end()
    return whole
