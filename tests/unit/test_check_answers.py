"""Asking the operator from the window: always answered, for the payment that was asked about and for no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.domain.errors import OperatorRefused, OperatorUnreachable, StorageFull
from app.domain.ids import PaymentId, TransactionId
from app.domain.journal.events import SignatureCheck, Source, StatusAnswered
from app.domain.operator_codes import OperationStatus
from app.domain.payment import PaymentStatus
from app.services.ports.ledger import PaymentHistory
from app.services.ports.operator_gateway import LinkAnswer, LinkOrder, StatusAnswer
from app.ui.context import CoreConnection, Question
from app.ui.drawer.presenter import DrawerPresenter
from app.ui.drawer.state import Action as DrawerAction
from app.ui.drawer.state import Details, DrawerState, FormState
from app.ui.pages.till.presenter import TillPresenter
from app.ui.pages.till.state import Action, CardFace, TillState
from tests.builders import callback
from tests.contracts import sales
from tests.fakes.clock_and_operator import ScriptedOperator
from tests.fakes.context import FakeDesktopServices, FakeNotices, InlineBridge, make_context
from tests.fakes.ledger import FakeLedger

URL = "https://mapi.xpaydirect.com/pay/1"
NOTHING_NEW = "Payment No. {number}: the operator has nothing new"


class GatedOperator(ScriptedOperator):
    """Answers status inquiries when the test opens `gate`, and requests for links at `link_gate`."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.link_gate = asyncio.Event()
        self.link_gate.set()

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        await self.link_gate.wait()
        return await super().create_link(order)

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        await self.gate.wait()
        return await super().ask_status(transaction_id, terminal_id)


@dataclass
class SlowPerson(FakeDesktopServices):
    """Answers a question when the test opens `gate`."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def confirm(self, question: Question) -> bool:
        await self.gate.wait()
        return await super().confirm(question)


class SlowBridge(InlineBridge):
    """Runs commands when the test opens `release`, or raises."""

    def __init__(self, release: asyncio.Event, failure: Exception | None = None) -> None:
        self._release = release
        self._failure = failure

    async def command(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        await self._release.wait()
        if self._failure is not None:
            raise self._failure
        return await super().command(work)


class Window:
    """The till and a drawer on one fake core."""

    def __init__(self) -> None:
        self.operator = GatedOperator()
        self.ledger = FakeLedger()
        self.context = make_context(self.ledger, self.operator)
        self.tills: list[TillState] = []
        self.drawers: list[DrawerState] = []
        self._shown = asyncio.Event()
        self.till = TillPresenter(self.context, self._show_till, lambda: None)
        self.drawer = DrawerPresenter("test", self.context, self._show_drawer, lambda _: None)
        self.till.load()

    @property
    def toasts(self) -> list[tuple[str, str]]:
        assert isinstance(self.context.notices, FakeNotices)
        return self.context.notices.toasts

    @property
    def form(self) -> FormState:
        form = self.drawers[-1].form
        assert form is not None
        return form

    @property
    def details(self) -> Details:
        details = self.drawers[-1].details
        assert details is not None
        return details

    def _show_till(self, state: TillState) -> None:
        self.tills.append(state)
        self._shown.set()

    def _show_drawer(self, state: DrawerState) -> None:
        self.drawers.append(state)
        self._shown.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for a shown state while other tasks wait for the operator."""
        while not holds():
            self._shown.clear()
            await self._shown.wait()

    async def idle(self) -> None:
        await self.till.wait_until_idle()
        await self.drawer.wait_until_idle()

    async def sell(self, name: str = "a", baseline: int | Exception = 1) -> PaymentId:
        self.operator.links.append(LinkAnswer(f"{URL}/{name}", "uuid-1", "11"))
        self.operator.statuses.append(baseline)
        self.till.edit("amount", "125,50")
        self.till.create()
        await self.idle()
        self.toasts.clear()
        payment_id = self.tills[-1].card.payment_id
        assert payment_id is not None
        return payment_id

    async def history(self, payment_id: PaymentId) -> PaymentHistory:
        history = await self.ledger.payment_history(payment_id)
        assert history is not None
        return history

    async def write(self, payment_id: PaymentId, fact: Any) -> None:
        """Add a fact to the payment's journal, as the core does, and tell the pages."""
        await self.ledger.write(
            lambda tx: tx.append(fact, payment_id=payment_id, source=Source.CALLBACK, at=self.context.now())
        )
        self.till.on_changed(frozenset({payment_id}))
        self.drawer.on_changed(frozenset({payment_id}))
        await self.idle()

    async def receive(self, payment_id: PaymentId, *, through: int = -1, **changes: Any) -> None:
        """Receive a callback through one of the payment's links, the newest by default."""
        key = (await self.history(payment_id)).payment.links[through].key
        await self.write(payment_id, callback(link_key=key, uuid="uuid-1", **changes).fact)

    async def hint(self, payment_id: PaymentId, nonce: str = "9") -> None:
        link = (await self.history(payment_id)).payment.link
        await self.write(payment_id, StatusAnswered(link.key, link.transaction_id, 10, "", hint=True, nonce=nonce))


