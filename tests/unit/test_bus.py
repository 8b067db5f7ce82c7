"""Which changes of the journal a listener is notified of: each once, in order, even when another listener fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.services.bus import Bus
from app.services.ports.changes import Changes
from tests.contracts.sales import append_orphan, payment_of, receive, sell, sold
from tests.fakes.ledger import FakeLedger


class Follower:
    """A running bus and the notifications that a listener of it received."""

    def __init__(self) -> None:
        self.ledger = FakeLedger()
        self.bus = Bus(self.ledger)
        self.bus.subscribe(self._fail)
        self.bus.subscribe(self._receive)
        self.received: list[Changes] = []
        self._news = asyncio.Event()

    def _fail(self, changes: Changes) -> None:
        raise RuntimeError(changes.last_seq)

    def _receive(self, changes: Changes) -> None:
        self.received.append(changes)
        self._news.set()

    async def until(self, seq: int) -> None:
        async with asyncio.timeout(10):
            while not self.received or self.received[-1].last_seq < seq:
                self._news.clear()
                await self._news.wait()


@pytest.fixture
async def follower() -> AsyncIterator[Follower]:
    made = Follower()
    following = asyncio.create_task(made.bus.run(after_seq=0), name="bus")
    yield made
    made.bus.stop()
    await following


async def test_a_commit_is_reported_once_with_all_its_payments(follower: Follower) -> None:
    await follower.ledger.write(lambda tx: [sell(tx, name) for name in ("a", "b")])
    await follower.until(6)
    await follower.ledger.write(lambda tx: receive(tx, "b"))
    await follower.until(7)
    assert follower.received == [
        Changes(0, 6, frozenset({payment_of("a"), payment_of("b")})),
        Changes(6, 7, frozenset({payment_of("b")})),
    ]


async def test_what_belongs_to_no_payment_is_reported_too(follower: Follower) -> None:
    await follower.ledger.write(append_orphan)
    await follower.until(1)
    assert follower.received == [Changes(0, 1, frozenset())]


async def test_a_repetition_is_no_news(follower: Follower) -> None:
    await sold(follower.ledger, "a")
    await follower.ledger.write(lambda tx: receive(tx, "a"))
    await follower.until(4)
    before = list(follower.received)
    await follower.ledger.write(lambda tx: receive(tx, "a"))
    await follower.ledger.write(lambda tx: receive(tx, "a", "auth"))
    await follower.until(5)
    assert len(follower.received) == len(before) + 1
    assert follower.received[-1].payments == {payment_of("a")}


async def test_who_no_longer_listens_is_not_told(follower: Follower) -> None:
    forgotten: list[Changes] = []
    forget = follower.bus.subscribe(forgotten.append)
    await follower.ledger.write(append_orphan)
    await follower.until(1)
    forget()
    await sold(follower.ledger, "a")
    await follower.until(4)
    assert forgotten == follower.received[:1]
