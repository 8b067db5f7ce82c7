"""The display of an amount while it is typed: grouping and cursor. Free of Qt; what may be typed: `money.py`."""

from __future__ import annotations

from app.i18n.formats import NBSP, count_text


def grouped(raw: str) -> str:
    """A raw amount with its thousands grouped: "1250,5" as "1 250,5"."""
    whole, comma, decimals = raw.partition(",")
    return count_text(int(whole)) + comma + decimals if whole else raw


def cursor_after(shown: str, digits_right: int) -> int:
    """The first position in a grouped amount with this many characters (spaces not counted) to its right."""
    seen = 0
    for place in range(len(shown), -1, -1):
        if seen == digits_right:
            return place - 1 if place and shown[place - 1] == NBSP else place
        seen += shown[place - 1] != NBSP
    return 0


def count_significant(text: str) -> int:
    """The number of digits and decimal separators in a text."""
    return sum(sign.isdigit() or sign in ".," for sign in text)