@pytest.fixture
async def window() -> Window:
    return Window()


# What is told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (1, (NOTHING_NEW.format(number=1), "ended")),
        (None, (NOTHING_NEW.format(number=1), "ended")),
        (77, (NOTHING_NEW.format(number=1), "ended")),
        (OperationStatus.DECLINED, ("Payment No. 1: the operator says: failed", "failed")),
        (OperationStatus.DONE, ("Payment No. 1: the operator says: paid", "paid")),
    ],
)
async def test_a_check_tells_what_the_operator_said_each_time(
    window: Window, answer: int | None, told: tuple[str, str]
) -> None:
    await window.sell()
    for _again in range(2):
        window.toasts.clear()
        if window.tills[-1].card.face is CardFace.QR:
            window.operator.statuses.append(answer)
            window.till.do(Action.CHECK)
            await window.idle()
            assert window.toasts == [told]


async def test_a_check_that_proves_nothing_says_who_must_confirm(window: Window) -> None:
    await window.sell(baseline=OperatorUnreachable(reason="timeout"))
    window.operator.statuses.append(OperationStatus.DONE)
    window.till.do(Action.CHECK)
    await window.idle()
    assert window.toasts == [("Payment No. 1: the operator says: paid. A person must confirm it", "attention")]
    assert window.tills[-1].card.headline == "The operator says: paid"


async def test_a_link_that_was_called_paid_from_the_start_can_only_be_confirmed_by_a_callback(window: Window) -> None:
    await window.sell(baseline=OperationStatus.DONE)
    window.operator.statuses.append(OperationStatus.DONE)
    window.till.do(Action.CHECK)
    await window.idle()
    [(text, tone)] = window.toasts
    assert ("only the operator's callback can confirm it" in text, tone) == (True, "attention")


async def test_money_that_came_while_the_operator_was_asked_is_no_lack_of_news(window: Window) -> None:
    payment_id = await window.sell()
    window.operator.gate.clear()
    window.operator.statuses.append(1)
    window.till.do(Action.CHECK)
    key = (await window.history(payment_id)).payment.link.key
    paid = callback(link_key=key, uuid="uuid-1").fact
    await window.ledger.write(
        lambda tx: tx.append(paid, payment_id=payment_id, source=Source.CALLBACK, at=window.context.now())
    )
    window.operator.gate.set()
    await window.idle()
    assert window.toasts == [("Payment No. 1: Paid", "paid")]


