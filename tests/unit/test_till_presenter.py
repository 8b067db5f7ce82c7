"""The presenter of the till, without Qt: drafts, links, refusals, changes, several open links."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.domain.errors import OperatorRefused, OperatorUnreachable, StorageFull
from app.domain.ids import PaymentId, TransactionId
from app.domain.journal.events import Source, StatusAnswered
from app.domain.payment import PaymentStatus
from app.services.ports.ledger import PaymentHistory, PaymentView
from app.services.ports.operator_gateway import LinkAnswer
from app.ui.context import UiContext
from app.ui.pages.till.draft import read_draft
from app.ui.pages.till.presenter import TillPresenter
from app.ui.pages.till.state import Action, CardFace, Draft, DraftProblems, TillState
from tests.fakes.clock_and_operator import ScriptedOperator
from tests.fakes.context import FakeCoreApi, FakeDesktopServices, FakeNotices, make_context
from tests.fakes.ledger import FakeLedger

URL = "https://mapi.xpaydirect.com/pay/1"


class Till:
    """A presenter on a fake core, and the states that its page received."""

    def __init__(self, *, up: bool = True, **shop: object) -> None:
        self.operator = ScriptedOperator()
        self.ledger = FakeLedger()
        self.context: UiContext = make_context(self.ledger if up else None, self.operator, **shop)
        self.states: list[TillState] = []
        self.connected: list[bool] = []
        self.presenter = TillPresenter(self.context, self.states.append, lambda: self.connected.append(True))
        self.ledger.on_commit(lambda: self.presenter.on_changed(frozenset()))
        self.presenter.load()

    @property
    def state(self) -> TillState:
        return self.states[-1]

    @property
    def api(self) -> FakeCoreApi:
        assert self.context.core is not None
        return self.context.core.api  # type: ignore[return-value]

    @property
    def toasts(self) -> list[tuple[str, str]]:
        assert isinstance(self.context.notices, FakeNotices)
        return self.context.notices.toasts

    async def sell(self, amount: str = "125,50", url: str = URL) -> None:
        self.operator.links.append(LinkAnswer(url, "uuid-1", "11"))
        self.operator.statuses.append(1)
        self.presenter.edit("amount", amount)
        self.presenter.create()
        await self.presenter.wait_until_idle()


@pytest.fixture
async def till() -> Till:
    return Till()


async def test_digits_and_enter_are_a_whole_sale(till: Till) -> None:
    await till.sell("125,50")
    card = till.state.card
    assert (card.face, card.url, card.sum) == (CardFace.QR, URL, "125,50\u00a0₴")
    assert till.operator.orders[0].amount_minor == 12550
    assert len(till.operator.asked) == 1, "the baseline is asked right after the link was made"
    assert till.state.draft.amount == "", "the next sale starts empty"


@pytest.mark.parametrize("typed", ["45+30", "45 30", "12,5,", "1,250,000", "7б5"])
async def test_what_is_no_sum_is_told_and_makes_no_link(till: Till, typed: str) -> None:
    till.presenter.edit("amount", typed)
    assert till.state.problems.amount == "This is not a sum"
    assert not till.state.can_create
    await till.sell(typed)
    assert not till.operator.orders


async def test_the_page_says_that_it_works_while_the_operator_thinks(till: Till) -> None:
    await till.sell()
    busy = [state for state in till.states if state.card.face is CardFace.BUSY]
    assert busy
    assert all(state.creating and not state.can_create for state in busy if state.card.busy)
    assert not till.state.creating


async def test_a_double_press_makes_one_payment(till: Till) -> None:
    till.operator.links.append(LinkAnswer(URL, None, None))
    till.operator.statuses.append(1)
    till.presenter.edit("amount", "10")
    till.presenter.create()
    till.presenter.create()
    await till.presenter.wait_until_idle()
    assert len(till.operator.orders) == 1
    assert till.state.today.count == "paid 0 of 1"


async def test_a_refusal_loses_nothing_and_offers_another_try(till: Till) -> None:
    till.operator.links.append(OperatorRefused(operator_code="27", message="Terminal not found"))
    till.presenter.edit("amount", "125,50")
    till.presenter.edit("purpose", "Coffee")
    till.presenter.create()
    await till.presenter.wait_until_idle()
    card = till.state.card
    assert card.face is CardFace.NOTICE
    assert "Terminal not found" in card.detail
    assert card.main is Action.RETRY
    assert (till.state.draft.amount, till.state.draft.purpose) == ("125,50", "Coffee")
    till.operator.links.append(LinkAnswer(URL, None, None))
    till.operator.statuses.append(1)
    till.presenter.do(Action.RETRY)
    await till.presenter.wait_until_idle()
    assert till.state.card.face is CardFace.QR
    assert till.state.draft.amount == ""
    assert till.state.today.count == "paid 0 of 1", "the same sale got its link"


async def test_a_silent_operator_is_reported_and_tried_again_at_once(till: Till) -> None:
    till.operator.links.append(OperatorUnreachable(reason="timeout"))
    till.presenter.edit("amount", "10")
    till.presenter.create()
    await till.presenter.wait_until_idle()
    assert till.state.card.headline == "No answer from the operator"
    assert till.state.draft.amount == "10"
    till.api.clock.pass_time(seconds=1)
    till.operator.links.append(LinkAnswer(URL, None, None))
    till.operator.statuses.append(1)
    till.presenter.do(Action.RETRY)
    await till.presenter.wait_until_idle()
    assert till.state.card.face is CardFace.QR
    first, second = till.operator.orders
    assert first.callback_url == second.callback_url, "a late callback of the first try still finds the payment"
    assert first.transaction_id != second.transaction_id


async def test_a_full_disk_is_reported_and_the_sale_can_be_sent_again(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(decide: object) -> None:
        raise StorageFull()

    with monkeypatch.context() as patched:
        patched.setattr(till.ledger, "write", full)
        till.presenter.edit("amount", "10")
        till.presenter.create()
        await till.presenter.wait_until_idle()
    assert till.toasts == [("The disk is full. Free some space and try again.", "failed")]
    assert till.state.draft.amount == "10"
    assert till.operator.orders == []
    assert till.state.can_create


async def test_what_was_typed_meanwhile_stays(till: Till) -> None:
    till.operator.links.append(LinkAnswer(URL, None, None))
    till.operator.statuses.append(1)
    till.presenter.edit("amount", "10")
    till.presenter.create()
    till.presenter.edit("amount", "77")
    await till.presenter.wait_until_idle()
    assert till.state.card.sum == "10,00\u00a0₴"
    assert till.state.draft.amount == "77"


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0,00", "More than zero is needed"),
        ("1,234", "At most two digits after the comma"),
        ("999999999", "At most 100\u00a0000,00\u00a0₴"),
    ],
)
async def test_a_bad_sum_is_reported_while_typing(till: Till, amount: str, words: str) -> None:
    till.presenter.edit("amount", amount)
    assert till.state.problems.amount == words
    assert not till.state.can_create
    till.presenter.create()
    await till.presenter.wait_until_idle()
    assert till.operator.orders == []


@pytest.mark.parametrize("half", ["0", "0,", "0,0", "12", "12,5"])
async def test_a_half_typed_sum_is_not_wrong_yet(half: str) -> None:
    till = Till()
    till.presenter.edit("amount", half)
    assert till.state.problems.amount is None


async def test_contact_is_judged_when_it_cannot_become_right_or_was_left(till: Till) -> None:
    till.presenter.edit("phone", "+380 67 12")
    till.presenter.edit("email", "anna@")
    assert (till.state.problems.phone, till.state.problems.email) == (None, None)
    till.presenter.leave("phone")
    till.presenter.leave("email")
    assert till.state.problems.phone == "Phone: 380XXXXXXXXX"
    assert till.state.problems.email == "E-mail: name@example.com"
    till.presenter.edit("phone", "12x")
    assert till.state.problems.phone == "Phone: 380XXXXXXXXX", "this can never become a phone"
    till.presenter.edit("phone", "+380 67 123 45 67")
    till.presenter.edit("email", "anna@shop.ua")
    assert not till.state.problems.any
    await till.sell("1")
    assert (till.operator.orders[0].phone, till.operator.orders[0].email) == ("380671234567", "anna@shop.ua")


async def test_several_links_are_open_and_a_row_brings_one_back(till: Till) -> None:
    await till.sell("1", url=f"{URL}/a")
    first = till.state.card.payment_id
    await till.sell("2", url=f"{URL}/b")
    assert till.state.card.url == f"{URL}/b"
    assert [row.status.word for row in till.state.today.rows] == ["Waiting", "Waiting"]
    assert first is not None
    till.presenter.select(first)
    await till.presenter.wait_until_idle()
    assert till.state.card.url == f"{URL}/a"


async def test_news_of_another_payment_does_not_touch_the_card(till: Till) -> None:
    await till.sell("1", url=f"{URL}/a")
    first = till.state.card.payment_id
    await till.sell("2", url=f"{URL}/b")
    assert first is not None
    await till.api.till.cancel(first)
    till.presenter.on_changed(frozenset({first}))
    await till.presenter.wait_until_idle()
    assert till.state.card.url == f"{URL}/b"
    assert {row.status.word for row in till.state.today.rows} == {"Waiting", "Cancelled"}


async def test_news_that_comes_while_the_link_is_made_is_not_lost(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window may be slow to take the answer: meanwhile the link was cancelled elsewhere, or even paid."""
    core = till.api.till
    really_open = core.open_link

    async def opened_and_cancelled(payment_id: PaymentId, *, known: PaymentView | None = None) -> PaymentView:
        opened = await really_open(payment_id, known=known)
        await core.cancel(payment_id)
        return opened

    monkeypatch.setattr(core, "open_link", opened_and_cancelled)
    till.operator.statuses.append(OperatorUnreachable(host="mapi.xpaydirect.com"))  # no baseline, and no notice of it
    await till.sell()
    assert till.state.card.headline == "The link was cancelled here"


