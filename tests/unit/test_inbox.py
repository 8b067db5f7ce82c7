"""The inbox of the payments page, without Qt: groups, what is chosen, and settling it with one reason."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.domain.journal.events import PaymentSettled
from app.domain.payment import GRAVEST_FIRST, Attention
from app.i18n.texts import Texts
from app.services.history.settlement import BulkSettlement
from app.ui.drawer.state import Action, FormState
from app.ui.pages.payments.bulk_settle import bulk_text
from app.ui.pages.payments.inbox import FOLDED, PER_GROUP
from app.ui.pages.payments.inbox_state import InboxGroup, InboxRow, InboxState
from app.ui.pages.payments.presenter import PaymentsPresenter
from app.ui.pages.payments.state import Chip
from tests.contracts import sales
from tests.contracts.test_attention_inbox import forge, make
from tests.fakes.context import FakeNotices, make_context
from tests.fakes.ledger import FakeLedger, FakeTransaction
from tests.unit.test_settle_shown import FillingLedger

REASON = "seen in the cabinet"


@dataclass
class Page:
    ledger: FillingLedger
    presenter: PaymentsPresenter
    notices: FakeNotices

    @property
    def inbox(self) -> InboxState:
        state = self.presenter.state().inbox
        assert state is not None
        return state

    @property
    def groups(self) -> dict[Attention, InboxGroup]:
        return {group.reason: group for group in self.inbox.groups}

    @property
    def rows(self) -> dict[str, InboxRow]:
        return {row.payment_id.removeprefix("p-"): row for group in self.inbox.groups for row in group.rows}

    @property
    def form(self) -> FormState:
        assert self.inbox.form is not None
        return self.inbox.form

    async def read(self) -> None:
        self.presenter.on_changed(frozenset())
        await self.presenter.wait_until_idle()

    async def news(self, name: str) -> None:
        await self.ledger.write(lambda tx: forge(tx, name, "news"))
        await self.read()

    async def settle(self, *names: str) -> None:
        for name in names:
            self.presenter.inbox.toggle(sales.payment_of(name))
        self.presenter.inbox.ask()
        await self.send()

    async def send(self) -> None:
        self.presenter.inbox.form.edit("reason", REASON)
        self.presenter.inbox.form.send()
        await self.presenter.wait_until_idle()
        await self.read()

    async def settled(self) -> int:
        facts = [entry.fact for entry in await self.ledger.tail(0)]
        return sum(isinstance(fact, PaymentSettled) for fact in facts)


async def page_with(*sold: tuple[str, str]) -> Page:
    """Return the page on a shop with these sales: kinds of `test_attention_inbox` and names, oldest first."""
    ledger = FillingLedger()

    def decide(tx: FakeTransaction) -> None:
        for place, (kind, name) in enumerate(sold):
            make(tx, kind, name, after_s=place - 10_000)

    await ledger.write(decide)  # type: ignore[arg-type]
    context = make_context(ledger)
    presenter = PaymentsPresenter(context, _ignore, _ignore, _ignore)
    presenter.choose_attention()
    presenter.load()
    await presenter.wait_until_idle()
    assert isinstance(context.notices, FakeNotices)
    return Page(ledger, presenter, context.notices)


def _ignore(_: object) -> None:
    """No view."""


async def late_page() -> Page:
    return await page_with(("late", "a"), ("late", "b"), ("late", "c"), ("under", "u"))


async def test_a_group_says_what_happened_and_how_many_and_a_row_what_to_do() -> None:
    page = await page_with(("late", "a"), ("under", "u"), ("forged", "f"), ("late and under", "both"))
    assert list(page.groups) == [Attention.UNDERPAID, Attention.LATE, Attention.UNVERIFIED]
    group = page.groups[Attention.UNDERPAID]
    assert (group.title, group.count) == ("Underpaid", "2")
    assert group.sentence == Texts("en").attention(Attention.UNDERPAID)
    assert [row.payment_id for row in group.rows] == [sales.payment_of("both"), sales.payment_of("u")]
    assert page.rows["u"].detail == "Received 1,00\xa0₴ of 125,50\xa0₴"
    assert page.rows["both"].detail == "Received 1,00\xa0₴ of 125,50\xa0₴ · Paid late"
    assert [page.rows[name].action for name in ("u", "a", "f")] == [Action.REFUND, Action.SETTLE, Action.CHECK]


async def test_a_long_group_says_how_many_are_not_shown() -> None:
    page = await page_with(*(("late", f"{number}") for number in range(PER_GROUP + 5)))
    group = page.groups[Attention.LATE]
    assert (len(group.rows), group.count) == (PER_GROUP, str(PER_GROUP + 5))
    assert group.note == f"The newest {PER_GROUP} of {PER_GROUP + 5} are shown"
    page.presenter.inbox.toggle_group(Attention.LATE)
    assert page.inbox.chosen.startswith(f"Selected: {PER_GROUP} · "), "what was not shown is never chosen"


async def test_a_long_group_is_folded_beside_others_until_it_is_unfolded() -> None:
    page = await page_with(("under", "u"), *(("late", f"{number}") for number in range(FOLDED + 3)))
    group = page.groups[Attention.LATE]
    assert (len(group.rows), group.more, group.count) == (FOLDED, "Show 3 more", str(FOLDED + 3))
    page.presenter.inbox.unfold(Attention.LATE)
    group = page.groups[Attention.LATE]
    assert (len(group.rows), group.more) == (FOLDED + 3, "")
    await page.news("u")
    assert not page.groups[Attention.LATE].more, "it stays unfolded"


async def test_choosing_a_whole_group_shows_all_that_is_chosen() -> None:
    page = await page_with(("over", "o"), *(("late", f"{number}") for number in range(FOLDED + 3)))
    page.presenter.inbox.toggle_group(Attention.LATE)
    assert page.inbox.chosen.startswith(f"Selected: {FOLDED + 3} ")
    assert [row.is_chosen for row in page.groups[Attention.LATE].rows] == [True] * (FOLDED + 3)
    assert page.rows["o"].detail == "Received 200,00\xa0₴ instead of 125,50\xa0₴"


async def test_orphans_are_one_line() -> None:
    page = await late_page()
    assert page.inbox.orphans == ""
    await page.ledger.write(sales.append_orphan)
    await page.read()
    assert page.inbox.orphans == "Callbacks that belong to no payment: 1"


async def test_what_is_chosen_is_counted_with_its_sum() -> None:
    page = await late_page()
    page.presenter.inbox.toggle(sales.payment_of("a"))
    page.presenter.inbox.toggle(sales.payment_of("u"))
    assert page.inbox.chosen == "Selected: 2 · 251,00\xa0₴"
    assert page.rows["a"].is_chosen
    page.presenter.inbox.toggle(sales.payment_of("a"))
    assert page.inbox.chosen == "Selected: 1 · 125,50\xa0₴"
    page.presenter.inbox.clear()
    page.presenter.inbox.ask()
    assert (page.inbox.chosen, page.inbox.form) == ("", None)


async def test_a_group_is_chosen_whole_and_left_out_again() -> None:
    page = await late_page()
    page.presenter.inbox.toggle(sales.payment_of("b"))
    page.presenter.inbox.toggle_group(Attention.LATE)
    assert [page.rows[name].is_chosen for name in "abcu"] == [True, True, True, False]
    assert page.groups[Attention.LATE].choose == "Select none"
    page.presenter.inbox.toggle_group(Attention.LATE)
    assert not any(row.is_chosen for row in page.rows.values())
    page.presenter.inbox.toggle_group(Attention.REPLAY)
    assert page.inbox.chosen == "", "no such group"


async def test_one_reason_settles_all_that_is_chosen() -> None:
    page = await late_page()
    await page.settle("a", "b")
    assert page.notices.toasts == [("2 settled", "paid")]
    assert sorted(page.rows) == ["c", "u"]
    assert (page.inbox.form, page.inbox.chosen) == (None, "")


async def test_news_that_came_after_the_choice_stay() -> None:
    page = await late_page()
    page.presenter.inbox.toggle(sales.payment_of("a"))
    page.presenter.inbox.toggle(sales.payment_of("b"))
    await page.news("a")
    page.presenter.inbox.ask()
    assert page.form.notice
    await page.send()
    assert page.notices.toasts == [("1 settled, 1 has news and stays", "attention")]
    assert sorted(page.rows) == ["a", "c", "u"]
    assert list(page.groups) == [Attention.UNDERPAID, Attention.LATE, Attention.UNVERIFIED]


async def test_looking_again_takes_the_news_in() -> None:
    page = await late_page()
    page.presenter.inbox.toggle(sales.payment_of("a"))
    page.presenter.inbox.ask()
    await page.news("a")
    assert page.form.notice
    page.presenter.inbox.form.show_latest()
    assert not page.form.notice
    assert page.form.causes == ("Paid late", "Callback without a valid signature")
    await page.send()
    assert sorted(page.rows) == ["b", "c", "u"]


async def test_the_question_needs_a_reason_without_a_card_number() -> None:
    page = await late_page()
    page.presenter.inbox.toggle_group(Attention.LATE)
    page.presenter.inbox.ask()
    form = page.presenter.inbox.form
    assert page.form.causes == ("Paid late (×\xa03)",)
    assert not page.form.confirm, "it never makes anything paid"
    for typed in ("", "ok", "4111 1111 1111 1111"):
        form.edit("reason", typed)
        assert not page.form.can_send
        form.send()
    await page.presenter.wait_until_idle()
    assert await page.settled() == 0
    form.close()
    assert page.inbox.form is None
    assert page.inbox.chosen, "the choice stays"


@pytest.mark.parametrize("room", [0, 2])
async def test_a_full_disk_keeps_the_question_open_for_the_rest(room: int) -> None:
    page = await late_page()
    page.presenter.inbox.toggle_group(Attention.LATE)
    page.presenter.inbox.ask()
    page.ledger.room = room
    await page.send()
    assert page.form.problem.startswith(f"{room} settled, ")
    assert page.form.title == Texts("en").n("Settle {n} payment?", "Settle {n} payments?", 3 - room)
    assert page.form.reason == REASON
    page.ledger.room = None
    await page.send()
    assert page.inbox.form is None
    assert await page.settled() == 3
    assert list(page.rows) == ["u"]


async def test_it_is_stopped_between_two_payments_and_when_the_page_closes() -> None:
    for stop in ("close", "stop"):
        page = await late_page()
        page.presenter.inbox.toggle_group(Attention.LATE)
        page.presenter.inbox.ask()
        form = page.presenter.inbox.form
        form.edit("reason", REASON)
        page.ledger.on_commit(getattr(form, stop))
        form.send()
        assert (page.form.sending, page.form.stop) == (True, "Stop")
        form.send()
        await page.presenter.wait_until_idle()
        assert await page.settled() == 1
        assert page.notices.toasts == [("1 settled, 2 were not settled", "attention")]
        assert page.inbox.chosen.startswith("Selected: 2"), "the rest is still chosen"


async def test_what_somebody_else_settled_is_chosen_no_more() -> None:
    page = await late_page()
    page.presenter.inbox.toggle(sales.payment_of("a"))
    core = page.presenter._context.core
    assert core is not None
    await core.api.settlement.settle(sales.payment_of("a"), REASON)
    await page.read()
    assert page.inbox.chosen == ""


async def test_the_proposed_action_opens_its_form_when_the_payment_is_read() -> None:
    page = await late_page()
    page.presenter.drawer.open_for(sales.payment_of("a"), Action.SETTLE)
    await page.presenter.wait_until_idle()
    assert page.presenter.drawer.state().form is not None
    page.presenter.drawer.go_back()
    page.presenter.drawer.open_for(sales.payment_of("a"), Action.CONFIRM)  # not offered
    await page.presenter.wait_until_idle()
    await page.news("a")
    assert page.presenter.drawer.state().form is None


async def test_a_second_without_news_builds_nothing_again() -> None:
    page = await late_page()
    before = page.inbox.groups
    page.presenter.on_tick()
    assert page.inbox.groups is before
    await page.news("c")
    assert page.inbox.groups is not before


async def test_the_last_one_settled_leaves_the_page_empty() -> None:
    page = await page_with(("late", "a"))
    await page.settle("a")
    state = page.presenter.state()
    assert state.notice is not None
    assert state.notice.title == "Nothing needs attention"


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ((17, 2, 0, 0), "17 settled, 2 have news and stay"),
        ((0, 0, 1, 0), "0 settled, 1 was settled before"),
        ((1, 1, 2, 3), "1 settled, 1 has news and stays, 2 were settled before, 3 were not settled"),
    ],
)
def test_what_was_done_is_one_line(counts: tuple[int, int, int, int], text: str) -> None:
    lists = [tuple(sales.payment_of(str(number)) for number in range(count)) for count in counts]
    assert bulk_text(BulkSettlement(*lists), Texts("en")) == text


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_reason_has_a_title_of_its_own(language: str) -> None:
    texts = Texts("uk" if language == "uk" else "en")
    assert len({texts.attention_title(reason) for reason in GRAVEST_FIRST}) == len(Attention)


async def test_other_chips_show_no_inbox() -> None:
    page = await late_page()
    page.presenter.choose_chip(Chip.TODAY)
    assert page.presenter.state().inbox is None
    assert isinstance(page.ledger, FakeLedger)
