"""What a decision reads of a payment, however often: the fold of its facts at that moment, its own included."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import AmountZero, NotFound
from app.domain.journal.events import JournalEntry, LinkRequested
from app.domain.payment import PaymentStatus
from app.services.ports.ledger import Ledger
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.builders import link_requested
from tests.contracts.sales import callback, fail, key_of, payment_of, put, receive, sell, sold, state


async def test_a_payment_that_is_needed_is_there_or_not_found(ledger: Ledger) -> None:
    await sold(ledger, "a")
    needed = await ledger.write(lambda tx: tx.require(payment_of("a")))
    assert needed == await ledger.write(lambda tx: tx.payment(payment_of("a")))
    with pytest.raises(NotFound) as caught:
        await ledger.write(lambda tx: tx.require(payment_of("b")))
    assert caught.value.details == {"payment": payment_of("b")}


async def test_what_was_read_is_read_anew_after_a_fact_of_its_own(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> list[tuple[PaymentStatus, int]]:
        seen: list[tuple[PaymentStatus, int]] = []

        def look() -> None:
            payment = tx.require(payment_of("a"))
            assert tx.payment(payment_of("a")) == payment
            seen.append((payment.state, len(tx.entries(payment_of("a")))))

        look()
        receive(tx, "a", sum_minor=12000)
        look()
        receive(tx, "b")
        look()
        receive(tx, "a", txn_id="second", sum_minor=550)
        look()
        return seen

    for name in ("a", "b"):
        await sold(ledger, name)
    assert await ledger.write(decide) == [
        (PaymentStatus.OPEN, 3),
        (PaymentStatus.UNDERPAID, 4),
        (PaymentStatus.UNDERPAID, 4),
        (PaymentStatus.PAID, 5),
    ]
    stored = await ledger.payment(payment_of("a"))
    assert stored is not None
    assert stored.payment.state is PaymentStatus.PAID


async def test_absence_is_not_remembered_over_a_first_fact(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> None:
        assert tx.payment(payment_of("a")) is None
        sell(tx, "a")
        assert tx.require(payment_of("a")).state is PaymentStatus.OPEN

    await ledger.write(decide)


async def test_a_decision_sees_its_own_facts_as_the_journal_will_keep_them(ledger: Ledger) -> None:
    """A journal stores milliseconds: a finer time would make another payment of the same facts."""
    fine = timedelta(microseconds=123_456)
    intent = link_requested(key_of("a"), after_s=5)
    assert isinstance(intent.fact, LinkRequested)
    fact = replace(intent.fact, transaction_id=f"{key_of('a')}-2", expires_at=intent.fact.expires_at + fine)

    def decide(tx: LedgerTransaction) -> tuple[object, list[JournalEntry], JournalEntry]:
        sell(tx, "a")
        tx.require(payment_of("a"))
        added = put(tx, "a", replace(intent, fact=fact, at=intent.at + fine))
        return tx.require(payment_of("a")), tx.entries(payment_of("a")), added.entry

    payment, entries, added = await ledger.write(decide)
    assert entries == await ledger.entries(payment_of("a"))
    assert entries[-1] == added
    assert payment == await ledger.write(lambda tx: tx.require(payment_of("a")))
    assert await ledger.rebuild(write=False) == []


async def test_a_repetition_is_counted_in_what_was_read(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> list[int]:
        repeats = [tx.entries(payment_of("a"))[-1].repeats]
        receive(tx, "a")
        repeats.append(tx.entries(payment_of("a"))[-1].repeats)
        state(tx, "b", callback("a"))
        return [*repeats, tx.entries(payment_of("a"))[-1].repeats]

    for name in ("a", "b"):
        await sold(ledger, name)
    await ledger.write(lambda tx: receive(tx, "a"))
    assert await ledger.write(decide) == [0, 1, 2]


async def test_what_a_caller_does_with_its_list_is_its_own_affair(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> None:
        tx.entries(payment_of("a")).clear()
        assert len(tx.entries(payment_of("a"))) == 3
        assert tx.require(payment_of("a")).state is PaymentStatus.OPEN
        receive(tx, "a")

    await sold(ledger, "a")
    await ledger.write(decide)
    assert await ledger.rebuild(write=False) == []


async def test_two_decisions_share_nothing_that_was_read(ledger: Ledger) -> None:
    def look(tx: LedgerTransaction) -> PaymentStatus:
        return tx.require(payment_of("a")).state

    await sold(ledger, "a")
    assert await ledger.write(look) is PaymentStatus.OPEN
    with pytest.raises(AmountZero):
        await ledger.write(lambda tx: (receive(tx, "a"), look(tx), fail(AmountZero())))
    assert await ledger.write(look) is PaymentStatus.OPEN
    await ledger.write(lambda tx: receive(tx, "a"))
    assert await ledger.write(look) is PaymentStatus.PAID
