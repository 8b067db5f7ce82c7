"""Status inquiries about links, and resuming interrupted creations (protocol.md A1.2, A4)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.errors import NotFound
from app.domain.ids import LinkKey, PaymentId
from app.domain.journal.events import (
    VERDICT_VERSION,
    CallbackReceived,
    JournalEntry,
    LinkCreated,
    OperatorSilent,
    Source,
    StatusAnswered,
)
from app.domain.operator_codes import OperationStatus
from app.domain.payment import Link, LinkState, PaymentStatus
from app.domain.payment_fold.received import is_counted
from app.services.failures import failures_logged
from app.services.ledger_mode import ModeCheck, refuse_other_mode
from app.services.ports.clock import Clock
from app.services.ports.ledger import Ledger, PaymentHistory, PaymentView
from app.services.ports.ledger_transaction import InquiryRecord, LedgerTransaction
from app.services.ports.operator_gateway import OperatorGateway, StatusAnswer
from app.services.sales.till import Till
from app.services.status import poll_schedule

BASELINE_WITHIN = timedelta(seconds=5)
MAX_CONCURRENT = 5
log = logging.getLogger(__name__)
Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class InquiryPolicy:
    """`proves`: a change to 10 settles the payment; otherwise it only raises attention (protocol.md A4).

    `mode`: that of the settings in use; no inquiry is sent about a ledger of the other one (protocol.md A7).
    """

    proves: bool
    mode: str = "live"


class StatusInquiry:
    """Sends inquiries about a link. Never more than five at a time, nor one link more often than every ten seconds."""

    def __init__(
        self,
        ledger: Ledger,
        operator: OperatorGateway,
        clock: Clock,
        policy: Callable[[], InquiryPolicy],
        pause: Pause = asyncio.sleep,
    ) -> None:
        """`policy` returns the current one; `pause` waits for so many seconds: until it is an inquiry's turn."""
        self._ledger = ledger
        self._operator = operator
        self._clock = clock
        self._policy = policy
        self._pause = pause
        self._mode = ModeCheck(ledger, lambda: policy().mode)
        self.slots = asyncio.Semaphore(MAX_CONCURRENT)
        """One for each inquiry that may be pending; other users of [20003] take one, too."""

    @property
    def proves(self) -> bool:
        """Say whether an answer can settle a payment at all (protocol.md A4)."""
        return self._policy().proves

    async def ask(self, payment_id: PaymentId, *, baseline: bool = False, key: LinkKey | None = None) -> PaymentHistory:
        """Ask [20003] about a link, the newest by default; waits for its turn. Only a changed answer is journalled.

        Raises NotFound, OperatorRefused, OperatorUnreachable, WrongMode, StorageError.
        """
        await self._mode.require()
        view = await self._ledger.payment_history(payment_id)
        if view is None:
            raise NotFound(payment=payment_id)
        link = _link_of(view, key)
        if link.state is not LinkState.CREATED:
            return view
        await self._take_turn(link.key)
        async with self.slots:
            paid = await self._is_paid_through(view, link)
            asked_at = self._clock.now()
            policy = self._policy()  # the answer is judged by the settings that the inquiry is sent with
            answer = await self._operator.ask_status(link.transaction_id, link.terminal_id or view.payment.terminal_id)
        now = self._clock.now()

        def decide(tx: LedgerTransaction) -> None:
            refuse_other_mode(tx, policy.mode)
            if (known := tx.inquiry(link.key)) is not None:
                tx.save_inquiry(link.key, replace(known, answered_at=now))
            entries = tx.entries(payment_id)
            early = baseline and asked_at <= now <= _made_at(entries, link) + BASELINE_WITHIN
            fact = _judge(entries, link, answer, early=early, paid=paid, policy=policy)
            if fact is not None:
                tx.append(fact, payment_id=payment_id, source=Source.INQUIRY, at=now)

        await self._ledger.write(decide)
        return await self._ledger.payment_history(payment_id) or view

    async def _is_paid_through(self, view: PaymentView, link: Link) -> bool:
        """Say whether this very link's callbacks made the payment paid: read before the inquiry is sent."""
        if view.payment.state is not PaymentStatus.PAID:
            return False
        return any(_is_pay_of(entry, link) for entry in await self._ledger.entries(view.payment.id))

    async def resume_all(self, till: Till, views: Sequence[PaymentView]) -> None:
        """Try those again that are `creating` and whose lease is over. Failures stay recorded; nothing is raised.

        A link that is created in the end is asked about at once, for its baseline.
        """
        for view in views:
            if view.payment.state is not PaymentStatus.CREATING:
                continue
            with failures_logged(log, f"resuming payment {view.payment.number}"):
                if await till.finish(view.payment.id) is not None:
                    await self.ask(view.payment.id, baseline=True)

    async def record_silence(self, *, recent_only: bool = False) -> None:
        """Record the links that [20003] gave no answer about until a day after their end (protocol.md A3.9).

        `recent_only`: only of links whose day has ended since yesterday, for repeated calls.
        What cannot be recorded is logged. Raises WrongMode, since a silence of the other operator means nothing, and
        StorageError where not even the list of them can be read.
        """
        await self._mode.require()
        now = self._clock.now()
        ended_after = now - 2 * poll_schedule.POLLED_AFTER_EXPIRY if recent_only else None
        for view in await self._ledger.unanswered(now, ended_after):
            payment_id, fact = view.payment.id, OperatorSilent(view.payment.link.key, VERDICT_VERSION)

            def decide(tx: LedgerTransaction, payment_id: PaymentId = payment_id, fact: OperatorSilent = fact) -> None:
                tx.append(fact, payment_id=payment_id, source=Source.PROGRAM, at=now)

            with failures_logged(log, f"noting the silence about payment {view.payment.number}"):
                await self._ledger.write(decide)

    async def _take_turn(self, key: LinkKey) -> None:
        """Claim the next inquiry about a link; the claim is on disk, so that other processes keep the limit, too."""
        while True:
            now = self._clock.now()

            def claim(tx: LedgerTransaction, now: datetime = now) -> float:
                known = tx.inquiry(key)
                wait = poll_schedule.wait_before(known.asked_at if known else None, now).total_seconds()
                if wait <= 0:
                    asked, answered_at = (known.asked, known.answered_at) if known else (0, None)
                    tx.save_inquiry(key, InquiryRecord(asked + 1, now, answered_at))
                return wait

            wait = await self._ledger.write(claim)
            if wait <= 0:
                return
            await self._pause(wait)


