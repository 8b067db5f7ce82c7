"""Settling (protocol.md A3.9): only what the person had seen is cleared; a person's "paid" makes it paid."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.domain.errors import (
    NotConfirmable,
    NotFound,
    NothingToSettle,
    SeqUnknown,
    SettleReasonMissing,
)
from app.domain.ids import PaymentId, TransactionId
from app.domain.journal.events import PaymentSettled, SignatureCheck, StatusAnswered
from app.domain.payment import Attention, ConfirmedBy, Payment, PaymentStatus
from app.services.history.settlement import ManualSettlement
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.contracts import sales
from tests.fakes.clock_and_operator import FakeClock
from tests.fakes.context import CountingEntropy
from tests.fakes.ledger import FakeLedger

SALE = sales.payment_of("sale")
HINT = StatusAnswered(sales.key_of("sale"), TransactionId("t"), 10, "", hint=True, nonce="1")
PAID, UNVERIFIED = Attention.OPERATOR_SAYS_PAID, Attention.UNVERIFIED


def forged(tx: LedgerTransaction, txn_id: str = "forged") -> None:
    sales.receive(tx, "sale", txn_id=txn_id, signed=SignatureCheck.WRONG, counts=False, signature=f"s-{txn_id}")


def says_paid(tx: LedgerTransaction) -> None:
    sales.state(tx, "sale", HINT, after_s=90)


def unknown_command(tx: LedgerTransaction, command: str = "nonsense") -> None:
    sales.receive(tx, "sale", command, counts=False, signature=None)


@dataclass
class ServiceFixture:
    ledger: FakeLedger = field(default_factory=FakeLedger)

    def __post_init__(self) -> None:
        self.settlement = ManualSettlement(self.ledger, FakeClock(), CountingEntropy())

    async def write(self, *decide: Any) -> int:
        """Write the decisions one after the other; return the journal's last seq."""
        for one in decide:
            await self.ledger.write(one)
        return await self.ledger.last_seq()

    async def settle(self, **how: Any) -> Payment:
        return (await self.settlement.settle(SALE, "looked at it", **how)).payment

    async def payment(self) -> Payment:
        view = await self.ledger.payment(SALE)
        assert view is not None
        return view.payment

    async def settled(self) -> list[PaymentSettled]:
        return [e.fact for e in await self.ledger.entries(SALE) if isinstance(e.fact, PaymentSettled)]


@pytest.fixture
async def services() -> ServiceFixture:
    made = ServiceFixture()
    await sales.sold(made.ledger, "other")
    await sales.sold(made.ledger, "sale")
    return made


async def test_what_came_after_the_look_stays(services: ServiceFixture) -> None:
    seen = await services.write(forged)
    await services.write(unknown_command, says_paid)
    payment = await services.settle(seen=seen)
    assert payment.attention == (PAID, Attention.UNKNOWN_COMMAND)
    assert payment.state is PaymentStatus.OPEN
    (fact,) = await services.settled()
    assert [cause.partition(":")[0] for cause in fact.causes] == [UNVERIFIED]
    assert (fact.seen, fact.paid) == (seen, False)


async def test_a_second_cause_of_the_same_code_stays(services: ServiceFixture) -> None:
    seen = await services.write(forged)
    await services.write(lambda tx: forged(tx, "second"))
    assert (await services.settle(seen=seen)).attention == (UNVERIFIED,)
    assert (await services.settle()).attention == ()


async def test_without_a_seq_it_is_what_stands_when_it_starts(services: ServiceFixture) -> None:
    """The settlement waits for the disk; a callback that is stored meanwhile was not seen."""
    await services.write(forged)

    class Queued(FakeLedger):
        async def write(self, decide: Any) -> Any:
            await FakeLedger.write(self, unknown_command)
            return await FakeLedger.write(self, decide)

    queued = Queued()
    queued.kept = services.ledger.kept
    settlement = ManualSettlement(queued, FakeClock(), CountingEntropy())
    assert (await settlement.settle(SALE, "looked at it")).payment.attention == (Attention.UNKNOWN_COMMAND,)


async def test_what_another_person_settled_meanwhile_is_not_settled_twice(services: ServiceFixture) -> None:
    seen = await services.write(forged, unknown_command)
    await services.settle(seen=seen)
    with pytest.raises(NothingToSettle) as refused:
        await services.settle(seen=seen)
    assert "reason" not in refused.value.details
    assert len(await services.settled()) == 1


async def test_two_at_once_settle_once(services: ServiceFixture) -> None:
    seen = await services.write(forged)
    both = await asyncio.gather(services.settle(seen=seen), services.settle(seen=seen), return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) == ["NothingToSettle", "Payment"]
    assert len(await services.settled()) == 1


