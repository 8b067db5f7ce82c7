"""Many connections: at a cap the connection idle longest is closed, and a new one is never refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import cast

import pytest

from app.listener.connection_pool import ConnectionPool, ConnectionSlot
from app.listener.policy import Limits, ListenerCounts, ListenerPolicy
from tests.soak.attack import connect, crowd, get, statuses, until
from tests.soak.listener_harness import PATH, QUICK, ListenerHarness, running_listener

PATIENT = replace(QUICK, head_s=30.0, idle_s=30.0)


class FakeTransport:
    """Has a peer, and records how it was closed."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.ended: str | None = None

    def get_extra_info(self, name: str) -> object:
        return (self.peer, 1234) if name == "peername" else None

    def abort(self) -> None:
        self.ended = "aborted"

    def close(self) -> None:
        self.ended = "closed"


class PoolHarness:
    """A ConnectionPool with a clock set by the test."""

    def __init__(self, limits: Limits, *trusted: str) -> None:
        policy = ListenerPolicy(trusted_proxies=trusted, limits=limits)
        self.now = 0.0
        self.counts = ListenerCounts()
        self.pool = ConnectionPool(lambda: policy, self.counts, lambda: self.now)

    def enter(self, peer: str = "192.0.2.1") -> ConnectionSlot:
        self.now += 1
        return self.pool.add(cast(asyncio.Transport, FakeTransport(peer)))


def ended(slot: ConnectionSlot) -> str | None:
    return cast(FakeTransport, slot.transport).ended


def test_the_longest_idle_of_an_address_goes_first() -> None:
    pool = PoolHarness(Limits(connections=100, per_address=3))
    first, second, third = (pool.enter() for _ in range(3))
    others = [pool.enter(f"192.0.2.{number}") for number in range(2, 50)]
    first.start_request(pool.now)
    first.finish_request(pool.now)
    fourth = pool.enter()
    assert [ended(slot) for slot in (first, second, third, fourth)] == [None, "aborted", None, None]
    assert {ended(slot) for slot in others} == {None}
    assert pool.counts.evicted == 1


def test_the_longest_idle_of_all_goes_when_all_is_full() -> None:
    pool = PoolHarness(Limits(connections=10, per_address=3))
    slots = [pool.enter(f"192.0.2.{number}") for number in range(10)]
    pool.enter("198.51.100.1")
    assert [ended(slot) for slot in slots] == ["aborted"] + [None] * 9
    assert len(pool.pool) == 10


def test_bytes_that_are_no_request_do_not_save_anybody() -> None:
    pool = PoolHarness(Limits(connections=2))
    slow, idle = pool.enter(), pool.enter()
    slow.head_since = pool.now
    pool.enter()
    assert (ended(slow), ended(idle)) == ("aborted", None)


def test_a_refused_one_that_lingers_goes_before_the_idle() -> None:
    pool = PoolHarness(Limits(connections=2))
    idle, refused = pool.enter(), pool.enter()
    pool.pool.end(refused)
    pool.enter()
    assert (ended(idle), ended(refused)) == (None, "aborted")


def test_an_answer_in_progress_is_let_go_over_the_cap_up_to_twice() -> None:
    pool = PoolHarness(Limits(connections=2))
    slots = []
    for _ in range(4):
        slots.append(pool.enter())
        slots[-1].start_request(pool.now)
    assert {ended(slot) for slot in slots} == {None}
    pool.enter()
    assert [ended(slot) for slot in slots] == ["aborted", None, None, None]


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3"])
def test_many_share_the_loopback_address_and_a_trusted_proxy(peer: str) -> None:
    pool = PoolHarness(Limits(connections=50, per_address=3), "10.0.0.0/8")
    slots = [pool.enter(peer) for _ in range(50)]
    assert {ended(slot) for slot in slots} == {None}


def test_a_mapped_address_is_the_same_address() -> None:
    pool = PoolHarness(Limits(connections=50, per_address=2))
    slots = [pool.enter("192.0.2.1"), pool.enter("::ffff:192.0.2.1"), pool.enter("192.0.2.1")]
    assert [ended(slot) for slot in slots] == ["aborted", None, None]


def test_leaving_leaves_nothing_behind() -> None:
    pool = PoolHarness(Limits())
    slots = [pool.enter(f"2001:db8::{number:x}") for number in range(20)]
    for slot in slots * 2:
        pool.pool.remove(slot)
    assert len(pool.pool) == 0
    assert pool.pool._of_peer == {}


def test_deadlines() -> None:
    pool = PoolHarness(Limits(head_s=5, idle_s=15, answer_s=60, linger_s=2))
    slow, idle, busy, refused = (pool.enter() for _ in range(4))
    pool.now = 10.0
    slow.head_since = 10.0
    busy.start_request(10.0)
    pool.pool.end(refused)
    ends: dict[float, list[str | None]] = {}
    for moment in (10.0, 12.0, 15.5, 17.5, 20.0, 71.0):
        pool.now = moment
        pool.pool.sweep()
        ends[moment] = [ended(slot) for slot in (slow, idle, busy, refused)]
    assert ends == {
        10.0: [None, None, None, None],
        12.0: [None, None, None, "aborted"],
        15.5: ["aborted", None, None, "aborted"],
        17.5: ["aborted", "closed", None, "aborted"],
        20.0: ["aborted", "aborted", None, "aborted"],
        71.0: ["aborted", "aborted", "aborted", "aborted"],
    }


@asynccontextmanager
async def silent(harness: ListenerHarness, count: int) -> AsyncIterator[list[asyncio.StreamReader]]:
    pairs = [await connect(harness.address) for _ in range(count)]
    try:
        yield [reader for reader, _ in pairs]
    finally:
        for _, writer in pairs:
            writer.transport.abort()


async def test_a_new_connection_is_served_however_many_are_silent() -> None:
    policy = ListenerPolicy(limits=replace(PATIENT, connections=20))
    async with running_listener(policy) as harness, silent(harness, 60) as readers:
        assert await harness.is_responsive()
        assert harness.counts.open_now <= 20
        assert harness.counts.evicted == 41
        assert [reader.at_eof() for reader in readers] == [True] * 41 + [False] * 19


async def test_a_kept_connection_with_a_running_request_survives_a_crowd() -> None:
    async with running_listener(ListenerPolicy(limits=replace(PATIENT, connections=5))) as harness:
        harness.receiver.go_on.clear()
        asking = asyncio.ensure_future(harness.say(get(PATH)))
        await harness.receiver.waiting.wait()
        async with silent(harness, 30):
            assert statuses(await harness.say(get("/health"))) == [200]
            harness.receiver.go_on.set()
            assert statuses(await asking) == [200]


async def test_five_hundred_idle_and_a_hundred_slow_hold_up_nobody() -> None:
    """R4 for a second; `tests.soak.soak_listener` runs it longer and against a separate process."""
    loop = asyncio.get_running_loop()
    async with running_listener(ListenerPolicy()) as harness, crowd(harness.address, idle=500, slow=100):
        await until(lambda: harness.counts.open_now >= 500)
        for _ in range(10):
            began = loop.time()
            assert await harness.is_responsive()
            assert loop.time() - began < 1.0
