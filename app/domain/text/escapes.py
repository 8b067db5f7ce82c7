"""Escaped characters: percent-encoding, HTML entities, backslash escapes, in any depth and mixture. Stdlib only.

A text is read from its end, so that what follows a `%`, `&` or backslash is decoded already: `%252D`, `&amp;nbsp;`,
`%26%2345%3B` and `\\u002520` need no rule of their own. A new kind: a method of `_Reader` and its line in `_decoded`.
"""

from __future__ import annotations

import re
from typing import Final

Escape = tuple[str, int]
"""The character that an escape stands for, and the position in the text where the escape ends."""

_LEADS: Final = re.compile(r"[%&\\]")
_MAX_DEPTH: Final = 64
_LONGEST_NAME: Final = 32  # of an HTML entity
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_LAST: Final = 0x10FFFF
_CONTROLS: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_HEX_DIGITS: Final = {"x": 2, "u": 4, "U": 8}
_BYTE: Final = 0xDC00  # a byte that is no character yet is kept as Python's `surrogateescape` does it


def escapes_in(text: str) -> dict[int, Escape]:
    """Return the escapes of a text by the position where they begin; one inside a longer one is included."""
    return _Reader(text).escapes()


def decoded(text: str) -> str:
    """Return the text with every escape replaced by its character; bytes that are no UTF-8 become U+FFFD."""
    found = escapes_in(text)
    if not found:
        return text
    out: list[str] = []
    position = 0
    while position < len(text):
        char, position = found.get(position) or (text[position], position + 1)
        out.append(char)
    return "".join(out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[int, Escape] = {}

    def escapes(self) -> dict[int, Escape]:
        for lead in reversed(list(_LEADS.finditer(self._text))):
            read: Escape = (lead[0], lead.end())
            for _depth in range(_MAX_DEPTH):
                deeper = self._decoded(*read)
                if deeper is None:
                    break
                read = deeper
            if read[1] > lead.end():
                self._found[lead.start()] = read
        return self._found

    def _decoded(self, lead: str, position: int) -> Escape | None:
        """Return the escape that this lead makes with the text at the position after it."""
        match lead:
            case "%":
                return self._percent(position)
            case "&":
                return self._entity(position)
            case "\\":
                return self._backslash(position)
        return None

    def _at(self, position: int) -> Escape | None:
        if position >= len(self._text):
            return None
        return self._found.get(position) or (self._text[position], position + 1)

    def _code(self, position: int, length: int) -> tuple[int, int] | None:
        """Return the value of so many hexadecimal digits, and where they end."""
        digits = ""
        while len(digits) < length:
            read = self._at(position)
            if read is None or read[0] not in _HEX:
                return None
            digits, position = digits + read[0], read[1]
        return int(digits, 16), position

    def _percent(self, position: int) -> Escape | None:
        byte = self._code(position, 2)
        if byte is None:
            read = self._at(position)
            return self._unit(read[1], 4) if read and read[0] == "u" else None
        value, end = byte
        return (chr(value), end) if value < 0x80 else self._utf8(value, end)

    def _utf8(self, first: int, position: int) -> Escape:
        """Return the character of a first byte and those after it, or the byte alone."""
        following = 0 if first < 0xC2 or first > 0xF4 else 1 + (first > 0xDF) + (first > 0xEF)
        raw, end = bytes([first]), position
        for _byte in range(following):
            read = self._at(end)
            if read is None or not _BYTE + 0x80 <= ord(read[0]) <= _BYTE + 0xBF:
                break
            raw, end = raw + bytes([ord(read[0]) - _BYTE]), read[1]
        try:
            return raw.decode(), end
        except UnicodeDecodeError:
            return chr(_BYTE + first), position

    def _entity(self, position: int) -> Escape | None:
        name, name_end = "", position
        read = self._at(position)
        while read and len(name) < _LONGEST_NAME and read[0].isascii() and (read[0].isalnum() or read[0] == "#"):
            name, name_end = name + read[0], read[1]
            read = self._at(name_end)
        if read and read[0] == ";":
            char = _numeric(name[1:]) if name.startswith("#") else _named(f"{name};")
            return (char, read[1]) if char else None
        return self._unclosed(position, name)

    def _unclosed(self, position: int, name: str) -> Escape | None:
        """Return an old entity that browsers accept without its semicolon, such as `&nbsp` before digits."""
        letters = re.match("[A-Za-z]*", name)
        char = _named(letters[0]) if letters else None
        for _letter in letters[0] if letters and char else "":
            read = self._at(position)
            position = read[1] if read else position
        return (char, position) if char else None

    def _backslash(self, position: int) -> Escape | None:
        read = self._at(position)
        if read is None:
            return None
        kind, end = read
        if kind in _HEX_DIGITS:
            return self._unit(end, _HEX_DIGITS[kind])
        if kind in _CONTROLS:
            return _CONTROLS[kind], end
        # an escape that was itself escaped doubles its backslash
        return self._found.get(position) if self._text[position] == "\\" else None

    def _unit(self, position: int, length: int) -> Escape | None:
        """Return the character of a code, or of two codes that are a surrogate pair."""
        found = self._code(position, length)
        if found is None or found[0] > _LAST:
            return None
        value, end = found
        low = self._at(end) if 0xD800 <= value < 0xDC00 else None
        if low is not None and 0xDC00 <= ord(low[0]) <= 0xDFFF:
            return chr(0x10000 + ((value - 0xD800) << 10) + ord(low[0]) - 0xDC00), low[1]
        return chr(value), end


def _numeric(code: str) -> str | None:
    digits = re.fullmatch("[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8})", code)
    if digits is None:
        return None
    value = int(digits[1], 16) if digits[1] else int(digits[2])
    return chr(value) if value <= _LAST else None


def _named(name: str) -> str | None:
    from html.entities import html5  # a large table that hardly any text needs

    char = html5.get(name)
    return char if char is not None and len(char) == 1 else None
