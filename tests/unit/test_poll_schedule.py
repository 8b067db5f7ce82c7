"""How often the operator is asked: the numbers of protocol.md A4."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.payment_fold.fold import fold
from app.services.status import poll_schedule
from tests.builders import START, callback, open_payment

LINK = fold(open_payment()).link
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("after", "shown", "expected"),
    [
        (MINUTE, True, timedelta(seconds=10)),
        (MINUTE, False, timedelta(seconds=60)),
        (16 * MINUTE, False, timedelta(seconds=60)),
        (15 * MINUTE + timedelta(hours=1), False, 15 * MINUTE),
        (15 * MINUTE + timedelta(hours=20), False, timedelta(hours=2)),
        (timedelta(hours=3), True, timedelta(seconds=10)),
    ],
)
def test_gap(after: timedelta, shown: bool, expected: timedelta) -> None:
    assert poll_schedule.interval(LINK, START + after, shown=shown) == expected


def test_pauses_grow_and_never_shrink() -> None:
    moments = [START + minutes * MINUTE for minutes in range(15, 24 * 60, 7)]
    gaps = [poll_schedule.interval(LINK, moment, shown=False) for moment in moments]
    assert gaps == sorted(gaps)
    assert gaps[-1] > gaps[0]


def test_a_link_is_due_when_its_gap_is_over() -> None:
    now = START + 2 * MINUTE
    assert poll_schedule.is_due(LINK, None, now, shown=False)
    assert not poll_schedule.is_due(LINK, now - timedelta(seconds=59), now, shown=False)
    assert poll_schedule.is_due(LINK, now - timedelta(seconds=60), now, shown=False)
    assert poll_schedule.is_due(LINK, now - timedelta(seconds=10), now, shown=True)


def test_a_clock_that_was_set_back_holds_nothing_up() -> None:
    now = START + MINUTE
    assert poll_schedule.is_due(LINK, now + timedelta(hours=5), now, shown=False)
    assert poll_schedule.wait_before(now + timedelta(hours=5), now) == timedelta()


def test_everybody_waits_for_the_turn() -> None:
    now = START + MINUTE
    assert poll_schedule.wait_before(now - timedelta(seconds=4), now) == timedelta(seconds=6)
    assert poll_schedule.wait_before(now - timedelta(seconds=10), now) == timedelta()


def test_what_is_watched() -> None:
    payment = fold(open_payment())
    assert poll_schedule.links_to_poll(payment, START) == payment.links
    end = payment.link.expires_at
    assert poll_schedule.links_to_poll(payment, end + timedelta(hours=23)) == payment.links
    assert poll_schedule.links_to_poll(payment, end + timedelta(hours=24)) == ()
    assert poll_schedule.links_to_poll(fold([*open_payment(), callback()]), START) == ()
