"""Asking the operator about links, and finishing what was interrupted (protocol.md A1.2, A4)."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from app.domain.errors import NotFound, OperatorError, PaydeskError
from app.domain.events import JournalEntry, Source, StatusAnswered
from app.domain.ids import LinkKey, PaymentId
from app.domain.payment import LinkState, PaymentStatus
from app.services.ports import Clock, Ledger, LedgerTransaction, OperatorGateway, PaymentView, StatusAnswer
from app.services.till import Till

DONE = 10
BASELINE_WITHIN_S = 5.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AskingRules:
    """`proves`: a change to 10 settles the payment; otherwise it only raises attention (protocol.md A4)."""

    proves: bool


class Watch:
    """Asks about one payment on demand; `resume_all` finishes intents whose owner is gone."""

    def __init__(self, ledger: Ledger, operator: OperatorGateway, clock: Clock, rules: AskingRules) -> None:
        self._ledger = ledger
        self._operator = operator
        self._clock = clock
        self._rules = rules

    async def ask(self, payment_id: PaymentId, *, baseline: bool = False) -> PaymentView:
        """Ask [20003] about the newest link that exists; only a changed answer is journalled.

        Raises NotFound, OperatorRefused, OperatorUnreachable, StorageError.
        """
        view = await self._ledger.payment(payment_id)
        if view is None:
            raise NotFound(payment=payment_id)
        link = view.payment.link
        if link.state is not LinkState.CREATED:
            return view
        asked_at = self._clock.now()
        answer = await self._operator.ask_status(link.transaction_id)
        now = self._clock.now()
        early = baseline and (now - link.created_at).total_seconds() <= BASELINE_WITHIN_S and now >= asked_at

        def decide(tx: LedgerTransaction) -> None:
            fact = _judge(tx.entries(payment_id), link.key, answer, early, self._rules)
            if fact is not None:
                tx.append(fact, payment_id=payment_id, source=Source.ASKING, at=now)

        await self._ledger.write(decide)
        return await self._ledger.payment(payment_id) or view

    async def resume_all(self, till: Till) -> None:
        """Try every `creating` payment again whose lease is over. Failures stay recorded; nothing is raised."""
        for view in await self._ledger.unfinished(self._clock.now()):
            if view.payment.state is PaymentStatus.CREATING:
                try:
                    await till.resume(view.payment.id)
                except OperatorError as failure:
                    log.info("resuming payment %s: %s", view.payment.number, failure.code)

    async def ask_all(self) -> None:
        """Ask once about every payment that is not final (at start). Failures are logged by code, nothing is raised."""
        for view in await self._ledger.unfinished(self._clock.now()):
            try:
                await self.ask(view.payment.id)
            except PaydeskError as failure:
                log.info("asking about payment %s: %s", view.payment.number, failure.code)


def _judge(
    entries: list[JournalEntry], key: LinkKey, answer: StatusAnswer, early: bool, rules: AskingRules
) -> StatusAnswered | None:
    """Return the fact to write, or None when the answer is the same as the last one."""
    earlier = [e.fact for e in entries if isinstance(e.fact, StatusAnswered) and e.fact.link_key == key]
    if earlier and earlier[-1].operation_status == answer.operation_status:
        return None
    baseline = next((fact.operation_status for fact in earlier if fact.baseline), None)
    says_paid = answer.operation_status == DONE and not early
    proves = says_paid and rules.proves and baseline is not None and baseline != DONE
    transaction_id = next(e.fact.transaction_id for e in reversed(entries) if hasattr(e.fact, "transaction_id"))
    return StatusAnswered(
        link_key=key,
        transaction_id=transaction_id,
        operation_status=answer.operation_status,
        message=answer.message,
        baseline=early and not earlier,
        proves=proves,
        hint=says_paid and not proves,
        nonce=str(len(earlier)),
    )
