"""What the history page shows beside its list: the totals of all payments of a filter, the exact number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.text.typed_text import payment_number
from app.services.ports.history_values import TotalsBy
from app.services.ports.ledger import Ledger, PaymentFilter, PaymentView, Totals
from app.ui.pages.history.history_chart import ChartGroups, read_chart
from app.ui.payment.chart_groups import Days

_INSTANT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class ExactPayment:
    """The payment whose number was searched for, whatever the other conditions are. `is_chosen`: by these, too."""

    view: PaymentView
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class HistoryResult:
    """`attention_count`: of the filter's payments. `has_payments`: whether there are any at all.

    `chart`: the groups that the totals were read by.
    """

    totals: Totals
    chart: ChartGroups
    attention_count: int
    has_payments: bool


async def read_result(
    ledger: Ledger, criteria: PaymentFilter, by: TotalsBy | None = None, days: Days | None = None
) -> HistoryResult:
    """Read on the core's loop. `days`: those of the filter. Raises StorageError and its subclasses."""
    totals = await ledger.totals(criteria, by)
    everything = PaymentFilter(now=criteria.now, limit=0)
    return HistoryResult(
        totals=totals,
        chart=await read_chart(ledger, criteria, by, days, totals),
        attention_count=(await ledger.totals(replace(criteria, attention=True))).count,
        has_payments=totals.count > 0 or (await ledger.totals(everything)).count > 0,
    )


async def read_exact(ledger: Ledger, criteria: PaymentFilter) -> ExactPayment | None:
    """Read the payment of a number that is all that was searched for. Raises StorageError and its subclasses."""
    number = payment_number(criteria.search or "")
    view = None if number is None else await ledger.payment_by_number(number)
    if view is None:
        return None
    made_at = view.payment.created_at
    begin, end = criteria.created_from or made_at, criteria.created_to or made_at + _INSTANT
    at_once = replace(criteria, created_from=max(begin, made_at), created_to=min(end, made_at + _INSTANT))
    rows = (await ledger.page(at_once)).rows
    return ExactPayment(view, any(row.payment.id == view.payment.id for row in rows))


async def read_people(ledger: Ledger, now: datetime) -> tuple[str, ...]:
    """Return who made payments, by name in the order of the alphabet. Raises StorageError and its subclasses."""
    groups = (await ledger.totals(PaymentFilter(now=now, limit=0), TotalsBy.PERSON)).groups
    return tuple(group.key for group in groups if group.key)
