"""The ports that are not the ledger, under a test's hand: a clock that is set, an operator that is scripted."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.ids import TransactionId
from app.services.ports import LinkAnswer, LinkOrder, StatusAnswer
from tests.builders import START


class FakeClock:
    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def pass_time(self, **span: float) -> None:
        self.moment += timedelta(**span)


class ScriptedOperator:
    """Answers with what was put into `links` and `statuses`, first in, first out; an exception is raised."""

    def __init__(self) -> None:
        self.links: list[LinkAnswer | Exception] = []
        self.statuses: list[int | Exception | None] = []
        self.orders: list[LinkOrder] = []
        self.asked: list[TransactionId] = []

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        self.orders.append(order)
        answer = self.links.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask_status(self, transaction_id: TransactionId) -> StatusAnswer:
        self.asked.append(transaction_id)
        answer = self.statuses.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return StatusAnswer(answer, "done")

    async def close(self) -> None:
        """Nothing is open."""
