"""Part of the fold: refunds (protocol.md A5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.domain.ids import RefundId, short_digest
from app.domain.journal.events import (
    KEEPS_DONE_AT,
    CallbackReceived,
    JournalEntry,
    RefundAnswered,
    RefundRequested,
)
from app.domain.operator_codes import CallbackCommand
from app.domain.payment import Refund, RefundMark, RefundStatus
from app.domain.payment_fold.received import Callback, is_counted, is_verified


@dataclass(frozen=True, slots=True)
class RefundTotals:
    """`done_minor` is not clamped. `elsewhere`: callbacks that match no request of ours. `after_all`: requests that are
    done although an answer said failed. `is_judged`: facts that store their verdicts take part (A3.8).
    """

    refunds: tuple[Refund, ...]
    total_minor: int
    done_minor: int
    mark: RefundMark
    elsewhere: tuple[Callback, ...]
    after_all: tuple[RefundId, ...]
    is_judged: bool


@dataclass(frozen=True, slots=True)
class _Request:
    """A request of ours. `failed`: some answer said failed, whatever the others said."""

    refund: Refund
    failed: bool
    is_judged: bool


def sum_refunds(entries: Sequence[JournalEntry], callbacks: Sequence[Callback], received_minor: int) -> RefundTotals:
    """Match requests and refund callbacks; the sum is clamped once, at the end."""
    requests = _requests(entries)
    verified = refunds_that_count(callbacks)
    matches = _matches(requests, verified)
    made = [_settled(request.refund, matches.get(request.refund.id)) for request in requests]
    taken = {id(item) for item in matches.values()}
    elsewhere = tuple(item for item in verified if id(item) not in taken)
    made += [_from_elsewhere(item) for item in elsewhere]
    done_minor = sum(refund.amount_minor for refund in made if refund.status is RefundStatus.DONE)
    total = min(received_minor, done_minor)
    return RefundTotals(
        refunds=tuple(made),
        total_minor=total,
        done_minor=done_minor,
        mark=_mark(made, total, received_minor),
        elsewhere=elsewhere,
        after_all=tuple(_after_all(requests, matches)),
        is_judged=any(item.fact.verdict_version for item in verified) or any(r.is_judged for r in requests),
    )


def request_settled_by(
    entries: Sequence[JournalEntry], callbacks: Sequence[Callback], amount_minor: int, own_id: str | None
) -> RefundId | None:
    """Return the request that a verified refund callback settles, of those that exist at its receipt (A5).

    The oldest of the same sum that no callback has matched; one that was answered 21 only while no other is left.
    `own_id`: our TransactionID where the callback carries it: then the request of that very id takes precedence.
    """
    requests = _requests(entries)
    matched = _matches(requests, refunds_that_count(callbacks))
    fitting = [r for r in requests if r.refund.id not in matched and r.refund.amount_minor == amount_minor]
    named = [request for request in fitting if own_id and request.refund.transaction_id == own_id]
    found = min(named or fitting, key=lambda request: request.refund.status is RefundStatus.FAILED, default=None)
    return found.refund.id if found else None


def refunds_that_count(callbacks: Iterable[Callback]) -> list[Callback]:
    """Return the `refund` callbacks that moved money: signed, and no repetition of another message."""
    known = list(callbacks)
    accepted = {item.fact.signature for item in known if is_counted(item.fact) and item.fact.signature}
    return [item for item in known if _is_refund(item.fact) and item.fact.signature not in accepted]


def _is_refund(fact: CallbackReceived) -> bool:
    is_refund = fact.command == CallbackCommand.REFUND
    return is_refund and is_verified(fact) and not fact.replay and not fact.at_fixed_address


def _matches(requests: Sequence[_Request], verified: Sequence[Callback]) -> dict[RefundId, Callback]:
    """Return which callback settles which request: the stored verdicts, then those of an older journal by rule."""
    known = {request.refund.id for request in requests}
    matches: dict[RefundId, Callback] = {}
    for item in verified:
        refund_id = item.fact.refund_id
        if refund_id is not None and refund_id in known and refund_id not in matches:
            matches[refund_id] = item
    for item in verified:
        if item.fact.verdict_version:
            continue
        older = [r.refund for r in requests if not r.is_judged and r.refund.id not in matches]
        fitting = [refund for refund in older if refund.amount_minor == item.sum_minor]
        # a failed request moved nothing; it is a candidate only while no other is: a late message may disprove it
        match = min(fitting, key=lambda refund: refund.status is RefundStatus.FAILED, default=None)
        if match is not None:
            matches[match.id] = item
    return matches


def _settled(refund: Refund, item: Callback | None) -> Refund:
    if item is None:
        return refund
    done_at = item.at
    if refund.done_at is not None and (item.fact.verdict_version or 0) >= KEEPS_DONE_AT:
        done_at = min(done_at, refund.done_at)  # the day on which it was done may be closed
    return replace(refund, status=RefundStatus.DONE, done_at=done_at, txn_id=item.fact.txn_id)


def _after_all(requests: Sequence[_Request], matches: dict[RefundId, Callback]) -> Iterable[RefundId]:
    for request in requests:
        match = matches.get(request.refund.id)
        judged = request.is_judged or (match is not None and bool(match.fact.verdict_version))
        done = match is not None or request.refund.status is RefundStatus.DONE
        if judged and request.failed and done:
            yield request.refund.id


def _requests(entries: Sequence[JournalEntry]) -> list[_Request]:
    answers: dict[RefundId, list[JournalEntry]] = {}
    for entry in entries:
        if isinstance(entry.fact, RefundAnswered):
            answers.setdefault(entry.fact.refund_id, []).append(entry)
    asked = [entry for entry in entries if isinstance(entry.fact, RefundRequested)]
    asked.sort(key=lambda entry: (entry.at, entry.fact.dedupe() or ""))
    return [_request(entry, answers) for entry in asked]


def _request(entry: JournalEntry, answers: dict[RefundId, list[JournalEntry]]) -> _Request:
    """Return a request with its answers applied: a completed refund is not undone by a later answer."""
    fact = entry.fact
    assert isinstance(fact, RefundRequested)
    given = sorted(answers.get(fact.refund_id, []), key=lambda item: (item.at, item.fact.dedupe() or ""))
    answered = [(answer.at, RefundStatus(getattr(answer.fact, "status", ""))) for answer in given]
    done_at = next((at for at, status in answered if status is RefundStatus.DONE), None)
    failed = any(status is RefundStatus.FAILED for _, status in answered)
    if done_at is not None:
        status = RefundStatus.DONE
    elif failed:
        status = RefundStatus.FAILED
    else:
        status = answered[-1][1] if answered else RefundStatus.REQUESTED
    refund = Refund(
        id=fact.refund_id,
        amount_minor=fact.amount_minor,
        status=status,
        reason=fact.reason,
        requested_at=entry.at,
        done_at=done_at,
        txn_id=fact.txn_id,
        transaction_id=fact.transaction_id,
        terminal_id=fact.terminal_id,
    )
    return _Request(refund, failed, bool(fact.verdict_version))


def _from_elsewhere(item: Callback) -> Refund:
    fact = item.fact
    name = f"elsewhere-{fact.txn_id}"
    if fact.verdict_version:  # two refunds may come with one txn_id: the payment's own
        name = f"{name}-{short_digest(fact.dedupe())}"
    return Refund(RefundId(name), item.sum_minor, RefundStatus.DONE, None, None, item.at, fact.txn_id, None)


def _mark(refunds: Sequence[Refund], total_minor: int, received_minor: int) -> RefundMark:
    if any(r.status in (RefundStatus.REQUESTED, RefundStatus.UNKNOWN) for r in refunds):
        return RefundMark.REQUESTED
    if total_minor <= 0:
        return RefundMark.NONE
    return RefundMark.FULL if total_minor >= received_minor else RefundMark.PARTIAL
