"""The answer to a callback and its verdicts: all that depends on the moment of receipt, judged once (A3.6, A3.8).

To change an answer: edit `_refusal`; the reasons are shown to the payer and the cashier, their words are in `i18n`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.ids import LinkKey, RefundId
from app.domain.journal.events import (
    VERDICT_VERSION,
    CallbackReceived,
    SignatureCheck,
)
from app.domain.operator_codes import FINAL_COMMANDS, JUDGED_COMMANDS, KNOWN_COMMANDS, CallbackCommand, CallbackResult
from app.domain.payment import AUTHORISED_GRACE, Link, Payment, PaymentStatus
from app.domain.payment_fold.received import callbacks_in
from app.domain.payment_fold.refund_fold import request_settled_by
from app.services.callbacks.incoming_callback import IncomingCallback
from app.services.ports.ledger_transaction import LedgerTransaction
from app.services.sales.customers import normalized_account

OPERATOR_ZONE = ZoneInfo("Europe/Kyiv")
"""The operator's times carry no zone; Kyiv is assumed (protocol.md A1.1)."""

OK = "Ok"
WALLETS = frozenset({"gpay", "applepay"})
EXPIRED_GRACE: timedelta = AUTHORISED_GRACE
"""A payer who opened the page in time is not refused at the last click (protocol.md A3.6)."""


@dataclass(frozen=True, slots=True)
class IntakePolicy:
    """`mode`: that of the settings in use; a ledger of the other one accepts nothing (protocol.md A7).

    `accept_unsigned`: a `pay` without any `sign` on a known key counts (`callbacks.signature` = `optional`).

    `answer_auth`: Google and Apple Pay are accepted (`operator.answer_auth`).
    """

    accept_unsigned: bool = False
    answer_auth: bool = True
    fixed_address: bool = False
    """Callbacks without a key are accepted at `/xpay/` (`callbacks.fixed_address`, A6b)."""
    mode: str = "live"


@dataclass(frozen=True, slots=True)
class CallbackContext:
    """A callback with the payment and the link that its key names, and the moment of its receipt."""

    incoming: IncomingCallback
    payment: Payment
    link: Link
    at: datetime


def judge(tx: LedgerTransaction, context: CallbackContext, policy: IntakePolicy) -> CallbackReceived:
    """Return the fact with its answer and its verdicts."""
    incoming, payment = context.incoming, context.payment
    reason = _refusal(tx, context, policy)
    verified = incoming.signed is SignatureCheck.VERIFIED
    unsigned = incoming.signed is SignatureCheck.MISSING and policy.accept_unsigned
    accepted = incoming.command == CallbackCommand.PAY and (verified or unsigned)
    reused = accepted and bool(tx.payments_with_txn(incoming.txn_id) - {payment.id})
    of_money = accepted or (incoming.command in FINAL_COMMANDS and verified)
    replay = of_money and not reused and _is_replay(tx, context.link.key, incoming)
    return CallbackReceived(
        link_key=context.link.key,
        command=incoming.command,
        txn_id=incoming.txn_id,
        uuid=incoming.uuid,
        txn_date=incoming.txn_date,
        sum_minor=incoming.sum_minor,
        signed=incoming.signed,
        result=CallbackResult.REFUSED if reason else CallbackResult.ACCEPTED,
        message=reason or OK,
        counts=accepted and not replay and not reused,
        late=accepted and _is_late(context),
        txn_reused=reused,
        replay=replay,
        signature=incoming.signature,
        card=incoming.card,
        account=incoming.account,
        gateway=incoming.gateway,
        pay_type=incoming.pay_type,
        error_text=incoming.error_text,
        other=dict(incoming.other),
        refund_id=None if replay or not verified else _settled_request(tx, context),
        txn_id_own=incoming.txn_id_own,
        verdict_version=VERDICT_VERSION,
    )


