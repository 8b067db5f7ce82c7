"""What happens every day: paid, declined, expired, cancelled, renewed, not created, or just begun."""

from __future__ import annotations

from app.domain.journal.events import (
    LinkAbandoned,
    Source,
)
from app.domain.operator_codes import CallbackCommand, OperationStatus
from tests.bench.sample_shop.endings import expire, pay_in_time, refund_sometimes
from tests.bench.sample_shop.journal import HOUR, MINUTE, SECOND, PaymentJournal
from tests.bench.sample_shop.words import SETTLED_BECAUSE, card


def paid(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    pay_in_time(journal, link)


def paid_by_wallet(journal: PaymentJournal) -> None:
    journal.request(pay_type="20")
    link = journal.open_link()
    journal.wait(10 * SECOND, 3 * MINUTE)
    gateway, mask, txn_id = journal.rng.choice(("gpay", "applepay")), card(journal.rng), journal.next_txn_id()
    about = {"txn_id": txn_id, "gateway": gateway, "card": mask, "pay_type": "20"}
    journal.callback(link, CallbackCommand.AUTH, **about)
    journal.wait(400, 4_000)
    refund_sometimes(journal, link, journal.pay(link, txn_id=txn_id, card=mask, pay_type="20"))


def paid_after_check(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(5 * SECOND, 2 * MINUTE)
    journal.callback(link, CallbackCommand.CHECK)
    pay_in_time(journal, link)


def paid_after_declines(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    for _ in range(1 + (journal.number % 5 == 0)):
        journal.wait(20 * SECOND, 3 * MINUTE)
        journal.decline(link)
    pay_in_time(journal, link)


def declined_and_left(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(20 * SECOND, 5 * MINUTE)
    journal.decline(link)
    journal.wait(5 * SECOND, 50 * SECOND)
    journal.answered(link, OperationStatus.DECLINED)
    expire(journal, link)


def expired(journal: PaymentJournal) -> None:
    journal.request()
    expire(journal, journal.open_link())


def cancelled(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(10 * SECOND, 12 * MINUTE)
    journal.cancel(link)
    journal.wait(MINUTE, HOUR)
    journal.asked(link, 5)


def renewed_and_paid(journal: PaymentJournal) -> None:
    journal.request()
    expire(journal, journal.open_link())
    journal.wait(MINUTE, 3 * HOUR)
    pay_in_time(journal, journal.open_link())


def cancelled_renewed_and_paid(journal: PaymentJournal) -> None:
    journal.request(ttl_minutes=60)
    link = journal.open_link(ttl_ms=HOUR)
    journal.wait(MINUTE, 10 * MINUTE)
    journal.cancel(link)
    journal.asked(link, 2)
    journal.wait(20 * SECOND, 5 * MINUTE)
    pay_in_time(journal, journal.open_link(ttl_ms=HOUR))


def link_at_second_try(journal: PaymentJournal) -> None:
    journal.request()
    first = journal.request_link()
    journal.wait(30 * SECOND, 31 * SECOND)
    journal.unanswered(first)
    journal.wait(20 * SECOND, 40 * SECOND)
    pay_in_time(journal, journal.open_link(again=first))


def link_refused(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.request_link()
    journal.wait(150, 900)
    journal.refused(link)


def link_abandoned(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.request_link()
    for again in (True, True, False):
        journal.wait(30 * SECOND, 31 * SECOND)
        journal.unanswered(link)
        journal.wait(20 * SECOND, 40 * SECOND)
        link = journal.request_link(again=link) if again else link
    journal.state(LinkAbandoned(link.key), Source.PROGRAM)


def proven_by_inquiry(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 12 * MINUTE)
    journal.answered(link, OperationStatus.DONE, proves=True)


def confirmed_by_person(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 12 * MINUTE)
    journal.answered(link, OperationStatus.DONE, hint=True)
    journal.asked(link, 20)
    journal.wait(HOUR, 20 * HOUR)
    journal.settle(journal.rng.choice(SETTLED_BECAUSE), paid=True)


def authorised_and_left(journal: PaymentJournal) -> None:
    journal.request(pay_type="20")
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.callback(link, CallbackCommand.AUTH, gateway="gpay", card=card(journal.rng), pay_type="20")
    expire(journal, link)


def authorised_just_now(journal: PaymentJournal) -> None:
    journal.request(pay_type="20")
    link = journal.open_link()
    journal.wait(SECOND, 10 * SECOND)
    journal.callback(link, CallbackCommand.AUTH, gateway="applepay", card=card(journal.rng), pay_type="20")


def declined_just_now(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(SECOND, 10 * SECOND)
    journal.decline(link)


def link_is_being_made(journal: PaymentJournal) -> None:
    journal.request()
    journal.request_link()