@pytest.mark.parametrize(
    "answer", [1, OperationStatus.DECLINED, OperationStatus.DONE, OperatorUnreachable(reason="timeout")]
)
async def test_a_check_is_answered_when_the_sale_left_the_screen(window: Window, answer: int | Exception) -> None:
    payment_id = await window.sell()
    window.operator.statuses += [answer, answer]
    window.operator.gate.clear()
    window.till.do(Action.CHECK)
    window.till.new_payment()
    window.operator.gate.set()
    await window.idle()
    assert [text.startswith("Payment No. 1") for text, _tone in window.toasts] == [True]
    window.toasts.clear()
    window.drawer.open(payment_id)
    await window.idle()
    if DrawerAction.CHECK in window.details.actions:
        window.drawer.do(DrawerAction.CHECK)
        window.drawer.go_back()
        await window.idle()
        assert [text.startswith("Payment No. 1") for text, _tone in window.toasts] == [True]


@pytest.mark.parametrize("leaves", [True, False])
async def test_a_link_that_is_refused_is_told_when_the_sale_left_the_screen(window: Window, leaves: bool) -> None:
    other = await window.sell("a")
    window.operator.links.append(OperatorRefused(operator_code="403", message="no terminal"))
    window.operator.link_gate.clear()
    window.till.edit("amount", "7")
    window.till.create()
    await window.until(lambda: window.tills[-1].card.payment_id != other)
    if leaves:
        window.till.select(other)
        await window.until(lambda: window.tills[-1].card.payment_id == other)
    window.operator.link_gate.set()
    await window.idle()
    told = [text for text, _tone in window.toasts]
    if leaves:
        assert [text.startswith("Payment No. 2. ") and "no terminal" in text for text in told] == [True]
        assert window.tills[-1].card.face is CardFace.QR
    else:
        assert told == []
        assert "no terminal" in window.tills[-1].card.detail


# One payment and another


async def test_checking_one_payment_neither_blocks_nor_marks_another(window: Window) -> None:
    first = await window.sell("a")
    await window.sell("b")
    window.operator.statuses += [1, OperationStatus.DECLINED]
    window.operator.gate.clear()
    window.till.do(Action.CHECK)
    assert window.tills[-1].card.asking
    window.till.select(first)
    await window.until(lambda: window.tills[-1].card.payment_id == first)
    assert not window.tills[-1].card.asking
    window.till.do(Action.CHECK)
    window.till.do(Action.CHECK)
    assert window.tills[-1].card.asking
    window.operator.gate.set()
    await window.idle()
    assert not window.tills[-1].card.asking
    assert sorted(text[:14] for text, _tone in window.toasts) == ["Payment No. 1:", "Payment No. 2:"]
    assert window.operator.statuses == []


@pytest.mark.parametrize(("action", "is_refund"), [(DrawerAction.CHECK, False), (DrawerAction.ASK_REFUND, True)])
async def test_the_drawer_asks_about_each_payment_on_its_own(
    window: Window, action: DrawerAction, is_refund: bool
) -> None:
    for name in ("one", "two"):
        await sales.sold(window.ledger, name)
        if is_refund:
            await window.ledger.write(lambda tx, name=name: sales.receive(tx, name))  # type: ignore[misc]
            await window.ledger.write(lambda tx, name=name: sales.refund(tx, name, 100, "requested"))  # type: ignore[misc]
    window.operator.statuses += [1, 1]
    window.operator.gate.clear()
    for name in ("one", "two"):
        window.drawer.open(sales.payment_of(name))
        await window.until(lambda: window.drawers[-1].details is not None)
        assert window.drawers[-1].busy == frozenset()
        window.drawer.do(action)
        assert window.drawers[-1].busy == {action}
    window.operator.gate.set()
    await window.idle()
    assert window.drawers[-1].busy == frozenset()
    assert sorted(text[:14] for text, _tone in window.toasts) == ["Payment No. 1:", "Payment No. 2:"]


