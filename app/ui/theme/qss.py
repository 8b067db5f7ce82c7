"""The style sheet: the templates of `resources/themes/*.qss`, filled with the tokens.

In a template `$accent` is a colour role; sizes, radii and heights are in `_measures`. `url($theme:down.svg)` is a
picture in the theme's folder, which `Theme` registers with Qt under the theme's name.
"""

from __future__ import annotations

from string import Template
from typing import Final

from app.i18n.resources import resource
from app.ui.theme.tokens import CONTROL_HEIGHT, KEY_HEIGHT, RADIUS_CARD, RADIUS_FIELD, SIZES, TONES, M, Tokens

TEMPLATES: Final = ("texts", "buttons", "fields", "views", "desk")


def style_sheet(tokens: Tokens) -> str:
    """The application's whole style sheet for one theme; KeyError for an unknown placeholder."""
    words = {**tokens.colours, **_measures(), "theme": tokens.name}
    parts = [_template(name).substitute(words) for name in TEMPLATES]
    tone = _template("tones")
    for name in TONES:
        parts.append(tone.substitute(words, tone=name, ink=words[name], ground=words[f"{name}_ground"]))
    return "\n".join(parts)


def _template(name: str) -> Template:
    return Template(resource(f"themes/{name}.qss").read_text(encoding="utf-8"))


def _measures() -> dict[str, str]:
    measures = {f"size_{role}": pixels for role, pixels in SIZES.items()}
    measures |= {"radius_field": RADIUS_FIELD, "radius_card": RADIUS_CARD, "m": M, "control": CONTROL_HEIGHT}
    measures["pill"] = CONTROL_HEIGHT // 2
    # A control's height inside its border of 1 px, and inside one of 2 px.
    measures |= {"inner_control": CONTROL_HEIGHT - 2, "inner_focused": CONTROL_HEIGHT - 4, "inner_key": KEY_HEIGHT - 4}
    return {name: str(pixels) for name, pixels in measures.items()}
