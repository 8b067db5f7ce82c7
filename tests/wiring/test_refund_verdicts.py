"""What a refund callback settles is decided at its receipt and stored (protocol.md A5, A3.8), through real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import OperatorRefused, OperatorUnreachable, RefundInFlight, RefundTooMuch, RefundUnknown
from app.domain.journal.events import RefundAnswered
from app.domain.payment import Attention, Refund, RefundMark, RefundStatus
from app.domain.payment_fold.fold import fold
from app.services.ports.operator_gateway import RefundAnswer, RefundOrder, StatusAnswer
from app.services.refunds.refunds import RefundPolicy, Refunds
from app.system import SystemEntropy
from tests.wiring.shop import Shop

TAKEN, REFUSED = RefundAnswer(False, "done", 10), RefundAnswer(True, "no money on the account", 21)
IN_AIR = timedelta(seconds=45)
Meanwhile = Callable[[RefundOrder], Awaitable[None]]


class Operator:
    """Answers [30203] from the queue `answers`, after `meanwhile` has run."""

    def __init__(self) -> None:
        self.answers: list[RefundAnswer | Exception] = []
        self.orders: list[RefundOrder] = []
        self.asked: list[tuple[str, str]] = []
        self.meanwhile: Meanwhile | None = None
        self.status = 1

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        self.orders.append(order)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile(order)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask_status(self, transaction_id: str, terminal_id: str) -> StatusAnswer:
        self.asked.append((transaction_id, terminal_id))
        return StatusAnswer(self.status, "")


class ServiceFixture:
    """A shop with a paid payment of 125,50, and its refunds."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.operator = Operator()
        policy = RefundPolicy(IN_AIR, "live", "7")
        gateway: Any = self.operator
        self.refunds = Refunds(shop.core.ledger, gateway, shop.clock, SystemEntropy(), lambda: policy)

    async def refund(self, amount_minor: int | None, *answers: RefundAnswer | Exception) -> None:
        self.operator.answers += answers or (TAKEN,)
        await self.refunds.refund(self.shop.view.payment.id, amount_minor, "returned")

    async def comes_back(self, sum_text: str, txn_id: str, **changes: str) -> None:
        assert (await self.shop.send_callback(self.shop.query("refund", txn_id=txn_id, sum=sum_text, **changes)))[
            0
        ] == "10"

    async def all(self) -> tuple[Refund, ...]:
        return (await self.shop.payment()).refunds

    async def ours(self) -> list[RefundStatus]:
        return [refund.status for refund in await self.all() if refund.reason]


@pytest.fixture
async def services(shop: Shop) -> ServiceFixture:
    await shop.send_callback(shop.query())
    return ServiceFixture(shop)


async def test_a_refund_of_the_cabinet_settles_no_request_that_came_after_it(services: ServiceFixture) -> None:
    await services.comes_back("6275", "C1")
    await services.refund(6275)
    payment = await services.shop.payment()
    assert await services.ours() == [RefundStatus.REQUESTED]
    assert (payment.refunded_minor, payment.refund) == (6275, RefundMark.REQUESTED)
    assert payment.attention == (Attention.REFUNDED_ELSEWHERE,)
    with pytest.raises(RefundInFlight):
        await services.refund(6275)
    assert sum(order.amount_minor or 0 for order in services.operator.orders) == 6275
    await services.comes_back("6275", "R1")
    assert await services.ours() == [RefundStatus.DONE]
    with pytest.raises(Exception, match="nothing_to_refund"):
        await services.refund(6275)
    assert (await services.shop.payment()).attention == (Attention.REFUNDED_ELSEWHERE,)


async def test_a_refusal_after_a_refund_of_the_cabinet_is_journalled(services: ServiceFixture) -> None:
    await services.comes_back("6275", "C1")
    with pytest.raises(OperatorRefused):
        await services.refund(6275, REFUSED)
    assert await services.ours() == [RefundStatus.FAILED]
    await services.refund(6275)
    assert await services.ours() == [RefundStatus.FAILED, RefundStatus.REQUESTED]


