"""How a sum is written while it is typed: what may be typed, grouping, and where the cursor goes. Free of Qt.

A raw sum is what the page gets: digits and at most one comma ("1250,5"). Whether it may be charged is not decided here.
"""

from __future__ import annotations

import re
from typing import Final

GROUP_SPACE: Final = "\u00a0"
WHOLE_DIGITS: Final = 9
DECIMALS: Final = 3  # one more than a sum may have, so that the page can say so instead of swallowing a digit
_IGNORED = re.compile(r"[\s\u2009\u202f\u00a0'’]|₴|грн\.?|uah", re.IGNORECASE)
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")

_SPACED_THOUSANDS = re.compile(r"(?<![0-9])[0-9]{1,3}(?:[ \u00a0\u202f\u2009'’][0-9]{3})+(?![0-9])")


def typed_raw(text: str) -> str | None:
    """The raw sum in a text that grew by one keystroke; None when that keystroke is to be refused."""
    raw = _bare(text).replace(".", ",")
    whole, comma, decimals = raw.partition(",")
    if not re.fullmatch("[0-9]*,?[0-9]*", raw) or len(decimals) > DECIMALS:
        return None
    return _checked(whole, comma, decimals)


def pasted_raw(text: str) -> str | None:
    """The raw sum in a pasted text such as "1 250,00 ₴", "1,250.00" or "1.250.000"; None when it is not a sum.

    One lone separator parts the decimals, as in typing: "1,250" keeps its three decimals, to be complained about,
    rather than becoming a thousand times more.
    """
    if not _is_one_number(text):
        return None
    bare = _bare(text)
    parts = re.split("[.,]", bare)
    marks = re.findall("[.,]", bare)
    if not all(re.fullmatch("[0-9]*", part) for part in parts):
        return None
    if len(marks) < 2:
        return _checked(parts[0], "," if marks else "", "".join(parts[1:])[:DECIMALS])
    if len(set(marks)) == 1:
        return _checked("".join(parts), "", "") if _THOUSANDS.fullmatch(bare) else None
    grouped = bare[: -len(parts[-1]) - 1]
    if marks[-1] in marks[:-1] or not _THOUSANDS.fullmatch(grouped):
        return None
    return _checked("".join(parts[:-1]), ",", parts[-1][:DECIMALS])


def _is_one_number(text: str) -> bool:
    """Two numbers with a gap between them are not a sum: only single spaces that part thousands belong to one."""
    joined = _SPACED_THOUSANDS.sub(lambda found: re.sub("[^0-9]", "", found[0]), text)
    return re.search(r"[0-9][\s'’]+[0-9]", joined) is None


def grouped(raw: str) -> str:
    """A raw sum with its thousands parted: "1250,5" as "1 250,5"."""
    whole, comma, decimals = raw.partition(",")
    return f"{int(whole):,}".replace(",", GROUP_SPACE) + comma + decimals if whole else raw


def cursor_after(shown: str, digits_right: int) -> int:
    """The first place in a grouped sum that has this many signs (spaces not counted) to its right."""
    seen = 0
    for place in range(len(shown), -1, -1):
        if seen == digits_right:
            return place - 1 if place and shown[place - 1] == GROUP_SPACE else place
        seen += shown[place - 1] != GROUP_SPACE
    return 0


def signs(text: str) -> int:
    """How many digits and separators a text has."""
    return sum(sign.isdigit() or sign in ".," for sign in text)


def _bare(text: str) -> str:
    return _IGNORED.sub("", text)


def _checked(whole: str, comma: str, decimals: str) -> str | None:
    """Join the parts of a sum: no needless zeros in front, one before a comma; None when it is too long."""
    whole = whole.lstrip("0") or ("0" if whole or comma else "")
    return None if len(whole) > WHOLE_DIGITS else whole + comma + decimals
