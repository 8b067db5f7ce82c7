"""The figures of one day of the shop, as values and as the JSON of contract.md 1b (`day`). No clock, no I/O.

Other programs depend on the JSON, and closings hold it: a change here is a breaking change.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from app.domain.payment_fold.movements import Direction, Movement
from app.services.ports.ledger import PeriodRecord

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """Taken by who made the sales, returned by who requested the refunds; `name` None: not known."""

    name: str | None
    taken_count: int
    taken_minor: int
    returned_minor: int


@dataclass(frozen=True, slots=True)
class HourFigures:
    """`hour`: by the clock on the wall, `2026-11-21T14`; the repeated hour of autumn is one."""

    hour: str
    taken_minor: int


@dataclass(frozen=True, slots=True)
class ConfirmationFigures:
    """`confirmed_by`: a word of contract.md 2."""

    confirmed_by: str
    taken_count: int
    taken_minor: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Sums in kopecks. `created_count`, `by_status`: payments made that day; `open`, `attention`: of all payments.

    Each of the three lists adds up to `taken_minor`. Persons stand by name, the unknown one last.
    """

    taken_count: int
    taken_minor: int
    returned_count: int
    returned_minor: int
    net_minor: int
    created_count: int
    by_status: Mapping[str, int]
    by_person: tuple[PersonFigures, ...]
    by_hour: tuple[HourFigures, ...]
    by_confirmation: tuple[ConfirmationFigures, ...]
    open: int
    attention: int


def day_figures(record: PeriodRecord, timezone: str) -> DayFigures:
    """Return the figures of a period's record; `timezone`: the shop's, for the hours."""
    taken = [item for item in record.movements if item.direction is Direction.TAKEN]
    returned = [item for item in record.movements if item.direction is Direction.RETURNED]
    return DayFigures(
        taken_count=_count(taken),
        taken_minor=_sum(taken),
        returned_count=_count(returned),
        returned_minor=_sum(returned),
        net_minor=_sum(taken) - _sum(returned),
        created_count=sum(record.created.values()),
        by_status={status.value: count for status, count in sorted(record.created.items()) if count},
        by_person=_by_person(taken, returned),
        by_hour=_by_hour(taken, ZoneInfo(timezone)),
        by_confirmation=tuple(
            ConfirmationFigures(way, _count(part), _sum(part))
            for way, part in sorted(_grouped(taken, lambda item: item.confirmed_by or "").items())
        ),
        open=record.open_count,
        attention=record.attention_count,
    )


def _sum(movements: Iterable[Movement]) -> int:
    return sum(item.amount_minor for item in movements)


def _count(movements: Iterable[Movement]) -> int:
    return sum(item.is_first for item in movements)


def _grouped(movements: Iterable[Movement], key: Callable[[Movement], T]) -> dict[T, list[Movement]]:
    groups: dict[T, list[Movement]] = {}
    for item in movements:
        groups.setdefault(key(item), []).append(item)
    return groups


def _by_person(taken: Sequence[Movement], returned: Sequence[Movement]) -> tuple[PersonFigures, ...]:
    sold, refunded = (_grouped(part, lambda item: item.person) for part in (taken, returned))
    names = sorted(sold.keys() | refunded.keys(), key=lambda name: (name is None, name or ""))
    return tuple(
        PersonFigures(name, _count(sold.get(name, ())), _sum(sold.get(name, ())), _sum(refunded.get(name, ())))
        for name in names
    )


def _by_hour(taken: Sequence[Movement], zone: ZoneInfo) -> tuple[HourFigures, ...]:
    hours = _grouped(taken, lambda item: hour_key(item.at, zone))
    return tuple(HourFigures(hour, _sum(part)) for hour, part in sorted(hours.items()))


def hour_key(moment: datetime, zone: ZoneInfo) -> str:
    """Return the hour on the wall clock that a moment lies in: `2026-11-21T14`."""
    return moment.astimezone(zone).isoformat()[:13]


_NUMBERS = tuple(spec.name for spec in fields(DayFigures) if spec.type == "int")


def figures_json(figures: DayFigures) -> dict[str, Any]:
    """Return the figures as a JSON object, in the order of the contract."""
    return asdict(figures)


def figures_from_json(data: Mapping[str, Any]) -> DayFigures | None:
    """Return the figures of a stored object; None for one that this version cannot read."""
    numbers = (name for name in _NUMBERS if type(data.get(name)) is not int)
    if next(numbers, None) is not None or not isinstance(data.get("by_status"), dict):
        return None
    try:
        lists = {
            "by_person": tuple(PersonFigures(**row) for row in data["by_person"]),
            "by_hour": tuple(HourFigures(**row) for row in data["by_hour"]),
            "by_confirmation": tuple(ConfirmationFigures(**row) for row in data["by_confirmation"]),
        }
        return DayFigures(**{**data, **lists})
    except (KeyError, TypeError):
        return None
