"""What a row of the operator's statement is, [20002], and the port of the place where such rows are kept."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Protocol

from app.domain.redaction import redact_text


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A row of [20002]. The operator's table was not seen: what is not recognised is in `raw`, redacted, by name."""

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
class KeptLine:
    """A row with the moments when the operator first and last showed it. One that changed is another row."""

    line: StatementLine
    first_seen_at: datetime
    last_seen_at: datetime


class StatementBook(Protocol):
    """Where the rows stay. Raises StorageError leaves only."""

    async def keep(self, lines: Sequence[StatementLine], placed_at: datetime, seen_at: datetime) -> int:
        """Keep rows; returns how many were new. `placed_at` stands in for the time of a row that has none."""
        ...

    async def kept(self, start: datetime, end: datetime) -> list[KeptLine]:
        """Return the rows of a period, both ends inclusive, the oldest first."""
        ...


def identities(lines: Sequence[StatementLine]) -> list[str]:
    """Return what tells each row from all others. The second of two equal rows in one statement is a row of its own."""
    seen: Counter[str] = Counter()
    found = []
    for line in lines:
        plain = json.dumps(asdict(line), default=datetime.isoformat, sort_keys=True)
        digest = hashlib.sha256(plain.encode()).hexdigest()
        seen[digest] += 1
        found.append(f"{digest}:{seen[digest]}")
    return found


def redacted_line(line: StatementLine) -> StatementLine:
    """Return the row as a book may keep it (protocol.md A3.7). Its ids are taken in their sane form only."""
    kind, purpose = (text and redact_text(text) for text in (line.operation_type, line.purpose))
    raw = tuple((redact_text(name), redact_text(value)) for name, value in line.raw)
    return replace(line, operation_type=kind, purpose=purpose, raw=raw)
