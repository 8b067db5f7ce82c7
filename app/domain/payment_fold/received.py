"""Part of the fold: what the callbacks of one payment add up to (protocol.md A3.6). Order of arrival never matters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.journal.events import CallbackReceived, JournalEntry, SignatureCheck
from app.domain.operator_codes import CallbackCommand, CallbackResult

NO_REASON = "the operator reported a failed attempt"
"""Used where the operator gave no text: a last error is never empty. `i18n` translates it."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback with the moment of its receipt."""

    at: datetime
    fact: CallbackReceived

    @property
    def rank(self) -> tuple[str, str]:
        """Pays are ordered as the operator orders them: (txn_date, txn_id)."""
        return (self.fact.txn_date or "", self.fact.txn_id)

    @property
    def sum_minor(self) -> int:
        return self.fact.sum_minor or 0


@dataclass(frozen=True, slots=True)
class PaymentTotals:
    """The money received by callbacks: `pays` are the counted ones, one per txn_id, in the operator's order."""

    pays: tuple[Callback, ...]
    verified: bool
    """A verified pay counts, so that an inquiry or a person no longer confirms the sum."""
    signed_alone: bool
    """The sum was reached by signed messages alone: only then is it confirmed by them."""
    total_minor: int
    reached: Callback | None
    overpaid: tuple[Callback, ...]
    paid_twice: tuple[Callback, ...]


def callbacks_in(entries: Iterable[JournalEntry]) -> list[Callback]:
    """Return the callbacks sorted by their content."""
    found = [Callback(entry.at, entry.fact) for entry in entries if isinstance(entry.fact, CallbackReceived)]
    return sorted(found, key=lambda item: (*item.rank, item.fact.command, item.fact.dedupe() or ""))


def is_counted(fact: CallbackReceived) -> bool:
    """Say whether this callback is money."""
    return fact.command == CallbackCommand.PAY and fact.counts and not fact.replay and not fact.txn_reused


def is_verified(fact: CallbackReceived) -> bool:
    """Say whether the operator's signature was on it."""
    return fact.signed is SignatureCheck.VERIFIED


def sum_payments(callbacks: Sequence[Callback], amount_minor: int) -> PaymentTotals:
    """Return the totals of the counted pays, each txn_id once: a signed one takes precedence over an unsigned one.

    Among equals the lowest (txn_date, sum) counts (protocol.md A3.6).
    """
    by_txn: dict[str, list[Callback]] = {}
    for item in callbacks:
        if is_counted(item.fact):
            by_txn.setdefault(item.fact.txn_id, []).append(item)
    pays = tuple(sorted(map(chosen_pay, by_txn.values()), key=lambda item: item.rank))
    verified = any(is_counted(item.fact) and is_verified(item.fact) for item in callbacks)
    return _walk(pays, verified, amount_minor)


def chosen_pay(candidates: Sequence[Callback]) -> Callback:
    """Return the one of a txn_id's pays that counts."""
    judged = any(item.fact.verdict_version for item in candidates)  # an older journal keeps what it counted

    def order(item: Callback) -> tuple[bool, str, int]:
        return (judged and not is_verified(item.fact), item.rank[0], item.sum_minor)

    return min(candidates, key=order)


def _walk(pays: tuple[Callback, ...], verified: bool, amount_minor: int) -> PaymentTotals:
    total, signed_total, reached = 0, 0, None
    overpaid: list[Callback] = []
    twice: list[Callback] = []
    for item in pays:
        if total >= amount_minor:
            twice.append(item)
        total += item.sum_minor
        signed_total += item.sum_minor if is_verified(item.fact) else 0
        if reached is None and total >= amount_minor:
            reached = item
            if total > amount_minor:
                overpaid.append(item)
    alone = signed_total >= min(total, amount_minor) or not any(item.fact.verdict_version for item in pays)
    return PaymentTotals(pays, verified, verified and alone, total, reached, tuple(overpaid), tuple(twice))


def failed_attempts(callbacks: Sequence[Callback]) -> list[Callback]:
    """Return the `error` callbacks that do not repeat the signature of another message."""
    accepted = {item.fact.signature for item in callbacks if is_counted(item.fact) and item.fact.signature}
    return [
        item
        for item in callbacks
        if item.fact.command == CallbackCommand.ERROR
        and item.fact.signature not in accepted
        and not item.fact.replay
        and not item.fact.at_fixed_address
    ]


def is_authorised(callbacks: Sequence[Callback], link_key: str) -> bool:
    """Say whether an `auth` was accepted and no `error` revoked the same txn_id."""
    failed = {item.fact.txn_id for item in failed_attempts(callbacks)}
    return any(
        item.fact.command == CallbackCommand.AUTH
        and item.fact.result == CallbackResult.ACCEPTED
        and item.fact.link_key == link_key
        and item.fact.txn_id not in failed
        for item in callbacks
    )


def operations_of(callbacks: Sequence[Callback], link_key: str, link_uuid: str | None) -> frozenset[str]:
    """Return the operator's uuids that belong to a link: that of [10005] and those of answered `auth`s."""
    known = {
        item.fact.uuid
        for item in callbacks
        if item.fact.command == CallbackCommand.AUTH
        and item.fact.result == CallbackResult.ACCEPTED
        and item.fact.link_key == link_key
        and not item.fact.at_fixed_address
    }
    return frozenset(uuid for uuid in (*known, link_uuid) if uuid)