@pytest.mark.parametrize("seen", [0, 1, 3, 6])
async def test_who_looked_before_it_came_has_nothing_to_settle(services: ServiceFixture, seen: int) -> None:
    """0 to 3: before the payment existed; 6: its link was created, and nothing needed attention."""
    last = await services.write(forged)
    with pytest.raises(NothingToSettle) as refused:
        await services.settle(seen=seen)
    assert refused.value.details["reason"] == "newer"
    assert await services.ledger.last_seq() == last


@pytest.mark.parametrize("beyond", [-8, 1, 10**30])
async def test_a_seq_that_the_journal_does_not_have_is_no_seq(services: ServiceFixture, beyond: int) -> None:
    last = await services.write(forged)
    with pytest.raises(SeqUnknown):
        await services.settle(seen=last + beyond)
    assert (await services.payment()).attention == (UNVERIFIED,)


async def test_a_part_that_grew_is_another_cause(services: ServiceFixture) -> None:
    seen = await services.write(lambda tx: sales.receive(tx, "sale", sum_minor=100))
    await services.write(lambda tx: sales.receive(tx, "sale", txn_id="t2", sum_minor=200, txn_date="20261121121700"))
    with pytest.raises(NothingToSettle):
        await services.settle(seen=seen)
    assert (await services.payment()).attention == (Attention.UNDERPAID,)


# paid


async def test_only_the_persons_word_makes_it_paid(services: ServiceFixture) -> None:
    seen = await services.write(says_paid)
    payment = await services.settle(seen=seen, paid=True)
    assert (payment.state, payment.confirmed_by) == (PaymentStatus.PAID, ConfirmedBy.PERSON)
    assert payment.attention == ()


async def test_settled_without_that_word_it_is_not_paid(services: ServiceFixture) -> None:
    await services.write(says_paid)
    payment = await services.settle()
    assert (payment.state, payment.confirmed_by, payment.attention) == (PaymentStatus.OPEN, None, ())


async def test_a_word_that_the_operator_said_after_the_look_confirms_nothing(services: ServiceFixture) -> None:
    seen = await services.write(forged)
    last = await services.write(says_paid)
    with pytest.raises(NotConfirmable) as refused:
        await services.settle(seen=seen, paid=True)
    assert refused.value.details["reason"] == "newer"
    assert await services.ledger.last_seq() == last, "nothing of it was written"
    assert (await services.payment()).attention == (UNVERIFIED, PAID)


async def test_what_the_operator_never_said_is_not_confirmed(services: ServiceFixture) -> None:
    last = await services.write(forged)
    with pytest.raises(NotConfirmable) as refused:
        await services.settle(paid=True)
    assert "reason" not in refused.value.details
    assert await services.ledger.last_seq() == last


async def test_a_persons_word_does_not_stand_against_counted_money(services: ServiceFixture) -> None:
    """Less than the sum came, signed: a settlement that would change nothing is refused, not recorded."""
    await services.write(lambda tx: sales.receive(tx, "sale", sum_minor=100), says_paid)
    last = await services.ledger.last_seq()
    with pytest.raises(NotConfirmable) as refused:
        await services.settle(paid=True)
    assert refused.value.details["reason"] == "counted"
    assert await services.ledger.last_seq() == last
    assert (await services.settle()).state is PaymentStatus.UNDERPAID


async def test_paid_meanwhile_by_a_callback_there_is_nothing_to_confirm(services: ServiceFixture) -> None:
    seen = await services.write(forged, says_paid)
    await services.write(lambda tx: sales.receive(tx, "sale"))
    with pytest.raises(NotConfirmable):
        await services.settle(seen=seen, paid=True)
    payment = await services.settle(seen=seen)
    assert (payment.state, payment.confirmed_by) == (PaymentStatus.PAID, ConfirmedBy.CALLBACK)


# refused before the payment is read


async def test_a_payment_that_is_not_there(services: ServiceFixture) -> None:
    with pytest.raises(NotFound):
        await services.settlement.settle(PaymentId("nobody"), "x")


async def test_a_reason_is_needed(services: ServiceFixture) -> None:
    await services.write(forged)
    with pytest.raises(SettleReasonMissing):
        await services.settlement.settle(SALE, "  ")
    assert await services.settled() == []


async def test_an_old_journal_says_nothing_of_what_was_seen(services: ServiceFixture) -> None:
    """Facts of versions without `seen` are read and shown without it."""
    from app.domain.journal.fact_data import fact_data, fact_from_data

    old = {"causes": ["unverified:forged"], "reason": "seen", "nonce": "n"}
    fact = fact_from_data("payment_settled", old)
    assert isinstance(fact, PaymentSettled)
    assert fact.seen is None
    assert fact_data(fact) == old | {"causes": ("unverified:forged",)}
