"""Which hours, days or months a chart of totals has: the grouping of a period, and what lies between its groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from app.domain.timestamps import from_millis, to_millis
from app.services.history.history import ShopHours, day_end, day_start
from app.services.history.time_keys import grain_ms, time_key
from app.services.ports.history_values import ShopDay, TotalsBy, TotalsGroup

MOST_DAYS: Final = 92
"""Of a quarter; a longer period is shown by months."""
MOST_MONTHS: Final = 120
FIRST_HOUR: Final = 8
LAST_HOUR: Final = 20
"""Shown though nothing was sold then; other hours only from the first to the last with payments."""
Days = tuple[date, date]
"""The first and the last day, both inclusive."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Groups of one kind in the order of time, those without payments between them included."""

    by: TotalsBy
    groups: tuple[TotalsGroup, ...]


def read_by(days: Days | None) -> TotalsBy:
    """Return what to group the totals of a period by; None: of all time. Months are added up from days."""
    return TotalsBy.HOUR if days is not None and days[0] == days[1] else TotalsBy.DAY


def grouped(groups: Sequence[TotalsGroup], by: TotalsBy, days: Days | None, hours: ShopHours, today: date) -> Grouped:
    """Return the groups to show. Read by HOUR, `days` is one day.

    Days after today are left out unless they have payments. Without `days`, from the first group to the last.
    """
    if by not in (TotalsBy.HOUR, TotalsBy.DAY) or not groups:
        return Grouped(by, tuple(groups))
    if by is TotalsBy.HOUR and days is not None:
        return Grouped(by, _open_hours(_filled(groups, hour_keys(days[0], hours))))
    found = [date.fromisoformat(group.key) for group in groups if group.key]
    first, last = days or (found[0], found[-1])
    last = max(found[-1], min(last, today))
    if (last - first).days < MOST_DAYS:
        return Grouped(TotalsBy.DAY, _filled(groups, (day.isoformat() for day in _days(first, last))))
    months = [month.isoformat()[:7] for month in _months(first, last)]
    added = _added_up(groups)
    if len(months) > MOST_MONTHS:
        months = months[months.index(added[0].key or "") :]
    return Grouped(TotalsBy.MONTH, _filled(added, months))


def only_day(groups: Sequence[TotalsGroup]) -> date | None:
    """Return the day of groups by day if there is one only."""
    return date.fromisoformat(groups[0].key) if len(groups) == 1 and groups[0].key else None


def hour_keys(day: date, hours: ShopHours) -> list[str]:
    """Return the keys of a shop's day: the clock's hours, those that a change of the clock skips left out."""
    return list(dict.fromkeys(key for key, _ in _grains(day, hours)))


def hour_bounds(key: str, day: date, hours: ShopHours) -> tuple[datetime, datetime] | None:
    """Return begin and end of an hour of a shop's day; the repeated hour of autumn is two hours long.

    The hour in which the day starts is that part of it which belongs to the day. None for an hour of another day.
    """
    inside = [millis for its, millis in _grains(day, hours) if its == key]
    if not inside:
        return None
    return from_millis(inside[0]), from_millis(inside[-1] + grain_ms(_shop_day(hours)))


def month_days(key: str) -> Days:
    """Return the first and the last day of `2026-11`."""
    first = date.fromisoformat(f"{key}-01")
    return first, _next_month(first) - timedelta(days=1)


def _grains(day: date, hours: ShopHours) -> Iterable[tuple[str, int]]:
    shop_day = _shop_day(hours)
    key_of = time_key(TotalsBy.HOUR, shop_day)
    span = range(to_millis(day_start(day, hours)), to_millis(day_end(day, hours)), grain_ms(shop_day))
    return ((key_of(millis), millis) for millis in span)


def _shop_day(hours: ShopHours) -> ShopDay:
    return ShopDay(hours.timezone, hours.day_starts_at)


def _filled(groups: Sequence[TotalsGroup], keys: Iterable[str]) -> tuple[TotalsGroup, ...]:
    """Return a group for each key, and those of other keys at their places: nothing that was read is left out."""
    known = {group.key: group for group in groups if group.key is not None}
    return tuple(known.get(key) or TotalsGroup(key, 0, 0, 0, 0) for key in sorted({*keys, *known}))


def _open_hours(groups: tuple[TotalsGroup, ...]) -> tuple[TotalsGroup, ...]:
    shown = [place for place, group in enumerate(groups) if group.count or _is_open(group)]
    return groups[shown[0] : shown[-1] + 1]


def _is_open(group: TotalsGroup) -> bool:
    return FIRST_HOUR <= int((group.key or "")[-2:]) <= LAST_HOUR


def _added_up(groups: Sequence[TotalsGroup]) -> list[TotalsGroup]:
    """Return groups by month of groups by day."""
    sums: dict[str, TotalsGroup] = {}
    for group in groups:
        key = (group.key or "")[:7]
        so_far = sums.get(key, TotalsGroup(key, 0, 0, 0, 0))
        sums[key] = TotalsGroup(
            key,
            so_far.count + group.count,
            so_far.paid + group.paid,
            so_far.received_minor + group.received_minor,
            so_far.refunded_minor + group.refunded_minor,
        )
    return list(sums.values())


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=place) for place in range((last - first).days + 1))


def _months(first: date, last: date) -> Iterable[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _next_month(month)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
