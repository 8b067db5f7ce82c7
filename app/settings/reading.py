"""Parses text into checked setting values: the TOML file with its lines, and the text of `config set`."""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import SettingBad
from app.settings.checks import InvalidValue
from app.settings.schema import SPECS, Kind, spec_of

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.\"' -]+?)\s*\]")
_PAIR = re.compile(r"\s*([A-Za-z0-9_.\"' -]+?)\s*=")
_AT_LINE = re.compile(r"at line (\d+)")
UNSET = ("", "unset")
FILE_NAME = "settings.toml"
"""Stands for a key in problems of the file as a whole."""


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """An unusable part of a hand-edited file. `reason` is a code; `line` counts from 1."""

    key: str
    line: int | None
    reason: str

    @property
    def is_of_value(self) -> bool:
        """Say if one value or name is bad and the rest of the file as it was meant."""
        return self.key != FILE_NAME and self.reason != "lost"


def read_toml(content: bytes) -> tuple[dict[str, Any], tuple[SettingProblem, ...]]:
    """Return the usable flat values and the problems of a settings file."""
    try:
        text = content.decode("utf-8-sig")
        tree = tomllib.loads(text)
    except UnicodeDecodeError as error:
        return {}, (SettingProblem(FILE_NAME, content.count(b"\n", 0, error.start) + 1, "not_utf8"),)
    except tomllib.TOMLDecodeError as error:
        return {}, (SettingProblem(FILE_NAME, _error_line(str(error), text), "toml_syntax"),)
    except (ValueError, RecursionError):  # more digits, or lists within lists, than Python reads
        return {}, (SettingProblem(FILE_NAME, None, "too_large"),)
    values: dict[str, Any] = {}
    problems: list[SettingProblem] = []
    for key, raw in _flatten(tree):
        try:
            values[key] = _checked(key, raw)
        except InvalidValue as invalid:
            problems.append(SettingProblem(key, line_of(text, _bare(key)), invalid.reason))
    return values, tuple(problems)


def decoded(content: bytes) -> str:
    """Return a readable file's text for comparison: no byte order mark, normalized line ends."""
    return content.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def sections_opened(text: str) -> set[str]:
    """Return the top sections that have a header line of their own."""
    headers = filter(None, map(_HEADER.match, text.splitlines()))
    return {_bare(header.group(1).lstrip("[")).partition(".")[0] for header in headers}


def _checked(key: str, raw: object) -> object:
    if key not in SPECS:
        raise InvalidValue("secret_in_file" if key == "operator.token" else "unknown")
    return SPECS[key].check(raw)


def _flatten(tree: dict[str, Any]) -> list[tuple[str, object]]:
    """Return `section.name` with its value; what is not two deep keeps the name that it has there."""
    flat: list[tuple[str, object]] = []
    for section, content in tree.items():
        if isinstance(content, dict):
            flat.extend((f"{_named(section)}.{_named(name)}", value) for name, value in content.items())
        else:
            flat.append((_named(section), content))
    return [(key, value) for key, value in flat if value != {} or key in SPECS]  # an empty section sets nothing


def _named(part: str) -> str:
    """A dot within quotes parts nothing: such a name is none of ours."""
    return f'"{part}"' if "." in part else part


def _error_line(message: str, text: str) -> int:
    found = _AT_LINE.search(message)
    return int(found.group(1)) if found else text.rstrip("\n").count("\n") + 1  # "at end of document"


def line_of(text: str, key: str) -> int | None:
    """Return the line that sets `key`, or that opens its section when the key is inline there."""
    section, nearest = "", None
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            section = _bare(header.group(1).lstrip("[")) + "."
            if section == f"{key}.":
                nearest = number
        elif pair := _PAIR.match(line):
            name = section + _bare(pair.group(1))
            if name == key:
                return number
            if key.startswith(name + "."):
                nearest = number
    return nearest


def _bare(name: str) -> str:
    return re.sub(r"[\s\"']", "", name)


def read_text(key: str, text: str) -> object | None:
    """Return the TOML value of a text from the command line; None: reset to the default.

    Raises SettingUnknown, SettingBad.
    """
    spec = spec_of(key)
    try:
        raw = _raw(spec.kind, text.strip())
        if raw is None:
            return None
        checked = spec.check(raw)
    except InvalidValue as invalid:
        raise SettingBad(key=key, reason=invalid.reason) from invalid
    return list(checked) if isinstance(checked, tuple) else checked


def _raw(kind: Kind, text: str) -> object:
    match kind:
        case Kind.TEXT:
            return text
        case Kind.PATH:  # the path must be valid from any working directory
            return _absolute(text) if text else ""
        case Kind.PATHS:
            return _paths(text)
        case Kind.WHOLE:
            return _whole(text)
        case Kind.NUMBER:
            return _number(text)
        case Kind.FLAG:
            return _flag(text)
        case Kind.TEXTS:
            return _items(text)
        case Kind.WHOLES:
            return [item if isinstance(item, int) else _whole(str(item)) for item in _items(text)]


def _absolute(text: str) -> str:
    try:
        return str(Path(text).expanduser().absolute())
    except RuntimeError:  # `~user` of an unknown user
        return str(Path(text).absolute())
    except OSError as error:  # the current folder is gone
        raise InvalidValue("unreadable_file") from error


def _paths(text: str) -> object:
    """Return one path or a list of paths, separated by commas or written as a list.

    A file name may contain a comma, too: the name of an existing file is one path.
    """
    alone = _absolute(text) if text else ""
    if not text or os.path.isfile(alone) or not (text.startswith("[") or "," in text):  # noqa: PTH113 - raises nothing
        return alone
    items = _items(text)
    if not items and not text.startswith("["):
        raise InvalidValue("empty")
    return [_absolute(item) if isinstance(item, str) and item.strip() else item for item in items]


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise InvalidValue("not_whole_number")
    return int(text)


def _number(text: str) -> float:
    if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", text):
        raise InvalidValue("not_number")
    return float(text) if "." in text else int(text)


def _flag(text: str) -> bool | None:
    word = text.lower()
    if word in UNSET:
        return None
    if word in ("true", "yes", "on", "1"):
        return True
    if word in ("false", "no", "off", "0"):
        return False
    raise InvalidValue("not_true_or_false")


def _items(text: str) -> list[Any]:
    if not text.startswith("["):
        return [item.strip() for item in text.split(",") if item.strip()]
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        items = _toml_list(text)
    return list(items)


def _toml_list(text: str) -> list[Any]:
    try:
        return list(tomllib.loads(f"items = {text}")["items"])
    except (tomllib.TOMLDecodeError, TypeError, RecursionError) as error:
        raise InvalidValue("not_list") from error
