"""What a person cannot get at: controls outside of the window that no scroll bar brings into it, windows too large."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QTableView, QWidget

from app.ui.widgets.qr.qr_view import QrView
from tests.gallery.layout_checks import CONTROLS
from tests.gallery.widget_tree import describe_widget, visible_widgets

Faults = Iterator[str]


def out_of_reach(root: QWidget, room: QSize) -> Faults:
    """Yield controls and codes that cannot be brought into a window of `room`, and the window if it is larger."""
    if root.width() > room.width() or root.height() > room.height():
        yield f"{describe_widget(root)} is {root.width()}x{root.height()}, the screen {room.width()}x{room.height()}"
    for widget in visible_widgets(root):
        if isinstance(widget, (*CONTROLS, QrView)):
            yield from _cut(widget, root)
        if isinstance(widget, QTableView):
            yield from _cut_columns(widget)


def needs_scrolling(root: QWidget) -> Faults:
    """Yield controls and codes that are in the window only after scrolling, those in a list or form aside."""
    for widget in visible_widgets(root):
        if isinstance(widget, (*CONTROLS, QrView)) and len(_areas(widget, root)) == 1:
            seen = _seen(widget, root)
            if seen.size() != widget.size():
                yield f"{describe_widget(widget)} shows {seen.width()}x{seen.height()} of {_size(widget)}"


def _cut(widget: QWidget, root: QWidget) -> Faults:
    """Scroll to the widget as a person can; what is larger than its area must fill it."""
    room = widget.size().boundedTo(root.size())
    for area in _areas(widget, root):
        for bar, policy in (
            (area.horizontalScrollBar(), area.horizontalScrollBarPolicy()),
            (area.verticalScrollBar(), area.verticalScrollBarPolicy()),
        ):
            if bar.maximum() and policy is Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
                yield f"{describe_widget(widget)}: its area lacks {bar.maximum()} px and has no scroll bar for them"
        _scroll_to(area, widget)
        room = room.boundedTo(area.viewport().size())
    seen = _seen(widget, root)
    if seen.width() < room.width() or seen.height() < room.height():
        yield f"{describe_widget(widget)} shows {seen.width()}x{seen.height()} of {_size(widget)}"


def _cut_columns(table: QTableView) -> Faults:
    wide = sum(table.columnWidth(column) for column in range(table.model().columnCount()))
    if wide > table.viewport().width() and table.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
        yield f"{describe_widget(table)} has columns of {wide} px in {table.viewport().width()}"


def _scroll_to(area: QScrollArea, widget: QWidget) -> None:
    """QScrollArea's own method brings the cursor of a line into view, not the line."""
    place, view = QRect(widget.mapTo(area.widget(), QPoint(0, 0)), widget.size()), area.viewport()
    across, down = area.horizontalScrollBar(), area.verticalScrollBar()
    across.setValue(min(max(across.value(), place.right() + 1 - view.width()), place.left()))
    down.setValue(min(max(down.value(), place.bottom() + 1 - view.height()), place.top()))


def _areas(widget: QWidget, root: QWidget) -> list[QScrollArea]:
    """The scroll areas around the widget, the innermost first."""
    found, above = [], widget.parentWidget()
    while above is not None and widget is not root:
        if isinstance(above, QScrollArea):
            found.append(above)
        if above is root:
            break
        above = above.parentWidget()
    return found


def _seen(widget: QWidget, root: QWidget) -> QRect:
    """The part of the widget that no widget around it cuts off, in its own coordinates."""
    seen, above = widget.rect(), widget
    while above is not root:
        parent = above.parentWidget()
        if parent is None:
            break
        corner = widget.mapTo(parent, QPoint(0, 0))
        seen = seen.intersected(parent.rect().translated(-corner))
        above = parent
    return seen


def _size(widget: QWidget) -> str:
    return f"{widget.width()}x{widget.height()}"
