"""A person settles what needs attention, with a reason (protocol.md A3.9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.domain.errors import (
    NotConfirmable,
    NotFound,
    NothingToSettle,
    SeqUnknown,
    SettleReasonMissing,
    StorageError,
)
from app.domain.ids import PaymentId
from app.domain.journal.events import JournalEntry, PaymentSettled, Source
from app.domain.payment import Attention, Payment, PaymentStatus
from app.domain.payment_fold.attention import codes_of
from app.domain.payment_fold.fold import fold
from app.domain.text.card_numbers import TYPED_TEXT
from app.domain.text.redaction import redact_text
from app.services.payment_history import history_in
from app.services.ports.clock import Clock
from app.services.ports.entropy import Entropy
from app.services.ports.ledger import Ledger, PaymentHistory
from app.services.ports.ledger_transaction import LedgerTransaction
from app.services.sales.customers import parse_free_text


@dataclass(frozen=True, slots=True)
class ShownPayment:
    """A payment as it stood on a screen. `seen`: seq of the journal that the screen was read at."""

    payment_id: PaymentId
    seen: int


@dataclass(frozen=True, slots=True)
class BulkSettlement:
    """What became of payments that were settled together, each in one of the lists.

    `settled`: nothing is left; `newer`: news came since they were shown, which stay; `ended`: nothing was left to
    settle, somebody else did it; `left`: not tried, or the one that `problem` stopped at.
    """

    settled: tuple[PaymentId, ...] = ()
    newer: tuple[PaymentId, ...] = ()
    ended: tuple[PaymentId, ...] = ()
    left: tuple[PaymentId, ...] = ()
    problem: StorageError | None = None


class ManualSettlement:
    """Settles the causes of attention that a person has seen; newer ones stay."""

    def __init__(self, ledger: Ledger, clock: Clock, entropy: Entropy) -> None:
        self._ledger = ledger
        self._clock = clock
        self._entropy = entropy

    async def settle(
        self, payment_id: PaymentId, reason: str, *, seen: int | None = None, paid: bool = False, by: str | None = None
    ) -> PaymentHistory:
        """Settle the causes that were open at `seen` and still are; with `paid` the payment becomes paid, too.

        `seen`: seq of the journal that the person had seen (`as_of` of a payment); None: the current one, before
        anything else is awaited. `paid` needs `operator_says_paid` among the settled causes (protocol.md A3.9).
        Raises SettleReasonMissing, CardNumberTyped, TextTooLong, SeqUnknown, NotFound, NothingToSettle,
        NotConfirmable (nothing was written), StorageError.
        """
        last = await self._ledger.last_seq()
        line = parse_free_text(reason, "reason")
        if line is None:
            raise SettleReasonMissing()
        seen_seq = last if seen is None else seen
        if not 0 <= seen_seq <= last:
            raise SeqUnknown(seen=seen_seq, last=last)
        kept_reason = redact_text(line, TYPED_TEXT)

        def decide(tx: LedgerTransaction) -> PaymentHistory:
            payment = tx.require(payment_id)
            causes = _seen_causes(payment, tx.entries(payment_id), seen_seq)
            if paid:
                _require_confirmable(payment, causes)
            fact = PaymentSettled(causes, kept_reason, paid, by, self._entropy.nonce(), seen_seq)
            tx.append(fact, payment_id=payment_id, source=Source.PERSON, at=self._clock.now())
            settled = history_in(tx, payment_id)
            if paid and settled.payment.state is not PaymentStatus.PAID:
                raise NotConfirmable(reason="counted")  # rolled back: no settlement without effect
            return settled

        return await self._ledger.write(decide)

    async def settle_shown(
        self,
        shown: Sequence[ShownPayment],
        reason: str,
        *,
        by: str | None = None,
        go_on: Callable[[BulkSettlement], bool] = lambda done: True,
    ) -> BulkSettlement:
        """Settle these payments one after the other with one reason, each as `settle` does; none becomes paid.

        `go_on` is asked before each, on this loop, with what is done so far; False ends it. Data that cannot be
        written end it, too (`problem`); what was settled by then stays settled. Raises SettleReasonMissing,
        CardNumberTyped, TextTooLong, SeqUnknown (nothing was written), StorageError (of the first read).
        """
        last = await self._ledger.last_seq()
        if parse_free_text(reason, "reason") is None:
            raise SettleReasonMissing()
        if unknown := [one.seen for one in shown if not 0 <= one.seen <= last]:
            raise SeqUnknown(seen=unknown[0], last=last)
        done = BulkSettlement(left=tuple(one.payment_id for one in shown))
        for one in shown:
            if not go_on(done):
                return done
            try:
                done = await self._settle_one(one, reason, by, done)
            except StorageError as problem:
                return replace(done, problem=problem)
        return done

    async def _settle_one(self, one: ShownPayment, reason: str, by: str | None, done: BulkSettlement) -> BulkSettlement:
        rest = replace(done, left=done.left[1:])
        try:
            history = await self.settle(one.payment_id, reason, seen=one.seen, by=by)
        except NothingToSettle as refusal:
            if refusal.details.get("reason") == "newer":
                return replace(rest, newer=(*done.newer, one.payment_id))
            return replace(rest, ended=(*done.ended, one.payment_id))
        except NotFound:
            return replace(rest, ended=(*done.ended, one.payment_id))
        if history.payment.attention:
            return replace(rest, newer=(*done.newer, one.payment_id))
        return replace(rest, settled=(*done.settled, one.payment_id))


def _seen_causes(payment: Payment, entries: Sequence[JournalEntry], seen: int) -> tuple[str, ...]:
    """Return the open causes that the facts up to `seen` raise, sorted. Raises NothingToSettle."""
    try:
        raised = fold([entry for entry in entries if entry.seq <= seen]).attention_causes
    except ValueError:  # at that moment there was no payment yet
        raised = ()
    causes = tuple(cause for cause in payment.attention_causes if cause in raised)
    if causes:
        return causes
    raise NothingToSettle(reason="newer") if payment.attention_causes else NothingToSettle()


def _require_confirmable(payment: Payment, causes: Sequence[str]) -> None:
    if Attention.OPERATOR_SAYS_PAID in codes_of(causes):
        return
    raise NotConfirmable(reason="newer") if Attention.OPERATOR_SAYS_PAID in payment.attention else NotConfirmable()
