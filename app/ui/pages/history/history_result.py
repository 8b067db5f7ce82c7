"""One read of the history: the newest rows of a filter and the totals of all its payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.text.typed_text import payment_number
from app.services.ports.history_values import TotalsBy
from app.services.ports.ledger import Ledger, PaymentFilter, PaymentView, Totals
from app.ui.pages.history.history_chart import ChartGroups, read_chart
from app.ui.payment.chart_groups import Days

LIMIT = 500


@dataclass(frozen=True, slots=True)
class HistoryResult:
    """`views`: first the payment whose number was searched for, whatever the other conditions are; then the newest.

    `chart`: the groups that the totals were read by. `attention_count`: of the filter's payments. `has_payments`:
    whether there are any at all."""

    views: Sequence[PaymentView]
    totals: Totals
    chart: ChartGroups
    attention_count: int
    has_payments: bool


async def read_history(
    ledger: Ledger, payment_filter: PaymentFilter, by: TotalsBy | None = None, days: Days | None = None
) -> HistoryResult:
    """Read on the core's loop. `days`: those of the filter. Raises StorageError and its subclasses."""
    everything = PaymentFilter(now=payment_filter.now, limit=0)
    views = _with_first(
        await _exact(ledger, payment_filter), await ledger.payments(replace(payment_filter, limit=LIMIT))
    )
    totals = await ledger.totals(payment_filter, by)
    return HistoryResult(
        views=views,
        totals=totals,
        chart=await read_chart(ledger, payment_filter, by, days, totals),
        attention_count=(await ledger.totals(replace(payment_filter, attention=True))).count,
        has_payments=bool(views) or (await ledger.totals(everything)).count > 0,
    )


async def _exact(ledger: Ledger, payment_filter: PaymentFilter) -> PaymentView | None:
    number = payment_number(payment_filter.search or "")
    return None if number is None else await ledger.payment_by_number(number)


def _with_first(first: PaymentView | None, views: Sequence[PaymentView]) -> Sequence[PaymentView]:
    """Return the views with this one before all others, once; outside the filter and its totals, it is added."""
    return views if first is None else [first, *(view for view in views if view.payment.id != first.payment.id)]
