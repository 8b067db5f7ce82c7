"""A callback becomes a fact, once only, and an answer. Written first, answered second (protocol.md A3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.errors import StorageError
from app.domain.events import CallbackMalformed, CallbackReceived, OrphanReceived, Signed, Source, callback_dedupe_key
from app.domain.ids import LinkKey, PaymentId
from app.domain.payment import Link, Payment
from app.services.ports import (
    Clock,
    Entropy,
    IncomingCallback,
    Ledger,
    LedgerTransaction,
    MalformedCallback,
)

OPERATOR_ZONE = ZoneInfo("Europe/Kyiv")
"""The operator's times carry no zone; Kyiv is assumed (protocol.md A1.1)."""

ACCEPTED, REFUSED = "10", "21"
MALFORMED_KEPT = 20
"""So many malformed callbacks of one link are journalled; the rest is counted (protocol.md A3.1)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the operator hears. `status` 404 and 503 have no body; `at` is the moment both dates are made from."""

    status: int
    txn_id: str = ""
    result: str = ""
    message: str = ""
    at: datetime | None = None


UNKNOWN_KEY = Reply(404)
COME_AGAIN = Reply(503)


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """`accept_unsigned`: a `pay` without any `sign` on a known key counts (`callbacks.signature` = `optional`)."""

    accept_unsigned: bool = False


class Intake:
    """Receives parsed callbacks. Never raises for what the world may send; storage trouble becomes 503."""

    def __init__(self, ledger: Ledger, clock: Clock, entropy: Entropy, rules: IntakeRules) -> None:
        self._ledger = ledger
        self._clock = clock
        self._entropy = entropy
        self._rules = rules
        self.unknown_keys = 0
        self.last_callback_at: datetime | None = None

    def use(self, rules: IntakeRules) -> None:
        """Judge by these rules from now on; verdicts that are stored stay (protocol.md A3.6)."""
        self._rules = rules

    async def receive(self, key: LinkKey, incoming: IncomingCallback | MalformedCallback) -> Reply:
        """Return the answer after the fact is on disk; 404 for an unknown key, 503 when it could not be kept."""
        now = self._clock.now()
        try:
            return await self._ledger.write(lambda tx: self._decide(tx, key, incoming, now))
        except StorageError:
            return COME_AGAIN

    def _decide(
        self, tx: LedgerTransaction, key: LinkKey, incoming: IncomingCallback | MalformedCallback, now: datetime
    ) -> Reply:
        payment_id = tx.payment_of_link(key)
        payment = tx.payment(payment_id) if payment_id else None
        if payment is None or payment_id is None:
            return self._orphan(tx, incoming, now)
        self.last_callback_at = now
        if isinstance(incoming, MalformedCallback):
            return self._malformed(tx, payment_id, key, incoming, now)
        link = next(link for link in payment.links if link.key == key)
        fact = judge(tx, payment, link, incoming, now, accept_unsigned=self._rules.accept_unsigned)
        known = tx.find(callback_dedupe_key(fact))
        appended = tx.append(fact, payment_id=payment_id, source=Source.CALLBACK, at=now)
        first = known.fact if known and isinstance(known.fact, CallbackReceived) else fact
        if fact.command == "pay" and not first.counts and first.signed is not Signed.VERIFIED:
            # A wrong key setting of ours must not refuse money: the operator comes again (A3.6).
            return COME_AGAIN
        return Reply(200, fact.txn_id, first.result, first.message, appended.entry.at)

    def _orphan(self, tx: LedgerTransaction, incoming: IncomingCallback | MalformedCallback, now: datetime) -> Reply:
        self.unknown_keys += 1
        if isinstance(incoming, IncomingCallback) and _is_genuine_money(incoming):
            orphan = OrphanReceived(
                incoming.command,
                incoming.txn_id,
                incoming.uuid or "",
                incoming.txn_date or "",
                incoming.sum_minor or 0,
            )
            tx.append(orphan, payment_id=None, source=Source.CALLBACK, at=now)
        return UNKNOWN_KEY

    def _malformed(
        self, tx: LedgerTransaction, payment_id: PaymentId, key: LinkKey, incoming: MalformedCallback, now: datetime
    ) -> Reply:
        kept = sum(
            1
            for entry in tx.entries(payment_id)
            if isinstance(entry.fact, CallbackMalformed) and entry.fact.link_key == key
        )
        nonce = str(kept) if kept < MALFORMED_KEPT else str(MALFORMED_KEPT - 1)
        fact = CallbackMalformed(key, incoming.reason, incoming.parameter, nonce)
        tx.append(fact, payment_id=payment_id, source=Source.CALLBACK, at=now)
        return Reply(200, incoming.txn_id or "", REFUSED, f"{incoming.reason} {incoming.parameter}", now)


def _is_genuine_money(incoming: IncomingCallback) -> bool:
    return incoming.command in ("pay", "refund") and incoming.signed is Signed.VERIFIED


def judge(
    tx: LedgerTransaction,
    payment: Payment,
    link: Link,
    incoming: IncomingCallback,
    now: datetime,
    *,
    accept_unsigned: bool,
) -> CallbackReceived:
    """Return the fact with its verdicts: all that depends on this moment is decided here, once (A3.8)."""
    result, message = _answer(incoming)
    trusted = incoming.signed is Signed.VERIFIED or (incoming.signed is Signed.MISSING and accept_unsigned)
    is_pay = incoming.command == "pay"
    return CallbackReceived(
        link_key=link.key,
        command=incoming.command,
        txn_id=incoming.txn_id,
        uuid=incoming.uuid,
        txn_date=incoming.txn_date,
        sum_minor=incoming.sum_minor,
        signed=incoming.signed,
        result=result,
        message=message,
        counts=is_pay and trusted,
        late=is_pay and trusted and _is_late(link, incoming, now),
        txn_reused=is_pay and trusted and bool(tx.payments_with_txn(incoming.txn_id) - {payment.id}),
        replay=is_pay and trusted and _is_replay(tx, incoming),
        signature=incoming.signature,
        card=incoming.card,
        account=incoming.account,
        gateway=incoming.gateway,
        pay_type=incoming.pay_type,
        error_text=incoming.error_text,
        other=dict(incoming.other),
    )


def _answer(incoming: IncomingCallback) -> tuple[str, str]:
    if incoming.command in ("pay", "error", "refund"):
        return ACCEPTED, "Ok"
    # `check` and `auth` are answered from the ledger when that part of the table lands; until then: no.
    return REFUSED, "not supported"


def _is_late(link: Link, incoming: IncomingCallback, now: datetime) -> bool:
    """Late: on a cancelled link, or received after the end with an operator's time that is not before it."""
    if link.cancelled:
        return True
    if now < link.expires_at:
        return False
    paid_at = _operator_time(incoming.txn_date)
    return paid_at is None or paid_at >= link.expires_at


def _operator_time(txn_date: str | None) -> datetime | None:
    """Return the instant of `YYYYMMDDHHMMSS`, Kyiv time (protocol.md A1.1); None when it does not parse."""
    try:
        return datetime.strptime(txn_date or "", "%Y%m%d%H%M%S").replace(tzinfo=OPERATOR_ZONE)
    except ValueError:
        return None


def _is_replay(tx: LedgerTransaction, incoming: IncomingCallback) -> bool:
    """The command is not signed: a signature first seen under `error` proves a failure, not money."""
    if incoming.signature is None:
        return False
    seen = tx.commands_with_signature(incoming.signature)
    return any(command == "error" for command, _ in seen) and ("pay", True) not in seen
