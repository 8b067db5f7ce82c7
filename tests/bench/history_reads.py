"""How the measurements of the history ask the program: the only place to change when its services offer more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.bootstrap import open_home, open_home_ledger
from app.services.history.history import ShopHours, payment_filter
from app.services.ports.ledger import Ledger, PaymentFilter, PaymentView, Totals

PAGE = 200
SORTS: tuple[str, ...] = ("time", "number", "sum", "status", "cashier")
MORE_FILTERS: dict[str, dict[str, Any]] = {}
"""Filters of `page` and `totals` besides days, statuses and attention, each with its name."""
_MOST_AT_ONCE = 150_000
"""A place further down is reached by reading all before it; more than these would fill the memory."""


class NotOffered(Exception):
    """The program has no such query."""


class HistoryReads:
    """Reads as the history's page does. `now`: shortly after the newest payment; "today" is its day."""

    def __init__(self, ledger: Ledger, hours: ShopHours, now: datetime) -> None:
        self._ledger = ledger
        self._hours = hours
        self.now = now

    async def page(self, position: int = 0, **chosen: Any) -> int:
        """Read PAGE payments from a place in the list; return how many there were. Raises NotOffered."""
        if position > _MOST_AT_ONCE:
            raise NotOffered
        found = await self._ledger.payments(self._filter(limit=position + PAGE, **chosen))
        return len(found[position:])

    async def places(self) -> int:
        """Read what a scroll bar needs to jump anywhere; return how many rows there are. Raises NotOffered."""
        raise NotOffered

    async def sorted_page(self, sort: str, *, descending: bool) -> int:
        """Read the first PAGE payments of another order. Raises NotOffered."""
        if (sort, descending) != ("time", True):
            raise NotOffered
        return await self.page()

    async def totals(self, **chosen: Any) -> Totals:
        """Read what a filter's payments add up to."""
        return await self._ledger.totals(self._filter(**chosen))

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
