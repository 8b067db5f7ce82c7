"""Layout faults: unnamed controls, cut texts, lack of room, controls too small for a finger."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from app.ui.theme.tokens import CONTROL_HEIGHT, KEY_HEIGHT
from app.ui.widgets.feedback.health_chip import HealthChip
from app.ui.widgets.feedback.toast import ToastStack
from app.ui.widgets.money.keypad import Keypad
from tests.gallery.clipped_text import clipping_of
from tests.gallery.widget_tree import describe_widget, visible_widgets

CONTROLS: Final = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView, QPlainTextEdit)
MAY_BE_SMALL: Final = (HealthChip, QAbstractItemView)
LIES_OVER_ALL: Final = (ToastStack,)
Faults = Iterator[str]


def unnamed_controls(root: QWidget) -> Faults:
    """Yield controls without an accessible name."""
    for control in _controls(root):
        spoken = QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
        if control.isEnabled() and not spoken.strip():
            yield describe_widget(control)


def undersized_controls(root: QWidget) -> Faults:
    """Yield controls too small for a finger."""
    for control in _controls(root):
        least = KEY_HEIGHT if isinstance(control.parentWidget(), Keypad) else CONTROL_HEIGHT
        if control.height() < least and not isinstance(control, MAY_BE_SMALL):
            yield f"{describe_widget(control)} is {control.height()} px high"


def clipped_texts(root: QWidget) -> Faults:
    """Yield texts that do not fit their widget."""
    for widget in visible_widgets(root):
        yield from (f"{describe_widget(widget)}: {how}" for how in clipping_of(widget))


def layout_overflows(root: QWidget) -> Faults:
    """Yield widgets that exceed their parent, overlap a sibling, or have less room than their contents need."""
    for widget in visible_widgets(root):
        yield from _outside(widget)
        yield from _too_small(widget)
        yield from _overlapping(widget)


def _controls(root: QWidget) -> Iterator[QWidget]:
    return (widget for widget in visible_widgets(root) if isinstance(widget, CONTROLS))


def _outside(widget: QWidget) -> Faults:
    parent = widget.parentWidget()
    if widget.isWindow() or parent is None or isinstance(parent.parentWidget(), QScrollArea):
        return
    if not parent.rect().contains(widget.geometry()):
        size = f"{parent.width()}x{parent.height()}"
        yield f"{describe_widget(widget)} at {_place(widget)} reaches out of its parent {size}"


def _too_small(widget: QWidget) -> Faults:
    layout = widget.layout()
    if layout is None or isinstance(widget, QAbstractScrollArea | QStackedWidget):
        return
    needed = layout.totalMinimumSize()
    high = layout.totalMinimumHeightForWidth(widget.width()) if layout.hasHeightForWidth() else needed.height()
    if widget.isWindow() or (layout.hasHeightForWidth() and widget.findChild(QStackedWidget)):
        high = 0  # a stack reports its size hint, not what it needs: its pages report that
    if needed.width() > widget.width() or high > widget.height():
        yield f"{describe_widget(widget)} at {_place(widget)} needs {needed.width()}x{high}"


def _overlapping(widget: QWidget) -> Faults:
    if isinstance(widget, QAbstractScrollArea | QAbstractButton):
        return
    parts = [
        part for part in widget.children() if isinstance(part, QWidget) and part.isVisible() and not part.isWindow()
    ]
    for first, second in combinations([part for part in parts if not isinstance(part, LIES_OVER_ALL)], 2):
        if first.geometry().intersects(second.geometry()):
            yield f"{describe_widget(first)} at {_place(first)} lies over {describe_widget(second)} at {_place(second)}"


def _place(widget: QWidget) -> str:
    return f"{widget.x()},{widget.y()} {widget.width()}x{widget.height()}"
