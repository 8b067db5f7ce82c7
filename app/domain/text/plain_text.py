"""Foreign text made safe to show: it cannot move the cursor, begin a line or change the reading direction.

One foreign value goes through `one_line`; a whole line of ours that holds such values through `without_controls`;
logs and JSON for people, where nothing may get lost, through `escaped`. Mark-up is not handled here: code that renders
mark-up (Qt, HTML) escapes it there. Standard library only.
"""

from __future__ import annotations

import re
from typing import Final

_BREAKING: Final = "\x00-\x1f\x7f-\x9f\u2028\u2029"
"""Control characters of both sets, and the separators of lines and paragraphs."""
_LONE: Final = "\ud800-\udfff"
"""Halves of a character, such as a bad byte on the command line: no encoding can write them."""
_INVISIBLE: Final = (
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
"""Without a width of their own: format characters, reading direction, blank letters, tags."""

_BREAKING_RUN = re.compile(rf"[{_BREAKING}]")
_LONE_RUN = re.compile(f"[{_LONE}]")
_INVISIBLE_RUN = re.compile(f"[{_INVISIBLE}]+")
_ACTING = re.compile(rf"[{_BREAKING}{_LONE}{_INVISIBLE}]")
_WIDE_GAP = re.compile(r"\s{2,}")
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def without_controls(text: str) -> str:
    """Return the text on one line: a space for every control character, nothing for the invisible ones.

    Its own spacing stays as it is.
    """
    if text.isprintable():  # nearly always
        return text
    return _LONE_RUN.sub("\ufffd", _INVISIBLE_RUN.sub("", _BREAKING_RUN.sub(" ", text)))


def without_invisible(text: str) -> str:
    """Return the text without characters that have no width of their own; everything else stays."""
    return text if text.isascii() else _INVISIBLE_RUN.sub("", text)  # a blank letter counts as printable


def one_line(text: str) -> str:
    """Return a foreign value as one line without gaps: many blanks would push what follows out of sight."""
    return _WIDE_GAP.sub(" ", without_controls(text)).strip()


def lines(text: str) -> str:
    """Return a text of ours with its line breaks (`\\n`) kept and everything else as in `without_controls`."""
    return "\n".join(map(without_controls, text.split("\n"))) if "\n" in text else without_controls(text)


def escaped(text: str, *, keep: str = "") -> str:
    """Return the text with every control and invisible character spelled as in JSON: `\\n`, `\\u001b`; `keep` stays.

    A JSON document stays the same document, `keep` being the white space between its values.
    """
    if text.isprintable():
        return text
    return _ACTING.sub(lambda found: found[0] if found[0] in keep else _spelled(found[0]), text)


def _spelled(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[position : position + 4]}" for position in range(0, len(units), 4))


def is_storable(text: str) -> bool:
    """Say if a text can be stored and printed: JSON and arguments may hold half a character, UTF-8 may not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
