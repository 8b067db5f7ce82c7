"""What happens to the payments of a shop, and how often: each story states one payment's facts.

To add one: write a function that takes a PaymentJournal, and give it a weight in STORIES.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from app.domain.journal.callback_facts import CallbackMalformed, CallbackReceived
from app.domain.journal.events import VERDICT_VERSION, LinkAbandoned, OperatorSilent, SignatureCheck, Source
from app.domain.operator_codes import CallbackCommand, CallbackResult, OperationStatus
from app.domain.payment import RefundStatus
from tests.bench.sample_shop.days import count_of_last
from tests.bench.sample_shop.journal import DAY, HOUR, MINUTE, SECOND, OneLink, PaymentJournal
from tests.bench.sample_shop.words import REFUND_REASONS, SETTLED_BECAUSE, card

Story = Callable[[PaymentJournal], None]
_REFUNDED_SHARE = 0.03
_UNSETTLED_SHARE = 0.02


def _paid(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    _pay_in_time(journal, link)


def _paid_by_wallet(journal: PaymentJournal) -> None:
    journal.request(pay_type="20")
    link = journal.open_link()
    journal.wait(10 * SECOND, 3 * MINUTE)
    gateway, mask, txn_id = journal.rng.choice(("gpay", "applepay")), card(journal.rng), journal.next_txn_id()
    about = {"txn_id": txn_id, "gateway": gateway, "card": mask, "pay_type": "20"}
    journal.callback(link, CallbackCommand.AUTH, **about)
    journal.wait(400, 4_000)
    _refund_sometimes(journal, link, journal.pay(link, txn_id=txn_id, card=mask, pay_type="20"))


def _paid_after_check(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(5 * SECOND, 2 * MINUTE)
    journal.callback(link, CallbackCommand.CHECK)
    _pay_in_time(journal, link)


def _paid_after_declines(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    for _ in range(1 + (journal.number % 5 == 0)):
        journal.wait(20 * SECOND, 3 * MINUTE)
        journal.decline(link)
    _pay_in_time(journal, link)


def _declined_and_left(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(20 * SECOND, 5 * MINUTE)
    journal.decline(link)
    journal.wait(5 * SECOND, 50 * SECOND)
    journal.answered(link, OperationStatus.DECLINED)
    _expire(journal, link)


def _expired(journal: PaymentJournal) -> None:
    journal.request()
    _expire(journal, journal.open_link())


def _cancelled(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(10 * SECOND, 12 * MINUTE)
    journal.cancel(link)
    journal.wait(MINUTE, HOUR)
    journal.asked(link, 5)


def _renewed_and_paid(journal: PaymentJournal) -> None:
    journal.request()
    _expire(journal, journal.open_link())
    journal.wait(MINUTE, 3 * HOUR)
    _pay_in_time(journal, journal.open_link())


def _cancelled_renewed_and_paid(journal: PaymentJournal) -> None:
    journal.request(ttl_minutes=60)
    link = journal.open_link(ttl_ms=HOUR)
    journal.wait(MINUTE, 10 * MINUTE)
    journal.cancel(link)
    journal.asked(link, 2)
    journal.wait(20 * SECOND, 5 * MINUTE)
    _pay_in_time(journal, journal.open_link(ttl_ms=HOUR))


def _link_at_second_try(journal: PaymentJournal) -> None:
    journal.request()
    first = journal.request_link()
    journal.wait(30 * SECOND, 31 * SECOND)
    journal.unanswered(first)
    journal.wait(20 * SECOND, 40 * SECOND)
    _pay_in_time(journal, journal.open_link(again=first))


def _link_refused(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.request_link()
    journal.wait(150, 900)
    journal.refused(link)


def _link_abandoned(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.request_link()
    for again in (True, True, False):
        journal.wait(30 * SECOND, 31 * SECOND)
        journal.unanswered(link)
        journal.wait(20 * SECOND, 40 * SECOND)
        link = journal.request_link(again=link) if again else link
    journal.state(LinkAbandoned(link.key), Source.PROGRAM)


def _proven_by_inquiry(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 12 * MINUTE)
    journal.answered(link, OperationStatus.DONE, proves=True)


def _confirmed_by_person(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 12 * MINUTE)
    journal.answered(link, OperationStatus.DONE, hint=True)
    journal.asked(link, 20)
    journal.wait(HOUR, 20 * HOUR)
    journal.settle(journal.rng.choice(SETTLED_BECAUSE), paid=True)


def _paid_late(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    _expire(journal, link)
    journal.wait(SECOND, 2 * HOUR)
    _refund_sometimes(journal, link, journal.pay(link, late=True, card=card(journal.rng)))
    _look_at_it(journal)


def _underpaid(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.pay(link, sum_minor=max(1, journal.amount_minor * journal.rng.randint(40, 95) // 100))
    journal.asked(link, 12)
    _look_at_it(journal)


def _overpaid(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    more = journal.amount_minor // journal.rng.randint(3, 12) + 1
    paid = journal.pay(link, sum_minor=journal.amount_minor + more, card=card(journal.rng))
    journal.wait(HOUR, 5 * HOUR)
    journal.refund(link, paid, more, "переплата", RefundStatus.REQUESTED, RefundStatus.DONE)
    _look_at_it(journal)


def _unverified(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    wrong = journal.number % 3 != 0
    missing = {} if wrong else {"signature": None}
    signed = SignatureCheck.WRONG if wrong else SignatureCheck.MISSING
    journal.pay(link, signed=signed, counts=False, **missing)
    _expire(journal, link)
    _look_at_it(journal)


def _paid_twice(journal: PaymentJournal) -> None:
    journal.request()
    first = journal.open_link()
    _expire(journal, first)
    journal.wait(MINUTE, 20 * MINUTE)
    second = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.pay(second, card=card(journal.rng))
    journal.wait(20 * SECOND, 10 * MINUTE)
    twice = journal.pay(first, late=True, card=card(journal.rng))
    journal.wait(HOUR, 9 * HOUR)
    journal.refund(first, twice, journal.amount_minor, "подвійна оплата", RefundStatus.REQUESTED, RefundStatus.DONE)
    _look_at_it(journal)


def _txn_reused(journal: PaymentJournal) -> None:
    _not_counted(journal, txn_reused=True)


def _replayed(journal: PaymentJournal) -> None:
    _not_counted(journal, replay=True)


def _not_counted(journal: PaymentJournal, **verdict: bool) -> None:
    """State a `pay` that another payment's operation, or an older message, was used for."""
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.pay(link, counts=False, **verdict)
    _expire(journal, link)
    _look_at_it(journal)


