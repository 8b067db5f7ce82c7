"""The visible widgets, their descriptions for a failing test, and every text in them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from app.ui.pages.history.widgets.menu_chip import MenuChipButton
from app.ui.tables.payments_table import PaymentsTable
from app.ui.widgets.feedback.countdown import Countdown
from app.ui.widgets.text.elided_label import ElidedLabel
from app.ui.widgets.text.plain_text import tooltip_source

MADE_OF_PARTS = (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit, QScrollBar)
"""Their internal parts are not checked."""
TEXT_SHOWN = 40


def visible_widgets(root: QWidget) -> Iterator[QWidget]:
    """Yield the visible widgets of `root`, itself first, without the internal parts of Qt's controls."""
    if not root.isVisible():
        return
    yield root
    if isinstance(root, MADE_OF_PARTS):
        return
    for child in root.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if not child.isWindow():
            yield from visible_widgets(child)


def describe_widget(widget: QWidget) -> str:
    """Describe a widget for a failing test: its class, its texts and its position."""
    words = next((text for text in (_words(widget), widget.accessibleName()) if text), "")
    short = words if len(words) <= TEXT_SHOWN else f"{words[:TEXT_SHOWN]}…"
    way, above = [], widget.parentWidget()
    while above is not None and not above.isWindow():
        if type(above) is not QWidget:
            way.append(type(above).__name__)
        above = above.parentWidget()
    return f"{type(widget).__name__} “{short}” in {' < '.join(way[:4]) or 'the window'}"


def texts_of(widget: QWidget) -> Iterator[str]:
    """Yield every visible and accessible text of one widget."""
    yield from (_words(widget), tooltip_source(widget), widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(place) for place in range(widget.count()))
    if isinstance(widget, MenuChipButton):
        yield from (action.text() for action in widget.choices())
    if isinstance(widget, PaymentsTable):
        yield from _texts_of_table(widget)


def _words(widget: QWidget) -> str:
    if isinstance(widget, Countdown):
        return widget.plain_text()
    if isinstance(widget, ElidedLabel):
        return widget.whole_text()
    return widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""


def _texts_of_table(table: PaymentsTable) -> Iterator[str]:
    model = table.model()
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal))
        for row in range(model.rowCount()):
            index = model.index(row, column)
            yield str(index.data() or "")
            yield str(index.data(Qt.ItemDataRole.AccessibleTextRole) or "").partition(":")[0]