async def test_a_question_about_cancelling_belongs_to_its_payment(window: Window) -> None:
    first = await window.sell("a")
    second = await window.sell("b")
    person = SlowPerson()
    window.context.desktop = person
    window.till.do(Action.CANCEL)
    window.till.select(first)
    await window.until(lambda: window.tills[-1].card.payment_id == first)
    window.till.do(Action.CANCEL)
    person.gate.set()
    await window.idle()
    states = [(await window.history(payment_id)).payment.state for payment_id in (first, second)]
    assert states == [PaymentStatus.CANCELLED, PaymentStatus.CANCELLED]


async def test_a_form_that_is_being_sent_does_not_hold_up_the_one_of_another_payment(window: Window) -> None:
    """The first is sent and its payment leaves the drawer; the second can be typed, sent and closed meanwhile."""
    for name in ("one", "two"):
        await sales.sold(window.ledger, name)
        await window.ledger.write(lambda tx, name=name: sales.receive(tx, name, late=True))  # type: ignore[misc]
    release = asyncio.Event()
    assert window.context.core is not None
    bridge = window.context.core.bridge
    window.context.core = CoreConnection(window.context.core.api, SlowBridge(release))  # type: ignore[arg-type]
    window.drawer.open(sales.payment_of("one"))
    await window.until(lambda: window.drawers[-1].details is not None)
    window.drawer.do(DrawerAction.SETTLE)
    window.drawer.forms.edit("reason", "handed over")
    window.drawer.forms.send()
    assert window.form.sending
    window.drawer.open(sales.payment_of("two"))
    await window.until(lambda: window.drawers[-1].details is not None)
    window.context.core = CoreConnection(window.context.core.api, bridge)
    window.drawer.do(DrawerAction.SETTLE)
    window.drawer.forms.edit("reason", "handed over too")
    assert (window.form.sending, window.form.can_send) == (False, True)
    release.set()
    await window.idle()
    assert window.form.reason == "handed over too", "the answer about the first does not close the second"
    window.drawer.forms.send()
    await window.idle()
    for name in ("one", "two"):
        assert (await window.history(sales.payment_of(name))).payment.attention == ()


async def test_a_form_that_fails_after_its_payment_left_the_drawer_is_told(window: Window) -> None:
    await sales.sold(window.ledger, "one")
    await window.ledger.write(lambda tx: sales.receive(tx, "one", late=True))
    release = asyncio.Event()
    assert window.context.core is not None
    bridge = SlowBridge(release, StorageFull())
    window.context.core = CoreConnection(window.context.core.api, bridge)  # type: ignore[arg-type]
    window.drawer.open(sales.payment_of("one"))
    await window.until(lambda: window.drawers[-1].details is not None)
    window.drawer.do(DrawerAction.SETTLE)
    window.drawer.forms.edit("reason", "handed over")
    window.drawer.forms.send()
    window.drawer.open(sales.payment_of("two"))
    release.set()
    await window.idle()
    assert window.toasts == [("Payment No. 1. The disk is full. Free some space and try again.", "failed")]


# What was seen before


async def test_the_code_that_was_asked_for_is_hidden_again_by_a_new_reason(window: Window) -> None:
    payment_id = await window.sell()
    await window.receive(payment_id, signed=SignatureCheck.WRONG, counts=False, signature="x")
    assert window.tills[-1].card.headline == "Money may have come already"
    window.till.do(Action.SHOW_CODE)
    assert window.tills[-1].card.face is CardFace.QR
    assert Action.COPY in window.tills[-1].card.actions
    await window.hint(payment_id)
    assert window.tills[-1].card.headline == "The operator says: paid"
    window.till.do(Action.SHOW_CODE)
    assert window.tills[-1].card.face is CardFace.QR
    window.till.new_payment()
    window.till.select(payment_id)
    await window.idle()
    assert window.tills[-1].card.face is CardFace.NOTICE


# Underpaid, and the operator says paid


