"""What every `Ledger` does with a decision; facts and the history have their own suites in this folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.errors import AmountZero, StorageError
from app.domain.ids import ContactId
from app.domain.journal.events import (
    Source,
)
from app.domain.payment import PaymentStatus
from app.domain.payment_fold.fold import fold
from app.services.ports.ledger import Ledger, PaymentFilter, PaymentHistory, PaymentView
from app.services.ports.ledger_transaction import Contact, LedgerTransaction
from tests.builders import START
from tests.contracts.sales import (
    ORPHAN,
    append_orphan,
    callback,
    everything,
    fail,
    key_of,
    payment_of,
    receive,
    sell,
    sold,
)


async def test_an_empty_ledger(ledger: Ledger) -> None:
    assert await ledger.last_seq() == 0
    assert await everything(ledger) == []
    assert await ledger.entries(payment_of("a")) == []
    assert await ledger.payments(PaymentFilter(now=START)) == []
    assert await ledger.unfinished(START) == []
    assert await ledger.payment(payment_of("a")) is None
    assert await ledger.payment_history(payment_of("a")) is None
    assert await ledger.payment_by_number(1) is None
    assert await ledger.payment_of_link(key_of("a")) is None
    assert await ledger.rebuild(write=True) == []


async def test_a_decision_is_answered_and_seen_by_every_read(ledger: Ledger) -> None:
    payment_id = await ledger.write(lambda tx: sell(tx, "a", purpose="Кава", phone="380501234567"))
    assert payment_id == payment_of("a")
    await sold(ledger, "b")
    view = await ledger.payment(payment_id)
    assert view is not None
    assert (view.payment.number, view.payment.state) == (1, PaymentStatus.OPEN)
    assert view.contact == Contact("380501234567", None)
    assert await ledger.payment_by_number(1) == view
    assert await ledger.payment_by_number(3) is None
    assert await ledger.payment_of_link(key_of("a")) == payment_id
    assert await ledger.payment_of_link(key_of("b")) == payment_of("b")
    assert await ledger.payment_of_link(key_of("c")) is None


async def test_a_history_names_the_moment_of_the_whole_journal(ledger: Ledger) -> None:
    await sold(ledger, "a", phone="380501234567")
    await sold(ledger, "b")
    await ledger.write(lambda tx: receive(tx, "a"))
    await ledger.write(append_orphan)
    history = await ledger.payment_history(payment_of("a"))
    assert history is not None
    assert PaymentView(history.payment, history.contact) == await ledger.payment(payment_of("a"))
    assert history.entries == await ledger.entries(payment_of("a"))
    assert [entry.seq for entry in history.entries] == [1, 2, 3, 7]
    assert history.as_of == await ledger.last_seq() == 8, "what belongs to no payment counts, too"
    await ledger.write(lambda tx: receive(tx, "b"))
    again = await ledger.payment_history(payment_of("a"))
    assert again is not None
    assert (again.entries, again.as_of) == (history.entries, 9)


async def test_a_history_is_of_one_moment_while_others_write(ledger: Ledger) -> None:
    """The payment is the fold of the entries up to `as_of`, and all of them are listed."""
    payment_id = await sold(ledger, "a")
    parts = 40

    async def write() -> None:
        for part in range(parts):
            await ledger.write(lambda tx, part=part: receive(tx, "a", txn_id=f"t{part}", signature=f"s{part}"))
            await ledger.write(lambda tx, part=part: append_orphan(tx, replace(ORPHAN, txn_id=f"o{part}")))

    writing = asyncio.create_task(write(), name="the other writer")
    seen: list[PaymentHistory] = []
    while not writing.done():
        history = await ledger.payment_history(payment_id)
        assert history is not None
        seen.append(history)
    await writing
    journal = await everything(ledger)
    assert len({history.as_of for history in seen}) > 1
    for history in seen:
        shown = [entry for entry in journal if entry.payment_id == payment_id and entry.seq <= history.as_of]
        assert history.entries == shown
        assert history.payment == fold(shown)


async def test_a_decision_sees_what_it_wrote(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> None:
        assert tx.payment(payment_of("a")) is None
        assert tx.entries(payment_of("a")) == []
        assert tx.payment_of_link(key_of("a")) is None
        payment_id = sell(tx, "a", phone="380501234567")
        added = receive(tx, "a")
        assert tx.payment_of_link(key_of("a")) == payment_id
        assert tx.payments_with_txn("txn-a") == {payment_id}
        assert [(fact.command, fact.counts) for fact in tx.callbacks_with_signature("pay-a")] == [("pay", True)]
        assert tx.find(callback("a").dedupe() or "") == added.entry
        assert [entry.seq for entry in tx.entries(payment_id)] == [1, 2, 3, 4]
        payment = tx.payment(payment_id)
        assert payment is not None
        assert payment.state is PaymentStatus.PAID
        assert tx.contact(payment.contact_id) == Contact("380501234567", None)

    await ledger.write(decide)


async def test_a_decision_that_raises_leaves_nothing(ledger: Ledger) -> None:
    await sold(ledger, "a")
    await ledger.write(lambda tx: receive(tx, "a"))
    before, view, refusal = await everything(ledger), await ledger.payment(payment_of("a")), AmountZero()

    def bad(tx: LedgerTransaction) -> None:
        tx.set_mode("demo")
        receive(tx, "a")
        receive(tx, "a", "auth")
        sell(tx, "bad", phone="380501234567")
        fail(refusal)

    with pytest.raises(AmountZero) as caught:
        await ledger.write(bad)
    assert caught.value is refusal
    assert await everything(ledger) == before
    assert await ledger.payment(payment_of("a")) == view
    assert await ledger.payment(payment_of("bad")) is None
    assert await ledger.payment_of_link(key_of("bad")) is None

    def look(tx: LedgerTransaction) -> None:
        assert tx.mode() is None
        assert tx.payment(payment_of("bad")) is None
        assert tx.contact(ContactId(1)) is None
        assert tx.callbacks_with_signature("auth-a") == ()
        assert receive(tx, "a", "auth").is_new
        assert tx.next_number() == 2

    await ledger.write(look)


async def test_facts_that_make_no_payment_are_refused_whole(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="without a beginning"):
        await ledger.write(lambda tx: (append_orphan(tx), receive(tx, "nobody")))
    assert await ledger.last_seq() == 0


async def test_a_time_without_a_zone_is_refused(ledger: Ledger) -> None:
    naive = START.replace(tzinfo=None)
    with pytest.raises(ValueError, match="without a zone"):
        await ledger.write(lambda tx: tx.append(ORPHAN, payment_id=None, source=Source.CALLBACK, at=naive))
    assert await ledger.last_seq() == 0


async def test_decisions_run_in_the_order_given_and_fail_alone(ledger: Ledger) -> None:
    refusal, foreign = AmountZero(), OSError("not the ledger's")

    def bad(error: Exception) -> Callable[[LedgerTransaction], object]:
        return lambda tx: (sell(tx, "bad"), fail(error))

    results = await asyncio.gather(
        ledger.write(lambda tx: sell(tx, "a")),
        ledger.write(bad(refusal)),
        ledger.write(bad(foreign)),
        ledger.write(bad(StopIteration())),
        ledger.write(lambda tx: sell(tx, "b")),
        return_exceptions=True,
    )
    assert (results[0], results[4]) == (payment_of("a"), payment_of("b"))
    assert (results[1], results[2]) == (refusal, foreign)
    assert isinstance(results[3], RuntimeError)
    stored = await ledger.payments(PaymentFilter(now=START))
    assert [(view.payment.id, view.payment.number) for view in stored] == [("p-b", 2), ("p-a", 1)]


async def test_cancelling_the_caller_stops_no_decision(ledger: Ledger) -> None:
    task = asyncio.create_task(ledger.write(lambda tx: sell(tx, "a")), name="cancelled caller")
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await ledger.write(lambda tx: None)
    assert await ledger.payment(payment_of("a")) is not None


async def test_numbers_are_never_given_twice(ledger: Ledger) -> None:
    assert await ledger.write(lambda tx: [tx.next_number(), tx.next_number()]) == [1, 2]
    await sold(ledger, "a")
    assert await ledger.payment_by_number(3) is not None
    assert await ledger.write(lambda tx: tx.next_number()) == 4


async def test_contacts_are_remembered_one_by_one(ledger: Ledger) -> None:
    def remember(tx: LedgerTransaction) -> list[int | None]:
        assert tx.remember_contact(None, None) is None
        assert tx.contact(None) is None
        people = [("380501234567", None), ("380501234567", None), (None, "anna@example.ua")]
        known = [tx.remember_contact(*person) for person in people]
        assert [tx.contact(one) for one in known] == [Contact(*person) for person in people]
        return list(known)

    assert len(set(await ledger.write(remember))) == 3
    assert await ledger.write(lambda tx: tx.contact(ContactId(77))) is None
    await sold(ledger, "with", email="anna@example.ua")
    await sold(ledger, "without")
    views = await ledger.payments(PaymentFilter(now=START))
    assert [(view.payment.id, view.contact) for view in views] == [
        ("p-without", None),
        ("p-with", Contact(None, "anna@example.ua")),
    ]


async def test_the_mode_is_remembered(ledger: Ledger) -> None:
    assert await ledger.write(lambda tx: tx.mode()) is None
    assert await ledger.mode() is None
    await ledger.write(lambda tx: tx.set_mode("demo"))
    assert await ledger.write(lambda tx: tx.mode()) == "demo"
    assert await ledger.mode() == "demo"
    await ledger.write(lambda tx: tx.set_mode("live"))
    assert await ledger.write(lambda tx: tx.mode()) == "live"


async def test_listeners_are_reported_of_what_was_committed(ledger: Ledger) -> None:
    calls: list[str] = []
    ledger.on_commit(lambda: calls.append("first"))
    ledger.on_commit(lambda: calls.append("second"))
    assert calls == []
    await ledger.write(append_orphan)
    assert calls == ["first", "second"]
    with pytest.raises(AmountZero):
        await ledger.write(lambda tx: (sell(tx, "bad"), fail(AmountZero())))
    await ledger.tail(0)
    assert calls == ["first", "second"]
    await sold(ledger, "a")
    assert calls == ["first", "second"] * 2


async def test_a_closed_ledger_says_so(ledger: Ledger) -> None:
    await sold(ledger, "a")
    await ledger.close()
    await ledger.close()
    with pytest.raises(StorageError):
        await ledger.write(append_orphan)
    with pytest.raises(StorageError):
        await ledger.payment(payment_of("a"))
    with pytest.raises(StorageError):
        await ledger.payment_history(payment_of("a"))
    with pytest.raises(StorageError):
        await ledger.tail(0)
