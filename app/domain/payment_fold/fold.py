"""Folds facts into a payment: the same result for any order and repetition (protocol.md A3.8, promise R2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.ids import LinkKey
from app.domain.journal.events import (
    CallbackReceived,
    JournalEntry,
    LinkAbandoned,
    LinkCancelled,
    LinkCreated,
    LinkRefused,
    LinkRequested,
    LinkUnanswered,
    PaymentRequested,
    PaymentSettled,
    StatusAnswered,
    UnknownFact,
)
from app.domain.operator_codes import CallbackCommand, CallbackResult
from app.domain.payment import ConfirmedBy, Link, LinkState, Payment, PaymentStatus
from app.domain.payment_fold.attention import causes_of, codes_of
from app.domain.payment_fold.received import (
    NO_REASON,
    Callback,
    PaymentTotals,
    callbacks_in,
    failed_attempts,
    is_authorised,
    is_counted,
    sum_payments,
)
from app.domain.payment_fold.refund_fold import sum_refunds


class Incomplete(ValueError):
    """Facts without a PaymentRequested or a LinkRequested that this version can read: no payment."""


def fold_if_readable(entries: Sequence[JournalEntry]) -> Payment | None:
    """Return the fold; None without facts, or where a newer version wrote the beginning in a form that we cannot read.

    Raises Incomplete for other facts that make no payment.
    """
    try:
        return fold(entries) if entries else None
    except Incomplete:
        if any(isinstance(entry.fact, UnknownFact) for entry in entries):
            return None
        raise


def fold(entries: Iterable[JournalEntry]) -> Payment:
    """Return the payment that the facts make; facts that this version cannot read are ignored. Raises Incomplete."""
    facts = distinct(entries)
    opening = next((e for e in facts if isinstance(e.fact, PaymentRequested)), None)
    if opening is None or opening.payment_id is None or not isinstance(opening.fact, PaymentRequested):
        raise Incomplete("a payment without a beginning")
    links = _links(facts)
    if not links:
        raise Incomplete("a payment without a link")
    request, callbacks = opening.fact, callbacks_in(facts)
    received = sum_payments(callbacks, request.amount_minor)
    proof = _proof(facts, received, request.amount_minor)
    returned = sum_refunds(facts, callbacks, proof.received_minor)
    causes = causes_of(facts, callbacks, received, returned, links, request.amount_minor, proof.received_minor)
    first_pay = received.pays[0].fact if received.pays else None
    return Payment(
        id=opening.payment_id,
        number=request.number,
        state=_state(links[-1], callbacks, proof.received_minor, request.amount_minor),
        amount_minor=request.amount_minor,
        currency=request.currency,
        purpose=request.purpose,
        order=request.order,
        contact_id=request.contact_id,
        pay_type=request.pay_type,
        locale=request.locale,
        terminal_id=request.terminal_id,
        created_by=request.created_by,
        created_at=opening.at,
        links=links,
        received_minor=proof.received_minor,
        refunded_minor=returned.total_minor,
        refund=returned.mark,
        refunds=returned.refunds,
        late=any(item.fact.late for item in received.pays),
        attention=codes_of(causes),
        attention_causes=causes,
        card=_card(callbacks),
        txn_id=first_pay.txn_id if first_pay else None,
        confirmed_by=proof.by,
        confirmed_at=proof.at,
        last_error=_last_error(facts, callbacks, links[-1]),
    )


def distinct(entries: Iterable[JournalEntry]) -> list[JournalEntry]:
    """Drop repetitions (the earliest stays) and sort by content, so that arrival cannot matter."""
    first: dict[str, JournalEntry] = {}
    for entry in entries:
        key = entry.fact.dedupe() or f"{entry.fact.type}:{entry.fact}"
        kept = first.get(key)
        if kept is None or (entry.at, repr(entry.fact)) < (kept.at, repr(kept.fact)):
            first[key] = entry
    return [first[key] for key in sorted(first, key=lambda key: (first[key].at, key))]


def _links(facts: Sequence[JournalEntry]) -> tuple[Link, ...]:
    keys: dict[LinkKey, list[JournalEntry]] = {}
    for entry in facts:
        if isinstance(entry.fact, LinkRequested):
            keys.setdefault(entry.fact.link_key, []).append(entry)
    links = [_link(key, tries, facts) for key, tries in keys.items()]
    return tuple(sorted(links, key=lambda link: (link.created_at, link.key)))


def _link(key: LinkKey, tries: Sequence[JournalEntry], facts: Sequence[JournalEntry]) -> Link:
    sent = [entry.fact for entry in tries if isinstance(entry.fact, LinkRequested)]
    newest = sent[-1]
    about = [e.fact for e in facts if getattr(e.fact, "link_key", None) == key]
    link = Link(
        key=key,
        transaction_id=newest.transaction_id,
        callback_url=newest.callback_url,
        created_at=tries[0].at,
        expires_at=newest.expires_at,
        state=LinkState.REQUESTED,
        tries=len(tries),
        lease_until=newest.lease_until,
        cancelled=any(isinstance(fact, LinkCancelled) for fact in about),
        baseline=next((f.operation_status for f in about if isinstance(f, StatusAnswered) and f.baseline), None),
        terminal_id=newest.terminal_id,
    )
    for fact in about:
        if isinstance(fact, LinkCreated):
            return _created(link, fact, sent)
    if any(isinstance(fact, LinkRefused) for fact in about):
        return replace(link, state=LinkState.REFUSED)
    if any(isinstance(fact, LinkAbandoned) for fact in about):
        return replace(link, state=LinkState.ABANDONED)
    return link


def _created(link: Link, fact: LinkCreated, sent: Sequence[LinkRequested]) -> Link:
    """Return the link as the operator created it: by the try that it answered, which need not be the newest."""
    answered = next((t for t in sent if t.transaction_id == fact.transaction_id and t.terminal_id), None)
    return replace(
        link,
        state=LinkState.CREATED,
        transaction_id=fact.transaction_id,
        callback_url=answered.callback_url if answered else link.callback_url,
        terminal_id=answered.terminal_id if answered else link.terminal_id,
        url=fact.url,
        uuid=fact.uuid,
        operation_id=fact.operation_id,
    )


@dataclass(frozen=True, slots=True)
class _Proof:
    received_minor: int
    by: ConfirmedBy | None
    at: datetime | None


def _proof(facts: Sequence[JournalEntry], received: PaymentTotals, amount_minor: int) -> _Proof:
    """Signed callbacks take precedence; an inquiry or a person confirms the whole sum only while there are none."""
    if not received.verified:
        for by, at in other_proofs(facts):
            return _Proof(max(received.total_minor, amount_minor), by, at)
    if not received.pays:
        return _Proof(0, None, None)
    confirming = received.reached or received.pays[-1]
    by = ConfirmedBy.CALLBACK if received.signed_alone else ConfirmedBy.UNSIGNED_CALLBACK
    return _Proof(received.total_minor, by, confirming.at)


def other_proofs(facts: Sequence[JournalEntry]) -> list[tuple[ConfirmedBy, datetime]]:
    found = [(ConfirmedBy.INQUIRY, e.at) for e in facts if isinstance(e.fact, StatusAnswered) and e.fact.proves]
    found += [(ConfirmedBy.PERSON, e.at) for e in facts if isinstance(e.fact, PaymentSettled) and e.fact.paid]
    return sorted(found, key=lambda item: (item[1], item[0]))


def _state(link: Link, callbacks: Sequence[Callback], received_minor: int, amount_minor: int) -> PaymentStatus:
    if received_minor >= amount_minor:
        return PaymentStatus.PAID
    if received_minor > 0:
        return PaymentStatus.UNDERPAID
    if link.cancelled:
        return PaymentStatus.CANCELLED
    if link.state is LinkState.CREATED:
        return PaymentStatus.AUTHORISED if is_authorised(callbacks, link.key) else PaymentStatus.OPEN
    return PaymentStatus.CREATING if link.state is LinkState.REQUESTED else PaymentStatus.NOT_CREATED


def _card(callbacks: Sequence[Callback]) -> str | None:
    ranked = sorted(callbacks, key=lambda item: (item.fact.command != CallbackCommand.PAY, item.rank))
    known = (item.fact for item in ranked if item.fact.card)
    return next((fact.card for fact in known if _may_show_card(fact)), None)


def _may_show_card(fact: CallbackReceived) -> bool:
    """Say whether a message may supply the payer's card: a pay that is money, or the link's own answered `auth`.

    Older journals show that of any pay.
    """
    if fact.command == CallbackCommand.PAY:
        return is_counted(fact) or not fact.verdict_version
    return fact.command == CallbackCommand.AUTH and fact.result == CallbackResult.ACCEPTED and not fact.at_fixed_address


def _last_error(facts: Sequence[JournalEntry], callbacks: Sequence[Callback], link: Link) -> str | None:
    """Return why the newest link was not paid yet: what happened to an earlier one is its own story."""
    failed = [item for item in failed_attempts(callbacks) if item.fact.link_key == link.key]
    if failed:
        return failed[-1].fact.error_text or NO_REASON
    about = [e.fact for e in facts if getattr(e.fact, "link_key", None) == link.key]
    refused = [f.message for f in about if isinstance(f, LinkRefused)]
    silent = [f.reason for f in about if isinstance(f, LinkUnanswered)]
    if link.state is LinkState.CREATED:
        return None
    texts = refused or silent
    return texts[-1] if texts else None
