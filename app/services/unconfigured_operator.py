"""The gateway of a home that is not configured for the operator yet: every call names what is missing."""

from __future__ import annotations

from datetime import datetime

from app.domain.errors import NotConfigured
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


class UnconfiguredOperator:
    """Implements the port OperatorGateway. Everything that would be sent raises NotConfigured."""

    def __init__(self, missing: str) -> None:
        """`missing`: the setting that is needed first."""
        self.missing = missing
        self.last_answer_at: datetime | None = None
        self.last_latency_ms: float | None = None
        self.problem: str | None = None

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        raise NotConfigured(setting=self.missing)

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        raise NotConfigured(setting=self.missing)

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        raise NotConfigured(setting=self.missing)

    async def test_connection(self) -> ConnectionReport:
        raise NotConfigured(setting=self.missing)

    async def statement(self, start: datetime, end: datetime) -> Statement:
        raise NotConfigured(setting=self.missing)

    async def retire(self) -> None:
        """Nothing is pending."""

    async def close(self) -> None:
        """Nothing is open."""
