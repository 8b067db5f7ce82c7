"""The totals above the history: a small label, a large figure, all figures of one size. Passive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.pages.history.state import Card
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.text.elided_label import ElidedLabel
from app.ui.widgets.text.figures import fit_figures
from app.ui.widgets.text.plain_text import PlainLabel

HEIGHT: Final = 96
PARTS: Final = (2, 3, 3)


class SummaryCards(QWidget):
    """Three cards that share the width; the amounts get more of it than the count."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.figures: list[PlainLabel] = []
        self.remarks: list[ElidedLabel] = []
        self._labels: list[PlainLabel] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.M)
        for part in PARTS:
            row.addWidget(self._build_card(), part)
        self.setFixedHeight(HEIGHT)
        theme.changed.connect(self._fit)

    def _build_card(self) -> QFrame:
        card = mark(QFrame(), card=True)
        label, figure = mark(PlainLabel(), role="label"), PlainLabel()
        figure.setMinimumWidth(1)
        column = QVBoxLayout(card)
        column.setContentsMargins(tokens.L, tokens.M, tokens.M, tokens.S)
        column.setSpacing(0)
        column.addWidget(label)
        column.addWidget(figure, 1)
        remark = mark(ElidedLabel(), role="small")
        column.addWidget(remark)
        self.remarks.append(remark)
        self._labels.append(label)
        self.figures.append(figure)
        return card

    def show_cards(self, cards: Sequence[Card]) -> None:
        """Show three figures."""
        for card, label, figure, remark in zip(cards, self._labels, self.figures, self.remarks, strict=False):
            remark.show_text(card.remark)
            label.setText(card.label)
            figure.setText(card.figure)
            figure.setAccessibleName(f"{card.label}: {card.figure}")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - tokens.M * (len(PARTS) - 1)
        widths = [room * part / sum(PARTS) - tokens.L - tokens.M - 2 for part in PARTS]
        fit_figures(self._theme, self.figures, widths)
