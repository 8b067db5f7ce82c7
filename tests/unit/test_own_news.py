"""A presenter shows the result of its own command and does not read again when notified of that same change.

ChangeBatcher of another payment, of another process, and of what came meanwhile is read as ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from app.services.bus import Bus
from app.services.ports.changes import Changes
from app.services.ports.ledger import PaymentFilter, PaymentView
from app.services.ports.operator_gateway import LinkAnswer, RefundAnswer, RefundOrder
from app.ui.change_batcher import ChangeBatcher
from app.ui.context import CoreConnection, UiContext
from app.ui.drawer.presenter import DrawerPresenter
from app.ui.drawer.state import Action, Details, DrawerState
from app.ui.pages.till.presenter import TillPresenter
from app.ui.pages.till.state import Action as CardAction
from app.ui.pages.till.state import CardFace, TillState
from tests.contracts import sales
from tests.fakes.clock_and_operator import ScriptedOperator
from tests.fakes.context import make_context
from tests.fakes.ledger import FakeLedger

SALE = sales.payment_of("sale")
SOON_S = 5.0
TAKEN = RefundAnswer(failed=False, message="done")
BACK = {"txn_id": "back", "signature": "back", "after_s": 400}


class CountingLedger(FakeLedger):
    """Counts the list queries."""

    lists = 0

    async def payments(self, criteria: PaymentFilter) -> list[PaymentView]:
        if criteria.limit:  # the fake's own query for totals has no limit
            self.lists += 1
        return await super().payments(criteria)


class SlowOperator(ScriptedOperator):
    """Accepts a refund when the test opens `gate`."""

    gate: asyncio.Event | None = None

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        if self.gate is None:
            return await super().refund(order)
        await self.gate.wait()
        return TAKEN


class WindowBridge:
    """Core and window on one loop. Counts the reads of presenters; `late` delays the result of one read."""

    def __init__(self) -> None:
        self.queries = 0
        self.late: asyncio.Event | None = None

    async def query(self, work: Callable[[], Any]) -> Any:
        self.queries += 1
        late, self.late = self.late, None
        read = await work()
        if late is not None:
            await late.wait()
        return read

    async def command(self, work: Callable[[], Any]) -> Any:
        return await work()


class Window:
    """A presenter with the real notifications of the journal, on one loop."""

    def __init__(self) -> None:
        self.operator, self.ledger, self.bridge = SlowOperator(), CountingLedger(), WindowBridge()
        self.context: UiContext = make_context(self.ledger, self.operator)
        assert self.context.core is not None
        self.api: Any = self.context.core.api
        self.context.core = CoreConnection(self.api, self.bridge)  # type: ignore[arg-type]
        self.bus = Bus(self.ledger)
        self._delivered_seq = 0
        self._news = asyncio.Event()
        self.bus.subscribe(self._note)

    def follow(self, on_changed: Callable[..., None]) -> None:
        loop = asyncio.get_running_loop()
        batcher = ChangeBatcher(lambda flush: lambda fact: loop.call_soon(flush, fact) and None, on_changed)
        self.bus.subscribe(batcher.add)

    def _note(self, changes: Changes) -> None:
        self._delivered_seq = changes.last_seq
        self._news.set()

    async def all_shown(self, presenter: Any) -> None:
        """Wait until the presenter has done what it wanted and heard of all that was committed."""
        await presenter.wait_until_idle()
        await self.all_delivered()
        await presenter.wait_until_idle()

    async def all_delivered(self) -> None:
        """Wait until the window was told of all that was committed, and what it read then has come."""
        last_seq = await self.ledger.last_seq()
        while self._delivered_seq < last_seq:
            self._news.clear()
            await self._news.wait()
        for _turn in range(5):  # the notification, and the read that it starts
            await asyncio.sleep(0)


@pytest.fixture
async def window() -> AsyncIterator[Window]:
    made = Window()
    following = asyncio.create_task(made.bus.run(after_seq=0), name="bus")
    yield made
    made.bus.stop()
    await following


class Drawer:
    def __init__(self, window: Window) -> None:
        self.window = window
        self.states: list[DrawerState] = []
        self.on_state: Callable[[], None] = lambda: None
        self.presenter = DrawerPresenter("test", window.context, self._show, lambda _: None)
        window.follow(self.presenter.on_changed)

    def _show(self, state: DrawerState) -> None:
        self.states.append(state)
        self.on_state()

    async def open(self) -> None:
        await self.settle()
        self.presenter.open(SALE)
        await self.settle()
        self.window.bridge.queries = 0

    async def settle(self) -> None:
        await self.window.all_shown(self.presenter)

    @property
    def lines(self) -> list[str]:
        return [line.status.word for line in self.details.refunds.lines]

    @property
    def timeline(self) -> list[str]:
        return [moment.text for moment in self.details.timeline]

    @property
    def details(self) -> Details:
        details = self.states[-1].details
        assert details is not None
        return details


@pytest.fixture
async def drawer(window: Window) -> Drawer:
    """A drawer on a paid sale."""
    await sales.sold(window.ledger, "sale")
    await window.ledger.write(lambda tx: sales.receive(tx, "sale"))
    made = Drawer(window)
    await made.open()
    return made


def ask_for_refund(drawer: Drawer, amount: str = "20") -> None:
    drawer.presenter.do(Action.REFUND)
    drawer.presenter.forms.edit("amount", amount)
    drawer.presenter.forms.edit("reason", "returned")
    drawer.presenter.forms.send()


async def test_a_refund_is_shown_from_its_result(drawer: Drawer) -> None:
    """One read: of the intent, while the operator's answer is outstanding. The answer comes with the result."""
    drawer.window.operator.gate = asyncio.Event()
    ask_for_refund(drawer)
    await drawer.window.all_delivered()
    assert drawer.lines == ["On its way"], "while the operator is asked"
    drawer.window.operator.gate.set()
    await drawer.settle()
    assert drawer.lines == ["On its way"]
    assert drawer.states[-1].form is None
    assert drawer.window.bridge.queries == 1


