"""One reading of the history: the newest rows of a filter and what all of its payments add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.services.ports.ledger import Ledger, PaymentFilter, PaymentView, Totals

LIMIT = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """`odd`: how many of the filter's payments need attention. `ever`: whether there are payments at all."""

    views: Sequence[PaymentView]
    totals: Totals
    odd: int
    ever: bool


async def read_history(ledger: Ledger, wanted: PaymentFilter) -> Reading:
    """Read on the core's loop. Raises StorageError leaves."""
    everything = PaymentFilter(now=wanted.now, limit=0)
    views = await ledger.payments(replace(wanted, limit=LIMIT))
    return Reading(
        views=views,
        totals=await ledger.totals(wanted),
        odd=(await ledger.totals(replace(wanted, attention=True))).count,
        ever=bool(views) or (await ledger.totals(everything)).count > 0,
    )
