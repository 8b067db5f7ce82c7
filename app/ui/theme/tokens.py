"""Colours, spacing, radii and sizes of both themes, free of Qt. The colours themselves are in `resources/themes/`.

A colour: 1. its role in both files of `resources/themes/`; 2. its pairs in `PAIRS`, which the tests check.
A shade of a colour for hover and the like: a line in `_shades`, computed for both themes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.i18n.resources import resource

XS: Final = 4
S: Final = 8
M: Final = 12
L: Final = 16
XL: Final = 24

RADIUS_FIELD: Final = 8
RADIUS_CARD: Final = 12
CONTROL_HEIGHT: Final = 44
KEY_HEIGHT: Final = 64
RAIL_WIDTH: Final = 92

SIZES: Final[Mapping[str, int]] = {
    "small": 12, "body": 13, "emphasis": 15, "title": 20, "figures": 28, "sum": 32, "amount": 52,
}  # fmt: skip
TONES: Final = ("paid", "waiting", "failed", "ended", "refunded", "attention")

TEXT: Final = 4.5  # ordinary text
SHAPE: Final = 3.0  # large text, icons, the mark of keyboard focus

QR: Final = 12.0  # old phone cameras, screens in sunlight

# Every text colour on every background it is used on: (text role, background role, least contrast).
PAIRS: Final[tuple[tuple[str, str, float], ...]] = (
    *(("text", ground, TEXT) for ground in ("background", "surface", "hover", "accent_tint")),
    *(("text", ground, TEXT) for ground in ("key", "key_hover", "key_pressed")),
    *(("muted", ground, TEXT) for ground in ("background", "surface", "hover", "accent_tint", "key")),
    *(("accent", ground, TEXT) for ground in ("background", "surface", "hover", "accent_tint")),
    *(("accent", ground, SHAPE) for ground in ("key", "key_hover", "key_pressed")),
    *(("on_accent", ground, TEXT) for ground in ("accent", "accent_hover", "accent_pressed")),
    *(("failed", ground, TEXT) for ground in ("background", "surface", "hover")),
    *((tone, f"{tone}_ground", TEXT) for tone in TONES),
    *(("text", f"{tone}_ground", TEXT) for tone in TONES),
    *((tone, ground, SHAPE) for tone in TONES for ground in ("background", "surface", "hover", "accent_tint")),
    *(("disabled", ground, SHAPE) for ground in ("background", "surface", "key")),
    ("tip", "tip_ground", TEXT),
    ("qr_ink", "qr_ground", QR),
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme: its name ("light", "dark") and the colour "#RRGGBB" of every role."""

    name: str
    colours: Mapping[str, str]


def load_tokens(name: str) -> Tokens:
    """Read a theme of `resources/themes/` by name and add the shades that follow from its colours."""
    with resource(f"themes/{name}.toml").open("rb") as file:
        colours: dict[str, str] = tomllib.load(file)
    return Tokens(name, colours | _shades(colours))


def mix(colour: str, other: str, share: float) -> str:
    """The colour mixed with a share (0 to 1) of the other one."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(own + (its - own) * share):02X}" for own, its in pairs)


def contrast(first: str, second: str) -> float:
    """The WCAG contrast of two colours "#RRGGBB": 1 for equal ones, 21 for black on white."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _shades(colours: Mapping[str, str]) -> dict[str, str]:
    text, surface, accent, key = (colours[role] for role in ("text", "surface", "accent", "key"))
    return {
        "accent_hover": mix(accent, text, 0.14),
        "accent_pressed": mix(accent, text, 0.26),
        "key_hover": mix(key, text, 0.05),
        "key_pressed": mix(key, text, 0.11),
        "disabled": mix(colours["muted"], surface, 0.25),
        "scroll": mix(colours["border"], colours["muted"], 0.35),
        "scroll_hover": mix(colours["border"], colours["muted"], 0.7),
        "bar": mix(accent, surface, 0.46),
        "tip": surface,
        "tip_ground": text,
    }


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
