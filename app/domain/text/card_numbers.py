"""Card numbers inside a text: found however they are divided and escaped, and masked (protocol.md A3.7). Stdlib only.

A card number is 13 to 19 decimal digits of any script whose last one is their Luhn check digit, each divided from the
next by at most four separators. A separator is any character but a letter, a decimal digit and a line end, or an
escape (`app.domain.text.escapes`) of one; a digit may be escaped as well.

Where `%20` may be an escape or a `%` before the digits 2 and 0, both readings count: after masking, no reading of the
text holds a card number. Excluded on purpose: a number that is masked already, and dates (`_EXEMPT`).

Method: the text is read once from its end. For each position it is known which (count of digits, Luhn sum) the numbers
that begin there can have, as bits of one integer, so that hostile texts cost no more than others.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Final

from app.domain.text.escapes import Escape, escapes_in

SHORTEST_PAN, LONGEST_PAN = 13, 19
MAX_SEPARATORS: Final = 4
_KEPT_FIRST, _KEPT_LAST = 6, 4

_ENOUGH_DIGITS: Final = re.compile(rf"(?:\D*\d){{{SHORTEST_PAN}}}")
_TIME = r"[0-2][0-9]:?[0-5][0-9](?::?[0-5][0-9](?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_YEAR, _MONTH, _DAY = "(?:19|20)[0-9]{2}", "[01][0-9]", "[0-3][0-9]"
_EXEMPT: Final = re.compile(
    r"(?<![0-9])(?:"
    r"[0-9]{6}\*{3,9}[0-9]{4}"
    rf"|{_YEAR}([-./]){_MONTH}\1{_DAY}(?:[ T,]{{1,2}}{_TIME})?"
    rf"|{_DAY}([-./]){_MONTH}\2{_YEAR}(?:[ T,]{{1,2}}{_TIME})?"
    rf"|{_YEAR}{_MONTH}{_DAY}[-_ T]{_TIME}"
    r")(?![0-9])"
)
"""A masked number; a date, or a date and its time. They separate what precedes them from what follows."""
_RUN: Final = re.compile(r"(?<![0-9])[0-9]{8,}(?![0-9])")


@dataclass(frozen=True, slots=True)
class MaskingRule:
    """Undivided runs of digits that are spared, by their length. A number that divides a spared run is none.

    `whole`: such a run is a card number as a whole or not at all. `never`: it is none, whatever its check digit.
    """

    whole: frozenset[int] = frozenset()
    never: frozenset[int] = frozenset()


FOREIGN_TEXT: Final = MaskingRule()
"""Input from outside: nothing is spared, since a card number may be joined to its expiry date."""
TYPED_TEXT: Final = MaskingRule(whole=frozenset({14, 15, 16}))
"""Typed input: waybills and invoices have as many digits, and a part of one is no card number."""
ORDER: Final = MaskingRule(whole=frozenset({15, 16}), never=frozenset({8, 12, 13, 14}))
"""A shop's own order number may be a barcode: EAN-8, UPC-A, EAN-13, ITF-14."""


_SEPARATOR, _BREAK, _ESCAPED = -1, -2, -3
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

# A set of (count, sum) is an integer: bit 10 * count + sum % 10. Ten bits are a lane.
_LANES: Final = LONGEST_PAN + 1
_NO_DIGIT: Final = 1
_EVEN: Final = sum(0b11_1111_1111 << (10 * count) for count in range(0, _LANES - 1, 2))
_ODD: Final = sum(0b11_1111_1111 << (10 * count) for count in range(1, _LANES - 1, 2))
_WHOLE: Final = sum(1 << (10 * count) for count in range(SHORTEST_PAN, LONGEST_PAN + 1))
_LOW: Final = tuple(sum(((1 << by) - 1) << (10 * count) for count in range(_LANES)) for by in range(10))
_HIGH: Final = tuple(sum((0b11_1111_1111 >> by << by) << (10 * count) for count in range(_LANES)) for by in range(10))

Reach = tuple[int, int, int, int, int]
"""Which numbers begin within 0, 1, 2, 3 or 4 separators from a position."""
_NOTHING: Final[Reach] = (0, 0, 0, 0, 0)


