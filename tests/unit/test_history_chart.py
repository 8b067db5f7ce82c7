"""The chart of the history page, without Qt: it adds up what the list shows, and its bars narrow the list."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from app.domain.errors import StorageFull
from app.services.ports.history_values import TotalsBy, TotalsGroup
from app.services.ports.ledger import PaymentFilter, Totals
from app.services.ports.ledger_transaction import LedgerTransaction
from app.ui.pages.history.history_chart import HistoryChart, read_chart
from app.ui.pages.history.history_query import HistoryQuery, filter_of
from app.ui.pages.history.periods import Period
from app.ui.pages.history.presenter import HistoryPresenter
from app.ui.pages.history.state import ChartChoice, ChartPanelState, HistoryState
from app.ui.payment.chart_state import ChartBar
from tests.builders import START
from tests.contracts import sales
from tests.fakes.context import make_context
from tests.fakes.ledger import FakeLedger

DAY_S, HOUR_S = 86_400.0, 3_600.0
NBSP = "\u00a0"


class CountedLedger(FakeLedger):
    """Records what totals were asked for; refuses while `is_broken`; never answers what is grouped by `slow`."""

    is_broken = False

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[TotalsBy | None, bool]] = []
        self.slow: TotalsBy | None = None
        self.waits = asyncio.Event()
        self.cancelled: list[TotalsBy | None] = []

    async def totals(self, criteria: PaymentFilter, by: TotalsBy | None = None) -> Totals:
        if self.is_broken:
            raise StorageFull(path="x")
        if by is not TotalsBy.PERSON:  # these are the names to choose from
            self.asked.append((by, criteria.attention))
        if by is not None and by is self.slow:
            self.waits.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled.append(by)
                raise
        return await super().totals(criteria, by)


class Page:
    """A presenter on a fake core, and the states that its page received."""

    def __init__(self) -> None:
        self.ledger = CountedLedger()
        self.states: list[HistoryState] = []
        show = self.states.append
        self.presenter = HistoryPresenter(make_context(self.ledger), show, lambda _: None, lambda _: None)

    async def settled(self) -> HistoryState:
        await self.presenter.wait_until_idle()
        return self.states[-1]

    @property
    def panel(self) -> ChartPanelState:
        panel = self.states[-1].chart
        assert panel is not None
        return panel

    @property
    def bars(self) -> Sequence[ChartBar]:
        return self.panel.chart.bars

    @property
    def filled(self) -> dict[str, int]:
        return {bar.key: bar.value for bar in self.bars if bar.value}

    @property
    def shown(self) -> list[str]:
        return [row.payment_id.removeprefix("p-") for row in self.states[-1].rows.rows]

    async def click(self, key: str) -> None:
        self.presenter.choose_bar(key)
        await self.settled()


def _fill(tx: LedgerTransaction) -> None:
    """START is 12:15 of Saturday, 21 November 2026, in Kyiv."""
    sales.sell(tx, "spring", after_s=-200 * DAY_S)
    sales.receive(tx, "spring", after_s=-200 * DAY_S + 60)
    sales.sell(tx, "third", after_s=-18 * DAY_S, amount_minor=100000, purpose="Cake")
    sales.receive(tx, "third", after_s=-18 * DAY_S + 60, sum_minor=40000)
    sales.sell(tx, "morning", after_s=-2 * HOUR_S, purpose="Coffee")
    sales.receive(tx, "morning", after_s=-2 * HOUR_S + 60)
    sales.sell(tx, "noon", after_s=-600)


@pytest.fixture
async def page() -> Page:
    made = Page()
    await made.ledger.write(_fill)
    made.presenter.load()
    await made.settled()
    return made


async def test_a_month_is_shown_by_days_that_add_up_to_the_cards(page: Page) -> None:
    assert page.panel.chart.title == "By day"
    assert page.filled == {"2026-11-03": 40000, "2026-11-21": 12550}
    assert len(page.bars) == 21
    assert page.panel.chart.total[3] == page.states[-1].cards[1].figure
    assert [bar.key for bar in page.bars if bar.is_current] == ["2026-11-21"]


async def test_the_totals_and_the_chart_are_one_query(page: Page) -> None:
    assert page.ledger.asked[0] == (TotalsBy.DAY, False)
    assert [by for by, is_attention in page.ledger.asked if by is not None] == [TotalsBy.DAY]


async def test_a_click_goes_from_a_day_to_an_hour_and_back(page: Page) -> None:
    await page.click("2026-11-21")
    assert page.shown == ["noon", "morning"]
    assert page.panel.chart.title == "By hour"
    assert list(page.filled) == ["2026-11-21T10"]
    await page.click("2026-11-21T10")
    assert page.shown == ["morning"]
    assert page.states[-1].filter.period.word == "21.11.2026, 10:00–11:00"
    await page.click("2026-11-21T10")
    assert page.shown == ["noon", "morning"]
    assert page.states[-1].filter.period.word == "21.11.2026"


async def test_another_period_is_not_bounded_by_the_hour_any_more(page: Page) -> None:
    await page.click("2026-11-21")
    await page.click("2026-11-21T10")
    page.presenter.choose_period(Period.MONTH)
    await page.settled()
    assert page.shown == ["noon", "morning", "third"]
    await page.click("2026-11-21")
    await page.click("2026-11-21T10")
    page.presenter.choose_range("2026-11-01", "2026-11-21")
    await page.settled()
    assert page.shown == ["noon", "morning", "third"]


async def test_a_click_on_a_month_keeps_to_the_period(page: Page) -> None:
    page.presenter.choose_range("2026-01-01", "2026-11-10")
    await page.settled()
    assert page.panel.chart.title == "By month"
    await page.click("2026-11")
    assert page.shown == ["third"]
    assert page.states[-1].filter.period.word == "01.11.2026 – 10.11.2026"
    assert page.panel.chart.title == "By day"


async def test_all_time_of_a_year_is_shown_by_months(page: Page) -> None:
    page.presenter.choose_period(Period.ALL)
    await page.settled()
    assert [bar.key for bar in page.bars] == [f"2026-{month:02d}" for month in range(5, 12)]
    await page.click("2026-05")
    assert page.shown == ["spring"]


async def test_statuses_are_read_when_they_are_wanted_and_filter(page: Page) -> None:
    page.presenter.arrange_chart(ChartChoice(by_status=True))
    await page.settled()
    counts = {bar.key: bar.value for bar in page.bars}
    assert counts == {"open": 1, "paid": 1, "underpaid": 1}
    await page.click("underpaid")
    assert page.shown == ["third"]
    assert page.panel.choice == ChartChoice(by_status=True)
    await page.click("underpaid")
    assert page.shown == ["noon", "morning", "third"]


async def test_a_collapsed_chart_groups_nothing_and_opens_again(page: Page) -> None:
    page.presenter.arrange_chart(ChartChoice(is_open=False))
    assert (page.panel.chart.title, page.bars) == ("Chart", ())
    page.ledger.asked.clear()
    page.presenter.load()
    await page.settled()
    assert {by for by, _ in page.ledger.asked} == {None}
    page.presenter.arrange_chart(ChartChoice())
    await page.settled()
    assert len(page.bars) == 21


async def test_other_groups_end_a_query_that_runs(page: Page) -> None:
    page.ledger.slow = TotalsBy.DAY
    page.presenter.choose_period(Period.QUARTER)
    await page.ledger.waits.wait()
    page.presenter.arrange_chart(ChartChoice(by_status=True))
    await page.settled()
    assert page.ledger.cancelled == [TotalsBy.DAY]
    assert page.panel.chart.title == "By status"


async def test_the_table_needs_no_other_read(page: Page) -> None:
    page.ledger.asked.clear()
    page.presenter.arrange_chart(ChartChoice(as_table=True))
    await page.settled()
    assert (page.ledger.asked, page.panel.choice.as_table) == ([], True)


async def test_what_was_found_in_one_day_is_shown_by_its_hours(page: Page) -> None:
    page.presenter.search("Coffee")
    await page.settled()
    assert (page.panel.chart.title, list(page.filled)) == ("By hour", ["2026-11-21T10"])
    assert page.panel.chart.unit == f"Received, ₴ · Sat, 21{NBSP}November{NBSP}2026"
    await page.click("2026-11-21T10")
    assert page.shown == ["morning"]
    assert page.states[-1].filter.search == "Coffee"


async def test_hours_that_belong_to_other_totals_are_not_shown() -> None:
    """A sale between the two reads would make the bars and the cards tell different sums."""
    ledger = FakeLedger()
    await ledger.write(_fill)
    criteria = PaymentFilter(now=START, search="Coffee", limit=0)
    group = TotalsGroup("2026-11-21", 9, 9, 9, 0)
    read = await read_chart(ledger, criteria, TotalsBy.DAY, None, Totals(9, 9, 9, 0, (group,)))
    assert (read.by, read.groups) == (TotalsBy.DAY, (group,))


async def test_without_payments_and_after_a_failed_read_there_is_no_chart(page: Page) -> None:
    page.presenter.search("nothing like that")
    assert (await page.settled()).chart is None
    page.presenter.clear()
    assert (await page.settled()).chart is not None
    page.ledger.is_broken = True
    page.presenter.load()
    assert (await page.settled()).chart is None


async def test_the_chart_stays_while_a_query_runs_and_is_not_made_again_by_the_clock(page: Page) -> None:
    before = page.panel
    page.presenter.choose_period(Period.ALL)
    assert page.states[-1].chart == before
    await page.settled()
    after = page.panel
    page.presenter.on_tick()
    assert page.presenter.state().chart is after


_AUTUMN = date(2026, 10, 25)


@pytest.mark.parametrize("starts_at", ["00:00", "03:30", "04:30"])
@pytest.mark.parametrize("days", [(_AUTUMN, _AUTUMN), (date(2026, 10, 24), date(2026, 10, 26)), None])
async def test_the_list_of_a_bar_adds_up_to_the_bar(starts_at: str, days: tuple[date, date] | None) -> None:
    """Sales every twenty minutes over the end of summer time, and some a year before."""
    ledger, context = FakeLedger(), make_context(None, day_starts_at=starts_at)

    def fill(tx: LedgerTransaction) -> None:
        begin = (datetime(2026, 10, 24, 19, 10, tzinfo=UTC) - START).total_seconds()
        for place in range(90):
            at = begin + place * 1200 - (place % 10 == 0) * 365 * DAY_S
            sales.sell(tx, f"{place}", after_s=at, amount_minor=100 + place)
            sales.receive(tx, f"{place}", after_s=at + 1, sum_minor=100 + place)

    await ledger.write(fill)
    query = HistoryQuery(period=Period.CUSTOM if days else Period.ALL, custom_days=days)
    criteria, chart = filter_of(query, START, context.shop), HistoryChart(context)
    by = chart.wanted(days)
    panel = chart.state(await read_chart(ledger, criteria, by, days, await ledger.totals(criteria, by)))
    assert panel is not None
    assert sum(bar.value for bar in panel.chart.bars) > 0
    for bar in panel.chart.bars:
        totals = await ledger.totals(filter_of(chart.narrowed(bar.key, query), START, context.shop))
        assert (bar.key, totals.received_minor, str(totals.count)) == (bar.key, bar.value, bar.cells[0])


@pytest.mark.parametrize(
    ("hour", "begin", "end"),
    [
        ("2026-10-25T03", datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC)),
        ("2026-10-25T04", datetime(2026, 10, 25, 2, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC)),
        ("2026-10-26T04", datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 10, 25, 22, tzinfo=UTC)),
    ],
)
def test_the_bounds_of_an_hour_when_the_clock_changes(hour: str, begin: datetime, end: datetime) -> None:
    """An hour of another day, as after a change of the shop's zone, bounds nothing."""
    day = date(2026, 10, 25)
    query = HistoryQuery(period=Period.CUSTOM, custom_days=(day, day), hour=hour)
    found = filter_of(query, START, make_context(None).shop)
    assert (found.created_from, found.created_to) == (begin, end)
