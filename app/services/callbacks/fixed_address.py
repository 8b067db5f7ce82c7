"""Callbacks at the fixed address `/xpay/`, which name no link (protocol.md A6b). Off unless the setting is on.

Anyone who knows the public address can send here, so nothing received is proof: a signed message is kept and answered,
and the operator is asked about the payment that it names; only [20003] settles it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.ids import LinkKey, PaymentId
from app.domain.journal.events import (
    CallbackReceived,
    OrphanReceived,
    SignatureCheck,
    Source,
    callback_dedupe_key,
)
from app.domain.operator_codes import FINAL_COMMANDS, JUDGED_COMMANDS, CallbackResult
from app.domain.payment import Link, Payment
from app.services.callbacks.callback_verdict import OK, CallbackContext, IntakePolicy, as_final, judge, unpayable
from app.services.callbacks.incoming_callback import IncomingCallback, MalformedCallback
from app.services.callbacks.replies import UNKNOWN_KEY, Reply
from app.services.ports.ledger_transaction import LedgerTransaction

FIXED_ADDRESS = LinkKey("")
"""No callback key: the listener's placeholder for callbacks to `/xpay/`."""
UNKNOWN_PAYMENT = "unknown payment"
MAX_JOURNALLED = 20
"""At most so many `check` and `auth` of a payment are journalled: they are not signed, and anyone may send them."""
ACCOUNT_LOOKBACK = timedelta(hours=24)
"""How long after its end a link is still found by account and sum (protocol.md A3.10)."""


def receive_unaddressed(
    tx: LedgerTransaction, incoming: IncomingCallback | MalformedCallback, policy: IntakePolicy, now: datetime
) -> Reply:
    """Return the answer: `check` and `auth` are judged, signed messages about money kept, everything else is 404."""
    if not policy.fixed_address or isinstance(incoming, MalformedCallback):
        return UNKNOWN_KEY
    if incoming.command in JUDGED_COMMANDS:
        return _judged(tx, incoming, policy, now)
    if incoming.command in FINAL_COMMANDS and incoming.signed is SignatureCheck.VERIFIED:
        return _record_signed(tx, incoming, policy, now)
    return UNKNOWN_KEY


def _judged(tx: LedgerTransaction, incoming: IncomingCallback, policy: IntakePolicy, now: datetime) -> Reply:
    """Judge a `check` or an `auth` where exactly one payable payment is named."""
    contexts = [CallbackContext(incoming, payment, link, now) for payment, link in _named(tx, incoming, now)]
    payable = [context for context in contexts if unpayable(tx, context) is None] or contexts
    if len(payable) != 1:
        return Reply(200, incoming.txn_id, CallbackResult.REFUSED, UNKNOWN_PAYMENT, now)
    [context] = payable
    fact = replace(judge(tx, context, policy), at_fixed_address=True)
    if _is_limit_reached(tx, context.payment.id):
        return Reply(200, fact.txn_id, fact.result, fact.message, now)
    return _append(tx, fact, context.payment.id, now)


def _is_limit_reached(tx: LedgerTransaction, payment_id: PaymentId) -> bool:
    facts = (entry.fact for entry in tx.entries(payment_id))
    return sum(isinstance(fact, CallbackReceived) and fact.at_fixed_address for fact in facts) >= MAX_JOURNALLED


def _record_signed(tx: LedgerTransaction, incoming: IncomingCallback, policy: IntakePolicy, now: datetime) -> Reply:
    """Keep a signed message: with the payment that it names, or as an orphan where it names none or several."""
    named = _named(tx, incoming, now)
    if len(named) == 1:
        [(payment, link)] = named
        fact = _fact(tx, CallbackContext(incoming, payment, link, now), policy)
        return _append(tx, fact, payment.id, now)
    orphan = orphan_of(incoming)
    tx.append(orphan, payment_id=None, source=Source.CALLBACK, at=now)
    return Reply(200, incoming.txn_id, CallbackResult.ACCEPTED, OK, now)


def orphan_of(incoming: IncomingCallback) -> OrphanReceived:
    """Return the fact of signed money that belongs to no known payment (protocol.md A3.9)."""
    return OrphanReceived(
        command=incoming.command,
        txn_id=incoming.txn_id,
        uuid=incoming.uuid or "",
        txn_date=incoming.txn_date or "",
        sum_minor=incoming.sum_minor or 0,
        txn_id_own=incoming.txn_id_own,
    )


def _append(tx: LedgerTransaction, judged: CallbackReceived, payment_id: PaymentId, now: datetime) -> Reply:
    """Keep the fact, or count a repetition, which gets the first one's answer (A3.5)."""
    known = tx.find(callback_dedupe_key(as_final(judged)))
    fact = known.fact if known and isinstance(known.fact, CallbackReceived) else judged
    appended = tx.append(fact, payment_id=payment_id, source=Source.CALLBACK, at=now)
    return Reply(200, fact.txn_id, fact.result, fact.message, appended.entry.at)


def _fact(tx: LedgerTransaction, context: CallbackContext, policy: IntakePolicy) -> CallbackReceived:
    """Return a signed message as it is stored: without verdicts, since nothing proves that it belongs to this link."""
    judged = judge(tx, context, policy)
    return replace(
        judged, counts=False, late=False, txn_reused=False, replay=False, refund_id=None, at_fixed_address=True
    )


def _named(tx: LedgerTransaction, incoming: IncomingCallback, now: datetime) -> list[tuple[Payment, Link]]:
    """Return the links that a message names: by our TransactionID, else by uuid, else by account and sum."""
    keys: tuple[LinkKey, ...] = ()
    if incoming.txn_id_own is not None:
        keys = tx.links_of_transaction(incoming.txn_id_own)
    if not keys and incoming.uuid is not None:
        keys = tx.links_of_uuid(incoming.uuid)
    if not keys and incoming.account and incoming.sum_minor is not None:
        keys = tx.links_of_account(incoming.account, incoming.sum_minor, now - ACCOUNT_LOOKBACK)
    found: list[tuple[Payment, Link]] = []
    for key in keys:
        payment_id = tx.payment_of_link(key)
        payment = tx.payment(payment_id) if payment_id else None
        if payment is not None:
            found += [(payment, link) for link in payment.links if link.key == key]
    return found
