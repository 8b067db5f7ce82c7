"""Dynamic properties, by which the style sheet knows a widget: `mark(button, kind="primary")`."""

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
    """Set properties of a living widget and have the style sheet look at it again, if any of them changed."""
    changed = {name: value for name, value in properties.items() if widget.property(name) != _as_text(value)}
    if changed:
        mark(widget, **changed)
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)
        widget.update()
    return widget


def _as_text(value: object) -> object:
    """Spell a truth value as the selectors do: "true" and "false"."""
    return str(value).lower() if isinstance(value, bool) else value
