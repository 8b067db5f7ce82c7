"""Keyboard focus within a window, active or not: the platform may activate another test's window."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def has_keyboard(widget: QWidget) -> bool:
    """Return whether the widget has the focus of its window."""
    return widget.window().focusWidget() is widget
