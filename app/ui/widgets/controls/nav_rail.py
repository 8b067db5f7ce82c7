"""The navigation rail on the left: one item per page, icon above word, and a foot for the shell's widgets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import RAIL_WIDTH, XS, M, S
from app.ui.widgets.controls.buttons import paint_background
from app.ui.widgets.text.plain_text import PlainButton, set_accessible_name, set_description
from app.ui.widgets.text.type_fit import fitted_font

ITEM_WIDTH: Final = 84  # the longest word, "Налаштування", needs 80 at 11 px
ITEM_HEIGHT: Final = 60
ICON: Final = 20
ICON_TOP: Final = 11
WORD_TOP: Final = 34
WORD_HEIGHT: Final = 18
WORD_SIZES: Final = (12, 11, 10)
BADGE: Final = (20, 18)
BADGE_OFFSET: Final = (9, 8)
"""From the middle of the item, and from its top."""
MOST_COUNTED: Final = 99
RailPage = tuple[str, str, str]
"""(key, icon, word)"""


def common_size(theme: Theme, words: Sequence[str]) -> int:
    """The largest font size in pixels at which none of the words is cut: one size for all."""
    font = theme.font("small", 500)
    return min(fitted_font(font, word, ITEM_WIDTH, WORD_SIZES).pixelSize() for word in words)


class RailItem(PlainButton):
    """One page. The style sheet paints background and focus, this class icon and word."""

    def __init__(self, theme: Theme, page: RailPage, word_size: int, parent: QWidget | None = None) -> None:
        """`word_size` is the font size in pixels."""
        super().__init__(parent=parent)
        self._theme = theme
        self.key, self._icon, word = page
        self._word_size = word_size
        self._badge = ""
        self.is_at_badge = False
        self.setText(word)
        set_accessible_name(self, word)
        mark(self, kind="rail")
        self.setCheckable(True)
        self.setFixedSize(ITEM_WIDTH, ITEM_HEIGHT)
        theme.changed.connect(self.update)

    def show_badge(self, count: int, description: str) -> None:
        """Show a number beside the icon, with what it counts for screen readers; 0 hides it."""
        badge = "" if count == 0 else str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"
        if badge != self._badge:
            self._badge = badge
            self.update()
        set_description(self, description if count else "")

    def badge(self) -> str:
        """The number as shown."""
        return self._badge

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember whether the number was pressed: its quarter of the item, as a target for fingers."""
        place = event.position()
        self.is_at_badge = bool(self._badge) and place.x() > self.width() / 2 and place.y() < self.height() / 2
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.is_at_badge = False
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(ITEM_WIDTH, ITEM_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        paint_background(self, painter)
        ink = "accent" if self.isChecked() else "muted"
        pixmap = self._theme.pixmap(self._icon, ink, ICON, self.devicePixelRatioF())
        painter.drawPixmap(QPointF((self.width() - ICON) / 2, ICON_TOP), pixmap)
        font = self._theme.font("small", 500)
        font.setPixelSize(self._word_size)
        painter.setFont(font)
        painter.setPen(self._theme.colour(ink))
        room = QRectF(0, WORD_TOP, self.width(), WORD_HEIGHT)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), self.text())
        if self._badge:
            self._paint_badge(painter)
        painter.end()

    def _paint_badge(self, painter: QStylePainter) -> None:
        font = self._theme.font("small", 700)
        font.setPixelSize(WORD_SIZES[1])
        width = max(BADGE[0], painter.fontMetrics().horizontalAdvance(self._badge) + BADGE[0] // 2)
        area = QRectF(self.width() / 2 + BADGE_OFFSET[0], BADGE_OFFSET[1], width, BADGE[1])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("attention"))
        painter.drawRoundedRect(area, BADGE[1] / 2, BADGE[1] / 2)
        painter.setFont(font)
        painter.setPen(self._theme.colour("surface"))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), self._badge)


class NavRail(QFrame):
    """One item per page. `page_requested` carries the key of a page chosen by the user; `show_page` emits nothing.

    `badge_requested` comes instead of it, where the number at its item was pressed.

    The items are no button group: in a group of checkable buttons Tab reaches only one.
    """

    page_requested = Signal(str)
    badge_requested = Signal(str)

    def __init__(self, theme: Theme, pages: Sequence[RailPage], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[str, RailItem] = {}
        mark(self, rail=True)
        self.setFixedWidth(RAIL_WIDTH)
        self._pages = QVBoxLayout()
        self._pages.setSpacing(XS)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(0)
        self._foot.setContentsMargins(XS, 0, 1, 0)  # the rail's border is on the right
        column = QVBoxLayout(self)
        column.setContentsMargins(0, M, 0, S)
        column.addLayout(self._pages)
        column.addStretch(1)
        column.addLayout(self._foot)
        size = common_size(theme, [word for _key, _icon, word in pages])
        for page in pages:
            self._add_page(RailItem(theme, page, size, self))

    def _add_page(self, item: RailItem) -> None:
        item.clicked.connect(partial(self._choose, item.key))
        self._items[item.key] = item
        self._pages.addWidget(item, 0, Qt.AlignmentFlag.AlignHCenter)

    def add_foot(self, widget: QWidget) -> None:
        """Add a widget below the others at the foot, as wide as the rail allows."""
        self._foot.addWidget(widget)

    def show_page(self, key: str) -> None:
        """Mark the page that is on screen."""
        for other, item in self._items.items():
            item.setChecked(other == key)

    def show_badge(self, key: str, count: int, description: str) -> None:
        """Show a number at a page's item, if there is that page; 0 hides it."""
        if (item := self._items.get(key)) is not None:
            item.show_badge(count, description)

    def item(self, key: str) -> RailItem:
        """The item of a page."""
        return self._items[key]

    def _choose(self, key: str) -> None:
        self.show_page(key)
        is_badge, self._items[key].is_at_badge = self._items[key].is_at_badge, False
        (self.badge_requested if is_badge else self.page_requested).emit(key)