@pytest.mark.parametrize("answer", [TAKEN, REFUSED])
async def test_an_answer_is_journalled_though_the_callback_was_quicker(
    services: ServiceFixture, answer: RefundAnswer
) -> None:
    async def quick(order: RefundOrder) -> None:
        await services.comes_back("1000", "R1")

    services.operator.meanwhile = quick
    try:
        await services.refund(1000, answer)
    except OperatorRefused:
        assert answer.failed
    entries = await services.shop.core.ledger.entries(services.shop.view.payment.id)
    [answered] = [entry.fact for entry in entries if isinstance(entry.fact, RefundAnswered)]
    assert answered.status == ("failed" if answer.failed else "requested")
    payment = await services.shop.payment()
    assert await services.ours() == [RefundStatus.DONE]
    assert payment.attention == ((Attention.REFUND_AFTER_ALL,) if answer.failed else ())


async def test_the_late_callback_of_a_failed_try_frees_nothing_while_the_next_is_on_its_way(
    services: ServiceFixture,
) -> None:
    """Attempt 0 was answered 21, attempt 1 is in flight: its answer is awaited, whatever a callback says."""
    with pytest.raises(OperatorRefused):
        await services.refund(6275, REFUSED)
    refused: list[BaseException | None] = []

    async def late(order: RefundOrder) -> None:
        await services.comes_back("6275", "R0")
        results = await asyncio.gather(
            services.refunds.refund(services.shop.view.payment.id, 6275, "again"), return_exceptions=True
        )
        refused.extend(result for result in results if isinstance(result, BaseException))

    services.operator.meanwhile = late
    await services.refund(6275, TAKEN)
    assert [type(failure) for failure in refused] == [RefundInFlight]
    assert len(services.operator.orders) == 2
    await services.comes_back("6275", "R1", txn_date="20261121101600")
    payment = await services.shop.payment()
    assert await services.ours() == [RefundStatus.DONE, RefundStatus.DONE]
    assert payment.attention == (Attention.REFUND_AFTER_ALL,)
    with pytest.raises(Exception, match="nothing_to_refund"):
        await services.refund(6275)


async def test_a_callback_that_names_its_request_settles_that_one(services: ServiceFixture) -> None:
    with pytest.raises(OperatorRefused):
        await services.refund(1000, REFUSED)
    await services.refund(1000)
    await services.comes_back("1000", "R0", txn_id_own=services.operator.orders[0].transaction_id)
    assert await services.ours() == [RefundStatus.DONE, RefundStatus.REQUESTED]
    assert (await services.shop.payment()).attention == (Attention.REFUND_AFTER_ALL,)


async def test_the_sum_is_left_out_only_where_all_of_a_pay_surely_goes_back(services: ServiceFixture) -> None:
    """Without a sum the operator refunds its own balance, which may differ from ours."""
    await services.shop.send_callback(services.shop.query(txn_id="Y2", sum="6000", txn_date="20261121101600"))
    await services.comes_back("4000", "C1")
    await services.refund(None)
    assert [(order.txn_id, order.amount_minor) for order in services.operator.orders] == [("Y2", 6000)]


async def test_a_pay_that_was_told_with_two_sums_goes_back_with_its_sum(services: ServiceFixture) -> None:
    await services.shop.send_callback(services.shop.query(sum="5000", txn_date="20261121101400"))
    assert (await services.shop.payment()).received_minor == 5000
    await services.refund(None)
    assert [order.amount_minor for order in services.operator.orders] == [5000]


async def test_all_of_the_only_pay_goes_back_without_a_sum(services: ServiceFixture) -> None:
    with pytest.raises(OperatorRefused):
        await services.refund(None, REFUSED)
    await services.refund(None)
    assert [order.amount_minor for order in services.operator.orders] == [None, None]


async def test_one_that_had_failed_and_comes_back_all_the_same_is_reported(services: ServiceFixture) -> None:
    with pytest.raises(OperatorRefused):
        await services.refund(1000, REFUSED)
    await services.comes_back("1000", "R0")
    payment = await services.shop.payment()
    assert await services.ours() == [RefundStatus.DONE]
    assert (payment.refunded_minor, payment.attention) == (1000, (Attention.REFUND_AFTER_ALL,))


async def test_two_whole_refunds_of_one_payment_are_more_than_came(services: ServiceFixture) -> None:
    await services.refund(None)
    await services.comes_back("12550", "R1")
    await services.comes_back("12550", "C1")
    payment = await services.shop.payment()
    assert (payment.refunded_minor, payment.refund) == (12550, RefundMark.FULL)
    assert payment.attention == (Attention.REFUNDED_ELSEWHERE, Attention.OVER_REFUNDED)


