"""Refunds (protocol.md A5): the intent is committed first, sent once, and never sent again by the program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.errors import (
    AmountZero,
    NotConfigured,
    NotFound,
    OperatorError,
    OperatorRefused,
    RefundInFlight,
    RefundReasonMissing,
    RefundsChanged,
    RefundSettled,
    RefundUnknown,
    WrongMode,
)
from app.domain.ids import PaymentId, RefundId
from app.domain.journal.events import (
    VERDICT_VERSION,
    CallbackReceived,
    JournalEntry,
    RefundAnswered,
    RefundRequested,
    Source,
)
from app.domain.operator_codes import CallbackCommand, OperationStatus
from app.domain.payment import REFUND_IN_FLIGHT, Payment, Refund, RefundStatus
from app.domain.payment_fold.refundable import choose_pay
from app.domain.text.card_numbers import TYPED_TEXT
from app.domain.text.redaction import redact_text
from app.domain.timestamps import MILLISECOND
from app.services.ledger_mode import ModeCheck, refuse_other_mode
from app.services.payment_history import history_in
from app.services.ports.clock import Clock
from app.services.ports.entropy import Entropy
from app.services.ports.ledger import Ledger, PaymentHistory
from app.services.ports.ledger_transaction import LedgerTransaction
from app.services.ports.operator_gateway import OperatorGateway, RefundOrder
from app.services.sales.customers import parse_free_text

_OUTCOMES: dict[int | None, RefundStatus] = {
    OperationStatus.DONE: RefundStatus.DONE,
    OperationStatus.DECLINED: RefundStatus.FAILED,
}
"""[20003] about a refund's own TransactionID: these two are final, anything else is unknown (protocol.md A5, B 7)."""

IN_FLIGHT = REFUND_IN_FLIGHT


@dataclass(frozen=True, slots=True)
class RefundPolicy:
    """`max_transit`: how long a request may still be in transit; longer than the operator's timeout. `mode`: A7.

    `terminal_id`: the TerminalID of new requests; each keeps its own.
    """

    max_transit: timedelta
    mode: str
    terminal_id: str


