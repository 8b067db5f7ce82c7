"""How the measurements of the history ask the program: the only place to change when its services offer more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.bootstrap import open_home, open_home_ledger
from app.services.history.history import ShopHours, payment_filter
from app.services.ports.history_values import ANCHOR_STEP, NEWEST_FIRST, HistoryOutline, SortColumn, SortOrder, TotalsBy
from app.services.ports.ledger import Ledger, PaymentFilter, PaymentView, Totals

PAGE = 200
SORTS: tuple[str, ...] = tuple(SortColumn)
MORE_FILTERS: dict[str, dict[str, Any]] = {
    "a cashier": {"person": "Олена"},
    "no cashier": {"person": ""},
    "sums from 500 to 700": {"min_amount": "500", "max_amount": "700"},
    "large sums": {"min_amount": "10000"},
    "confirmed by a callback": {"confirmed_by": "callback"},
    "confirmed by a person": {"confirmed_by": "person"},
    "a cashier's paid ones of this sum": {"person": "Тарас", "status": "paid", "min_amount": "95", "max_amount": "95"},
}
"""Filters of `page` and `totals` besides days, statuses and attention, each with its name."""


class NotOffered(Exception):
    """The program has no such query."""


class HistoryReads:
    """Reads as the history's page does. `now`: shortly after the newest payment; "today" is its day."""

    def __init__(self, ledger: Ledger, hours: ShopHours, now: datetime) -> None:
        self._ledger = ledger
        self._hours = hours
        self.now = now
        self._outline: HistoryOutline | None = None

    async def page(self, position: int = 0, order: SortOrder = NEWEST_FIRST, **chosen: Any) -> int:
        """Read PAGE payments from a place in the list, whose outline is known; return how many there were."""
        if position and self._outline is None:
            self._outline = await self._ledger.outline(self._filter(**chosen), order)
        step, skip = divmod(position, ANCHOR_STEP)
        after = self._outline.anchors[step - 1] if self._outline and step else None
        found = await self._ledger.page(self._filter(**chosen), order, after=after, skip=skip, limit=PAGE)
        return len(found.rows)

    async def places(self) -> int:
        """Read what a scroll bar needs to jump anywhere; return how many rows there are."""
        return (await self._ledger.outline(self._filter())).count

    async def sorted_page(self, sort: str, *, descending: bool) -> int:
        """Read the first PAGE payments of another order."""
        return await self.page(0, SortOrder(SortColumn(sort), descending))

    async def totals(self, **chosen: Any) -> Totals:
        """Read what a filter's payments add up to."""
        return await self._ledger.totals(self._filter(**chosen))

    async def year_by_day(self) -> Totals:
        """Read what the chart of a year shows, a column each day."""
        today = self.now.date()
        days = {"first_day": (today - timedelta(days=365)).isoformat(), "last_day": today.isoformat()}
        return await self._ledger.totals(self._filter(**days), TotalsBy.DAY)

    async def payment(self, number: int) -> PaymentView | None:
        return await self._ledger.payment_by_number(number)

    def _filter(self, **chosen: Any) -> PaymentFilter:
        return payment_filter(self.now, self._hours, **chosen)


@asynccontextmanager
async def history_reads(folder: Path) -> AsyncIterator[HistoryReads]:
    """Open a home's history, as the program opens it."""
    home = open_home(str(folder), lambda code: None)
    async with open_home_ledger(home) as opened:
        newest = await opened.ledger.payments(PaymentFilter(opened.clock.now(), limit=1))
        now = newest[0].payment.created_at + timedelta(minutes=1) if newest else opened.clock.now()
        yield HistoryReads(opened.ledger, home.settings.shop, now)
