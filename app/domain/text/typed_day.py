"""A day as people type it: `15.11.2026`, `5.1.26`, `15/11`, `15112026`, `2026-11-15`."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import Final

from app.domain.text.typed_text import with_plain_signs

_GAP: Final = "[ .,/\u0431\u044e-]+"  # the letters are the keys of comma and point in a Ukrainian layout
_DAYS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        f"(?P<year>[0-9]{{4}}){_GAP}(?P<month>[0-9]{{1,2}}){_GAP}(?P<day>[0-9]{{1,2}})",
        f"(?P<day>[0-9]{{1,2}}){_GAP}(?P<month>[0-9]{{1,2}})(?:{_GAP}(?P<year>[0-9]{{4}}|[0-9]{{2}}))?",
        "(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4}|[0-9]{2})?",
        "(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
    )
)
_YEARS: Final = range(1970, 3000)


def typed_day(text: str, year: int) -> date | None:
    """Return the day that was typed, of this year where none was; None when it is no day of a shop's calendar."""
    typed = with_plain_signs(text).casefold().rstrip(" .,")
    for pattern in _DAYS:
        if found := pattern.fullmatch(typed):
            written = found["year"] or str(year)
            whole = int(written) + (2000 if len(written) == 2 else 0)
            with suppress(ValueError):
                if whole in _YEARS:
                    return date(whole, int(found["month"]), int(found["day"]))
    return None
