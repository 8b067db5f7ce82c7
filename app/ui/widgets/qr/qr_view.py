"""A QR code on screen. Every module is a whole number of device pixels: blurred edges are not readable."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QTransform
from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme
from app.ui.theme.tokens import RADIUS_CARD
from app.ui.widgets.controls.square_box import SquareBox
from app.ui.widgets.qr.qr_matrix import QUIET_MODULES, Modules, module_size, qr_modules

BORDER = 1
LEAST_PX = 3
"""Device pixels of a module that a phone reads from a screen; fewer are read from a picture only."""
LEAST_LOGICAL = 2
"""The same in logical pixels, for screens whose pixels are very small."""


def paint_modules(painter: QPainter, modules: Modules, side_px: int, ink: QColor) -> int:
    """Paint the symbol into the middle of a square of `side_px`, where one unit of the painter is one pixel.

    The quiet zone is inside the square. Returns the pixels of one module; 0 and nothing painted when it does not fit.
    """
    size = module_size(len(modules), side_px)
    start = (side_px - size * len(modules)) // 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for row, line in enumerate(modules if size else ()):
        for first, length in _runs(line):
            painter.fillRect(QRect(start + first * size, start + row * size, length * size, size), ink)
    return size


def _runs(line: tuple[bool, ...]) -> list[tuple[int, int]]:
    """The dark runs of one row: first module and length."""
    found: list[tuple[int, int]] = []
    for at, dark in enumerate(line):
        if dark and at and line[at - 1]:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((at, 1))
    return found


def to_device_pixels(painter: QPainter, corner: QPointF) -> None:
    """Make one unit of the painter one device pixel, with the origin at the device pixel nearest to `corner`."""
    device = painter.deviceTransform()
    at = device.map(corner)
    whole = QTransform.fromTranslate(math.floor(at.x() + 0.5), math.floor(at.y() + 0.5))
    back, invertible = device.inverted()
    if invertible:
        painter.setWorldTransform(whole * back * painter.worldTransform())


class QrView(SquareBox):
    """A white rounded box with the code of a text; white in the dark theme too, because cameras need it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._text: str | None = None
        self._modules: Modules = ()

    def show_text(self, text: str | None) -> None:
        """Show the code of a text, or an empty box."""
        if text != self._text:
            self._text = text
            self._modules = qr_modules(text) if text else ()
            self.update()

    def module_px(self) -> int:
        """Device pixels of one module as painted now; 0 without a text, or when the box is too small for it."""
        return module_size(len(self._modules), self._side_px()) if self._modules else 0

    def fits(self) -> bool:
        """Whether the code fits on screen. At the minimum size even the largest symbol (177 modules) does."""
        return self.module_px() >= 1

    def is_readable_in(self, side: int) -> bool:
        """Whether a phone reads the code from a box with this side in logical pixels."""
        ratio = self.devicePixelRatioF()
        size = module_size(len(self._modules), int((side - 2 * BORDER) * ratio))
        return size >= max(LEAST_PX, math.ceil(LEAST_LOGICAL * ratio))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_box(painter, self.theme.colour("qr_ground"), self.theme.colour("border"), self._radius())
        to_device_pixels(painter, self.box().topLeft() + QPointF(BORDER, BORDER))
        paint_modules(painter, self._modules, self._side_px(), self.theme.colour("qr_ink"))
        painter.end()

    def _radius(self) -> float:
        """The corner radius: smaller where the quiet zone is close to the corners, which must stay white."""
        taken = self.module_px() * (len(self._modules) + 2 * QUIET_MODULES) / self.devicePixelRatioF()
        moved = 1 / self.devicePixelRatioF()  # where a logical pixel is not a whole number of device pixels
        margin = (self.box().width() - taken) / 2 - moved
        return max(0.0, min(RADIUS_CARD, (margin - 1.5 * BORDER) / (1 - math.sqrt(0.5))))

    def _side_px(self) -> int:
        return int((self.box().width() - 2 * BORDER) * self.devicePixelRatioF())
