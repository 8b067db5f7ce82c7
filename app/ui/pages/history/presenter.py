"""Presenter of the history page: the query, its result and totals, and the drawer. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from app.domain.errors import BadValue, PaydeskError
from app.domain.ids import PaymentId
from app.domain.payment import ConfirmedBy
from app.i18n.formats import amount_text, count_text, money_text
from app.i18n.texts import Texts
from app.services.history.history import business_day, parse_bound, parse_day, status_filter
from app.services.ports.history_values import SortOrder
from app.services.ports.ledger import PaymentHistory, Totals
from app.ui.context import UiContext
from app.ui.drawer.list_with_drawer import ListWithDrawerPresenter
from app.ui.drawer.state import DrawerState
from app.ui.pages.history.history_chart import HistoryChart
from app.ui.pages.history.history_query import HistoryQuery, filter_bar_state, filter_of, person_of
from app.ui.pages.history.history_result import ExactPayment, HistoryResult, read_exact, read_people, read_result
from app.ui.pages.history.list_reader import ListQuery, PaymentList, counted, first_rows, moved_sight, rows_around
from app.ui.pages.history.notices import loading_notice, no_results_notice, read_error_notice
from app.ui.pages.history.periods import Period
from app.ui.pages.history.search_chips import search_chips
from app.ui.pages.history.state import (
    Card,
    ChartChoice,
    ExactState,
    HistoryState,
    Notice,
    NoticeAction,
    SearchChip,
    SumsState,
)
from app.ui.payment.row_window import RowWindow
from app.ui.payment.rows import PaymentRows
from app.ui.payment.table_choices import TableChoices, choices_from

UNKNOWN = "—"
CHOICES_NAME = "history_table"


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
        self._understood: tuple[tuple[str, date, Texts], tuple[SearchChip, ...]] | None = None
        self._sums_dialog: SumsState | None = None
        self._people: tuple[str, ...] | None = None
        self._choices = TableChoices()
        self._knows_choices = False
        self._list: PaymentList | None = None
        self._list_id = 0
        self._sight = (0, 0)
        self._exact: ExactPayment | None = None
        self._result: HistoryResult | None = None
        self._read_for: tuple[HistoryQuery, SortOrder, date] | None = None
        self._rows = PaymentRows(context)
        self._chart = HistoryChart(context)
        self._exact_row = PaymentRows(context)

    def state(self) -> HistoryState:
        result = self._result
        attention_count = result.attention_count if result else 0
        custom_range = self._range_to_choose() if self._choosing_range else None
        return HistoryState(
            filter=filter_bar_state(
                self._history_query,
                self._texts,
                attention_count=attention_count,
                custom_range=custom_range,
                words=self._words(),
                people=self._people or (),
                sums_dialog=self._sums_dialog,
            ),
            cards=self._cards(),
            exact=self._exact_state(),
            choices=self._choices,
            rows=self._window(),
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

    def choose_person(self, key: str) -> None:
        """Filter by who made the payment; an empty key means everybody."""
        self._apply_query(replace(self._history_query, person=person_of(key)))

    def choose_confirmed(self, key: str) -> None:
        """Filter by how the money was confirmed; an empty key means anyhow."""
        self._apply_query(replace(self._history_query, confirmed_by=ConfirmedBy(key) if key else None))

    def ask_sums(self) -> None:
        """Open the dialog of the sums."""
        bounds = (self._history_query.min_minor, self._history_query.max_minor)
        least, most = ("" if bound is None else amount_text(bound) for bound in bounds)
        self._sums_dialog = SumsState(least, most)
        self.refresh()

    def choose_sums(self, least: str, most: str) -> None:
        """Filter by sums as they were typed, in either order; an empty one bounds nothing. What is no sum is told."""
        bounds: list[int | None] = []
        for name, text in (("least", least), ("most", most)):
            try:
                bounds.append(parse_bound(text) if text.strip() else None)
            except BadValue:
                problem = self._texts.say("This is not a sum. Enter a number such as 125,50.")
                self._sums_dialog = SumsState(least, most, problem, name)
                self.refresh()
                return
        self._sums_dialog = None
        low, high = bounds
        if low is not None and high is not None and low > high:
            low, high = high, low
        self._apply_query(replace(self._history_query, min_minor=low, max_minor=high))

    def leave_sums(self) -> None:
        """The dialog of the sums was closed without an answer."""
        self._sums_dialog = None
        self.refresh()

    def remove_filter(self, name: str) -> None:
        """Take one filter away: `period`, `status`, `person`, `confirmed` or `sums`."""
        query = self._history_query
        without = {
            "period": replace(query, period=Period.ALL, custom_days=None),
            "status": replace(query, status=None),
            "person": replace(query, person=None),
            "confirmed": replace(query, confirmed_by=None),
            "sums": replace(query, min_minor=None, max_minor=None),
        }
        self._apply_query(without[name])

    def choose_attention(self, on: bool) -> None:
        """Show only payments that need attention, or all."""
        self._apply_query(replace(self._history_query, attention=on))

    def choose_bar(self, key: str) -> None:
        """Filter by the hour, day, month or status of a bar of the chart; the one that is chosen already, not by it."""
        self._apply_query(self._chart.narrowed(key, self._history_query))

    def arrange_chart(self, choice: ChartChoice) -> None:
        """Collapse the chart, or show other groups, or its numbers as a table."""
        if self._chart.choose(choice):
            self._read_at_once()
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

    def see(self, first: int, last: int) -> None:
        """These rows of the list are in sight: they are read, and some around them."""
        self._sight = (first, last)
        self._read_sight()

    def copy(self, text: str) -> None:
        """Put a text of the list on the clipboard."""
        self._context.desktop.copy(text)

    def sort(self, key: str) -> None:
        """Sort by a column; by the same one the other way round."""
        self._choose(self._choices.sorted_by(key))

    def choose_columns(self, keys: Sequence[str]) -> None:
        """Show these columns, from the left."""
        self._choose(self._choices.with_columns(keys))

    # Events from the core

    def on_tick(self) -> None:
        if self._read_for is not None and self._read_for[-1] != business_day(self._now, self._context.shop):
            self.load()
        super().on_tick()

    # Work

    def _apply_query(self, query: HistoryQuery) -> None:
        if query != self._history_query:
            self._history_query = query
            self._read_at_once()
        self.refresh()

    def _choose(self, choices: TableChoices) -> None:
        is_sorted_anew, self._choices = choices.order != self._choices.order, choices
        if is_sorted_anew:
            self._read_at_once()
        if self._context.core is not None:
            self._knows_choices = True
            self._tasks.start_again("keep", self._keep_choices)
        self.refresh()

    async def _keep_choices(self) -> None:
        api, text = self._api, self._choices.to_text()
        await self._command(lambda: api.view_choices.keep(CHOICES_NAME, text))

    async def _know_choices(self) -> None:
        if not self._knows_choices:
            api = self._api
            kept = await self._query(lambda: api.view_choices.get(CHOICES_NAME))
            if not self._knows_choices:  # nothing was chosen meanwhile
                self._choices, self._knows_choices = choices_from(kept), True

    def _read_at_once(self) -> None:
        """Read what is wanted now; what is being read for something else is given up."""
        self._tasks.cancel("rows")
        if self._context.core is not None:
            self._tasks.start("read", self._read())

    def load(self) -> None:
        self._people = None  # somebody may be new since the page was last open
        super().load()

    async def read(self) -> None:
        await self._know_choices()
        history_query, now, shop = self._history_query, self._now, self._context.shop
        order = self._choices.order
        read_for = (history_query, order, business_day(now, shop))
        query = ListQuery(filter_of(history_query, now, shop), order)
        is_other, self._read_for = read_for != self._read_for, read_for
        if is_other or self._list is None:
            self._list = None
            await self._read_list(query)
        else:
            await self._read_news(query, self._list)
        days = history_query.days(business_day(now, shop))
        by = self._chart.wanted(days)
        self._result = await self._query(lambda: read_result(self._api.ledger, query.criteria, by, days))
        if self._people is None:
            self.refresh()
            self._people = await self._query(lambda: read_people(self._api.ledger, query.criteria.now))

    async def _read_list(self, query: ListQuery) -> None:
        """Show the top of another list, then count it. Without rows, the totals tell why there are none."""
        ledger = self._api.ledger
        top = await self._query(lambda: first_rows(ledger, query))
        self._exact = await self._query(lambda: read_exact(ledger, query.criteria))
        self._list, self._result, self.problem = top, None, None
        self._list_id += 1
        self._sight = (0, self._sight[1] - self._sight[0])
        if top.views:
            self.refresh()
        if top.anchors is None:
            whole = await self._query(lambda: counted(ledger, top))
            self._list = replace(self._list, count=whole.count, anchors=whole.anchors, as_of=whole.as_of)
            self.refresh()

    async def _read_news(self, query: ListQuery, before: PaymentList) -> None:
        """Count the list again, and read the rows in sight at the place to which news moved them."""
        ledger = self._api.ledger
        now = await self._query(lambda: counted(ledger, replace(before, query=query)))
        sight = moved_sight(self._sight, before, now)
        now = await self._query(lambda: rows_around(ledger, now, sight))
        self._exact = await self._query(lambda: read_exact(ledger, query.criteria))
        self._sight = moved_sight(self._sight, before, now)
        self._list, self.problem = now, None
        self.refresh()
        self._read_sight()

    def _read_sight(self) -> None:
        if self._list is not None and self._list.lacks(self._sight) and self._context.core is not None:
            self._tasks.start_once("rows", self._read_rows)

    async def _read_rows(self) -> None:
        """Read what is in sight until it is there; where it stands may change meanwhile."""
        while (known := self._list) is not None and known.lacks(sight := self._sight):
            try:
                read = await self._query(partial(rows_around, self._api.ledger, known, sight))
            except PaydeskError as refusal:
                self.problem = refusal
                return
            if self._list is known:
                self._list = read
                self.refresh()
                if read.lacks(sight):  # the list has become shorter: news of that are on their way
                    return

    def _window(self) -> RowWindow:
        if self._list is None or self.problem is not None:
            return RowWindow(list_id=self._list_id)
        rows = self._rows.of(self._list.views)
        return RowWindow(self._list.count, self._list.first, rows, self._list_id)

    def _exact_state(self) -> ExactState | None:
        if self._exact is None or self.problem is not None:
            return None
        say, (row,) = self._texts.say, self._exact_row.of((self._exact.view,))
        return ExactState(say("Exact number"), row, "" if self._exact.is_chosen else say("not in the totals"))

    def _words(self) -> tuple[SearchChip, ...]:
        """How the search is understood today; it is read again when one of these changes only."""
        understood = (self._history_query.search, business_day(self._now, self._context.shop), self._texts)
        if self._understood is None or self._understood[0] != understood:
            self._understood = (understood, search_chips(*understood))
        return self._understood[1]

    def _range_to_choose(self) -> tuple[date, date]:
        today = business_day(self._now, self._context.shop)
        return self._history_query.days(today) or (today, today)

    def _cards(self) -> tuple[Card, ...]:
        say, totals = self._texts.say, self._result.totals if self._result and self.problem is None else None
        return (
            Card(say("Paid"), self._paid_of(totals) if totals else UNKNOWN),
            Card(say("Received"), money_text(totals.received_minor) if totals else UNKNOWN, self._average(totals)),
            Card(say("Refunded"), money_text(totals.refunded_minor) if totals else UNKNOWN, self._net(totals)),
        )

    def _average(self, totals: Totals | None) -> str:
        """What was received, shared among the paid ones (screens.md 10)."""
        if totals is None or not totals.paid:
            return ""
        average = (2 * totals.received_minor + totals.paid) // (2 * totals.paid)
        return self._texts.say("Average: {sum}", sum=money_text(average))

    def _net(self, totals: Totals | None) -> str:
        if totals is None:
            return ""
        return self._texts.say("Net: {sum}", sum=money_text(totals.received_minor - totals.refunded_minor))

    def _paid_of(self, totals: Totals) -> str:
        return self._texts.say("{paid} of {all}", paid=count_text(totals.paid), all=count_text(totals.count))

    def _notice(self) -> Notice | None:
        if self._context.core_problem:
            return read_error_notice(self._texts, self._context.core_problem, can_retry=False)
        if self.problem is not None:
            return read_error_notice(self._texts, self._texts.error(self.problem), can_retry=True)
        if self._list is not None and self._list.count:
            return None
        if self._list is None or self._result is None:
            return loading_notice(self._texts)
        return no_results_notice(self._texts, self._history_query, has_payments=self._result.has_payments)
