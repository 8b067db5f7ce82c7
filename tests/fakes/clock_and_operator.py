"""Fakes of the ports besides the ledger: a clock that the test sets, an operator that it scripts."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.ids import TransactionId
from app.services.ports.operator_gateway import (
    ConnectionReport,
    LinkAnswer,
    LinkOrder,
    RefundAnswer,
    RefundOrder,
    StatusAnswer,
)
from app.services.ports.statement_store import Statement
from tests.builders import START


class FakeClock:
    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def pass_time(self, **span: float) -> None:
        self.moment += timedelta(**span)


class ScriptedOperator:
    """Answers from the queues `links`, `statuses` and `answers` (of refunds), first in, first out.

    An exception in a queue is raised. `connection` and `rows` are returned each time.
    """

    def __init__(self) -> None:
        self.links: list[LinkAnswer | Exception] = []
        self.statuses: list[int | Exception | None] = []
        self.answers: list[RefundAnswer | Exception] = []
        self.refunds: list[RefundOrder] = []
        self.connection: ConnectionReport | Exception = ConnectionReport(12.0, None, "done")
        self.rows: Statement | Exception = Statement(())
        self.orders: list[LinkOrder] = []
        self.asked: list[TransactionId] = []
        self.last_answer_at: datetime | None = None
        self.last_latency_ms: float | None = None
        self.problem: str | None = None

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        self.orders.append(order)
        answer = self.links.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        self.asked.append(transaction_id)
        answer = self.statuses.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return StatusAnswer(answer, "done")

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        self.refunds.append(order)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def test_connection(self) -> ConnectionReport:
        if isinstance(self.connection, Exception):
            raise self.connection
        return self.connection

    async def statement(self, start: datetime, end: datetime) -> Statement:
        if isinstance(self.rows, Exception):
            raise self.rows
        return self.rows

    async def retire(self) -> None:
        """Do nothing: no request is in flight."""

    async def close(self) -> None:
        """Do nothing: no connection is open."""
