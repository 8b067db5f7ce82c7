"""The fold: what a payment is, whatever order its facts came in (protocol.md A3.6, A3.8; promise R2)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import LinkKey, RefundId, TransactionId
from app.domain.journal.events import (
    VERDICT_VERSION,
    JournalEntry,
    LinkAbandoned,
    LinkCancelled,
    LinkRefused,
    LinkUnanswered,
    PaymentSettled,
    RefundAnswered,
    RefundRequested,
    SignatureCheck,
    StatusAnswered,
    UnknownFact,
)
from app.domain.journal.fact_data import fact_data, fact_from_data
from app.domain.payment import Attention, ConfirmedBy, PaymentStatus, RefundMark, RefundStatus
from app.domain.payment_fold.fold import fold
from tests.builders import KEY, START, callback, entry, link_created, link_requested, open_payment, requested


def test_a_link_that_is_asked_for_is_creating_then_open_then_expired() -> None:
    creating = fold([requested(), link_requested()])
    assert creating.status(START) is PaymentStatus.CREATING
    opened = fold(open_payment())
    assert opened.status(START) is PaymentStatus.OPEN
    assert opened.link.url == "https://mapi.xpaydirect.com/x"
    assert opened.status(opened.link.expires_at) is PaymentStatus.EXPIRED
    assert opened.status(opened.link.expires_at - timedelta(milliseconds=1)) is PaymentStatus.OPEN


def test_a_signed_pay_of_the_whole_sum_is_paid() -> None:
    paid = fold([*open_payment(), callback(card="412345******3217")])
    assert paid.state is PaymentStatus.PAID
    assert paid.received_minor == 12550
    assert paid.confirmed_by is ConfirmedBy.CALLBACK
    assert paid.confirmed_at == START + timedelta(seconds=60)
    assert paid.txn_id == "321455"
    assert paid.card == "412345******3217"
    assert paid.attention == ()


def test_a_smaller_sum_is_never_paid() -> None:
    short = fold([*open_payment(), callback(sum_minor=12549)])
    assert short.state is PaymentStatus.UNDERPAID
    assert short.attention == (Attention.UNDERPAID,)
    rest = fold([*open_payment(), callback(sum_minor=12549), callback(txn_id="9", sum_minor=1)])
    assert rest.state is PaymentStatus.PAID
    assert rest.attention == ()


def test_a_larger_sum_is_paid_and_flagged() -> None:
    over = fold([*open_payment(), callback(sum_minor=20000)])
    assert over.state is PaymentStatus.PAID
    assert over.received_minor == 20000
    assert over.attention == (Attention.OVERPAID,)


def test_a_second_pay_is_kept_and_flagged() -> None:
    twice = fold([*open_payment(), callback(), callback(txn_id="321456", txn_date="20261121121700")])
    assert twice.received_minor == 25100
    assert twice.attention == (Attention.PAID_TWICE,)
    [cause] = twice.attention_causes
    assert cause.startswith("paid_twice:321456:")


@pytest.mark.parametrize("signed", [SignatureCheck.WRONG, SignatureCheck.MISSING])
def test_a_forged_pay_is_seen_but_is_no_money(signed: SignatureCheck) -> None:
    forged = callback(signed=signed, counts=False)
    assert fold([*open_payment(), forged]).state is PaymentStatus.OPEN
    assert fold([*open_payment(), forged]).attention == (Attention.UNVERIFIED,)
    healed = fold([*open_payment(), forged, callback(after_s=90)])
    assert healed.state is PaymentStatus.PAID
    assert healed.attention == ()


def test_an_unsigned_pay_that_counts_says_so_and_is_upgraded_by_a_signed_one() -> None:
    unsigned = callback(signed=SignatureCheck.MISSING, counts=True)
    assert fold([*open_payment(), unsigned]).confirmed_by is ConfirmedBy.UNSIGNED_CALLBACK
    both = fold([*open_payment(), unsigned, callback(after_s=90)])
    assert both.confirmed_by is ConfirmedBy.CALLBACK
    assert both.received_minor == 12550


def test_an_error_keeps_the_link_open_and_never_undoes_paid() -> None:
    failed = fold([*open_payment(), callback("error", txn_id="1", error_text="No money on the card")])
    assert failed.state is PaymentStatus.OPEN
    assert failed.last_error == "No money on the card"
    after = fold([*open_payment(), callback(), callback("error", txn_id="1", after_s=120, error_text="x")])
    assert after.state is PaymentStatus.PAID


def test_an_error_that_echoes_an_accepted_pay_is_ignored() -> None:
    echo = callback("error", signature="pay-signature", error_text="x")
    assert fold([*open_payment(), callback(), echo]).last_error is None


def test_a_replayed_or_reused_pay_is_no_money() -> None:
    assert fold([*open_payment(), callback(replay=True)]).attention == (Attention.REPLAY,)
    reused = fold([*open_payment(), callback(txn_reused=True)])
    assert (reused.state, reused.attention) == (PaymentStatus.OPEN, (Attention.TXN_REUSED,))


def test_another_operation_is_flagged() -> None:
    other = fold([*open_payment(), callback(uuid="another")])
    assert (other.state, other.attention) == (PaymentStatus.PAID, (Attention.OTHER_OPERATION,))


def test_late_money_is_money() -> None:
    cancelled = entry(LinkCancelled(KEY), after_s=30)
    assert fold([*open_payment(), cancelled]).state is PaymentStatus.CANCELLED
    late = fold([*open_payment(), cancelled, callback(late=True)])
    assert (late.state, late.late, late.attention) == (PaymentStatus.PAID, True, (Attention.LATE,))


def test_a_refused_or_abandoned_link_is_not_created() -> None:
    refused = entry(LinkRefused(KEY, TransactionId(f"{KEY}-1"), "200", "fail"), after_s=2)
    payment = fold([requested(), link_requested(), refused])
    assert (payment.state, payment.last_error) == (PaymentStatus.NOT_CREATED, "fail")
    silent = entry(LinkUnanswered(KEY, TransactionId(f"{KEY}-1"), "timeout"), after_s=2)
    assert fold([requested(), link_requested(), silent]).state is PaymentStatus.CREATING
    gone = entry(LinkAbandoned(KEY), after_s=3)
    assert fold([requested(), link_requested(), silent, gone]).state is PaymentStatus.NOT_CREATED


def test_a_second_try_keeps_the_key_and_takes_the_new_transaction() -> None:
    payment = fold([requested(), link_requested(), link_requested(after_s=50, tries="2")])
    assert len(payment.links) == 1
    assert payment.link.tries == 2
    assert payment.link.transaction_id == f"{KEY}-2"


def test_a_new_link_of_a_cancelled_payment_is_the_one_that_shows() -> None:
    second = LinkKey("second-link")
    facts = [
        *open_payment(),
        entry(LinkCancelled(KEY), after_s=30),
        link_requested(second, after_s=60),
        link_created(second, after_s=61),
    ]
    payment = fold(facts)
    assert [link.key for link in payment.links] == [KEY, second]
    assert payment.state is PaymentStatus.OPEN


def test_asking_stands_for_the_sum_only_until_a_signed_pay_comes() -> None:
    proof = entry(StatusAnswered(KEY, TransactionId("t"), 10, "done", proves=True, nonce="1"), after_s=70)
    asked = fold([*open_payment(), proof])
    assert (asked.state, asked.confirmed_by, asked.received_minor) == (PaymentStatus.PAID, ConfirmedBy.INQUIRY, 12550)
    signed = fold([*open_payment(), proof, callback(sum_minor=100, after_s=80)])
    assert (signed.state, signed.received_minor) == (PaymentStatus.UNDERPAID, 100)


def test_a_person_settles_what_the_operator_says() -> None:
    hint = entry(StatusAnswered(KEY, TransactionId("t"), 10, "done", hint=True, nonce="1"), after_s=70)
    assert fold([*open_payment(), hint]).attention == (Attention.OPERATOR_SAYS_PAID,)
    settled = entry(PaymentSettled(("operator_says_paid",), "seen in the bank", paid=True, nonce="n"), after_s=90)
    payment = fold([*open_payment(), hint, settled])
    assert (payment.state, payment.confirmed_by, payment.attention) == (PaymentStatus.PAID, ConfirmedBy.PERSON, ())


def test_an_auth_authorises_until_its_error() -> None:
    auth = callback("auth", txn_id="a1", signed=SignatureCheck.MISSING)
    assert fold([*open_payment(), auth]).state is PaymentStatus.AUTHORISED
    assert fold([*open_payment(), auth, callback("error", txn_id="a1")]).state is PaymentStatus.OPEN


def test_a_refund_callback_settles_its_request_once() -> None:
    ask = entry(RefundRequested(RefundId("r1"), 5000, "321455", TransactionId("t2"), "wrong size"), after_s=100)
    asked = fold([*open_payment(), callback(), ask])
    assert asked.refund is RefundMark.REQUESTED
    done = callback("refund", txn_id="r", sum_minor=5000, after_s=110, refund_id="r1")
    payment = fold([*open_payment(), callback(), ask, done])
    assert (payment.refund, payment.refunded_minor) == (RefundMark.PARTIAL, 5000)
    assert [refund.status for refund in payment.refunds] == [RefundStatus.DONE]
    failed = entry(RefundAnswered(RefundId("r1"), "failed", "no"), after_s=105)
    assert fold([*open_payment(), callback(), ask, failed]).refund is RefundMark.NONE


def test_a_refund_nobody_asked_for_counts_and_is_flagged() -> None:
    payment = fold([*open_payment(), callback(), callback("refund", txn_id="r", after_s=110)])
    assert (payment.refund, payment.attention) == (RefundMark.FULL, (Attention.REFUNDED_ELSEWHERE,))


def test_without_a_beginning_there_is_no_payment() -> None:
    with pytest.raises(ValueError, match="beginning"):
        fold([link_requested()])


CALLBACKS = st.builds(
    lambda command, txn, date, minor, signed, counts, late, after, refund_id, version, own, fixed: callback(
        command,
        txn_id=str(txn),
        txn_date=f"2026112112160{date}",
        sum_minor=minor,
        signed=signed,
        counts=counts and command == "pay",
        late=late,
        signature=f"{txn}{date}{minor}",
        after_s=after,
        refund_id=refund_id if command == "refund" and version else None,
        verdict_version=version,
        txn_id_own=own if version else None,
        at_fixed_address=bool(fixed and version),
    ),
    command=st.sampled_from(["pay", "error", "refund", "auth", "check", "odd"]),
    txn=st.integers(1, 4),
    date=st.integers(0, 3),
    minor=st.sampled_from([1, 5000, 7550, 12550, 20000]),
    signed=st.sampled_from(SignatureCheck),
    counts=st.booleans(),
    late=st.booleans(),
    after=st.integers(1, 2000),
    refund_id=st.sampled_from([None, RefundId("r1"), RefundId("r2"), RefundId("r3")]),
    version=st.sampled_from([None, VERDICT_VERSION]),
    own=st.sampled_from([None, f"{KEY}-1", "another"]),
    fixed=st.integers(0, 5).map(lambda chance: chance == 0),
)
OTHERS = st.sampled_from(
    [
        entry(LinkCancelled(KEY), after_s=30),
        entry(StatusAnswered(KEY, TransactionId("t"), 10, "done", proves=True, nonce="1"), after_s=70),
        entry(StatusAnswered(KEY, TransactionId("t"), 21, "fail", nonce="2"), after_s=700),
        entry(RefundRequested(RefundId("r1"), 5000, "1", TransactionId("t2"), "why"), after_s=100),
        entry(
            RefundRequested(RefundId("r2"), 5000, "1", TransactionId("t3"), "why", None, "7", VERDICT_VERSION),
            after_s=110,
        ),
        entry(RefundAnswered(RefundId("r2"), "failed", "no", "0"), after_s=120),
        entry(RefundAnswered(RefundId("r2"), "requested", "yes", "1"), after_s=121),
        entry(UnknownFact("of_tomorrow", {"sum_minor": 1}), after_s=50),
        entry(
            StatusAnswered(KEY, TransactionId("t"), 21, "fail", False, False, False, "3", True, VERDICT_VERSION),
            after_s=9,
        ),
        entry(PaymentSettled(("underpaid",), "ok", nonce="n"), after_s=900),
        link_requested(LinkKey("second"), after_s=1000),
        link_created(LinkKey("second"), after_s=1001),
    ]
)


@given(st.lists(CALLBACKS | OTHERS, max_size=8), st.randoms(use_true_random=False))
def test_order_and_repetition_of_arrival_do_not_matter(facts: list[JournalEntry], chance: random.Random) -> None:
    known = [*open_payment(), *facts]
    arrived = known + [chance.choice(known) for _ in range(chance.randint(0, 5))]
    chance.shuffle(arrived)
    shuffled = [replace(item, seq=seq) for seq, item in enumerate(arrived, 1)]
    assert fold(shuffled) == fold(known)


def test_a_zero_is_not_nothing() -> None:
    answered = StatusAnswered(KEY, TransactionId("t"), 0, "")
    assert fact_data(answered)["operation_status"] == 0
    assert fact_from_data(answered.type, fact_data(answered)) == answered


@given(CALLBACKS | OTHERS)
def test_a_fact_survives_its_json(item: JournalEntry) -> None:
    assert fact_from_data(item.fact.type, fact_data(item.fact)) == item.fact


def test_a_new_link_does_not_tell_the_failure_of_the_old_one() -> None:
    declined = callback("error", txn_id="1", error_text="No money on the card")
    old = [*open_payment(), declined, entry(LinkCancelled(KEY), after_s=90)]
    second = LinkKey("second-link")
    renewed = [*old, link_requested(second, after_s=100), link_created(second, after_s=101)]
    assert fold(old).last_error == "No money on the card"
    assert fold(renewed).last_error is None
    late = callback("error", txn_id="2", error_text="Again no", after_s=120)
    assert fold([*renewed, late]).last_error is None
