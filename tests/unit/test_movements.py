"""A payment's money by the moment it moved (contract.md 1b, `day`)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import RefundId, TransactionId
from app.domain.journal.events import (
    JournalEntry,
    PaymentSettled,
    RefundAnswered,
    RefundRequested,
    SignatureCheck,
    StatusAnswered,
)
from app.domain.payment import ConfirmedBy, RefundStatus
from app.domain.payment_fold.fold import distinct, fold
from app.domain.payment_fold.movements import Direction, movements_of
from app.domain.payment_fold.received import callbacks_in, sum_payments
from tests.builders import KEY, START, callback, entry, open_payment
from tests.unit.test_fold import CALLBACKS, OTHERS

ASKED = entry(StatusAnswered(KEY, TransactionId("t"), 10, "done", proves=True, nonce="1"), after_s=70)
PERSON = entry(PaymentSettled(("operator_says_paid",), "seen in the bank", paid=True, nonce="n"), after_s=75)
TAKEN, RETURNED = Direction.TAKEN, Direction.RETURNED


def moved(*facts: JournalEntry) -> list[tuple[float, int, bool, str | None, str | None]]:
    """Return (seconds after START, kopecks, counted, txn_id, way) of what the facts of an open payment move."""
    known = [*open_payment(), *facts]
    return [
        ((item.at - START).total_seconds(), item.amount_minor, item.is_first, item.txn_id, item.confirmed_by)
        for item in movements_of(fold(known), known)
    ]


def test_a_pay_is_money_at_its_arrival() -> None:
    assert moved(callback(), callback("auth", after_s=50)) == [(60, 12550, True, "321455", ConfirmedBy.CALLBACK)]
    assert moved(callback(counts=False, signed=SignatureCheck.WRONG)) == []
    assert moved(callback(replay=True), callback(txn_reused=True, txn_id="2")) == []


def test_every_pay_counts_at_its_own_arrival() -> None:
    assert moved(callback(sum_minor=5000), callback(txn_id="9", sum_minor=7550, after_s=90)) == [
        (60, 5000, True, "321455", ConfirmedBy.CALLBACK),
        (90, 7550, True, "9", ConfirmedBy.CALLBACK),
    ]


def test_what_an_inquiry_or_a_person_confirms_has_no_txn_id() -> None:
    assert moved(ASKED) == [(70, 12550, True, None, ConfirmedBy.INQUIRY)]
    assert moved(PERSON) == [(75, 12550, True, None, ConfirmedBy.PERSON)]
    assert moved(PERSON, ASKED) == [(70, 12550, True, None, ConfirmedBy.INQUIRY)]


def test_a_signed_pay_that_replaces_an_inquiry_keeps_its_moment() -> None:
    assert moved(ASKED, callback(after_s=100)) == [(70, 12550, True, "321455", ConfirmedBy.CALLBACK)]
    assert moved(PERSON, callback(after_s=100)) == [(75, 12550, True, "321455", ConfirmedBy.CALLBACK)]


def test_a_difference_in_sum_moves_at_its_own_arrival() -> None:
    way = ConfirmedBy.CALLBACK
    more, less = callback(after_s=100, sum_minor=13000), callback(after_s=100, sum_minor=12000)
    assert moved(ASKED, more) == [(70, 12550, True, "321455", way), (100, 450, False, "321455", way)]
    assert moved(ASKED, less) == [(70, 12550, True, "321455", way), (100, -550, False, "321455", way)]
    unsigned = callback(signed=SignatureCheck.MISSING, sum_minor=12000)
    assert moved(unsigned, callback(after_s=100)) == [
        (60, 12000, True, "321455", way),
        (100, 550, False, "321455", way),
    ]


def test_two_signed_pays_after_an_inquiry_are_two() -> None:
    first, second = callback(sum_minor=5000, after_s=80), callback(txn_id="9", sum_minor=7550, after_s=90)
    assert moved(ASKED, first, second) == [
        (70, 12550, True, "321455", ConfirmedBy.CALLBACK),
        (80, -7550, False, "321455", ConfirmedBy.CALLBACK),
        (90, 7550, True, "9", ConfirmedBy.CALLBACK),
    ]


def test_an_unsigned_pay_beside_an_inquiry_is_counted_once() -> None:
    unsigned = callback(signed=SignatureCheck.MISSING, sum_minor=5000)
    assert moved(unsigned) == [(60, 5000, True, "321455", ConfirmedBy.UNSIGNED_CALLBACK)]
    asking = ConfirmedBy.INQUIRY
    assert moved(unsigned, ASKED) == [(60, 5000, True, "321455", asking), (70, 7550, False, None, asking)]
    later = callback(signed=SignatureCheck.MISSING, sum_minor=5000, after_s=100)
    assert moved(ASKED, later) == [(70, 7550, False, None, asking), (70, 5000, True, "321455", asking)]
    assert moved(unsigned, ASKED, callback(sum_minor=5000, after_s=200)) == [
        (60, 5000, True, "321455", ConfirmedBy.CALLBACK),
        (70, 7550, False, "321455", ConfirmedBy.CALLBACK),
        (200, -7550, False, "321455", ConfirmedBy.CALLBACK),
    ]


def test_a_refund_moves_when_it_was_done_and_names_who_asked() -> None:
    ask = entry(
        RefundRequested(RefundId("r1"), 5000, "321455", TransactionId("t2"), "wrong size", by="Olena"), after_s=100
    )
    done = entry(RefundAnswered(RefundId("r1"), "done", "10"), after_s=3000)
    known = [*open_payment(), callback(), ask, done]
    (_, back) = movements_of(fold(known), known)
    assert (back.direction, back.amount_minor, back.person) == (RETURNED, 5000, "Olena")
    assert back.at == START + timedelta(seconds=3000)
    assert len(moved(callback(), ask)) == 1


def test_a_refund_callback_does_not_move_a_refund_that_was_done_before() -> None:
    """A closed day holds it: counted again at the callback's arrival it would be in two closings."""
    ask = entry(RefundRequested(RefundId("r1"), 5000, "321455", TransactionId("t2"), "x"), after_s=100)
    done = entry(RefundAnswered(RefundId("r1"), "done", "10"), after_s=200)
    told = callback("refund", txn_id="r", sum_minor=5000, after_s=90_000, refund_id="r1")
    assert moved(callback(), ask, done, told)[1][:3] == (200, 5000, True)
    (refund,) = fold([*open_payment(), callback(), ask, done, told]).refunds
    assert (refund.status, refund.txn_id, refund.done_at) == (RefundStatus.DONE, "r", done.at)


