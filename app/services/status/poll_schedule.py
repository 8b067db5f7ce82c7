"""How often a link is polled (protocol.md A4): pure rules of time, no I/O."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.payment import Link, LinkState, Payment, PaymentStatus

MIN_INTERVAL = timedelta(seconds=10)
"""Never more often than this for one link, by all processes of a home together."""
SHOWN_INTERVAL = MIN_INTERVAL
OPEN_INTERVAL = timedelta(seconds=60)
MAX_INTERVAL = timedelta(hours=2)
BACKOFF_DIVISOR = 4
"""Ended links and refunds are polled at intervals of a fourth of the time that has passed since."""
POLLED_AFTER_EXPIRY = timedelta(hours=24)
"""How long an expired or cancelled payment is still polled (protocol.md A3.10)."""

FINAL = frozenset({PaymentStatus.PAID, PaymentStatus.NOT_CREATED})


def links_to_poll(payment: Payment, now: datetime) -> tuple[Link, ...]:
    """Return the links whose status can still change: all that exist and ended less than a day ago."""
    if payment.state in FINAL:
        return ()
    return tuple(
        link
        for link in payment.links
        if link.state is LinkState.CREATED and now < link.expires_at + POLLED_AFTER_EXPIRY
    )


def interval(link: Link, now: datetime, *, shown: bool) -> timedelta:
    """Return the pause between two inquiries about a link at this moment."""
    if shown:
        return SHOWN_INTERVAL
    if now < link.expires_at and not link.cancelled:
        return OPEN_INTERVAL
    return backoff(now - min(link.expires_at, now), least=OPEN_INTERVAL)


def backoff(age: timedelta, *, least: timedelta) -> timedelta:
    """Return a pause that grows with the age: a fourth of it, within bounds."""
    return min(max(age / BACKOFF_DIVISOR, least), MAX_INTERVAL)


def is_due(link: Link, asked_at: datetime | None, now: datetime, *, shown: bool) -> bool:
    """Say whether it is time. A clock that was set back makes everything due: too often is safer than never."""
    if asked_at is None or asked_at > now:
        return True
    return now - asked_at >= interval(link, now, shown=shown)


def wait_before(asked_at: datetime | None, now: datetime) -> timedelta:
    """Return how long an inquiry about a link must still wait; zero when it may be sent at once."""
    if asked_at is None or asked_at > now:
        return timedelta()
    return max(asked_at + MIN_INTERVAL - now, timedelta())
