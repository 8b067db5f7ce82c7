"""The cashier's commands: ask for money, try again, cancel, renew. Intents are committed before a request leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.errors import (
    Defect,
    LinkReplaced,
    NotCancellable,
    NotFound,
    NotRenewable,
    OperatorRefused,
    OperatorUnreachable,
    WrongMode,
)
from app.domain.ids import LinkKey, PaymentId, TransactionId
from app.domain.journal.events import (
    LinkAbandoned,
    LinkCancelled,
    LinkCreated,
    LinkRefused,
    LinkRequested,
    LinkUnanswered,
    PaymentRequested,
    Source,
)
from app.domain.money import check_amount
from app.domain.payment import Link, LinkState, Payment, PaymentStatus
from app.domain.timestamps import MILLISECOND
from app.services.payment_history import history_in
from app.services.ports.clock import Clock
from app.services.ports.entropy import Entropy
from app.services.ports.ledger import Ledger, PaymentHistory
from app.services.ports.ledger_transaction import Contact, LedgerTransaction
from app.services.ports.operator_gateway import LinkOrder, OperatorGateway
from app.services.sales.renewal import renewal_refusal

MAX_TRIES = 3
LONGEST_LEASE = timedelta(minutes=10)
"""Longer than any lease that the settings allow: one that ends later was set by another clock."""
_MINUTE = timedelta(minutes=1)
CANCELLABLE = frozenset({PaymentStatus.CREATING, PaymentStatus.OPEN, PaymentStatus.AUTHORISED, PaymentStatus.EXPIRED})
_REPLACEABLE = frozenset({PaymentStatus.OPEN, PaymentStatus.EXPIRED})
_WHY_NOT_REPLACEABLE = {
    PaymentStatus.PAID: "paid",
    PaymentStatus.UNDERPAID: "paid",
    PaymentStatus.AUTHORISED: "paying",
}
RENEWABLE = frozenset({PaymentStatus.EXPIRED, PaymentStatus.CANCELLED, PaymentStatus.NOT_CREATED})


@dataclass(frozen=True, slots=True)
class Sale:
    """What the cashier typed, already checked. `phone` is `380XXXXXXXXX`."""

    amount_minor: int
    purpose: str | None = None
    order: str | None = None
    phone: str | None = None
    email: str | None = None
    pay_type: str | None = None
    locale: str | None = None
    ttl: timedelta | None = None
    created_by: str | None = None


@dataclass(frozen=True, slots=True)
class TillPolicy:
    """What the settings say about links. `lease` must be longer than the operator's timeout (protocol.md A1.2)."""

    callback_base: str
    terminal_id: str
    payer_locale: str
    ttl: timedelta
    max_amount_minor: int
    lease: timedelta
    mode: str
    owner: str


