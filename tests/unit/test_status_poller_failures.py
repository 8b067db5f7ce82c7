"""An inquiry that fails with an unforeseen error affects no other one, nor the next one about the same payment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from app.domain.errors import HomeTaken, StorageFull
from app.domain.journal.events import OperatorSilent
from app.domain.payment import PaymentStatus, RefundStatus
from app.lifecycle import Receiving
from app.services.ports.ledger_transaction import LedgerTransaction
from app.services.ports.operator_gateway import LinkAnswer
from app.services.refunds.refund_poller import RefundPoller
from app.services.refunds.refunds import RefundPolicy, Refunds
from app.services.sales.till import Sale, Till, TillPolicy
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.services.status.status_poller import StatusPoller
from app.system import SystemEntropy
from tests.builders import START
from tests.contracts.sales import payment_of, receive, refund, sell
from tests.fakes.clock_and_operator import FakeClock, ScriptedOperator
from tests.fakes.ledger import FakeLedger

T = TypeVar("T")
LINK = LinkAnswer("https://mapi.xpaydirect.com/x", "uuid-1", "11")
UNFORESEEN = [ValueError("nonsense"), RecursionError("deep"), OverflowError("date"), MemoryError()]
LEASE = timedelta(seconds=45)
POLICY = TillPolicy("http://127.0.0.1:1", "1", "uk", timedelta(minutes=15), 10_000_000, LEASE, "demo", "test:1")


class PollerFixture:
    def __init__(self, ledger: FakeLedger | None = None) -> None:
        self.ledger, self.operator, self.clock = ledger or FakeLedger(), ScriptedOperator(), FakeClock()
        self.status_inquiry = StatusInquiry(
            self.ledger, self.operator, self.clock, lambda: InquiryPolicy(proves=True, mode="demo"), self._wait
        )
        self.status_poller = StatusPoller(self.ledger, self.status_inquiry, self.clock)
        entropy = SystemEntropy()
        self.till = Till(self.ledger, self.operator, self.clock, entropy, lambda: POLICY)
        self.refunds = Refunds(
            self.ledger, self.operator, self.clock, entropy, lambda: RefundPolicy(LEASE, "demo", "1")
        )

    async def _wait(self, seconds: float) -> None:
        self.clock.pass_time(seconds=seconds)

    async def look(self) -> None:
        await self.status_poller.poll(await self.ledger.unfinished(self.clock.now()))
        await self.status_poller.wait_until_idle()


@pytest.fixture
def poller() -> PollerFixture:
    return PollerFixture()


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
async def test_a_question_that_fails_ends_no_other_and_not_the_next(poller: PollerFixture, error: Exception) -> None:
    for name in "abc":
        await poller.ledger.write(lambda tx, name=name: sell(tx, name))  # type: ignore[misc]
    poller.operator.statuses += [error, 1, 1]
    await poller.look()
    assert len(poller.operator.asked) == 3
    poller.clock.pass_time(seconds=60)
    poller.operator.statuses += [1, 1, 1]
    await poller.look()
    assert len(poller.operator.asked) == 6


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
async def test_a_link_that_fails_ends_no_other_and_is_tried_again(poller: PollerFixture, error: Exception) -> None:
    ids = [(await poller.till.request_payment(Sale(100))).payment.id for _ in range(2)]
    poller.clock.pass_time(seconds=46)
    poller.operator.links += [error, LINK]
    poller.operator.statuses += [1]
    await poller.status_inquiry.resume_all(poller.till, await poller.ledger.unfinished(poller.clock.now()))
    states = [view.payment.state for view in await poller.ledger.unfinished(poller.clock.now())]
    assert sorted(states) == [PaymentStatus.CREATING, PaymentStatus.OPEN]
    poller.clock.pass_time(seconds=46)
    poller.operator.links += [LINK]
    poller.operator.statuses += [error]  # the baseline of the link that was created at last
    await poller.status_inquiry.resume_all(poller.till, await poller.ledger.unfinished(poller.clock.now()))
    for payment_id in ids:
        view = await poller.ledger.payment(payment_id)
        assert view is not None
        assert view.payment.state is PaymentStatus.OPEN


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
async def test_a_question_about_a_refund_that_fails_ends_no_other(poller: PollerFixture, error: Exception) -> None:
    for name in "ab":
        await poller.ledger.write(lambda tx, name=name: sell(tx, name))  # type: ignore[misc]
        await poller.ledger.write(lambda tx, name=name: receive(tx, name))  # type: ignore[misc]
        await poller.ledger.write(lambda tx, name=name: refund(tx, name, 100, "requested"))  # type: ignore[misc]
    watching = RefundPoller(poller.refunds, poller.clock)
    poller.operator.statuses += [error, 10]
    for _ in range(2):
        watching.poll(await poller.ledger.unfinished(poller.clock.now()))
        await watching.wait_until_idle()
        poller.clock.pass_time(hours=3)
        poller.operator.statuses.append(10)
    for name in "ab":
        view = await poller.ledger.payment(payment_of(name))
        assert view is not None
        assert [item.status for item in view.payment.refunds] == [RefundStatus.DONE]


class FailingOnce(FakeLedger):
    """A ledger whose next write fails once `failure` is set."""

    failure: Exception | None = None

    async def write(self, decide: Callable[[LedgerTransaction], T]) -> T:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
        return await super().write(decide)


@pytest.mark.parametrize("failure", [StorageFull(), ValueError("nonsense")], ids=["refusal", "defect"])
async def test_a_silence_that_cannot_be_noted_hides_no_other(failure: Exception) -> None:
    ledger = FailingOnce()
    poller = PollerFixture(ledger)
    for name in "ab":
        await ledger.write(lambda tx, name=name: sell(tx, name))  # type: ignore[misc]
    poller.clock.moment = START + timedelta(hours=25)
    ledger.failure = failure
    await poller.status_inquiry.record_silence()
    noted = [entry for entry in await ledger.tail(0) if isinstance(entry.fact, OperatorSilent)]
    assert len(noted) == 1
    await poller.status_inquiry.record_silence()
    noted = [entry for entry in await ledger.tail(0) if isinstance(entry.fact, OperatorSilent)]
    assert len(noted) == 2


class Steps:
    """A lock and a listener that record the calls."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def acquire(self, blocking: bool = False) -> bool:
        return True

    def release(self) -> None:
        self.done.append("lock released")

    async def start(self) -> str:
        return "http://127.0.0.1:1"

    async def stop(self) -> None:
        self.done.append("listener stopped")


@pytest.mark.parametrize("failure", [HomeTaken(), ValueError("nonsense")], ids=["refusal", "defect"])
async def test_the_home_is_given_back_even_if_the_watching_ends_badly(failure: Exception) -> None:
    class Ending:
        """Work with nothing due, whose `at_end` fails."""

        async def check_mode(self) -> None: ...

        async def at_start(self) -> None: ...

        async def run_cycle(self) -> None: ...

        async def check_clock(self) -> None: ...

        async def at_end(self) -> None:
            raise failure

    steps = Steps()
    receiving = Receiving(steps, steps, Ending())
    await receiving.start()
    await receiving.stop()
    assert steps.done == ["listener stopped", "lock released"]
