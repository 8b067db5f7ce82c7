"""What a person must look at: money that is late, wrong, doubtful, or contradicted."""

from __future__ import annotations

from app.domain.journal.events import (
    VERDICT_VERSION,
    CallbackMalformed,
    OperatorSilent,
    SignatureCheck,
    Source,
)
from app.domain.operator_codes import CallbackResult, OperationStatus
from app.domain.payment import RefundStatus
from tests.bench.sample_shop.endings import expire, look_at_it, pay_in_time, refund_sometimes
from tests.bench.sample_shop.journal import DAY, HOUR, MINUTE, SECOND, PaymentJournal
from tests.bench.sample_shop.words import card


def paid_late(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    expire(journal, link)
    journal.wait(SECOND, 2 * HOUR)
    refund_sometimes(journal, link, journal.pay(link, late=True, card=card(journal.rng)))
    look_at_it(journal)


def underpaid(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.pay(link, sum_minor=max(1, journal.amount_minor * journal.rng.randint(40, 95) // 100))
    journal.asked(link, 12)
    look_at_it(journal)


def overpaid(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    more = journal.amount_minor // journal.rng.randint(3, 12) + 1
    paid = journal.pay(link, sum_minor=journal.amount_minor + more, card=card(journal.rng))
    journal.wait(HOUR, 5 * HOUR)
    journal.refund(link, paid, more, "переплата", RefundStatus.REQUESTED, RefundStatus.DONE)
    look_at_it(journal)


def unverified(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    wrong = journal.number % 3 != 0
    missing = {} if wrong else {"signature": None}
    signed = SignatureCheck.WRONG if wrong else SignatureCheck.MISSING
    journal.pay(link, signed=signed, counts=False, **missing)
    expire(journal, link)
    look_at_it(journal)


def paid_twice(journal: PaymentJournal) -> None:
    journal.request()
    first = journal.open_link()
    expire(journal, first)
    journal.wait(MINUTE, 20 * MINUTE)
    second = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.pay(second, card=card(journal.rng))
    journal.wait(20 * SECOND, 10 * MINUTE)
    twice = journal.pay(first, late=True, card=card(journal.rng))
    journal.wait(HOUR, 9 * HOUR)
    journal.refund(first, twice, journal.amount_minor, "подвійна оплата", RefundStatus.REQUESTED, RefundStatus.DONE)
    look_at_it(journal)


def txn_reused(journal: PaymentJournal) -> None:
    _not_counted(journal, txn_reused=True)


def replayed(journal: PaymentJournal) -> None:
    _not_counted(journal, replay=True)


def _not_counted(journal: PaymentJournal, **verdict: bool) -> None:
    """State a `pay` that another payment's operation, or an older message, was used for."""
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.pay(link, counts=False, **verdict)
    expire(journal, link)
    look_at_it(journal)


def contradicted(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    pay_in_time(journal, link)
    journal.wait(MINUTE, 5 * MINUTE)
    journal.answered(link, OperationStatus.DECLINED, contradicts=True)
    look_at_it(journal)


def other_operation(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.pay(link, uuid=f"other-{journal.next_txn_id()}", card=card(journal.rng))
    look_at_it(journal)


def strange_callbacks(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(SECOND, MINUTE)
    journal.state(CallbackMalformed(link.key, "missing", "txn_date", "0"), Source.CALLBACK)
    journal.wait(SECOND, MINUTE)
    journal.callback(link, "hold", result=CallbackResult.REFUSED, message="unknown command")
    pay_in_time(journal, link)
    look_at_it(journal)


def silent(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.request_link()
    journal.wait(120, 900)
    journal.created(link)
    journal.wait(60, 400)
    journal.asked(link, 30, answered=False)
    journal.wait_until(link.expires_ms + DAY)
    journal.wait(SECOND, MINUTE)
    journal.state(OperatorSilent(link.key, VERDICT_VERSION), Source.PROGRAM)
    look_at_it(journal)