class Till:
    """Makes payments and their links. Every method returns the payment as it is afterwards."""

    def __init__(
        self,
        ledger: Ledger,
        operator: OperatorGateway,
        clock: Clock,
        entropy: Entropy,
        policy: Callable[[], TillPolicy],
    ) -> None:
        """`policy` returns the current one; it is called once for each command."""
        self._ledger = ledger
        self._operator = operator
        self._clock = clock
        self._entropy = entropy
        self._policy = policy

    async def request_payment(self, sale: Sale) -> PaymentHistory:
        """Commit a new payment with the intent of its first link; no request has been sent yet.

        Raises AmountZero, AmountOverLimit, WrongMode, StorageError.
        """
        policy = self._policy()
        check_amount(sale.amount_minor, limit_minor=policy.max_amount_minor)
        now = self._clock.now()
        payment_id = self._entropy.payment_id()

        def decide(tx: LedgerTransaction) -> PaymentHistory:
            _require_mode(tx, policy.mode)
            request = PaymentRequested(
                number=tx.next_number(),
                amount_minor=sale.amount_minor,
                currency="UAH",
                terminal_id=policy.terminal_id,
                locale=sale.locale or policy.payer_locale,
                purpose=sale.purpose,
                order=sale.order,
                contact_id=tx.remember_contact(sale.phone, sale.email),
                pay_type=sale.pay_type,
                created_by=sale.created_by,
                ttl_minutes=round(sale.ttl / _MINUTE) if sale.ttl else None,
            )
            tx.append(request, payment_id=payment_id, source=Source.TILL, at=now)
            intent = self._intent(policy, self._entropy.link_key(), now, now + (sale.ttl or policy.ttl))
            tx.append(intent, payment_id=payment_id, source=Source.TILL, at=now)
            return history_in(tx, payment_id)

        return await self._ledger.write(decide)

    async def open_link(self, payment_id: PaymentId, *, known: PaymentHistory | None = None) -> PaymentHistory:
        """Send the newest intent to the operator and record the outcome.

        `known`: the payment as its intent was committed, where the caller already has it: saves a read.

        Raises OperatorRefused (recorded: not created), OperatorUnreachable (recorded: outcome unknown, tried again
        when the lease is over), NotFound, StorageError.
        """
        history = known or await self._history(payment_id)
        link = history.payment.link
        if link.state is not LinkState.REQUESTED:
            return history
        try:
            answer = await self._operator.create_link(_order(history.payment, history.contact, self._clock.now()))
        except OperatorRefused as refusal:
            code = refusal.details.get("operator_code")
            message = str(refusal.details.get("message") or refusal.details.get("reason") or "")
            refused = LinkRefused(link.key, link.transaction_id, None if code is None else str(code), message)
            await self._record(payment_id, refused)
            raise
        except OperatorUnreachable as failure:
            reason = str(failure.details.get("reason") or "silent")
            await self._record(payment_id, LinkUnanswered(link.key, link.transaction_id, reason))
            raise
        created = LinkCreated(link.key, link.transaction_id, answer.url, answer.uuid, answer.operation_id)
        return await self._record(payment_id, created)

    async def resume(self, payment_id: PaymentId, *, force: bool = False) -> PaymentHistory:
        """Finish a payment's link as `finish` does; returns the payment unchanged where there was nothing to send."""
        return await self.finish(payment_id, force=force) or await self._history(payment_id)

    async def finish(self, payment_id: PaymentId, *, force: bool = False) -> PaymentHistory | None:
        """Try a `creating` payment again when its lease is over, with a new TransactionID and the same key.

        Returns None when there was nothing to send: it is created, abandoned, or another process holds the lease.
        `force`: the lease is not waited for, where the newest try is known to have ended.
        Raises as `open_link`.
        """
        now, policy = self._clock.now(), self._policy()

        def decide(tx: LedgerTransaction) -> bool:
            payment = tx.require(payment_id)
            link = payment.link
            if tx.mode() not in (None, policy.mode):
                return False  # created in the other mode: not with these settings
            ended = force and _has_ended(tx, payment)
            if payment.state is not PaymentStatus.CREATING or (_is_leased(link, now) and not ended):
                return False
            if link.tries >= MAX_TRIES or now >= link.expires_at:
                tx.append(LinkAbandoned(link.key), payment_id=payment_id, source=Source.PROGRAM, at=now)
                return False
            intent = self._intent(policy, link.key, now, link.expires_at)
            tx.append(intent, payment_id=payment_id, source=Source.PROGRAM, at=_time_after_earlier(tx, payment_id, now))
            return True

        return await self.open_link(payment_id) if await self._ledger.write(decide) else None

    async def cancel(
        self, payment_id: PaymentId, *, link: LinkKey | None = None, by: str | None = None
    ) -> PaymentHistory:
        """Mark the newest link as cancelled; the payer's page may still work.

        `link`: the one that the person saw; a newer one is not cancelled, since a customer may be paying there.
        Raises NotCancellable, LinkReplaced, NotFound.
        """
        now = self._clock.now()

        def decide(tx: LedgerTransaction) -> None:
            payment = tx.require(payment_id)
            status = payment.status(now)
            if link is not None and payment.link.key != link:
                raise LinkReplaced(number=payment.number)
            if status is PaymentStatus.CANCELLED:
                return
            if status not in CANCELLABLE:
                raise NotCancellable(status=status.value, number=payment.number)
            tx.append(LinkCancelled(payment.link.key, by), payment_id=payment_id, source=Source.PERSON, at=now)

        await self._ledger.write(decide)
        return await self._history(payment_id)

    async def cancel_unpaid(self, payment_id: PaymentId, *, link: LinkKey, by: str | None = None) -> PaymentHistory:
        """Cancel the link that the person saw so that another sale takes its place: nobody may be paying with it.

        Raises NotCancellable (`reason`: `paid`, `paying`, `elsewhere`), MoneyMayHaveCome, LinkReplaced, NotFound,
        StorageError.
        """
        now = self._clock.now()

        def decide(tx: LedgerTransaction) -> PaymentHistory:
            payment = tx.require(payment_id)
            status = payment.status(now)
            if payment.link.key != link:
                raise LinkReplaced(number=payment.number)
            if status not in _REPLACEABLE:
                reason = _WHY_NOT_REPLACEABLE.get(status, "elsewhere")
                raise NotCancellable(status=status.value, number=payment.number, reason=reason)
            if (refusal := renewal_refusal(payment, tx.entries(payment_id))) is not None:
                raise refusal
            tx.append(LinkCancelled(payment.link.key, by), payment_id=payment_id, source=Source.PERSON, at=now)
            return history_in(tx, payment_id)

        return await self._ledger.write(decide)

    async def renew(self, payment_id: PaymentId) -> PaymentHistory:
        """Commit the intent of a new link of the same payment; `open_link` then sends it.

        Raises NotFound, NotRenewable, MoneyMayHaveCome (`renewal.py` says when), WrongMode, StorageError.
        """
        now, policy = self._clock.now(), self._policy()

        def decide(tx: LedgerTransaction) -> PaymentHistory:
            _require_mode(tx, policy.mode)
            payment = tx.require(payment_id)
            status = payment.status(now)
            if status not in RENEWABLE:
                raise NotRenewable(status=status.value, number=payment.number)
            if (refusal := renewal_refusal(payment, tx.entries(payment_id))) is not None:
                raise refusal
            ttl = _chosen_ttl(tx, payment_id) or policy.ttl
            intent = self._intent(policy, self._entropy.link_key(), now, now + ttl)
            tx.append(intent, payment_id=payment_id, source=Source.TILL, at=_time_after_earlier(tx, payment_id, now))
            return history_in(tx, payment_id)

        return await self._ledger.write(decide)

    def _intent(self, policy: TillPolicy, key: LinkKey, now: datetime, expires_at: datetime) -> LinkRequested:
        return LinkRequested(
            link_key=key,
            transaction_id=self._entropy.transaction_id(),
            callback_url=f"{policy.callback_base}/xpay/{key}",
            expires_at=expires_at,
            lease_until=now + policy.lease,
            owner=policy.owner,
            terminal_id=policy.terminal_id,
        )

    async def _record(self, payment_id: PaymentId, fact: LinkCreated | LinkRefused | LinkUnanswered) -> PaymentHistory:
        now = self._clock.now()

        def decide(tx: LedgerTransaction) -> PaymentHistory:
            tx.append(fact, payment_id=payment_id, source=Source.OPERATOR, at=now)
            return history_in(tx, payment_id)

        return await self._ledger.write(decide)

    async def _history(self, payment_id: PaymentId) -> PaymentHistory:
        history = await self._ledger.payment_history(payment_id)
        if history is None:
            raise NotFound(payment=payment_id)
        return history


