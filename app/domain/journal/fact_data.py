"""Facts as JSON values and back: how the journal keeps them. Times are UTC milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields
from typing import Any

from app.domain.journal.events import FACTS, Fact, SignatureCheck, UnknownFact
from app.domain.payment import RefundStatus
from app.domain.text.plain_text import is_storable
from app.domain.timestamps import from_millis, is_moment, to_millis

_MOST = 10**15  # no sum and no count of ours is larger, and a column holds the total of a few thousand of them
_MOST_MINUTES = 5_000_000
TIME_FIELDS = frozenset({"expires_at", "lease_until"})


def fact_data(fact: Fact) -> dict[str, Any]:
    """Return the fields of a fact as JSON values; times as UTC milliseconds; empty fields are left out."""
    if isinstance(fact, UnknownFact):
        return dict(fact.data)
    data: dict[str, Any] = {}
    for name in _FIELD_NAMES[fact.type]:
        value = getattr(fact, name)
        # Zero is a value: only what is truly empty is left out.
        if value is None or value is False or value == "" or value == {} or value == ():
            continue
        data[name] = to_millis(value) if name in TIME_FIELDS else value
    return data


def fact_from_data(kind: str, data: dict[str, Any]) -> Fact:
    """Return the fact that `fact_data` serialised; an UnknownFact for a kind or a value that this version cannot read.

    A journal may have been written by a newer version: one unreadable fact must not hide its payment.
    """
    if kind not in FACTS or not _is_readable(kind, data):
        return UnknownFact(kind, data)
    known = _FIELD_NAMES[kind]
    values: dict[str, Any] = {name: value for name, value in data.items() if name in known}
    for name, absent in _ABSENT[kind].items():
        values.setdefault(name, absent)
    for name in TIME_FIELDS & values.keys():
        values[name] = from_millis(values[name])
    if "signed" in values:
        values["signed"] = SignatureCheck(values["signed"])
    if "causes" in values:
        values["causes"] = tuple(values["causes"])
    fact: Fact = FACTS[kind](**values)
    return fact


def _is_readable(kind: str, data: dict[str, Any]) -> bool:
    """Say whether every field has a value of its kind, and the required ones are present."""
    if not _NEEDED[kind] <= data.keys():
        return False
    forms = _FORMS[kind]
    for name, value in data.items():
        form = forms.get(name)
        if form is not None and not form(value):
            return False
    return True


def _is_text(value: object) -> bool:
    return isinstance(value, str) and (value.isascii() or is_storable(value))


def _is_between(least: int, most: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


_is_whole = _is_between(-_MOST, _MOST)
_BOUNDED: dict[str, Callable[[object], bool]] = {
    "amount_minor": _is_between(1, _MOST),
    "sum_minor": _is_between(0, _MOST),
    "ttl_minutes": _is_between(1, _MOST_MINUTES),
}
"""Numbers with bounds of their own: no money is negative, and no sale has a sum of zero."""


def _is_one_of(words: Iterable[str]) -> Callable[[object], bool]:
    known = frozenset(words)
    return lambda value: isinstance(value, str) and value in known


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(map(_is_text, value))


def _is_text_map(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, (*value, *value.values())))


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _form_of(kind: str, name: str, annotation: str) -> Callable[[object], bool]:
    """Return the check of one field. Null means absent, where the field is optional."""
    if name in TIME_FIELDS:
        return is_moment
    if name == "signed":
        return _is_one_of(SignatureCheck)
    if (kind, name) == ("refund_answered", "status"):
        return _is_one_of(RefundStatus)
    plain: dict[str, Callable[[object], bool]] = {
        "bool": _is_flag,
        "tuple[str, ...]": _is_texts,
        "dict[str, str]": _is_text_map,
        "dict[str, Any]": _is_object,
        "int": _is_whole,
        "ContactId": _is_whole,
    }
    form = _BOUNDED.get(name) or plain.get(annotation.removesuffix(" | None"), _is_text)
    return (lambda value: value is None or form(value)) if annotation.endswith("| None") else form


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
"""The value of a field without a default that `fact_data` left out."""
_FORMS: dict[str, dict[str, Callable[[object], bool]]] = {
    kind: {spec.name: _form_of(kind, spec.name, str(spec.type)) for spec in fields(cls)} for kind, cls in FACTS.items()
}
_NEEDED: dict[str, frozenset[str]] = {
    kind: frozenset(
        spec.name
        for spec in fields(cls)
        if spec.default is MISSING
        and spec.default_factory is MISSING
        and "None" not in str(spec.type)
        and str(spec.type) not in _EMPTY
    )
    for kind, cls in FACTS.items()
}
"""The required fields of a fact. An empty text is left out like an absent one."""
