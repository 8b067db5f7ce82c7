"""Conditions on `payment p` in SQL: what a filter leaves, and the index by which few payments are found at once.

Values are always parameters, never part of the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain.payment import AUTHORISED_GRACE, PaymentFlag, PaymentStatus, RefundMark
from app.domain.text.plain_text import is_storable
from app.domain.timestamps import ceil_millis, floor_millis
from app.services.ports.ledger import PaymentFilter

LARGEST: Final = 2**63 - 1
"""SQLite's largest number."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on `payment p`, and the values of its question marks in their order."""

    sql: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexedCondition:
    """A condition whose payments an index holds together."""

    index: str
    where: Condition


ALL: Final = Condition("1")
NOTHING: Final = Condition("0")


def all_of(*parts: Condition) -> Condition:
    return _joined(" AND ", parts) if parts else ALL


def any_of(*parts: Condition) -> Condition:
    return _joined(" OR ", parts) if parts else NOTHING


def negated(part: Condition) -> Condition:
    return Condition(f"NOT ({part.sql})", part.values)


def _joined(word: str, parts: Sequence[Condition]) -> Condition:
    values = tuple(value for part in parts for value in part.values)
    return Condition(word.join(f"({part.sql})" for part in parts), values)


def _expiry(state: PaymentStatus, now: datetime) -> int:
    """Return the instant up to which a link of this state has run out."""
    grace = AUTHORISED_GRACE if state is PaymentStatus.AUTHORISED else timedelta()
    return floor_millis(now - grace)


def _is_waiting(state: PaymentStatus, now: datetime) -> Condition:
    return Condition("p.state = ? AND p.expires_at > ?", (state.value, _expiry(state, now)))


def _is_past_expiry(state: PaymentStatus, now: datetime) -> Condition:
    return Condition("p.state = ? AND p.expires_at <= ?", (state.value, _expiry(state, now)))


def _stored(state: PaymentStatus) -> Condition:
    return Condition("p.state = ?", (state.value,))


SHOWN_LATER: Final = {
    PaymentStatus.CREATING: PaymentStatus.NOT_CREATED,
    PaymentStatus.OPEN: PaymentStatus.EXPIRED,
    PaymentStatus.AUTHORISED: PaymentStatus.EXPIRED,
}
"""As what a stored state is shown once its link has run out."""


def status_parts(status: PaymentStatus, now: datetime) -> tuple[Condition, ...]:
    """Return the conditions, no two of them true at once, for what `status_at` of `app.domain.payment` says."""
    if status in SHOWN_LATER:
        return (_is_waiting(status, now),)
    earlier = (state for state, later in SHOWN_LATER.items() if later is status)
    return (_stored(status), *(_is_past_expiry(state, now) for state in earlier))


def shown_status(status: PaymentStatus, now: datetime) -> Condition:
    """Return the condition for a shown status; a test keeps it equal to `status_at`."""
    return any_of(*status_parts(status, now))


def status_word(now: datetime) -> Condition:
    """Return the expression of the shown status."""
    moved = [(_is_past_expiry(state, now), later) for state, later in SHOWN_LATER.items()]
    whens = " ".join(f"WHEN {past.sql} THEN '{later.value}'" for past, later in moved)
    return Condition(f"CASE {whens} ELSE p.state END", tuple(value for past, _ in moved for value in past.values))


_FLAGS: Final = {
    PaymentFlag.REFUND_REQUESTED: RefundMark.REQUESTED,
    PaymentFlag.PARTLY_REFUNDED: RefundMark.PARTIAL,
    PaymentFlag.REFUNDED: RefundMark.FULL,
}


def _status_filter(word: PaymentStatus | PaymentFlag, now: datetime) -> tuple[Condition, list[IndexedCondition]]:
    if word in _FLAGS:
        marked = Condition("p.refund = ? AND p.refund != 'none'", (_FLAGS[PaymentFlag(word)].value,))
        return marked, [IndexedCondition("ix_payment_refund", marked)]
    if word is PaymentFlag.PAID_LATE:
        late = all_of(_stored(PaymentStatus.PAID), Condition("p.late"))
        return late, [IndexedCondition("ix_payment_late", Condition("p.late"))]
    status = PaymentStatus.OPEN if word is PaymentFlag.ATTEMPT_FAILED else PaymentStatus(word)
    parts = status_parts(status, now)
    failed = (Condition("p.last_error != ''"),) if word is PaymentFlag.ATTEMPT_FAILED else ()
    return all_of(any_of(*parts), *failed), [IndexedCondition("ix_payment_state", part) for part in parts]


def filters(criteria: PaymentFilter) -> Iterator[tuple[Condition, list[IndexedCondition]]]:
    """Yield each condition of a filter but its search, and the indexed conditions that together hold all it chooses."""
    if criteria.status is not None:
        yield _status_filter(criteria.status, criteria.now)
    if criteria.attention:
        yield _indexed("ix_payment_attention", Condition("p.attention != ''"))
    if (period := _period(criteria)) is not None:
        yield _indexed("ix_payment_time", period)
    if criteria.min_minor is not None or criteria.max_minor is not None:
        yield _indexed("ix_payment_amount", _amounts(criteria.min_minor, criteria.max_minor))
    if criteria.person is not None:
        parts = _person(criteria.person)
        yield any_of(*parts), [IndexedCondition("ix_payment_person", part) for part in parts]
    if criteria.confirmed_by is not None:
        yield _indexed("ix_payment_confirmed", Condition("p.confirmed_by = ?", (criteria.confirmed_by.value,)))


def _indexed(index: str, where: Condition) -> tuple[Condition, list[IndexedCondition]]:
    return where, [IndexedCondition(index, where)]


def created_between(start: datetime | None, end: datetime | None) -> Condition:
    """Return the condition of instants: the start inclusive, the end exclusive."""
    parts = []
    if start is not None:
        parts.append(Condition("p.created_at >= ?", (ceil_millis(start),)))
    if end is not None:
        parts.append(Condition("p.created_at < ?", (ceil_millis(end),)))
    return all_of(*parts)


def _period(criteria: PaymentFilter) -> Condition | None:
    if criteria.created_from is None and criteria.created_to is None:
        return None
    return created_between(criteria.created_from, criteria.created_to)


def _person(name: str) -> tuple[Condition, ...]:
    if not name:
        return Condition("p.created_by IS NULL"), Condition("p.created_by = ''")
    return (Condition("p.created_by = ?", (name,)) if is_storable(name) else NOTHING,)


def _amounts(least: int | None, most: int | None) -> Condition:
    return Condition("p.amount_minor BETWEEN ? AND ?", (least or 0, LARGEST if most is None else min(most, LARGEST)))
