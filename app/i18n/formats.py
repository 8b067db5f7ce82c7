"""Sums and times as people read them, the same in both languages' shops: `1 250,00 ₴`, `21.11.2026 12:15`."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

NBSP = "\u00a0"
_SIGNS = {"UAH": "₴"}


def money_text(minor: int, currency: str = "UAH") -> str:
    """Return `1 250,00 ₴` for 125000 kopecks; the spaces do not break."""
    major, kopecks = divmod(abs(minor), 100)
    sign = "\u2212" if minor < 0 else ""
    grouped = f"{major:,}".replace(",", NBSP)
    return f"{sign}{grouped},{kopecks:02d}{NBSP}{_SIGNS.get(currency, currency)}"


def shop_zone(name: str) -> tzinfo:
    """Return the zone of the setting `shop.timezone`."""
    return ZoneInfo(name)


def date_text(moment: datetime, zone: tzinfo) -> str:
    """Return `21.11.2026` in the shop's zone. `moment` is aware."""
    return moment.astimezone(zone).strftime("%d.%m.%Y")


def time_text(moment: datetime, zone: tzinfo) -> str:
    """Return `12:15` in the shop's zone."""
    return moment.astimezone(zone).strftime("%H:%M")


def moment_text(moment: datetime, zone: tzinfo) -> str:
    """Return `21.11.2026 12:15` in the shop's zone."""
    return f"{date_text(moment, zone)} {time_text(moment, zone)}"


def day_text(day: date) -> str:
    """Return `21.11.2026` of a day of the shop's calendar."""
    return day.strftime("%d.%m.%Y")