async def test_what_the_operator_did_not_take_is_read(drawer: Drawer) -> None:
    """A refusal is recorded, but it has no result to show."""
    drawer.window.operator.answers.append(RefundAnswer(failed=True, message="Too late", operation_status=21))
    ask_for_refund(drawer)
    await drawer.settle()
    assert drawer.lines == ["Not refunded"]


async def test_settling_asking_and_cancelling_read_nothing_again(window: Window) -> None:
    drawer = Drawer(window)
    await sales.sold(window.ledger, "sale")
    await window.ledger.write(lambda tx: sales.receive(tx, "sale", counts=False, signed="missing"))
    await drawer.open()
    drawer.presenter.do(Action.SETTLE)
    drawer.presenter.forms.edit("reason", "looked at it")
    drawer.presenter.forms.send()
    await drawer.settle()
    assert drawer.details.attention_texts == ()
    window.operator.statuses.append(1)
    drawer.presenter.do(Action.CHECK)
    await drawer.settle()
    assert drawer.timeline[-1].startswith("The operator was asked")
    drawer.presenter.do(Action.CANCEL)
    await drawer.settle()
    assert drawer.details.status.word == "Cancelled"
    assert window.bridge.queries == 0


async def test_news_of_another_process_is_read_all_the_same(drawer: Drawer) -> None:
    """It commits between the result and the notification of our own change."""
    drawer.window.operator.answers.append(TAKEN)
    written: list[Any] = []

    def write_at_once() -> None:
        if drawer.states[-1].form is None and not written:
            back = drawer.window.ledger.write(lambda tx: sales.receive(tx, "sale", "refund", sum_minor=2000, **BACK))
            written.append(asyncio.create_task(back, name="another process"))

    drawer.on_state = write_at_once
    ask_for_refund(drawer)
    await drawer.settle()
    await asyncio.gather(*written)
    await drawer.settle()
    assert written
    assert drawer.lines == ["Refunded"]


