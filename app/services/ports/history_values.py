"""The values of looking through the history: its days, how it is sorted, where its pages begin, its totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

ANCHOR_STEP = 1000
"""So many rows lie between two anchors of an outline."""


@dataclass(frozen=True, slots=True)
class ShopDay:
    """What makes a day of the shop: its time zone, and the time `HH:MM` at which a day starts."""

    timezone: str = "UTC"
    day_starts_at: str = "00:00"


UTC_DAY = ShopDay()


class TotalsBy(StrEnum):
    """What totals may be grouped by (contract.md 1b)."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    STATUS = "status"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class TotalsGroup:
    """A group of totals. `key`: `2026-11-21T14`, `2026-11-21`, `2026-11`, a status, a name, or None for no name."""

    key: str | None
    count: int
    paid: int
    received_minor: int
    refunded_minor: int


class SortColumn(StrEnum):
    TIME = "time"
    NUMBER = "number"
    AMOUNT = "amount"
    STATUS = "status"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class SortOrder:
    """Statuses are in the order of PaymentStatus, newest first in each; payments without a person come last."""

    column: SortColumn = SortColumn.TIME
    descending: bool = True


NEWEST_FIRST = SortOrder()


@dataclass(frozen=True, slots=True)
class Anchor:
    """The place of a row in a sort order; means something to the ledger that gave it only."""

    section: int
    key: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class HistoryOutline:
    """How many payments there are, and the anchors of rows 999, 1999, ...: what follows `anchors[k]` is row 1000(k+1).

    `as_of`: seq of the journal.
    """

    count: int
    anchors: Sequence[Anchor]
    as_of: int
