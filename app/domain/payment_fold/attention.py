"""Part of the fold: why a payment needs attention. A cause is `code` or `code:detail`; settled ones are removed.

A cause is as fine as the dedupe key of its fact: a repetition with other values raises it again (protocol.md A3.9).
Facts of older journals keep the coarser names that their settlement facts use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from app.domain.ids import short_digest
from app.domain.journal.events import (
    CallbackReceived,
    JournalEntry,
    OperatorSilent,
    PaymentSettled,
    SignatureCheck,
    StatusAnswered,
)
from app.domain.operator_codes import KNOWN_COMMANDS, CallbackCommand, OperationStatus
from app.domain.payment import Attention, Link
from app.domain.payment_fold.received import Callback, PaymentTotals, is_counted, is_verified, operations_of
from app.domain.payment_fold.refund_fold import RefundTotals


def causes_of(
    entries: Sequence[JournalEntry],
    callbacks: Sequence[Callback],
    received: PaymentTotals,
    returned: RefundTotals,
    links: Sequence[Link],
    amount_minor: int,
    received_minor: int,
) -> tuple[str, ...]:
    """Return what still needs attention, sorted, without what a person settled."""
    found = {
        *_of_callbacks(callbacks),
        *_of_money(callbacks, received, links, amount_minor, received_minor),
        *_of_refunds(returned, received_minor),
        *_of_inquiries(entries, received, amount_minor, received_minor),
    }
    settled = {cause for e in entries if isinstance(e.fact, PaymentSettled) for cause in e.fact.causes}
    return tuple(sorted(found - settled))


def codes_of(causes: Iterable[str]) -> tuple[Attention, ...]:
    """Return the distinct codes of causes in the order of the contract's list."""
    present = {cause.partition(":")[0] for cause in causes}
    return tuple(code for code in Attention if code in present)


def _cause(code: Attention, detail: str, fact: CallbackReceived) -> str:
    return f"{code}:{detail}:{short_digest(fact.dedupe())}" if fact.verdict_version else f"{code}:{detail}"


def _of_callbacks(callbacks: Sequence[Callback]) -> Iterator[str]:
    pays = (item for item in callbacks if item.fact.command == CallbackCommand.PAY)
    genuine = {_signed_content(item) for item in pays if is_verified(item.fact)}
    accepted = {_signed_content(item) for item in callbacks if is_counted(item.fact)}
    for item in callbacks:
        fact = item.fact
        if fact.command not in KNOWN_COMMANDS:
            yield _cause(Attention.UNKNOWN_COMMAND, fact.command, fact)
        elif fact.replay:
            # In older journals a message repeated as `refund` raises nothing.
            if fact.command == CallbackCommand.PAY or fact.verdict_version:
                yield _cause(Attention.REPLAY, fact.txn_id, fact)
        elif fact.command == CallbackCommand.REFUND and not is_verified(fact):
            yield _cause(Attention.UNVERIFIED_REFUND, fact.txn_id, fact)
        elif fact.command == CallbackCommand.PAY and fact.txn_reused:
            yield _cause(Attention.TXN_REUSED, fact.txn_id, fact)
        elif fact.command == CallbackCommand.PAY and not _is_accounted_for(item, genuine, accepted):
            yield _cause(Attention.UNVERIFIED, fact.txn_id, fact)


def _is_accounted_for(item: Callback, genuine: set[tuple[object, ...]], accepted: set[tuple[object, ...]]) -> bool:
    """Say whether a `pay` counts, was repeated by a genuine one, or can be settled by [20003] only (A6b).

    An unsigned one is accounted for, too, once the same message was accepted unsigned; not so in older journals.
    """
    fact, content = item.fact, _signed_content(item)
    if fact.signed is SignatureCheck.MISSING and fact.verdict_version and content in accepted:
        return True
    return fact.counts or fact.at_fixed_address or content in genuine


