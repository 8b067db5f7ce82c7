"""The operator's statements in memory; `tests/contracts` checks this against the real store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.services.ports.statement_store import StatementLine, StoredLine
from app.services.statement.statement_lines import redacted_line


class FakeStatementStore:
    """The port `StatementStore`. Equal rows are distinguished by their index among their equals."""

    def __init__(self) -> None:
        self._rows: dict[tuple[StatementLine, int], tuple[datetime, StoredLine]] = {}

    async def keep(self, lines: Sequence[StatementLine], placed_at: datetime, seen_at: datetime) -> int:
        before = len(self._rows)
        for place, line in enumerate(lines):
            key = (line, lines[:place].count(line))
            first = self._rows[key][1].first_seen_at if key in self._rows else seen_at
            self._rows[key] = (line.at or placed_at, StoredLine(redacted_line(line), first, seen_at))
        return len(self._rows) - before

    async def kept(self, start: datetime, end: datetime) -> list[StoredLine]:
        placed = [row for row in self._rows.values() if start <= row[0] <= end]
        return [kept for _, kept in sorted(placed, key=lambda row: row[0])]
