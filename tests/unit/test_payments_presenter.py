"""The presenter of the live list, without Qt: what is open, what came today, what needs attention."""

from __future__ import annotations

from app.domain.errors import StorageFull
from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentFilter, PaymentView
from app.services.ports.ledger_transaction import LedgerTransaction
from app.ui.drawer.state import DrawerState
from app.ui.pages.payments.live_payments import LIMIT
from app.ui.pages.payments.presenter import PaymentsPresenter
from app.ui.pages.payments.state import Chip, PaymentsState
from app.ui.payment.display import PaymentRow
from tests.contracts import sales
from tests.fakes.context import FakeCoreApi, make_context
from tests.fakes.ledger import FakeLedger

DAY_S = 86_400.0


class FailingLedger(FakeLedger):
    """Refuses to read while `is_broken`; counts the list queries."""

    is_broken = False
    asked = 0

    async def payments(self, criteria: PaymentFilter) -> list[PaymentView]:
        self.asked += bool(criteria.limit)  # the query for totals has no limit
        if self.is_broken:
            raise StorageFull(path="x")
        return await super().payments(criteria)


class Page:
    """A presenter on a fake core, and the states that its page received."""

    def __init__(self, *, up: bool = True, **shop: object) -> None:
        self.ledger = FailingLedger()
        self.context = make_context(self.ledger if up else None, **shop)
        self.states: list[PaymentsState] = []
        self.drawers: list[DrawerState] = []
        self.at_till: list[PaymentId] = []
        self.presenter = PaymentsPresenter(self.context, self.states.append, self.drawers.append, self.at_till.append)

    async def load(self) -> PaymentsState:
        self.presenter.load()
        await self.presenter.wait_until_idle()
        return self.state

    async def write(self, name: str, **changes: object) -> None:
        await self.ledger.write(lambda tx: sales.sell(tx, name, **changes))

    @property
    def state(self) -> PaymentsState:
        return self.states[-1]

    @property
    def shown(self) -> list[str]:
        return [row.payment_id.removeprefix("p-") for row in self.state.rows]

    @property
    def in_inbox(self) -> list[str]:
        assert self.state.inbox is not None
        return [row.payment_id.removeprefix("p-") for group in self.state.inbox.groups for row in group.rows]

    def pass_time(self, **span: float) -> None:
        assert self.context.core is not None
        api: FakeCoreApi = self.context.core.api  # type: ignore[assignment]
        api.clock.pass_time(**span)


async def _some_payments(page: Page) -> None:
    """Add an old paid payment, an old one that needs attention, and two of today, one of them open."""

    def decide(tx: LedgerTransaction) -> None:
        sales.sell(tx, "old", after_s=-2 * DAY_S)
        sales.receive(tx, "old", after_s=-2 * DAY_S + 60)
        sales.sell(tx, "odd", after_s=-2 * DAY_S + 600)
        sales.receive(tx, "odd", after_s=-2 * DAY_S + 660, sum_minor=100)
        sales.sell(tx, "paid", after_s=-120)
        sales.receive(tx, "paid", after_s=-60)
        sales.sell(tx, "open", after_s=-30)

    await page.ledger.write(decide)


async def test_today_is_the_shops_day_newest_first() -> None:
    page = Page()
    await _some_payments(page)
    await page.load()
    assert page.shown == ["open", "paid"]
    newest: PaymentRow = page.state.rows[0]
    assert (newest.number, newest.day, newest.time) == ("4", "", "12:14")
    assert newest.deadline_ms is not None
    assert page.state.rows[1].deadline_ms is None
    assert page.state.notice is None


async def test_an_open_link_stays_in_the_list_whatever_its_age() -> None:
    page = Page()
    await page.ledger.write(lambda tx: sales.sell(tx, "yesterday", after_s=-14 * 60))
    page.context.shop = make_context(day_starts_at="12:10").shop
    await page.load()
    assert page.shown == ["yesterday"], "made before the shop's day began, and still open"
    assert page.state.rows[0].day == "", "the calendar's day is still the same"
    page.pass_time(minutes=2)
    await page.load()
    assert page.shown == []


async def test_a_payment_of_another_day_carries_its_date() -> None:
    page = Page()
    await _some_payments(page)
    await page.load()
    page.presenter.choose_chip(Chip.ATTENTION)
    assert page.state.inbox is not None
    assert [row.time for group in page.state.inbox.groups for row in group.rows] == ["19.11\xa012:25"]


async def test_chips_choose_and_count() -> None:
    page = Page()
    await _some_payments(page)
    await page.load()
    assert [(look.word, look.is_chosen) for look in page.state.chips] == [
        ("Today", True),
        ("Waiting", False),
        ("Need attention · 1", False),
    ]
    page.presenter.choose_chip(Chip.WAITING)
    assert page.shown == ["open"]
    page.presenter.choose_chip(Chip.ATTENTION)
    assert page.shown == []
    assert page.in_inbox == ["odd"], "what needs a look does not go away at midnight"
    assert [look.is_chosen for look in page.state.chips] == [False, False, True]


async def test_every_chip_has_its_own_words_when_there_is_nothing() -> None:
    page = Page()
    await page.load()
    titles = []
    for chip in Chip:
        page.presenter.choose_chip(chip)
        assert page.state.notice is not None
        titles.append(page.state.notice.title)
    assert titles == ["No payments today yet", "No link is waiting", "Nothing needs attention"]


