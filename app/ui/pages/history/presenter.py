"""Presenter of the history page: the query, its result and totals, and the drawer. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from app.domain.ids import PaymentId
from app.i18n.formats import count_text, money_text
from app.services.history.history import business_day, parse_day, status_filter
from app.services.ports.ledger import PaymentHistory, Totals
from app.ui.context import UiContext
from app.ui.drawer.list_with_drawer import ListWithDrawerPresenter
from app.ui.drawer.state import DrawerState
from app.ui.pages.history.history_chart import HistoryChart
from app.ui.pages.history.history_query import HistoryQuery, filter_bar_state, filter_of
from app.ui.pages.history.history_result import LIMIT, HistoryResult, read_history
from app.ui.pages.history.notices import loading_notice, no_results_notice, read_error_notice
from app.ui.pages.history.periods import Period
from app.ui.pages.history.state import Card, ChartChoice, HistoryState, Notice, NoticeAction
from app.ui.payment.rows import PaymentRows

UNKNOWN = "—"


class HistoryPresenter(ListWithDrawerPresenter[HistoryState]):
    """Presents the list and the filter bar; the drawer has its own presenter."""

    def __init__(
        self,
        context: UiContext,
        show: Callable[[HistoryState], None],
        show_drawer: Callable[[DrawerState], None],
        to_till: Callable[[PaymentId], None],
        sell_again: Callable[[PaymentHistory], None] | None = None,
    ) -> None:
        super().__init__("history", context, show, show_drawer, to_till, sell_again)
        self._history_query = HistoryQuery()
        self._choosing_range = False
        self._result: HistoryResult | None = None
        self._read_for: tuple[HistoryQuery, date] | None = None
        self._rows = PaymentRows(context)
        self._chart = HistoryChart(context)

    def state(self) -> HistoryState:
        result = self._result
        attention_count = result.attention_count if result else 0
        custom_range = self._range_to_choose() if self._choosing_range else None
        shows = result is not None and self.problem is None
        return HistoryState(
            filter=filter_bar_state(
                self._history_query, self._texts, attention_count=attention_count, custom_range=custom_range
            ),
            cards=self._cards(),
            rows=self._rows.of(result.views) if result and shows else (),
            foot=self._foot() if shows else "",
            notice=self._notice(),
            chart=self._chart.state(result.chart if result else None) if self.problem is None else None,
        )

    # User actions

    def search(self, text: str) -> None:
        """Search for the typed text."""
        self._apply_query(replace(self._history_query, search=text))

    def choose_period(self, key: str) -> None:
        """Filter by another period; a custom range is asked for first."""
        self._choosing_range = key == Period.CUSTOM
        if self._choosing_range:
            self.refresh()
        else:
            self._apply_query(replace(self._history_query, period=Period(key), custom_days=None, hour=""))

    def choose_range(self, first: str, last: str) -> None:
        """Filter by the days `2026-11-01` to `2026-11-21`, in either order. Raises BadValue."""
        days = sorted((parse_day(first), parse_day(last)))
        self._choosing_range = False
        self._apply_query(replace(self._history_query, period=Period.CUSTOM, custom_days=(days[0], days[1]), hour=""))

    def leave_range(self) -> None:
        """The range dialog was closed without an answer."""
        self._choosing_range = False
        self.refresh()

    def choose_status(self, key: str) -> None:
        """Filter by one status; an empty key means all."""
        self._apply_query(replace(self._history_query, status=status_filter(key) if key else None))

    def choose_attention(self, on: bool) -> None:
        """Show only payments that need attention, or all."""
        self._apply_query(replace(self._history_query, attention=on))

    def choose_bar(self, key: str) -> None:
        """Filter by the hour, day, month or status of a bar of the chart; the one that is chosen already, not by it."""
        self._apply_query(self._chart.narrowed(key, self._history_query))

    def arrange_chart(self, choice: ChartChoice) -> None:
        """Collapse the chart, or show other groups, or its numbers as a table."""
        if self._chart.choose(choice) and self._context.core is not None:
            self._tasks.start("read", self._read())
        self.refresh()

    def clear(self) -> None:
        """Reset the query: this month, no search text."""
        self._apply_query(HistoryQuery())

    def do_notice_action(self, notice_action: NoticeAction) -> None:
        """Run the action of the notice's button."""
        if notice_action is NoticeAction.CLEAR:
            self.clear()
        elif notice_action is NoticeAction.ALL_TIME:
            self.choose_period(Period.ALL)
        else:
            self.load()

    # Events from the core

    def on_tick(self) -> None:
        if self._read_for is not None and self._read_for[1] != business_day(self._now, self._context.shop):
            self.load()
        super().on_tick()

    # Work

    def _apply_query(self, query: HistoryQuery) -> None:
        if query != self._history_query:
            self._history_query = query
            if self._context.core is not None:
                self._tasks.start("read", self._read())
        self.refresh()

    async def read(self) -> None:
        query, now, shop = self._history_query, self._now, self._context.shop
        self._read_for = (query, business_day(now, shop))
        asked, days = filter_of(query, now, shop), query.days(business_day(now, shop))
        by = self._chart.wanted(days)
        self._result = await self._query(lambda: read_history(self._api.ledger, asked, by, days))

    def _range_to_choose(self) -> tuple[date, date]:
        today = business_day(self._now, self._context.shop)
        return self._history_query.days(today) or (today, today)

    def _cards(self) -> tuple[Card, ...]:
        say, totals = self._texts.say, self._result.totals if self._result and self.problem is None else None
        return (
            Card(say("Paid"), self._paid_of(totals) if totals else UNKNOWN),
            Card(say("Received"), money_text(totals.received_minor) if totals else UNKNOWN),
            Card(say("Refunded"), money_text(totals.refunded_minor) if totals else UNKNOWN),
        )

    def _paid_of(self, totals: Totals) -> str:
        return self._texts.say("{paid} of {all}", paid=count_text(totals.paid), all=count_text(totals.count))

    def _foot(self) -> str:
        count = self._result.totals.count if self._result else 0
        if count <= LIMIT:
            return ""
        return self._texts.say("The newest {shown} of {all} are shown", shown=LIMIT, all=count)

    def _notice(self) -> Notice | None:
        if self._context.core_problem:
            return read_error_notice(self._texts, self._context.core_problem, can_retry=False)
        if self.problem is not None:
            return read_error_notice(self._texts, self._texts.error(self.problem), can_retry=True)
        if self._result is None:
            return loading_notice(self._texts)
        if self._result.views:
            return None
        return no_results_notice(self._texts, self._history_query, has_payments=self._result.has_payments)