def _link_of(view: PaymentView, key: LinkKey | None) -> Link:
    return next((link for link in view.payment.links if link.key == key), view.payment.link)


def _made_at(entries: list[JournalEntry], link: Link) -> datetime:
    """Return when the operator's link was known: no payment was possible before, however long the tries took."""
    created = (entry for entry in entries if isinstance(entry.fact, LinkCreated) and entry.fact.link_key == link.key)
    return min((entry.at for entry in created), default=link.created_at)


def _judge(
    entries: list[JournalEntry], link: Link, answer: StatusAnswer, *, early: bool, paid: bool, policy: InquiryPolicy
) -> StatusAnswered | None:
    """Return the fact to write, or None when the answer is the same as the last one.

    `paid`: money was received through this link before the inquiry was sent, so that a "failed" contradicts it (A3.9).
    """
    answered = [e for e in entries if isinstance(e.fact, StatusAnswered) and e.fact.link_key == link.key]
    earlier = [e.fact for e in answered if isinstance(e.fact, StatusAnswered)]
    same = bool(earlier) and earlier[-1].operation_status == answer.operation_status
    contradicts = answer.operation_status == OperationStatus.DECLINED and paid
    if same and not (contradicts and not _contradicted(entries, answered[-1], link)):
        return None
    baseline = next((fact.operation_status for fact in earlier if fact.baseline), None)
    says_paid = answer.operation_status == OperationStatus.DONE and not early
    proves = says_paid and policy.proves and baseline is not None and baseline != OperationStatus.DONE
    return StatusAnswered(
        link_key=link.key,
        transaction_id=link.transaction_id,
        operation_status=answer.operation_status,
        message=answer.message,
        baseline=early and not earlier,
        proves=proves,
        hint=says_paid and not proves,
        nonce=str(len(earlier)),
        contradicts=contradicts,
        verdict_version=VERDICT_VERSION,
    )


def _contradicted(entries: list[JournalEntry], answered: JournalEntry, link: Link) -> bool:
    """Say whether an earlier "failed" was a contradiction already. In older journals the times decide."""
    fact = answered.fact
    if isinstance(fact, StatusAnswered) and fact.verdict_version:
        return fact.contradicts
    return not any(_is_pay_of(entry, link) and entry.at > answered.at for entry in entries)


def _is_pay_of(entry: JournalEntry, link: Link) -> bool:
    fact = entry.fact
    return isinstance(fact, CallbackReceived) and fact.link_key == link.key and is_counted(fact)
