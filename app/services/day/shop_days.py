"""The shop's day: what moved on it, and its closing, which never blocks a sale and never changes (contract.md 1b)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.domain.errors import DayAlreadyClosed, DayNotStarted
from app.domain.journal.events import DayClosed, JournalEntry, Source, day_closed_key
from app.services.day.day_figures import DayFigures, day_figures, figures_from_json, figures_json
from app.services.history.history import ShopHours, business_day, day_end, day_start
from app.services.history.payment_json import utc_text
from app.services.ports.clock import Clock
from app.services.ports.ledger import Ledger
from app.services.ports.ledger_transaction import LedgerTransaction


@dataclass(frozen=True, slots=True)
class Closing:
    """`snapshot`: as it was stored; `figures`: the same as values, None where a newer version wrote them."""

    at: datetime
    by: str | None
    snapshot: Mapping[str, Any]
    figures: DayFigures | None


@dataclass(frozen=True, slots=True)
class ShopDay:
    """One day of the shop, `end` exclusive, with the figures as they are at `as_of` (seq of the journal)."""

    date: date
    start: datetime
    end: datetime
    figures: DayFigures
    closing: Closing | None
    as_of: int


class ShopDays:
    """Reads and closes the days of the shop."""

    def __init__(self, ledger: Ledger, clock: Clock, hours: Callable[[], ShopHours]) -> None:
        """`hours` returns the shop's zone and the start of its day by the current settings."""
        self._ledger = ledger
        self._clock = clock
        self._hours = hours

    def today(self) -> date:
        """Return the shop's day that it is now."""
        return business_day(self._clock.now(), self._hours())

    async def day(self, day: date | None = None) -> ShopDay:
        """Return a day, today's without `day`. Raises StorageError."""
        hours, now = self._hours(), self._clock.now()
        day = business_day(now, hours) if day is None else day
        start, end = day_start(day, hours), day_end(day, hours)
        record = await self._ledger.period_record(start, end, now, day.isoformat())
        return ShopDay(
            date=day,
            start=start,
            end=end,
            figures=day_figures(record, hours.timezone),
            closing=_closing(record.closing),
            as_of=record.as_of,
        )

    async def close(self, day: date | None = None, by: str | None = None) -> ShopDay:
        """Store the figures of a day as they are now, today's without `day`; return the day with its closing.

        They are read while others write, and what comes meanwhile counts as after the closing: no sale waits for it.
        Of two that close at once, one wins. Raises DayNotStarted, DayAlreadyClosed, StorageError.
        """
        shown = await self.day(day)
        if shown.date > self.today():
            raise DayNotStarted(day=shown.date.isoformat())
        fact = DayClosed(
            day=shown.date.isoformat(),
            as_of=shown.as_of,
            starts=utc_text(shown.start) or "",
            ends=utc_text(shown.end) or "",
            snapshot=figures_json(shown.figures),
            by=by,
        )

        def decide(tx: LedgerTransaction) -> None:
            if tx.find(day_closed_key(fact.day)) is not None:
                raise DayAlreadyClosed(day=fact.day)
            tx.append(fact, payment_id=None, source=Source.PERSON, at=self._clock.now())

        await self._ledger.write(decide)
        return await self.day(shown.date)


def _closing(entry: JournalEntry | None) -> Closing | None:
    if entry is None:
        return None
    fact = entry.fact
    if not isinstance(fact, DayClosed):  # of a newer version, or damaged: the day is closed all the same
        return Closing(entry.at, None, {}, None)
    return Closing(entry.at, fact.by, fact.snapshot, figures_from_json(fact.snapshot))


def day_json(day: ShopDay) -> dict[str, Any]:
    """Return the JSON object of the verb `day` (contract.md 1b)."""
    closing = day.closing
    return {
        "date": day.date.isoformat(),
        "from": utc_text(day.start),
        "to": utc_text(day.end),
        **figures_json(day.figures),
        "closed": closing and {"at": utc_text(closing.at), "by": closing.by, "snapshot": dict(closing.snapshot)},
    }
