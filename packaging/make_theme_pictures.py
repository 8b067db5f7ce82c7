"""Makes the small pictures of the style sheet (arrows, check boxes, radio buttons) in the colours of each theme.

Usage: python packaging/make_theme_pictures.py resources/themes        (after a change of a colour or a drawing)
A style sheet takes pictures from files only and cannot colour them, so there is one file for each theme.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.ui.theme.tokens import load_tokens

THEMES: Final = ("light", "dark")
_SVG: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}" fill="none" '
    'stroke-linecap="round" stroke-linejoin="round">{shapes}</svg>\n'
)
_LINES: Final[Mapping[str, tuple[str, str]]] = {  # name -> (path, role)
    "down": ("M6 9l6 6 6-6", "muted"),
    "up": ("M6 15l6-6 6 6", "muted"),
    "left": ("M15 6l-6 6 6 6", "text"),
    "right": ("M9 6l6 6-6 6", "text"),
    "more": ("M5 12h14M12 5v14", "text"),
    "more_disabled": ("M5 12h14M12 5v14", "disabled"),
    "less": ("M5 12h14", "text"),
    "less_disabled": ("M5 12h14", "disabled"),
    "done": ("M5 12.5l4.75 4.75L19 7.5", "accent"),
}
_MARKS: Final[Mapping[str, str]] = {
    "box_off": "",
    "box_on": '<path d="M9.75 14.25l3 3 5.5-6" stroke="{mark}" stroke-width="2"/>',
    "box_part": '<path d="M10 14h8" stroke="{mark}" stroke-width="2"/>',
    "ring_off": "",
    "ring_on": '<circle cx="14" cy="14" r="4" fill="{mark}"/>',
}


def main(target: Path) -> None:
    """Write `light/*.svg` and `dark/*.svg` into `target`."""
    for theme in THEMES:
        folder = target / theme
        folder.mkdir(parents=True, exist_ok=True)
        for name, svg in _pictures(load_tokens(theme).colours).items():
            (folder / f"{name}.svg").write_bytes(svg.encode())


def _pictures(colours: Mapping[str, str]) -> dict[str, str]:
    found = {name: _svg(24, _line(path, colours[role])) for name, (path, role) in _LINES.items()}
    for name in _MARKS:
        on = not name.endswith("off")
        edge, ground, mark = ("accent", "accent", "on_accent") if on else ("field", "surface", "on_accent")
        found[name] = _indicator(name, colours[edge], colours[ground], colours[mark])
        found[f"{name}_disabled"] = _indicator(name, colours["border"], colours["key"], colours["disabled"])
        found[f"{name}_focus"] = _indicator(name, colours["accent"], colours[ground], colours[mark], colours["accent"])
    return found


def _indicator(name: str, edge: str, ground: str, mark: str, focus: str = "none") -> str:
    """A box or ring 20 px wide in a picture of 28 px: around it there is room for the mark of focus."""
    box = name.startswith("box")
    inner, outer = (5, 8) if box else (9.5, 13)
    shapes = (
        f'<rect x="1" y="1" width="26" height="26" rx="{outer}" stroke="{focus}" stroke-width="2"/>'
        f'<rect x="4.5" y="4.5" width="19" height="19" rx="{inner}" fill="{ground}" stroke="{edge}"/>'
    )
    return _svg(28, shapes + _MARKS[name].format(mark=mark))


def _line(path: str, colour: str) -> str:
    return f'<path d="{path}" stroke="{colour}" stroke-width="2"/>'


def _svg(side: int, shapes: str) -> str:
    return _SVG.format(side=side, shapes=shapes)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