def _of_money(
    callbacks: Sequence[Callback],
    received: PaymentTotals,
    links: Sequence[Link],
    amount_minor: int,
    received_minor: int,
) -> Iterator[str]:
    if 0 < received_minor < amount_minor:
        yield f"{Attention.UNDERPAID}:{received_minor}"  # another partial sum is another cause
    yield from _of_excess(received)
    yield from (_cause(Attention.PAID_TWICE, item.fact.txn_id, item.fact) for item in received.paid_twice)
    known = {link.key: link for link in links}
    for item in callbacks:
        if is_counted(item.fact) and item.fact.late:
            yield _cause(Attention.LATE, item.fact.txn_id, item.fact)
        if _is_of_another_operation(callbacks, item.fact, known.get(item.fact.link_key)):
            yield _cause(Attention.OTHER_OPERATION, item.fact.txn_id, item.fact)


def _of_excess(received: PaymentTotals) -> Iterator[str]:
    """Name the pay that exceeded the sum, and the total where earlier pays led to it: more make another cause."""
    before: list[Callback] = []
    for item in received.pays:
        before.append(item)
        if item in received.overpaid:
            cause = _cause(Attention.OVERPAID, item.fact.txn_id, item.fact)
            judged = any(earlier.fact.verdict_version for earlier in before[:-1])
            yield f"{cause}:{sum(pay.sum_minor for pay in before)}" if judged else cause


def _is_of_another_operation(callbacks: Sequence[Callback], fact: CallbackReceived, link: Link | None) -> bool:
    """Say whether a message about money names another operation than its link's (protocol.md A3.6, A6b)."""
    if link is None or fact.at_fixed_address:
        return False
    about_money = is_counted(fact) or (fact.command == CallbackCommand.ERROR and is_verified(fact) and not fact.replay)
    if about_money and fact.txn_id_own not in (None, link.transaction_id):
        return True
    if not is_counted(fact):
        return False
    operations = operations_of(callbacks, link.key, link.uuid)
    return bool(operations) and fact.uuid not in operations


def _of_refunds(returned: RefundTotals, received_minor: int) -> Iterator[str]:
    yield from (_cause(Attention.REFUNDED_ELSEWHERE, item.fact.txn_id, item.fact) for item in returned.elsewhere)
    yield from (f"{Attention.REFUND_AFTER_ALL}:{refund_id}" for refund_id in returned.after_all)
    if returned.is_judged and returned.done_minor > received_minor:
        yield f"{Attention.OVER_REFUNDED}:{returned.done_minor}"


def _of_inquiries(
    entries: Sequence[JournalEntry], received: PaymentTotals, amount_minor: int, received_minor: int
) -> Iterator[str]:
    answers = [(e.at, e.fact) for e in entries if isinstance(e.fact, StatusAnswered)]
    if received_minor < amount_minor:
        yield from (_of_answer(Attention.OPERATOR_SAYS_PAID, fact) for _, fact in answers if fact.hint)
    if received_minor <= 0:
        silent = [e.fact for e in entries if isinstance(e.fact, OperatorSilent)]
        yield from (f"{Attention.SILENT}:{f.link_key}" if f.verdict_version else Attention.SILENT for f in silent)
    yield from (_of_answer(Attention.CONTRADICTION, fact) for _, fact in answers if fact.contradicts)
    confirmed_at: datetime | None = received.reached.at if received.reached and received.verified else None
    older = [(at, fact) for at, fact in answers if not fact.verdict_version]
    if confirmed_at and any(f.operation_status == OperationStatus.DECLINED and at > confirmed_at for at, f in older):
        yield Attention.CONTRADICTION


def _of_answer(code: Attention, fact: StatusAnswered) -> str:
    return f"{code}:{fact.link_key}:{fact.nonce}" if fact.verdict_version else code


def _signed_content(item: Callback) -> tuple[object, ...]:
    fact = item.fact
    return (fact.link_key, fact.txn_id, fact.uuid, fact.txn_date, fact.sum_minor)