async def test_a_part_without_a_signature_can_be_confirmed_as_the_whole(window: Window) -> None:
    payment_id = await window.sell()
    await window.receive(payment_id, signed=SignatureCheck.MISSING, sum_minor=5000)
    await window.hint(payment_id)
    card = window.tills[-1].card
    assert card.headline == "Received 50,00\u00a0₴ of 125,50\u00a0₴"
    assert "its callback reported less" in card.detail
    assert (card.actions, card.main) == ((Action.CONFIRM, Action.CHECK, Action.NEW), Action.CONFIRM)
    window.till.do(Action.CONFIRM)
    window.till.forms.edit("reason", "seen in the cabinet")
    window.till.forms.confirm()
    await window.idle()
    assert window.tills[-1].card.status is not None
    assert (await window.history(payment_id)).payment.state is PaymentStatus.PAID


async def test_a_signed_part_is_not_offered_to_be_confirmed_anywhere(window: Window) -> None:
    """A person's word would be refused: the signed callback says how much came (protocol.md A3.6)."""
    payment_id = await window.sell()
    await window.receive(payment_id, sum_minor=5000)
    await window.hint(payment_id)
    card = window.tills[-1].card
    assert Action.CONFIRM not in card.actions
    assert "its signed callback reported less" in card.detail
    assert {Action.REFUND, Action.CHECK, Action.NEW} == set(card.actions)
    window.drawer.open(payment_id)
    await window.idle()
    assert DrawerAction.CONFIRM not in (*window.details.actions, *window.details.proposed)
    window.drawer.do(DrawerAction.SETTLE)
    form = window.drawers[-1].form
    assert form is not None
    assert form.confirm == ""
    assert any("its signed callback reported less" in cause for cause in form.causes)


# Late money, and which link it came through


@pytest.mark.parametrize(
    ("cancelled", "headline", "words"),
    [
        (True, "Paid after it was cancelled here", "an earlier link, which was cancelled here"),
        (False, "Paid late, at ", "an earlier link after it had run out"),
    ],
)
async def test_the_old_link_of_a_renewed_payment_is_paid(
    window: Window, cancelled: bool, headline: str, words: str
) -> None:
    payment_id = await window.sell()
    assert window.context.core is not None
    api: Any = window.context.core.api
    if cancelled:
        window.till.do(Action.CANCEL)
    else:
        api.clock.pass_time(minutes=16)
    await window.idle()
    window.operator.links.append(LinkAnswer(f"{URL}/new", None, None))
    window.operator.statuses.append(1)
    window.till.do(Action.RENEW)
    await window.idle()
    assert window.tills[-1].card.face is CardFace.QR
    await window.receive(payment_id, through=0, late=True)
    card = window.tills[-1].card
    assert card.headline.startswith(headline)
    assert words in card.detail
    assert (card.tone, card.actions) == ("attention", (Action.REFUND, Action.NEW))
    assert card.status is not None
    window.drawer.open(payment_id)
    await window.idle()
    assert any(words in text for text in window.details.attention_texts)
    assert window.details.status.word == card.status.word == window.tills[-1].today.rows[0].status.word == "Paid late"
    last = window.details.timeline[-1]
    assert ("after the link had ended" in last.text, last.tone) == (True, "attention")


async def test_the_newest_link_was_cancelled_and_the_one_before_ran_out(window: Window) -> None:
    payment_id = await window.sell()
    assert window.context.core is not None
    api: Any = window.context.core.api
    api.clock.pass_time(minutes=16)
    window.operator.links.append(LinkAnswer(f"{URL}/new", None, None))
    window.operator.statuses.append(1)
    window.till.do(Action.RENEW)
    await window.idle()
    window.till.do(Action.CANCEL)
    await window.idle()
    await window.receive(payment_id, through=0, late=True)
    card = window.tills[-1].card
    assert "cancelled here" not in card.headline + card.detail
    assert "an earlier link after it had run out" in card.detail
