"""The rows of the operator's statements in the ledger's file: the port `StatementStore`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from app.domain.timestamps import from_millis, to_millis
from app.services.ports.statement_store import StatementLine, StoredLine
from app.services.statement.statement_lines import identities, redacted_line
from app.storage.writer import Writer

T = TypeVar("T")

LINES_PER_BATCH: Final = 500
"""A statement may be long; between its batches the writer serves callbacks."""
_COLUMNS: Final = (
    *("identity", "placed_at", "first_seen_at", "last_seen_at"),
    *("at", "amount_minor", "txn_id", "uuid", "operation_type", "status", "purpose", "raw"),
)
_UPSERT: Final = (
    f"INSERT INTO statement_line ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "
    "ON CONFLICT (identity) DO UPDATE SET last_seen_at = excluded.last_seen_at"
)
_COUNT: Final = "SELECT count(*) FROM statement_line"
_SELECT: Final = (
    "SELECT first_seen_at, last_seen_at, at, amount_minor, txn_id, uuid, operation_type, status, purpose, raw "
    "FROM statement_line WHERE placed_at BETWEEN ? AND ? ORDER BY placed_at, identity"
)


class ReadFunction(Protocol):
    def __call__(self, action: Callable[[sqlite3.Connection], T]) -> Awaitable[T]: ...


class SqlStatementStore:
    """Made by `SqlLedger.statement_store`."""

    def __init__(self, writer: Writer, read: ReadFunction) -> None:
        self._writer = writer
        self._read = read

    async def keep(self, lines: Sequence[StatementLine], placed_at: datetime, seen_at: datetime) -> int:
        rows = [
            _values(name, redacted_line(line), placed_at, seen_at)
            for name, line in zip(identities(lines), lines, strict=True)
        ]
        new = 0
        for start in range(0, len(rows), LINES_PER_BATCH):
            new += await self._writer.submit(partial(_upsert_lines, rows=rows[start : start + LINES_PER_BATCH]))
        return new

    async def kept(self, start: datetime, end: datetime) -> list[StoredLine]:
        period = to_millis(start), to_millis(end)
        rows = await self._read(lambda connection: connection.execute(_SELECT, period).fetchall())
        return [_stored_line(*row) for row in rows]


def _upsert_lines(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> int:
    before = connection.execute(_COUNT).fetchone()[0]
    connection.executemany(_UPSERT, rows)
    return int(connection.execute(_COUNT).fetchone()[0]) - int(before)


def _values(identity: str, line: StatementLine, placed_at: datetime, seen_at: datetime) -> tuple[Any, ...]:
    at, seen = None if line.at is None else to_millis(line.at), to_millis(seen_at)
    raw = json.dumps(line.raw, ensure_ascii=False)
    where = (identity, to_millis(placed_at) if at is None else at, seen, seen)
    values = (line.amount_minor, line.txn_id, line.uuid, line.operation_type, line.status, line.purpose)
    return (*where, at, *values, raw)


def _stored_line(first: int, last: int, at: int | None, *values: Any) -> StoredLine:
    amount_minor, txn_id, uuid, operation_type, status, purpose, raw = values
    line = StatementLine(
        amount_minor=amount_minor,
        at=None if at is None else from_millis(at),
        txn_id=txn_id,
        uuid=uuid,
        operation_type=operation_type,
        status=status,
        purpose=purpose,
        raw=tuple((name, value) for name, value in json.loads(raw)),
    )
    return StoredLine(line, from_millis(first), from_millis(last))
