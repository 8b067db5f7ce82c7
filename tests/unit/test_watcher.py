"""Whom the operator is asked about, and when: schedule, limits, doubts, silence (protocol.md A4)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from app.domain.errors import OperatorUnreachable, StorageLocked
from app.domain.events import JournalEntry, Signed
from app.domain.ids import TransactionId
from app.domain.payment import ConfirmedBy, PaymentStatus
from app.services.ports.ledger import PaymentView
from app.services.ports.ledger_transaction import LedgerTransaction
from app.services.ports.operator_gateway import StatusAnswer
from app.services.watch import InquiryPolicy, Watch
from app.services.watcher import Watcher
from tests.builders import START
from tests.contracts.sales import append_orphan, callback, key_of, payment_of, sell, state
from tests.fakes.ledger import FakeLedger
from tests.fakes.world import FakeClock


class Operator:
    """Answers [20003] with `status`; counts, and can be held up or be gone."""

    def __init__(self) -> None:
        self.status: int | None = 1
        self.asked: list[TransactionId] = []
        self.gone = False
        self.gate: asyncio.Event | None = None
        self.at_once = self.most_at_once = 0

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        self.asked.append(transaction_id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.gate is not None:
                await self.gate.wait()
            if self.gone:
                raise OperatorUnreachable(reason="timeout")
            return StatusAnswer(self.status, "")
        finally:
            self.at_once -= 1

    async def create_link(self, order: object) -> None:
        raise AssertionError("no link is made here")

    async def close(self) -> None:
        """Nothing is open."""


class MoodyLedger(FakeLedger):
    """So many readings of callbacks fail."""

    reads_to_fail = 0

    async def uncounted_callbacks(self, after_seq: int) -> list[JournalEntry]:
        if self.reads_to_fail:
            self.reads_to_fail -= 1
            raise StorageLocked()
        return await super().uncounted_callbacks(after_seq)


class World:
    def __init__(self, *, proves: bool = True) -> None:
        self.ledger, self.clock, self.operator = MoodyLedger(), FakeClock(), Operator()
        self.watch = Watch(self.ledger, self.operator, self.clock, lambda: InquiryPolicy(proves), self._wait)  # type: ignore[arg-type]
        self.watcher = Watcher(self.ledger, self.watch, self.clock)
        self.waited: list[float] = []

    async def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.clock.pass_time(seconds=seconds)

    async def sell(self, *labels: str) -> None:
        for label in labels:
            await self.ledger.write(lambda tx, label=label: sell(tx, label))  # type: ignore[misc]

    async def news(self, decide: Callable[[LedgerTransaction], object]) -> None:
        """Write, and tell the watcher of it as the bus does."""
        before = await self.ledger.last_seq()
        await self.ledger.write(decide)
        self.watcher.hear(await self.ledger.changed_since(before))

    async def receive(self, label: str, command: str = "pay", **changes: object) -> None:
        await self.news(lambda tx: state(tx, label, callback(label, command, **changes)))

    async def step(self, *, wide: bool = True) -> int:
        """Take one look and wait for its questions; returns how many were asked."""
        before = len(self.operator.asked)
        await (self.look() if wide else self.watcher.look_at_shown())
        await self.watcher.settled()
        return len(self.operator.asked) - before

    async def unfinished(self) -> list[PaymentView]:
        return await self.ledger.unfinished(self.clock.now())

    async def look(self) -> None:
        await self.watcher.look(await self.unfinished())

    async def status(self, label: str) -> PaymentStatus:
        view = await self.ledger.payment(payment_of(label))
        assert view is not None
        return view.payment.status(self.clock.now())


@pytest.fixture
async def world() -> World:
    return World()


async def test_open_links_are_asked_about_every_minute(world: World) -> None:
    await world.sell("a", "b")
    assert await world.step() == 2
    world.clock.pass_time(seconds=59)
    assert await world.step() == 0
    world.clock.pass_time(seconds=1)
    assert await world.step() == 2


async def test_the_link_on_screen_is_asked_about_every_ten_seconds(world: World) -> None:
    await world.sell("a", "b")
    await world.step()
    world.watcher.show(payment_of("a"))
    world.clock.pass_time(seconds=10)
    assert await world.step() == 1
    world.watcher.show(None)
    world.clock.pass_time(seconds=10)
    assert await world.step() == 0


async def test_without_the_lock_only_the_link_on_screen_is_asked_about(world: World) -> None:
    await world.sell("a", "b")
    assert await world.step(wide=False) == 0
    world.watcher.show(payment_of("b"))
    assert await world.step(wide=False) == 1


async def test_no_callback_comes_and_the_payment_becomes_paid_by_asking(world: World) -> None:
    await world.sell("a")
    await world.watch.ask(payment_of("a"), baseline=True)
    world.watcher.show(payment_of("a"))
    world.operator.status = 10
    paid_after = None
    for second in range(1, 13):
        world.clock.pass_time(seconds=1)
        await world.step()
        if await world.status("a") is PaymentStatus.PAID:
            paid_after = second
            break
    assert paid_after is not None
    view = await world.ledger.payment(payment_of("a"))
    assert view is not None
    assert view.payment.confirmed_by is ConfirmedBy.ASKING


async def test_a_baseline_of_ten_proves_nothing(world: World) -> None:
    await world.sell("a")
    world.operator.status = 10
    await world.watch.ask(payment_of("a"), baseline=True)
    world.clock.pass_time(seconds=60)
    await world.step()
    assert await world.status("a") is PaymentStatus.OPEN


async def test_five_at_a_time(world: World) -> None:
    await world.sell(*(f"n{number}" for number in range(12)))
    world.operator.gate = asyncio.Event()
    await world.look()
    while world.operator.most_at_once < 5:  # noqa: ASYNC110 - turns of the loop, no time
        await asyncio.sleep(0)
    for _ in range(50):
        await asyncio.sleep(0)
    assert world.operator.most_at_once == 5
    world.operator.gate.set()
    await world.watcher.settled()
    assert len(world.operator.asked) == 12


async def test_a_silent_operator_is_not_asked_twice_at_once(world: World) -> None:
    await world.sell("a")
    world.operator.gate = asyncio.Event()
    await world.look()
    world.clock.pass_time(minutes=5)
    await world.look()
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(world.operator.asked) == 1
    world.operator.gate.set()
    await world.watcher.settled()


async def test_two_processes_share_the_limit(world: World) -> None:
    await world.sell("a")
    other = Watcher(world.ledger, world.watch, world.clock)
    await world.step()
    world.clock.pass_time(seconds=5)
    other.show(payment_of("a"))
    await other.look_at_shown()
    assert len(world.operator.asked) == 1


async def test_a_person_waits_for_the_turn(world: World) -> None:
    await world.sell("a")
    await world.step()
    world.clock.pass_time(seconds=4)
    await world.watch.ask(payment_of("a"))
    assert world.waited == [6.0]
    assert len(world.operator.asked) == 2


async def test_only_changed_answers_are_journalled(world: World) -> None:
    await world.sell("a")
    before = await world.ledger.last_seq()
    for _ in range(4):
        await world.step()
        world.clock.pass_time(minutes=1)
    assert await world.ledger.last_seq() == before + 1
    known = (await world.ledger.inquiries([key_of("a")]))[key_of("a")]
    assert known.asked == 4


async def test_a_message_in_doubt_is_asked_about_at_once(world: World) -> None:
    await world.sell("a")
    await world.step()
    world.clock.pass_time(seconds=15)
    assert await world.step() == 0
    await world.receive("a", signed=Signed.WRONG, counts=False)
    assert await world.step() == 1
    world.clock.pass_time(seconds=15)
    assert await world.step() == 0, "once"


async def test_everything_is_asked_about_at_start_but_never_too_often(world: World) -> None:
    await world.sell("a", "b")
    await world.watcher.ask_everything(await world.unfinished())
    assert len(world.operator.asked) == 2
    await world.watcher.ask_everything(await world.unfinished())
    assert len(world.operator.asked) == 2


async def test_an_operator_that_is_gone_changes_nothing_and_is_asked_again(world: World) -> None:
    await world.sell("a")
    world.operator.gone = True
    await world.step()
    assert await world.status("a") is PaymentStatus.OPEN
    world.operator.gone = False
    world.clock.pass_time(minutes=1)
    assert await world.step() == 1


async def test_what_ended_is_asked_about_in_growing_pauses_for_a_day(world: World) -> None:
    await world.sell("a")
    world.clock.moment = START + timedelta(minutes=15)
    asked_at = []
    while world.clock.now() < START + timedelta(hours=25):
        if await world.step():
            asked_at.append(world.clock.now())
        world.clock.pass_time(minutes=1)
    pauses = [later - earlier for earlier, later in pairwise(asked_at)]
    assert pauses == sorted(pauses)
    assert pauses[0] <= timedelta(minutes=2)
    assert pauses[-1] >= timedelta(hours=1)
    assert asked_at[-1] <= START + timedelta(hours=24, minutes=15)


async def test_a_day_of_silence_is_a_worry(world: World) -> None:
    await world.sell("a")
    world.clock.moment = START + timedelta(hours=25)
    await world.watch.tell_silence()
    await world.watch.tell_silence()
    view = await world.ledger.payment(payment_of("a"))
    assert view is not None
    assert [code.value for code in view.payment.attention] == ["silent"]
    assert await world.step() == 0, "nobody asks for ever"


async def test_closing_drops_what_is_out(world: World) -> None:
    await world.sell("a")
    world.operator.gate = asyncio.Event()
    await world.look()
    await asyncio.sleep(0)
    await world.watcher.close()
    await world.watcher.settled()
    assert world.operator.at_once == 0


@pytest.mark.parametrize(
    ("command", "changes", "asked"),
    [
        ("pay", {}, 0),
        ("pay", {"signed": Signed.MISSING}, 0),
        ("pay", {"signed": Signed.MISSING, "counts": False}, 1),
        ("pay", {"counts": False, "replay": True}, 1),
        ("pay", {"counts": False, "at_fixed_address": True}, 1),
        ("refund", {"counts": False}, 0),
        ("refund", {"signed": Signed.WRONG, "counts": False}, 1),
        ("error", {"signed": Signed.WRONG, "counts": False}, 0),
        ("error", {"counts": False, "at_fixed_address": True}, 1),
        ("check", {"counts": False, "at_fixed_address": True}, 0),
    ],
)
async def test_only_what_proves_nothing_is_a_reason_to_ask(
    world: World, command: str, changes: dict[str, object], asked: int
) -> None:
    await world.sell("a", "b")
    await world.step()
    world.clock.pass_time(seconds=15)
    await world.receive("a", command, **changes)
    assert await world.step() == asked


async def test_news_that_could_not_be_read_is_read_at_the_next_look(world: World) -> None:
    await world.sell("a")
    await world.step()
    world.clock.pass_time(seconds=15)
    await world.receive("a", signed=Signed.WRONG, counts=False)
    world.ledger.reads_to_fail = 1
    with pytest.raises(StorageLocked):
        await world.step()
    assert await world.step() == 1


async def test_an_orphan_and_what_was_there_before_are_no_reason_to_ask(world: World) -> None:
    doubtful = callback("a", signed=Signed.WRONG, counts=False)
    await world.sell("a")
    await world.ledger.write(lambda tx: state(tx, "a", doubtful))
    await world.step()
    world.clock.pass_time(seconds=15)
    await world.news(lambda tx: append_orphan(tx, callback("a", txn_id="x", signed=Signed.WRONG, counts=False)))
    assert await world.step() == 0
