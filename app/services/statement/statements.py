"""The operator's statement of a period, [20002]: fetched and kept, so that it can be compared with the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.services.ports.clock import Clock
from app.services.ports.operator_gateway import OperatorGateway
from app.services.ports.statement_store import StatementStore, StoredLine


@dataclass(frozen=True, slots=True)
class FetchedStatement:
    """A period's rows after the operator was asked; the `unreadable` ones of its answer are not among them."""

    lines: tuple[StoredLine, ...]
    new: int
    unreadable: int


class Statements:
    def __init__(self, store: StatementStore, operator: OperatorGateway, clock: Clock) -> None:
        self._store = store
        self._operator = operator
        self._clock = clock

    async def fetch(self, start: datetime, end: datetime) -> FetchedStatement:
        """Ask for the rows between two instants, both inclusive, and keep them. Raises OperatorError, StorageError.

        Rows of earlier fetches that the operator did not list again stay: reconciliation needs to see an absence.
        """
        seen_at = self._clock.now()
        statement = await self._operator.statement(start, end)
        new = await self._store.keep(statement.lines, start, seen_at)
        return FetchedStatement(tuple(await self._store.kept(start, end)), new, statement.unreadable)

    async def kept(self, start: datetime, end: datetime) -> list[StoredLine]:
        """Return what earlier fetches stored, without a request."""
        return await self._store.kept(start, end)
