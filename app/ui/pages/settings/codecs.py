"""Conversion between a stored value, the text of its editor and the text for `config set`. Pure; no setting keys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.money import parse_amount, parse_amounts
from app.domain.text.typed_text import visible
from app.i18n.formats import amount_text, short_amount

SECRET = "***"
"""What the core returns instead of a stored secret."""


@dataclass(frozen=True, slots=True)
class Codec:
    """`to_editor_text`: stored value -> editor text. `to_setting_text`: editor text -> text for the core; raises
    BadInput, RuleBroken. `with_file`: editor text and the path of a chosen file -> editor text.
    """

    to_editor_text: Callable[[object], str]
    to_setting_text: Callable[[str], str]
    with_file: Callable[[str, str], str] = lambda text, path: path


def format_text(value: object) -> str:
    return "" if value is None else str(value)


def parse_text(text: str) -> str:
    return text.strip()


def format_number(value: object) -> str:
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else format_text(value)


def parse_number(text: str) -> str:
    """A comma parts the decimals here; a space between thousands groups digits, and any other is left to be refused."""
    typed = visible(text)
    whole = re.match(r"[0-9]{1,3}(?: [0-9]{3})+(?![0-9 ])", typed)
    return (typed.replace(" ", "") if whole else typed).replace(",", ".")


def format_flag(value: object) -> str:
    return "true" if value else "false"


def format_list(value: object) -> str:
    return ", ".join(map(str, _items(value)))


def parse_list(text: str) -> str:
    """Entries are separated by commas, semicolons or line breaks."""
    return ", ".join(re.split(r"[\s,;]+", text.strip(" \t\n,;")))


def format_paths(value: object) -> str:
    """Return one path, or several separated by commas; a JSON list when a path contains a comma."""
    if not isinstance(value, list | tuple):
        return format_text(value)
    paths = [str(path) for path in value]
    plain = not any("," in path or path.startswith("[") for path in paths)
    return ", ".join(paths) if plain else json.dumps(paths, ensure_ascii=False)


def add_path(text: str, path: str) -> str:
    """Return the path in place of a single one, or appended to several: none of several is dropped silently."""
    paths = _paths(text)
    if path in paths:
        return text
    return format_paths([*paths, path]) if len(paths) > 1 else path


def _paths(text: str) -> list[str]:
    bare = text.strip()
    if bare.startswith("["):
        try:
            return [str(path) for path in json.loads(bare)]
        except ValueError:
            return []
    return [path.strip() for path in bare.split(",") if path.strip()]


def format_amount(value: object) -> str:
    """Return `100 000,00` for the kopecks."""
    return amount_text(int(str(value)))


def parse_one_amount(text: str) -> str:
    return str(parse_amount(text))


def format_amounts(value: object) -> str:
    """Return `50, 100, 12,50`: whole amounts without kopecks."""
    return ", ".join(short_amount(int(str(minor))) for minor in _items(value))


def parse_amount_list(text: str) -> str:
    return ", ".join(str(minor) for minor in parse_amounts(text))


def format_secret(value: object) -> str:
    """A secret is never shown, not even as asterisks that look like typed text."""
    return ""


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


TEXT = Codec(format_text, parse_text)
NUMBER = Codec(format_number, parse_number)
FLAG = Codec(format_flag, parse_text)
LIST = Codec(format_list, parse_list)
PATHS = Codec(format_paths, parse_text, add_path)
AMOUNT = Codec(format_amount, parse_one_amount)
AMOUNTS = Codec(format_amounts, parse_amount_list)
HIDDEN = Codec(format_secret, parse_text)
