"""Which story each payment of a shop has, and how often; a story states one payment's facts.

To add one: write a function that takes a PaymentJournal in one of the modules of stories, and give it a weight here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from tests.bench.sample_shop import attention_stories, refund_stories, usual_stories
from tests.bench.sample_shop.days import count_of_last
from tests.bench.sample_shop.journal import PaymentJournal

Story = Callable[[PaymentJournal], None]

# Without a weight: told once, among those of _EACH_ONCE.
STORIES: dict[Story, float] = {
    usual_stories.paid: 64,
    usual_stories.paid_by_wallet: 13,
    usual_stories.paid_after_check: 1,
    usual_stories.paid_after_declines: 5,
    usual_stories.declined_and_left: 2,
    usual_stories.expired: 6,
    usual_stories.cancelled: 3,
    usual_stories.renewed_and_paid: 2,
    usual_stories.cancelled_renewed_and_paid: 0.6,
    usual_stories.link_at_second_try: 0.5,
    usual_stories.link_refused: 0.4,
    usual_stories.link_abandoned: 0.2,
    usual_stories.proven_by_inquiry: 0.6,
    usual_stories.confirmed_by_person: 0.15,
    usual_stories.authorised_and_left: 0.15,
    attention_stories.paid_late: 0.3,
    attention_stories.underpaid: 0.2,
    attention_stories.overpaid: 0.1,
    attention_stories.unverified: 0.1,
    attention_stories.paid_twice: 0.06,
    refund_stories.refunded_elsewhere: 0.1,
    attention_stories.silent: 0.05,
    attention_stories.strange_callbacks: 0.04,
    attention_stories.txn_reused: 0.02,
    attention_stories.replayed: 0.02,
    attention_stories.other_operation: 0.03,
    attention_stories.contradicted: 0.03,
    refund_stories.unverified_refund: 0.03,
    refund_stories.refunded_after_all: 0.03,
    refund_stories.over_refunded: 0.02,
    refund_stories.refund_failed: 0.03,
    refund_stories.refund_requested_lately: 0,
    refund_stories.refund_unknown_yet: 0,
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
    told = {
        1: usual_stories.authorised_just_now,
        2: usual_stories.declined_just_now,
        count: usual_stories.link_is_being_made,
    }
    return told.get(place) if count > len(told) else None