def test_a_refund_after_all_moves_when_it_was_told() -> None:
    ask = entry(RefundRequested(RefundId("r1"), 5000, "321455", TransactionId("t2"), "x"), after_s=100)
    failed = entry(RefundAnswered(RefundId("r1"), "failed", "21"), after_s=200)
    told = callback("refund", txn_id="r", sum_minor=5000, after_s=90_000, refund_id="r1")
    assert len(moved(callback(), ask, failed)) == 1
    assert moved(callback(), ask, failed, told)[1][:3] == (90_000, 5000, True)


def test_no_more_goes_back_than_came() -> None:
    two = [callback("refund", txn_id=f"r{n}", signature=f"r{n}", sum_minor=10000, after_s=100 + n) for n in (1, 2)]
    assert [item[:2] for item in moved(callback(), *two)] == [(60, 12550), (101, 10000), (102, 2550)]


FACTS = st.lists(CALLBACKS | OTHERS | st.sampled_from([ASKED, PERSON]), max_size=8)


@given(FACTS)
def test_at_every_moment_the_movements_add_up_to_the_fold_of_what_was_known(facts: list[JournalEntry]) -> None:
    known = [*open_payment(), *facts]
    taken = [item for item in movements_of(fold(known), known) if item.direction is TAKEN]
    for at in {item.at for item in known}:
        then = fold([*open_payment(), *(item for item in known if item.at <= at)])
        assert sum(item.amount_minor for item in taken if item.at <= at) == then.received_minor


@given(FACTS)
def test_movements_are_the_payment_to_the_kopeck(facts: list[JournalEntry]) -> None:
    known = [*open_payment(), *facts]
    payment = fold(known)
    found = movements_of(payment, known)
    taken = [item for item in found if item.direction is TAKEN]
    returned = [item for item in found if item.direction is RETURNED]
    assert sum(item.amount_minor for item in taken) == payment.received_minor
    assert sum(item.amount_minor for item in returned) == payment.refunded_minor
    pays = sum_payments(callbacks_in(distinct(known)), payment.amount_minor).pays
    assert sorted(item.txn_id or "" for item in taken if item.is_first) == (
        sorted(pay.fact.txn_id for pay in pays) or [""] * bool(payment.received_minor)
    )
    for pay in pays:
        assert sum(item.amount_minor for item in taken if item.txn_id == pay.fact.txn_id) >= 0
    if len({item.txn_id for item in taken}) == 1:
        assert {item.confirmed_by for item in taken} == {payment.confirmed_by}


@given(FACTS, st.randoms(use_true_random=False))
def test_order_and_repetition_of_arrival_do_not_matter(facts: list[JournalEntry], chance: random.Random) -> None:
    known = [*open_payment(), *facts]
    arrived = known + [chance.choice(known) for _ in range(chance.randint(0, 5))]
    chance.shuffle(arrived)
    shuffled = [replace(item, seq=seq) for seq, item in enumerate(arrived, 1)]
    assert movements_of(fold(shuffled), shuffled) == movements_of(fold(known), known)