@pytest.mark.parametrize(
    ("draft", "problems", "is_sale"),
    [
        (Draft(amount="12,5", phone="067 123 45 67"), DraftProblems(), True),
        (Draft(amount="0,"), DraftProblems(), False),
        (Draft(amount="10", phone="0671"), DraftProblems(), False),
        (Draft(amount="10", email="a@b"), DraftProblems(), False),
        (Draft(amount="0,001"), DraftProblems(amount="At most two digits after the comma"), False),
        (Draft(amount="10", phone="1"), DraftProblems(phone="Phone: 380XXXXXXXXX"), False),
    ],
)
def test_a_draft_is_read_into_a_sale_or_into_what_is_wrong(
    draft: Draft, problems: DraftProblems, is_sale: bool
) -> None:
    """A half-typed sum is no sale, but no error is shown yet."""
    context = make_context()
    reading = read_draft(draft, context.shop, context.texts, frozenset())
    assert (reading.problems, reading.sale is not None) == (problems, is_sale)
    if reading.sale is not None:
        assert (reading.sale.amount_minor, reading.sale.phone) == (1250, "380671234567")


async def test_cancelling_asks_first(till: Till) -> None:
    await till.sell()
    desktop = till.context.desktop
    assert isinstance(desktop, FakeDesktopServices)
    desktop.confirms = False
    till.presenter.do(Action.CANCEL)
    await till.presenter.wait_until_idle()
    assert len(desktop.asked) == 1
    assert till.state.card.face is CardFace.QR
    desktop.confirms = True
    till.presenter.do(Action.CANCEL)
    await till.presenter.wait_until_idle()
    assert till.state.card.headline == "The link was cancelled here"


