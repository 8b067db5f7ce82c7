"""Money is an integer of minor units (kopecks), everywhere. Here text becomes such an integer and back, exactly."""

from __future__ import annotations

import re

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


def plain_amount(amount_minor: int) -> str:
    """Return `1250.05` for 125005: for machines and tests; people get `i18n.formats`."""
    sign = "-" if amount_minor < 0 else ""
    major, minor = divmod(abs(amount_minor), MINOR_PER_MAJOR)
    return f"{sign}{major}.{minor:02d}"
