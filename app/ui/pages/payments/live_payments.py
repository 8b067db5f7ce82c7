"""One read of the live list: open links of any age, the shop's day, and all payments that need attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter

from app.services.history.history import business_day, day_start
from app.services.ports.ledger import Ledger, PaymentFilter, PaymentView
from app.ui.context import ShopFacts
from app.ui.pages.payments.inbox import ORPHANS_COUNTED, PER_GROUP, InboxReading
from app.ui.payment.display import PAYABLE

LIMIT = 500


@dataclass(frozen=True, slots=True)
class LivePayments:
    """`now`: open links and the day's payments, newest first; `attention`: payments of any day that need it.

    `made`: how many the day has, shown here or not.
    """

    day: date
    now: Sequence[PaymentView]
    attention: InboxReading
    made: int

    @property
    def hidden(self) -> int:
        """How many payments of the day are not in `now`."""
        return max(0, self.made - LIMIT)


async def read_live_payments(ledger: Ledger, shop: ShopFacts, now: datetime) -> LivePayments:
    """Read on the core's loop. Raises StorageError and its subclasses."""
    day = business_day(now, shop)
    todays = PaymentFilter(now=now, created_from=day_start(day, shop), limit=LIMIT)
    found = await ledger.payments(todays)
    for status in PAYABLE:
        found += await ledger.payments(PaymentFilter(now=now, status=status, limit=LIMIT))
    orphans = await ledger.unmatched_entries(ORPHANS_COUNTED)
    return LivePayments(
        day=day,
        now=_newest_first(found),
        attention=InboxReading(await ledger.attention_inbox(PER_GROUP), len(orphans)),
        made=(await ledger.totals(replace(todays, limit=0))).count,
    )


def _newest_first(views: Sequence[PaymentView]) -> list[PaymentView]:
    """Return each payment once, as read last."""
    once = {view.payment.id: view for view in views}
    return sorted(once.values(), key=attrgetter("payment.created_at", "payment.number"), reverse=True)
