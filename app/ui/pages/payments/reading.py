"""One reading of what happens now: open links of any age, the shop's day, and everything that needs a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter

from app.services.history import business_day, day_start
from app.services.ports.ledger import Ledger, PaymentFilter, PaymentView
from app.ui.front import ShopFacts
from app.ui.payment_looks import LIVE

LIMIT = 500


@dataclass(frozen=True, slots=True)
class Live:
    """`now`: open links and the day's payments; `odd`: those that need attention, of any day. Both newest first.

    `made`: how many the day has, `odd_count`: how many need attention, shown here or not.
    """

    day: date
    now: Sequence[PaymentView]
    odd: Sequence[PaymentView]
    made: int
    odd_count: int

    @property
    def hidden(self) -> int:
        """How many payments of the day are not in `now`."""
        return max(0, self.made - LIMIT)


async def read_live(ledger: Ledger, shop: ShopFacts, now: datetime) -> Live:
    """Read on the core's loop. Raises StorageError leaves."""
    day = business_day(now, shop)
    todays = PaymentFilter(now=now, created_from=day_start(day, shop), limit=LIMIT)
    odd = PaymentFilter(now=now, attention=True, limit=LIMIT)
    found = await ledger.payments(todays)
    for status in LIVE:
        found += await ledger.payments(PaymentFilter(now=now, status=status, limit=LIMIT))
    return Live(
        day=day,
        now=_newest_first(found),
        odd=await ledger.payments(odd),
        made=(await ledger.totals(replace(todays, limit=0))).count,
        odd_count=(await ledger.totals(replace(odd, limit=0))).count,
    )


def _newest_first(views: Sequence[PaymentView]) -> list[PaymentView]:
    """Return each payment once, as it was read last."""
    once = {view.payment.id: view for view in views}
    return sorted(once.values(), key=attrgetter("payment.created_at", "payment.number"), reverse=True)
