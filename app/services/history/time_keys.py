"""The keys of totals by hour, day and month (contract.md 1b), in the shop's zone and with its start of the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.timestamps import from_millis, to_millis
from app.services.history.history import business_day, day_end
from app.services.ports.history_values import ShopDay, TotalsBy

QUARTER_MS = 900_000
MINUTE_MS = 60_000
_HOUR = timedelta(hours=1)

Bucket = Callable[[datetime], tuple[str, datetime]]
"""Returns the key of an instant, and a later instant up to which it stays the same."""


def grain_ms(shop_day: ShopDay) -> int:
    """Return the longest span that no start of a day, and no change of the clock, divides: a quarter, or a minute."""
    return MINUTE_MS if time.fromisoformat(shop_day.day_starts_at).minute % 15 else QUARTER_MS


def time_key(by: TotalsBy, shop_day: ShopDay) -> Callable[[int], str]:
    """Return what gives the key of UTC milliseconds; quick for instants that come in their order."""
    bucket = {TotalsBy.HOUR: _hour, TotalsBy.DAY: _day, TotalsBy.MONTH: _month}[by](shop_day)
    key, start, end = "", 1, 0

    def key_of(millis: int) -> str:
        nonlocal key, start, end
        if not start <= millis < end:
            key, ends = bucket(from_millis(millis))
            start, end = millis, to_millis(ends)
        return key

    return key_of


def _hour(shop_day: ShopDay) -> Bucket:
    zone = ZoneInfo(shop_day.timezone)

    def bucket(moment: datetime) -> tuple[str, datetime]:
        local = moment.astimezone(zone)
        passed = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        ends = moment - passed + _HOUR
        if ends.astimezone(zone).utcoffset() != local.utcoffset():  # the clock may change within the hour
            ends = moment + timedelta(minutes=1)
        return f"{local:%Y-%m-%dT%H}", ends

    return bucket


def _day(shop_day: ShopDay) -> Bucket:
    def bucket(moment: datetime) -> tuple[str, datetime]:
        day = business_day(moment, shop_day)
        return day.isoformat(), day_end(day, shop_day)

    return bucket


def _month(shop_day: ShopDay) -> Bucket:
    def bucket(moment: datetime) -> tuple[str, datetime]:
        day = business_day(moment, shop_day)
        return f"{day:%Y-%m}", day_end(day, shop_day)

    return bucket