async def test_a_second_refund_of_the_cabinet_with_the_same_number_is_reported_again(services: ServiceFixture) -> None:
    await services.comes_back("1000", "321455")
    await services.shop.core.settlement.settle(services.shop.view.payment.id, "known")
    assert (await services.shop.payment()).attention == ()
    await services.comes_back("2000", "321455")
    payment = await services.shop.payment()
    assert payment.attention == (Attention.REFUNDED_ELSEWHERE,)
    assert len({refund.id for refund in payment.refunds}) == 2
    assert payment.refunded_minor == 3000


async def test_asking_cannot_undo_what_an_answer_said_later(services: ServiceFixture) -> None:
    """[20003] is quicker than [30203]: done stays done, and the late answer is stored."""

    async def asked(order: RefundOrder) -> None:
        services.operator.status = 10
        await services.refunds.ask(services.shop.view.payment.id)

    services.operator.meanwhile = asked
    await services.refund(1000, TAKEN)
    assert await services.ours() == [RefundStatus.DONE]
    assert services.operator.asked == [(services.operator.orders[0].transaction_id, "7")]


async def test_a_second_forged_pay_with_another_sum_is_reported_again(shop: Shop) -> None:
    await shop.get(shop.query(sign="AAAA"))
    await shop.core.settlement.settle(shop.view.payment.id, "looked at")
    assert (await shop.payment()).attention == ()
    await shop.get(shop.query(sign="AAAA"))
    assert (await shop.payment()).attention == ()
    await shop.get(shop.query(sign="AAAA", sum="777"))
    assert (await shop.payment()).attention == (Attention.UNVERIFIED,)


@pytest.mark.parametrize("first", [("20000",), ("6000", "8000")])
async def test_more_money_before_a_settled_excess_is_reported_again(shop: Shop, first: tuple[str, ...]) -> None:
    """The operator's time puts the second payment before the excess one: now another one is the excess."""
    for number, sum_text in enumerate(first):
        await shop.send_callback(shop.query(txn_id=f"A{number}", sum=sum_text, txn_date=f"2026112110150{number}"))
    assert (await shop.payment()).attention == (Attention.OVERPAID,)
    await shop.core.settlement.settle(shop.view.payment.id, "given back in cash")
    await shop.send_callback(shop.query(txn_id="B", sum="100", txn_date="20261121101400"))
    assert (await shop.payment()).attention == (Attention.OVERPAID,)
    await shop.core.settlement.settle(shop.view.payment.id, "this, too")
    await shop.send_callback(shop.query(txn_id="B", sum="100", txn_date="20261121101400"))
    assert (await shop.payment()).attention == ()
    await shop.send_callback(shop.query(txn_id="C", sum="100", txn_date="20261121101900"))
    assert (await shop.payment()).attention == (Attention.PAID_TWICE,)


@pytest.mark.parametrize("command", ["capture", "hold"])
async def test_a_second_unknown_message_is_reported_again(shop: Shop, command: str) -> None:
    await shop.send_callback(shop.query(command))
    await shop.core.settlement.settle(shop.view.payment.id, "looked at")
    await shop.send_callback(shop.query(command, txn_id="2"))
    assert (await shop.payment()).attention == (Attention.UNKNOWN_COMMAND,)


async def test_every_order_of_arrival_makes_the_same_payment(services: ServiceFixture) -> None:
    await services.comes_back("6275", "C1")
    with pytest.raises(RefundUnknown):
        await services.refund(6275, _lost())
    await services.comes_back("6275", "R1")
    entries = await services.shop.core.ledger.entries(services.shop.view.payment.id)
    right = fold(entries)
    assert right == await services.shop.payment()
    for turn in range(1, len(entries)):
        moved = [*entries[turn:], *entries[:turn]]
        assert fold(replace(entry, seq=seq) for seq, entry in enumerate(moved, 1)) == right


def _lost() -> Exception:
    return OperatorUnreachable(reason="timeout")


async def test_more_than_the_rest_is_refused_while_a_refund_of_the_cabinet_counts(services: ServiceFixture) -> None:
    await services.comes_back("12000", "C1")
    with pytest.raises(RefundTooMuch) as refused:
        await services.refund(1000)
    assert refused.value.details == {"rest_minor": 550}
