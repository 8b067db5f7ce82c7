"""Dynamic properties for the selectors of the style sheet: `mark(button, kind="primary")`."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QWidget

AnyWidget = TypeVar("AnyWidget", bound=QWidget)


def mark(widget: AnyWidget, **properties: object) -> AnyWidget:
    """Set the properties of a widget that has not been shown yet, and return it."""
    for name, value in properties.items():
        widget.setProperty(name, _as_text(value))
    return widget


def restyle(widget: AnyWidget, **properties: object) -> AnyWidget:
    """Set properties of a shown widget and re-apply the style sheet to it if any of them changed."""
    changed = {name: value for name, value in properties.items() if widget.property(name) != _as_text(value)}
    if changed:
        mark(widget, **changed)
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)
        widget.update()
    return widget


def _as_text(value: object) -> object:
    """Convert a bool to the selectors' "true" and "false"."""
    return str(value).lower() if isinstance(value, bool) else value
