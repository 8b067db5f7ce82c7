"""Chooses a font size at which a text is not cut."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QFont, QFontMetricsF


def fitted_font(font: QFont, text: str, width: float, sizes: Sequence[int]) -> QFont:
    """The font in the first of `sizes` (pixels, largest first) at which the text fits into `width`; else the last."""
    made = QFont(font)
    for size in sizes:
        made.setPixelSize(size)
        if QFontMetricsF(made).horizontalAdvance(text) <= width:
            break
    return made
