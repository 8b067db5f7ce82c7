"""The shop's days as an SQL expression over kept quarters, so that SQLite adds up a day instead of its quarters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby, pairwise
from typing import Final

from app.domain.timestamps import from_millis, to_millis
from app.services.history.history import business_day, day_start
from app.services.history.time_keys import QUARTER_MS
from app.services.ports.history_values import ShopDay

MOST_DAYS: Final = 20 * 366
"""Of more days, as a wrong clock makes them, the expression would cost more than it saves."""


def day_of_quarter(quarter: str, first: int, last: int, shop_day: ShopDay) -> str | None:
    """Return the expression of the first quarter of the shop's day that a quarter from `first` to `last` lies in.

    Days begin at full quarters. None where there are too many days.
    """
    if (last - first) * QUARTER_MS > timedelta(days=MOST_DAYS) / timedelta(milliseconds=1):
        return None
    spans = list(_spans(first, last, shop_day))
    *changing, (begin, length, _) = spans
    parts = [f"WHEN {quarter} < {end} THEN {_start(quarter, start, each)}" for start, each, end in changing]
    otherwise = _start(quarter, begin, length)
    return f"CASE {' '.join(parts)} ELSE {otherwise} END" if parts else otherwise


def _start(quarter: str, begin: int, length: int) -> str:
    return f"{begin} + ({quarter} - {begin}) / {length} * {length}"


def _spans(first: int, last: int, shop_day: ShopDay) -> Iterator[tuple[int, int, int]]:
    """Yield begin, length of a day and end, in quarters, of days in a row that are equally long."""
    day, end = (business_day(from_millis(place * QUARTER_MS), shop_day) for place in (first, last))
    count = (end - day).days + 2
    starts = [to_millis(day_start(day + timedelta(days=place), shop_day)) // QUARTER_MS for place in range(count)]
    for length, days in groupby(pairwise(starts), key=lambda pair: pair[1] - pair[0]):
        found = list(days)
        yield found[0][0], length, found[-1][1]
