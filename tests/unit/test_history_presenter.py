"""The presenter of the history page, without Qt: the query, the payments found and their totals."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.domain.errors import BadValue, StorageFull
from app.domain.ids import PaymentId
from app.domain.payment import PaymentStatus
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentFilter, PaymentView
from app.services.ports.ledger_transaction import LedgerTransaction
from app.ui.context import ShopFacts
from app.ui.drawer.state import DrawerState
from app.ui.pages.history.history_query import HistoryQuery, filter_of
from app.ui.pages.history.list_reader import FIRST_ROWS, MARGIN, NEAR
from app.ui.pages.history.periods import LABELS, Period, days_of
from app.ui.pages.history.presenter import HistoryPresenter
from app.ui.pages.history.state import HistoryState, NoticeAction
from tests.builders import START
from tests.contracts import sales
from tests.fakes.context import FakeCoreApi, FakeDesktopServices, make_context
from tests.fakes.ledger import FakeLedger

NBSP = "\u00a0"
DAY_S = 86_400.0
TODAY = date(2026, 11, 21)


class FailingLedger(FakeLedger):
    """Refuses to read while `is_broken`."""

    is_broken = False

    async def _chosen(self, criteria: PaymentFilter) -> list[PaymentView]:
        if self.is_broken:
            raise StorageFull(path="x")
        return await super()._chosen(criteria)


class Page:
    """A presenter on a fake core, and the states that its page received."""

    def __init__(self, *, up: bool = True, **shop: object) -> None:
        self.ledger = FailingLedger()
        self.context = make_context(self.ledger if up else None, **shop)
        self.states: list[HistoryState] = []
        self.drawers: list[DrawerState] = []
        self.at_till: list[PaymentId] = []
        self.presenter = HistoryPresenter(self.context, self.states.append, self.drawers.append, self.at_till.append)

    async def load(self) -> HistoryState:
        self.presenter.load()
        return await self.settled()

    async def settled(self) -> HistoryState:
        await self.presenter.wait_until_idle()
        return self.states[-1]

    @property
    def state(self) -> HistoryState:
        return self.states[-1]

    @property
    def shown(self) -> list[str]:
        return [row.payment_id.removeprefix("p-") for row in self.state.rows.rows]

    @property
    def figures(self) -> list[str]:
        return [card.figure for card in self.state.cards]

    def pass_time(self, **span: float) -> None:
        assert self.context.core is not None
        api: FakeCoreApi = self.context.core.api  # type: ignore[assignment]
        api.clock.pass_time(**span)


def _fill(tx: LedgerTransaction) -> None:
    """Four payments: last year, last month, yesterday (underpaid), today (partly refunded)."""
    sales.sell(tx, "year", after_s=-365 * DAY_S, purpose="Old tea")
    sales.sell(tx, "month", after_s=-30 * DAY_S, amount_minor=50000)
    sales.receive(tx, "month", after_s=-30 * DAY_S + 60, sum_minor=50000)
    sales.sell(tx, "yesterday", after_s=-DAY_S, amount_minor=100000, phone="380671234567", purpose="Cake")
    sales.receive(tx, "yesterday", after_s=-DAY_S + 60, sum_minor=40000)
    sales.sell(tx, "today", after_s=-600, purpose="Coffee", created_by="Olena")
    sales.receive(tx, "today", after_s=-540)
    sales.refund(tx, "today", 2550, "requested", "done", after_s=-300)


async def _page(**shop: object) -> Page:
    page = Page(**shop)
    await page.ledger.write(_fill)
    await page.load()
    return page


async def test_it_opens_on_this_month() -> None:
    page = await _page()
    assert page.shown == ["today", "yesterday"]
    assert (page.state.filter.period.word, page.state.filter.period.is_active) == ("This month", True)
    assert not page.state.filter.can_clear
    row = page.state.rows.rows[0]
    assert (row.number, row.day, row.time, row.cashier, row.confirmed) == ("4", "21.11", "12:05", "Olena", "message")


async def test_cards_add_up_exactly_what_is_shown() -> None:
    page = await _page()
    assert [card.label for card in page.state.cards] == ["Paid", "Received", "Refunded"]
    assert page.figures == ["1 of 2", f"525,50{NBSP}₴", f"25,50{NBSP}₴"]
    page.presenter.choose_status(PaymentStatus.UNDERPAID)
    await page.settled()
    assert page.shown == ["yesterday"]
    assert page.figures == ["0 of 1", f"400,00{NBSP}₴", f"0,00{NBSP}₴"]
    assert (page.state.filter.status.word, page.state.filter.status.is_active) == ("Underpaid", True)
    page.presenter.choose_status("")
    await page.settled()
    assert page.shown == ["today", "yesterday"]
    assert page.state.filter.status.word == "Status"


@pytest.mark.parametrize(
    ("period", "names"),
    [
        (Period.TODAY, ["today"]),
        (Period.YESTERDAY, ["yesterday"]),
        (Period.WEEK, ["today", "yesterday"]),
        (Period.QUARTER, ["today", "yesterday", "month"]),
        (Period.ALL, ["today", "yesterday", "month", "year"]),
    ],
)
async def test_periods_choose(period: Period, names: list[str]) -> None:
    page = await _page()
    page.presenter.choose_period(period)
    await page.settled()
    assert page.shown == names
    assert page.state.filter.period.word == LABELS[period]
    assert page.state.filter.period.is_active == (period is not Period.ALL)
    assert [choice.key for choice in page.state.filter.period.choices if choice.is_chosen] == [period]


@pytest.mark.parametrize(
    ("period", "today", "days"),
    [
        (Period.TODAY, TODAY, (TODAY, TODAY)),
        (Period.YESTERDAY, date(2026, 3, 1), (date(2026, 2, 28), date(2026, 2, 28))),
        (Period.WEEK, TODAY, (date(2026, 11, 16), date(2026, 11, 22))),
        (Period.WEEK, date(2026, 11, 16), (date(2026, 11, 16), date(2026, 11, 22))),
        (Period.MONTH, date(2028, 2, 29), (date(2028, 2, 1), date(2028, 2, 29))),
        (Period.MONTH, date(2026, 12, 31), (date(2026, 12, 1), date(2026, 12, 31))),
        (Period.QUARTER, TODAY, (date(2026, 10, 1), date(2026, 12, 31))),
        (Period.QUARTER, date(2026, 1, 1), (date(2026, 1, 1), date(2026, 3, 31))),
        (Period.LAST_WEEK, TODAY, (date(2026, 11, 9), date(2026, 11, 15))),
        (Period.LAST_WEEK, date(2026, 1, 5), (date(2025, 12, 29), date(2026, 1, 4))),
        (Period.LAST_MONTH, date(2028, 3, 31), (date(2028, 2, 1), date(2028, 2, 29))),
        (Period.LAST_MONTH, date(2026, 1, 1), (date(2025, 12, 1), date(2025, 12, 31))),
        (Period.LAST_QUARTER, TODAY, (date(2026, 7, 1), date(2026, 9, 30))),
        (Period.LAST_QUARTER, date(2026, 3, 31), (date(2025, 10, 1), date(2025, 12, 31))),
        (Period.ALL, TODAY, None),
        (Period.CUSTOM, TODAY, None),
    ],
)
def test_days_of_a_period(period: Period, today: date, days: tuple[date, date] | None) -> None:
    assert days_of(period, today) == days


def test_days_begin_when_the_shops_do() -> None:
    shop = ShopFacts(timezone="Europe/Kyiv", day_starts_at="06:00")
    asked = filter_of(HistoryQuery(period=Period.TODAY), datetime(2026, 11, 21, 3, 0, tzinfo=UTC), shop)
    assert asked.created_from == datetime(2026, 11, 20, 4, 0, tzinfo=UTC), (
        "at five in the morning it is still yesterday"
    )
    assert asked.created_to == datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
    asked = filter_of(HistoryQuery(period=Period.ALL, search="  "), START, shop)
    assert (asked.created_from, asked.created_to, asked.search) == (None, None, None)


async def test_an_own_range_is_asked_for_and_taken_in_any_order() -> None:
    page = await _page()
    page.presenter.choose_period(Period.CUSTOM)
    custom = page.state.filter.custom_range
    assert custom is not None
    assert (custom.first, custom.last) == ("2026-11-01", "2026-11-30"), "it begins with what is shown"
    assert page.shown == ["today", "yesterday"], "nothing changes before the answer"
    page.presenter.choose_range("2026-11-20", "2026-10-01")
    await page.settled()
    assert page.state.filter.custom_range is None
    assert page.state.filter.period.word == "01.10.2026 – 20.11.2026"
    assert page.shown == ["yesterday", "month"]
    page.presenter.choose_range("2026-11-20", "2026-11-20")
    await page.settled()
    assert page.state.filter.period.word == "20.11.2026"
    with pytest.raises(BadValue):
        page.presenter.choose_range("nonsense", "2026-11-20")


async def test_an_own_range_can_be_left() -> None:
    page = await _page()
    page.presenter.choose_period(Period.CUSTOM)
    page.presenter.leave_range()
    assert page.state.filter.custom_range is None
    assert page.state.filter.period.word == "This month"


@pytest.mark.parametrize(
    ("search", "names"),
    [("4", ["today"]), ("1000,00", ["yesterday"]), ("067 123", ["yesterday"]), ("coff", ["today"]), ("zzz", [])],
)
async def test_searching(search: str, names: list[str]) -> None:
    page = await _page()
    page.presenter.search(search)
    await page.settled()
    assert page.shown == names
    assert page.figures[0].endswith(f" of {len(names)}")
    assert page.state.filter.search == search
    assert page.state.filter.can_clear


@pytest.mark.parametrize("text", ["2", "№\u00a02", "#2\u200b"])
async def test_the_number_that_was_searched_for_stands_above_whatever_else_is_wanted(text: str) -> None:
    page = await _page()
    await page.ledger.write(lambda tx: sales.sell(tx, "table2", after_s=-5, purpose=f"Table {text}"))
    page.presenter.search(text)
    await page.settled()
    exact = page.state.exact
    assert exact is not None
    assert (exact.row.payment_id, exact.remark) == (sales.payment_of("month"), "not in the totals")
    assert "month" not in page.shown
    page.presenter.choose_period(Period.ALL)
    await page.settled()
    assert page.state.exact is not None
    assert page.state.exact.remark == "", "the conditions choose it, too"
    assert "month" in page.shown
    page.presenter.search("tea")
    await page.settled()
    assert page.state.exact is None


@pytest.mark.parametrize(
    ("flag", "names"),
    [("partly_refunded", ["today"]), ("refunded", []), ("attempt_failed", ["failed"]), ("paid_late", [])],
)
async def test_what_stands_beside_a_status_can_be_chosen(flag: str, names: list[str]) -> None:
    def fail(tx: LedgerTransaction) -> None:
        sales.sell(tx, "failed", after_s=-60)
        sales.receive(tx, "failed", "error", after_s=-30, error_text="no money")

    page = await _page()
    await page.ledger.write(fail)
    page.presenter.choose_status(flag)
    await page.settled()
    assert page.shown == names
    assert page.state.filter.status.is_active
    assert [choice.key for choice in page.state.filter.status.choices if choice.is_chosen] == [flag]


async def test_only_the_last_of_quick_searches_is_shown() -> None:
    page = await _page()
    for text in ("c", "ca", "cak"):
        page.presenter.search(text)
    await page.settled()
    assert page.shown == ["yesterday"]


async def test_attention_counts_within_the_filter_and_chooses() -> None:
    page = await _page()
    assert page.state.filter.attention == "Need attention · 1"
    page.presenter.choose_attention(True)
    await page.settled()
    assert page.shown == ["yesterday"]
    assert page.state.filter.attention_on
    page.presenter.choose_period(Period.TODAY)
    await page.settled()
    assert page.state.filter.attention == "Need attention"
    assert page.shown == []


async def test_clear_goes_back_to_the_beginning() -> None:
    page = await _page()
    page.presenter.search("tea")
    page.presenter.choose_period(Period.ALL)
    page.presenter.choose_attention(True)
    page.presenter.clear()
    await page.settled()
    assert page.shown == ["today", "yesterday"]
    assert not page.state.filter.can_clear


async def test_nothing_found_here_but_perhaps_at_another_time() -> None:
    page = await _page()
    page.presenter.search("old tea")
    state = await page.settled()
    assert state.notice is not None
    assert (state.notice.title, state.notice.notice_action) == ("Nothing found", NoticeAction.ALL_TIME)
    page.presenter.do_notice_action(NoticeAction.ALL_TIME)
    await page.settled()
    assert page.shown == ["year"]


async def test_nothing_found_anywhere_can_be_cleared() -> None:
    page = await _page()
    page.presenter.choose_period(Period.ALL)
    page.presenter.search("zzz")
    state = await page.settled()
    assert state.notice is not None
    assert state.notice.notice_action is NoticeAction.CLEAR
    page.presenter.do_notice_action(NoticeAction.CLEAR)
    await page.settled()
    assert page.shown == ["today", "yesterday"]


async def test_a_quiet_month_and_an_empty_ledger_say_different_things() -> None:
    page = Page()
    state = await page.load()
    assert state.notice is not None
    assert (state.notice.title, state.notice.notice_action) == ("No payments yet", None)
    await page.ledger.write(_fill)
    page.pass_time(days=40)
    state = await page.load()
    assert state.notice is not None
    assert (state.notice.title, state.notice.notice_action) == ("No payments in this period", NoticeAction.ALL_TIME)


async def test_it_says_that_it_reads_until_the_core_answers() -> None:
    page = Page(up=False)
    page.presenter.load()
    page.presenter.on_changed(frozenset())
    page.presenter.search("tea")
    assert page.state.notice is not None
    assert page.state.notice.title == "Reading the payments…"
    assert page.figures == ["—", "—", "—"]
    page.context.core_problem = "The disk is full."
    page.presenter.refresh()
    assert page.state.notice.text == "The disk is full."
    assert page.state.notice.notice_action is None


async def test_a_reading_that_fails_is_said_and_tried_again() -> None:
    page = await _page()
    page.ledger.is_broken = True
    state = await page.load()
    assert state.notice is not None
    assert (state.notice.text, state.notice.notice_action) == (Texts("en").error(StorageFull()), NoticeAction.RETRY)
    assert (state.rows.rows, page.figures) == ((), ["—", "—", "—"])
    page.ledger.is_broken = False
    page.presenter.do_notice_action(NoticeAction.RETRY)
    await page.settled()
    assert page.shown == ["today", "yesterday"]


# Long lists

MANY = 2500


async def _long_page() -> Page:
    page = Page()

    def decide(tx: LedgerTransaction) -> None:
        for place in range(MANY):
            sales.sell(tx, f"s{place}", after_s=-place)

    await page.ledger.write(decide)
    await page.load()
    return page


async def test_a_long_list_is_counted_whole_and_its_top_is_in_memory() -> None:
    page = await _long_page()
    rows = page.state.rows
    assert (rows.count, rows.first, len(rows.rows)) == (MANY, 0, FIRST_ROWS)
    assert page.figures[0] == f"0 of 2{NBSP}500"


@pytest.mark.parametrize("first", [0, 60, 999, 1000, 1500, MANY - 12])
async def test_what_is_in_sight_is_read_wherever_it_is(first: int) -> None:
    page = await _long_page()
    page.presenter.see(first, first + 11)
    await page.settled()
    rows = page.state.rows
    for at in range(first, first + 12):
        row = rows.row(at)
        assert row is not None
        assert row.payment_id == sales.payment_of(f"s{at}")
    assert len(rows.rows) <= 12 + 2 * MARGIN + FIRST_ROWS


async def test_scrolling_through_all_keeps_few_rows_and_reads_few_times() -> None:
    page = await _long_page()
    before = len(page.states)
    for first in range(0, MANY - 11, 10):
        page.presenter.see(first, first + 11)
        await page.settled()
        assert page.state.rows.row(first + 11) is not None
        assert len(page.state.rows.rows) <= 12 + 2 * MARGIN
    assert len(page.states) - before <= MANY / (MARGIN - NEAR - 10)


async def test_a_dragged_scroll_bar_is_followed_to_where_it_stops() -> None:
    page = await _long_page()
    for first in range(0, MANY - 10, 100):
        page.presenter.see(first, first + 9)
    await page.settled()
    assert page.state.rows.row(2400) is not None


async def test_news_leave_the_rows_in_sight_in_memory() -> None:
    page = await _long_page()
    page.presenter.see(1200, 1210)
    await page.settled()

    def sell_more(tx: LedgerTransaction) -> None:
        for place in range(700):
            sales.sell(tx, f"n{place}", after_s=1 + place)

    await page.ledger.write(sell_more)
    page.presenter.on_changed(frozenset({sales.payment_of("n0")}))
    await page.settled()
    rows = page.state.rows
    assert rows.count == MANY + 700
    row = rows.row(1900)
    assert row is not None
    assert row.payment_id == sales.payment_of("s1200"), "as far down as so many new ones moved it"


async def test_another_search_begins_at_the_top_of_another_list() -> None:
    page = await _long_page()
    page.presenter.see(2000, 2010)
    await page.settled()
    before = page.state.rows.list_id
    page.presenter.search("s2")
    page.presenter.choose_period(Period.ALL)
    await page.settled()
    assert page.state.rows.list_id != before
    assert page.state.rows.first == 0


async def test_rows_that_cannot_be_read_are_said() -> None:
    page = await _long_page()
    page.ledger.is_broken = True
    page.presenter.see(1500, 1510)
    state = await page.settled()
    assert state.notice is not None
    assert state.notice.notice_action is NoticeAction.RETRY


async def test_news_and_a_new_day_are_read() -> None:
    page = await _page()
    page.presenter.choose_period(Period.TODAY)
    await page.settled()
    await page.ledger.write(lambda tx: sales.sell(tx, "new", after_s=-5))
    page.presenter.on_changed(frozenset({sales.payment_of("new")}))
    await page.settled()
    assert page.shown == ["new", "today"]
    page.pass_time(hours=12)
    page.presenter.on_tick()
    await page.settled()
    assert page.shown == []


async def test_another_language_at_once() -> None:
    page = await _page()
    page.context.texts = Texts("uk")
    page.presenter.refresh()
    assert page.state.rows.rows[0].status.word == "Повернуто частково"
    assert [choice.word for choice in page.state.filter.status.choices][-6:] == [
        "Не створено", "Спроба не вдалася", "Оплачено із запізненням",
        "Повернення надіслано", "Повернуто частково", "Повернуто",
    ]  # fmt: skip


async def test_the_drawer_hears_what_the_page_hears() -> None:
    page = await _page()
    page.presenter.drawer.open(sales.payment_of("today"))
    await page.settled()
    details = page.drawers[-1].details
    assert details is not None
    assert details.number == f"№{NBSP}4"
    page.presenter.go_back()
    assert not page.drawers[-1].is_open
    page.presenter.close()


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "Pacific/Kiritimati", "America/Los_Angeles"])
@pytest.mark.parametrize("days", [("0001-01-01", "9999-12-31"), ("1752-09-14", "9999-12-31"), ("0001-01-01",) * 2])
async def test_the_ends_of_the_calendar_are_days_like_others(zone: str, days: tuple[str, str]) -> None:
    page = Page(timezone=zone)
    await page.ledger.write(lambda tx: sales.sell(tx, "one"))
    page.presenter.choose_range(*days)
    await page.settled()
    assert page.presenter.problem is None
    assert page.shown == (["one"] if days[1] > "2026" else [])


# Sorting and columns


async def test_a_column_sorts_the_list_from_its_top() -> None:
    page = await _page()
    page.presenter.choose_period(Period.ALL)
    await page.settled()
    page.presenter.sort("sum")
    await page.settled()
    assert page.shown == ["yesterday", "month", "today", "year"]
    page.presenter.sort("sum")
    await page.settled()
    assert page.shown == ["year", "today", "month", "yesterday"]
    assert (page.state.choices.sort_key, page.state.choices.descending) == ("sum", False)
    page.presenter.sort("purpose")
    await page.settled()
    assert page.state.choices.sort_key == "sum"


async def test_columns_are_shown_as_chosen_without_reading_again() -> None:
    page = await _page()
    page.ledger.is_broken = True
    page.presenter.choose_columns(["sum", "number"])
    state = await page.settled()
    assert state.choices.columns == ("sum", "number")
    assert state.notice is None


async def test_sorting_and_columns_are_remembered() -> None:
    page = await _page()
    page.presenter.sort("sum")
    page.presenter.choose_columns(["sum", "number"])
    await page.settled()
    assert page.context.core is not None
    another = Page()
    another.context.core = page.context.core
    state = await another.load()
    assert (state.choices.sort_key, state.choices.columns) == ("sum", ("sum", "number"))
    assert another.shown == ["yesterday", "today"]


# Filters


async def test_cards_tell_the_average_and_what_is_left() -> None:
    page = await _page()
    assert [card.remark for card in page.state.cards] == ["", f"Average: 525,50{NBSP}₴", f"Net: 500,00{NBSP}₴"]
    page.presenter.choose_status(PaymentStatus.UNDERPAID)
    await page.settled()
    assert [card.remark for card in page.state.cards] == ["", "", f"Net: 400,00{NBSP}₴"], "nothing is paid"


async def test_a_person_can_be_chosen_and_nobody_too() -> None:
    page = await _page()
    chip = page.state.filter.person
    assert [choice.word for choice in chip.choices] == ["All cashiers", "Olena", "nobody named"]
    page.presenter.choose_person(chip.choices[1].key)
    await page.settled()
    assert (page.shown, page.state.filter.person.word) == (["today"], "Olena")
    page.presenter.choose_person(chip.choices[2].key)
    await page.settled()
    assert (page.shown, page.state.filter.person.word) == (["yesterday"], "nobody named")
    page.presenter.choose_person("")
    await page.settled()
    assert page.shown == ["today", "yesterday"]


async def test_where_nobody_is_known_there_is_nobody_to_choose() -> None:
    page = Page()
    await page.ledger.write(lambda tx: sales.sell(tx, "one"))
    state = await page.load()
    assert state.filter.person.choices == ()


async def test_a_way_of_confirming_can_be_chosen() -> None:
    page = await _page()
    page.presenter.choose_confirmed("callback")
    await page.settled()
    assert page.shown == ["today", "yesterday"]
    page.presenter.choose_confirmed("person")
    await page.settled()
    assert (page.shown, page.state.filter.confirmed.is_active) == ([], True)


@pytest.mark.parametrize(
    ("least", "most", "names", "word"),
    [
        ("500", "", ["yesterday"], f"≥ 500,00{NBSP}₴"),
        ("", "500,5", ["today"], f"≤ 500,50{NBSP}₴"),
        ("1000", "0", ["today", "yesterday"], f"0,00 – 1{NBSP}000,00{NBSP}₴"),
        ("1 000,00", "1000", ["yesterday"], f"1{NBSP}000,00{NBSP}₴"),
        ("", " ", ["today", "yesterday"], "Sum"),
    ],
)
async def test_sums_bound_what_is_shown(least: str, most: str, names: list[str], word: str) -> None:
    page = await _page()
    page.presenter.ask_sums()
    assert page.state.filter.sums_dialog is not None
    page.presenter.choose_sums(least, most)
    await page.settled()
    assert (page.shown, page.state.filter.sums.word) == (names, word)
    assert page.state.filter.sums_dialog is None
    assert page.figures[0].endswith(f" of {len(names)}")
    page.presenter.ask_sums()
    dialog = page.state.filter.sums_dialog
    assert dialog is not None
    page.presenter.choose_sums(dialog.least, dialog.most)
    await page.settled()
    assert (page.shown, page.state.filter.sums.word) == (names, word), "what it wrote is read again"


@pytest.mark.parametrize(("least", "most", "wrong"), [("x", "", "least"), ("1", "1,234", "most"), ("5;", "1", "least")])
async def test_what_is_no_sum_is_told_and_changes_nothing(least: str, most: str, wrong: str) -> None:
    page = await _page()
    page.presenter.ask_sums()
    page.presenter.choose_sums(least, most)
    await page.settled()
    dialog = page.state.filter.sums_dialog
    assert dialog is not None
    assert (dialog.wrong, bool(dialog.problem), page.shown) == (wrong, True, ["today", "yesterday"])
    page.presenter.leave_sums()
    assert page.state.filter.sums_dialog is None


async def test_filters_are_taken_away_one_by_one() -> None:
    page = await _page()
    page.presenter.choose_status("paid")
    page.presenter.choose_person("=Olena")
    page.presenter.choose_confirmed("callback")
    page.presenter.choose_sums("1", "2")
    for name in ("sums", "confirmed", "person", "status"):
        chips = page.state.filter
        chip = {"sums": chips.sums, "confirmed": chips.confirmed, "person": chips.person, "status": chips.status}[name]
        assert chip.is_active
        page.presenter.remove_filter(name)
    await page.settled()
    assert (page.shown, page.state.filter.can_clear) == (["today", "yesterday"], False)
    page.presenter.remove_filter("period")
    await page.settled()
    assert page.shown == ["today", "yesterday", "month", "year"]


# How a search is understood


@pytest.mark.parametrize(
    ("text", "chips"),
    [
        ("", []),
        ("   ", []),
        ("coffee", [("coffee", "part of a text")]),
        ("yesterday", [("yesterday", "20.11.2026, part of a text")]),
        ("2026-11", [("2026-11", "01.11.2026 – 30.11.2026, part of a text")]),
        ("250", [("250", f"sum 250,00{NBSP}₴, No. 250, part of a phone number, part of a text")]),
        ('"two words" tea', [("two words", "part of a text"), ("tea", "part of a text")]),
        (
            "1 250",
            [
                ("1 250", f"sum 1{NBSP}250,00{NBSP}₴, or word by word"),
                ("1", f"sum 1,00{NBSP}₴, No. 1, part of a text"),
                ("250", f"sum 250,00{NBSP}₴, No. 250, part of a phone number, part of a text"),
            ],
        ),
    ],
)
async def test_chips_tell_how_each_word_was_understood(text: str, chips: list[tuple[str, str]]) -> None:
    page = await _page()
    page.presenter.search(text)
    await page.settled()
    assert [(chip.word, chip.meaning) for chip in page.state.filter.words] == chips


async def test_many_words_are_counted() -> None:
    page = await _page()
    page.presenter.search("a b c d e f g h i j")
    await page.settled()
    words = page.state.filter.words
    assert (len(words), words[-1].meaning) == (9, "and 2 more")


async def test_what_is_copied_goes_to_the_clipboard() -> None:
    page = await _page()
    page.presenter.copy("250,00")
    desktop: FakeDesktopServices = page.context.desktop  # type: ignore[assignment]
    assert desktop.copied == ["250,00"]
