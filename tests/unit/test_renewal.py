"""A second link is refused where money may have arrived already: the customer must not pay twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.domain.errors import MoneyMayHaveCome, NotRenewable
from app.domain.ids import TransactionId
from app.domain.journal.events import LinkRefused, OperatorSilent, SignatureCheck, StatusAnswered
from app.domain.payment import Attention, Payment, PaymentStatus
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.contracts import sales
from tests.fakes.clock_and_operator import FakeClock, ScriptedOperator
from tests.fakes.context import FakeCoreApi
from tests.fakes.ledger import FakeLedger

SALE, KEY = sales.payment_of("sale"), sales.key_of("sale")
WriteFact = Callable[[LedgerTransaction], object]


def answered(status: int, *, nonce: str, **changes: Any) -> StatusAnswered:
    return StatusAnswered(KEY, TransactionId("t"), status, "", nonce=nonce, **changes)


def says_paid(tx: LedgerTransaction) -> object:
    return sales.state(tx, "sale", answered(10, nonce="1", hint=True), after_s=90)


def unverified(tx: LedgerTransaction) -> object:
    return sales.receive(tx, "sale", signed=SignatureCheck.WRONG, counts=False)


def replay(tx: LedgerTransaction) -> object:
    return sales.receive(tx, "sale", counts=False, replay=True)


def reused(tx: LedgerTransaction) -> object:
    return sales.receive(tx, "sale", counts=False, txn_reused=True)


def unverified_refund(tx: LedgerTransaction) -> object:
    return sales.receive(tx, "sale", "refund", signed=SignatureCheck.MISSING)


def refunded_elsewhere(tx: LedgerTransaction) -> object:
    return sales.receive(tx, "sale", "refund")


def silent(tx: LedgerTransaction) -> object:
    return sales.state(tx, "sale", OperatorSilent(KEY), after_s=100_000)


def unknown_command(tx: LedgerTransaction) -> object:
    return sales.receive(tx, "sale", "nonsense", counts=False)


def paying(tx: LedgerTransaction) -> object:
    return sales.receive(tx, "sale", "auth", txn_id="a1", signed=SignatureCheck.MISSING)


def failed(tx: LedgerTransaction) -> object:
    return sales.receive(tx, "sale", "error", txn_id="a1", after_s=120)


@dataclass
class Sale:
    """A payment whose link has expired, and the facts received about it."""

    ledger: FakeLedger = field(default_factory=FakeLedger)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.api = FakeCoreApi(self.ledger, ScriptedOperator(), self.clock)
        self.till = self.api.till

    async def with_facts(self, *writes: WriteFact) -> Sale:
        await sales.sold(self.ledger, "sale")
        for write in writes:
            await self.ledger.write(write)
        self.clock.pass_time(minutes=30)
        return self

    async def links(self) -> int:
        return len((await self.payment()).links)

    async def payment(self) -> Payment:
        view = await self.ledger.payment(SALE)
        assert view is not None
        return view.payment


@pytest.mark.parametrize("write", [says_paid, unverified, replay, reused, unverified_refund, refunded_elsewhere])
@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_word_of_money_must_be_settled_first(write: WriteFact, cancelled: bool) -> None:
    sale = await Sale().with_facts(write)
    if cancelled:
        await sale.till.cancel(SALE)
    last = await sale.ledger.last_seq()
    with pytest.raises(MoneyMayHaveCome) as refused:
        await sale.till.renew(SALE)
    assert "reason" not in refused.value.details
    assert await sale.ledger.last_seq() == last
    await sale.api.settlement.settle(SALE, "nothing in the cabinet")
    await sale.till.renew(SALE)
    assert await sale.links() == 2


async def test_the_word_may_come_about_a_link_that_was_not_made() -> None:
    sale = Sale()
    await sale.ledger.write(lambda tx: sales.ask(tx, "sale"))
    no = LinkRefused(KEY, TransactionId("t"), None, "no")
    await sale.ledger.write(lambda tx: sales.state(tx, "sale", no, after_s=1))
    await sale.ledger.write(unverified)
    assert (await sale.payment()).state is PaymentStatus.NOT_CREATED
    with pytest.raises(MoneyMayHaveCome):
        await sale.till.renew(SALE)


@pytest.mark.parametrize(("write", "code"), [(silent, Attention.SILENT), (unknown_command, Attention.UNKNOWN_COMMAND)])
async def test_what_says_nothing_of_money_is_no_hindrance(write: WriteFact, code: Attention) -> None:
    sale = await Sale().with_facts(write)
    assert (await sale.payment()).attention == (code,)
    await sale.till.renew(SALE)
    assert await sale.links() == 2


async def test_who_was_paying_when_the_link_ran_out_may_have_paid() -> None:
    sale = await Sale().with_facts(paying)
    assert (await sale.payment()).status(sale.clock.now()) is PaymentStatus.EXPIRED
    with pytest.raises(MoneyMayHaveCome) as refused:
        await sale.till.renew(SALE)
    assert refused.value.details["reason"] == "authorised"
    await sale.till.cancel(SALE)
    await sale.till.renew(SALE)
    assert await sale.links() == 2


@pytest.mark.parametrize("known", [failed, lambda tx: sales.state(tx, "sale", answered(21, nonce="1"), after_s=600)])
async def test_an_attempt_that_failed_is_no_hindrance(known: WriteFact) -> None:
    sale = await Sale().with_facts(paying, known)
    await sale.till.renew(SALE)
    assert await sale.links() == 2


async def test_a_no_from_before_the_attempt_says_nothing_of_it() -> None:
    sale = await Sale().with_facts(lambda tx: sales.state(tx, "sale", answered(21, nonce="1"), after_s=30), paying)
    with pytest.raises(MoneyMayHaveCome):
        await sale.till.renew(SALE)


async def test_money_that_came_a_moment_before_gets_no_second_link() -> None:
    """The person saw "expired"; the pay callback was stored before the request for a new link."""
    sale = await Sale().with_facts(lambda tx: sales.receive(tx, "sale", late=True, after_s=1_700))
    with pytest.raises(NotRenewable):
        await sale.till.renew(SALE)


async def test_of_two_who_renew_at_once_one_is_refused() -> None:
    sale = await Sale().with_facts()
    await sale.till.renew(SALE)
    with pytest.raises(NotRenewable):
        await sale.till.renew(SALE)
    assert await sale.links() == 2
