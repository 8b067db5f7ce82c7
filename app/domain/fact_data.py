"""Facts as JSON values and back: how the journal keeps them. Times are UTC milliseconds since 1970."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any

from app.domain.events import FACTS, Fact, Signed


def to_millis(moment: datetime) -> int:
    """Return UTC milliseconds since 1970 of an aware datetime."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return round((moment - _EPOCH).total_seconds() * 1000)


def from_millis(millis: int) -> datetime:
    """Return the aware UTC datetime of milliseconds since 1970."""
    return datetime.fromtimestamp(millis / 1000, UTC)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TIME_FIELDS = frozenset({"expires_at", "lease_until"})


def fact_data(fact: Fact) -> dict[str, Any]:
    """Return the fields of a fact as JSON values; times as UTC milliseconds; empty fields are left out."""
    data: dict[str, Any] = {}
    for name in _FIELD_NAMES[fact.type]:
        value = getattr(fact, name)
        # Zero is a value: only what is truly empty is left out.
        if value is None or value is False or value == "" or value == {} or value == ():
            continue
        data[name] = to_millis(value) if name in TIME_FIELDS else value
    return data


def fact_from_data(kind: str, data: dict[str, Any]) -> Fact:
    """Return the fact that `fact_data` took apart. Raises KeyError for a kind we do not know."""
    cls = FACTS[kind]
    known = _FIELD_NAMES[kind]
    values: dict[str, Any] = {name: value for name, value in data.items() if name in known}
    for name, absent in _ABSENT[kind].items():
        values.setdefault(name, absent)
    for name in TIME_FIELDS & values.keys():
        values[name] = from_millis(values[name])
    if "signed" in values:
        values["signed"] = Signed(values["signed"])
    if "causes" in values:
        values["causes"] = tuple(values["causes"])
    return cls(**values)


_FIELD_NAMES: dict[str, tuple[str, ...]] = {
    kind: tuple(spec.name for spec in fields(cls)) for kind, cls in FACTS.items()
}
_EMPTY: dict[str, object] = {"str": "", "tuple[str, ...]": ()}
_ABSENT: dict[str, dict[str, object]] = {
    kind: {
        spec.name: _EMPTY.get(str(spec.type))
        for spec in fields(cls)
        if spec.default is MISSING and spec.default_factory is MISSING
    }
    for kind, cls in FACTS.items()
}
"""What a field without a default was when `fact_data` left it out."""
