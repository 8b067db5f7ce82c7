"""Turns a callback into a fact, once only, and an answer. The fact is written before the answer (protocol.md A3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.domain.errors import StorageError
from app.domain.ids import LinkKey, PaymentId
from app.domain.journal.events import (
    CallbackMalformed,
    CallbackReceived,
    KeysUnknown,
    SignatureCheck,
    Source,
    callback_dedupe_key,
)
from app.domain.operator_codes import CallbackCommand, CallbackResult
from app.services.callbacks.callback_verdict import OPERATOR_ZONE, CallbackContext, IntakePolicy, as_final, judge
from app.services.callbacks.fixed_address import FIXED_ADDRESS, orphan_of, receive_unaddressed
from app.services.callbacks.incoming_callback import IncomingCallback, MalformedCallback
from app.services.callbacks.replies import RETRY_LATER as RETRY_LATER
from app.services.callbacks.replies import UNKNOWN_KEY as UNKNOWN_KEY
from app.services.callbacks.replies import Reply as Reply
from app.services.ledger_mode import is_other_mode
from app.services.ports.clock import Clock
from app.services.ports.ledger import Ledger
from app.services.ports.ledger_transaction import LedgerTransaction

MAX_MALFORMED_JOURNALLED = 20
"""At most so many malformed callbacks of one link are journalled; the rest is counted (protocol.md A3.1)."""
MAX_UNKNOWN_COUNTED = 1000
"""At most so many callbacks to unknown keys are counted a day; further ones cause no writes."""


class Intake:
    """Receives parsed callbacks. Never raises for any input; a storage error becomes 503."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        policy: Callable[[], IntakePolicy],
        is_self_probe: Callable[[LinkKey], bool] = lambda key: False,
    ) -> None:
        """`policy` returns the current one; stored verdicts do not change (protocol.md A3.6).

        `is_self_probe` says whether our own check-up sent a request. It is called on the ledger's thread, and only
        for a key that no link has: such a request is not counted.
        """
        self._ledger = ledger
        self._clock = clock
        self._policy = policy
        self._is_self_probe = is_self_probe
        self.last_callback_at: datetime | None = None

    async def receive(self, key: LinkKey, incoming: IncomingCallback | MalformedCallback) -> Reply:
        """Return the answer after the fact is on disk; 404 for an unknown key, 503 when it could not be kept.

        FIXED_ADDRESS means no key. Also 503, and nothing is kept, where the settings are of the other mode than the
        ledger.
        """
        now, policy = self._clock.now(), self._policy()
        try:
            return await self._ledger.write(lambda tx: self._decide(tx, key, incoming, now, policy))
        except StorageError:
            return RETRY_LATER

    def _decide(
        self,
        tx: LedgerTransaction,
        key: LinkKey,
        incoming: IncomingCallback | MalformedCallback,
        now: datetime,
        policy: IntakePolicy,
    ) -> Reply:
        if is_other_mode(tx, policy.mode):
            return RETRY_LATER
        if key == FIXED_ADDRESS:
            return receive_unaddressed(tx, incoming, policy, now)
        payment_id = tx.payment_of_link(key)
        payment = tx.payment(payment_id) if payment_id else None
        link = next((link for link in payment.links if link.key == key), None) if payment else None
        if payment is None or payment_id is None or link is None:
            return UNKNOWN_KEY if self._is_self_probe(key) else _unmatched(tx, incoming, now)
        self.last_callback_at = now
        if isinstance(incoming, MalformedCallback):
            return _malformed(tx, payment_id, key, incoming, now)
        return _received(tx, judge(tx, CallbackContext(incoming, payment, link, now), policy), payment_id, now)


def _received(tx: LedgerTransaction, judged: CallbackReceived, payment_id: PaymentId, now: datetime) -> Reply:
    """Keep the fact, or count it as a repetition of the one with a final answer, and return that answer."""
    known = tx.find(callback_dedupe_key(as_final(judged)))
    fact = known.fact if known and isinstance(known.fact, CallbackReceived) else judged
    appended = tx.append(fact, payment_id=payment_id, source=Source.CALLBACK, at=now)
    if fact.command == CallbackCommand.PAY and not fact.is_trusted:
        # A wrong key setting of ours must not refuse money: the operator repeats the callback (A3.6).
        return RETRY_LATER
    return Reply(200, fact.txn_id, fact.result, fact.message, appended.entry.at)


def _unmatched(tx: LedgerTransaction, incoming: IncomingCallback | MalformedCallback, now: datetime) -> Reply:
    """An unknown key: genuine money is kept as an orphan, anything else is counted in the day's digest (A2, A3.9)."""
    if isinstance(incoming, IncomingCallback) and _is_genuine_money(incoming):
        tx.append(orphan_of(incoming), payment_id=None, source=Source.CALLBACK, at=now)
        return UNKNOWN_KEY
    digest = KeysUnknown(now.astimezone(OPERATOR_ZONE).date().isoformat())
    known = tx.find(digest.dedupe() or "")
    if known is None or known.repeats + 1 < MAX_UNKNOWN_COUNTED:
        tx.append(digest, payment_id=None, source=Source.CALLBACK, at=now)
    return UNKNOWN_KEY


def _malformed(
    tx: LedgerTransaction, payment_id: PaymentId, key: LinkKey, incoming: MalformedCallback, now: datetime
) -> Reply:
    facts = [entry.fact for entry in tx.entries(payment_id)]
    kept = sum(isinstance(fact, CallbackMalformed) and fact.link_key == key for fact in facts)
    nonce = str(kept) if kept < MAX_MALFORMED_JOURNALLED else str(MAX_MALFORMED_JOURNALLED - 1)
    fact = CallbackMalformed(key, incoming.reason, incoming.parameter, nonce)
    tx.append(fact, payment_id=payment_id, source=Source.CALLBACK, at=now)
    return Reply(200, incoming.txn_id or "", CallbackResult.REFUSED, f"{incoming.reason} {incoming.parameter}", now)


def _is_genuine_money(incoming: IncomingCallback) -> bool:
    return (
        incoming.command in (CallbackCommand.PAY, CallbackCommand.REFUND) and incoming.signed is SignatureCheck.VERIFIED
    )
