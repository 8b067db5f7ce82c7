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
    MONTH = "month"
    QUARTER = "quarter"
    ALL = "all"
    CUSTOM = "own"


LABELS: dict[Period, str] = {
    Period.TODAY: _("Today"),
    Period.YESTERDAY: _("Yesterday"),
    Period.WEEK: _("This week"),
    Period.MONTH: _("This month"),
    Period.QUARTER: _("This quarter"),
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
            return monday, monday + timedelta(days=6)
        case Period.MONTH:
            first = today.replace(day=1)
            return first, _next_month(first) - timedelta(days=1)
        case Period.QUARTER:
            first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
            return first, _next_month(_next_month(_next_month(first))) - timedelta(days=1)
        case _:
            return None


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
