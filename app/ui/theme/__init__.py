"""The look: tokens, palette, style sheet, fonts and icons. Nothing here knows a payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.theme.theme import Theme as Theme

__all__ = ["Theme"]


def __getattr__(name: str) -> object:
    """Load `Theme` when it is asked for: who wants only `tokens` gets them without Qt."""
    if name != "Theme":
        raise AttributeError(name)
    from app.ui.theme.theme import Theme

    return Theme
