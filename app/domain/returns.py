"""Part of the fold: money on its way back (protocol.md A5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.events import JournalEntry, RefundAnswered, RefundRequested, Signed
from app.domain.ids import RefundId
from app.domain.payment import Refund, RefundMark, RefundStatus
from app.domain.receipts import Callback, is_counted


@dataclass(frozen=True, slots=True)
class Returned:
    refunds: tuple[Refund, ...]
    total_minor: int
    mark: RefundMark
    elsewhere: tuple[Callback, ...]


def add_up_returns(entries: Sequence[JournalEntry], callbacks: Sequence[Callback], received_minor: int) -> Returned:
    """Return requests and refund callbacks matched; the sum is clamped once, at the end."""
    refunds = _requests(entries)
    elsewhere: list[Callback] = []
    matched: set[RefundId] = set()
    for item in _verified_refunds(callbacks):
        fitting = [r for r in refunds if r.id not in matched and r.amount_minor == item.sum_minor]
        # a try that failed moved nothing; it is a candidate only while no other is: a late message may prove it wrong
        match = min(fitting, key=lambda refund: refund.status is RefundStatus.FAILED, default=None)
        if match is None:
            elsewhere.append(item)
            continue
        matched.add(match.id)
        done = replace(match, status=RefundStatus.DONE, done_at=item.at, txn_id=item.fact.txn_id)
        refunds[refunds.index(match)] = done
    made = [*refunds, *(_from_elsewhere(item) for item in elsewhere)]
    done_minor = sum(r.amount_minor for r in made if r.status is RefundStatus.DONE)
    total = min(received_minor, done_minor)
    return Returned(tuple(made), total, _mark(made, total, received_minor), tuple(elsewhere))


def _requests(entries: Sequence[JournalEntry]) -> list[Refund]:
    answers: dict[RefundId, list[JournalEntry]] = {}
    for entry in entries:
        if isinstance(entry.fact, RefundAnswered):
            answers.setdefault(entry.fact.refund_id, []).append(entry)
    asked = [entry for entry in entries if isinstance(entry.fact, RefundRequested)]
    asked.sort(key=lambda entry: (entry.at, entry.fact.dedupe() or ""))
    return [_request(entry, answers) for entry in asked]


def _request(entry: JournalEntry, answers: dict[RefundId, list[JournalEntry]]) -> Refund:
    fact = entry.fact
    assert isinstance(fact, RefundRequested)
    status, done_at = RefundStatus.REQUESTED, None
    for answer in sorted(answers.get(fact.refund_id, []), key=lambda item: (item.at, item.fact.dedupe() or "")):
        assert isinstance(answer.fact, RefundAnswered)
        status = RefundStatus(answer.fact.status)
        done_at = answer.at if status is RefundStatus.DONE else None
    return Refund(
        fact.refund_id, fact.amount_minor, status, fact.reason, entry.at, done_at, fact.txn_id, fact.transaction_id
    )


def _verified_refunds(callbacks: Sequence[Callback]) -> list[Callback]:
    accepted = {item.fact.signature for item in callbacks if is_counted(item.fact) and item.fact.signature}
    return [
        item
        for item in callbacks
        if item.fact.command == "refund"
        and item.fact.signed is Signed.VERIFIED
        and not item.fact.replay
        and item.fact.signature not in accepted
    ]


def _from_elsewhere(item: Callback) -> Refund:
    made_up = RefundId(f"elsewhere-{item.fact.txn_id}")
    return Refund(made_up, item.sum_minor, RefundStatus.DONE, None, None, item.at, item.fact.txn_id, None)


def _mark(refunds: Sequence[Refund], total_minor: int, received_minor: int) -> RefundMark:
    if any(r.status in (RefundStatus.REQUESTED, RefundStatus.UNKNOWN) for r in refunds):
        return RefundMark.REQUESTED
    if total_minor <= 0:
        return RefundMark.NONE
    return RefundMark.FULL if total_minor >= received_minor else RefundMark.PARTIAL