async def test_copy_and_open_use_the_link(till: Till) -> None:
    await till.sell()
    till.presenter.do(Action.COPY)
    till.presenter.do(Action.OPEN)
    desktop = till.context.desktop
    assert isinstance(desktop, FakeDesktopServices)
    assert (desktop.copied, desktop.opened) == ([URL], [URL])
    assert till.toasts == [("The link is copied", "paid")]


async def test_the_card_says_that_the_operator_is_asked_until_it_answered(till: Till) -> None:
    await till.sell()
    till.operator.statuses.append(1)
    till.states.clear()
    till.presenter.do(Action.CHECK)
    assert till.state.card.asking
    await till.presenter.wait_until_idle()
    assert not till.state.card.asking


async def test_asking_about_one_payment_does_not_stop_asking_about_another(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    await till.sell()
    first = till.state.card.payment_id
    await till.sell("7")
    assert first is not None
    answered, ask = asyncio.Event(), till.operator.ask_status

    async def slow(transaction_id: TransactionId, terminal_id: str) -> object:
        await answered.wait()
        return await ask(transaction_id, terminal_id)

    monkeypatch.setattr(till.operator, "ask_status", slow)
    till.operator.statuses += [1, 1]
    till.presenter.do(Action.CHECK)
    till.presenter.select(first)
    for _ in range(20):
        await asyncio.sleep(0)
    assert till.state.card.payment_id == first
    assert not till.state.card.asking, "that is the other one"
    till.presenter.do(Action.CHECK)
    assert till.state.card.asking
    answered.set()
    await till.presenter.wait_until_idle()
    assert sorted(text for text, _tone in till.toasts) == [
        "Payment No. 1: the operator has nothing new",
        "Payment No. 2: the operator has nothing new",
    ]


async def test_asking_tells_when_there_is_nothing_new_and_shows_what_is(till: Till) -> None:
    await till.sell()
    till.operator.statuses.append(1)
    till.presenter.do(Action.CHECK)
    await till.presenter.wait_until_idle()
    assert till.toasts == [("Payment No. 1: the operator has nothing new", "ended")]
    till.operator.statuses.append(10)
    till.presenter.do(Action.CHECK)
    await till.presenter.wait_until_idle()
    assert till.state.card.face is CardFace.PAID
    assert "inquiry" in till.state.card.detail


async def test_a_refused_question_is_reported(till: Till) -> None:
    await till.sell()
    till.operator.statuses.append(OperatorUnreachable(reason="timeout"))
    till.presenter.do(Action.CHECK)
    await till.presenter.wait_until_idle()
    assert [tone for _text, tone in till.toasts] == ["failed"]
    assert till.state.card.face is CardFace.QR


async def test_the_clock_alone_makes_a_link_expire(till: Till) -> None:
    await till.sell()
    till.api.clock.pass_time(minutes=16)
    till.presenter.on_tick()
    assert till.state.card.headline == "The link has run out"
    assert till.state.card.main is Action.RENEW
    assert till.state.today.rows[0].status.word == "Expired"
    till.operator.links.append(LinkAnswer(f"{URL}/new", None, None))
    till.operator.statuses.append(1)
    till.presenter.do(Action.RENEW)
    await till.presenter.wait_until_idle()
    assert till.state.card.url == f"{URL}/new"
    view = await till.ledger.payment_by_number(1)
    assert view is not None
    assert len(view.payment.links) == 2
    assert view.payment.status(till.api.clock.now()) is PaymentStatus.OPEN


async def test_a_word_of_money_that_came_before_the_press_gets_no_new_link(till: Till) -> None:
    """The card still offered a new link; the operator's answer was stored a moment before the click."""
    await till.sell()
    till.api.clock.pass_time(minutes=16)
    till.presenter.on_tick()
    number = await till.ledger.payment_by_number(1)
    assert number is not None
    hint = StatusAnswered(number.payment.link.key, TransactionId("t"), 10, "", hint=True, nonce="9")
    write = till.ledger.write(
        lambda tx: tx.append(hint, payment_id=number.payment.id, source=Source.INQUIRY, at=till.api.clock.now())
    )
    till.presenter.do(Action.RENEW)
    await write
    await till.presenter.wait_until_idle()
    assert len(till.operator.orders) == 1
    assert "gets no second link" in till.toasts[-1][0]
    assert Action.RENEW not in till.state.card.actions


async def test_midnight_starts_a_new_list(till: Till) -> None:
    await till.sell()
    assert till.state.today.count == "paid 0 of 1"
    till.api.clock.pass_time(hours=24)
    till.presenter.on_tick()
    await till.presenter.wait_until_idle()
    assert till.state.today.count == "paid 0 of 0"


def test_before_the_core_is_up_nothing_can_be_created() -> None:
    till = Till(up=False)
    till.presenter.edit("amount", "10")
    till.presenter.create()
    assert till.state.card.face is CardFace.LOADING
    assert till.state.today.loading
    assert not till.state.can_create


def test_a_core_that_fails_is_reported_where_one_looks() -> None:
    till = Till(up=False)
    till.context.core_problem = "The data file is damaged."
    till.presenter.refresh()
    assert till.state.card.face is CardFace.NOTICE
    assert till.state.card.detail == "The data file is damaged."


async def test_without_an_operator_the_till_shows_the_way_to_the_settings() -> None:
    till = Till(missing="operator.token")
    till.presenter.edit("amount", "10")
    assert not till.state.can_create
    till.presenter.do(Action.CONNECT)
    assert till.connected == [True]


async def test_new_payment_clears_the_form_but_not_the_link(till: Till) -> None:
    await till.sell()
    till.presenter.edit("amount", "5")
    till.presenter.do(Action.NEW)
    assert till.state.card.face is CardFace.EMPTY
    assert till.state.draft.amount == ""
    assert till.state.today.rows[0].status.word == "Waiting"


async def test_actions_that_are_not_offered_do_nothing(till: Till) -> None:
    till.presenter.do(Action.CANCEL)
    till.presenter.do(Action.COPY)
    await till.presenter.wait_until_idle()
    assert till.toasts == []
    assert till.state.card.face is CardFace.EMPTY


async def test_another_language_is_spoken_at_once(till: Till) -> None:
    from app.i18n.texts import Texts

    await till.sell()
    till.context.texts = Texts("uk")
    till.presenter.refresh()
    assert till.state.today.rows[0].status.word == "Очікує оплати"
    assert till.state.today.count == "сплачено 0 з 1"


async def test_a_reading_that_fails_is_reported_in_the_list(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(criteria: object) -> None:
        raise StorageFull()

    with monkeypatch.context() as patched:
        patched.setattr(till.ledger, "payments", full)
        till.presenter.load()
        await till.presenter.wait_until_idle()
        assert till.state.today.problem == "The disk is full. Free some space and try again."
    till.presenter.load()
    await till.presenter.wait_until_idle()
    assert till.state.today.problem is None


async def test_the_same_state_is_not_shown_twice(till: Till) -> None:
    await till.presenter.wait_until_idle()
    shown = len(till.states)
    till.presenter.on_tick()
    assert len(till.states) == shown
    till.context.shop = replace(till.context.shop, presets=(1000,))
    till.presenter.on_tick()
    assert len(till.states) == shown + 1


@pytest.mark.parametrize(
    ("field", "text"),
    [("purpose", "card 4242 4242 4242 4242"), ("purpose", "4242%204242%204242%204242"), ("email", "4242424242424242"),
     ("email", "4242424242424242@example.com")],
)  # fmt: skip
async def test_a_card_number_is_reported_beside_its_field_and_nothing_is_made(
    till: Till, field: str, text: str
) -> None:
    till.presenter.edit("amount", "10")
    till.presenter.edit(field, text)
    assert getattr(till.state.problems, field) == "Never type a card number here"
    assert till.state.can_create is False
    till.presenter.create()
    await till.presenter.wait_until_idle()
    assert till.operator.orders == []
    assert await till.ledger.tail(0) == []


async def test_what_the_operator_calls_paid_is_confirmed_at_the_till(till: Till) -> None:
    await till.sell()
    payment_id = till.state.card.payment_id
    assert payment_id is not None
    link = (await history_of(till, payment_id)).payment.link
    hint = StatusAnswered(link.key, link.transaction_id, 10, "", hint=True, nonce="n")
    await till.ledger.write(
        lambda tx: tx.append(hint, payment_id=payment_id, source=Source.INQUIRY, at=till.context.now())
    )
    await till.presenter.wait_until_idle()
    assert till.state.card.face is CardFace.NOTICE
    till.presenter.do(Action.SHOW_CODE)
    assert till.state.card.face is CardFace.QR
    till.presenter.do(Action.CONFIRM)
    assert till.state.form is not None
    assert till.state.form.confirm == "Confirm as paid"
    till.presenter.go_back()
    assert till.state.form is None
    till.presenter.do(Action.CONFIRM)
    till.presenter.forms.edit("reason", "seen in the cabinet")
    till.presenter.forms.confirm()
    await till.presenter.wait_until_idle()
    assert (till.state.form, till.state.card.face) == (None, CardFace.PAID)
    assert till.toasts[-1] == ("Confirmed as paid", "paid")


async def history_of(till: Till, payment_id: PaymentId) -> PaymentHistory:
    history = await till.ledger.payment_history(payment_id)
    assert history is not None
    return history
