"""Polls refunds in flight until their outcome is known (protocol.md A3.10, A5)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from app.domain.ids import PaymentId, RefundId
from app.domain.payment import Payment, Refund
from app.services.failures import failures_logged
from app.services.ports.clock import Clock
from app.services.ports.ledger import PaymentView
from app.services.refunds.refunds import IN_FLIGHT, Refunds
from app.services.status import poll_schedule
from app.services.status.inquiry_tasks import InquiryTasks

log = logging.getLogger(__name__)


class RefundPoller:
    """Runs only in the process that holds the home's listener lock, so that the limits of A4 can be kept in memory."""

    def __init__(self, refunds: Refunds, clock: Clock, slots: asyncio.Semaphore | None = None) -> None:
        """`slots`: those of the link inquiries, which share the limit of A4 (`StatusInquiry.slots`)."""
        self._refunds = refunds
        self._clock = clock
        self._slots = slots or asyncio.Semaphore()
        self._pending: set[PaymentId] = set()
        self._asked_at: dict[RefundId, datetime] = {}
        self._inquiry_tasks: InquiryTasks[PaymentId] = InquiryTasks("a refund of payment")
        self._own_slot = asyncio.Semaphore(1)

    def poll(self, views: Sequence[PaymentView], *, everything: bool = False) -> None:
        """Start the inquiries that are due about these payments, without waiting; the first call asks about all.

        `everything`: ask about all once more, as the first call did, though not sooner than after `MIN_INTERVAL`.
        """
        for payment in (view.payment for view in views):
            with failures_logged(log, f"watching a refund of payment {payment.number}"):
                self._start_if_due(payment, everything=everything)

    async def wait_until_idle(self) -> None:
        """Wait for the pending inquiries."""
        await self._inquiry_tasks.wait_until_idle()

    async def close(self) -> None:
        """Cancel the pending inquiries."""
        await self._inquiry_tasks.close()

    def _start_if_due(self, payment: Payment, *, everything: bool) -> None:
        now = self._clock.now()
        waiting = [refund for refund in payment.refunds if refund.status in IN_FLIGHT]
        if everything and waiting:
            self._pending.add(payment.id)
        least_only = payment.id in self._pending
        if not any(self._is_due(refund, now, least_only) for refund in waiting) or payment.id in self._inquiry_tasks:
            return
        self._pending.discard(payment.id)
        self._asked_at |= {refund.id: now for refund in waiting}
        self._inquiry_tasks.start(payment.id, str(payment.number), partial(self._ask, payment.id))

    def _is_due(self, refund: Refund, now: datetime, least_only: bool) -> bool:
        asked_at = self._asked_at.get(refund.id)
        if asked_at is None or asked_at > now:
            return True
        age = now - (refund.requested_at or asked_at)
        return now - asked_at >= (
            poll_schedule.MIN_INTERVAL if least_only else poll_schedule.backoff(age, least=poll_schedule.MIN_INTERVAL)
        )

    async def _ask(self, payment_id: PaymentId) -> None:
        async with self._own_slot, self._slots:
            await self._refunds.ask(payment_id)
