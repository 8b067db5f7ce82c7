"""Who has the keyboard, whichever window is active: that is the screen's choice, and may be another test's window."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def has_keyboard(widget: QWidget) -> bool:
    """Say whether what is typed into the widget's window goes to it."""
    return widget.window().focusWidget() is widget
