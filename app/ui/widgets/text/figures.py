"""Large figures side by side, all of one size: the largest at which every one of them fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtGui import QFontMetricsF

from app.ui.theme import Theme
from app.ui.widgets.text.plain_text import PlainLabel

SIZES: Final = (28, 24, 20, 17, 15)
"""Pixels, largest first."""


def fit_figures(theme: Theme, figures: Sequence[PlainLabel], widths: Sequence[float]) -> None:
    """Give all figures one size; `widths` are those that they may take, in logical pixels.

    These come from the width available, not from the labels' own, which the layout updates later.
    """
    font = theme.font("figures", 700)
    for size in SIZES:
        font.setPixelSize(size)
        metrics = QFontMetricsF(font)
        if all(
            metrics.horizontalAdvance(figure.text()) <= width for figure, width in zip(figures, widths, strict=True)
        ):
            break
    for figure in figures:
        figure.setStyleSheet(f"QLabel {{ font-size: {font.pixelSize()}px; font-weight: 700; }}")
