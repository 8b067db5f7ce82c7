"""The port of the operator's API, with the values that it takes and returns. Nothing here depends on HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.ids import TransactionId
from app.services.ports.statement_store import Statement


@dataclass(frozen=True, slots=True)
class LinkOrder:
    """What [10005] asks for (protocol.md A1.3). `phone` is `380XXXXXXXXX`; absent is None, never an empty text."""

    transaction_id: TransactionId
    amount_minor: int
    currency: str
    account: str
    callback_url: str
    locale: str
    requested_at: datetime
    terminal_id: str
    phone: str | None = None
    email: str | None = None
    order: str | None = None
    purpose: str | None = None
    pay_type: str | None = None


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """A link that the operator created: an allowed https address (http on loopback) and the operator's ids."""

    url: str
    uuid: str | None
    operation_id: str | None


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """The answer of [20003]. `operation_status`: a value that is no `OperationStatus`, or None, is not final."""

    operation_status: int | None
    message: str


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What [30203] asks for (protocol.md A5). `amount_minor` None: all that was received under `txn_id`."""

    transaction_id: TransactionId
    txn_id: str
    amount_minor: int | None
    requested_at: datetime
    terminal_id: str


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """An answer of [30203] with `Code` 200: `failed`, or accepted and in transit (protocol.md A5)."""

    failed: bool
    message: str
    operation_status: int | None = None


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """The answer of [20001]. `operator_time` is that of its HTTP answer, `balance_minor` None when it named none."""

    latency_ms: float
    operator_time: datetime | None
    message: str
    balance_minor: int | None = None


class OperatorGateway(Protocol):
    """The operator's API. Raises OperatorRefused, OperatorUnreachable, NotConfigured, never an HTTP error."""

    @property
    def last_answer_at(self) -> datetime | None: ...

    @property
    def last_latency_ms(self) -> float | None: ...

    @property
    def problem(self) -> str | None:
        """Return why the last request got no answer, `code: reason`; None when it got one."""
        ...

    async def create_link(self, order: LinkOrder) -> LinkAnswer: ...

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        """Ask for the status of a request, [20003], by the pair of ids that it was sent with."""
        ...

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        """Request a refund, [30203]. An OperatorError means that the outcome is unknown; NotConfigured: not sent."""
        ...

    async def test_connection(self) -> ConnectionReport:
        """Ask for the balance, [20001], which moves no money. Raises OperatorRefused for a wrong token, for example."""
        ...

    async def statement(self, start: datetime, end: datetime) -> Statement:
        """Return the wallet's rows of a period, [20002]; instants, both inclusive."""
        ...

    async def retire(self) -> None:
        """Close when the pending requests have ended; no new ones are sent through this gateway."""
        ...

    async def close(self) -> None: ...
