"""Refunds that fail, come from elsewhere, or are not done yet; the usual ones are in `endings`."""

from __future__ import annotations

from app.domain.journal.events import (
    SignatureCheck,
)
from app.domain.payment import RefundStatus
from tests.bench.sample_shop.endings import look_at_it
from tests.bench.sample_shop.journal import DAY, HOUR, MINUTE, SECOND, PaymentJournal
from tests.bench.sample_shop.words import REFUND_REASONS, card


def refunded_elsewhere(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.pay(link, card=card(journal.rng))
    journal.wait(HOUR, 9 * DAY)
    whole = journal.number % 2 == 0
    journal.refunded(link, journal.amount_minor if whole else journal.amount_minor // 3 + 1)
    look_at_it(journal)


def refunded_after_all(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    paid = journal.pay(link, card=card(journal.rng))
    journal.wait(HOUR, 3 * DAY)
    refund_id = journal.refund(link, paid, journal.amount_minor, REFUND_REASONS[0], RefundStatus.FAILED)
    journal.wait(MINUTE, HOUR)
    journal.refunded(link, journal.amount_minor, refund_id=refund_id)
    look_at_it(journal)


def over_refunded(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    paid = journal.pay(link, card=card(journal.rng))
    journal.wait(HOUR, 3 * DAY)
    journal.refund(link, paid, journal.amount_minor, REFUND_REASONS[1], RefundStatus.REQUESTED, RefundStatus.DONE)
    journal.wait(HOUR, DAY)
    journal.refunded(link, journal.amount_minor // 2 + 1)
    look_at_it(journal)


def refund_failed(journal: PaymentJournal) -> None:
    _refund(journal, RefundStatus.FAILED, HOUR, 3 * DAY)


def refund_requested_lately(journal: PaymentJournal) -> None:
    _refund_lately(journal, RefundStatus.REQUESTED)


def refund_unknown_yet(journal: PaymentJournal) -> None:
    _refund_lately(journal, RefundStatus.UNKNOWN)


def _refund_lately(journal: PaymentJournal, answer: str) -> None:
    """State a refund whose money is not back yet when the ledger ends."""
    ended_ago_ms = journal.until_ms - journal.at_ms
    _refund(journal, answer, max(ended_ago_ms - 5 * HOUR, MINUTE), max(ended_ago_ms - 10 * MINUTE, 2 * MINUTE))


def _refund(journal: PaymentJournal, answer: str, least_ms: int, most_ms: int) -> None:
    """State a paid payment, and after some time a request to refund it that has this one answer."""
    journal.request()
    link = journal.open_link()
    journal.wait(10 * SECOND, MINUTE)
    paid = journal.pay(link, card=card(journal.rng))
    journal.wait(least_ms, most_ms)
    journal.refund(link, paid, journal.amount_minor, journal.rng.choice(REFUND_REASONS), answer)


def unverified_refund(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.pay(link, card=card(journal.rng))
    journal.wait(HOUR, 3 * DAY)
    journal.refunded(link, journal.amount_minor, signed=SignatureCheck.WRONG)
    look_at_it(journal)
