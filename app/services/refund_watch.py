"""Asks about refunds in flight until it is known what became of them (protocol.md A3.10, A5)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from app.domain.ids import PaymentId, RefundId
from app.domain.payment import Payment, Refund
from app.services import pace
from app.services.failures import failures_logged
from app.services.ports.clock import Clock
from app.services.ports.ledger import PaymentView
from app.services.questions import Questions
from app.services.refunds import IN_FLIGHT, Refunds

log = logging.getLogger(__name__)


class RefundWatch:
    """Belongs to the process that holds the home's listener lock, so that its memory keeps the limits of A4."""

    def __init__(self, refunds: Refunds, clock: Clock, places: asyncio.Semaphore | None = None) -> None:
        """`places`: of the questions about links, which share the limit of A4 (`Watch.places`)."""
        self._refunds = refunds
        self._clock = clock
        self._places = places or asyncio.Semaphore()
        self._owed: set[PaymentId] = set()
        self._asked_at: dict[RefundId, datetime] = {}
        self._questions: Questions[PaymentId] = Questions("a refund of payment")
        self._place = asyncio.Semaphore(1)

    def look(self, views: Sequence[PaymentView], *, everything: bool = False) -> None:
        """Start the questions that are due about these payments and let them run; the first look asks about all.

        `everything`: ask about all once more, as the first look did, though not sooner than after `LEAST_GAP`.
        """
        for payment in (view.payment for view in views):
            with failures_logged(log, f"watching a refund of payment {payment.number}"):
                self._start_if_due(payment, everything=everything)

    async def settled(self) -> None:
        """Wait for the questions that are out."""
        await self._questions.settled()

    async def close(self) -> None:
        """Drop the questions that are out."""
        await self._questions.close()

    def _start_if_due(self, payment: Payment, *, everything: bool) -> None:
        now = self._clock.now()
        waiting = [refund for refund in payment.refunds if refund.status in IN_FLIGHT]
        if everything and waiting:
            self._owed.add(payment.id)
        least_only = payment.id in self._owed
        if not any(self._is_due(refund, now, least_only) for refund in waiting) or payment.id in self._questions:
            return
        self._owed.discard(payment.id)
        self._asked_at |= {refund.id: now for refund in waiting}
        self._questions.start(payment.id, str(payment.number), partial(self._ask, payment.id))

    def _is_due(self, refund: Refund, now: datetime, least_only: bool) -> bool:
        asked_at = self._asked_at.get(refund.id)
        if asked_at is None or asked_at > now:
            return True
        age = now - (refund.requested_at or asked_at)
        return now - asked_at >= (pace.LEAST_GAP if least_only else pace.growing(age, least=pace.LEAST_GAP))

    async def _ask(self, payment_id: PaymentId) -> None:
        async with self._place, self._places:
            await self._refunds.ask(payment_id)
