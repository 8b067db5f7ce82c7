"""A full disk or locked ledger under a running listener, an unclean stop, two processes at once (R1, R5, R11)."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.bootstrap import RunningCore, open_core, open_home, run_core
from app.domain.errors import RefundInFlight
from app.domain.payment import PaymentStatus, RefundStatus
from app.services.checks.storage_health import StorageHealth
from app.services.ports.operator_gateway import LinkAnswer, LinkOrder, RefundAnswer, RefundOrder
from app.services.refunds.refunds import RefundPolicy, Refunds
from app.services.sales.till import Sale, Till
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.settings.home.process_marker import SUFFIX
from app.storage.ledger import SqlLedger, open_ledger
from app.system import SystemEntropy
from tests.builders import till_policy
from tests.fakes.clock_and_operator import FakeClock, ScriptedOperator
from tests.wiring.shop import Shop, running_shop
from tests.wiring.test_till import LINK

IN_AIR = RefundPolicy(till_policy().lease, "live", "1")


@dataclass
class FaultyLedgerShop:
    """A shop whose ledger another connection on its file can disturb."""

    shop: Shop
    health: StorageHealth
    other: sqlite3.Connection
    notified: list[str | None]
    news: asyncio.Event

    async def until(self, problem: str | None) -> None:
        async with asyncio.timeout(10):
            while self.notified[-1:] != [problem]:
                self.news.clear()
                await self.news.wait()
        assert self.health.problem == problem


@asynccontextmanager
async def faulty_ledger_shop(
    home: Path, key: rsa.RSAPrivateKey, *, max_pages: int | None = None
) -> AsyncIterator[FaultyLedgerShop]:
    async with running_shop(home, key) as shop:
        await shop.receiving.stop()
        file = shop.core.home.paths.ledger_file
        ledger = open_ledger(file, max_pages=max_pages, lock_timeout_s=0.05)
        health = StorageHealth(ledger, pause=lambda _: asyncio.sleep(0.01))
        notified: list[str | None] = []
        news = asyncio.Event()
        health.on_change(notified.append)
        health.on_change(lambda _: news.set())
        shop.core = replace(shop.core, ledger=ledger)
        await shop.listen()
        try:
            async with health.running():
                with closing(sqlite3.connect(file, isolation_level=None)) as other:
                    yield FaultyLedgerShop(shop, health, other, notified, news)
        finally:
            await shop.receiving.stop()
            await ledger.close()


async def test_a_full_disk_is_503_and_told_until_there_is_room(home: Path, operator_key: rsa.RSAPrivateKey) -> None:
    async with faulty_ledger_shop(home, operator_key, max_pages=100) as full:
        full.other.execute("CREATE TABLE filler (x)")
        full.other.execute("INSERT INTO filler VALUES (zeroblob(1000000))")
        refused = next_txn = 0
        while not refused:
            next_txn += 1
            answer = await full.shop.get(full.shop.query(txn_id=f"t{next_txn}", note="x" * 500))
            refused = next_txn if answer.status_code == 503 else 0
            assert answer.status_code in (200, 503)
            assert next_txn < 500
        await full.until("storage_full")
        before = await full.shop.payment()
        assert before.received_minor == 12550 * (refused - 1)
        full.other.execute("DROP TABLE filler")
        await full.until(None)
        assert full.notified[0] == "storage_full"
        assert await full.shop.send_callback(full.shop.query(txn_id=f"t{refused}", note="x" * 500)) == ("10", "Ok")
        assert (await full.shop.payment()).received_minor == 12550 * refused
        assert await full.shop.core.ledger.rebuild(write=False) == []


@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
async def test_a_locked_ledger_is_503_and_told_until_it_is_free(
    home: Path, operator_key: rsa.RSAPrivateKey, kind: str
) -> None:
    async with faulty_ledger_shop(home, operator_key) as locked:
        locked.other.execute(f"BEGIN {kind}")
        response = await locked.shop.get(locked.shop.query())
        assert (response.status_code, response.content) == (503, b"")
        await locked.until("storage_locked")
        assert (await locked.shop.payment()).state is PaymentStatus.OPEN
        locked.other.execute("ROLLBACK")
        await locked.until(None)
        assert await locked.shop.send_callback(locked.shop.query()) == ("10", "Ok")
        assert (await locked.shop.payment()).state is PaymentStatus.PAID


async def test_a_full_log_disk_does_not_cost_a_callback(home: Path, operator_key: rsa.RSAPrivateKey) -> None:
    if not Path("/dev/full").exists():
        return
    from app.logs import LOG_NAME, set_up_logging, stop_logging

    logs = home.parent / "logs"
    logs.mkdir()
    (logs / LOG_NAME).symlink_to("/dev/full")
    set_up_logging(logs, verbose=False)
    try:
        async with running_shop(home, operator_key) as shop:
            assert await shop.send_callback(shop.query()) == ("10", "Ok")
    finally:
        stop_logging()


def dead(home: Path) -> Path:
    """Leave the marker of a killed process."""
    sign = home / "running" / f"{os.getpid()}-dead{SUFFIX}"
    sign.parent.mkdir(parents=True, exist_ok=True)
    sign.write_text("working\n")
    return sign


@asynccontextmanager
async def window_core(home: Path) -> AsyncIterator[RunningCore]:
    """Run the core as a window does, next to a process that listens already."""
    ready: asyncio.Future[RunningCore] = asyncio.get_running_loop().create_future()
    stopping = asyncio.Event()
    task = asyncio.create_task(run_core(open_home(str(home), lambda code: None), ready.set_result, stopping))
    try:
        async with asyncio.timeout(20):
            yield await ready
    finally:
        stopping.set()
        await task


async def test_after_an_unclean_stop_the_ledger_is_looked_at_once(shop: Shop) -> None:
    sign = dead(shop.home)
    async with open_core(shop.core.home) as core:
        assert sign.exists()
        async with core.storage.running(), asyncio.timeout(10):
            await core.storage.checked.wait()
            assert core.storage.problem is None
            assert not sign.exists()


async def test_without_an_unclean_stop_nothing_is_looked_at(shop: Shop) -> None:
    async with open_core(shop.core.home) as core, core.storage.running():
        assert core.storage.checked.is_set()


async def test_a_doubtful_ledger_is_reported_and_left_alone(shop: Shop) -> None:
    await shop.send_callback(shop.query())
    with closing(sqlite3.connect(shop.core.home.paths.ledger_file, isolation_level=None)) as other:
        other.execute("UPDATE payment SET received_minor = 1")
    sign = dead(shop.home)
    async with window_core(shop.home) as running, asyncio.timeout(10):
        news = asyncio.Event()
        running.on_health_changed(news.set)
        while running.health().storage_problem is None:
            await news.wait()
            news.clear()
        assert running.health().storage_problem == "storage_doubtful"
        await running.till.request_payment(Sale(100))  # the till keeps working
    assert (await shop.payment()).received_minor == 1
    assert sign.exists(), "the next start must look again"


class SlowOperator(ScriptedOperator):
    """Answers when the test opens its gate."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_now = asyncio.Event()
        self.go_on = asyncio.Event()

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        self.orders.append(order)
        self.asked_now.set()
        await self.go_on.wait()
        return LINK

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        self.refunds.append(order)
        self.asked_now.set()
        await self.go_on.wait()
        return RefundAnswer(failed=False, message="done", operation_status=10)


