"""How stories of payments go on and end: what they share."""

from __future__ import annotations

from app.domain.journal.events import CallbackReceived
from app.domain.payment import RefundStatus
from tests.bench.sample_shop.journal import DAY, HOUR, MINUTE, SECOND, OneLink, PaymentJournal
from tests.bench.sample_shop.words import REFUND_REASONS, SETTLED_BECAUSE, card

_REFUNDED_SHARE = 0.03
_UNSETTLED_SHARE = 0.02


def pay_in_time(journal: PaymentJournal, link: OneLink) -> None:
    """Pay while the link can be paid."""
    left = max(link.expires_ms - journal.at_ms, 2 * SECOND)
    usual = int(journal.rng.expovariate(1 / 100) * SECOND) + 8 * SECOND
    journal.wait_until(journal.at_ms + min(usual, left - SECOND))
    refund_sometimes(journal, link, journal.pay(link, card=card(journal.rng)))


def expire(journal: PaymentJournal, link: OneLink) -> None:
    """Let a link run out; it is asked about for another day."""
    asked_ms = max(link.expires_ms, journal.at_ms) + DAY
    kept_ms, journal.at_ms = max(link.expires_ms, journal.at_ms), asked_ms
    journal.asked(link, 25)
    journal.at_ms = kept_ms


def refund_sometimes(journal: PaymentJournal, link: OneLink, paid: CallbackReceived) -> None:
    rng = journal.rng
    if rng.random() >= _REFUNDED_SHARE:
        return
    journal.wait(10 * MINUTE, 14 * DAY if rng.random() < 0.6 else 6 * HOUR)
    whole, reason, dice = paid.sum_minor or 1, rng.choice(REFUND_REASONS), rng.random()
    part = max(1, whole * rng.randint(1, 9) // 10)
    if dice < 0.5:
        journal.refund(link, paid, whole, reason, RefundStatus.REQUESTED, RefundStatus.DONE)
    elif dice < 0.8:
        journal.refund(link, paid, part, reason, RefundStatus.REQUESTED, RefundStatus.DONE)
    elif dice < 0.88:
        journal.refund(link, paid, part, reason, RefundStatus.REQUESTED, RefundStatus.DONE)
        journal.wait(HOUR, 2 * DAY)
        journal.refund(link, paid, whole - part or 1, reason, RefundStatus.REQUESTED, RefundStatus.DONE)
    elif dice < 0.95:
        journal.refund(link, paid, whole, reason, RefundStatus.FAILED)
    else:
        journal.refund(link, paid, part, reason, RefundStatus.UNKNOWN, RefundStatus.DONE)


def look_at_it(journal: PaymentJournal) -> None:
    """Have a person settle what needs attention, nearly always, some hours or days later."""
    if journal.rng.random() >= _UNSETTLED_SHARE and not journal.is_left_open:
        journal.wait(10 * MINUTE, 3 * DAY)
        journal.settle(journal.rng.choice(SETTLED_BECAUSE))
