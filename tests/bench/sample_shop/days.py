"""How many payments a shop has on each day of some years, and at which moments: seasons, weekdays, hours, growth."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Kyiv")
YEARS = 4
_WEEKDAYS = (0.9, 0.85, 0.9, 0.95, 1.25, 1.35, 0.8)
_MONTHS = (0.75, 0.85, 1.0, 1.0, 0.95, 0.9, 0.85, 0.9, 1.05, 1.05, 1.15, 1.6)
_HOURS = {8: 2, 9: 4, 10: 5, 11: 6, 12: 9, 13: 9, 14: 6, 15: 5, 16: 6, 17: 9, 18: 11, 19: 8, 20: 4, 21: 1}
_SHARE_BY_HOUR = tuple(itertools.accumulate((_HOURS.get(hour, 0) for hour in range(24)), initial=0))
_HOUR_MS = 3_600_000
_CLOSED = {(1, 1), (12, 25)}
_GROWTH_A_YEAR = 1.25
_RECENT, _RECENT_MS = 12, 14 * 60_000
"""So many payments are of the last minutes, whatever the hour: their links may still be open."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day's payments: the numbers from `first` on. `until_ms`: they were made before that moment."""

    day: date
    first: int
    count: int
    until_ms: int

    def moments(self, rng: Random) -> list[int]:
        """Return when each payment was made, in UTC milliseconds, ascending."""
        midnight = _millis(datetime.combine(self.day, time(), ZONE))
        open_ms = min(self.until_ms - midnight, 24 * _HOUR_MS - 1)
        most = _share_before(open_ms)
        return sorted(midnight + _ms_at_share(rng.random() * most) for _ in range(self.count))


@dataclass(frozen=True, slots=True)
class LastMinutes:
    """The last payments before `until_ms`, as a Day."""

    first: int
    count: int
    until_ms: int

    def moments(self, rng: Random) -> list[int]:
        """Return when each payment was made, in UTC milliseconds, ascending."""
        return sorted(self.until_ms - 1 - rng.randrange(_RECENT_MS) for _ in range(self.count))


def count_of_last(payments: int) -> int:
    """Return how many of a ledger's payments are of its last minutes."""
    return min(_RECENT, payments // 20)


def plan(payments: int, until: datetime) -> list[Day | LastMinutes]:
    """Return the days of YEARS years up to a moment, with this many payments; the oldest has number 1."""
    until_ms, recent = _millis(until), count_of_last(payments)
    end_ms = until_ms - _RECENT_MS if recent else until_ms
    last = datetime.fromtimestamp(end_ms / 1000, ZONE).date()
    days = [last - timedelta(days=back) for back in range(YEARS * 365, -1, -1)]
    totals = list(itertools.accumulate((_weight(day, days[0], end_ms) for day in days), initial=0.0))
    ends = [round(total / totals[-1] * (payments - recent)) for total in totals]
    found: list[Day | LastMinutes] = [
        Day(day, start + 1, end - start, end_ms)
        for day, (start, end) in zip(days, itertools.pairwise(ends), strict=True)
        if end > start
    ]
    return found + ([LastMinutes(payments - recent + 1, recent, until_ms)] if recent else [])


def _weight(day: date, first: date, end_ms: int) -> float:
    if (day.month, day.day) in _CLOSED:
        return 0.0
    growth = _GROWTH_A_YEAR ** ((day - first).days / 365)
    wave = 1 + 0.15 * math.sin(day.toordinal() * 2.399)  # no two weeks are alike
    midnight = _millis(datetime.combine(day, time(), ZONE))
    open_share = _share_before(min(end_ms - midnight, 24 * _HOUR_MS)) / _SHARE_BY_HOUR[-1]
    return growth * wave * open_share * _WEEKDAYS[day.weekday()] * _MONTHS[day.month - 1]


def _share_before(ms: int) -> float:
    """Return which share of a day, in units of _HOURS, lies before so many milliseconds after midnight."""
    hour, rest = divmod(max(ms, 0), _HOUR_MS)
    return _SHARE_BY_HOUR[min(hour, 24)] + _HOURS.get(hour, 0) * rest / _HOUR_MS


def _ms_at_share(share: float) -> int:
    hour = min(bisect.bisect_right(_SHARE_BY_HOUR, share) - 1, max(_HOURS))
    return int((hour + (share - _SHARE_BY_HOUR[hour]) / _HOURS[hour]) * _HOUR_MS)


def _millis(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp() * 1000)


def in_pieces(days: Sequence[Day | LastMinutes], least: int) -> list[tuple[Day | LastMinutes, ...]]:
    """Return runs of days with at least so many payments each, but for the last."""
    pieces: list[tuple[Day | LastMinutes, ...]] = []
    run: list[Day | LastMinutes] = []
    for day in days:
        run.append(day)
        if sum(one.count for one in run) >= least:
            pieces.append(tuple(run))
            run = []
    return [*pieces, tuple(run)] if run else pieces
