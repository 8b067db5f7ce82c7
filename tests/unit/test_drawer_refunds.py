"""Refunds and settlements in the presenter of the payment drawer, without Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import (
    NotConfigured,
    OperatorRefused,
    OperatorUnreachable,
    RefundInFlight,
    RefundSettled,
    RefundTooMuch,
    RefundUnknown,
)
from app.domain.ids import TransactionId
from app.domain.journal.events import JournalEntry, OperatorSilent, SignatureCheck, StatusAnswered
from app.domain.payment import Attention, ConfirmedBy, RefundStatus
from app.domain.payment_fold.refundable import refundable
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentView
from app.services.ports.ledger_transaction import LedgerTransaction
from app.services.ports.operator_gateway import RefundAnswer, RefundOrder
from app.ui.drawer.presenter import DrawerPresenter
from app.ui.drawer.refund_form import RefundForm
from app.ui.drawer.state import Action, Details, DrawerState, FormState
from tests.contracts import sales
from tests.fakes.clock_and_operator import ScriptedOperator
from tests.fakes.context import FakeCoreApi, FakeNotices, make_context
from tests.fakes.ledger import FakeLedger

NBSP = "\u00a0"
SALE = sales.payment_of("sale")
TAKEN = RefundAnswer(failed=False, message="done")
HINT = StatusAnswered(sales.key_of("sale"), TransactionId("t"), 10, "", hint=True)


class SlowOperator(ScriptedOperator):
    """Answers a refund request when the test opens `gate`."""

    gate: asyncio.Event | None = None

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        if self.gate is not None:
            self.refunds.append(order)
            await self.gate.wait()
            return TAKEN
        return await super().refund(order)


class Drawer:
    """A drawer on a fake core, and the states that its view received."""

    def __init__(self) -> None:
        self.operator = SlowOperator()
        self.ledger = FakeLedger()
        self.context = make_context(self.ledger, self.operator)
        self.states: list[DrawerState] = []
        self.presenter = DrawerPresenter("test", self.context, self.states.append, lambda _: None)
        self.is_deaf = False
        self.ledger.on_commit(self._hear)

    def _hear(self) -> None:
        if not self.is_deaf:
            self.presenter.on_changed(frozenset())

    async def sell(self, *, sum_minor: int = 12550, **changes: Any) -> None:
        """Add a paid sale."""
        await sales.sold(self.ledger, "sale", **changes)
        await self.write(lambda tx: sales.receive(tx, "sale", sum_minor=sum_minor))

    async def write(self, decide: Any) -> None:
        await self.ledger.write(decide)

    async def open(self) -> Details:
        self.presenter.open(SALE)
        await self.presenter.wait_until_idle()
        return self.details

    async def ask_for(self, action: Action, **typed: str) -> FormState:
        """Open the form of an action and type into it."""
        await self.open()
        self.presenter.do(action)
        for field, text in typed.items():
            self.presenter.forms.edit(field, text)
        return self.form

    async def send(self) -> None:
        self.presenter.forms.send()
        await self.presenter.wait_until_idle()

    async def view(self) -> PaymentView:
        view = await self.ledger.payment(SALE)
        assert view is not None
        return view

    @property
    def state(self) -> DrawerState:
        return self.states[-1]

    @property
    def details(self) -> Details:
        assert self.state.details is not None
        return self.state.details

    @property
    def form(self) -> FormState:
        assert self.state.form is not None
        return self.state.form

    @property
    def amount_error(self) -> str:
        assert self.form.amount is not None
        return self.form.amount.error

    @property
    def toasts(self) -> list[tuple[str, str]]:
        assert isinstance(self.context.notices, FakeNotices)
        return self.context.notices.toasts

    @property
    def api(self) -> FakeCoreApi:
        assert self.context.core is not None
        return self.context.core.api  # type: ignore[return-value]


@pytest.fixture
async def drawer() -> Drawer:
    return Drawer()


def _forged(tx: LedgerTransaction, txn_id: str) -> None:
    sales.receive(tx, "sale", signed=SignatureCheck.WRONG, counts=False, txn_id=txn_id, signature=f"s-{txn_id}")


def again(tx: LedgerTransaction, sum_minor: int = 12550) -> None:
    """The customer pays a second time."""
    sales.receive(tx, "sale", txn_id="txn-again", sum_minor=sum_minor, txn_date="20261121121700", after_s=120)


# The form


async def test_the_question_begins_with_all_that_is_left(drawer: Drawer) -> None:
    await drawer.sell()
    form = await drawer.ask_for(Action.REFUND)
    assert form.amount is not None
    assert (form.amount.text, form.amount.error) == ("125,50", "")
    assert form.amount.rest == f"Left to refund: 125,50{NBSP}₴"
    assert form.yes == f"Refund 125,50{NBSP}₴"
    assert form.danger
    assert not form.can_send, "without a reason nothing goes back"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("125,51", f"At most 125,50{NBSP}₴"),
        ("0,00", "More than zero is needed"),
        ("-5", "More than zero is needed"),
        ("10,001", "At most two digits after the comma"),
        ("ten", "This is not a sum"),
        ("0", ""),
        ("", ""),
        ("125,50", ""),
        ("0,01", ""),
    ],
)
async def test_a_sum_that_will_not_do_is_said_while_it_is_typed(drawer: Drawer, text: str, error: str) -> None:
    await drawer.sell()
    form = await drawer.ask_for(Action.REFUND, amount=text, reason="returned")
    assert drawer.amount_error == error
    assert form.can_send is (text in ("125,50", "0,01"))


async def test_a_half_typed_sum_is_wrong_when_its_field_is_left(drawer: Drawer) -> None:
    await drawer.sell()
    await drawer.ask_for(Action.REFUND, amount="0")
    drawer.presenter.forms.leave("amount")
    assert drawer.amount_error == "More than zero is needed"


@pytest.mark.parametrize(("reason", "fits"), [("", False), (" a ", False), ("ab", False), ("abc", True)])
async def test_a_reason_has_three_characters(drawer: Drawer, reason: str, fits: bool) -> None:
    await drawer.sell()
    form = await drawer.ask_for(Action.REFUND, reason=reason)
    assert form.can_send is fits
    assert form.reason_error == "", "one who types is not interrupted"
    drawer.presenter.forms.leave("reason")
    assert drawer.form.reason_error == ("" if fits or not reason else "At least three characters")


async def test_a_reason_is_not_too_long(drawer: Drawer) -> None:
    await drawer.sell()
    form = await drawer.ask_for(Action.REFUND, reason="x" * 251)
    assert (form.reason_error, form.can_send) == ("At most 250 characters", False)


async def test_the_rest_follows_the_news_while_it_is_asked(drawer: Drawer) -> None:
    await drawer.sell()
    await drawer.ask_for(Action.REFUND, reason="returned")
    await drawer.write(lambda tx: sales.refund(tx, "sale", 10000, "done"))
    await drawer.presenter.wait_until_idle()
    assert drawer.amount_error == f"At most 25,50{NBSP}₴"
    assert not drawer.form.can_send


async def test_the_question_can_be_taken_back(drawer: Drawer) -> None:
    await drawer.sell()
    await drawer.ask_for(Action.REFUND, reason="returned")
    drawer.presenter.go_back()
    assert drawer.state.form is None
    assert drawer.state.is_open, "the first step back is the question's"
    drawer.presenter.forms.send()
    await drawer.presenter.wait_until_idle()
    assert drawer.operator.refunds == []


class CountedEntries(list[JournalEntry]):
    """Counts how often the journal of a payment is iterated."""

    walks = 0

    def __iter__(self) -> Iterator[JournalEntry]:
        self.walks += 1
        return super().__iter__()


async def test_a_key_press_reads_the_payment_once(drawer: Drawer) -> None:
    await drawer.sell()
    history = await drawer.ledger.payment_history(SALE)
    assert history is not None
    entries = CountedEntries(history.entries)
    form = RefundForm(drawer.context, replace(history, entries=entries))
    entries.walks = 0
    refundable(entries, history.payment)
    once, entries.walks = entries.walks, 0
    form.edit("amount", "25")
    state = form.state(sending=False)
    assert (state.yes, state.amount and state.amount.error) == (f"Refund 25,00{NBSP}₴", "")
    assert entries.walks == once > 0


async def test_a_sum_that_became_too_much_before_it_was_sent_is_refused(drawer: Drawer) -> None:
    await drawer.sell()
    form = RefundForm(drawer.context, await drawer.ledger.payment_history(SALE))
    form.edit("reason", "returned")
    await drawer.write(lambda tx: sales.refund(tx, "sale", 10000, "done"))
    form.history = await drawer.ledger.payment_history(SALE)
    with pytest.raises(RefundTooMuch):
        await form.send()
    assert drawer.operator.refunds == []


# The preselected answer


async def test_of_too_much_the_difference_is_meant(drawer: Drawer) -> None:
    await drawer.sell(sum_minor=15000)
    form = await drawer.ask_for(Action.REFUND)
    assert form.amount is not None
    assert form.amount.text == "24,50"
    assert form.amount.chips == ((f"24,50{NBSP}₴", "24,50"), (f"150,00{NBSP}₴", "150,00"))
    assert drawer.details.proposed == (Action.REFUND, Action.SETTLE)


async def test_of_two_payments_the_later_one_is_meant(drawer: Drawer) -> None:
    await drawer.sell()
    await drawer.write(lambda tx: again(tx, 12600))
    form = await drawer.ask_for(Action.REFUND, reason="twice")
    assert form.amount is not None
    assert form.amount.text == "126,00"
    assert "at most 126,00" in form.amount.rest.replace(NBSP, " ")
    drawer.operator.answers.append(TAKEN)
    await drawer.send()
    assert [order.txn_id for order in drawer.operator.refunds] == ["txn-again"]


async def test_what_went_back_already_is_not_proposed_once_more(drawer: Drawer) -> None:
    await drawer.sell(sum_minor=15000)
    await drawer.write(lambda tx: sales.refund(tx, "sale", 2450, "done"))
    details = await drawer.open()
    assert details.proposed == (Action.SETTLE,)
    assert Action.REFUND in details.actions, "but it can be chosen"


# Sending


async def test_a_refund_is_sent_and_told(drawer: Drawer) -> None:
    await drawer.sell()
    await drawer.ask_for(Action.REFUND, amount="25,5", reason="  one   cup ")
    drawer.operator.answers.append(TAKEN)
    await drawer.send()
    assert [(order.txn_id, order.amount_minor) for order in drawer.operator.refunds] == [("txn-sale", 2550)]
    assert drawer.state.form is None
    assert drawer.toasts == [(f"The refund of 25,50{NBSP}₴ is sent", "paid")]
    [line] = drawer.details.refunds.lines
    assert (line.sum, line.status.word) == (f"25,50{NBSP}₴", "On its way")
    assert "one cup" in line.detail
    assert Action.REFUND not in drawer.details.actions, "one at a time"
    assert drawer.details.refunds.actions == (Action.ASK_REFUND,)
    assert "on its way" in drawer.details.refunds.note


async def test_one_press_is_one_refund(drawer: Drawer) -> None:
    await drawer.sell()
    await drawer.ask_for(Action.REFUND, amount="20", reason="returned")
    drawer.operator.gate = asyncio.Event()
    for _ in range(3):
        drawer.presenter.forms.send()
        drawer.presenter.forms.send()
        for _turn in range(5):
            await asyncio.sleep(0)
    assert drawer.form.sending
    assert not drawer.form.can_send
    assert (len(drawer.details.refunds.lines), drawer.form.notice) == (1, ""), "one's own refund is no news"
    drawer.presenter.forms.close()
    assert drawer.state.form is not None, "what is being sent cannot be taken back"
    drawer.operator.gate.set()
    await drawer.presenter.wait_until_idle()
    assert len(drawer.operator.refunds) == 1
    assert len((await drawer.view()).payment.refunds) == 1
    assert [tone for _text, tone in drawer.toasts] == ["paid"]


async def test_enter_in_a_form_that_is_not_ready_sends_nothing(drawer: Drawer) -> None:
    await drawer.sell()
    await drawer.ask_for(Action.REFUND, reason="ab")
    drawer.operator.answers.append(TAKEN)
    await drawer.send()
    assert drawer.operator.refunds == []


async def test_a_refusal_is_reported_in_the_operators_words(drawer: Drawer) -> None:
    await drawer.sell()
    await drawer.ask_for(Action.REFUND, reason="returned")
    drawer.operator.answers.append(RefundAnswer(failed=True, message="Too late", operation_status=21))
    await drawer.send()
    assert drawer.state.form is None
    assert drawer.toasts == [("The operator refused the refund: Too late", "failed")]
    [line] = drawer.details.refunds.lines
    assert (line.status.word, line.status.tone) == ("Not refunded", "failed")
    assert "Too late" in line.detail
    assert Action.REFUND in drawer.details.actions, "nothing went back: it can be tried again"


@pytest.mark.parametrize(
    "answer", [OperatorUnreachable(reason="timeout"), OperatorRefused(operator_code="500", message="broken")]
)
async def test_an_unknown_outcome_is_explained_and_never_sent_again(drawer: Drawer, answer: Exception) -> None:
    await drawer.sell()
    await drawer.ask_for(Action.REFUND, reason="returned")
    drawer.operator.answers.append(answer)
    await drawer.send()
    assert [tone for _text, tone in drawer.toasts] == ["attention"]
    assert drawer.details.refunds.tone == "attention"
    assert "never sends a refund again" in drawer.details.refunds.note
    assert Action.REFUND not in drawer.details.actions
    drawer.presenter.do(Action.REFUND)
    assert drawer.state.form is None
    assert len(drawer.operator.refunds) == 1


async def test_an_operator_that_is_not_set_up_is_reported(drawer: Drawer) -> None:
    await drawer.sell()
    await drawer.ask_for(Action.REFUND, reason="returned")
    drawer.operator.answers.append(NotConfigured(setting="operator_token"))
    await drawer.send()
    assert [tone for _text, tone in drawer.toasts] == ["failed"]
    assert drawer.details.refunds.lines[0].status.word == "Not refunded"


async def test_what_was_not_done_keeps_the_question_and_all_that_was_typed(drawer: Drawer) -> None:
    await drawer.sell()
    await drawer.ask_for(Action.REFUND, amount="20", reason="returned")
    await drawer.write(lambda tx: sales.refund(tx, "sale", 100))  # another window commits first
    await drawer.send()
    assert drawer.form.problem == Texts("en").error(RefundInFlight())
    assert drawer.form.amount is not None
    assert (drawer.form.amount.text, drawer.form.reason) == ("20", "returned")
    assert drawer.operator.refunds == []
    drawer.presenter.forms.edit("amount", "30")
    assert drawer.form.problem == ""


async def test_a_refund_that_came_meanwhile_is_reported_and_looked_at_before_another_one(drawer: Drawer) -> None:
    """Two people refund the same 20: the second one sees that it was done, and no second refund is sent."""
    await drawer.sell()
    assert (await drawer.ask_for(Action.REFUND, amount="20", reason="returned")).notice == ""
    drawer.is_deaf = True
    await drawer.write(lambda tx: sales.refund(tx, "sale", 2000, "done"))
    await drawer.send()
    assert "Look again before you decide" in drawer.form.problem
    assert "Look again before you decide" in drawer.form.notice
    assert drawer.operator.refunds == []
    drawer.presenter.forms.show_latest()
    assert (drawer.form.problem, drawer.form.notice) == ("", "")
    drawer.operator.answers.append(TAKEN)
    await drawer.send()
    assert [order.amount_minor for order in drawer.operator.refunds] == [2000]


async def test_money_without_a_message_is_not_refunded_from_here(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    await drawer.write(lambda tx: sales.state(tx, "sale", HINT))
    await drawer.api.settlement.settle(SALE, "seen in the cabinet", paid=True)
    details = await drawer.open()
    assert (await drawer.view()).payment.confirmed_by is ConfirmedBy.PERSON
    assert Action.REFUND not in details.actions
    assert "cabinet" in details.refunds.note


# The outcome of a refund


async def _refund(drawer: Drawer, *answers: str) -> Details:
    await drawer.sell()
    await drawer.write(lambda tx: sales.refund(tx, "sale", 2550, *answers))
    return await drawer.open()


@pytest.mark.parametrize(
    ("answers", "word", "tone"),
    [
        ((), "On its way", "waiting"),
        (("requested",), "On its way", "waiting"),
        (("requested", "done"), "Refunded", "refunded"),
        (("failed",), "Not refunded", "failed"),
        (("unknown",), "Outcome not known", "attention"),
    ],
)
async def test_every_refund_stands_with_its_status(
    drawer: Drawer, answers: tuple[str, ...], word: str, tone: str
) -> None:
    details = await _refund(drawer, *answers)
    [line] = details.refunds.lines
    assert (line.sum, line.status.word, line.status.tone) == (f"25,50{NBSP}₴", word, tone)
    assert "changed their mind" in line.detail


async def test_a_refund_from_elsewhere_is_named_so(drawer: Drawer) -> None:
    await drawer.sell()
    await drawer.write(lambda tx: sales.receive(tx, "sale", "refund", sum_minor=500, counts=False, after_s=200))
    details = await drawer.open()
    assert "Refunded outside Paydesk" in details.refunds.lines[0].detail
    assert details.attention_texts == (Texts("en").attention(Attention.REFUNDED_ELSEWHERE),)


IN_DOUBT = (Action.ASK_REFUND, Action.REFUND_DONE, Action.REFUND_NOT)


@pytest.mark.parametrize(
    ("answers", "minutes", "actions"),
    [
        (("unknown",), 0, IN_DOUBT),
        ((), 0, IN_DOUBT[:1]),
        ((), 5, IN_DOUBT),
        (("requested",), 60, IN_DOUBT[:1]),
        (("requested",), 25 * 60, IN_DOUBT),
        (("failed",), 0, ()),
    ],
)
async def test_a_person_decides_only_when_nothing_else_will(
    drawer: Drawer, answers: tuple[str, ...], minutes: int, actions: tuple[Action, ...]
) -> None:
    drawer.api.clock.pass_time(minutes=2)
    await _refund(drawer, *answers)
    drawer.api.clock.pass_time(minutes=minutes)
    assert (await drawer.open()).refunds.actions == actions


@pytest.mark.parametrize(("status", "word"), [(10, "Refunded"), (1, "Outcome not known")])
async def test_the_operator_is_asked_about_the_refund(drawer: Drawer, status: int, word: str) -> None:
    await _refund(drawer, "unknown")
    drawer.operator.statuses.append(status)
    drawer.presenter.do(Action.ASK_REFUND)
    drawer.presenter.do(Action.ASK_REFUND)
    assert drawer.state.busy == {Action.ASK_REFUND}
    await drawer.presenter.wait_until_idle()
    assert drawer.operator.asked == [TransactionId("t-sale")]
    assert drawer.state.busy == frozenset()
    assert drawer.details.refunds.lines[0].status.word == word
    text = "25,50\u00a0₴ went back" if word == "Refunded" else "the refund is not decided yet"
    assert drawer.toasts == [(f"Payment No. 1: {text}", "ended")]


@pytest.mark.parametrize(
    ("action", "word", "status"),
    [
        (Action.REFUND_DONE, "Refunded", RefundStatus.DONE),
        (Action.REFUND_NOT, "Not refunded", RefundStatus.FAILED),
    ],
)
async def test_a_person_notes_what_became_of_it(
    drawer: Drawer, action: Action, word: str, status: RefundStatus
) -> None:
    await _refund(drawer, "unknown")
    form = await drawer.ask_for(action, reason="seen in the cabinet")
    assert form.amount is None
    assert "25,50" in form.title
    assert form.danger is (action is Action.REFUND_NOT), "money could go twice"
    await drawer.send()
    assert drawer.state.form is None
    assert (await drawer.view()).payment.refunds[0].status is status
    assert drawer.details.refunds.lines[0].status.word == word
    assert len(drawer.toasts) == 1


async def test_the_word_is_about_the_refund_that_was_asked_about(drawer: Drawer) -> None:
    """The refund is settled and another one is in flight when the answer is given: the answer is not for that one."""
    await drawer.sell()
    await drawer.write(lambda tx: sales.refund(tx, "sale", 2000, "unknown"))
    await drawer.ask_for(Action.REFUND_NOT, reason="not in the cabinet")
    await drawer.write(lambda tx: sales.receive(tx, "sale", "refund", txn_id="b", sum_minor=2000, signature="b"))
    drawer.api.clock.pass_time(minutes=5)
    drawer.operator.answers.append(OperatorUnreachable(reason="silent"))
    with pytest.raises(RefundUnknown):
        await drawer.api.refunds.refund(SALE, 1000, "more")
    await drawer.presenter.wait_until_idle()
    await drawer.send()
    statuses = [refund.status for refund in (await drawer.view()).payment.refunds]
    assert statuses == [RefundStatus.DONE, RefundStatus.UNKNOWN]
    assert drawer.form.problem == Texts("en").error(RefundSettled())


async def test_without_a_reason_nothing_is_noted(drawer: Drawer) -> None:
    await _refund(drawer, "unknown")
    await drawer.ask_for(Action.REFUND_NOT)
    await drawer.send()
    assert drawer.state.form is not None
    assert (await drawer.view()).payment.refunds[0].status is RefundStatus.UNKNOWN


# What needs attention


async def _raise_attention(drawer: Drawer, code: Attention) -> None:
    """Make the payment `sale` need attention with this code."""
    match code:
        case Attention.UNDERPAID:
            await drawer.sell(sum_minor=100)
        case Attention.OVERPAID:
            await drawer.sell(sum_minor=20000)
        case Attention.PAID_TWICE:
            await drawer.sell()
            await drawer.write(again)
        case Attention.LATE:
            await sales.sold(drawer.ledger, "sale")
            await drawer.write(lambda tx: sales.receive(tx, "sale", late=True))
        case Attention.REPLAY | Attention.TXN_REUSED:
            await sales.sold(drawer.ledger, "sale")
            await drawer.write(lambda tx: sales.receive(tx, "sale", counts=False, **{code.value: True}))
        case Attention.UNVERIFIED:
            await sales.sold(drawer.ledger, "sale")
            await drawer.write(lambda tx: sales.receive(tx, "sale", counts=False, signed="missing"))
        case Attention.SILENT:
            await sales.sold(drawer.ledger, "sale")
            await drawer.write(lambda tx: sales.state(tx, "sale", OperatorSilent(sales.key_of("sale"))))
        case Attention.CONTRADICTION:
            await drawer.sell()
            no = StatusAnswered(sales.key_of("sale"), TransactionId("t"), 21, "no")
            await drawer.write(lambda tx: sales.state(tx, "sale", no, after_s=300))
        case Attention.OPERATOR_SAYS_PAID:
            await sales.sold(drawer.ledger, "sale")
            await drawer.write(lambda tx: sales.state(tx, "sale", HINT))
        case Attention.UNKNOWN_COMMAND:
            await drawer.sell()
            await drawer.write(lambda tx: sales.receive(tx, "sale", "nonsense", counts=False))


@pytest.mark.parametrize(
    ("code", "proposed"),
    [
        (Attention.UNVERIFIED, {Action.CHECK, Action.SETTLE}),
        (Attention.UNDERPAID, {Action.REFUND, Action.SETTLE}),
        (Attention.OVERPAID, {Action.REFUND, Action.SETTLE}),
        (Attention.PAID_TWICE, {Action.REFUND, Action.SETTLE}),
        (Attention.LATE, {Action.SETTLE}),
        (Attention.TXN_REUSED, {Action.SETTLE}),
        (Attention.REPLAY, {Action.CHECK, Action.SETTLE}),
        (Attention.CONTRADICTION, {Action.CHECK, Action.SETTLE}),
        (Attention.SILENT, {Action.CHECK, Action.SETTLE}),
        (Attention.OPERATOR_SAYS_PAID, {Action.CONFIRM, Action.SETTLE}),
        (Attention.UNKNOWN_COMMAND, {Action.SETTLE}),
    ],
)
async def test_every_attention_proposes_what_its_sentence_says(
    drawer: Drawer, code: Attention, proposed: set[Action]
) -> None:
    await _raise_attention(drawer, code)
    details = await drawer.open()
    assert details.attention_texts == (Texts("en").attention(code),)
    assert set(details.proposed) == proposed
    assert not set(details.proposed) & set(details.actions), "a button stands in one place"


async def test_settling_takes_the_mark_away_and_nothing_else(drawer: Drawer) -> None:
    await _raise_attention(drawer, Attention.LATE)
    form = await drawer.ask_for(Action.SETTLE, reason="handed over")
    assert (form.yes, form.amount, form.can_send) == ("Mark as settled", None, True)
    await drawer.send()
    assert drawer.details.attention_texts == ()
    assert drawer.details.proposed == ()
    assert drawer.toasts == [("Marked as settled", "paid")]
    assert drawer.details.timeline[-1].text == "A person looked at it: handed over"


async def test_who_was_paying_gets_no_second_link_before_the_link_is_cancelled(drawer: Drawer) -> None:
    await sales.sold(drawer.ledger, "sale")
    await drawer.write(lambda tx: sales.receive(tx, "sale", "auth", signed=SignatureCheck.MISSING))
    drawer.api.clock.pass_time(minutes=20)
    actions = (await drawer.open()).actions
    assert (Action.RENEW in actions, Action.CANCEL in actions) == (False, True)
    await drawer.api.till.cancel(SALE)
    assert Action.RENEW in (await drawer.open()).actions


@pytest.mark.parametrize("action", [Action.CONFIRM, Action.SETTLE])
async def test_paid_is_an_answer_of_its_own(drawer: Drawer, action: Action) -> None:
    await _raise_attention(drawer, Attention.OPERATOR_SAYS_PAID)
    form = await drawer.ask_for(action, reason="cabinet, 12:20")
    assert "125,50" in form.text
    assert (form.confirm, form.yes) == ("Confirm as paid", "Settle without marking paid")
    drawer.presenter.forms.confirm()
    await drawer.presenter.wait_until_idle()
    assert drawer.details.status.word == "Paid"
    assert (await drawer.view()).payment.confirmed_by is ConfirmedBy.PERSON
    assert drawer.toasts == [("Confirmed as paid", "paid")]


async def test_what_the_operator_says_can_be_settled_without_marking_it_paid(drawer: Drawer) -> None:
    await _raise_attention(drawer, Attention.OPERATOR_SAYS_PAID)
    await drawer.ask_for(Action.SETTLE, reason="the customer paid in cash")
    await drawer.send()
    payment = (await drawer.view()).payment
    assert (payment.received_minor, payment.confirmed_by, payment.attention) == (0, None, ())
    assert drawer.toasts == [("Marked as settled", "paid")]


async def test_where_the_operator_does_not_say_paid_there_is_no_such_answer(drawer: Drawer) -> None:
    await _raise_attention(drawer, Attention.UNVERIFIED)
    assert (await drawer.ask_for(Action.SETTLE, reason="looked at it")).confirm == ""
    drawer.presenter.forms.confirm()
    await drawer.presenter.wait_until_idle()
    assert (await drawer.view()).payment.attention == (Attention.UNVERIFIED,)


@pytest.mark.parametrize(
    "code", [Attention.OPERATOR_SAYS_PAID, Attention.UNVERIFIED, Attention.REPLAY, Attention.TXN_REUSED]
)
async def test_no_second_link_is_proposed_for_what_may_be_paid(drawer: Drawer, code: Attention) -> None:
    await _raise_attention(drawer, code)
    drawer.api.clock.pass_time(minutes=20)
    assert Action.RENEW not in (await drawer.open()).actions


async def test_the_question_lists_what_it_is_about(drawer: Drawer) -> None:
    await _raise_attention(drawer, Attention.LATE)
    await drawer.write(lambda tx: sales.receive(tx, "sale", "nonsense", counts=False))
    form = await drawer.ask_for(Action.SETTLE)
    say = Texts("en").attention
    assert form.causes == (say(Attention.LATE), say(Attention.UNKNOWN_COMMAND))
    assert form.notice == ""


async def test_causes_of_one_kind_are_one_line_that_counts_them(drawer: Drawer) -> None:
    await _raise_attention(drawer, Attention.UNVERIFIED)
    await drawer.write(lambda tx: _forged(tx, "second"))
    form = await drawer.ask_for(Action.SETTLE)
    assert form.causes == (f"{Texts('en').attention(Attention.UNVERIFIED)} (×\u00a02)",)


async def test_what_comes_while_it_is_asked_is_reported_and_not_settled(drawer: Drawer) -> None:
    """Between the click and the answer the operator reports paid: the answer still covers only what was listed."""
    await _raise_attention(drawer, Attention.UNVERIFIED)
    asked = await drawer.ask_for(Action.SETTLE, reason="looked at it")
    await drawer.write(lambda tx: sales.state(tx, "sale", HINT))
    await drawer.presenter.wait_until_idle()
    form = drawer.form
    assert (form.causes, form.confirm, form.yes) == (asked.causes, "", "Mark as settled")
    assert "Something new needs attention" in form.notice
    await drawer.send()
    assert drawer.details.attention_texts == (Texts("en").attention(Attention.OPERATOR_SAYS_PAID),)
    assert drawer.toasts == [("Marked as settled. Something newer still needs attention", "attention")]


async def test_what_the_window_has_not_heard_of_yet_is_not_settled_either(drawer: Drawer) -> None:
    await _raise_attention(drawer, Attention.UNVERIFIED)
    await drawer.ask_for(Action.SETTLE, reason="looked at it")
    drawer.is_deaf = True
    await drawer.write(lambda tx: sales.state(tx, "sale", HINT))
    await drawer.send()
    assert drawer.details.attention_texts == (Texts("en").attention(Attention.OPERATOR_SAYS_PAID),)


async def test_looking_again_lists_what_is_new(drawer: Drawer) -> None:
    await _raise_attention(drawer, Attention.UNVERIFIED)
    await drawer.ask_for(Action.SETTLE, reason="looked at it")
    await drawer.write(lambda tx: sales.state(tx, "sale", HINT))
    await drawer.presenter.wait_until_idle()
    drawer.presenter.forms.show_latest()
    form = drawer.form
    assert (len(form.causes), form.notice, form.confirm) == (2, "", "Confirm as paid")
    assert form.reason == "looked at it", "what was typed stays"
    await drawer.send()
    assert drawer.details.attention_texts == ()


async def test_settled_elsewhere_and_new_the_person_is_reported_to_look_again(drawer: Drawer) -> None:
    await _raise_attention(drawer, Attention.LATE)
    await drawer.ask_for(Action.SETTLE, reason="handed over")
    await drawer.api.settlement.settle(SALE, "someone else")
    await drawer.write(lambda tx: sales.receive(tx, "sale", "nonsense", counts=False))
    await drawer.presenter.wait_until_idle()
    await drawer.send()
    assert "came after you looked" in drawer.form.problem
    assert drawer.form.notice
    drawer.presenter.forms.show_latest()
    assert drawer.form.problem == ""
    assert drawer.form.causes == (Texts("en").attention(Attention.UNKNOWN_COMMAND),)


async def test_what_another_window_settled_is_said(drawer: Drawer) -> None:
    await _raise_attention(drawer, Attention.LATE)
    await drawer.ask_for(Action.SETTLE, reason="handed over")
    await drawer.api.settlement.settle(SALE, "someone else")
    await drawer.presenter.wait_until_idle()
    await drawer.send()
    assert "Nothing about this payment needs attention" in drawer.form.problem


async def test_a_card_number_in_a_reason_is_reported_beside_it_and_nothing_is_sent(drawer: Drawer) -> None:
    await drawer.sell()
    form = await drawer.ask_for(Action.REFUND, reason="card 4242-4242-4242-4242")
    assert form.reason_error == "Never type a card number here"
    assert form.can_send is False
    await drawer.send()
    assert drawer.operator.refunds == []