class Refunds:
    """Requests and settles refunds. Every method returns the payment as it is afterwards."""

    def __init__(
        self,
        ledger: Ledger,
        operator: OperatorGateway,
        clock: Clock,
        entropy: Entropy,
        policy: Callable[[], RefundPolicy],
    ) -> None:
        """`policy` returns the current one."""
        self._ledger = ledger
        self._operator = operator
        self._clock = clock
        self._entropy = entropy
        self._policy = policy
        self._mode = ModeCheck(ledger, lambda: policy().mode)

    async def refund(
        self,
        payment_id: PaymentId,
        amount_minor: int | None,
        reason: str,
        *,
        seen: int | None = None,
        by: str | None = None,
    ) -> PaymentHistory:
        """Refund an amount (kopecks), or without one the whole rest of the latest pay.

        `seen`: seq of the journal that the person decided on; a refund that is newer may be this very one.
        Raises NotFound, AmountZero, RefundReasonMissing, CardNumberTyped, RefundInFlight, RefundsChanged,
        RefundTooMuch, NothingToRefund, WrongMode: nothing was written. OperatorRefused: recorded as failed.
        RefundUnknown: recorded as unknown, in flight. NotConfigured: recorded as failed, since nothing was sent; so is
        a WrongMode of the gateway.
        """
        kept_reason = _reason(reason)
        if amount_minor is not None and amount_minor <= 0:
            raise AmountZero()
        intent, order = await self._commit(payment_id, amount_minor, kept_reason, seen, by)
        try:
            answer = await self._operator.refund(order)
        except (NotConfigured, WrongMode) as failure:
            await self._record(payment_id, intent.refund_id, RefundStatus.FAILED, failure.code, Source.PROGRAM)
            raise
        except OperatorError as failure:
            message = str(failure.details.get("message") or failure.details.get("reason") or failure.code)
            await self._record(payment_id, intent.refund_id, RefundStatus.UNKNOWN, message, Source.OPERATOR)
            raise RefundUnknown(reason=message) from failure
        status = RefundStatus.FAILED if answer.failed else RefundStatus.REQUESTED
        history = await self._record(payment_id, intent.refund_id, status, answer.message, Source.OPERATOR)
        if answer.failed:
            raise OperatorRefused(operator_code=str(answer.operation_status), message=answer.message, reason="refused")
        return history

    async def ask(self, payment_id: PaymentId) -> PaymentHistory:
        """Ask [20003] about refunds in flight; only a final outcome is journalled.

        Raises NotFound, OperatorRefused (for example an unknown id), OperatorUnreachable, WrongMode,
        StorageError.
        """
        await self._mode.require()
        history = await self._history(payment_id)
        for refund in history.payment.refunds:
            if refund.status not in IN_FLIGHT or refund.transaction_id is None:
                continue
            terminal_id = refund.terminal_id or history.payment.terminal_id
            answer = await self._operator.ask_status(refund.transaction_id, terminal_id)
            status = _OUTCOMES.get(answer.operation_status)
            if status is RefundStatus.DONE or (
                status is RefundStatus.FAILED and await self._has_failed(history, refund)
            ):
                history = await self._record(payment_id, refund.id, status, answer.message, Source.INQUIRY)
        return history

    async def _has_failed(self, history: PaymentHistory, refund: Refund) -> bool:
        """Say whether a "failed" is certain: the operator accepted the request, or it can no longer be in transit.

        What [20003] answers for an id that it has not seen yet is unknown, and a second refund would move real money.
        """
        answers = _answers(await self._ledger.entries(history.payment.id), refund.id)
        taken = any(getattr(entry.fact, "status", "") == RefundStatus.REQUESTED for entry in answers)
        asked_at = refund.requested_at or self._clock.now()
        return taken or self._clock.now() >= asked_at + self._policy().max_transit

    async def conclude(
        self,
        payment_id: PaymentId,
        refund_id: RefundId,
        *,
        done: bool,
        reason: str,
        seen: int | None = None,
        by: str | None = None,
    ) -> PaymentHistory:
        """Record what a person found out about a refund in flight. A refund callback still takes precedence.

        `seen`: as in `refund`; requests and answers of other refunds do not count here. Raises NotFound,
        RefundReasonMissing, CardNumberTyped, RefundSettled, RefundsChanged, RefundInFlight while the request may still
        be in transit.
        """
        kept_reason = _reason(reason)
        status = RefundStatus.DONE if done else RefundStatus.FAILED

        def decide(tx: LedgerTransaction) -> PaymentHistory:
            refund = _refund(tx.require(payment_id), refund_id)
            if refund.status not in IN_FLIGHT:
                raise RefundSettled(status=refund.status.value)
            entries = tx.entries(payment_id)
            answers = _answers(entries, refund_id)
            _require_seen([*answers, *(entry for entry in entries if _is_callback(entry))], seen)
            if self._may_be_in_transit(entries, self._clock.now()):
                raise RefundInFlight()
            return self._append(tx, payment_id, RefundAnswered(refund_id, status, kept_reason, by=by), Source.PERSON)

        return await self._ledger.write(decide)

    def _may_be_in_transit(self, entries: Sequence[JournalEntry], now: datetime) -> bool:
        """Say whether a request may still be in transit to the operator: sent lately, and [30203] has not answered.

        A callback may have settled it already, but that may belong to an earlier try: the answer is awaited (A5).
        """
        answered = {entry.fact.refund_id for entry in entries if isinstance(entry.fact, RefundAnswered)}
        max_transit = self._policy().max_transit
        return any(
            entry.fact.refund_id not in answered and abs(now - entry.at) < max_transit
            for entry in entries
            if isinstance(entry.fact, RefundRequested)
        )

    async def _commit(
        self, payment_id: PaymentId, amount_minor: int | None, reason: str, seen: int | None, by: str | None
    ) -> tuple[RefundRequested, RefundOrder]:
        """Write the intent in the transaction that checks the rules, so that two windows send one (protocol.md A5)."""

        policy = self._policy()

        def decide(tx: LedgerTransaction) -> tuple[RefundRequested, RefundOrder]:
            now = self._clock.now()
            payment = tx.require(payment_id)
            refuse_other_mode(tx, policy.mode)
            entries = tx.entries(payment_id)
            if any(refund.status in IN_FLIGHT for refund in payment.refunds) or self._may_be_in_transit(entries, now):
                raise RefundInFlight()
            _require_seen(entries, seen)
            chosen = choose_pay(entries, payment, amount_minor)
            intent = RefundRequested(
                refund_id=RefundId(f"r{self._entropy.nonce()}"),
                amount_minor=chosen.amount_minor,
                txn_id=chosen.txn_id,
                transaction_id=self._entropy.transaction_id(),
                reason=reason,
                by=by,
                terminal_id=policy.terminal_id,
                verdict_version=VERDICT_VERSION,
            )
            tx.append(intent, payment_id=payment_id, source=Source.TILL, at=now)
            part = None if chosen.is_whole else chosen.amount_minor
            return intent, RefundOrder(intent.transaction_id, chosen.txn_id, part, now, policy.terminal_id)

        return await self._ledger.write(decide)

    async def _record(
        self, payment_id: PaymentId, refund_id: RefundId, status: RefundStatus, message: str, source: Source
    ) -> PaymentHistory:
        """Write an answer. That of [30203] always: a callback that arrived first must not hide a refusal (A5).

        One of an inquiry only while it is new; a final outcome stays.
        """

        mode = self._policy().mode

        def decide(tx: LedgerTransaction) -> PaymentHistory:
            if source is Source.INQUIRY:
                refuse_other_mode(tx, mode)
            payment = tx.require(payment_id)
            current = _refund(payment, refund_id).status
            if source is Source.INQUIRY and (current not in IN_FLIGHT or current is status):
                return history_in(tx, payment_id)
            return self._append(tx, payment_id, RefundAnswered(refund_id, status, message), source)

        return await self._ledger.write(decide)

    def _append(
        self, tx: LedgerTransaction, payment_id: PaymentId, fact: RefundAnswered, source: Source
    ) -> PaymentHistory:
        answers = _answers(tx.entries(payment_id), fact.refund_id)
        numbered = RefundAnswered(fact.refund_id, fact.status, fact.message, str(len(answers)), fact.by)
        # The fold sorts answers by their time: a clock that was set back must not move the newest one back.
        at = max([self._clock.now(), *(entry.at + MILLISECOND for entry in answers)])
        tx.append(numbered, payment_id=payment_id, source=source, at=at)
        return history_in(tx, payment_id)

    async def _history(self, payment_id: PaymentId) -> PaymentHistory:
        history = await self._ledger.payment_history(payment_id)
        if history is None:
            raise NotFound(payment=payment_id)
        return history


def _reason(text: str) -> str:
    line = parse_free_text(text, "reason")
    if line is None:
        raise RefundReasonMissing()
    return redact_text(line, TYPED_TEXT)


def _refund(payment: Payment, refund_id: RefundId) -> Refund:
    found = next((refund for refund in payment.refunds if refund.id == refund_id), None)
    if found is None:
        raise NotFound(payment=payment.id, refund=refund_id)
    return found


def _answers(entries: Sequence[JournalEntry], refund_id: RefundId) -> list[JournalEntry]:
    return [e for e in entries if isinstance(e.fact, RefundAnswered) and e.fact.refund_id == refund_id]


def _require_seen(entries: Sequence[JournalEntry], seen: int | None) -> None:
    """Refuse a decision made before the newest refund facts were seen. Raises RefundsChanged."""
    if seen is None:
        return
    newer = (entry for entry in entries if entry.seq > seen)
    if any(isinstance(entry.fact, RefundRequested | RefundAnswered) or _is_callback(entry) for entry in newer):
        raise RefundsChanged()


def _is_callback(entry: JournalEntry) -> bool:
    return isinstance(entry.fact, CallbackReceived) and entry.fact.command == CallbackCommand.REFUND
