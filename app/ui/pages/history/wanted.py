"""What a person wants to see of the history, and the row of chips that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.payment import PaymentStatus
from app.i18n.formats import day_text
from app.i18n.texts import Texts
from app.services.history import business_day, day_start
from app.services.ports.ledger import PaymentFilter
from app.ui.front import ShopFacts
from app.ui.pages.history.periods import WORDS, Period, days_of
from app.ui.pages.history.state import Choice, FilterLook, MenuChip, RangeState


@dataclass(frozen=True, slots=True)
class Wanted:
    """`own` is the range of Period.OWN: first and last day, both inclusive."""

    search: str = ""
    period: Period = Period.MONTH
    own: tuple[date, date] | None = None
    status: PaymentStatus | None = None
    attention: bool = False

    def days(self, today: date) -> tuple[date, date] | None:
        """Return the first and the last day, or None for all time."""
        return self.own if self.period is Period.OWN else days_of(self.period, today)


def filter_of(wanted: Wanted, now: datetime, shop: ShopFacts, *, limit: int = 0) -> PaymentFilter:
    """Return the ledger's filter: the days begin when the shop's do."""
    days = wanted.days(business_day(now, shop))
    return PaymentFilter(
        now=now,
        status=wanted.status,
        attention=wanted.attention,
        created_from=day_start(days[0], shop) if days else None,
        created_to=day_start(days[1] + timedelta(days=1), shop) if days else None,
        search=wanted.search.strip() or None,
        limit=limit,
    )


def filter_look(wanted: Wanted, texts: Texts, *, odd: int, own_range: tuple[date, date] | None) -> FilterLook:
    """Return the chips in words. `odd`: how many of the filter's payments need attention."""
    attention = texts.say("Need attention")
    return FilterLook(
        search=wanted.search,
        period=_period_chip(wanted, texts),
        status=_status_chip(wanted, texts),
        attention=f"{attention} · {odd}" if odd else attention,
        attention_on=wanted.attention,
        can_clear=wanted != Wanted(),
        own_range=RangeState(own_range[0].isoformat(), own_range[1].isoformat()) if own_range else None,
    )


def _period_chip(wanted: Wanted, texts: Texts) -> MenuChip:
    word = texts.say(WORDS[wanted.period])
    if wanted.period is Period.OWN and wanted.own:
        first, last = (day_text(day) for day in wanted.own)
        word = first if first == last else f"{first} – {last}"
    choices = tuple(Choice(period, texts.say(words), period is wanted.period) for period, words in WORDS.items())
    return MenuChip(word, wanted.period is not Period.ALL, choices)


def _status_chip(wanted: Wanted, texts: Texts) -> MenuChip:
    word = texts.status(wanted.status) if wanted.status else texts.say("Status")
    everything = Choice("", texts.say("All statuses"), wanted.status is None)
    choices = (Choice(status, texts.status(status), status is wanted.status) for status in PaymentStatus)
    return MenuChip(word, wanted.status is not None, (everything, *choices))
