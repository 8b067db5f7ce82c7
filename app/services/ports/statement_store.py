"""The port of the store of rows of the operator's statement, [20002], with the row's values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A row of [20002]. The operator's table is not known: what is not recognised is in `raw`, redacted, by name."""

    amount_minor: int
    at: datetime | None = None
    txn_id: str | None = None
    uuid: str | None = None
    operation_type: str | None = None
    status: int | None = None
    purpose: str | None = None
    raw: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """The rows of a period in the operator's order, and how many could not be read."""

    lines: tuple[StatementLine, ...]
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A row with the moments when the operator first and last listed it. One that changed is another row."""

    line: StatementLine
    first_seen_at: datetime
    last_seen_at: datetime


class StatementStore(Protocol):
    """Stores the rows. Raises StorageError leaves only."""

    async def keep(self, lines: Sequence[StatementLine], placed_at: datetime, seen_at: datetime) -> int:
        """Keep rows; returns how many were new. `placed_at` stands in for the time of a row that has none."""
        ...

    async def kept(self, start: datetime, end: datetime) -> list[StoredLine]:
        """Return the rows of a period, both ends inclusive, the oldest first."""
        ...
