"""The small card beside a bar that tells its numbers; painted by the chart, so that it never takes the pointer."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from app.ui.payment.chart_state import ChartBar
from app.ui.theme import Theme
from app.ui.theme.tokens import RADIUS_FIELD, XS, M, S

BESIDE: Final = 10
SMALL: Final = ("small", 400, "muted")
LINES: Final = (SMALL, ("emphasis", 700, "text"), SMALL, SMALL)
"""Size, weight and ink of title, figure, note and hint."""


def paint_tip(painter: QPainter, theme: Theme, bar: ChartBar, hint: str, beside: QRect, room: QRect) -> QRect:
    """Paint the tip of a bar right of it, left of it where there is no room, inside `room`. Return its place."""
    texts = (bar.title, bar.figure, bar.note, hint)
    looks = [(theme.font(size, weight), ink) for size, weight, ink in LINES]
    lines = [(text, font, ink) for text, (font, ink) in zip(texts, looks, strict=True) if text]
    place = _place([(text, font) for text, font, _ in lines], beside, room)
    painter.setPen(QPen(theme.colour("field"), 1))
    painter.setBrush(theme.colour("surface"))
    painter.drawRoundedRect(place.adjusted(0, 0, -1, -1), RADIUS_FIELD, RADIUS_FIELD)
    inner = place.adjusted(M, S, -M, -S)
    for text, font, ink in lines:
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(theme.colour(ink))
        line = QRect(inner.left(), inner.top(), inner.width(), metrics.height())
        short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), short)
        inner.setTop(inner.top() + metrics.height())
    return place


def _place(lines: list[tuple[str, QFont]], beside: QRect, room: QRect) -> QRect:
    metrics = [(QFontMetrics(font), text) for text, font in lines]
    width = max(metric.horizontalAdvance(text) for metric, text in metrics) + 2 * M + XS
    height = sum(metric.height() for metric, _ in metrics) + 2 * S
    width, height = min(width, room.width()), min(height, room.height())
    left = beside.right() + 1 + BESIDE
    if left + width > room.right() + 1:
        left = beside.left() - BESIDE - width
    left = max(room.left(), min(left, room.right() + 1 - width))
    return QRect(left, room.top(), width, height)