def mask_card_numbers(text: str, rule: MaskingRule = FOREIGN_TEXT) -> str:
    """Return the text with each card number as its first six and last four digits with `*` between.

    Numbers that overlap become one mask.
    """
    if not _ENOUGH_DIGITS.match(text):
        return text
    escapes = escapes_in(text)
    masked = _masked(text, _Reading(text, escapes, either=False, rule=rule).numbers())
    if not escapes or not _ENOUGH_DIGITS.match(masked):
        return masked
    left = escapes if masked == text else escapes_in(masked)
    return _masked(masked, _Reading(masked, left, either=True, rule=rule).numbers())


def holds_card_number(text: str, rule: MaskingRule = FOREIGN_TEXT) -> bool:
    """Return whether `mask_card_numbers` would mask something."""
    return mask_card_numbers(text, rule) != text


def masked_digits(digits: str) -> str:
    """Return the digits of one card number masked: the first six and the last four stay."""
    stars = "*" * (len(digits) - _KEPT_FIRST - _KEPT_LAST)
    return f"{digits[:_KEPT_FIRST]}{stars}{digits[-_KEPT_LAST:]}"


@dataclass(slots=True)
class _Number:
    """A card number in a text, or several that overlap: its ends, and its digits by their places."""

    start: int
    end: int
    digits: dict[int, str]


