"""What every `Ledger` does with a fact: stored as stated, once, in order, and projected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import AmountZero
from app.domain.ids import LinkKey, RefundId, TransactionId
from app.domain.journal.events import (
    CallbackMalformed,
    CallbackReceived,
    Fact,
    JournalEntry,
    KeysUnknown,
    LinkAbandoned,
    LinkCancelled,
    LinkRefused,
    LinkUnanswered,
    OrphanReceived,
    PaymentRequested,
    PaymentSettled,
    RefundAnswered,
    RefundRequested,
    Source,
    StatusAnswered,
)
from app.domain.payment import PaymentStatus
from app.services.ports.ledger import Ledger, PaymentFilter
from app.services.ports.ledger_transaction import Contact, LedgerTransaction
from tests import builders
from tests.builders import START, UUID, requested
from tests.contracts.conftest import Spoil
from tests.contracts.sales import (
    ORPHAN,
    append_orphan,
    ask,
    callback,
    cancel,
    everything,
    fail,
    key_of,
    payment_of,
    receive,
    refund,
    sell,
    sold,
    state,
)
from tests.secrets_scan import holds


async def test_the_projection_is_the_fold(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> None:
        ask(tx, "asked")
        sell(tx, "open", purpose="Кава", order="A-7", email="anna@example.ua")
        sell(tx, "paid")
        receive(tx, "paid", card="412345******3217")
        sell(tx, "odd")
        receive(tx, "odd", sum_minor=100, late=True, other={"colour": "red"})
        receive(tx, "odd", "error", txn_id="txn-failed", error_text="Недостатньо коштів", counts=False)
        sell(tx, "returned")
        receive(tx, "returned")
        refund(tx, "returned", 550, "requested", "done")
        sell(tx, "cancelled")
        cancel(tx, "cancelled")

    await ledger.write(decide)
    views = await ledger.payments(PaymentFilter(now=START))
    assert len(views) == 6
    for view in views:
        id_ = view.payment.id
        assert view.payment == await ledger.write(lambda tx, id_=id_: tx.payment(id_))  # type: ignore[misc]
        assert await ledger.payment(id_) == view
    assert next(v.payment.refunded_minor for v in views if v.payment.id == payment_of("returned")) == 550


async def test_later_facts_move_the_projection(ledger: Ledger) -> None:
    await sold(ledger, "a")
    await ledger.write(lambda tx: receive(tx, "a", sum_minor=12000))
    under = await ledger.payment(payment_of("a"))
    await ledger.write(lambda tx: receive(tx, "a", txn_id="second", sum_minor=550))
    paid = await ledger.payment(payment_of("a"))
    assert under is not None
    assert paid is not None
    assert (under.payment.state, under.payment.received_minor) == (PaymentStatus.UNDERPAID, 12000)
    assert (paid.payment.state, paid.payment.received_minor) == (PaymentStatus.PAID, 12550)


FACTS: list[Fact] = [
    callback("a", other={"місто": "Львів"}, sum_minor=0, late=True),
    callback("a", "check", sum_minor=None, uuid=None, txn_date=None, signature=None, counts=False),
    CallbackMalformed(key_of("a"), "missing", "sum", "nonce"),
    LinkRefused(key_of("a"), TransactionId("t"), None, ""),
    LinkUnanswered(key_of("a"), TransactionId("t"), "timeout"),
    LinkAbandoned(key_of("a")),
    StatusAnswered(key_of("a"), TransactionId("t"), None, "", baseline=True, nonce="1"),
    PaymentSettled(("late:1", "overpaid:2"), "дивився", paid=True, nonce="1"),
    PaymentSettled((), "", nonce="2"),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.type)
async def test_a_fact_comes_back_as_it_was_stated(ledger: Ledger, fact: Fact) -> None:
    await sold(ledger, "a")
    at = START + timedelta(seconds=1, microseconds=123_456)
    added = await ledger.write(
        lambda tx: tx.append(fact, payment_id=payment_of("a"), source=Source.PERSON, at=at),
    )
    assert added.is_new
    stored = (await everything(ledger))[-1]
    assert stored == added.entry
    assert stored == JournalEntry(4, at.replace(microsecond=123_000), payment_of("a"), Source.PERSON, fact)
    assert (await ledger.entries(payment_of("a")))[-1] == stored


async def test_a_repeated_fact_only_moves_a_counter(ledger: Ledger) -> None:
    await sold(ledger, "a")
    first = await ledger.write(lambda tx: receive(tx, "a", after_s=60))
    view, last = await ledger.payment(payment_of("a")), await ledger.last_seq()
    for times in (1, 2):
        again = await ledger.write(lambda tx, times=times: receive(tx, "a", after_s=60 + times))  # type: ignore[misc]
        assert not again.is_new
        assert (again.entry.seq, again.entry.at, again.entry.repeats) == (first.entry.seq, first.entry.at, times)
    assert await ledger.payment(payment_of("a")) == view
    assert await ledger.last_seq() == last == first.entry.seq
    assert [entry.repeats for entry in await ledger.entries(payment_of("a"))] == [0, 0, 0, 2]
    assert [entry.repeats for entry in await everything(ledger)] == [0, 0, 0, 2]
    found = await ledger.write(lambda tx: tx.find(callback("a").dedupe() or ""))
    assert found is not None
    assert (found.fact, found.repeats) == (callback("a"), 2)
    assert await ledger.write(lambda tx: tx.find("no such key")) is None
    assert await ledger.rebuild(write=False) == []


async def test_a_fact_after_a_repetition_comes_later(ledger: Ledger) -> None:
    await sold(ledger, "a")
    pay = await ledger.write(lambda tx: receive(tx, "a"))
    await ledger.write(lambda tx: receive(tx, "a"))
    auth = await ledger.write(lambda tx: receive(tx, "a", "auth"))
    assert auth.entry.seq > pay.entry.seq  # by how much is up to the ledger: a seq is not a count
    assert await ledger.last_seq() == auth.entry.seq
    assert await ledger.tail(pay.entry.seq) == [auth.entry]


async def test_a_repetition_is_one_whoever_states_it(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> list[bool]:
        sell(tx, "a")
        sell(tx, "b")
        stated = [receive(tx, "a"), receive(tx, "a"), state(tx, "b", callback("a"))]
        return [added.is_new for added in stated]

    assert await ledger.write(decide) == [True, False, False]
    assert len(await ledger.entries(payment_of("b"))) == 3
    assert (await ledger.entries(payment_of("a")))[-1].repeats == 2


async def test_the_counter_goes_back_with_its_decision(ledger: Ledger) -> None:
    await ledger.write(append_orphan)
    with pytest.raises(AmountZero):
        await ledger.write(lambda tx: (append_orphan(tx), fail(AmountZero())))
    assert [entry.repeats for entry in await everything(ledger)] == [0]


async def test_facts_without_a_dedupe_key_are_all_kept(ledger: Ledger) -> None:
    fact = StatusAnswered(key_of("a"), TransactionId("t"), 11, "waiting")
    await sold(ledger, "a")
    assert await ledger.write(lambda tx: [state(tx, "a", fact).is_new for _ in range(3)]) == [True] * 3
    assert [entry.fact for entry in await ledger.tail(3)] == [fact] * 3


async def test_an_orphan_belongs_to_no_payment(ledger: Ledger) -> None:
    assert [(await ledger.write(append_orphan)).is_new for _ in range(2)] == [True, False]
    assert [(entry.payment_id, entry.fact) for entry in await everything(ledger)] == [(None, ORPHAN)]
    assert await ledger.payments(PaymentFilter(now=START)) == []
    assert await ledger.rebuild(write=True) == []


async def test_a_txn_belongs_to_the_payments_where_it_counted(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> None:
        for name in ("a", "b", "c", "d"):
            sell(tx, name)
        receive(tx, "a", txn_id="shared")
        receive(tx, "b", txn_id="shared")
        receive(tx, "c", txn_id="shared", counts=False)
        receive(tx, "d", "auth", txn_id="shared", counts=True)
        append_orphan(tx, OrphanReceived("pay", "shared", "u", "20261121121600", 100))

    await ledger.write(decide)
    assert await ledger.write(lambda tx: tx.payments_with_txn("shared")) == {payment_of("a"), payment_of("b")}
    assert await ledger.write(lambda tx: tx.payments_with_txn("SHARED")) == frozenset()


async def test_a_signature_tells_the_callbacks_that_carried_it(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> None:
        sell(tx, "a")
        receive(tx, "a", "auth", signature="s")
        receive(tx, "a", "pay", signature="s")
        receive(tx, "a", "pay", txn_id="other", counts=False, signature="s")
        receive(tx, "a", "error", signature=None)

    await ledger.write(decide)
    found = await ledger.write(lambda tx: tx.callbacks_with_signature("s"))
    assert {(fact.command, fact.counts) for fact in found} == {("auth", False), ("pay", True), ("pay", False)}
    assert await ledger.write(lambda tx: tx.callbacks_with_signature("")) == ()


async def test_a_payment_number_that_is_taken_makes_no_payment(ledger: Ledger) -> None:
    await sold(ledger, "a")
    taken = PaymentRequested(1, 500, "UAH", "1", "uk")
    added = await ledger.write(lambda tx: state(tx, "b", taken))
    assert not added.is_new
    assert added.entry.payment_id == payment_of("a")
    assert await ledger.payment(payment_of("b")) is None


async def test_the_tail_is_the_journal_in_order_of_arrival(ledger: Ledger) -> None:
    for name in ("a", "b"):
        await sold(ledger, name)
    await ledger.write(append_orphan)
    await ledger.write(lambda tx: receive(tx, "a", after_s=-3600))
    assert [entry.seq for entry in await everything(ledger)] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [entry.seq for entry in await ledger.tail(3, 2)] == [4, 5]
    assert await ledger.tail(8) == []
    assert await ledger.tail(99) == []
    assert await ledger.last_seq() == 8
    assert [entry.seq for entry in await ledger.entries(payment_of("a"))] == [1, 2, 3, 8]
    assert [entry.seq for entry in await ledger.entries(payment_of("b"))] == [4, 5, 6]
    assert await ledger.write(lambda tx: tx.entries(payment_of("a"))) == await ledger.entries(payment_of("a"))


async def test_the_tail_stops_at_five_hundred_unless_told(ledger: Ledger) -> None:
    facts = [OrphanReceived("pay", f"txn-{number}", "u", "20261121121600", 100) for number in range(501)]
    await ledger.write(lambda tx: [append_orphan(tx, fact) for fact in facts])
    assert len(await everything(ledger)) == 500
    assert len(await ledger.tail(0, 1000)) == 501


async def test_rebuild_finds_what_is_not_the_fold_and_mends_it(ledger: Ledger, spoil: Spoil) -> None:
    for name in ("a", "b", "c"):
        await sold(ledger, name)
    await ledger.write(lambda tx: receive(tx, "b"))
    right = await ledger.payments(PaymentFilter(now=START))
    assert await ledger.rebuild(write=False) == []
    spoil(payment_of("a"), 7)
    spoil(payment_of("b"), 8)
    assert await ledger.payments(PaymentFilter(now=START)) != right
    for write in (False, True):
        found = await ledger.rebuild(write=write)
        shown = {(wrong.payment_id, wrong.number, wrong.column, wrong.stored, wrong.folded) for wrong in found}
        assert shown == {("p-a", 1, "received_minor", 7, 0), ("p-b", 2, "received_minor", 8, 12550)}
    assert await ledger.rebuild(write=False) == []
    assert await ledger.payments(PaymentFilter(now=START)) == right


async def test_a_new_fact_mends_its_own_payment(ledger: Ledger, spoil: Spoil) -> None:
    await sold(ledger, "a")
    spoil(payment_of("a"), 7)
    await ledger.write(lambda tx: receive(tx, "a"))
    assert await ledger.rebuild(write=False) == []


async def test_what_belongs_to_no_payment_is_found_newest_first(ledger: Ledger) -> None:
    await sold(ledger, "a")
    days = [KeysUnknown("2026-11-21"), KeysUnknown("2026-11-22")]
    for fact in (ORPHAN, *days, days[1]):
        await ledger.write(lambda tx, fact=fact: append_orphan(tx, fact))  # type: ignore[misc]
    assert [(entry.fact, entry.repeats) for entry in await ledger.unmatched_entries()] == [
        (days[1], 1),
        (days[0], 0),
        (ORPHAN, 0),
    ]
    assert [entry.fact for entry in await ledger.unmatched_entries(1)] == [days[1]]


async def test_links_are_found_by_the_operators_ids(ledger: Ledger) -> None:
    for name in ("a", "b"):
        await sold(ledger, name)
    both = tuple(sorted((key_of("a"), key_of("b"))))
    assert await ledger.write(lambda tx: tx.links_of_uuid(UUID)) == both
    assert await ledger.write(lambda tx: tx.links_of_transaction(f"{key_of('a')}-1")) == (key_of("a"),)
    assert await ledger.write(lambda tx: (tx.links_of_uuid(""), tx.links_of_transaction("nobody"))) == ((), ())


async def test_links_are_found_by_account_and_sum(ledger: Ledger) -> None:
    def sales(tx: LedgerTransaction) -> None:
        sell(tx, "phone", phone="380671234567")
        sell(tx, "mail", email="Anna@Example.com")
        sell(tx, "number")
        sell(tx, "dear", amount_minor=99999, phone="380671234567")
        sell(tx, "paid", phone="380671234567")
        receive(tx, "paid")
        sell(tx, "old", after_s=-7200, phone="380671234567")

    await ledger.write(sales)

    async def found(account: str, sum_minor: int = 12550) -> tuple[str, ...]:
        return await ledger.write(lambda tx: tx.links_of_account(account, sum_minor, START))

    assert await found("+38 067 123 45 67") == (key_of("phone"),)
    assert await found("anna@EXAMPLE.com") == (key_of("mail"),)
    assert await found("3") == (key_of("number"),)
    assert await found("380671234567", 99999) == (key_of("dear"),)
    assert await found("1") == ()


CARD, MASK = "4111 1111-1111.1111", "411111******1111"
FREE_TEXTS = [
    requested(purpose=CARD, created_by=CARD).fact,
    LinkRefused(key_of("a"), TransactionId("a"), CARD, CARD),
    LinkUnanswered(key_of("a"), TransactionId("a"), CARD),
    LinkCancelled(key_of("a"), CARD),
    callback("a", account=CARD, gateway=CARD, pay_type=CARD, error_text=CARD, other={"note": CARD, CARD: "tavv=AAAA"}),
    StatusAnswered(key_of("a"), TransactionId("t"), 1, CARD),
    PaymentSettled(("late",), CARD, by=CARD),
    RefundRequested(RefundId("r"), 1, "t", TransactionId("t"), CARD, CARD),
    RefundAnswered(RefundId("r"), "done", CARD, by=CARD),
]


@pytest.mark.parametrize("fact", FREE_TEXTS, ids=lambda fact: fact.type)
async def test_what_is_kept_of_a_free_text_holds_no_card_data(ledger: Ledger, fact: Fact) -> None:
    returned = await ledger.write(lambda tx: append_orphan(tx, fact))
    (kept,) = await everything(ledger)
    assert kept == returned.entry
    assert not holds(repr(kept), "4111111111111111")
    assert MASK in repr(kept)
    assert "AAAA" not in repr(kept)


async def test_a_card_number_over_several_parameters_is_not_kept(ledger: Ledger) -> None:
    fact = callback("a", other={"4111": "1111", "1111": "1111", "locale": "uk"})
    await ledger.write(lambda tx: append_orphan(tx, fact))
    (kept,) = await everything(ledger)
    assert isinstance(kept.fact, CallbackReceived)
    assert kept.fact.other == {}


async def test_checked_values_are_kept_letter_by_letter(ledger: Ledger) -> None:
    """Every value here looks like a card number, and none is one: they are exempt by their field."""
    digits = "5555555555554444"  # not one that the scan after all tests looks for
    facts: list[Fact] = [
        callback("a", txn_id=digits, uuid=digits, txn_date="20261121101507", signature=digits * 4),
        replace(builders.link_created().fact, url=f"https://x.xpay.com.ua/{digits}", operation_id=digits, uuid=digits),
        replace(
            builders.link_requested().fact,
            link_key=LinkKey(digits),
            transaction_id=TransactionId(digits),
            callback_url=f"http://127.0.0.1/xpay/{digits}",
            owner=digits,
        ),
        requested(order="4000000000006", purpose="ТТН 20450123456780").fact,
    ]
    for fact in facts:
        await ledger.write(lambda tx, fact=fact: append_orphan(tx, fact))  # type: ignore[misc]
    assert [entry.fact for entry in await everything(ledger)] == facts


async def test_a_contact_holds_no_card_number(ledger: Ledger) -> None:
    await sold(ledger, "a", phone="380671234567", email="4111111111111111@example.com")
    view = await ledger.payment(payment_of("a"))
    assert view is not None
    assert view.contact == Contact("380671234567", f"{MASK}@example.com")
