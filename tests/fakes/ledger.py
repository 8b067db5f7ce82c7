"""The ledger in memory, for tests of services and presenters; `tests/contracts` checks it against the real one.

Facts are serialised and parsed as in a journal, so that nothing survives here that a file would lose.
The history's rules are implemented again, not shared: a fake that used the real ledger's code would prove nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import TypeVar

from app.domain.errors import NotFound, StorageError
from app.domain.ids import ContactId, LinkKey, PaymentId
from app.domain.journal import fact_data
from app.domain.journal.events import (
    CallbackReceived,
    DayClosed,
    Fact,
    JournalEntry,
    LinkCancelled,
    LinkRequested,
    OperatorSilent,
    Source,
)
from app.domain.journal.fact_redaction import redacted_fact
from app.domain.payment import GRAVEST_FIRST, Attention, Link, Payment, PaymentStatus, RefundStatus
from app.domain.payment_fold.fold import fold, fold_if_readable
from app.domain.payment_fold.movements import movements_of
from app.domain.text.redaction import redact_text
from app.domain.timestamps import from_millis, to_millis
from app.services.ports.changes import Changes
from app.services.ports.history_values import (
    ANCHOR_STEP,
    NEWEST_FIRST,
    Anchor,
    HistoryOutline,
    SortOrder,
    TotalsBy,
)
from app.services.ports.ledger import (
    AttentionGroup,
    AttentionInbox,
    HistoryPage,
    PaymentFilter,
    PaymentHistory,
    PaymentScan,
    PaymentView,
    PeriodRecord,
    ProjectionDifference,
    Totals,
)
from app.services.ports.ledger_transaction import Appended, Contact, InquiryRecord, LedgerTransaction
from app.services.ports.payment_line import PaymentLine
from app.services.sales.customers import normalized_account
from tests.fakes.history import added_up, is_chosen, sorted_views

T = TypeVar("T")

POLLED_AFTER_EXPIRY = timedelta(hours=24)  # protocol.md A3.10


@dataclass(slots=True)
class FakeTransaction:
    """The port `LedgerTransaction`: a draft of the stored state, which replaces it when the decision succeeds."""

    journal: list[JournalEntry] = field(default_factory=list)
    place_of_key: dict[str, int] = field(default_factory=dict)
    payments: dict[PaymentId, Payment] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    asked: dict[LinkKey, InquiryRecord] = field(default_factory=dict)
    held_mode: str | None = None
    last_number: int = 0
    last_seq: int = 0
    touched: set[PaymentId] = field(default_factory=set)

    def draft(self) -> FakeTransaction:
        copied = replace(self, journal=list(self.journal), place_of_key=dict(self.place_of_key), touched=set())
        copied.payments, copied.contacts, copied.asked = dict(self.payments), list(self.contacts), dict(self.asked)
        return copied

    def next_number(self) -> int:
        self.last_number += 1
        return self.last_number

    def remember_contact(self, phone: str | None, email: str | None) -> ContactId | None:
        if phone is None and email is None:
            return None
        self.contacts.append(Contact(phone and redact_text(phone), email and redact_text(email)))
        return ContactId(len(self.contacts))

    def contact(self, contact_id: ContactId | None) -> Contact | None:
        return self.contacts[contact_id - 1] if contact_id and 0 < contact_id <= len(self.contacts) else None

    def payment(self, payment_id: PaymentId) -> Payment | None:
        return fold_if_readable(self.entries(payment_id))

    def require(self, payment_id: PaymentId) -> Payment:
        payment = self.payment(payment_id)
        if payment is None:
            raise NotFound(payment=payment_id)
        return payment

    def entries(self, payment_id: PaymentId) -> list[JournalEntry]:
        return [entry for entry in self.journal if entry.payment_id == payment_id]

    def payment_of_link(self, key: LinkKey) -> PaymentId | None:
        asked = (e for e in self.journal if isinstance(e.fact, LinkRequested) and e.fact.link_key == key)
        return next((entry.payment_id for entry in asked), None)

    def links_of_transaction(self, transaction_id: str) -> tuple[LinkKey, ...]:
        return tuple(sorted(link.key for link in self._links() if link.transaction_id == transaction_id))

    def links_of_uuid(self, uuid: str) -> tuple[LinkKey, ...]:
        return tuple(sorted(link.key for link in self._links() if link.uuid == uuid))

    def links_of_account(self, account: str, amount_minor: int, ended_after: datetime) -> tuple[LinkKey, ...]:
        waiting = (PaymentStatus.OPEN, PaymentStatus.AUTHORISED)
        found = sorted(self.payments.values(), key=lambda payment: payment.number)
        return tuple(
            payment.link.key
            for payment in found
            if payment.state in waiting
            and payment.amount_minor == amount_minor
            and payment.link.expires_at > ended_after
            and normalized_account(account) in self._accounts(payment)
        )

    def _accounts(self, payment: Payment) -> set[str]:
        contact = self.contact(payment.contact_id)
        given = {normalized_account(text) for text in (contact.phone, contact.email) if text} if contact else set()
        return given or {str(payment.number)}

    def _links(self) -> Iterator[Link]:
        return (link for payment in self.payments.values() for link in payment.links)

    def find(self, dedupe_key: str) -> JournalEntry | None:
        place = self.place_of_key.get(dedupe_key)
        return None if place is None else self.journal[place]

    def payments_with_txn(self, txn_id: str) -> frozenset[PaymentId]:
        pays = ((owner, f) for owner, f in self._callbacks() if f.command == "pay" and f.counts)
        return frozenset(owner for owner, fact in pays if fact.txn_id == txn_id and owner is not None)

    def callbacks_with_signature(self, signature: str) -> tuple[CallbackReceived, ...]:
        return tuple(fact for _, fact in self._callbacks() if fact.signature == signature)

    def _callbacks(self) -> Iterator[tuple[PaymentId | None, CallbackReceived]]:
        return ((e.payment_id, e.fact) for e in self.journal if isinstance(e.fact, CallbackReceived))

    def mode(self) -> str | None:
        return self.held_mode

    def set_mode(self, mode: str) -> None:
        self.held_mode = mode

    def append(self, fact: Fact, *, payment_id: PaymentId | None, source: Source, at: datetime) -> Appended:
        key, moment = fact.dedupe(), from_millis(to_millis(at))
        self.last_seq += 1  # a repetition consumes one too, as on SQLite: a seq is not a count
        if key is not None and key in self.place_of_key:
            return Appended(self._repeated(self.place_of_key[key]), is_new=False)
        entry = JournalEntry(self.last_seq, moment, payment_id, source, self.written(fact))
        if key is not None:
            self.place_of_key[key] = len(self.journal)
        self.journal.append(entry)
        self.touched |= {payment_id} if payment_id is not None else set()
        return Appended(entry, is_new=True)

    def written(self, fact: Fact) -> Fact:
        """Return the fact as it is read again."""
        kept = json.dumps(fact_data.fact_data(redacted_fact(fact)))
        return fact_data.fact_from_data(fact.type, json.loads(kept))

    def _repeated(self, place: int) -> JournalEntry:
        self.journal[place] = replace(self.journal[place], repeats=self.journal[place].repeats + 1)
        return self.journal[place]

    def inquiry(self, key: LinkKey) -> InquiryRecord | None:
        return self.asked.get(key)

    def save_inquiry(self, key: LinkKey, inquiry: InquiryRecord) -> None:
        self.asked[key] = inquiry

    def finish(self) -> None:
        """Project every payment that got a new fact, once, after the decision."""
        self.payments |= {payment_id: fold(self.entries(payment_id)) for payment_id in self.touched}


class FakeLedger:
    """The port `Ledger`. A write is decided at once; its caller gets the result one loop iteration later."""

    def __init__(self) -> None:
        self.kept = FakeTransaction()
        self.problem: str | None = None
        self.problem_listeners: list[Callable[[str], None]] = []
        self._listeners: list[Callable[[], None]] = []
        self._closed = False

    async def write(self, decide: Callable[[LedgerTransaction], T]) -> T:
        draft = self._open().draft()
        result = decide(draft)
        draft.finish()
        before, self.kept = self.kept, draft
        for tell in self._listeners if len(draft.journal) > len(before.journal) else ():
            tell()
        await asyncio.sleep(0)
        return result

    def on_problem(self, listener: Callable[[str], None]) -> None:
        self.problem_listeners.append(listener)

    def on_commit(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def watch_commits(self, notify: Callable[[], None], every_s: float) -> Callable[[], None]:
        """Never notify: no other process writes here."""
        notify()
        return lambda: None

    async def mode(self) -> str | None:
        return (await self._read()).held_mode

    async def payment(self, payment_id: PaymentId) -> PaymentView | None:
        return next((view for view in await self._views() if view.payment.id == payment_id), None)

    async def payment_history(self, payment_id: PaymentId) -> PaymentHistory | None:
        view = await self.payment(payment_id)
        if view is None:
            return None
        kept = self.kept  # no loop iteration in between: the same moment
        last_seq = max(entry.seq for entry in kept.journal)
        return PaymentHistory(view.payment, view.contact, kept.entries(payment_id), last_seq)

    async def payment_by_number(self, number: int) -> PaymentView | None:
        return next((view for view in await self._views() if view.payment.number == number), None)

    async def payment_of_link(self, key: LinkKey) -> PaymentId | None:
        return (await self._read()).payment_of_link(key)

    async def payments(self, criteria: PaymentFilter) -> list[PaymentView]:
        found = await self._chosen(criteria)
        return found[: criteria.limit] if criteria.limit > 0 else found

    async def totals(self, criteria: PaymentFilter, by: TotalsBy | None = None) -> Totals:
        found = [view.payment for view in await self._chosen(criteria)]
        return added_up(found, criteria, by, await self.last_seq())

    async def page(
        self,
        criteria: PaymentFilter,
        order: SortOrder = NEWEST_FIRST,
        *,
        after: Anchor | None = None,
        skip: int = 0,
        limit: int = 200,
    ) -> HistoryPage:
        rows = sorted_views(await self._chosen(criteria), criteria, order)
        passed = 0 if after is None else [_anchor(view) for view in rows].index(after) + 1
        rows = rows[passed + skip : passed + skip + limit]
        return HistoryPage(rows, _anchor(rows[-1]) if rows else None, await self.last_seq())

    async def outline(self, criteria: PaymentFilter, order: SortOrder = NEWEST_FIRST) -> HistoryOutline:
        rows = sorted_views(await self._chosen(criteria), criteria, order)
        anchors = [_anchor(view) for view in rows[ANCHOR_STEP - 1 :: ANCHOR_STEP]]
        return HistoryOutline(len(rows), anchors, await self.last_seq())

    async def attention_inbox(self, per_group: int = 100) -> AttentionInbox:
        views = await self._views()
        as_of = max((entry.seq for entry in self.kept.journal), default=0)
        found: dict[Attention, list[PaymentView]] = {}
        for view in views:
            if view.payment.attention:
                found.setdefault(min(view.payment.attention, key=GRAVEST_FIRST.index), []).append(view)
        reasons = [reason for reason in GRAVEST_FIRST if reason in found]
        groups = [AttentionGroup(reason, len(found[reason]), found[reason][:per_group]) for reason in reasons]
        return AttentionInbox(groups, as_of)

    async def _chosen(self, criteria: PaymentFilter) -> list[PaymentView]:
        return [view for view in await self._views() if is_chosen(view, criteria)]

    async def scan(self, criteria: PaymentFilter, work: Callable[[PaymentScan], T]) -> T:
        return await asyncio.to_thread(work, FakeScan(await self.payments(criteria), criteria.now))

    async def period_record(self, start: datetime, end: datetime, now: datetime, day: str) -> PeriodRecord:
        views, kept = await self._views(), self.kept
        payments = [view.payment for view in views]
        moved = [item for payment in payments for item in movements_of(payment, kept.entries(payment.id))]
        made = [payment.status(now) for payment in payments if start <= payment.created_at < end]
        return PeriodRecord(
            as_of=max((entry.seq for entry in kept.journal), default=0),
            movements=sorted((item for item in moved if start <= item.at < end), key=lambda item: item.at),
            created={status: made.count(status) for status in PaymentStatus},
            open_count=sum(payment.status(now) is PaymentStatus.OPEN for payment in payments),
            attention_count=sum(bool(payment.attention) for payment in payments),
            closing=next((e for e in kept.journal if isinstance(e.fact, DayClosed) and e.fact.day == day), None),
        )

    async def unfinished(self, now: datetime) -> list[PaymentView]:
        views, kept = await self._views(), self.kept
        return [view for view in views if _is_unfinished(view.payment, kept.entries(view.payment.id), now)]

    async def unanswered(self, now: datetime, ended_after: datetime | None = None) -> list[PaymentView]:
        views, kept = await self._views(), self.kept
        lately = [view for view in views if ended_after is None or view.payment.link.expires_at > ended_after]
        return [view for view in lately if _is_unanswered(view.payment, kept, now)]

    async def inquiries(self, keys: Sequence[LinkKey]) -> dict[LinkKey, InquiryRecord]:
        asked = (await self._read()).asked
        return {key: asked[key] for key in keys if key in asked}

    async def entries(self, payment_id: PaymentId) -> list[JournalEntry]:
        return (await self._read()).entries(payment_id)

    async def unmatched_entries(self, limit: int = 50) -> list[JournalEntry]:
        journal = (await self._read()).journal
        found = (e for e in reversed(journal) if e.payment_id is None and not isinstance(e.fact, DayClosed))
        return list(found)[:limit]

    async def tail(self, after_seq: int, limit: int = 500) -> list[JournalEntry]:
        return [entry for entry in (await self._read()).journal if entry.seq > after_seq][:limit]

    async def changed_since(self, seq: int) -> Changes:
        later = [entry for entry in (await self._read()).journal if entry.seq > seq]
        payments = frozenset(entry.payment_id for entry in later if entry.payment_id is not None)
        return Changes(seq, max((entry.seq for entry in later), default=seq), payments)

    async def uncounted_callbacks(self, after_seq: int) -> list[JournalEntry]:
        later = [entry for entry in (await self._read()).journal if entry.seq > after_seq]
        return [entry for entry in later if isinstance(entry.fact, CallbackReceived) and not entry.fact.counts]

    async def last_seq(self) -> int:
        return max((entry.seq for entry in (await self._read()).journal), default=0)

    async def rebuild(self, *, write: bool) -> Sequence[ProjectionDifference]:
        kept = await self._read()
        right = {e.payment_id: fold(kept.entries(e.payment_id)) for e in kept.journal if e.payment_id is not None}
        found = [wrong for payment in right.values() for wrong in _differences(kept.payments.get(payment.id), payment)]
        if write and found:
            kept.payments = right
        return found

    async def close(self) -> None:
        self._closed = True

    def _open(self) -> FakeTransaction:
        if self._closed:
            raise StorageError(reason="the ledger is closed")
        return self.kept

    async def _read(self) -> FakeTransaction:
        await asyncio.sleep(0)
        return self._open()

    async def _views(self) -> list[PaymentView]:
        """Return every payment, newest first."""
        kept = await self._read()
        newest = sorted(kept.payments.values(), key=lambda p: (p.created_at, p.number), reverse=True)
        return [PaymentView(payment, kept.contact(payment.contact_id)) for payment in newest]


def _anchor(view: PaymentView) -> Anchor:
    return Anchor(0, (view.payment.number,))


@dataclass(frozen=True, slots=True)
class FakeScan:
    """The port `PaymentScan` on views that were read."""

    found: Sequence[PaymentView]
    now: datetime

    def views(self) -> Iterator[PaymentView]:
        return iter(self.found)

    def lines(self) -> Iterator[PaymentLine]:
        return (_line(view.payment, view.contact or Contact(None, None), self.now) for view in self.found)


def _line(payment: Payment, contact: Contact, now: datetime) -> PaymentLine:
    same = {name: getattr(payment, name) for name in PaymentLine._fields if name not in ("status", "phone", "email")}
    return PaymentLine(**same, status=payment.status(now), phone=contact.phone, email=contact.email)


def _is_unfinished(payment: Payment, entries: list[JournalEntry], now: datetime) -> bool:
    since = now - POLLED_AFTER_EXPIRY
    if any(refund.status in (RefundStatus.REQUESTED, RefundStatus.UNKNOWN) for refund in payment.refunds):
        return True
    match payment.state:
        case PaymentStatus.CREATING:
            return payment.status(now) is PaymentStatus.CREATING
        case PaymentStatus.OPEN | PaymentStatus.AUTHORISED:
            return payment.link.expires_at > since
        case PaymentStatus.CANCELLED:
            return any(isinstance(entry.fact, LinkCancelled) and entry.at > since for entry in entries)
        case _:
            return payment.state is PaymentStatus.UNDERPAID


def _is_unanswered(payment: Payment, kept: FakeTransaction, now: datetime) -> bool:
    ended = payment.link.expires_at
    if payment.state not in (PaymentStatus.OPEN, PaymentStatus.AUTHORISED) or ended > now - POLLED_AFTER_EXPIRY:
        return False
    after_end = (entry for entry in kept.entries(payment.id) if entry.at >= ended)
    if any(isinstance(entry.fact, OperatorSilent) for entry in after_end):
        return False
    answers = [kept.asked[link.key].answered_at for link in payment.links if link.key in kept.asked]
    return not any(at is not None and at >= ended for at in answers)


def _differences(stored: Payment | None, folded: Payment) -> Iterator[ProjectionDifference]:
    for column in (spec.name for spec in fields(folded)):
        there, right = getattr(stored, column, None), getattr(folded, column)
        if there != right:
            yield ProjectionDifference(folded.id, folded.number, column, there, right)
