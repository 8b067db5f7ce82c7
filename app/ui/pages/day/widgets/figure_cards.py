"""The day's large figures: received, refunded, total, payments with their statuses. Passive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.pages.day.state import FigureCard, StatusShare
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark, restyle
from app.ui.widgets.text.figures import fit_figures
from app.ui.widgets.text.plain_text import PlainLabel, set_accessible_name

PARTS: Final = (3, 3, 3, 5)
BAR: Final = 8.0
DOT: Final = 8.0


class FigureCards(QWidget):
    """Four cards that share the width; all figures have the largest size at which every one fits."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.labels: list[PlainLabel] = []
        self.figures: list[PlainLabel] = []
        self.notes: list[PlainLabel] = []
        self.shares = StatusBar(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.M)
        for place, part in enumerate(PARTS):
            row.addWidget(self._build_card(self.shares if place == len(PARTS) - 1 else None), part)
        theme.changed.connect(self._fit)

    def _build_card(self, under: QWidget | None) -> QFrame:
        card = mark(QFrame(), card=True)
        label, figure = mark(PlainLabel(), role="label"), mark(PlainLabel(), role="figures")
        note = mark(PlainLabel(), role="small")
        note.setWordWrap(True)
        column = QVBoxLayout(card)
        column.setContentsMargins(tokens.L, tokens.M, tokens.M, tokens.M)
        column.setSpacing(tokens.XS)
        for text in (label, figure, note):
            text.setMinimumWidth(1)
        column.addWidget(label)
        column.addWidget(figure)
        column.addWidget(under or note)
        self.labels.append(label)
        self.figures.append(figure)
        self.notes.append(note)
        return card

    def show_cards(self, cards: Sequence[FigureCard], shares: Sequence[StatusShare]) -> None:
        """Show four figures, and how the day's payments stand."""
        for card, label, figure, note in zip(cards, self.labels, self.figures, self.notes, strict=False):
            label.setText(card.label)
            figure.setText(card.figure)
            note.setText(card.note)
            restyle(figure, ink="accent" if card.is_accented else "")
            set_accessible_name(figure, f"{card.label}: {card.figure}")
        self.shares.show_shares(shares)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - tokens.M * (len(PARTS) - 1)
        widths = [room * part / sum(PARTS) - tokens.L - tokens.M - 4 for part in PARTS]
        fit_figures(self._theme, self.figures, widths)


class StatusBar(QWidget):
    """A bar of the statuses' shares with their words and counts under it: never colour alone."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shares: tuple[StatusShare, ...] = ()
        self.setMinimumHeight(round(BAR) + 22)
        theme.changed.connect(self.update)

    def show_shares(self, shares: Sequence[StatusShare]) -> None:
        self._shares = tuple(shares)
        set_accessible_name(self, ", ".join(f"{share.word}: {share.count}" for share in self._shares))
        self.setMinimumHeight(round(BAR) + 4 + 18 * max(1, len(self._lines())))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setMinimumHeight(round(BAR) + 4 + 18 * max(1, len(self._lines())))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bar(painter)
        painter.setFont(self._theme.font("small"))
        for number, line in enumerate(self._lines()):
            for left, share in line:
                top = BAR + 6 + 18 * number
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._theme.colour(share.tone))
                painter.drawEllipse(QRectF(left, top + 5, DOT, DOT))
                painter.setPen(self._theme.colour("muted"))
                box = QRectF(left + DOT + 5, top, self.width(), 18)
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, _words(share))
        painter.end()

    def _paint_bar(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        total = sum(share.count for share in self._shares)
        if not total:
            painter.setBrush(self._theme.colour("key"))
            painter.drawRoundedRect(QRectF(0, 2, self.width(), BAR), BAR / 2, BAR / 2)
            return
        room = self.width() - 3.0 * (len(self._shares) - 1) - BAR * len(self._shares)
        left = 0.0
        for share in self._shares:
            width = BAR + room * share.count / total
            painter.setBrush(self._theme.colour(share.tone))
            painter.drawRoundedRect(QRectF(left, 2, width, BAR), BAR / 2, BAR / 2)
            left += width + 3.0

    def _lines(self) -> list[list[tuple[float, StatusShare]]]:
        metrics = QFontMetricsF(self._theme.font("small"))
        lines: list[list[tuple[float, StatusShare]]] = [[]]
        left = 0.0
        for share in self._shares:
            width = DOT + 5 + metrics.horizontalAdvance(_words(share))
            if left and left + width > self.width():
                lines.append([])
                left = 0.0
            lines[-1].append((left, share))
            left += width + 14
        return lines


def _words(share: StatusShare) -> str:
    return f"{share.word} {share.count}"
