"""How a sum looks while it is typed: grouping, and where the cursor goes. Free of Qt; what may be typed: `money.py`."""

from __future__ import annotations

from app.i18n.formats import NBSP, count_text


def grouped(raw: str) -> str:
    """A raw sum with its thousands parted: "1250,5" as "1 250,5"."""
    whole, comma, decimals = raw.partition(",")
    return count_text(int(whole)) + comma + decimals if whole else raw


def cursor_after(shown: str, digits_right: int) -> int:
    """The first place in a grouped sum that has this many signs (spaces not counted) to its right."""
    seen = 0
    for place in range(len(shown), -1, -1):
        if seen == digits_right:
            return place - 1 if place and shown[place - 1] == NBSP else place
        seen += shown[place - 1] != NBSP
    return 0


def count_significant(text: str) -> int:
    """How many digits and separators a text has."""
    return sum(sign.isdigit() or sign in ".," for sign in text)
