"""A decision is made on the state that the person saw: what came meanwhile is never decided along with it."""

from __future__ import annotations

import pytest

from app.domain.errors import (
    LinkReplaced,
    NotCancellable,
    RefundInFlight,
    RefundsChanged,
    RefundSettled,
    RefundTooMuch,
)
from app.domain.ids import RefundId
from app.domain.journal.events import RefundAnswered, RefundRequested
from app.domain.payment import PaymentStatus, RefundStatus
from app.services.ports.ledger import PaymentHistory
from app.services.ports.operator_gateway import RefundAnswer
from tests.contracts import sales
from tests.fakes.clock_and_operator import FakeClock, ScriptedOperator
from tests.fakes.context import FakeCoreApi
from tests.fakes.ledger import FakeLedger

SALE, FIRST = sales.payment_of("sale"), RefundId("r-sale")
TAKEN = RefundAnswer(failed=False, message="done")


class ServiceFixture:
    """A sale of 125,50 on which two people act."""

    def __init__(self) -> None:
        self.ledger, self.clock, self.operator = FakeLedger(), FakeClock(), ScriptedOperator()
        self.core = FakeCoreApi(self.ledger, self.operator, self.clock)
        self.operator.answers += [TAKEN, TAKEN]

    async def look(self) -> PaymentHistory:
        history = await self.ledger.payment_history(SALE)
        assert history is not None
        return history

    async def refund(self, amount_minor: int | None, seen: PaymentHistory | None) -> None:
        self.clock.pass_time(minutes=5)
        await self.core.refunds.refund(SALE, amount_minor, "returned", seen=seen.as_of if seen else None)

    async def conclude(self, seen: PaymentHistory | None, *, done: bool) -> None:
        self.clock.pass_time(minutes=5)
        as_of = seen.as_of if seen else None
        await self.core.refunds.conclude(SALE, FIRST, done=done, reason="cabinet", seen=as_of)

    async def answered(self, status: str, nonce: str = "0") -> None:
        answer = RefundAnswered(FIRST, status, "said so", nonce)
        await self.ledger.write(lambda tx: sales.state(tx, "sale", answer, after_s=130))

    async def returned(self, sum_minor: int, txn_id: str = "back") -> None:
        await self.ledger.write(
            lambda tx: sales.receive(tx, "sale", "refund", txn_id=txn_id, sum_minor=sum_minor, signature=txn_id)
        )


@pytest.fixture
async def services() -> ServiceFixture:
    made = ServiceFixture()
    await sales.sold(made.ledger, "sale")
    return made


async def paid(services: ServiceFixture) -> PaymentHistory:
    await services.ledger.write(lambda tx: sales.receive(tx, "sale"))
    return await services.look()


# refunds


async def test_the_same_refund_decided_by_two_people_is_sent_once(services: ServiceFixture) -> None:
    """Both see 125,50 left and refund 50; the first is done before the second confirms, though 100 would fit."""
    seen = await paid(services)
    await services.refund(5000, seen)
    await services.returned(5000)
    with pytest.raises(RefundsChanged):
        await services.refund(5000, seen)
    assert len(services.operator.refunds) == 1
    await services.refund(5000, await services.look())
    assert len(services.operator.refunds) == 2


async def test_a_refund_in_the_cabinet_counts_as_news_too(services: ServiceFixture) -> None:
    seen = await paid(services)
    await services.returned(5000)
    with pytest.raises(RefundsChanged):
        await services.refund(5000, seen)
    assert services.operator.refunds == []


async def test_the_rest_is_that_of_the_transaction_not_that_of_the_screen(services: ServiceFixture) -> None:
    await paid(services)
    await services.returned(5000)
    with pytest.raises(RefundTooMuch):
        await services.refund(10000, None)
    assert services.operator.refunds == []


async def test_one_that_is_on_its_way_is_reported_as_such(services: ServiceFixture) -> None:
    seen = await paid(services)
    await services.refund(5000, seen)
    with pytest.raises(RefundInFlight):
        await services.refund(5000, seen)
    assert len(services.operator.refunds) == 1


async def test_other_news_of_the_payment_are_no_hindrance(services: ServiceFixture) -> None:
    seen = await paid(services)
    await services.ledger.write(lambda tx: sales.receive(tx, "sale", "check", txn_id="c"))
    await services.refund(5000, seen)
    assert len(services.operator.refunds) == 1


# the outcome of a refund


async def test_failed_is_not_noted_over_a_callback_that_came_a_second_before(services: ServiceFixture) -> None:
    await paid(services)
    await services.ledger.write(lambda tx: sales.refund(tx, "sale", 5000, "unknown"))
    seen = await services.look()
    await services.returned(5000)
    for looked in (seen, None):
        with pytest.raises(RefundSettled):
            await services.conclude(looked, done=False)
    (refund,) = (await services.look()).payment.refunds
    assert refund.status is RefundStatus.DONE


@pytest.mark.parametrize("done", [False, True])
async def test_an_answer_that_came_after_the_look_is_looked_at_first(services: ServiceFixture, done: bool) -> None:
    """The outcome was unknown; now the operator has accepted the refund: "failed" would allow it to be sent again."""
    await paid(services)
    await services.ledger.write(lambda tx: sales.refund(tx, "sale", 5000, "unknown"))
    seen = await services.look()
    await services.answered("requested", "1")
    with pytest.raises(RefundsChanged):
        await services.conclude(seen, done=done)
    assert (await services.look()).payment.refunds[0].status is RefundStatus.REQUESTED
    await services.conclude(await services.look(), done=done)
    ended = RefundStatus.DONE if done else RefundStatus.FAILED
    assert (await services.look()).payment.refunds[0].status is ended


async def test_news_of_another_refund_are_no_hindrance_to_the_word_about_this_one(services: ServiceFixture) -> None:
    await paid(services)
    await services.ledger.write(lambda tx: sales.refund(tx, "sale", 5000, "unknown"))
    seen = await services.look()
    other = RefundRequested(RefundId("other"), 100, "txn-sale", seen.payment.link.transaction_id, "x")
    await services.ledger.write(lambda tx: sales.state(tx, "sale", other, after_s=200))
    await services.conclude(seen, done=False)
    assert (await services.look()).payment.refunds[0].status is RefundStatus.FAILED


# links


async def test_money_that_came_a_moment_before_is_not_cancelled(services: ServiceFixture) -> None:
    seen = (await services.look()).payment.link.key
    await paid(services)
    with pytest.raises(NotCancellable):
        await services.core.till.cancel(SALE, link=seen)
    assert (await services.look()).payment.state is PaymentStatus.PAID


async def test_a_link_that_another_window_made_meanwhile_is_not_cancelled(services: ServiceFixture) -> None:
    """The person saw an expired link; a colleague made a new one, and the customer is paying with it."""
    services.clock.pass_time(minutes=16)
    seen = (await services.look()).payment.link.key
    await services.core.till.renew(SALE)
    with pytest.raises(LinkReplaced):
        await services.core.till.cancel(SALE, link=seen)
    payment = (await services.look()).payment
    assert not payment.link.cancelled
    await services.core.till.cancel(SALE, link=payment.link.key)
    assert (await services.look()).payment.state is PaymentStatus.CANCELLED