def _settled_request(tx: LedgerTransaction, context: CallbackContext) -> RefundId | None:
    """Return our request that a verified `refund` settles, of those that exist now (protocol.md A5)."""
    incoming = context.incoming
    if incoming.command != CallbackCommand.REFUND or incoming.sum_minor is None:
        return None
    entries = tx.entries(context.payment.id)
    return request_settled_by(entries, callbacks_in(entries), incoming.sum_minor, incoming.txn_id_own)


def as_final(fact: CallbackReceived) -> CallbackReceived:
    """Return the fact as if it had been finally accepted: its dedupe key finds that earlier answer.

    A refused `check` or `auth` and an unsigned `pay` answered 503 are judged anew, an accepted one is not (A3.5).
    """
    if fact.command in JUDGED_COMMANDS:
        return replace(fact, result=CallbackResult.ACCEPTED, message=OK)
    if fact.command == CallbackCommand.PAY and fact.signed is SignatureCheck.MISSING:
        return replace(fact, counts=True)
    return fact


def _refusal(tx: LedgerTransaction, context: CallbackContext, policy: IntakePolicy) -> str | None:
    """Return why the answer is 21, in a few stable words; None for 10. `pay`, `error`, `refund` are never refused."""
    incoming = context.incoming
    if incoming.command not in KNOWN_COMMANDS:
        return "unknown command"
    if incoming.command not in JUDGED_COMMANDS:
        return None
    reason = unpayable(tx, context)
    supported = policy.answer_auth and (incoming.gateway or "").lower() in WALLETS
    return "not supported" if reason is None and incoming.command == CallbackCommand.AUTH and not supported else reason


def unpayable(tx: LedgerTransaction, context: CallbackContext) -> str | None:
    """Return why this link may not be paid in this way. The link is the one that the key names, not the newest."""
    incoming, payment, link = context.incoming, context.payment, context.link
    if payment.state is PaymentStatus.PAID:
        return "already paid"
    if link.cancelled:
        return "cancelled"
    if context.at - link.expires_at > EXPIRED_GRACE:
        return "expired"
    if incoming.sum_minor is not None and incoming.sum_minor != payment.amount_minor:
        return "wrong sum"
    contact = tx.contact(payment.contact_id)
    given = {normalized_account(text) for text in (contact.phone, contact.email) if text} if contact else set()
    if given and normalized_account(incoming.account or "") not in given:
        return "unknown account"
    return None


def _is_late(context: CallbackContext) -> bool:
    """Late: on a cancelled link, or received after the end with an operator's time that is not before it."""
    if context.link.cancelled:
        return True
    if context.at < context.link.expires_at:
        return False
    paid_at = _operator_time(context.incoming.txn_date)
    return paid_at is None or paid_at >= context.link.expires_at


def _operator_time(txn_date: str | None) -> datetime | None:
    """Return the instant of `YYYYMMDDHHMMSS`, Kyiv time (protocol.md A1.1); None when it does not parse."""
    try:
        return datetime.strptime(txn_date or "", "%Y%m%d%H%M%S").replace(tzinfo=OPERATOR_ZONE)
    except ValueError:
        return None


def _is_replay(tx: LedgerTransaction, key: LinkKey, incoming: IncomingCallback) -> bool:
    """Say whether the signature was seen with other values: one signature is one fact, on one link.

    It covers neither the command nor the limits of its values (protocol.md A3.4, B 5.7), so the same bytes could say
    `pay` instead of `error`, or another sum. An unverified fact proves nothing, but an `error` is no money at all.
    """
    if incoming.signature is None:
        return False
    own = (incoming.command, key, incoming.txn_id, incoming.uuid, incoming.txn_date, incoming.sum_minor)
    for fact in tx.callbacks_with_signature(incoming.signature):
        if fact.at_fixed_address:
            continue  # the same message by its other route; what it names is not signed
        known = (fact.command, fact.link_key, fact.txn_id, fact.uuid, fact.txn_date, fact.sum_minor)
        signed = fact.command in FINAL_COMMANDS and fact.signed is SignatureCheck.VERIFIED
        proves = signed or fact.command == CallbackCommand.ERROR
        if proves and known != own:
            return True
    return False
