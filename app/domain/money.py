"""Money is an integer of minor units (kopecks), everywhere. This module parses typed sums exactly.

How sums are written for people: `app/i18n/formats.py`. A raw sum is one that is being typed: digits and at most one
comma ("1250,5"); whether it may be charged is decided later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.domain.errors import (
    AmountNotNumber,
    AmountOverLimit,
    AmountThreeDecimals,
    AmountZero,
)
from app.domain.text.typed_text import with_plain_signs

MINOR_PER_MAJOR = 100
_MAX_DIGITS = 12  # the operator's `sum` has at most twelve digits (protocol.md A3.4)
_RAW_WHOLE_DIGITS: Final = 9
_RAW_DECIMALS: Final = 3  # one more than a sum may have, so that the page can report it instead of dropping a digit
_HALF_TYPED = re.compile(r"0(?:[.,]0?)?")
_CURRENCY = r"(?:₴|грн\.?|гривень|гривні|гривня|uah)"
_IN_CURRENCY = re.compile(rf"{_CURRENCY}?\s*(?P<sign>-?)\s*(?P<number>[0-9.,' ]*[0-9.,])\s*{_CURRENCY}?", re.IGNORECASE)
_GROUPS = "[1-9][0-9]{0,2}(?P<gap>[%s])[0-9]{3}(?:(?P=gap)[0-9]{3})*"
_NUMBERS: Final = tuple(
    re.compile(f"(?P<whole>{whole}){kopecks}")
    for whole, kopecks in (
        ("[0-9]*", "(?:(?P<mark>[.,])(?P<decimals>[0-9]*))?"),
        (_GROUPS % " '", "(?:(?P<mark>[.,])(?P<decimals>[0-9]*))?"),
        (_GROUPS % ".,", "(?!(?P=gap))(?P<mark>[.,])(?P<decimals>[0-9]+)"),
        (_GROUPS % ".," + "(?P=gap)[0-9]{3}", "(?P<mark>)(?P<decimals>)"),
    )
)
"""What is between the thousands is never between the kopecks; one lone mark parts the kopecks."""
_TURNED: Final = "\u202e"
"""What follows it is shown from right to left: the sum would be read differently than it was seen."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A sum as it is written: digits, the comma that was there, digits."""

    whole: str
    comma: str
    decimals: str
    is_negative: bool = False


def parse_amount(text: str, *, limit_minor: int | None = None) -> int:
    """Return the kopecks in `1250`, `1 250,5`, `1250.50`; both `,` and `.` separate the kopecks.

    Spaces, apostrophes or the other of the two marks may group thousands. Raises AmountNotNumber, AmountZero
    (negatives too), AmountThreeDecimals, AmountOverLimit.
    """
    written = _written(text)
    if written is None:
        raise AmountNotNumber(text=text)
    if len(written.decimals) > 2:
        raise AmountThreeDecimals(text=text)
    digits = written.whole.lstrip("0")
    if len(digits) > _MAX_DIGITS:
        raise AmountOverLimit(limit_minor=limit_minor or 10**_MAX_DIGITS)
    minor = int(digits or "0") * MINOR_PER_MAJOR + int(written.decimals.ljust(2, "0") or "0")
    return check_amount(-minor if written.is_negative else minor, limit_minor=limit_minor)


def check_amount(amount_minor: int, *, limit_minor: int | None = None) -> int:
    """Return the amount if a sale may have it; raises AmountZero or AmountOverLimit."""
    if amount_minor <= 0:
        raise AmountZero()
    if limit_minor is not None and amount_minor > limit_minor:
        raise AmountOverLimit(limit_minor=limit_minor)
    return amount_minor


def parse_amounts(text: str) -> tuple[int, ...]:
    """Return the kopecks of `50, 100; 12,50`. Raises as `parse_amount`.

    The comma separates both sums and kopecks: kopecks only before one or two digits and the end of its sum.
    """
    if _TURNED in text:
        raise AmountNotNumber(text=text)
    parts = re.split(r"[;\n]|,\s", with_plain_signs(text))
    return tuple(parse_amount(amount) for part in parts for amount in _amounts_of(part))


def is_half_typed(text: str) -> bool:
    """Say whether a zero is still incomplete: `0` and `0,` may become `0,50`; `0,00` is a zero."""
    return _HALF_TYPED.fullmatch(text.strip()) is not None


def typed_raw(text: str) -> str | None:
    """The raw sum in a text that grew by one keystroke; None when it is none."""
    raw = text.replace("\u00a0", "").replace(".", ",")
    whole, comma, decimals = raw.partition(",")
    if not re.fullmatch("[0-9]*,?[0-9]*", raw) or len(decimals) > _RAW_DECIMALS:
        return None
    return _checked(whole, comma, decimals)


def pasted_raw(text: str) -> str | None:
    """The raw sum in a pasted text such as "1 250,00 ₴", "1,250.00" or "1.250.000"; None when it is not a sum.

    A single separator separates the decimals, as in typing: "1,250" keeps its three decimals, which is reported as an
    error, rather than becoming a thousand times more.
    """
    written = _written(text)
    if written is None or written.is_negative:
        return None
    return _checked(written.whole, written.comma, written.decimals[:_RAW_DECIMALS])


def _amounts_of(part: str) -> list[str]:
    bare = part.strip(" \t,")
    if re.fullmatch(r"[^,]*,[0-9]{1,2}", bare):
        return [bare]
    if re.search(r",[0-9]{3}[,0-9]*\.", bare):  # one sum of more than a thousand, or two sums
        raise AmountNotNumber(text=part)
    return [amount for amount in bare.split(",") if amount.strip()]


def _written(text: str) -> _Written | None:
    """Return the one number that a text is, whole: nothing in it is left out, so that it cannot be another sum."""
    around = _IN_CURRENCY.fullmatch(with_plain_signs(text)) if _TURNED not in text else None
    if around is None:
        return None
    found = next((match for number in _NUMBERS if (match := number.fullmatch(around["number"].strip()))), None)
    if found is None or not (found["whole"] or found["decimals"]):
        return None
    comma = "," if found["mark"] else ""
    return _Written(re.sub("[^0-9]", "", found["whole"]), comma, found["decimals"] or "", bool(around["sign"]))


def _checked(whole: str, comma: str, decimals: str) -> str | None:
    """Join the parts of a sum: no redundant leading zeros, one before a comma; None when it is too long."""
    whole = whole.lstrip("0") or ("0" if whole or comma else "")
    return None if len(whole) > _RAW_WHOLE_DIGITS else whole + comma + decimals
