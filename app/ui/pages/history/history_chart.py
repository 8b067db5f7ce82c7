"""The chart of the history: its reads, what of it is shown, and what a click on a bar means for the query. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain.payment import PaymentStatus
from app.domain.timestamps import to_millis
from app.services.history.history import business_day, day_end, day_start
from app.services.history.time_keys import time_key
from app.services.ports.history_values import ShopDay, TotalsBy, TotalsGroup
from app.services.ports.ledger import Ledger, PaymentFilter, Totals
from app.ui.context import UiContext
from app.ui.pages.history.history_query import HistoryQuery
from app.ui.pages.history.periods import Period
from app.ui.pages.history.state import ChartChoice, ChartPanelState
from app.ui.payment.chart_groups import Days, Grouped, grouped, month_days, only_day, read_by
from app.ui.payment.chart_state import ChartState
from app.ui.payment.chart_texts import chart_state


@dataclass(frozen=True, slots=True)
class ChartGroups:
    """Groups of a filter as they were read. `by`: None while the chart is collapsed. `days`: the period; None: all."""

    by: TotalsBy | None
    groups: Sequence[TotalsGroup]
    days: Days | None


async def read_chart(
    ledger: Ledger, criteria: PaymentFilter, by: TotalsBy | None, days: Days | None, totals: Totals
) -> ChartGroups:
    """Return the groups that the totals came with; by hour where all that was searched for lies in one day.

    Runs on the core's loop. Raises StorageError and its subclasses.
    """
    chart = ChartGroups(by, totals.groups, days)
    day = only_day(totals.groups) if by is TotalsBy.DAY and (criteria.search or days is None) else None
    if day is None:
        return chart
    hours = criteria.shop_day
    of_day = replace(criteria, created_from=day_start(day, hours), created_to=day_end(day, hours))
    found = await ledger.totals(of_day, TotalsBy.HOUR)
    is_same = (found.as_of, found.count, found.received_minor) == (totals.as_of, totals.count, totals.received_minor)
    return ChartGroups(TotalsBy.HOUR, found.groups, (day, day)) if is_same else chart


class HistoryChart:
    """What of the chart is shown is remembered while the window is open.

    The last groups stay until others were read, so that nothing moves while a query runs.
    """

    def __init__(self, context: UiContext) -> None:
        self._context = context
        self._choice = ChartChoice()
        self._read: ChartGroups | None = None
        self._kept: tuple[tuple[object, ...], ChartPanelState | None] = ((), None)

    def choose(self, choice: ChartChoice) -> bool:
        """Show another part of the chart; return whether other groups must be read."""
        before, self._choice = self._choice, choice
        return choice.is_open and (choice.is_open, choice.by_status) != (before.is_open, before.by_status)

    def wanted(self, days: Days | None) -> TotalsBy | None:
        """Return what the totals of a period should be grouped by."""
        if not self._choice.is_open:
            return None
        return TotalsBy.STATUS if self._choice.by_status else read_by(days)

    def state(self, read: ChartGroups | None) -> ChartPanelState | None:
        """Return the panel of these groups, or of the last ones; None where there is nothing to draw.

        It is made anew only when something it shows has changed, not on every tick.
        """
        self._read = read or self._read
        context = self._context
        shown_for = (self._read, self._choice, context.texts, context.shop, self._today(), self._current(TotalsBy.HOUR))
        if shown_for != self._kept[0]:
            self._kept = shown_for, self._panel(self._read)
        return self._kept[1]

    def _panel(self, read: ChartGroups | None) -> ChartPanelState | None:
        choice, texts = self._choice, self._context.texts
        if read is None:
            return None
        if read.by is None or not choice.is_open:
            return ChartPanelState(ChartState(texts.say("Chart")), choice)
        found = self._grouped(read)
        return ChartPanelState(chart_state(found, texts, self._current(found.by)), choice) if found.groups else None

    def narrowed(self, key: str, query: HistoryQuery) -> HistoryQuery:
        """Return the query of one bar alone; of the bar that is alone already, the query without it."""
        read = self._read
        if read is None or read.by is None:
            return query
        by = self._grouped(read).by
        if by is TotalsBy.STATUS:
            status = PaymentStatus(key)
            return replace(query, status=None if query.status is status else status)
        if by is TotalsBy.HOUR and read.days is not None:
            hour = "" if query.hour == key else key
            return replace(query, period=Period.CUSTOM, custom_days=read.days, hour=hour)
        day = date.fromisoformat(key) if by is TotalsBy.DAY else None
        days = (day, day) if day is not None else _within(month_days(key), query.days(self._today()))
        return replace(query, period=Period.CUSTOM, custom_days=days, hour="")

    def _grouped(self, read: ChartGroups) -> Grouped:
        return grouped(read.groups, read.by or TotalsBy.DAY, read.days, self._context.shop, self._today())

    def _today(self) -> date:
        return business_day(self._context.now(), self._context.shop)

    def _current(self, by: TotalsBy) -> str:
        if by is TotalsBy.STATUS:
            return ""
        shop = self._context.shop
        return time_key(by, ShopDay(shop.timezone, shop.day_starts_at))(to_millis(self._context.now()))


def _within(days: Days, period: Days | None) -> Days:
    """Return the days of a month that lie in the period: a bar counts no others."""
    if period is None:
        return days
    first, last = max(days[0], period[0]), min(days[1], period[1])
    return (first, last) if first <= last else days
