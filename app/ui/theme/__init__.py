"""The theme: tokens, palette, style sheet, fonts and icons. Nothing about payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.theme.theme import Theme as Theme

__all__ = ["Theme"]


def __getattr__(name: str) -> object:
    """Load `Theme` on demand, so that `tokens` can be imported without Qt."""
    if name != "Theme":
        raise AttributeError(name)
    from app.ui.theme.theme import Theme

    return Theme
