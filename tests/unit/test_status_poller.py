"""Which payments the operator is asked about, and when: schedule, limits, doubts, silence (protocol.md A4)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from app.domain.errors import OperatorUnreachable, StorageLocked
from app.domain.ids import TransactionId
from app.domain.journal.events import JournalEntry, SignatureCheck
from app.domain.payment import ConfirmedBy, PaymentStatus
from app.services.ports.ledger import PaymentView
from app.services.ports.ledger_transaction import LedgerTransaction
from app.services.ports.operator_gateway import StatusAnswer
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.services.status.status_poller import StatusPoller
from tests.builders import START
from tests.contracts.sales import append_orphan, callback, key_of, payment_of, sell, state
from tests.fakes.clock_and_operator import FakeClock
from tests.fakes.ledger import FakeLedger


class Operator:
    """Answers [20003] with `status`; counts inquiries, and can be delayed or unreachable."""

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
        """Do nothing: no connection is open."""


class FailingLedger(FakeLedger):
    """The next `reads_to_fail` reads of callbacks fail."""

    reads_to_fail = 0

    async def uncounted_callbacks(self, after_seq: int) -> list[JournalEntry]:
        if self.reads_to_fail:
            self.reads_to_fail -= 1
            raise StorageLocked()
        return await super().uncounted_callbacks(after_seq)


class PollerFixture:
    def __init__(self, *, proves: bool = True) -> None:
        self.ledger, self.clock, self.operator = FailingLedger(), FakeClock(), Operator()
        self.status_inquiry = StatusInquiry(
            self.ledger, self.operator, self.clock, lambda: InquiryPolicy(proves), self._wait
        )  # type: ignore[arg-type]
        self.status_poller = StatusPoller(self.ledger, self.status_inquiry, self.clock)
        self.waited: list[float] = []

    async def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.clock.pass_time(seconds=seconds)

    async def sell(self, *labels: str) -> None:
        for label in labels:
            await self.ledger.write(lambda tx, label=label: sell(tx, label))  # type: ignore[misc]

    async def news(self, decide: Callable[[LedgerTransaction], object]) -> None:
        """Write, and notify the status poller as the bus does."""
        before = await self.ledger.last_seq()
        await self.ledger.write(decide)
        self.status_poller.on_changed(await self.ledger.changed_since(before))

    async def receive(self, label: str, command: str = "pay", **changes: object) -> None:
        await self.news(lambda tx: state(tx, label, callback(label, command, **changes)))

    async def step(self, *, wide: bool = True) -> int:
        """Poll once and wait for its inquiries; returns how many were made."""
        before = len(self.operator.asked)
        await (self.look() if wide else self.status_poller.poll_shown())
        await self.status_poller.wait_until_idle()
        return len(self.operator.asked) - before

    async def unfinished(self) -> list[PaymentView]:
        return await self.ledger.unfinished(self.clock.now())

    async def look(self) -> None:
        await self.status_poller.poll(await self.unfinished())

    async def status(self, label: str) -> PaymentStatus:
        view = await self.ledger.payment(payment_of(label))
        assert view is not None
        return view.payment.status(self.clock.now())


@pytest.fixture
async def poller() -> PollerFixture:
    return PollerFixture()


async def test_open_links_are_asked_about_every_minute(poller: PollerFixture) -> None:
    await poller.sell("a", "b")
    assert await poller.step() == 2
    poller.clock.pass_time(seconds=59)
    assert await poller.step() == 0
    poller.clock.pass_time(seconds=1)
    assert await poller.step() == 2


async def test_the_link_on_screen_is_asked_about_every_ten_seconds(poller: PollerFixture) -> None:
    await poller.sell("a", "b")
    await poller.step()
    poller.status_poller.show(payment_of("a"))
    poller.clock.pass_time(seconds=10)
    assert await poller.step() == 1
    poller.status_poller.show(None)
    poller.clock.pass_time(seconds=10)
    assert await poller.step() == 0


async def test_without_the_lock_only_the_link_on_screen_is_asked_about(poller: PollerFixture) -> None:
    await poller.sell("a", "b")
    assert await poller.step(wide=False) == 0
    poller.status_poller.show(payment_of("b"))
    assert await poller.step(wide=False) == 1


async def test_no_callback_comes_and_the_payment_becomes_paid_by_asking(poller: PollerFixture) -> None:
    await poller.sell("a")
    await poller.status_inquiry.ask(payment_of("a"), baseline=True)
    poller.status_poller.show(payment_of("a"))
    poller.operator.status = 10
    paid_after = None
    for second in range(1, 13):
        poller.clock.pass_time(seconds=1)
        await poller.step()
        if await poller.status("a") is PaymentStatus.PAID:
            paid_after = second
            break
    assert paid_after is not None
    view = await poller.ledger.payment(payment_of("a"))
    assert view is not None
    assert view.payment.confirmed_by is ConfirmedBy.INQUIRY


async def test_a_baseline_of_ten_proves_nothing(poller: PollerFixture) -> None:
    await poller.sell("a")
    poller.operator.status = 10
    await poller.status_inquiry.ask(payment_of("a"), baseline=True)
    poller.clock.pass_time(seconds=60)
    await poller.step()
    assert await poller.status("a") is PaymentStatus.OPEN


async def test_five_at_a_time(poller: PollerFixture) -> None:
    await poller.sell(*(f"n{number}" for number in range(12)))
    poller.operator.gate = asyncio.Event()
    await poller.look()
    while poller.operator.most_at_once < 5:  # noqa: ASYNC110 - turns of the loop, no time
        await asyncio.sleep(0)
    for _ in range(50):
        await asyncio.sleep(0)
    assert poller.operator.most_at_once == 5
    poller.operator.gate.set()
    await poller.status_poller.wait_until_idle()
    assert len(poller.operator.asked) == 12


async def test_a_silent_operator_is_not_asked_twice_at_once(poller: PollerFixture) -> None:
    await poller.sell("a")
    poller.operator.gate = asyncio.Event()
    await poller.look()
    poller.clock.pass_time(minutes=5)
    await poller.look()
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(poller.operator.asked) == 1
    poller.operator.gate.set()
    await poller.status_poller.wait_until_idle()


async def test_two_processes_share_the_limit(poller: PollerFixture) -> None:
    await poller.sell("a")
    other = StatusPoller(poller.ledger, poller.status_inquiry, poller.clock)
    await poller.step()
    poller.clock.pass_time(seconds=5)
    other.show(payment_of("a"))
    await other.poll_shown()
    assert len(poller.operator.asked) == 1


async def test_a_person_waits_for_the_turn(poller: PollerFixture) -> None:
    await poller.sell("a")
    await poller.step()
    poller.clock.pass_time(seconds=4)
    await poller.status_inquiry.ask(payment_of("a"))
    assert poller.waited == [6.0]
    assert len(poller.operator.asked) == 2


async def test_only_changed_answers_are_journalled(poller: PollerFixture) -> None:
    await poller.sell("a")
    before = await poller.ledger.last_seq()
    for _ in range(4):
        await poller.step()
        poller.clock.pass_time(minutes=1)
    assert await poller.ledger.last_seq() == before + 1
    known = (await poller.ledger.inquiries([key_of("a")]))[key_of("a")]
    assert known.asked == 4


async def test_a_message_in_doubt_is_asked_about_at_once(poller: PollerFixture) -> None:
    await poller.sell("a")
    await poller.step()
    poller.clock.pass_time(seconds=15)
    assert await poller.step() == 0
    await poller.receive("a", signed=SignatureCheck.WRONG, counts=False)
    assert await poller.step() == 1
    poller.clock.pass_time(seconds=15)
    assert await poller.step() == 0, "once"


async def test_everything_is_asked_about_at_start_but_never_too_often(poller: PollerFixture) -> None:
    await poller.sell("a", "b")
    await poller.status_poller.ask_all(await poller.unfinished())
    assert len(poller.operator.asked) == 2
    await poller.status_poller.ask_all(await poller.unfinished())
    assert len(poller.operator.asked) == 2


async def test_an_operator_that_is_gone_changes_nothing_and_is_asked_again(poller: PollerFixture) -> None:
    await poller.sell("a")
    poller.operator.gone = True
    await poller.step()
    assert await poller.status("a") is PaymentStatus.OPEN
    poller.operator.gone = False
    poller.clock.pass_time(minutes=1)
    assert await poller.step() == 1


async def test_what_ended_is_asked_about_in_growing_pauses_for_a_day(poller: PollerFixture) -> None:
    await poller.sell("a")
    poller.clock.moment = START + timedelta(minutes=15)
    asked_at = []
    while poller.clock.now() < START + timedelta(hours=25):
        if await poller.step():
            asked_at.append(poller.clock.now())
        poller.clock.pass_time(minutes=1)
    pauses = [later - earlier for earlier, later in pairwise(asked_at)]
    assert pauses == sorted(pauses)
    assert pauses[0] <= timedelta(minutes=2)
    assert pauses[-1] >= timedelta(hours=1)
    assert asked_at[-1] <= START + timedelta(hours=24, minutes=15)


async def test_a_day_of_silence_needs_attention(poller: PollerFixture) -> None:
    await poller.sell("a")
    poller.clock.moment = START + timedelta(hours=25)
    await poller.status_inquiry.record_silence()
    await poller.status_inquiry.record_silence()
    view = await poller.ledger.payment(payment_of("a"))
    assert view is not None
    assert [code.value for code in view.payment.attention] == ["silent"]
    assert await poller.step() == 0, "nobody asks for ever"


async def test_closing_drops_what_is_out(poller: PollerFixture) -> None:
    await poller.sell("a")
    poller.operator.gate = asyncio.Event()
    await poller.look()
    await asyncio.sleep(0)
    await poller.status_poller.close()
    await poller.status_poller.wait_until_idle()
    assert poller.operator.at_once == 0


@pytest.mark.parametrize(
    ("command", "changes", "asked"),
    [
        ("pay", {}, 0),
        ("pay", {"signed": SignatureCheck.MISSING}, 0),
        ("pay", {"signed": SignatureCheck.MISSING, "counts": False}, 1),
        ("pay", {"counts": False, "replay": True}, 1),
        ("pay", {"counts": False, "at_fixed_address": True}, 1),
        ("refund", {"counts": False}, 0),
        ("refund", {"signed": SignatureCheck.WRONG, "counts": False}, 1),
        ("error", {"signed": SignatureCheck.WRONG, "counts": False}, 0),
        ("error", {"counts": False, "at_fixed_address": True}, 1),
        ("check", {"counts": False, "at_fixed_address": True}, 0),
    ],
)
async def test_only_what_proves_nothing_is_a_reason_to_ask(
    poller: PollerFixture, command: str, changes: dict[str, object], asked: int
) -> None:
    await poller.sell("a", "b")
    await poller.step()
    poller.clock.pass_time(seconds=15)
    await poller.receive("a", command, **changes)
    assert await poller.step() == asked


async def test_news_that_could_not_be_read_is_read_at_the_next_look(poller: PollerFixture) -> None:
    await poller.sell("a")
    await poller.step()
    poller.clock.pass_time(seconds=15)
    await poller.receive("a", signed=SignatureCheck.WRONG, counts=False)
    poller.ledger.reads_to_fail = 1
    with pytest.raises(StorageLocked):
        await poller.step()
    assert await poller.step() == 1


async def test_an_orphan_and_what_was_there_before_are_no_reason_to_ask(poller: PollerFixture) -> None:
    doubtful = callback("a", signed=SignatureCheck.WRONG, counts=False)
    await poller.sell("a")
    await poller.ledger.write(lambda tx: state(tx, "a", doubtful))
    await poller.step()
    poller.clock.pass_time(seconds=15)
    await poller.news(
        lambda tx: append_orphan(tx, callback("a", txn_id="x", signed=SignatureCheck.WRONG, counts=False))
    )
    assert await poller.step() == 0