async def test_a_reading_that_comes_late_does_not_bury_the_result(drawer: Drawer) -> None:
    """The intent is read; before that read arrives, the operator has answered and the result is shown."""
    drawer.window.operator.gate, drawer.window.bridge.late = asyncio.Event(), asyncio.Event()
    late = drawer.window.bridge.late
    ask_for_refund(drawer)
    await drawer.window.all_delivered()
    drawer.window.operator.gate.set()
    async with asyncio.timeout(SOON_S):
        while drawer.states[-1].form is not None:  # noqa: ASYNC110 - what the person sees
            await asyncio.sleep(0)
    shown, known = drawer.timeline, len(drawer.states)
    late.set()
    await drawer.settle()
    assert all(len(state.details.timeline) >= len(shown) for state in drawer.states[known:] if state.details)
    assert drawer.timeline == shown


async def test_news_without_a_seq_may_be_of_anything(drawer: Drawer) -> None:
    drawer.presenter.on_changed(frozenset())
    await drawer.settle()
    assert drawer.window.bridge.queries == 1


async def test_news_that_is_not_newer_than_what_is_shown_is_not_read(drawer: Drawer) -> None:
    last = await drawer.window.ledger.last_seq()
    drawer.presenter.on_changed(frozenset({SALE}), last)
    await drawer.settle()
    assert drawer.window.bridge.queries == 0
    drawer.presenter.on_changed(frozenset({SALE}), last + 1)
    await drawer.settle()
    assert drawer.window.bridge.queries == 1


class Till:
    def __init__(self, window: Window) -> None:
        self.window = window
        self.states: list[TillState] = []
        self.presenter = TillPresenter(window.context, self.states.append, lambda: None)
        window.follow(self.presenter.on_changed)

    async def sell(self) -> None:
        self.window.operator.links.append(LinkAnswer("https://pay/1", "u", "1"))
        self.window.operator.statuses.append(1)
        self.presenter.load()
        await self.settle()
        self.window.bridge.queries = 0
        self.window.ledger.lists = 0
        self.presenter.edit("amount", "125,50")
        self.presenter.create()
        await self.settle()

    async def settle(self) -> None:
        await self.window.all_shown(self.presenter)


async def test_a_sale_reads_the_days_list_for_the_link_and_for_its_baseline(window: Window) -> None:
    till = Till(window)
    await till.sell()
    state = till.states[-1]
    assert (state.card.face, state.today.count) == (CardFace.QR, "paid 0 of 1")
    assert window.ledger.lists == 2
    # both lists, and once because the status poller learns which payment is on screen
    assert window.bridge.queries == 3


async def test_the_tills_own_cancelling_reads_the_days_list_only(window: Window) -> None:
    till = Till(window)
    await till.sell()
    window.bridge.queries = 0
    till.presenter.do(CardAction.CANCEL)
    await till.settle()
    assert till.states[-1].card.headline == "The link was cancelled here"
    assert till.states[-1].today.rows[0].status.word == "Cancelled"
    assert window.bridge.queries == 1


async def test_money_that_comes_for_the_payment_at_hand_is_read(window: Window) -> None:
    till = Till(window)
    await till.sell()
    payment_id = till.states[-1].card.payment_id
    assert payment_id is not None
    await window.api.till.cancel(payment_id)
    await till.settle()
    assert till.states[-1].card.headline == "The link was cancelled here"


async def test_a_late_reading_of_the_payment_at_hand_does_not_bury_what_was_done(window: Window) -> None:
    till = Till(window)
    await till.sell()
    payment_id = till.states[-1].card.payment_id
    assert payment_id is not None
    late = window.bridge.late = asyncio.Event()
    till.presenter.on_changed(frozenset({payment_id}))
    await window.all_delivered()
    till.presenter.do(CardAction.CANCEL)
    await window.all_delivered()
    known = len(till.states)
    late.set()
    await till.settle()
    headlines = {state.card.headline for state in till.states[known - 1 :]}
    assert headlines == {"The link was cancelled here"}