class _Reading:
    """One text, read with escapes decoded, or (`either`) also as written."""

    def __init__(self, text: str, escapes: dict[int, Escape], *, either: bool, rule: MaskingRule) -> None:
        self._text = text
        spared = rule.whole | rule.never
        self._spared = [run for run in _RUN.finditer(text) if len(run[0]) in spared] if spared else []
        self._rule = rule
        self._kinds = [_ASCII[ord(char)] if char < "\x80" else _kind(char) for char in text]
        for alone in _EXEMPT.finditer(text):
            self._kinds[alone.start() : alone.end()] = [_BREAK] * (alone.end() - alone.start())
        self._escapes: dict[int, tuple[int, int, str]] = {}
        for position, (char, end) in escapes.items():
            self._take_escape(position, char, end, either=either)
        self._begins = [0] * (len(text) + 1)
        self._reach: list[Reach] = [_NOTHING] * (len(text) + 1)
        self._walk()

    def _take_escape(self, position: int, char: str, end: int, *, either: bool) -> None:
        kind = _SEPARATOR if char in "\r\n" else _kind(char)  # an escaped line end is inside a line
        if kind == _BREAK or self._kinds[position] == _BREAK:
            return
        if not either:
            if kind == _SEPARATOR and not (char.isprintable() or char.isspace() or char == "\u200b"):
                return  # more likely a literal `%` before two digits
            self._kinds[position] = _ESCAPED
        self._escapes[position] = (kind, end, char)

    def _walk(self) -> None:
        reach, begins, kinds = self._reach, self._begins, self._kinds
        for position in range(len(kinds) - 1, -1, -1):
            kind = kinds[position]
            if kind >= 0:
                begins[position] = known = _longer(reach[position + 1][MAX_SEPARATORS] | _NO_DIGIT, kind)
                reach[position] = (known, known, known, known, known)
            elif position in self._escapes:
                reach[position] = self._reach_of_escape(position)
            elif kind == _SEPARATOR:
                following = reach[position + 1]
                if following[MAX_SEPARATORS - 1]:
                    reach[position] = _one_further(following)

    def _reach_of_escape(self, position: int) -> Reach:
        kind, end, _char = self._escapes[position]
        if kind == _SEPARATOR:
            near = _one_further(self._reach[end])
        else:
            self._begins[position] = known = _longer(self._reach[end][MAX_SEPARATORS] | _NO_DIGIT, kind)
            near = (known, known, known, known, known)
        plain = _one_further(self._reach[position + 1]) if self._kinds[position] == _SEPARATOR else _NOTHING
        return near[0] | plain[0], near[1] | plain[1], near[2] | plain[2], near[3] | plain[3], near[4] | plain[4]

    def numbers(self) -> list[_Number]:
        """Return the card numbers in their order, overlapping ones as one."""
        starts = [position for position, known in enumerate(self._begins) if known & _WHOLE]
        if not starts:
            return []
        # Numbers made of whole groups come first: so the mask follows the groups that are visible.
        whole = self._numbers([start for start in starts if not self._is_digit(start - 1)], [], aligned=True)
        return sorted(whole + self._numbers(starts, whole, aligned=False), key=lambda number: number.start)

    def _numbers(self, starts: list[int], taken: list[_Number], *, aligned: bool) -> list[_Number]:
        """Return the numbers that begin at some of these places and lie outside of those that are taken."""
        found: list[_Number] = []
        written, limits = 0, iter(taken)
        limit = next(limits, None)
        for start in starts:
            while limit is not None and start >= limit.start:
                written, limit = max(written, limit.end), next(limits, None)
            if start < written:
                continue
            end = limit.start if limit else len(self._text)
            number = self._longest(start, end, aligned=aligned)
            if number is not None:
                self._grow(number, starts, end, aligned=aligned)
                found.append(number)
                written = number.end
        return found

    def _grow(self, number: _Number, starts: list[int], limit: int, *, aligned: bool) -> None:
        """Add the numbers that begin inside this one and end outside: any of them may be the true one."""
        seen = number.start
        while True:
            inside = starts[bisect_right(starts, seen) : bisect_left(starts, number.end)]
            others = (self._longest(start, limit, aligned=aligned) for start in reversed(inside))
            other = next((other for other in others if other and other.end > number.end), None)
            if other is None:
                return
            seen = number.end - 1
            number.digits |= other.digits
            number.end = other.end

    def _longest(self, start: int, limit: int, *, aligned: bool) -> _Number | None:
        """Return the longest number that begins here and ends at the limit or before."""
        for length in range(LONGEST_PAN, SHORTEST_PAN - 1, -1):
            if self._begins[start] >> (10 * length) & 1:
                number = self._number(start, length)
                cut = number.end > limit or (aligned and self._is_digit(number.end))
                if not cut and not self._is_spared(number):
                    return number
        return None

    def _number(self, start: int, length: int) -> _Number:
        """Return the number of so many digits and the sum 0 that begins here; `_begins` says that there is one."""
        digits: dict[int, str] = {}
        position, luhn = start, 0
        while True:
            kind, end, char = self._escapes.get(position) or (self._kinds[position], position + 1, self._text[position])
            digits[position] = char
            length -= 1
            luhn = (luhn - (_DOUBLED[kind] if length % 2 else kind)) % 10
            if not length:
                return _Number(start, end, digits)
            target = 1 << (10 * length + luhn)
            position = end if self._begins[end] & target else self._next_digit(end, target)

    def _next_digit(self, position: int, target: int) -> int:
        """Return the nearest position from which the rest of the number can be read."""
        for left in range(MAX_SEPARATORS, -1, -1):
            if self._begins[position] & target or not left:
                break
            plain = self._kinds[position] == _SEPARATOR and self._reach[position + 1][left - 1] & target
            position = position + 1 if plain else self._escapes[position][1]
        return position

    def _is_digit(self, position: int) -> bool:
        return 0 <= position < len(self._text) and self._text[position].isdecimal()

    def _is_spared(self, number: _Number) -> bool:
        for run in self._spared:
            if run.start() < number.end and run.end() > number.start:
                if run.start() < number.start or run.end() > number.end:
                    return True
                if run.span() == (number.start, number.end) and len(run[0]) in self._rule.never:
                    return True
        return False


def _masked(text: str, numbers: list[_Number]) -> str:
    out: list[str] = []
    written = 0
    for number in numbers:
        digits = "".join(char for _place, char in sorted(number.digits.items()))
        out += [text[written : number.start], masked_digits(digits)]
        written = number.end
    return "".join(out) + text[written:]


def _one_further(reach: Reach) -> Reach:
    """Return what is reached from one separator before."""
    return 0, reach[0], reach[1], reach[2], reach[3]


def _longer(known: int, digit: int) -> int:
    """Return the numbers that this digit makes of those that follow it: the last digit counts once, the next twice."""
    twice = _DOUBLED[digit]
    even, odd = known & _EVEN, known & _ODD
    even = (even << digit) & _HIGH[digit] | (even >> (10 - digit)) & _LOW[digit]
    odd = (odd << twice) & _HIGH[twice] | (odd >> (10 - twice)) & _LOW[twice]
    return (even | odd) << 10


def _kind(char: str) -> int:
    """Return the value of a decimal digit, or what else the character is."""
    if char.isdecimal():
        return int(char)
    return _BREAK if char.isalpha() or char in "\r\n" else _SEPARATOR


_ASCII: Final = tuple(_kind(chr(code)) for code in range(128))
