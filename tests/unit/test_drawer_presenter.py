"""The presenter of the payment drawer, without Qt: one payment, its history, its changes and its actions."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from app.domain.errors import OperatorUnreachable, StorageFull
from app.domain.ids import LinkKey, PaymentId, RefundId, TransactionId
from app.domain.journal.events import (
    LinkAbandoned,
    LinkRefused,
    LinkUnanswered,
    OperatorSilent,
    PaymentSettled,
    RefundAnswered,
    SignatureCheck,
    StatusAnswered,
)
from app.domain.payment import Attention, PaymentStatus
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentView
from app.ui.context import Question
from app.ui.drawer.details import phone_text
from app.ui.drawer.presenter import DrawerPresenter
from app.ui.drawer.state import Action, Details, DrawerState
from app.ui.drawer.timeline import entry_style
from tests import builders
from tests.builders import callback
from tests.contracts import sales
from tests.fakes.clock_and_operator import ScriptedOperator
from tests.fakes.context import FakeCoreApi, FakeDesktopServices, FakeNotices, make_context
from tests.fakes.ledger import FakeLedger

NBSP = "\u00a0"
URL = "https://mapi.xpaydirect.com/x"


class FailingLedger(FakeLedger):
    """Refuses to read while `is_broken`."""

    is_broken = False

    async def payment(self, payment_id: PaymentId) -> PaymentView | None:
        if self.is_broken:
            raise StorageFull(path="x")
        return await super().payment(payment_id)


class Drawer:
    """A presenter on a fake core, and the states that its view received."""

    def __init__(self) -> None:
        self.operator = ScriptedOperator()
        self.ledger = FailingLedger()
        self.context = make_context(self.ledger, self.operator)
        self.states: list[DrawerState] = []
        self.at_till: list[PaymentId] = []
        self.presenter = DrawerPresenter("test", self.context, self.states.append, self.at_till.append)
        self.ledger.on_commit(lambda: self.presenter.on_changed(frozenset()))

    async def open(self, name: str = "sale") -> Details:
        self.presenter.open(sales.payment_of(name))
        await self.presenter.wait_until_idle()
        return self.details

    async def do(self, action: Action) -> None:
        self.presenter.do(action)
        await self.presenter.wait_until_idle()

    @property
    def state(self) -> DrawerState:
        return self.states[-1]

    @property
    def details(self) -> Details:
        assert self.state.details is not None
        return self.state.details

    @property
    def facts(self) -> dict[str, str]:
        return {fact.label: fact.value for fact in self.details.facts}

    @property
    def toasts(self) -> list[tuple[str, str]]:
        assert isinstance(self.context.notices, FakeNotices)
        return self.context.notices.toasts

    @property
    def desktop(self) -> FakeDesktopServices:
        assert isinstance(self.context.desktop, FakeDesktopServices)
        return self.context.desktop

    def pass_time(self, **span: float) -> None:
        assert self.context.core is not None
        api: FakeCoreApi = self.context.core.api  # type: ignore[assignment]
        api.clock.pass_time(**span)


@pytest.fixture
async def drawer() -> Drawer:
    return Drawer()


async def test_it_is_shut_until_a_payment_is_chosen(drawer: Drawer) -> None:
    drawer.presenter.refresh()
    assert drawer.state == DrawerState()


async def test_it_says_that_it_reads_and_then_shows_the_payment(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale", purpose="Coffee", created_by="Olena", order="A-7")
    drawer.presenter.open(sales.payment_of("sale"))
    assert drawer.state == DrawerState(is_open=True), "reading: open, and nothing of it known yet"
    await drawer.presenter.wait_until_idle()
    details = drawer.details
    assert (details.number, details.sum, details.purpose) == (f"№{NBSP}1", f"125,50{NBSP}₴", "Coffee")
    assert (details.status.word, details.status.tone) == ("Waiting", "waiting")
    assert drawer.facts["Created"] == "21.11.2026 12:15:00"
    assert drawer.facts["Link valid until"] == "21.11.2026 12:30:00"
    assert (drawer.facts["Cashier"], drawer.facts["Order"], drawer.facts["Operation"]) == ("Olena", "A-7", "11")


async def test_what_is_not_known_takes_no_line(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    await drawer.open()
    assert set(drawer.facts) == {"Created", "Link valid until", "Operation"}


async def test_a_paid_payment_says_how_it_was_confirmed(drawer: Drawer) -> None:
    await drawer.ledger.write(lambda tx: sales.sell(tx, "sale", phone="380671234567", email="a@example.com"))
    await drawer.ledger.write(lambda tx: sales.receive(tx, "sale", card="412345******3217"))
    await drawer.open()
    facts = drawer.facts
    assert facts["Confirmed"] == "21.11.2026 12:16:00\nBy the operator's signed callback"
    assert facts["Card"].replace(NBSP, " ") == "4123 45** **** 3217"
    assert facts["Phone"].replace(NBSP, " ") == "+380 67 123 45 67"
    assert (facts["E-mail"], facts["Operator's number"]) == ("a@example.com", "txn-sale")
    assert "Received" not in facts, "what came is what was asked"
    assert "Link valid until" not in facts


async def test_money_that_differs_is_reported(drawer: Drawer) -> None:
    await drawer.ledger.write(lambda tx: sales.sell(tx, "sale"))
    await drawer.ledger.write(lambda tx: sales.receive(tx, "sale", sum_minor=10000))
    details = await drawer.open()
    assert drawer.facts["Received"] == f"100,00{NBSP}₴"
    assert details.attention_texts == (Texts("en").attention(Attention.UNDERPAID),)
    assert details.status.tone == "attention"


async def test_a_refund_shows_both_sums(drawer: Drawer) -> None:
    await drawer.ledger.write(lambda tx: sales.sell(tx, "sale"))
    await drawer.ledger.write(lambda tx: sales.receive(tx, "sale"))
    await drawer.ledger.write(lambda tx: sales.refund(tx, "sale", 2550, "requested", "done"))
    details = await drawer.open()
    assert (drawer.facts["Received"], drawer.facts["Refunded"]) == (f"125,50{NBSP}₴", f"25,50{NBSP}₴")
    assert (details.status.word, details.status.tone) == ("Partly refunded", "refunded")


def test_phones_are_grouped_and_odd_ones_left_alone() -> None:
    assert phone_text("380671234567").replace(NBSP, " ") == "+380 67 123 45 67"
    assert phone_text("+1 555") == "+1 555"


# The payment history


async def test_the_timeline_tells_every_entry_in_order(drawer: Drawer) -> None:
    await drawer.ledger.write(lambda tx: sales.sell(tx, "sale"))
    for second in (20, 21, 22):
        await drawer.ledger.write(lambda tx, at=second: sales.receive(tx, "sale", "check", after_s=at, counts=False))
    await drawer.ledger.write(lambda tx: sales.receive(tx, "sale"))
    timeline = (await drawer.open()).timeline
    assert [moment.time for moment in timeline] == ["12:15:00", "12:15:00", "12:15:00", "12:15:20", "12:16:00"]
    assert [moment.times for moment in timeline] == ["", "", "", "× 3", ""]
    assert timeline[2].text == "The link is ready"
    assert (timeline[4].icon, timeline[4].tone) == ("check", "paid")


async def test_entries_of_another_day_and_year_carry_their_date(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    drawer.pass_time(days=1)
    assert (await drawer.open()).timeline[0].time == "21.11 12:15:00"
    drawer.pass_time(days=365)
    drawer.presenter.on_tick()
    assert drawer.details.timeline[0].time == "21.11.26 12:15:00"


KEY, TRANSACTION, REFUND = sales.key_of("x"), TransactionId("t"), RefundId("r")


@pytest.mark.parametrize(
    ("fact", "look"),
    [
        (callback("pay").fact, ("check", "paid")),
        (callback("pay", counts=False, signed=SignatureCheck.MISSING).fact, ("warning", "attention")),
        (callback("error").fact, ("cross", "failed")),
        (callback("refund").fact, ("refund", "refunded")),
        (callback("refund", signed=SignatureCheck.WRONG).fact, ("warning", "attention")),
        (callback("nonsense").fact, ("warning", "attention")),
        (StatusAnswered(KEY, TRANSACTION, 10, "", proves=True), ("check", "paid")),
        (StatusAnswered(KEY, TRANSACTION, 10, "", hint=True), ("warning", "attention")),
        (StatusAnswered(KEY, TRANSACTION, 10, "", baseline=True), ("dot", "ended")),
        (StatusAnswered(KEY, TRANSACTION, 21, ""), ("cross", "failed")),
        (StatusAnswered(KEY, TRANSACTION, 1, ""), ("refresh", "ended")),
        (LinkRefused(KEY, TRANSACTION, "403", "no"), ("cross", "failed")),
        (LinkUnanswered(KEY, TRANSACTION, "timeout"), ("offline", "attention")),
        (LinkAbandoned(KEY), ("cross", "failed")),
        (OperatorSilent(KEY), ("offline", "attention")),
        (PaymentSettled(("late",), "seen"), ("person", "ended")),
        (PaymentSettled(("late",), "seen", paid=True), ("check", "paid")),
        (RefundAnswered(REFUND, "done", ""), ("refund", "refunded")),
        (RefundAnswered(REFUND, "failed", ""), ("cross", "failed")),
        (RefundAnswered(REFUND, "unknown", ""), ("warning", "attention")),
    ],
)
def test_every_kind_of_fact_has_its_mark(fact: Any, look: tuple[str, str]) -> None:
    assert entry_style(fact) == look


# Actions


async def _becomes(drawer: Drawer, status: PaymentStatus) -> None:
    """Bring the payment `sale` to a status."""
    if status is PaymentStatus.CREATING:
        await drawer.ledger.write(lambda tx: sales.ask(tx, "sale"))
        return
    await sales.sold(drawer.ledger, "sale")
    match status:
        case PaymentStatus.PAID:
            await drawer.ledger.write(lambda tx: sales.receive(tx, "sale"))
        case PaymentStatus.UNDERPAID:
            await drawer.ledger.write(lambda tx: sales.receive(tx, "sale", sum_minor=1))
        case PaymentStatus.AUTHORISED:
            await drawer.ledger.write(lambda tx: sales.receive(tx, "sale", "auth", counts=False))
        case PaymentStatus.CANCELLED:
            await drawer.ledger.write(lambda tx: sales.cancel(tx, "sale"))
        case PaymentStatus.EXPIRED:
            drawer.pass_time(minutes=16)


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        (PaymentStatus.CREATING, {Action.TILL, Action.CANCEL}),
        (PaymentStatus.OPEN, {Action.TILL, Action.COPY, Action.OPEN, Action.CHECK, Action.CANCEL}),
        (PaymentStatus.AUTHORISED, {Action.TILL, Action.CHECK}),
        (PaymentStatus.PAID, {Action.REFUND}),
        (PaymentStatus.UNDERPAID, {Action.CHECK}),
        (PaymentStatus.EXPIRED, {Action.RENEW, Action.CHECK}),
        (PaymentStatus.CANCELLED, {Action.RENEW, Action.CHECK}),
    ],
)
async def test_every_status_offers_what_can_be_done(
    drawer: Drawer, status: PaymentStatus, actions: set[Action]
) -> None:
    await _becomes(drawer, status)
    assert set((await drawer.open()).actions) == actions


async def test_a_payment_that_was_not_created_offers_a_new_link(drawer: Drawer) -> None:
    await drawer.ledger.write(lambda tx: sales.ask(tx, "sale"))
    refused = LinkRefused(sales.key_of("sale"), TransactionId(f"{sales.key_of('sale')}-1"), "403", "no")
    await drawer.ledger.write(lambda tx: sales.state(tx, "sale", refused))
    assert (await drawer.open()).actions == (Action.RENEW,)
    await drawer.do(Action.RENEW)
    assert drawer.at_till == [sales.payment_of("sale")]


async def test_an_open_payment_goes_to_the_till_and_its_link_to_hand(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    await drawer.open()
    for action in (Action.TILL, Action.COPY, Action.OPEN):
        await drawer.do(action)
    assert drawer.at_till == [sales.payment_of("sale")]
    assert (drawer.desktop.copied, drawer.desktop.opened) == ([URL], [URL])
    assert drawer.toasts == [("The link is copied", "paid")]


async def test_what_is_not_offered_is_not_done(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    drawer.presenter.do(Action.COPY)
    await drawer.open()
    drawer.pass_time(minutes=16)
    await drawer.do(Action.COPY)
    await drawer.do(Action.CANCEL)
    assert drawer.desktop.copied == []
    assert drawer.desktop.asked == []


async def test_cancelling_asks_first(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    await drawer.open()
    drawer.desktop.confirms = False
    await drawer.do(Action.CANCEL)
    assert drawer.details.status.word == "Waiting"
    drawer.desktop.confirms = True
    await drawer.do(Action.CANCEL)
    assert drawer.details.status.word == "Cancelled"
    assert drawer.desktop.asked[0].danger
    assert "No. 1" in drawer.desktop.asked[0].title


async def test_only_the_link_that_was_asked_about_is_cancelled(drawer: Drawer) -> None:
    """While the form was open, another window made a new link, and the customer may be paying there."""
    await sales.sold(drawer.ledger, "sale")
    await drawer.open()

    class DelayedConfirmation(FakeDesktopServices):
        async def confirm(self, question: Question) -> bool:
            newer = builders.link_requested(LinkKey("newer"), after_s=900)
            await drawer.ledger.write(lambda tx: sales.put(tx, "sale", newer))
            return True

    drawer.context.desktop = DelayedConfirmation()
    await drawer.do(Action.CANCEL)
    view = await drawer.ledger.payment(sales.payment_of("sale"))
    assert view is not None
    assert not any(link.cancelled for link in view.payment.links)
    assert "got a new link after you looked" in drawer.toasts[-1][0]


async def test_asking_the_operator_tells_when_nothing_changed(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    await drawer.open()
    drawer.operator.statuses.append(1)
    drawer.presenter.do(Action.CHECK)
    drawer.presenter.do(Action.CHECK)
    assert drawer.state.checking
    await drawer.presenter.wait_until_idle()
    assert not drawer.state.checking
    assert len(drawer.operator.asked) == 1, "a double press asks once"
    assert drawer.toasts == [("Payment No. 1: the operator has nothing new", "ended")]


async def test_asking_about_one_payment_does_not_stop_asking_about_another(drawer: Drawer) -> None:
    for name in ("sale", "other"):
        await sales.sold(drawer.ledger, name)
    answered, ask = asyncio.Event(), drawer.operator.ask_status

    async def slow(transaction_id: TransactionId, terminal_id: str) -> object:
        await answered.wait()
        return await ask(transaction_id, terminal_id)

    drawer.operator.ask_status = slow  # type: ignore[assignment, method-assign]
    drawer.operator.statuses += [1, 1]
    await drawer.open()
    drawer.presenter.do(Action.CHECK)
    drawer.presenter.open(sales.payment_of("other"))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not drawer.state.checking, "that is the other one"
    drawer.presenter.do(Action.CHECK)
    assert drawer.state.checking
    answered.set()
    await drawer.presenter.wait_until_idle()
    assert len(drawer.operator.asked) == 2


async def test_asking_the_operator_shows_what_is_new(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    baseline = StatusAnswered(sales.key_of("sale"), TRANSACTION, 1, "", baseline=True, nonce="0")
    await drawer.ledger.write(lambda tx: sales.state(tx, "sale", baseline))
    await drawer.open()
    drawer.pass_time(minutes=1)
    drawer.operator.statuses.append(10)
    await drawer.do(Action.CHECK)
    assert drawer.details.status.word == "Paid"
    assert drawer.details.timeline[-1].text == "The operator was asked: paid"
    assert drawer.toasts == [("Payment No. 1: the operator says: paid", "paid")]


async def test_an_operator_out_of_reach_is_reported(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    await drawer.open()
    drawer.operator.statuses.append(OperatorUnreachable(reason="timeout"))
    await drawer.do(Action.CHECK)
    assert [tone for _, tone in drawer.toasts] == ["failed"]
    assert not drawer.state.checking


# Changes and failures


async def test_it_follows_its_own_payment_only(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    await sales.sold(drawer.ledger, "other")
    await drawer.open()
    shown = len(drawer.states)
    drawer.presenter.on_changed(frozenset({sales.payment_of("other")}))
    await drawer.presenter.wait_until_idle()
    assert len(drawer.states) == shown
    await drawer.ledger.write(lambda tx: sales.receive(tx, "sale"))
    await drawer.presenter.wait_until_idle()
    assert drawer.details.status.word == "Paid"


async def test_the_second_that_a_link_runs_out_is_seen(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    await drawer.open()
    drawer.pass_time(minutes=15)
    drawer.presenter.on_tick()
    assert drawer.details.status.word == "Expired"
    assert Action.RENEW in drawer.details.actions


async def test_a_quick_hand_sees_the_payment_it_chose_last(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "first")
    await sales.sold(drawer.ledger, "second")
    drawer.presenter.open(sales.payment_of("first"))
    drawer.presenter.open(sales.payment_of("second"))
    await drawer.presenter.wait_until_idle()
    assert {state.details.number for state in drawer.states if state.details} == {f"№{NBSP}2"}


async def test_back_shuts_it_and_nothing_opens_it_again(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    drawer.presenter.open(sales.payment_of("sale"))
    drawer.presenter.go_back()
    await drawer.presenter.wait_until_idle()
    drawer.presenter.on_changed(frozenset())
    await drawer.presenter.wait_until_idle()
    assert drawer.state == DrawerState()
    assert drawer.presenter.chosen is None


async def test_a_reading_that_fails_is_said_in_its_place_and_can_recover(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    drawer.ledger.is_broken = True
    drawer.presenter.open(sales.payment_of("sale"))
    await drawer.presenter.wait_until_idle()
    assert drawer.state.details is None
    assert drawer.state.problem == Texts("en").error(StorageFull())
    drawer.ledger.is_broken = False
    drawer.presenter.load()
    await drawer.presenter.wait_until_idle()
    assert drawer.state.problem is None
    assert drawer.details.number == f"№{NBSP}1"


async def test_a_payment_that_is_not_there_is_said_so(drawer: Drawer) -> None:
    drawer.presenter.open(PaymentId("p-nobody"))
    await drawer.presenter.wait_until_idle()
    assert "no such payment" in (drawer.state.problem or "")


async def test_without_a_core_it_waits(drawer: Drawer) -> None:
    drawer.context.core, core = None, drawer.context.core
    await sales.sold(drawer.ledger, "sale")
    drawer.presenter.open(sales.payment_of("sale"))
    drawer.presenter.on_changed(frozenset())
    await drawer.presenter.wait_until_idle()
    assert drawer.state == DrawerState(is_open=True)
    drawer.context.core = core
    drawer.presenter.load()
    await drawer.presenter.wait_until_idle()
    assert drawer.details.number == f"№{NBSP}1"


# For support


async def test_raw_facts_unfold_fold_and_follow(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    drawer.presenter.toggle_support_json()
    assert drawer.states == []
    await drawer.open()
    assert drawer.state.support_json is None
    drawer.presenter.toggle_support_json()
    assert json.loads(drawer.state.support_json or "")["status"] == "open"
    await drawer.ledger.write(lambda tx: sales.receive(tx, "sale"))
    await drawer.presenter.wait_until_idle()
    assert json.loads(drawer.state.support_json or "")["status"] == "paid"
    drawer.presenter.toggle_support_json()
    assert drawer.state.support_json is None


async def test_raw_facts_hold_neither_people_nor_keys(drawer: Drawer) -> None:
    await drawer.ledger.write(lambda tx: sales.sell(tx, "sale", phone="380671234567", email="anna@example.com"))
    declined = sales.callback("sale", "error", error_text="card 4111111111111111 declined", counts=False)
    await drawer.ledger.write(lambda tx: sales.state(tx, "sale", declined))
    await drawer.open()
    drawer.presenter.copy_support_json()
    (copied,) = drawer.desktop.copied
    support = json.loads(copied)
    assert (support["phone"], support["email"]) == ("***", "***")
    assert [event["type"] for event in support["events"]][-1] == "callback_received"
    for secret in ("380671234567", "anna@example.com", sales.key_of("sale"), "4111111111111111"):
        assert secret not in copied
    assert drawer.toasts == [("The raw facts are copied", "paid")]