async def test_it_says_that_it_reads_until_the_core_answers() -> None:
    page = Page(up=False)
    page.presenter.load()
    page.presenter.on_changed(frozenset())
    assert page.state.notice is not None
    assert page.state.notice.title == "Reading the payments…"
    page.context.core_problem = "The disk is full."
    page.presenter.refresh()
    assert page.state.notice.text == "The disk is full."
    assert not page.state.notice.can_retry


async def test_a_reading_that_fails_is_said_and_tried_again() -> None:
    page = Page()
    await page.write("sale")
    page.ledger.is_broken = True
    state = await page.load()
    assert state.notice is not None
    assert state.notice.text == Texts("en").error(StorageFull())
    assert state.notice.can_retry
    assert state.rows == ()
    page.ledger.is_broken = False
    await page.load()
    assert page.shown == ["sale"]
    assert page.state.notice is None


async def test_news_change_one_row_and_leave_the_others_in_peace() -> None:
    page = Page()
    await _some_payments(page)
    before = (await page.load()).rows
    await page.ledger.write(lambda tx: sales.receive(tx, "open", after_s=-10))
    page.presenter.on_changed(frozenset({sales.payment_of("open")}))
    await page.presenter.wait_until_idle()
    after = page.state.rows
    assert after[0].status.word == "Paid"
    assert after[1] is before[1], "the very same row: nothing to paint"


async def test_a_second_without_change_shows_nothing_anew() -> None:
    page = Page()
    await _some_payments(page)
    await page.load()
    shown = len(page.states)
    page.pass_time(seconds=1)
    page.presenter.on_tick()
    assert len(page.states) == shown


async def test_a_link_runs_out_before_ones_eyes() -> None:
    page = Page()
    await _some_payments(page)
    await page.load()
    page.pass_time(minutes=15)
    page.presenter.on_tick()
    assert page.state.rows[0].status.word == "Expired"
    assert page.state.rows[0].deadline_ms is None
    page.presenter.choose_chip(Chip.WAITING)
    assert page.shown == []


async def test_a_new_day_begins_with_an_empty_list() -> None:
    page = Page()
    await _some_payments(page)
    await page.load()
    page.pass_time(hours=12)
    page.presenter.on_tick()
    await page.presenter.wait_until_idle()
    assert page.shown == []


async def test_a_storm_of_news_is_read_twice() -> None:
    page = Page()
    await page.load()
    page.ledger.asked = 0
    one_reading = 4
    for _ in range(50):
        page.presenter.on_changed(frozenset())
    await page.presenter.wait_until_idle()
    assert page.ledger.asked == 2 * one_reading


async def test_a_long_day_is_cut_and_says_so() -> None:
    page = Page()

    def decide(tx: LedgerTransaction) -> None:
        for place in range(LIMIT + 2):
            sales.sell(tx, f"s{place}", after_s=-3600 - place)

    await page.ledger.write(decide)
    state = await page.load()
    assert len(state.rows) == LIMIT
    assert state.foot == f"The newest {LIMIT} of {LIMIT + 2} are shown"
    page.presenter.choose_chip(Chip.WAITING)
    assert page.state.foot == ""


async def test_another_language_at_once() -> None:
    page = Page()
    await _some_payments(page)
    await page.load()
    page.context.texts = Texts("uk")
    page.presenter.refresh()
    assert page.state.rows[0].status.word == "Очікує оплати"


async def test_the_drawer_hears_what_the_page_hears() -> None:
    page = Page()
    await _some_payments(page)
    await page.load()
    page.presenter.drawer.open(sales.payment_of("open"))
    await page.presenter.wait_until_idle()
    assert page.drawers[-1].details is not None
    await page.ledger.write(lambda tx: sales.receive(tx, "open", after_s=-10))
    page.presenter.on_changed(frozenset({sales.payment_of("open")}))
    await page.presenter.wait_until_idle()
    assert page.drawers[-1].details.status.word == "Paid"
    page.presenter.go_back()
    assert not page.drawers[-1].is_open
    page.presenter.close()


# A change of the language replaces the view


async def test_a_presenter_without_a_view_tells_the_next_one_all_at_once() -> None:
    page = Page()
    await _some_payments(page)
    await page.load()
    page.presenter.drawer.open(page.state.rows[0].payment_id)
    await page.presenter.wait_until_idle()
    counts = len(page.states), len(page.drawers)
    page.presenter.detach()
    page.context.texts = Texts("uk")
    page.presenter.choose_chip(Chip.ATTENTION)
    page.presenter.drawer.toggle_support_json()
    assert (len(page.states), len(page.drawers)) == counts, "the view is gone"
    states: list[PaymentsState] = []
    drawers: list[DrawerState] = []
    page.presenter.attach(states.append)
    page.presenter.drawer.attach(drawers.append)
    assert [state.chips[0].word for state in states] == ["Сьогодні"]
    assert [chip.chip for chip in states[0].chips if chip.is_chosen] == [Chip.ATTENTION]
    assert [state.support_json is not None for state in drawers] == [True]
    assert (len(page.states), len(page.drawers)) == counts
    page.presenter.refresh()
    assert (len(states), len(drawers)) == (1, 1), "nothing changed"
