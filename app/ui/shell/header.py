"""The header bar: the page's title, the shop, date and clock."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.ui.theme import tokens
from app.ui.theme.marks import mark
from app.ui.widgets.text.elided_label import ElidedLabel
from app.ui.widgets.text.plain_text import PlainLabel

HEIGHT: Final = 52
WITH_DATE: Final = 560
"""The least width, in pixels, at which the date is shown too."""


class HeaderBar(QFrame):
    """Passive: shows texts and has no signals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, header=True)
        self.setFixedHeight(HEIGHT)
        self._title = mark(PlainLabel(), role="title")
        self._shop = mark(ElidedLabel(), role="muted")
        self._date = mark(PlainLabel(), role="muted")
        self._clock = mark(PlainLabel(), role="strong")
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.XL, 0, tokens.XL, 0)
        row.setSpacing(tokens.L)
        row.addWidget(self._title)
        row.addWidget(self._shop, 1)
        row.addWidget(self._date)
        row.addWidget(self._clock)

    def show_title(self, title: str) -> None:
        self._title.setText(title)

    def show_shop(self, shop: str, date: str, clock: str) -> None:
        """Show the shop's name, the date and the time."""
        self._shop.show_text(shop)
        self._date.setText(date)
        self._clock.setText(clock)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._date.setVisible(self.width() >= WITH_DATE)
