"""Refunds (protocol.md A5): the rules before one is sent, what its answer means, who may decide its outcome."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import (
    AmountZero,
    CardNumberTyped,
    NotConfigured,
    NotFound,
    NothingToRefund,
    NothingToSettle,
    OperatorRefused,
    OperatorUnreachable,
    PaydeskError,
    RefundInFlight,
    RefundReasonMissing,
    RefundSettled,
    RefundTooMuch,
    RefundUnknown,
    SettleReasonMissing,
    WrongMode,
)
from app.domain.ids import LinkKey, PaymentId, RefundId, TransactionId
from app.domain.journal.events import Fact, JournalEntry, RefundAnswered, RefundRequested, Source, StatusAnswered
from app.domain.payment import Attention, ConfirmedBy, PaymentStatus, Refund, RefundMark, RefundStatus
from app.domain.payment_fold.received import callbacks_in
from app.domain.payment_fold.refund_fold import request_settled_by
from app.services.history.settlement import ManualSettlement
from app.services.ports.ledger import PaymentView
from app.services.ports.operator_gateway import RefundAnswer
from app.services.refunds.refund_poller import RefundPoller
from app.services.refunds.refunds import RefundPolicy, Refunds
from tests.builders import KEY, PAYMENT, callback, open_payment
from tests.fakes.clock_and_operator import FakeClock, ScriptedOperator
from tests.fakes.context import CountingEntropy
from tests.fakes.ledger import FakeLedger

IN_AIR = timedelta(seconds=45)
TAKEN, REFUSED = RefundAnswer(False, "done", 10), RefundAnswer(True, "fail", 21)
SILENT = OperatorUnreachable(reason="timeout")


@dataclass
class ServiceFixture:
    """A payment of 125,50 and the services that refund it."""

    mode: str = "demo"
    ledger: FakeLedger = field(default_factory=FakeLedger)
    operator: ScriptedOperator = field(default_factory=ScriptedOperator)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.clock.pass_time(minutes=5)
        self.entropy = CountingEntropy()
        self.refunds = Refunds(
            self.ledger, self.operator, self.clock, self.entropy, lambda: RefundPolicy(IN_AIR, self.mode, "1")
        )
        self.settlement = ManualSettlement(self.ledger, self.clock, self.entropy)

    async def know(self, *entries: JournalEntry) -> None:
        def write(tx: Any) -> None:
            for item in entries:
                tx.append(item.fact, payment_id=item.payment_id, source=item.source, at=item.at)

        await self.ledger.write(write)

    async def paid(self, *sums: int) -> ServiceFixture:
        """Receive every sum by a callback of its own: t1, t2, ..."""
        pays = [
            callback(after_s=60 + n, txn_id=f"t{n}", sum_minor=minor, txn_date=f"2026112112160{n}", signature=f"s{n}")
            for n, minor in enumerate(sums or (12550,), 1)
        ]
        await self.know(*open_payment(), *pays)
        return self

    async def add(self, fact: Fact, *, source: Source = Source.CALLBACK) -> None:
        await self.know(JournalEntry(0, self.clock.now(), PAYMENT, source, fact))

    async def refund(self, amount_minor: int | None = None, reason: str = "returned", *answers: Any) -> PaymentView:
        self.operator.answers += answers or (TAKEN,)
        return await self.refunds.refund(PAYMENT, amount_minor, reason)

    async def view(self) -> PaymentView:
        view = await self.ledger.payment(PAYMENT)
        assert view is not None
        return view

    async def only(self) -> Refund:
        (refund,) = (await self.view()).payment.refunds
        return refund

    async def facts(self, kind: type) -> list[Any]:
        return [entry.fact for entry in await self.ledger.entries(PAYMENT) if isinstance(entry.fact, kind)]

    async def returned(self, amount_minor: int, txn_id: str = "back", **changes: Any) -> None:
        """Receive the operator's verified refund callback, judged as at its receipt."""
        entries = await self.ledger.entries(PAYMENT)
        request = request_settled_by(entries, callbacks_in(entries), amount_minor, None)
        values = {"txn_id": txn_id, "sum_minor": amount_minor, "signature": f"refund-{txn_id}", "refund_id": request}
        values |= changes
        await self.know(callback("refund", after_s=400, **values))


@pytest.fixture
async def services() -> ServiceFixture:
    return await ServiceFixture().paid()


# The request


async def test_a_full_refund_names_the_pay_and_no_sum(services: ServiceFixture) -> None:
    view = await services.refund()
    (order,) = services.operator.refunds
    assert (order.txn_id, order.amount_minor) == ("t1", None)
    assert view.payment.refund is RefundMark.REQUESTED
    refund = await services.only()
    assert (refund.amount_minor, refund.status, refund.reason) == (12550, RefundStatus.REQUESTED, "returned")
    assert refund.transaction_id == order.transaction_id
    assert order.transaction_id not in {link.transaction_id for link in view.payment.links}


