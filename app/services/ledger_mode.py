"""A ledger is for demo money or for real money, and so are the settings in use: both must agree (protocol.md A7).

While they do not, nothing is sent and nothing received is accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.domain.errors import WrongMode
from app.domain.ids import TransactionId
from app.services.ports.ledger import Ledger
from app.services.ports.ledger_transaction import LedgerTransaction
from app.services.ports.operator_gateway import (
    ConnectionReport,
    LinkAnswer,
    LinkOrder,
    OperatorGateway,
    RefundAnswer,
    RefundOrder,
    StatusAnswer,
)
from app.services.ports.statement_store import Statement


def is_other_mode(tx: LedgerTransaction, mode: str) -> bool:
    """Say whether this ledger holds payments of another mode than `mode`; one without payments agrees with both."""
    return tx.mode() not in (None, mode)


def refuse_other_mode(tx: LedgerTransaction, mode: str) -> None:
    """Raise WrongMode where `is_other_mode`: what was received in one mode is no fact of the other."""
    if is_other_mode(tx, mode):
        raise WrongMode(ledger=tx.mode(), settings=mode)


class ModeCheck:
    """Compares a ledger with the mode of the settings in use. A ledger never changes its mode, so it is read once."""

    def __init__(self, ledger: Ledger, mode: Callable[[], str]) -> None:
        """`mode` returns that of the current settings, `demo` or `live`."""
        self._ledger = ledger
        self._mode = mode
        self._ledger_mode: str | None = None

    async def require(self) -> None:
        """Return if the ledger is of this mode or has no payment yet. Raises WrongMode, StorageError."""
        if self._ledger_mode is None:
            self._ledger_mode = await self._ledger.mode()
        mode = self._mode()
        if self._ledger_mode not in (None, mode):
            raise WrongMode(ledger=self._ledger_mode, settings=mode)


class ModeBoundOperator:
    """An OperatorGateway that sends nothing about a ledger of the other mode, whichever service asks: WrongMode.

    `test_connection` alone is always sent: it concerns no payment, and correcting the settings needs it.
    """

    def __init__(self, operator: Callable[[], OperatorGateway], mode: ModeCheck) -> None:
        """`operator` returns the current client, of the same settings as the mode that is checked."""
        self._operator = operator
        self._mode = mode

    @property
    def last_answer_at(self) -> datetime | None:
        return self._operator().last_answer_at

    @property
    def last_latency_ms(self) -> float | None:
        return self._operator().last_latency_ms

    @property
    def problem(self) -> str | None:
        return self._operator().problem

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        await self._mode.require()
        return await self._operator().create_link(order)

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        await self._mode.require()
        return await self._operator().ask_status(transaction_id, terminal_id)

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        await self._mode.require()
        return await self._operator().refund(order)

    async def statement(self, start: datetime, end: datetime) -> Statement:
        await self._mode.require()
        return await self._operator().statement(start, end)

    async def test_connection(self) -> ConnectionReport:
        return await self._operator().test_connection()

    async def retire(self) -> None:
        await self._operator().retire()

    async def close(self) -> None:
        await self._operator().close()
