"""Callback intake without sockets or disk: which callbacks are the same fact, and when the operator must repeat."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import StorageFull
from app.domain.ids import LinkKey, PaymentId, dedupe_key
from app.domain.journal.events import (
    CallbackReceived,
    JournalEntry,
    KeysUnknown,
    SignatureCheck,
    Source,
    callback_dedupe_key,
)
from app.domain.journal.fact_data import fact_data, fact_from_data
from app.domain.payment import Attention, PaymentStatus
from app.domain.payment_fold.fold import fold
from app.services.callbacks.callback_verdict import IntakePolicy, as_final
from app.services.callbacks.incoming_callback import IncomingCallback, MalformedCallback
from app.services.callbacks.intake import Intake, Reply
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.builders import KEY, PAYMENT, UUID, callback, link_created, link_requested, open_payment, requested
from tests.fakes.clock_and_operator import FakeClock
from tests.fakes.ledger import FakeLedger

T = TypeVar("T")
DATE = "20261121121600"


def fact(command: str, **changes: Any) -> CallbackReceived:
    stated = callback(command, **changes).fact
    assert isinstance(stated, CallbackReceived)
    return stated


class ServiceFixture:
    """An intake on a ledger in memory with one open payment of 125.50."""

    def __init__(self) -> None:
        self.ledger = FakeLedger()
        self.clock = FakeClock()
        self.policy = IntakePolicy()
        self.intake = Intake(self.ledger, self.clock, lambda: self.policy)

    async def sell(self) -> ServiceFixture:
        def decide(tx: LedgerTransaction) -> None:
            for entry in open_payment():
                tx.append(entry.fact, payment_id=PAYMENT, source=entry.source, at=entry.at)

        await self.ledger.write(decide)
        return self

    async def receive(self, command: str, key: LinkKey = KEY, **changes: Any) -> Reply:
        values: dict[str, Any] = {
            "txn_id": "1",
            "uuid": UUID,
            "sum_minor": 12550,
            "signed": SignatureCheck.MISSING,
            **changes,
        }
        return await self.intake.receive(key, IncomingCallback(command, **values))

    async def state(self) -> PaymentStatus:
        view = await self.ledger.payment(PAYMENT)
        assert view is not None
        return view.payment.state


@pytest.mark.parametrize("command", ["pay", "error", "refund"])
@pytest.mark.parametrize("signed", SignatureCheck)
def test_the_keys_of_older_journals_stand(command: str, signed: SignatureCheck) -> None:
    stated = fact(command, signed=signed, counts=command == "pay" and signed is SignatureCheck.VERIFIED)
    parts = ("callback", KEY, command, "321455", UUID, DATE, 12550, signed is SignatureCheck.VERIFIED)
    assert callback_dedupe_key(stated) == dedupe_key(*parts)
    assert callback_dedupe_key(fact("odd")) == dedupe_key("callback", KEY, "odd", "321455", UUID)


def test_an_older_journal_is_read_and_its_refusal_does_not_stand_in_the_way() -> None:
    data = {"link_key": KEY, "command": "auth", "txn_id": "1", "uuid": UUID, "signed": "missing", "result": "21"}
    old = fact_from_data(CallbackReceived.type, {**data, "message": "not supported"})
    assert isinstance(old, CallbackReceived)
    assert fact_data(old)["message"] == "not supported"
    plain = dedupe_key("callback", KEY, "auth", "1", UUID)  # what an older version wrote as its key
    assert plain not in {old.dedupe(), as_final(old).dedupe()}


def test_a_yes_is_one_fact_and_each_reason_of_a_no_another() -> None:
    for command in ("check", "auth"):
        yes = fact(command, sum_minor=1)
        assert yes.dedupe() == replace(yes, message="Done", sum_minor=2).dedupe()
        no = replace(yes, result="21", message="wrong sum")
        assert no.dedupe() == replace(no, sum_minor=3).dedupe()
        assert len({yes.dedupe(), no.dedupe(), replace(no, message="expired").dedupe()}) == 3
        assert as_final(no).dedupe() == yes.dedupe()
    assert fact("check").dedupe() != fact("auth").dedupe()


def test_an_unsigned_pay_that_was_believed_is_another_fact_than_one_that_was_not() -> None:
    doubted = fact("pay", signed=SignatureCheck.MISSING, counts=False)
    believed, signed = replace(doubted, counts=True), fact("pay")
    assert len({doubted.dedupe(), believed.dedupe(), signed.dedupe()}) == 3
    assert as_final(doubted).dedupe() == believed.dedupe()
    reused = replace(doubted, txn_reused=True)
    assert reused.dedupe() == believed.dedupe()
    wrong = replace(doubted, signed=SignatureCheck.WRONG)
    assert (as_final(wrong), wrong.dedupe()) == (wrong, doubted.dedupe())


ASKINGS = st.builds(
    lambda command, txn, yes, reason, card, after: callback(
        command,
        txn_id=str(txn),
        txn_date=None,
        signed=SignatureCheck.MISSING,
        result="10" if yes else "21",
        message="Ok" if yes else reason,
        card=card,
        signature=None,
        after_s=after,
    ),
    command=st.sampled_from(["check", "auth"]),
    txn=st.integers(1, 2),
    yes=st.booleans(),
    reason=st.sampled_from(["expired", "wrong sum"]),
    card=st.sampled_from([None, "424242******4242", "400000******0002"]),
    after=st.integers(1, 2000),
)
MONEY = st.builds(
    lambda command, txn, counts, signed: callback(
        command, txn_id=str(txn), signed=signed, counts=counts and command == "pay", signature=f"{command}{txn}"
    ),
    command=st.sampled_from(["pay", "error"]),
    txn=st.integers(1, 2),
    counts=st.booleans(),
    signed=st.sampled_from(SignatureCheck),
)


@given(st.lists(ASKINGS | MONEY, max_size=8), st.randoms(use_true_random=False))
def test_answers_fold_alike_in_any_order(facts: list[JournalEntry], chance: random.Random) -> None:
    known = [requested(), link_requested(), link_created(), *facts]
    arrived = known + [chance.choice(known) for _ in range(3)]
    chance.shuffle(arrived)
    assert fold([replace(item, seq=seq) for seq, item in enumerate(arrived, 1)]) == fold(known)


def test_one_yes_among_noes_authorises() -> None:
    no = callback("auth", result="21", message="expired", after_s=10)
    yes = callback("auth", after_s=90)
    for arrived in ([no, yes], [yes, no]):
        assert fold([*open_payment(), *arrived]).state is PaymentStatus.AUTHORISED
    assert fold([*open_payment(), no]).state is PaymentStatus.OPEN


async def test_a_refusal_is_judged_anew_and_a_yes_is_not() -> None:
    services = await ServiceFixture().sell()
    services.policy = IntakePolicy(answer_auth=False)
    assert (await services.receive("auth", gateway="gpay")).message == "not supported"
    services.clock.pass_time(seconds=20)
    services.policy = IntakePolicy()
    first = await services.receive("auth", gateway="gpay")
    assert (first.result, first.at, await services.state()) == ("10", services.clock.now(), PaymentStatus.AUTHORISED)
    services.clock.pass_time(hours=3)
    services.policy = IntakePolicy(answer_auth=False)
    assert await services.receive("auth", gateway="gpay") == first


async def test_a_503_is_never_remembered() -> None:
    services = await ServiceFixture().sell()
    assert (await services.receive("pay", txn_date=DATE)).status == 503
    services.policy = IntakePolicy(accept_unsigned=True)
    believed = await services.receive("pay", txn_date=DATE)
    assert (believed.result, await services.state()) == ("10", PaymentStatus.PAID)
    services.policy = IntakePolicy()
    assert await services.receive("pay", txn_date=DATE) == believed
    assert (await services.receive("pay", txn_date=DATE, signed=SignatureCheck.WRONG)).status == 503


async def test_an_unsigned_pay_of_another_payments_operation_is_answered_but_is_no_money() -> None:
    services = await ServiceFixture().sell()
    services.policy = IntakePolicy(accept_unsigned=True)
    other = PaymentId("p-other")

    def decide(tx: LedgerTransaction) -> None:
        key = LinkKey("other")
        for entry in (requested(number=2), link_requested(key), link_created(key), callback(link_key=key, txn_id="1")):
            tx.append(entry.fact, payment_id=other, source=Source.TILL, at=entry.at)

    await services.ledger.write(decide)
    for _ in range(2):
        assert (await services.receive("pay", txn_date=DATE)).result == "10"
    view = await services.ledger.payment(PAYMENT)
    assert view is not None
    assert (view.payment.received_minor, view.payment.attention) == (0, (Attention.TXN_REUSED,))


async def test_only_of_a_key_that_no_link_has_it_is_asked_whether_our_check_up_sent_it() -> None:
    services, asked = await ServiceFixture().sell(), []

    def is_self_probe(key: LinkKey) -> bool:
        asked.append(key)
        return key == "of-the-check-up"

    intake = Intake(services.ledger, services.clock, IntakePolicy, is_self_probe)
    check = IncomingCallback("check", txn_id="1", signed=SignatureCheck.MISSING)
    before = await services.ledger.last_seq()
    assert (await intake.receive(LinkKey("of-the-check-up"), check)).status == 404
    assert (await services.ledger.last_seq(), await services.ledger.unmatched_entries()) == (before, [])
    assert (await intake.receive(KEY, check)).status == 200
    assert (await intake.receive(LinkKey("of-a-stranger"), check)).status == 404
    assert len(await services.ledger.unmatched_entries()) == 1
    assert asked == ["of-the-check-up", "of-a-stranger"]


async def test_what_cannot_be_kept_comes_again() -> None:
    class FullLedger(FakeLedger):
        async def write(self, decide: Callable[[LedgerTransaction], T]) -> T:
            raise StorageFull

    intake = Intake(FullLedger(), FakeClock(), IntakePolicy)
    assert await intake.receive(KEY, MalformedCallback("missing", "command")) == Reply(503)


async def test_unknown_keys_are_counted_by_the_operators_day() -> None:
    services = ServiceFixture()
    for wait in (timedelta(), timedelta(minutes=1), timedelta(hours=12)):  # from 12:15 to past midnight in Kyiv
        services.clock.moment += wait
        assert (await services.receive("check", LinkKey("nobody"))).status == 404
    days = [(entry.fact, entry.repeats) for entry in await services.ledger.unmatched_entries()]
    assert days == [(KeysUnknown("2026-11-22"), 0), (KeysUnknown("2026-11-21"), 1)]
