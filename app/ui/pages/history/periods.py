"""The periods of the history as days of the shop's calendar."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from app.i18n.marks import _


class Period(StrEnum):
    """The choices of the chip. CUSTOM is a range of days that a person chose."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    LAST_WEEK = "last_week"
    MONTH = "month"
    LAST_MONTH = "last_month"
    QUARTER = "quarter"
    LAST_QUARTER = "last_quarter"
    ALL = "all"
    CUSTOM = "own"


DAYS_OF_WEEK = 7
MONTHS_OF_QUARTER = 3
LABELS: dict[Period, str] = {
    Period.TODAY: _("Today"),
    Period.YESTERDAY: _("Yesterday"),
    Period.WEEK: _("This week"),
    Period.LAST_WEEK: _("Last week"),
    Period.MONTH: _("This month"),
    Period.LAST_MONTH: _("Last month"),
    Period.QUARTER: _("This quarter"),
    Period.LAST_QUARTER: _("Last quarter"),
    Period.ALL: _("All time"),
    Period.CUSTOM: _("Own range…"),
}


def days_of(period: Period, today: date) -> tuple[date, date] | None:
    """Return the first and the last day, both inclusive; None for all time and for CUSTOM."""
    match period:
        case Period.TODAY:
            return today, today
        case Period.YESTERDAY:
            yesterday = today - timedelta(days=1)
            return yesterday, yesterday
        case Period.WEEK:
            monday = today - timedelta(days=today.weekday())
            return monday, monday + timedelta(days=DAYS_OF_WEEK - 1)
        case Period.LAST_WEEK:
            monday = today - timedelta(days=today.weekday() + DAYS_OF_WEEK)
            return monday, monday + timedelta(days=DAYS_OF_WEEK - 1)
        case Period.MONTH:
            return _months(today.replace(day=1), 1)
        case Period.LAST_MONTH:
            return _months((today.replace(day=1) - timedelta(days=1)).replace(day=1), 1)
        case Period.QUARTER:
            return _months(_quarter_start(today), MONTHS_OF_QUARTER)
        case Period.LAST_QUARTER:
            return _months(_quarter_start(_quarter_start(today) - timedelta(days=1)), MONTHS_OF_QUARTER)
        case _:
            return None


def _quarter_start(day: date) -> date:
    return day.replace(month=(day.month - 1) // MONTHS_OF_QUARTER * MONTHS_OF_QUARTER + 1, day=1)


def _months(first: date, count: int) -> tuple[date, date]:
    """Return the first and the last day of so many months."""
    end = first
    for _month in range(count):
        end = _next_month(end)
    return first, end - timedelta(days=1)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
