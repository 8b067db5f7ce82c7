"""A picture of a stage: the window, and over it the dialogs that would stand in front."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from tests.gallery.gallery_window import GalleryWindow

VEIL = 70
"""How much darker the window is behind a dialog, of 255."""


def picture(gallery: GalleryWindow) -> QPixmap:
    """Return what a person would see."""
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
