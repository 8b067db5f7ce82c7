"""After a suspend of the machine, a stop of the process or a clock change, all status inquiries are due at once."""

from __future__ import annotations

import asyncio

import pytest

from app.lifecycle import Receiving
from app.services.refunds.refund_poller import RefundPoller
from app.services.status.clock_jumps import ClockJumpDetector
from tests.fakes.clock_and_operator import FakeClock
from tests.unit.test_modes import Shop
from tests.unit.test_status_poller import PollerFixture


@pytest.mark.parametrize(
    ("steps", "noticed"),
    [
        ([2, 2, 2], [False, False, False]),
        ([20, 19.9, 0], [False, False, False]),
        ([20.1, 2, 2], [True, False, False]),
        ([8 * 3600, 2, 25], [True, False, True]),
        ([-0.1, 2, -3600], [True, False, True]),
    ],
)
def test_a_jump_is_more_than_ten_looks_or_backwards(steps: list[float], noticed: list[bool]) -> None:
    clock = FakeClock()
    jumps = ClockJumpDetector(clock)
    assert not jumps.has_jumped(), "the first look has nothing to compare with"
    found = []
    for step in steps:
        clock.pass_time(seconds=step)
        found.append(jumps.has_jumped())
    assert found == noticed


async def test_every_link_is_asked_about_once_however_lately_it_was() -> None:
    poller = PollerFixture()
    await poller.sell(*(f"n{number}" for number in range(12)))
    await poller.step()
    poller.clock.pass_time(seconds=25)
    assert await poller.step() == 0, "by the rhythm nothing is due"
    await poller.status_poller.start_all(await poller.unfinished())
    await poller.status_poller.wait_until_idle()
    assert len(poller.operator.asked) == 24
    assert poller.operator.most_at_once <= 5
    await poller.status_poller.start_all(await poller.unfinished())
    assert await poller.step() == 0, "not more often than every ten seconds"
    assert len(poller.operator.asked) == 24


async def test_a_question_that_left_before_the_sleep_is_put_again_when_it_has_ended() -> None:
    poller = PollerFixture()
    await poller.sell("a")
    poller.operator.gate = asyncio.Event()
    await poller.look()
    while not poller.operator.at_once:  # noqa: ASYNC110 - turns of the loop, no time
        await asyncio.sleep(0)
    poller.clock.pass_time(seconds=25)
    await poller.status_poller.start_all(await poller.unfinished())
    poller.operator.gate.set()
    await poller.status_poller.wait_until_idle()
    assert len(poller.operator.asked) == 1
    assert [await poller.step(), await poller.step()] == [1, 0]


async def test_refunds_in_flight_are_asked_about_too_within_the_limit_of_links() -> None:
    shop = await Shop("demo", "demo").sell()
    await shop.give_back()
    slots = asyncio.Semaphore(1)
    refund_poller = RefundPoller(shop.refunds, shop.clock, slots)
    shop.operator.statuses += [1, 1, 1]

    async def look(*, everything: bool = False, **span: float) -> int:
        shop.clock.pass_time(**span)
        refund_poller.poll(await shop.ledger.unfinished(shop.clock.now()), everything=everything)
        await refund_poller.wait_until_idle()
        return len(shop.operator.asked)

    assert [await look(), await look(hours=4), await look(minutes=30)] == [1, 2, 2]
    await slots.acquire()
    refund_poller.poll(await shop.ledger.unfinished(shop.clock.now()), everything=True)
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(shop.operator.asked) == 2, "five questions are out"
    slots.release()
    await refund_poller.wait_until_idle()
    assert len(shop.operator.asked) == 3
    assert [await look(seconds=5, everything=True), await look(seconds=4)] == [3, 3]
    shop.operator.statuses.append(1)
    assert [await look(seconds=1), await look(seconds=20)] == [4, 4]


class Work:
    """The work of a home whose operator does not answer: `run_cycle` never returns."""

    def __init__(self) -> None:
        self.cycles = 0
        self.looked_twice = asyncio.Event()
        self.ended = False

    async def check_mode(self) -> None:
        """The mode always agrees."""

    async def at_start(self) -> None:
        """There is nothing to resume."""

    async def run_cycle(self) -> None:
        await asyncio.Event().wait()

    async def check_clock(self) -> None:
        self.cycles += 1
        if self.cycles > 1:
            self.looked_twice.set()

    async def at_end(self) -> None:
        self.ended = True


class FakeListening:
    """The port `Listening` and the home's lock."""

    def acquire(self, blocking: bool = False) -> bool:
        return True

    def release(self) -> None:
        """Do nothing: no other process waits for the lock."""

    async def start(self) -> str:
        return "http://127.0.0.1:1"

    async def stop(self) -> None:
        """Do nothing: no socket is open."""


async def test_the_clock_is_looked_at_while_everything_else_waits_for_the_operator() -> None:
    work = Work()
    receiving = Receiving(FakeListening(), FakeListening(), work, every_s=0.001)
    await receiving.start()
    async with asyncio.timeout(10):
        await work.looked_twice.wait()
    await receiving.stop()
    assert work.ended
