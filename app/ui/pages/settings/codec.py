"""Between a stored value, the text in its editor, and the text that `config set` takes. Pure; knows no setting."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.money import parse_amount, parse_amounts
from app.i18n.formats import amount_text, short_amount

SECRET = "***"
"""What the core says instead of a secret that is there."""


@dataclass(frozen=True, slots=True)
class Codec:
    """`show`: stored value -> typed text. `tell`: typed text -> text for the core; raises BadInput, RuleBroken.

    `choose`: typed text and a file that was looked for -> typed text.
    """

    show: Callable[[object], str]
    tell: Callable[[str], str]
    choose: Callable[[str, str], str] = lambda text, path: path


def show_text(value: object) -> str:
    return "" if value is None else str(value)


def tell_text(text: str) -> str:
    return text.strip()


def show_number(value: object) -> str:
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else show_text(value)


def tell_number(text: str) -> str:
    """A comma parts the decimals here; spaces only group digits."""
    return re.sub(r"\s", "", text).replace(",", ".")


def show_flag(value: object) -> str:
    return "true" if value else "false"


def show_list(value: object) -> str:
    return ", ".join(map(str, _items(value)))


def tell_list(text: str) -> str:
    """Entries stand between commas, semicolons or on lines of their own."""
    return ", ".join(re.split(r"[\s,;]+", text.strip(" \t\n,;")))


def show_paths(value: object) -> str:
    """Return one path, or several with commas between them; a path with a comma of its own makes it a JSON list."""
    if not isinstance(value, list | tuple):
        return show_text(value)
    paths = [str(path) for path in value]
    plain = not any("," in path or path.startswith("[") for path in paths)
    return ", ".join(paths) if plain else json.dumps(paths, ensure_ascii=False)


def choose_path(text: str, path: str) -> str:
    """Return the chosen path in the place of one, or behind several: of a list that is kept nothing goes unasked."""
    kept = _paths(text)
    return show_paths([*kept, path]) if len(kept) > 1 and path not in kept else text if path in kept else path


def _paths(text: str) -> list[str]:
    bare = text.strip()
    if bare.startswith("["):
        try:
            return [str(path) for path in json.loads(bare)]
        except ValueError:
            return []
    return [path.strip() for path in bare.split(",") if path.strip()]


def show_sum(value: object) -> str:
    """Return `100 000,00` for the kopecks."""
    return amount_text(int(str(value)))


def tell_sum(text: str) -> str:
    return str(parse_amount(text))


def show_sums(value: object) -> str:
    """Return `50, 100, 12,50`: whole sums without kopecks."""
    return ", ".join(short_amount(int(str(minor))) for minor in _items(value))


def tell_sums(text: str) -> str:
    return ", ".join(str(minor) for minor in parse_amounts(text))


def show_nothing(value: object) -> str:
    """A secret is never shown, not even as stars that look like something typed."""
    return ""


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


TEXT = Codec(show_text, tell_text)
NUMBER = Codec(show_number, tell_number)
FLAG = Codec(show_flag, tell_text)
LIST = Codec(show_list, tell_list)
PATHS = Codec(show_paths, tell_text, choose_path)
SUM = Codec(show_sum, tell_sum)
SUMS = Codec(show_sums, tell_sums)
HIDDEN = Codec(show_nothing, tell_text)
