"""Part of the fold: a payment's money by the moment it moved (contract.md 1b, `day`). No clock, no I/O.

At every moment the movements so far add up to what the fold of the facts so far has received. A later fact may rename
money that moved (a signed pay replaces a status inquiry), but what it adds or takes away moves at its own arrival.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from app.domain.journal.events import JournalEntry, RefundRequested
from app.domain.payment import ConfirmedBy, Payment, RefundStatus
from app.domain.payment_fold.fold import distinct, other_proofs
from app.domain.payment_fold.received import Callback, callbacks_in, chosen_pay, is_counted, is_verified


class Direction(StrEnum):
    TAKEN = "taken"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that came in or went back at one moment; kopecks, negative where a sum turned out smaller.

    `is_first`: of its txn_id or refund; the others correct its sum and are not counted. `person`: who made the sale,
    or who requested the refund. `txn_id` is None for what a status inquiry or a person confirmed; `confirmed_by` for
    what went back.
    """

    direction: Direction
    at: datetime
    amount_minor: int
    is_first: bool
    txn_id: str | None
    person: str | None
    confirmed_by: ConfirmedBy | None = None


def movements_of(payment: Payment, entries: Sequence[JournalEntry]) -> tuple[Movement, ...]:
    """Return the movements of a payment and its facts, oldest first.

    Those that were taken add up to `received_minor`, those that were returned to `refunded_minor`.
    """
    if payment.confirmed_by is None and not payment.refunds:
        return ()  # nothing moved: most of what happens to a payment
    facts = distinct(entries)
    found = [*_taken(payment, facts), *_returned(payment, facts)]
    return tuple(sorted(found, key=lambda item: (item.at, item.direction, item.txn_id or "", not item.is_first)))


def _taken(payment: Payment, facts: Sequence[JournalEntry]) -> Iterator[Movement]:
    counted = [item for item in callbacks_in(facts) if is_counted(item.fact)]
    replay = _Replay(payment.amount_minor)
    for at, pay in _by_arrival(counted, [at for _, at in other_proofs(facts)]):
        if pay is None:
            replay.prove(at)
        else:
            replay.receive(pay)
    signed = {item.fact.txn_id for item in counted if is_verified(item.fact)}
    for item in replay.booked:
        way = payment.confirmed_by
        if way in (ConfirmedBy.CALLBACK, ConfirmedBy.UNSIGNED_CALLBACK):
            way = ConfirmedBy.CALLBACK if item.txn_id in signed else ConfirmedBy.UNSIGNED_CALLBACK
        yield Movement(Direction.TAKEN, item.at, item.amount_minor, item.is_first, item.txn_id, payment.created_by, way)


def _by_arrival(counted: Sequence[Callback], proven_at: Sequence[datetime]) -> list[tuple[datetime, Callback | None]]:
    """Return the facts that make money count; None stands for the first status inquiry or person that proves it."""
    steps: list[tuple[datetime, Callback | None]] = [(at, None) for at in proven_at[:1]]
    steps += [(item.at, item) for item in counted]
    return sorted(steps, key=lambda step: (step[0], "" if step[1] is None else step[1].fact.dedupe() or ""))


@dataclass(frozen=True, slots=True)
class _Booked:
    at: datetime
    amount_minor: int
    is_first: bool
    txn_id: str | None


@dataclass(slots=True)
class _Replay:
    """Books each fact at its arrival, so that `booked` adds up to what is received by then."""

    amount_minor: int
    booked: list[_Booked] = field(default_factory=list)
    candidates: dict[str, list[Callback]] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)
    is_proven: bool = False
    is_verified: bool = False

    def prove(self, at: datetime) -> None:
        """Book the rest of the sum, which an inquiry or a person confirms while no signed pay does."""
        self.is_proven = True
        rest = self._rest()
        if rest:
            self.booked.append(_Booked(at, rest, not self.sums, None))

    def receive(self, item: Callback) -> None:
        """Book a counted pay: first what was confirmed without it, at that moment; then the difference, now."""
        txn_id = item.fact.txn_id
        is_new = txn_id not in self.sums
        self.candidates.setdefault(txn_id, []).append(item)
        self.sums[txn_id] = chosen_pay(self.candidates[txn_id]).sum_minor
        self.is_verified = self.is_verified or is_verified(item.fact)
        surplus = self._unnamed() - self._rest()
        if surplus < 0:  # a sum became smaller: the inquiry or the person still confirms the whole
            self.booked.append(_Booked(item.at, -surplus, False, None))
        moved = self._name(txn_id, surplus, is_new=is_new)
        rest = self.sums[txn_id] - sum(done.amount_minor for done in self.booked if done.txn_id == txn_id)
        if rest or (is_new and not moved):
            self.booked.append(_Booked(item.at, rest, is_new and not moved, txn_id))

    def _rest(self) -> int:
        confirms = self.is_proven and not self.is_verified
        return max(0, self.amount_minor - sum(self.sums.values())) if confirms else 0

    def _unnamed(self) -> int:
        return sum(item.amount_minor for item in self.booked if item.txn_id is None)

    def _name(self, txn_id: str, amount_minor: int, *, is_new: bool) -> bool:
        """Give so much of what has no txn_id this one; it stays booked at its moment. Say whether there was any."""
        named: list[_Booked] = []
        for item in self.booked:
            part = min(item.amount_minor, amount_minor) if item.txn_id is None else 0
            if part > 0:
                is_first = is_new and not any(done.txn_id == txn_id for done in named)
                named.append(replace(item, amount_minor=part, txn_id=txn_id, is_first=is_first))
                amount_minor -= part
                item = replace(item, amount_minor=item.amount_minor - part, is_first=False)
            if item.txn_id is not None or item.amount_minor:
                named.append(item)
        moved = named != self.booked
        self.booked = named
        return moved


def _returned(payment: Payment, facts: Sequence[JournalEntry]) -> Iterator[Movement]:
    """Return the refunds that were carried out, each when it was done, together what the payment says."""
    asked_by = {entry.fact.refund_id: entry.fact.by for entry in facts if isinstance(entry.fact, RefundRequested)}
    done = [(refund.done_at, refund) for refund in payment.refunds if refund.status is RefundStatus.DONE]
    left = payment.refunded_minor
    for done_at, refund in sorted(
        ((at, refund) for at, refund in done if at is not None), key=lambda pair: (pair[0], pair[1].id)
    ):
        amount_minor = min(left, refund.amount_minor)
        left -= amount_minor
        yield Movement(Direction.RETURNED, done_at, amount_minor, True, refund.txn_id, asked_by.get(refund.id))
