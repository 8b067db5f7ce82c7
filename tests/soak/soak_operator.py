"""R9: an operator that is slow, disconnects, refuses or answers invalidly, switched at random during operation."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from app.domain.errors import OperatorError, PaydeskError
from app.domain.ids import PaymentId
from app.domain.payment import PaymentStatus
from app.operator_api.client import HttpxOperator
from app.operator_api.keys import make_private_key_pem
from app.operator_api.mapping import OperatorSettings
from app.services.ports.ledger import Ledger
from app.services.ports.ledger_transaction import LedgerTransaction
from app.services.refunds.refunds import RefundPolicy, Refunds
from app.services.sales.till import Sale, Till, TillPolicy
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.simulator.server import Simulator
from app.storage.ledger import open_ledger
from app.system import SystemEntropy
from tests.contracts.sales import payment_of, receive, sell
from tests.fakes.clock_and_operator import FakeClock
from tests.soak.harness import Row, amount, row

OPERATOR_FAULTS = ("slow", "refuse", "drop", "html", "garbage", "strings", "huge", "well")
TIMEOUT_S = 0.5
LATEST_S = TIMEOUT_S + 1.5
ROUNDS = 50
MAX_CONCURRENT = 4
LEASE = timedelta(seconds=45)


@dataclass
class FaultyOperatorShop:
    """A till with a faulty operator, and the outcome of every call: an error's code or `ok`."""

    ledger: Ledger
    till: Till
    status_inquiry: StatusInquiry
    refunds: Refunds
    client: HttpxOperator
    clock: FakeClock
    url: str
    came: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    payments: list[PaymentId] = field(default_factory=list)
    refunded: list[PaymentId] = field(default_factory=list)

    async def set_fault(self, name: str) -> None:
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            switched_on = [] if name == "well" else [name]
            (await client.post(self.url.replace("/xpay", "/faults"), json=switched_on)).raise_for_status()

    async def link(self) -> str:
        """Sell; return the outcome of the link."""
        view = await self.till.request_payment(Sale(12550))
        self.payments.append(view.payment.id)
        return await self._timed("link", self.till.open_link(view.payment.id))

    async def back(self) -> str:
        """Refund a paid payment; return the outcome."""
        name = f"back-{len(self.refunded)}"
        self.refunded.append(payment_of(name))

        def paid(tx: LedgerTransaction) -> None:
            sell(tx, name)
            receive(tx, name)

        await self.ledger.write(paid)
        return await self._timed("refund", self.refunds.refund(payment_of(name), None, "wrong size"))

    async def connection(self) -> str:
        return await self._timed("connection", self.client.test_connection())

    async def _timed(self, what: str, call: Awaitable[object]) -> str:
        begun = time.monotonic()
        try:
            await call
            outcome = "ok"
        except OperatorError as error:
            outcome = error.code
        self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
        self.came[f"{what} {outcome}"] += 1
        return outcome

    async def settle(self) -> Counter[str]:
        """Clear the operator's faults and finish what is unfinished; return the payments by status."""
        await self.set_fault("well")
        self.clock.pass_time(seconds=46)
        await self.status_inquiry.resume_all(self.till, await self.ledger.unfinished(self.clock.now()))
        views = [await self.ledger.payment(payment_id) for payment_id in self.payments]
        return Counter(view.payment.status(self.clock.now()).value if view else "lost" for view in views)

    async def refund_states(self) -> Counter[str]:
        """Count the outcomes of the refunds; each payment has at most one."""
        found: Counter[str] = Counter()
        for payment_id in self.refunded:
            view = await self.ledger.payment(payment_id)
            refunds = view.payment.refunds if view else ()
            found[refunds[0].status.value if len(refunds) == 1 else f"{len(refunds)} refunds"] += 1
        return found


@asynccontextmanager
async def faulty_operator_shop(folder: Path) -> AsyncIterator[FaultyOperatorShop]:
    """Run a demo operator whose faults can be switched, and a till with its own ledger."""
    operator = Simulator(port=0, speed=20)
    url = await operator.start()
    clock, rng = FakeClock(), SystemEntropy()
    ledger = open_ledger(folder / "ledger.db")
    settings = OperatorSettings(url=url, timeout_s=TIMEOUT_S)
    client = HttpxOperator(settings, make_private_key_pem(), operator.token, operator.public_pem, clock)
    policy = TillPolicy("http://127.0.0.1:9", "1", "uk", timedelta(minutes=15), 10_000_000, LEASE, "demo", "soak")
    till = Till(ledger, client, clock, rng, lambda: policy)
    watch = StatusInquiry(ledger, client, clock, lambda: InquiryPolicy(proves=False, mode="demo"))
    refunds = Refunds(ledger, client, clock, rng, lambda: RefundPolicy(LEASE, "demo", "1"))
    try:
        yield FaultyOperatorShop(ledger, till, watch, refunds, client, clock, url)
    finally:
        await client.close()
        await ledger.close()
        await operator.stop()


async def play_faults(folder: Path, rounds: int) -> tuple[str, bool]:
    rng = random.Random(20261121)
    async with faulty_operator_shop(folder) as shop:
        over = asyncio.Event()

        async def switch() -> None:
            faults = [*OPERATOR_FAULTS] * rounds
            rng.shuffle(faults)
            for fault in faults:
                await shop.set_fault(fault)
                await asyncio.sleep(rng.uniform(0.02, 0.6))
            over.set()

        async def sell_on() -> None:
            while not over.is_set():
                await rng.choice((shop.link, shop.back, shop.connection))()
                await asyncio.sleep(0.02)  # one that disconnects at once would get a thousand requests a second

        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            group.create_task(switch(), name="moods")
            for _ in range(MAX_CONCURRENT):
                group.create_task(sell_on(), name="till")
        seconds = time.monotonic() - begun
        ends, refunds = await shop.settle(), await shop.refund_states()
        agree = not await shop.ledger.rebuild(write=False)
    known = {PaymentStatus.OPEN.value, PaymentStatus.NOT_CREATED.value}
    ok = set(ends) <= known and set(refunds) <= {"requested", "failed", "unknown"} and agree
    measured = (
        f"{len(OPERATOR_FAULTS)} moods {rounds} times in {seconds:.0f} s, {shop.came.total():,} calls, slowest"
        f" {shop.slowest_s:.2f} s (timeout {TIMEOUT_S} s); links then {_shown(ends)}; refunds {_shown(refunds)}"
    )
    return measured, ok and shop.slowest_s <= LATEST_S


def _shown(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))


@row("R9")
def play() -> Row:
    promise = "operator slow, down, refusing, talking nonsense: an answer in time, nothing lost"
    with tempfile.TemporaryDirectory() as folder:
        try:
            measured, ok = asyncio.run(play_faults(Path(folder), amount("MOODS", ROUNDS)))
        except* PaydeskError as unexpected:
            measured, ok = f"unexpected: {unexpected.exceptions!r}", False
    return Row(promise, measured, ok)
