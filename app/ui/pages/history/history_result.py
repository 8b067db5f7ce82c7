"""One read of the history: the newest rows of a filter and the totals of all its payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.services.ports.ledger import Ledger, PaymentFilter, PaymentView, Totals

LIMIT = 500


@dataclass(frozen=True, slots=True)
class HistoryResult:
    """`attention_count`: of the filter's payments. `has_payments`: whether there are any at all."""

    views: Sequence[PaymentView]
    totals: Totals
    attention_count: int
    has_payments: bool


async def read_history(ledger: Ledger, payment_filter: PaymentFilter) -> HistoryResult:
    """Read on the core's loop. Raises StorageError and its subclasses."""
    everything = PaymentFilter(now=payment_filter.now, limit=0)
    views = await ledger.payments(replace(payment_filter, limit=LIMIT))
    return HistoryResult(
        views=views,
        totals=await ledger.totals(payment_filter),
        attention_count=(await ledger.totals(replace(payment_filter, attention=True))).count,
        has_payments=bool(views) or (await ledger.totals(everything)).count > 0,
    )