async def test_a_part_is_sent_with_its_sum_and_a_whole_rest_too(services: ServiceFixture) -> None:
    await services.refund(5000)
    await services.returned(5000)
    await services.refund()
    assert [order.amount_minor for order in services.operator.refunds] == [5000, 7550]
    assert len({order.transaction_id for order in services.operator.refunds}) == 2


async def test_the_intent_is_on_disk_before_the_request_leaves(services: ServiceFixture) -> None:
    seen: list[list[RefundRequested]] = []

    class Watching(ScriptedOperator):
        async def refund(self, order: Any) -> RefundAnswer:
            seen.append(await services.facts(RefundRequested))
            return TAKEN

    refunds = Refunds(
        services.ledger, Watching(), services.clock, services.entropy, lambda: RefundPolicy(IN_AIR, "demo", "1")
    )
    await refunds.refund(PAYMENT, 100, "returned", by="Olena")
    assert [(fact.amount_minor, fact.by) for fact in seen[0]] == [(100, "Olena")]


async def test_two_at_once_send_one(services: ServiceFixture) -> None:
    services.operator.answers += [TAKEN, TAKEN]
    ended = await asyncio.gather(
        *(services.refunds.refund(PAYMENT, 100, "x") for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(end).__name__ for end in ended) == ["PaymentHistory", "RefundInFlight"]
    assert len(services.operator.refunds) == 1


@pytest.mark.parametrize("answer", [TAKEN, SILENT])
async def test_one_in_flight_holds_up_the_next(services: ServiceFixture, answer: RefundAnswer | PaydeskError) -> None:
    with suppress(RefundUnknown):
        await services.refund(100, "x", answer)
    with pytest.raises(RefundInFlight):
        await services.refund(100)
    assert len(services.operator.refunds) == 1


@pytest.mark.parametrize(
    ("amount_minor", "reason", "error"),
    [
        (0, "x", AmountZero),
        (-1, "x", AmountZero),
        (12551, "x", RefundTooMuch),
        (100, "", RefundReasonMissing),
        (100, " \n ", RefundReasonMissing),
    ],
)
async def test_what_the_rules_refuse_is_never_written(
    services: ServiceFixture, amount_minor: int, reason: str, error: type[PaydeskError]
) -> None:
    with pytest.raises(error):
        await services.refund(amount_minor, reason)
    assert await services.facts(RefundRequested) == []
    assert services.operator.refunds == []


async def test_too_much_says_what_is_left(services: ServiceFixture) -> None:
    await services.refund(12000)
    await services.returned(12000)
    with pytest.raises(RefundTooMuch) as refused:
        await services.refund(600)
    assert refused.value.details == {"rest_minor": 550}


async def test_nothing_goes_back_where_nothing_came_by_callback() -> None:
    services = ServiceFixture()
    await services.know(*open_payment())
    with pytest.raises(NothingToRefund):
        await services.refund()
    await services.add(StatusAnswered(KEY, TransactionId("t"), 10, "done", proves=True), source=Source.INQUIRY)
    assert (await services.view()).payment.state is PaymentStatus.PAID
    with pytest.raises(NothingToRefund):
        await services.refund(100)
    with pytest.raises(NotFound):
        await services.refunds.refund(PaymentId("p2"), 100, "x")


async def test_money_that_did_not_count_does_not_go_back() -> None:
    services = ServiceFixture()
    await services.know(*open_payment(), callback(txn_id="t9", txn_reused=True), callback(txn_id="t8", replay=True))
    with pytest.raises(NothingToRefund):
        await services.refund()


async def test_play_money_does_not_go_back_with_live_settings(services: ServiceFixture) -> None:
    await services.ledger.write(lambda tx: tx.set_mode("live"))
    with pytest.raises(WrongMode):
        await services.refund()
    assert services.operator.refunds == []


# Several payments on one link


async def test_of_several_pays_the_latest_that_covers_it_gives() -> None:
    services = await ServiceFixture().paid(12550, 5000)
    await services.refund(5001)
    await services.returned(5001)
    await services.refund()
    await services.returned(5000, "back2")
    await services.refund()
    orders = [(order.txn_id, order.amount_minor) for order in services.operator.refunds]
    assert orders == [("t1", 5001), ("t2", None), ("t1", 7549)]
    await services.returned(7549, "back3")
    with pytest.raises(NothingToRefund):
        await services.refund()
    payment = (await services.view()).payment
    assert (payment.refunded_minor, payment.received_minor, payment.refund) == (17550, 17550, RefundMark.FULL)


async def test_no_single_pay_covers_what_two_would() -> None:
    services = await ServiceFixture().paid(12550, 12550)
    with pytest.raises(RefundTooMuch) as refused:
        await services.refund(20000)
    assert refused.value.details == {"rest_minor": 12550}


async def test_what_was_refunded_elsewhere_lowers_the_rest(services: ServiceFixture) -> None:
    await services.returned(12000, "elsewhere")
    with pytest.raises(RefundTooMuch):
        await services.refund(551)
    await services.refund()
    assert services.operator.refunds[0].amount_minor == 550


async def test_done_and_requested_never_exceed_what_came(services: ServiceFixture) -> None:
    for amount in (5000, 5000, 5000, 2550, 1):
        try:
            await services.refund(amount)
            await services.returned(amount, f"back{len(services.operator.refunds)}")
        except PaydeskError:
            continue
    payment = (await services.view()).payment
    assert sum(refund.amount_minor for refund in payment.refunds) == payment.refunded_minor == 12550


# The answer


async def test_twenty_one_failed_and_may_be_tried_again(services: ServiceFixture) -> None:
    with pytest.raises(OperatorRefused) as refused:
        await services.refund(100, "x", REFUSED)
    assert refused.value.details["operator_code"] == "21"
    assert (await services.only()).status is RefundStatus.FAILED
    view = await services.refund(12550)
    assert view.payment.refund is RefundMark.REQUESTED


@pytest.mark.parametrize(
    "failure",
    [
        SILENT,
        OperatorUnreachable(reason="connection"),
        OperatorRefused(operator_code="500", message="oops", reason="refused"),
        OperatorRefused(operator_code=None, message="bad_answer", reason="bad_answer"),
        OperatorRefused(operator_code=None, message="http_status", reason="http_status", status=502),
    ],
)
async def test_anything_else_is_unknown_and_is_not_sent_again(services: ServiceFixture, failure: PaydeskError) -> None:
    with pytest.raises(RefundUnknown) as unknown:
        await services.refund(100, "x", failure)
    assert not unknown.value.retryable
    assert (await services.only()).status is RefundStatus.UNKNOWN
    assert (await services.view()).payment.refund is RefundMark.REQUESTED
    services.operator.statuses += [None, 1, 77]
    for _ in range(3):
        services.clock.pass_time(hours=1)
        await services.refunds.ask(PAYMENT)
    assert (await services.only()).status is RefundStatus.UNKNOWN
    assert len(services.operator.refunds) == 1


async def test_what_was_not_sent_is_failed(services: ServiceFixture) -> None:
    with pytest.raises(NotConfigured):
        await services.refund(100, "x", NotConfigured(setting="keys"))
    assert (await services.only()).status is RefundStatus.FAILED


# Outcome by inquiry, callback and person


@pytest.mark.parametrize(("status", "became"), [(10, RefundStatus.DONE), (21, RefundStatus.FAILED)])
async def test_asking_about_its_own_id_tells_what_became_of_it(
    services: ServiceFixture, status: int, became: RefundStatus
) -> None:
    await services.refund(100)
    services.operator.statuses += [1, status, status]
    before = len(await services.facts(RefundAnswered))
    for _ in range(3):
        await services.refunds.ask(PAYMENT)
    assert set(services.operator.asked) == {services.operator.refunds[0].transaction_id}
    assert len(services.operator.asked) == 2
    assert (await services.only()).status is became
    assert len(await services.facts(RefundAnswered)) == before + 1


async def test_failed_is_not_believed_while_the_request_may_be_on_its_way(services: ServiceFixture) -> None:
    with pytest.raises(RefundUnknown):
        await services.refund(100, "x", SILENT)
    services.operator.statuses += [21, 21]
    await services.refunds.ask(PAYMENT)
    assert (await services.only()).status is RefundStatus.UNKNOWN
    services.clock.pass_time(seconds=46)
    await services.refunds.ask(PAYMENT)
    assert (await services.only()).status is RefundStatus.FAILED


async def test_an_answer_that_comes_after_asking_said_done_changes_nothing(services: ServiceFixture) -> None:
    class Slow(ScriptedOperator):
        async def refund(self, order: Any) -> RefundAnswer:
            await services.refunds.ask(PAYMENT)
            raise SILENT

    services.operator.statuses.append(10)
    slow = Refunds(services.ledger, Slow(), services.clock, services.entropy, lambda: RefundPolicy(IN_AIR, "demo", "1"))
    with pytest.raises(RefundUnknown):
        await slow.refund(PAYMENT, 100, "x")
    assert (await services.only()).status is RefundStatus.DONE


async def test_a_clock_set_back_does_not_bury_the_newest_answer(services: ServiceFixture) -> None:
    await services.refund(100)
    services.clock.pass_time(hours=-2)
    services.operator.statuses.append(10)
    await services.refunds.ask(PAYMENT)
    assert (await services.only()).status is RefundStatus.DONE


async def test_a_callback_settles_the_oldest_of_its_sum_once(services: ServiceFixture) -> None:
    await services.refund(100)
    services.operator.statuses.append(10)
    await services.refunds.ask(PAYMENT)
    await services.refund(100)
    await services.returned(100)
    payment = (await services.view()).payment
    assert [refund.status for refund in payment.refunds] == [RefundStatus.DONE, RefundStatus.REQUESTED]
    assert (payment.refunded_minor, payment.attention) == (100, ())
    await services.returned(100, "back2")
    assert (await services.view()).payment.refunded_minor == 200


async def test_a_person_says_what_became_of_an_unknown_one(services: ServiceFixture) -> None:
    with pytest.raises(RefundUnknown):
        await services.refund(100, "x", SILENT)
    refund_id = (await services.only()).id
    with pytest.raises(RefundReasonMissing):
        await services.refunds.conclude(PAYMENT, refund_id, done=True, reason=" ")
    await services.refunds.conclude(PAYMENT, refund_id, done=False, reason="the cabinet has none", by="Olena")
    fact = (await services.facts(RefundAnswered))[-1]
    assert (fact.status, fact.message, fact.by) == ("failed", "the cabinet has none", "Olena")
    assert (await services.ledger.entries(PAYMENT))[-1].source is Source.PERSON
    with pytest.raises(RefundSettled):
        await services.refunds.conclude(PAYMENT, refund_id, done=True, reason="x")
    with pytest.raises(NotFound):
        await services.refunds.conclude(PAYMENT, RefundId("r0"), done=True, reason="x")
    await services.returned(100)
    assert (await services.only()).status is RefundStatus.DONE


async def test_nobody_decides_while_the_request_is_on_its_way(services: ServiceFixture) -> None:
    lost = RefundRequested(RefundId("r1"), 100, "t1", TransactionId("tt"), "killed right after this")
    await services.add(lost, source=Source.TILL)
    with pytest.raises(RefundInFlight):
        await services.refunds.conclude(PAYMENT, RefundId("r1"), done=False, reason="x")
    services.clock.pass_time(seconds=46)
    await services.refunds.conclude(PAYMENT, RefundId("r1"), done=False, reason="x")
    assert (await services.only()).status is RefundStatus.FAILED


async def test_a_card_number_in_a_reason_is_refused_and_nothing_is_written_or_sent(services: ServiceFixture) -> None:
    with pytest.raises(CardNumberTyped):
        await services.refund(100, "card 4111 1111 1111 1111")
    assert (await services.view()).payment.refunds == ()
    assert services.operator.refunds == []


# The refund poller


async def test_the_watch_asks_at_once_and_then_ever_more_rarely(services: ServiceFixture) -> None:
    await services.refund(100)
    refund_poller = RefundPoller(services.refunds, services.clock)
    services.operator.statuses += [1, SILENT, 1, 10]

    async def step(**span: float) -> int:
        services.clock.pass_time(**span)
        refund_poller.poll(await services.ledger.unfinished(services.clock.now()))
        await refund_poller.wait_until_idle()
        return len(services.operator.asked)

    assert [await step(), await step(seconds=9), await step(seconds=1)] == [1, 1, 2]
    assert [await step(hours=1), await step(minutes=14), await step(minutes=7)] == [3, 3, 4]
    assert (await services.only()).status is RefundStatus.DONE
    assert await step(days=1) == 4
    await refund_poller.close()


# Settling


async def test_settling_clears_what_is_there_and_says_who(services: ServiceFixture) -> None:
    await services.returned(300, "elsewhere")
    view = await services.settlement.settle(PAYMENT, "agreed with the customer", by="Olena")
    assert (view.payment.attention, view.payment.state) == ((), PaymentStatus.PAID)
    with pytest.raises(NothingToSettle):
        await services.settlement.settle(PAYMENT, "again")
    with pytest.raises(NotFound):
        await services.settlement.settle(PaymentId("p2"), "x")
    await services.returned(200, "elsewhere2")
    assert (await services.view()).payment.attention == (Attention.REFUNDED_ELSEWHERE,)


@pytest.mark.parametrize("hint", [True, False])
async def test_only_what_the_operator_says_makes_it_paid(hint: bool) -> None:
    services = ServiceFixture()
    await services.know(*open_payment(), callback("surprise", txn_id="t3"))
    if hint:
        await services.add(StatusAnswered(LinkKey(KEY), TransactionId("t"), 10, "", hint=True), source=Source.INQUIRY)
    with pytest.raises(SettleReasonMissing):
        await services.settlement.settle(PAYMENT, "  ")
    payment = (await services.settlement.settle(PAYMENT, "seen in the cabinet", paid=hint)).payment
    assert payment.attention == ()
    assert (payment.state is PaymentStatus.PAID, payment.confirmed_by is ConfirmedBy.PERSON) == (hint, hint)
