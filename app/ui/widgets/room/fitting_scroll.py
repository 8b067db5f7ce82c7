"""A scroll area whose content fills it while it fits and scrolls when it does not, so that nothing is cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QMargins, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget

from app.ui.theme.tokens import XL, L, M, S

NARROW: Final = 880
LOW: Final = 500
AROUND: Final = 8
"""What is seen above and below a widget that is scrolled to."""


class FittingScroll(QScrollArea):
    """Its content is as large as the area, and never smaller than what its layout needs at least.

    QScrollArea itself scrolls as soon as a text that wraps has less than its preferred height.
    `content_changed`: the content may need another size.
    """

    content_changed = Signal()

    def __init__(
        self,
        content: QWidget,
        parent: QWidget | None = None,
        *,
        is_column: bool = False,
        use_room: Callable[[QSize], None] | None = None,
    ) -> None:
        """`is_column`: it is as wide as its content, and wider by the scroll bar while there is one.

        `use_room` gets the size that can be seen at once, before the content is laid out: the content may arrange
        itself in another way there, or show less.
        """
        super().__init__(parent)
        self._content = content
        self._use_room = use_room
        self._is_column = is_column
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)

    def fit(self) -> None:
        """Lay the content out again, once it is shown: before, the style sheet has not set its fonts and sizes."""
        if not self.isVisible():
            return
        content, room = self._content, self.maximumViewportSize()
        if self._use_room is not None:
            self._use_room(room)
        if self._is_column:
            self._fit_column(content, room)
            return
        width = max(room.width(), least_width(content))
        if least_height(content, width) > self._height(room, width):
            width = max(room.width() - self._bar(), least_width(content))
        content.resize(width, max(self._height(room, width), least_height(content, width)))

    def minimumSizeHint(self) -> QSize:
        """Small in the direction in which it scrolls."""
        least = self._bar() * 4
        return QSize(least_width(self._content) if self._is_column else least, least)

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.fit()
            self.content_changed.emit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()

    def _fit_column(self, content: QWidget, room: QSize) -> None:
        width = least_width(content)
        layout = content.layout()
        high = preferred_height(layout, width) if layout is not None else least_height(content, width)
        self.setFixedWidth(width + (self._bar() if high > room.height() else 0))
        content.resize(width, max(room.height(), high))

    def _height(self, room: QSize, width: int) -> int:
        """The height that is left beside the scroll bar below, if the width needs one."""
        return room.height() - (self._bar() if width > room.width() else 0)

    def _bar(self) -> int:
        return self.verticalScrollBar().sizeHint().width()


def page_margins(room: QSize) -> QMargins:
    """What a page keeps free around its parts, in pixels: less where there is little room."""
    across, down = (M if room.width() < NARROW else XL), (S if room.height() < LOW else L)
    return QMargins(across, down, across, down)


def least_width(widget: QWidget) -> int:
    """The least width at which nothing of a widget is cut, in pixels."""
    layout = widget.layout()
    hint = layout.totalMinimumSize() if layout is not None else widget.minimumSizeHint()
    return min(max(hint.width(), widget.minimumWidth()), widget.maximumWidth())


def least_height(widget: QWidget, width: int) -> int:
    """The least height at which nothing of a widget of this width is cut, in pixels."""
    layout = widget.layout()
    if layout is None:
        return max(widget.minimumSizeHint().height(), widget.minimumHeight())
    wraps = layout.hasHeightForWidth()
    high = layout.totalMinimumHeightForWidth(width) if wraps else layout.totalMinimumSize().height()
    return max(high, widget.minimumHeight())


def preferred_height(layout: QLayout, width: int) -> int:
    """The height that a layout of this width would like, in pixels."""
    return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()


def reveal(widget: QWidget) -> None:
    """Scroll every area around a widget until the widget is seen."""
    above = widget.parentWidget()
    while above is not None and not widget.isWindow():
        if isinstance(above, QScrollArea):
            if isinstance(above, FittingScroll):
                above.fit()
            _bring(widget, above)
        if above.isWindow():
            return
        above = above.parentWidget()


def _bring(widget: QWidget, area: QScrollArea) -> None:
    """Qt's own method brings the cursor of a line into view, not the line."""
    if (content := area.widget()) is None:
        return
    place = QRect(widget.mapTo(content, QPoint(0, 0)), widget.size()).adjusted(0, -AROUND, 0, AROUND)
    for bar, first, last, page in (
        (area.horizontalScrollBar(), place.left(), place.right(), area.viewport().width()),
        (area.verticalScrollBar(), place.top(), place.bottom(), area.viewport().height()),
    ):
        bar.setValue(min(max(bar.value(), last + 1 - page), first))
