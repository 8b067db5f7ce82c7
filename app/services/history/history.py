"""Filters of the list of payments: the shop's days, search words, statuses."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from app.domain.errors import AmountZero, BadInput, BadValue, RuleBroken
from app.domain.money import parse_amount
from app.domain.payment import ConfirmedBy, PaymentFlag, PaymentStatus
from app.services.ports.history_values import ShopDay
from app.services.ports.ledger import PaymentFilter

_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_MIDDLE_YEAR = 5000


class ShopHours(Protocol):
    """What the settings say about the shop's day: its zone and the time it starts, `HH:MM`."""

    @property
    def timezone(self) -> str: ...

    @property
    def day_starts_at(self) -> str: ...


def payment_filter(
    now: datetime,
    hours: ShopHours,
    *,
    status: str | None = None,
    attention: bool = False,
    first_day: str | None = None,
    last_day: str | None = None,
    search: str | None = None,
    limit: int = 50,
    min_amount: str | None = None,
    max_amount: str | None = None,
    person: str | None = None,
    confirmed_by: str | None = None,
) -> PaymentFilter:
    """Return the filter of `YYYY-MM-DD` days, both inclusive, in the shop's zone. Raises BadValue."""
    return PaymentFilter(
        now=now,
        status=status_filter(status) if status else None,
        attention=attention,
        created_from=day_start(parse_day(first_day), hours) if first_day is not None else None,
        created_to=day_end(parse_day(last_day), hours) if last_day is not None else None,
        search=search or None,
        limit=limit,
        min_minor=parse_bound(min_amount) if min_amount is not None else None,
        max_minor=parse_bound(max_amount) if max_amount is not None else None,
        person=person,
        confirmed_by=ConfirmedBy(confirmed_by) if confirmed_by else None,
        shop_day=ShopDay(hours.timezone, hours.day_starts_at),
    )


def parse_bound(text: str) -> int:
    """Return the kopecks of a sum that bounds others; zero may do so, and nothing is below it. Raises BadValue."""
    try:
        return parse_amount(text)
    except AmountZero:
        return 0
    except (BadInput, RuleBroken):
        raise BadValue(value=text, wanted="1250,50") from None


def status_filter(word: str) -> PaymentStatus | PaymentFlag:
    """Return what a word of the filter `status` stands for; an unknown word is a ValueError."""
    return PaymentFlag(word) if word in tuple(PaymentFlag) else PaymentStatus(word)


def parse_day(text: str) -> date:
    """Return the day of `2026-11-21`. Raises BadValue."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise BadValue(value=text, wanted="YYYY-MM-DD") from None


def day_start(day: date, hours: ShopHours) -> datetime:
    """Return the UTC instant at which the shop's day begins; at the ends of the calendar the first or last there is."""
    starts_at = time.fromisoformat(hours.day_starts_at)
    try:
        return datetime.combine(day, starts_at, ZoneInfo(hours.timezone)).astimezone(UTC)
    except OverflowError:  # the first day of the year 1, east of Greenwich
        return _EARLIEST if day.year < _MIDDLE_YEAR else _LATEST


def day_end(day: date, hours: ShopHours) -> datetime:
    """Return the UTC instant at which the shop's day ends and the next one begins, as `day_start`."""
    return day_start(day + timedelta(days=1), hours) if day < date.max else _LATEST


def business_day(moment: datetime, hours: ShopHours) -> date:
    """Return the shop's day that an instant belongs to: before the cut-off hour it is still yesterday's."""
    local = moment.astimezone(ZoneInfo(hours.timezone))
    day = local.date()
    return day if moment >= day_start(day, hours) else day - timedelta(days=1)


def days_period(first: date, last: date, hours: ShopHours) -> tuple[datetime, datetime]:
    """Return the first and the last instant of the shop's days, to the second, as the operator counts. Raises BadValue.

    `last` before `first` is a typing error, not an empty period.
    """
    if last < first:
        raise BadValue(value=last.isoformat(), wanted=f">= {first.isoformat()}")
    return day_start(first, hours), day_end(last, hours) - timedelta(seconds=1)
