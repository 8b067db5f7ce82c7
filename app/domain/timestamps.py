"""Moments as whole UTC milliseconds since 1970: how the journal and the tables keep them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MILLISECOND = timedelta(milliseconds=1)
"""The smallest difference that the journal keeps."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 250_000_000_000_000  # near the year 9892: what a datetime can hold, with room for arithmetic


def to_millis(moment: datetime) -> int:
    """Return the nearest UTC milliseconds since 1970 of an aware datetime; ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return round((moment - _EPOCH).total_seconds() * 1000)


def floor_millis(moment: datetime) -> int:
    """Return the last whole millisecond that is not after an aware datetime."""
    return (moment - _EPOCH) // MILLISECOND


def ceil_millis(moment: datetime) -> int:
    """Return the first whole millisecond that is not before an aware datetime."""
    return -((_EPOCH - moment) // MILLISECOND)


def from_millis(millis: int) -> datetime:
    """Return the aware UTC datetime of milliseconds since 1970."""
    return datetime.fromtimestamp(millis / 1000, UTC)


def is_moment(value: object) -> bool:
    """Say if this is a number of milliseconds since 1970 within the supported range."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LAST


def moment_from(value: object) -> datetime | None:
    """Return the aware UTC datetime of milliseconds since 1970; None for a value outside the supported range."""
    return from_millis(value) if isinstance(value, int) and is_moment(value) else None