def _is_leased(link: Link, now: datetime) -> bool:
    """Say whether a process may still wait for the answer; a clock that was set back must not prolong that for ever."""
    return now < link.lease_until <= now + LONGEST_LEASE


def _time_after_earlier(tx: LedgerTransaction, payment_id: PaymentId, now: datetime) -> datetime:
    """Return `now`, or a later moment where the clock was set back: the fold takes the latest intent for the newest."""
    asked = (entry.at for entry in tx.entries(payment_id) if isinstance(entry.fact, LinkRequested))
    return max([now, *(at + MILLISECOND for at in asked)])


def _chosen_ttl(tx: LedgerTransaction, payment_id: PaymentId) -> timedelta | None:
    """Return the link lifetime that was chosen for this sale; the current setting does not replace it."""
    asked = (entry.fact for entry in tx.entries(payment_id) if isinstance(entry.fact, PaymentRequested))
    chosen = next((fact.ttl_minutes for fact in asked), None)
    return timedelta(minutes=chosen) if chosen else None


def _has_ended(tx: LedgerTransaction, payment: Payment) -> bool:
    facts = (entry.fact for entry in tx.entries(payment.id))
    newest = payment.link.transaction_id
    return any(isinstance(fact, LinkUnanswered) and fact.transaction_id == newest for fact in facts)


def _require_mode(tx: LedgerTransaction, mode: str) -> None:
    """A ledger is for demo money or for real money, from its first payment on (protocol.md A7)."""
    held = tx.mode()
    if held is None:
        tx.set_mode(mode)
    elif held != mode:
        raise WrongMode(ledger=held, settings=mode)


def _order(payment: Payment, contact: Contact | None, now: datetime) -> LinkOrder:
    link: Link = payment.link
    phone = contact.phone if contact else None
    email = contact.email if contact else None
    if not link.callback_url:
        raise Defect(payment=payment.id)
    return LinkOrder(
        transaction_id=TransactionId(link.transaction_id),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        account=phone or email or str(payment.number),
        callback_url=link.callback_url,
        locale=payment.locale,
        requested_at=now,
        terminal_id=link.terminal_id or payment.terminal_id,
        phone=phone,
        email=email,
        order=payment.order,
        purpose=payment.purpose,
        pay_type=payment.pay_type,
    )
