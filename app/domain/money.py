"""Money is an integer of minor units (kopecks), everywhere. Here what a person typed becomes such an integer, exactly.

How sums are written for people: `app/i18n/formats.py`. A raw sum is one that is being typed: digits and at most one
comma ("1250,5"); whether it may be charged is not decided with it.
"""

from __future__ import annotations

import re
from typing import Final

from app.domain.errors import (
    AmountNotNumber,
    AmountOverLimit,
    AmountThreeDecimals,
    AmountZero,
)

MINOR_PER_MAJOR = 100
_SPACES = "\u00a0\u202f\u2009 "
_GROUPED = re.compile(rf"[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+|[0-9]+")
_MAX_DIGITS = 12  # the operator's `sum` has at most twelve digits (protocol.md A3.4)
_RAW_WHOLE_DIGITS: Final = 9
_RAW_DECIMALS: Final = 3  # one more than a sum may have, so that the page can say so instead of swallowing a digit
_HALF_TYPED = re.compile(r"0(?:[.,]0?)?")
_IGNORED = re.compile(r"[\s\u2009\u202f\u00a0'’]|₴|грн\.?|uah", re.IGNORECASE)
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")
_SPACED_THOUSANDS = re.compile(r"(?<![0-9])[0-9]{1,3}(?:[ \u00a0\u202f\u2009'’][0-9]{3})+(?![0-9])")


def parse_amount(text: str, *, limit_minor: int | None = None) -> int:
    """Return the kopecks in `1250`, `1 250,5`, `1250.50`; both `,` and `.` part the kopecks.

    Spaces (plain, non-breaking, thin) may group thousands. Raises AmountNotNumber, AmountZero (negatives too),
    AmountThreeDecimals, AmountOverLimit.
    """
    stripped = text.strip().removesuffix("₴").rstrip(_SPACES)
    negative = stripped[:1] in ("-", "\u2212")
    whole, _, fraction = stripped.lstrip("-\u2212").replace(",", ".").partition(".")
    if not _GROUPED.fullmatch(whole or "0") or (fraction and not re.fullmatch("[0-9]+", fraction)):
        raise AmountNotNumber(text=text)
    if not whole and not fraction:
        raise AmountNotNumber(text=text)
    if len(fraction) > 2:
        raise AmountThreeDecimals(text=text)
    digits = re.sub(f"[{_SPACES}]", "", whole).lstrip("0")
    if len(digits) > _MAX_DIGITS:
        raise AmountOverLimit(limit_minor=limit_minor or 10**_MAX_DIGITS)
    minor = int(digits or "0") * MINOR_PER_MAJOR + int(fraction.ljust(2, "0") or "0")
    return check_amount(-minor if negative else minor, limit_minor=limit_minor)


def check_amount(amount_minor: int, *, limit_minor: int | None = None) -> int:
    """Return the amount when a sale may ask for it; raises AmountZero or AmountOverLimit."""
    if amount_minor <= 0:
        raise AmountZero()
    if limit_minor is not None and amount_minor > limit_minor:
        raise AmountOverLimit(limit_minor=limit_minor)
    return amount_minor


def parse_amounts(text: str) -> tuple[int, ...]:
    """Return the kopecks of `50, 100; 12,50`. Raises as `parse_amount`.

    The comma parts sums and kopecks alike: it parts kopecks only before one or two digits and the end of its sum.
    """
    return tuple(parse_amount(amount) for part in re.split(r"[;\n]|,\s", text) for amount in _amounts_of(part))


def is_half_typed(text: str) -> bool:
    """Say whether a zero is on its way to more: `0` and `0,` may become `0,50`; `0,00` is a zero."""
    return _HALF_TYPED.fullmatch(text.strip()) is not None


def typed_raw(text: str) -> str | None:
    """The raw sum in a text that grew by one keystroke; None when that keystroke is to be refused."""
    raw = _bare(text).replace(".", ",")
    whole, comma, decimals = raw.partition(",")
    if not re.fullmatch("[0-9]*,?[0-9]*", raw) or len(decimals) > _RAW_DECIMALS:
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
        return _checked(parts[0], "," if marks else "", "".join(parts[1:])[:_RAW_DECIMALS])
    if len(set(marks)) == 1:
        return _checked("".join(parts), "", "") if _THOUSANDS.fullmatch(bare) else None
    grouped = bare[: -len(parts[-1]) - 1]
    if marks[-1] in marks[:-1] or not _THOUSANDS.fullmatch(grouped):
        return None
    return _checked("".join(parts[:-1]), ",", parts[-1][:_RAW_DECIMALS])


def _amounts_of(part: str) -> list[str]:
    bare = part.strip(" \t,\u00a0")
    if re.fullmatch(r"[^,]*,[0-9]{1,2}", bare):
        return [bare]
    return [amount for amount in bare.split(",") if amount.strip()]


def _is_one_number(text: str) -> bool:
    """Two numbers with a gap between them are not a sum: only single spaces that part thousands belong to one."""
    joined = _SPACED_THOUSANDS.sub(lambda found: re.sub("[^0-9]", "", found[0]), text)
    return re.search(r"[0-9][\s'’]+[0-9]", joined) is None


def _bare(text: str) -> str:
    return _IGNORED.sub("", text)


def _checked(whole: str, comma: str, decimals: str) -> str | None:
    """Join the parts of a sum: no needless zeros in front, one before a comma; None when it is too long."""
    whole = whole.lstrip("0") or ("0" if whole or comma else "")
    return None if len(whole) > _RAW_WHOLE_DIGITS else whole + comma + decimals