def _contradicted(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    _pay_in_time(journal, link)
    journal.wait(MINUTE, 5 * MINUTE)
    journal.answered(link, OperationStatus.DECLINED, contradicts=True)
    _look_at_it(journal)


def _other_operation(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.pay(link, uuid=f"other-{journal.next_txn_id()}", card=card(journal.rng))
    _look_at_it(journal)


def _strange_callbacks(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(SECOND, MINUTE)
    journal.state(CallbackMalformed(link.key, "missing", "txn_date", "0"), Source.CALLBACK)
    journal.wait(SECOND, MINUTE)
    journal.callback(link, "hold", result=CallbackResult.REFUSED, message="unknown command")
    _pay_in_time(journal, link)
    _look_at_it(journal)


def _silent(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.request_link()
    journal.wait(120, 900)
    journal.created(link)
    journal.wait(60, 400)
    journal.asked(link, 30, answered=False)
    journal.wait_until(link.expires_ms + DAY)
    journal.wait(SECOND, MINUTE)
    journal.state(OperatorSilent(link.key, VERDICT_VERSION), Source.PROGRAM)
    _look_at_it(journal)


def _refunded_elsewhere(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.pay(link, card=card(journal.rng))
    journal.wait(HOUR, 9 * DAY)
    whole = journal.number % 2 == 0
    journal.refunded(link, journal.amount_minor if whole else journal.amount_minor // 3 + 1)
    _look_at_it(journal)


def _refunded_after_all(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    paid = journal.pay(link, card=card(journal.rng))
    journal.wait(HOUR, 3 * DAY)
    refund_id = journal.refund(link, paid, journal.amount_minor, REFUND_REASONS[0], RefundStatus.FAILED)
    journal.wait(MINUTE, HOUR)
    journal.refunded(link, journal.amount_minor, refund_id=refund_id)
    _look_at_it(journal)


def _over_refunded(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    paid = journal.pay(link, card=card(journal.rng))
    journal.wait(HOUR, 3 * DAY)
    journal.refund(link, paid, journal.amount_minor, REFUND_REASONS[1], RefundStatus.REQUESTED, RefundStatus.DONE)
    journal.wait(HOUR, DAY)
    journal.refunded(link, journal.amount_minor // 2 + 1)
    _look_at_it(journal)


def _refund_failed(journal: PaymentJournal) -> None:
    _refund(journal, RefundStatus.FAILED, HOUR, 3 * DAY)


def _refund_requested_lately(journal: PaymentJournal) -> None:
    _refund_lately(journal, RefundStatus.REQUESTED)


def _refund_unknown_yet(journal: PaymentJournal) -> None:
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


def _unverified_refund(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.pay(link, card=card(journal.rng))
    journal.wait(HOUR, 3 * DAY)
    journal.refunded(link, journal.amount_minor, signed=SignatureCheck.WRONG)
    _look_at_it(journal)


def _authorised_and_left(journal: PaymentJournal) -> None:
    journal.request(pay_type="20")
    link = journal.open_link()
    journal.wait(MINUTE, 8 * MINUTE)
    journal.callback(link, CallbackCommand.AUTH, gateway="gpay", card=card(journal.rng), pay_type="20")
    _expire(journal, link)


def _authorised_just_now(journal: PaymentJournal) -> None:
    journal.request(pay_type="20")
    link = journal.open_link()
    journal.wait(SECOND, 10 * SECOND)
    journal.callback(link, CallbackCommand.AUTH, gateway="applepay", card=card(journal.rng), pay_type="20")


def _declined_just_now(journal: PaymentJournal) -> None:
    journal.request()
    link = journal.open_link()
    journal.wait(SECOND, 10 * SECOND)
    journal.decline(link)


def _link_is_being_made(journal: PaymentJournal) -> None:
    journal.request()
    journal.request_link()


# Without a weight: told once, among those of _EACH_ONCE.
STORIES: dict[Story, float] = {
    _paid: 64,
    _paid_by_wallet: 13,
    _paid_after_check: 1,
    _paid_after_declines: 5,
    _declined_and_left: 2,
    _expired: 6,
    _cancelled: 3,
    _renewed_and_paid: 2,
    _cancelled_renewed_and_paid: 0.6,
    _link_at_second_try: 0.5,
    _link_refused: 0.4,
    _link_abandoned: 0.2,
    _proven_by_inquiry: 0.6,
    _confirmed_by_person: 0.15,
    _authorised_and_left: 0.15,
    _paid_late: 0.3,
    _underpaid: 0.2,
    _overpaid: 0.1,
    _unverified: 0.1,
    _paid_twice: 0.06,
    _refunded_elsewhere: 0.1,
    _silent: 0.05,
    _strange_callbacks: 0.04,
    _txn_reused: 0.02,
    _replayed: 0.02,
    _other_operation: 0.03,
    _contradicted: 0.03,
    _unverified_refund: 0.03,
    _refunded_after_all: 0.03,
    _over_refunded: 0.02,
    _refund_failed: 0.03,
    _refund_requested_lately: 0,
    _refund_unknown_yet: 0,
}
_STORIES, _WEIGHTS = tuple(STORIES), tuple(itertools.accumulate(STORIES.values()))
_EACH_ONCE = 3 * len(_STORIES)
"""Among so many payments every third tells another story, so that a small ledger has all of them."""


def tell(journal: PaymentJournal, payments: int) -> None:
    """State what happens to one of a ledger's payments."""
    last = _of_last_minutes(journal.number, payments)
    place = journal.number - max(0, min(payments * 9 // 10, payments - 2 * _EACH_ONCE))  # lately, but not last
    in_turn = 0 < place <= _EACH_ONCE and place % 3 == 0 and last is None
    chosen = _STORIES[place // 3 - 1] if in_turn else journal.rng.choices(_STORIES, cum_weights=_WEIGHTS)[0]
    journal.is_left_open = in_turn and place % 2 == 0
    (last or chosen)(journal)


def _of_last_minutes(number: int, payments: int) -> Story | None:
    """Return what a ledger of some size always ends with: payments whose state will not last."""
    count = count_of_last(payments)
    place = number - (payments - count)
    told = {1: _authorised_just_now, 2: _declined_just_now, count: _link_is_being_made}
    return told.get(place) if count > len(told) else None


def _pay_in_time(journal: PaymentJournal, link: OneLink) -> None:
    """Pay while the link can be paid."""
    left = max(link.expires_ms - journal.at_ms, 2 * SECOND)
    usual = int(journal.rng.expovariate(1 / 100) * SECOND) + 8 * SECOND
    journal.wait_until(journal.at_ms + min(usual, left - SECOND))
    _refund_sometimes(journal, link, journal.pay(link, card=card(journal.rng)))


def _expire(journal: PaymentJournal, link: OneLink) -> None:
    """Let a link run out; it is asked about for another day."""
    asked_ms = max(link.expires_ms, journal.at_ms) + DAY
    kept_ms, journal.at_ms = max(link.expires_ms, journal.at_ms), asked_ms
    journal.asked(link, 25)
    journal.at_ms = kept_ms


def _refund_sometimes(journal: PaymentJournal, link: OneLink, paid: CallbackReceived) -> None:
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


def _look_at_it(journal: PaymentJournal) -> None:
    """Have a person settle what needs attention, nearly always, some hours or days later."""
    if journal.rng.random() >= _UNSETTLED_SHARE and not journal.is_left_open:
        journal.wait(10 * MINUTE, 3 * DAY)
        journal.settle(journal.rng.choice(SETTLED_BECAUSE))
