"""The query of the history, and the filter chips that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.domain.payment import ConfirmedBy, PaymentFlag, PaymentStatus
from app.i18n.formats import amount_text, day_text, money_text
from app.i18n.texts import Texts
from app.services.history.history import business_day, day_end, day_start
from app.services.ports.history_values import ShopDay
from app.services.ports.ledger import PaymentFilter
from app.ui.context import ShopFacts
from app.ui.pages.history.periods import LABELS, Period, days_of
from app.ui.pages.history.state import Choice, FilterBarState, MenuChip, RangeState, SearchChip, SumsState
from app.ui.payment.chart_groups import hour_bounds
from app.ui.payment.chart_texts import hours_text

PERSON: Final = "="
"""Before the name of a person in the key of a choice."""


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """`custom_days` is the range of Period.CUSTOM: first and last day, both inclusive. `person`: empty for none.

    `hour`: the key of an hour of its only day, `2026-11-21T14`; empty: all of it.
    """

    search: str = ""
    period: Period = Period.MONTH
    custom_days: tuple[date, date] | None = None
    status: PaymentStatus | PaymentFlag | None = None
    attention: bool = False
    hour: str = ""
    person: str | None = None
    confirmed_by: ConfirmedBy | None = None
    min_minor: int | None = None
    max_minor: int | None = None

    def days(self, today: date) -> tuple[date, date] | None:
        """Return the first and the last day, or None for all time."""
        return self.custom_days if self.period is Period.CUSTOM else days_of(self.period, today)


def filter_of(query: HistoryQuery, now: datetime, shop: ShopFacts, *, limit: int = 0) -> PaymentFilter:
    """Return the ledger's filter: days begin at midnight in the shop's zone."""
    begin, end = _bounds(query, now, shop)
    return PaymentFilter(
        now=now,
        status=query.status,
        attention=query.attention,
        created_from=begin,
        created_to=end,
        search=query.search.strip() or None,
        limit=limit,
        min_minor=query.min_minor,
        max_minor=query.max_minor,
        person=query.person,
        confirmed_by=query.confirmed_by,
        shop_day=ShopDay(shop.timezone, shop.day_starts_at),
    )


def _bounds(query: HistoryQuery, now: datetime, shop: ShopFacts) -> tuple[datetime, datetime] | tuple[None, None]:
    days = query.days(business_day(now, shop))
    if days is None:
        return None, None
    hour = hour_bounds(query.hour, days[0], shop) if query.hour else None
    return hour or (day_start(days[0], shop), day_end(days[1], shop))


def filter_bar_state(
    query: HistoryQuery,
    texts: Texts,
    *,
    attention_count: int,
    custom_range: tuple[date, date] | None,
    words: tuple[SearchChip, ...] = (),
    people: Sequence[str] = (),
    sums_dialog: SumsState | None = None,
) -> FilterBarState:
    """Return the state of the filter chips. `attention_count`: how many of the filter's payments need attention.

    `people`: who made payments, as far as they are known by name.
    """
    attention = texts.say("Need attention")
    return FilterBarState(
        search=query.search,
        words=words,
        period=_period_chip(query, texts),
        status=_status_chip(query, texts),
        person=_person_chip(query, texts, people),
        confirmed=_confirmed_chip(query, texts),
        sums=_sums_chip(query, texts),
        attention=f"{attention} · {attention_count}" if attention_count else attention,
        attention_on=query.attention,
        can_clear=query != HistoryQuery(),
        custom_range=RangeState(custom_range[0].isoformat(), custom_range[1].isoformat()) if custom_range else None,
        sums_dialog=sums_dialog,
    )


def person_of(key: str) -> str | None:
    """Return the person that a choice of the chip stands for; None for everybody, empty for nobody."""
    return key.removeprefix(PERSON) if key.startswith(PERSON) else None


def _period_chip(query: HistoryQuery, texts: Texts) -> MenuChip:
    word = texts.say(LABELS[query.period])
    if query.period is Period.CUSTOM and query.custom_days:
        first, last = (day_text(day) for day in query.custom_days)
        word = first if first == last else f"{first} – {last}"
        word = f"{word}, {hours_text(query.hour)}" if query.hour else word
    choices = tuple(Choice(period, texts.say(words), period is query.period) for period, words in LABELS.items())
    return MenuChip(word, query.period is not Period.ALL, choices)


def _status_chip(query: HistoryQuery, texts: Texts) -> MenuChip:
    word = _word(query.status, texts) if query.status else texts.say("Status")
    everything = Choice("", texts.say("All statuses"), query.status is None)
    words = (*PaymentStatus, *PaymentFlag)
    choices = (Choice(status, _word(status, texts), status is query.status) for status in words)
    return MenuChip(word, query.status is not None, (everything, *choices))


def _person_chip(query: HistoryQuery, texts: Texts, people: Sequence[str]) -> MenuChip:
    if not people and query.person is None:
        return MenuChip()
    names = dict.fromkeys((*people, "", *([] if query.person is None else [query.person])))
    everybody = Choice("", texts.say("All cashiers"), query.person is None)
    choices = (Choice(PERSON + name, name or texts.say("nobody named"), name == query.person) for name in names)
    word = texts.say("Cashier") if query.person is None else query.person or texts.say("nobody named")
    return MenuChip(word, query.person is not None, (everybody, *choices))


def _confirmed_chip(query: HistoryQuery, texts: Texts) -> MenuChip:
    anyhow = Choice("", texts.say("Confirmed in any way"), query.confirmed_by is None)
    ways = (Choice(way, texts.confirmed_by_short(way), way is query.confirmed_by) for way in ConfirmedBy)
    word = texts.confirmed_by_short(query.confirmed_by) if query.confirmed_by else texts.say("Confirmed")
    return MenuChip(word, query.confirmed_by is not None, (anyhow, *ways))


def _sums_chip(query: HistoryQuery, texts: Texts) -> MenuChip:
    least, most = query.min_minor, query.max_minor
    if least is not None and most is not None:
        return MenuChip(f"{amount_text(least)} – {money_text(most)}" if least != most else money_text(least), True)
    if least is not None:
        return MenuChip(f"≥ {money_text(least)}", True)
    return MenuChip(f"≤ {money_text(most)}", True) if most is not None else MenuChip(texts.say("Sum"))


def _word(status: PaymentStatus | PaymentFlag, texts: Texts) -> str:
    return texts.flag(status) if isinstance(status, PaymentFlag) else texts.status(status)
