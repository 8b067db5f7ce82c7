"""Formats of sums and times for people, the same in both languages: `1 250,00 ₴`, `21.11.2026 12:15`."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo

from app.i18n.marks import _

NBSP = "\u00a0"
_SIGNS = {"UAH": "₴"}
_WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
_MONTHS = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
    _("July"), _("August"), _("September"), _("October"), _("November"), _("December"),
)  # fmt: skip


class _Say(Protocol):
    def say(self, sentence: str, /) -> str: ...


def money_text(minor: int, currency: str = "UAH") -> str:
    """Return `1 250,00 ₴` for 125000 kopecks; the spaces do not break."""
    return f"{amount_text(minor)}{NBSP}{_SIGNS.get(currency, currency)}"


def amount_text(minor: int) -> str:
    """Return `1 250,00` for 125000 kopecks: for places where the currency is shown separately."""
    sign = "\u2212" if minor < 0 else ""
    return f"{sign}{count_text(abs(minor) // 100)},{abs(minor) % 100:02d}"


def typed_amount(minor: int) -> str:
    """Return `1250,00` for 125000 kopecks, as a person would type it."""
    return amount_text(minor).replace(NBSP, "")


def short_amount(minor: int) -> str:
    """Return `50` for 5000 kopecks and `12,50` for 1250, the shortest form to type."""
    return typed_amount(minor).removesuffix(",00")


def count_text(number: int) -> str:
    """Return `1 250` for 1250; the spaces do not break."""
    return f"{number:,}".replace(",", NBSP)


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


def second_text(moment: datetime, zone: tzinfo) -> str:
    """Return `14:05:11` in the shop's zone."""
    return moment.astimezone(zone).strftime("%H:%M:%S")


def card_text(mask: str) -> str:
    """Return `4123 45** **** 3217` of the mask `412345******3217`, in groups of four with non-breaking spaces."""
    return NBSP.join(mask[start : start + 4] for start in range(0, len(mask), 4))


def day_title(day: date, texts: _Say) -> str:
    """Return `Sat, 21 November 2026` or `сб, 21 листопада 2026` of a day of the shop's calendar."""
    weekday, month = texts.say(_WEEKDAYS[day.weekday()]), texts.say(_MONTHS[day.month - 1])
    return f"{weekday}, {day.day}{NBSP}{month}{NBSP}{day.year}"


def weekday_text(moment: datetime, zone: tzinfo, texts: _Say) -> str:
    """Return `Sat, 21 November` or `сб, 21 листопада` in the shop's zone."""
    local = moment.astimezone(zone)
    weekday, month = texts.say(_WEEKDAYS[local.weekday()]), texts.say(_MONTHS[local.month - 1])
    return f"{weekday}, {local.day}{NBSP}{month}"
