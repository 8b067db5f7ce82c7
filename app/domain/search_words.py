"""The language of the search box (contract.md 1b): words between blanks, and every way each of them can be read.

Texts are brought to the form in which they are stored (`search_form`); what a day is called depends on today's date,
which is an argument. How the readings are looked up is the ledger's affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from app.domain.errors import BadInput, RuleBroken
from app.domain.money import parse_amount
from app.domain.text.typed_day import typed_day
from app.domain.text.typed_text import (
    can_be_found,
    needle,
    payment_number,
    phone_digits,
    visible,
    with_plain_signs,
)

MAX_SEARCH: Final = 250
"""The longest text of a payment: what is searched for beyond it is not looked at."""
PHONE_PART: Final = 3
"""One or two digits are in every phone: they mean a payment's number."""
_WHOLE_PHONE_PART: Final = 7
_QUOTE: Final = '"\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033\u2036\u275d\u275e\u301d\u301e'
_WORDS: Final = re.compile(rf"[{_QUOTE}](?P<quoted>[^{_QUOTE}]*)(?:[{_QUOTE}]|$)|(?P<plain>\S+)")
_FIGURES: Final = re.compile(
    r"[0-9+()\[\]{}.,'*\u2022/#\u2116\u20b4-]+|грн\.?|гривень|гривні|гривня|uah", re.IGNORECASE
)
_PHONE_START: Final = re.compile(r"[+(\[{]|0|380")
_CARD: Final = re.compile(r"[0-9*]*[0-9]{4}")
_DECIMAL_LETTER: Final = re.compile(r"(?<=[0-9])[\u0431\u044e](?=[0-9]{1,2}$)", re.IGNORECASE)
"""The letters on the keys of comma and point: the keyboard layout is easily overlooked while typing a sum."""
_DAY: Final = re.compile(
    r"[0-9]{1,2}[./\u044e][0-9]{1,2}(?P<year>[./\u044e](?:[0-9]{4}|[0-9]{2}))?[.]?|(?P<iso>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
)
_MONTH: Final = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})|(?P<first>[0-9]{1,2})[./](?P<later>[0-9]{4})")
_YEARS: Final = range(1970, 3000)
_LEAP_YEARS_APART: Final = 8
_DAYS_AGO: Final = {"сьогодні": 0, "today": 0, "вчора": 1, "yesterday": 1, "позавчора": 2}


@dataclass(frozen=True, slots=True)
class SearchWord:
    """One word as it was typed, with its readings; None and empty: it cannot be read that way.

    `needles`: parts of a stored `search_form`, one of which a text must hold. `phone`: digits that a phone must hold.
    `card`: how a masked card number ends. `days`: the first and the last of the shop's days, both inclusive.
    """

    text: str
    is_quoted: bool = False
    needles: tuple[str, ...] = ()
    number: int | None = None
    amount_minor: int | None = None
    phone: str | None = None
    card: str | None = None
    days: tuple[date, date] | None = None

    @property
    def has_figures(self) -> bool:
        """Say whether it can be read as anything but a part of a text."""
        readings = (self.number, self.amount_minor, self.phone, self.card, self.days)
        return any(reading is not None for reading in readings)


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """What must match: each of the words, or all of them read as one, as the sum `1 250` and `№ 1042`."""

    words: tuple[SearchWord, ...]
    joined: SearchWord | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was understood: all terms must match; without terms it narrows nothing.

    `is_possible`: no stored text can hold what was typed where this is false.
    """

    terms: tuple[SearchTerm, ...] = ()
    is_possible: bool = True


def parse_search(text: str | None, today: date) -> Search:
    """Return how a search is understood on a day of the shop. Never raises."""
    if not text:
        return Search()
    if not can_be_found(text):
        return Search(is_possible=False)
    words = list(_words(text[:MAX_SEARCH], today))
    terms: list[SearchTerm] = []
    for in_figures, run in groupby(words, lambda word: not word.is_quoted and _is_figures(word.text)):
        found = tuple(run)
        joined = _joined(found) if in_figures and len(found) > 1 else None
        terms += [SearchTerm(found, joined)] if joined else [SearchTerm((word,)) for word in found]
    return Search(tuple(terms))


def _words(text: str, today: date) -> Iterator[SearchWord]:
    for found in _WORDS.finditer(text):
        typed = found["plain"] if found["quoted"] is None else found["quoted"]
        shown = visible(typed)
        if needles := _needles(typed):
            amount_minor, days = _sum_in(shown), _days(with_plain_signs(shown).casefold(), today)
            yield SearchWord(
                text=shown,
                is_quoted=found["quoted"] is not None,
                needles=needles,
                number=payment_number(shown),
                amount_minor=amount_minor,
                phone=_phone_part(shown, amount_minor) if days is None else None,
                card=_card_end(shown),
                days=days,
            )


def _needles(typed: str) -> tuple[str, ...]:
    """Return what to look for: earlier versions stored a blank in the place of what has no width."""
    with_blanks = "".join(char if char.isprintable() else " " for char in typed)
    return tuple(sorted({needle(spelling) for spelling in (visible(typed), with_blanks)} - {""}))


def _is_figures(text: str) -> bool:
    return _FIGURES.fullmatch(with_plain_signs(text)) is not None


def _joined(words: Sequence[SearchWord]) -> SearchWord | None:
    """Return the reading of several words as one, without texts: each of them is looked for in those anyway."""
    text = " ".join(word.text for word in words)
    amount_minor, phone = _sum_in(text), phone_digits(text) or ""
    is_phone = len(phone) >= _WHOLE_PHONE_PART or (len(phone) > PHONE_PART and _PHONE_START.match(text))
    card = _card_end(text)
    joined = SearchWord(
        text=text,
        number=payment_number(text),
        amount_minor=amount_minor,
        phone=phone if is_phone and amount_minor is None else None,
        card=card if card and "*" in card else None,
    )
    return joined if joined.has_figures else None


def _sum_in(text: str) -> int | None:
    try:
        return parse_amount(_DECIMAL_LETTER.sub(",", text))
    except (BadInput, RuleBroken):
        return None


def _phone_part(text: str, amount_minor: int | None) -> str | None:
    digits = phone_digits(text) or ""
    return digits if len(digits) >= PHONE_PART and ("." not in text or amount_minor is None) else None


def _card_end(text: str) -> str | None:
    typed = text.replace("\u2022", "*").replace(" ", "")
    return typed if _CARD.fullmatch(typed) and (len(typed) == 4 or "*" in typed) else None


def _days(text: str, today: date) -> tuple[date, date] | None:
    if (ago := _DAYS_AGO.get(text)) is not None:
        return _period(today - timedelta(days=ago)) if today.toordinal() > ago else None
    if found := _MONTH.fullmatch(text):
        return _month(int(found["year"] or found["later"]), int(found["month"] or found["first"]))
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    last = 1 if found["year"] or found["iso"] else _LEAP_YEARS_APART + 1
    for year in range(today.year, today.year - last, -1):  # without a year: the latest such day
        day = typed_day(text, year)
        if day is not None and (day <= today or last == 1):
            return _period(day)
    return None


def _period(day: date) -> tuple[date, date]:
    return day, day


def _month(year: int, month: int) -> tuple[date, date] | None:
    with suppress(ValueError):
        if year in _YEARS:
            first = date(year, month, 1)
            return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return None
