"""The palette of a theme: for what Qt draws without the style sheet, and for custom painting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtGui import QColor, QPalette

from app.ui.theme.tokens import Tokens

_Role = QPalette.ColorRole
_ROLES: Final[Mapping[QPalette.ColorRole, str]] = {
    _Role.Window: "background",
    _Role.WindowText: "text",
    _Role.Base: "surface",
    _Role.AlternateBase: "surface",
    _Role.Text: "text",
    _Role.Button: "surface",
    _Role.ButtonText: "text",
    _Role.BrightText: "failed",
    _Role.PlaceholderText: "muted",
    _Role.Highlight: "accent",
    _Role.HighlightedText: "on_accent",
    _Role.Accent: "accent",
    _Role.Link: "accent",
    _Role.LinkVisited: "accent",
    _Role.ToolTipBase: "tip_ground",
    _Role.ToolTipText: "tip",
    _Role.Light: "surface",
    _Role.Midlight: "key",
    _Role.Mid: "border",
    _Role.Dark: "field",
    _Role.Shadow: "field",
}
_DISABLED: Final[Mapping[QPalette.ColorRole, str]] = {
    _Role.WindowText: "disabled",
    _Role.Text: "disabled",
    _Role.ButtonText: "disabled",
    _Role.PlaceholderText: "disabled",
    _Role.Highlight: "key",
    _Role.HighlightedText: "disabled",
    _Role.Base: "background",
}


def palette(tokens: Tokens) -> QPalette:
    """A palette in which every role is one of the tokens, so that no system colour is visible."""
    made = QPalette()
    for role, name in _ROLES.items():
        made.setColor(role, QColor(tokens.colours[name]))
    for role, name in _DISABLED.items():
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.colours[name]))
    return made
