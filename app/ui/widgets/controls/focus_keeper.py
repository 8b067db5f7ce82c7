"""Keeps the keyboard inside a part of the window while what it shows changes. Knows no page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


class FocusKeeper:
    """Qt moves the focus of a control that vanishes or is disabled to the next one anywhere in the window.

    Here it goes to `fallback` instead, and back to the control once that can be used again, unless a person moved on.
    """

    def __init__(self, inside: QWidget, fallback: Callable[[], QWidget] | None = None) -> None:
        """`fallback` returns a widget that can take the focus; by default it is `inside` itself."""
        self._inside = inside
        self._fallback = fallback or (lambda: inside)
        self._lost: QWidget | None = None

    @contextmanager
    def keep(self) -> Iterator[None]:
        """Wrap the code that changes the widgets."""
        before = self._focused()
        yield
        if before is None or not self._inside.isVisible():
            self._lost = None
        elif before is self._inside:
            self._return()
        elif not _is_usable(before):
            self._lost = before
            self._fallback().setFocus(Qt.FocusReason.OtherFocusReason)

    def _return(self) -> None:
        if self._lost is not None and _is_usable(self._lost):
            self._lost.setFocus(Qt.FocusReason.OtherFocusReason)
            self._lost = None
        elif self._focused() is None:
            self._inside.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focused(self) -> QWidget | None:
        focused = self._inside.window().focusWidget()
        is_inside = focused is not None and (focused is self._inside or self._inside.isAncestorOf(focused))
        return focused if is_inside else None


def _is_usable(widget: QWidget) -> bool:
    return isValid(widget) and widget.isEnabled() and widget.isVisible()
