"""The control totals of an export: counted from the very rows that are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.domain.errors import Defect

PROGRESS_ROWS = 1_000


class Sums(Protocol):
    """The sums of one payment, in minor units."""

    @property
    def amount_minor(self) -> int: ...

    @property
    def received_minor(self) -> int: ...

    @property
    def refunded_minor(self) -> int: ...


T = TypeVar("T")


@dataclass(slots=True)
class ControlTotals:
    """What the payments written so far add up to, in minor units."""

    count: int = 0
    sum_minor: int = 0
    received_minor: int = 0
    refunded_minor: int = 0

    def add(self, payment: Sums) -> None:
        self.count += 1
        self.sum_minor += payment.amount_minor
        self.received_minor += payment.received_minor
        self.refunded_minor += payment.refunded_minor

    def of(self, key: str) -> int:
        """Return the total of the column `sum`, `received` or `refunded`."""
        match key:
            case "sum":
                return self.sum_minor
            case "received":
                return self.received_minor
            case "refunded":
                return self.refunded_minor
            case _:
                raise Defect(column=key)


class Progress(Protocol):
    """Called with the number of payments written so far; it stops the export by raising."""

    def __call__(self, count: int, /) -> None: ...


def counted(items: Iterable[T], sums_of: Callable[[T], Sums], totals: ControlTotals, progress: Progress) -> Iterator[T]:
    """Yield the payments, add what `sums_of` gives to the totals, and tell the progress now and then."""
    for item in items:
        totals.add(sums_of(item))
        if totals.count % PROGRESS_ROWS == 0:
            progress(totals.count)
        yield item
