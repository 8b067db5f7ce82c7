"""Part of the fold: why a person must look at a payment. A cause is `code` or `code:detail`; settled ones leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from app.domain.events import JournalEntry, OperatorSilent, PaymentSettled, Signed, StatusAnswered
from app.domain.payment import Attention, Link
from app.domain.receipts import KNOWN_COMMANDS, Callback, Received, is_counted, operations_of
from app.domain.returns import Returned

DECLINED = 21


def causes_of(
    entries: Sequence[JournalEntry],
    callbacks: Sequence[Callback],
    received: Received,
    returned: Returned,
    links: Sequence[Link],
    amount_minor: int,
    received_minor: int,
) -> tuple[str, ...]:
    """Return what still needs attention, sorted, without what a person settled."""
    found = {
        *_of_callbacks(callbacks),
        *_of_money(callbacks, received, links, amount_minor, received_minor),
        *(f"{Attention.REFUNDED_ELSEWHERE}:{item.fact.txn_id}" for item in returned.elsewhere),
        *_of_asking(entries, received, amount_minor, received_minor),
    }
    settled = {cause for e in entries if isinstance(e.fact, PaymentSettled) for cause in e.fact.causes}
    return tuple(sorted(found - settled))


def codes_of(causes: Iterable[str]) -> tuple[Attention, ...]:
    """Return the distinct codes of causes in the order of the contract's list."""
    present = {cause.partition(":")[0] for cause in causes}
    return tuple(code for code in Attention if code in present)


def _of_callbacks(callbacks: Sequence[Callback]) -> Iterator[str]:
    genuine = {_content(item) for item in callbacks if item.fact.command == "pay" and _is_verified(item)}
    for item in callbacks:
        fact = item.fact
        if fact.command not in KNOWN_COMMANDS:
            yield f"{Attention.UNKNOWN_COMMAND}:{fact.command}"
        elif fact.command == "refund" and not _is_verified(item):
            yield f"{Attention.UNVERIFIED_REFUND}:{fact.txn_id}"
        elif fact.command == "pay":
            if fact.replay:
                yield f"{Attention.REPLAY}:{fact.txn_id}"
            elif fact.txn_reused:
                yield f"{Attention.TXN_REUSED}:{fact.txn_id}"
            elif not fact.counts and _content(item) not in genuine:
                yield f"{Attention.UNVERIFIED}:{fact.txn_id}"


def _of_money(
    callbacks: Sequence[Callback], received: Received, links: Sequence[Link], amount_minor: int, received_minor: int
) -> Iterator[str]:
    if 0 < received_minor < amount_minor:
        yield f"{Attention.UNDERPAID}:{received_minor}"  # another part of the money is another cause
    yield from (f"{Attention.OVERPAID}:{item.fact.txn_id}" for item in received.overpaid)
    yield from (f"{Attention.PAID_TWICE}:{item.fact.txn_id}" for item in received.paid_twice)
    operations = {link.key: operations_of(callbacks, link.key, link.uuid) for link in links}
    for item in callbacks:
        if not is_counted(item.fact):
            continue
        if item.fact.late:
            yield f"{Attention.LATE}:{item.fact.txn_id}"
        known = operations.get(item.fact.link_key, frozenset())
        if known and item.fact.uuid not in known:
            yield f"{Attention.OTHER_OPERATION}:{item.fact.txn_id}"


def _of_asking(
    entries: Sequence[JournalEntry], received: Received, amount_minor: int, received_minor: int
) -> Iterator[str]:
    answers = [(e.at, e.fact) for e in entries if isinstance(e.fact, StatusAnswered)]
    if received_minor < amount_minor and any(fact.hint for _, fact in answers):
        yield Attention.OPERATOR_SAYS_PAID
    if received_minor <= 0 and any(isinstance(e.fact, OperatorSilent) for e in entries):
        yield Attention.SILENT
    confirmed_at: datetime | None = received.reached.at if received.reached and received.verified else None
    if confirmed_at and any(f.operation_status == DECLINED and at > confirmed_at for at, f in answers):
        yield Attention.CONTRADICTION


def _is_verified(item: Callback) -> bool:
    return item.fact.signed is Signed.VERIFIED


def _content(item: Callback) -> tuple[object, ...]:
    fact = item.fact
    return (fact.link_key, fact.txn_id, fact.uuid, fact.txn_date, fact.sum_minor)