@dataclass
class Two:
    """Two processes on one home, each with a ledger, a till and refunds; one operator, one clock."""

    tills: list[Till]
    refunds: list[Refunds]
    watches: list[StatusInquiry]
    ledgers: list[SqlLedger]
    operator: SlowOperator
    clock: FakeClock


@asynccontextmanager
async def two_processes(file: Path) -> AsyncIterator[Two]:
    operator, clock, chance = SlowOperator(), FakeClock(), SystemEntropy()
    ledgers = [open_ledger(file), open_ledger(file)]
    try:
        yield Two(
            [Till(ledger, operator, clock, chance, till_policy) for ledger in ledgers],
            [Refunds(ledger, operator, clock, chance, lambda: IN_AIR) for ledger in ledgers],
            [
                StatusInquiry(ledger, operator, clock, lambda: InquiryPolicy(proves=False, mode="demo"))
                for ledger in ledgers
            ],
            ledgers,
            operator,
            clock,
        )
    finally:
        for ledger in ledgers:
            await ledger.close()


async def test_two_processes_that_finish_what_was_interrupted_send_one_request(tmp_path: Path) -> None:
    async with two_processes(tmp_path / "ledger.db") as two:
        view = await two.tills[0].request_payment(Sale(12550))
        two.clock.pass_time(seconds=46)
        two.operator.go_on.set()
        two.operator.statuses.append(1)  # one baseline, too
        left = [await ledger.unfinished(two.clock.now()) for ledger in two.ledgers]
        resuming = zip(two.watches, two.tills, left, strict=True)
        await asyncio.gather(*(watch.resume_all(till, views) for watch, till, views in resuming))
        assert len(two.operator.orders) == 1
        assert two.operator.orders[0].transaction_id != view.payment.link.transaction_id


async def test_killed_in_the_middle_of_a_refund_it_stays_unknown_and_is_never_sent_again(
    shop: Shop, tmp_path: Path
) -> None:
    await shop.send_callback(shop.query())
    file, payment_id = shop.core.home.paths.ledger_file, shop.view.payment.id
    async with two_processes(file) as two:
        out = asyncio.create_task(two.refunds[0].refund(payment_id, 5000, "wrong size"))
        await two.operator.asked_now.wait()
        with pytest.raises(RefundInFlight):
            await two.refunds[1].refund(payment_id, 5000, "wrong size")
        out.cancel()  # the process has ended; its intent is on disk, an answer will never be written
        await asyncio.gather(out, return_exceptions=True)
    async with two_processes(file) as after:
        after.clock.pass_time(days=300)
        payment = await shop.payment()
        assert [refund.status for refund in payment.refunds] == [RefundStatus.REQUESTED]
        assert payment.refunded_minor == 0
        after.operator.go_on.set()
        for watch, till in zip(after.watches, after.tills, strict=True):
            await watch.resume_all(till, await after.ledgers[0].unfinished(after.clock.now()))
        for refunds in after.refunds:
            with pytest.raises(RefundInFlight):
                await refunds.refund(payment_id, None, "again")
        assert after.operator.refunds == []
        after.operator.statuses += [None, 10]
        assert (await after.refunds[0].ask(payment_id)).payment.refunds[0].status is RefundStatus.REQUESTED
        assert (await after.refunds[0].ask(payment_id)).payment.refunds[0].status is RefundStatus.DONE


async def test_a_double_click_on_refund_sends_one(shop: Shop) -> None:
    await shop.send_callback(shop.query())
    async with two_processes(shop.core.home.paths.ledger_file) as two:
        two.operator.go_on.set()
        calls = [two.refunds[number % 2].refund(shop.view.payment.id, None, "x") for number in range(8)]
        came = await asyncio.gather(*calls, return_exceptions=True)
        assert sum(isinstance(result, RefundInFlight) for result in came) == 7
        assert len(two.operator.refunds) == 1
