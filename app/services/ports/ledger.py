"""The port of the journal and its projection, with the values of reading it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from app.domain.ids import LinkKey, PaymentId
from app.domain.journal.events import JournalEntry
from app.domain.payment import Attention, ConfirmedBy, Payment, PaymentFlag, PaymentStatus
from app.domain.payment_fold.movements import Movement
from app.services.ports.changes import Changes
from app.services.ports.history_values import (
    NEWEST_FIRST,
    UTC_DAY,
    Anchor,
    HistoryOutline,
    ShopDay,
    SortOrder,
    TotalsBy,
    TotalsGroup,
)
from app.services.ports.ledger_transaction import Contact, InquiryRecord, LedgerTransaction
from app.services.ports.payment_line import PaymentLine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Newest first. Instants bound `created_at`: from inclusive, to exclusive. `limit` 0 = all.

    `search` is read by `domain.search_words`, its days are those of `shop_day`. Sums are inclusive bounds of the
    payment's amount. `person` is the exact `created_by`, empty: none.
    """

    now: datetime
    status: PaymentStatus | PaymentFlag | None = None
    attention: bool = False
    created_from: datetime | None = None
    created_to: datetime | None = None
    search: str | None = None
    limit: int = 50
    min_minor: int | None = None
    max_minor: int | None = None
    person: str | None = None
    confirmed_by: ConfirmedBy | None = None
    shop_day: ShopDay = UTC_DAY


@dataclass(frozen=True, slots=True)
class Totals:
    """What a filter's payments add up to, whatever its limit. `paid`: how many are paid.

    `groups` are sorted by key, that of None last, without empty ones. `as_of`: seq of the journal they were read at.
    """

    count: int
    paid: int
    received_minor: int
    refunded_minor: int
    groups: Sequence[TotalsGroup] = ()
    as_of: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment with its contact, which the journal may not hold."""

    payment: Payment
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Rows in their order. `last`: the anchor of the last one, None on an empty page. `as_of`: seq of the journal."""

    rows: Sequence[PaymentView]
    last: Anchor | None
    as_of: int


@dataclass(frozen=True, slots=True)
class PaymentHistory(PaymentView):
    """A payment with its journal entries, oldest first, read in one snapshot; what every command returns.

    `as_of`: seq of the last entry of the whole journal at that moment; what comes later has a greater one.
    """

    entries: Sequence[JournalEntry]
    as_of: int

    @property
    def newest_seq(self) -> int:
        """Return the seq of the payment's own last entry: of two histories of it, the greater one is newer."""
        return max((entry.seq for entry in self.entries), default=0)


@dataclass(frozen=True, slots=True)
class AttentionGroup:
    """The payments whose gravest reason this is, newest first. `count`: all of them, in `views` or not."""

    reason: Attention
    count: int
    views: Sequence[PaymentView]


@dataclass(frozen=True, slots=True)
class AttentionInbox:
    """All payments that need attention, each in one group; groups in the order of GRAVEST_FIRST, none empty.

    `as_of`: seq of the journal that they were read at, all in one snapshot.
    """

    groups: Sequence[AttentionGroup]
    as_of: int

    @property
    def count(self) -> int:
        """Return how many payments need attention."""
        return sum(group.count for group in self.groups)


@dataclass(frozen=True, slots=True)
class ProjectionDifference:
    """A payment whose projection is not the fold of its facts."""

    payment_id: PaymentId
    number: int
    column: str
    stored: object
    folded: object


class PaymentScan(Protocol):
    """A filter's payments, newest first, all of one snapshot, some hundred in memory at a time.

    Raises StorageError leaves while it is walked through.
    """

    def lines(self) -> Iterator[PaymentLine]: ...

    def views(self) -> Iterator[PaymentView]: ...


@dataclass(frozen=True, slots=True)
class PeriodRecord:
    """What moved and what was made in a period, read in one snapshot of the ledger.

    `as_of`: seq of the journal's last entry. `created`: how many payments were made in the period, by the status that
    they have now. `open_count`, `attention_count`: of all payments, now. `closing`: the entry of a DayClosed.
    """

    as_of: int
    movements: Sequence[Movement]
    created: Mapping[PaymentStatus, int]
    open_count: int
    attention_count: int
    closing: JournalEntry | None = None


class Ledger(Protocol):
    """The journal and its projection. Raises StorageError leaves only."""

    @property
    def problem(self) -> str | None:
        """Return the error code of this process's last write; None when it succeeded, or before the first."""
        ...

    def on_problem(self, listener: Callable[[str], None]) -> None:
        """Call this with the error code of every write that fails, on the loop that awaits the write."""
        ...

    async def write(self, decide: Callable[[LedgerTransaction], T]) -> T:
        """Run a decision in a transaction and return its result after the commit reached the disk.

        A decision that raises is rolled back alone; others of its group commit. Cancelling the caller does not
        stop a decision that was handed over.
        """
        ...

    async def mode(self) -> str | None:
        """Return `demo`, `live`, or None while this ledger has no payment yet; once set it never changes."""
        ...

    async def payment(self, payment_id: PaymentId) -> PaymentView | None: ...

    async def payment_history(self, payment_id: PaymentId) -> PaymentHistory | None:
        """Return the payment, its entries and the journal's last seq, all of one snapshot."""
        ...

    async def payment_by_number(self, number: int) -> PaymentView | None: ...

    async def payment_of_link(self, key: LinkKey) -> PaymentId | None: ...

    async def payments(self, criteria: PaymentFilter) -> list[PaymentView]: ...

    async def totals(self, criteria: PaymentFilter, by: TotalsBy | None = None) -> Totals: ...

    async def page(
        self,
        criteria: PaymentFilter,
        order: SortOrder = NEWEST_FIRST,
        *,
        after: Anchor | None = None,
        skip: int = 0,
        limit: int = 200,
    ) -> HistoryPage:
        """Return rows of a sort order: from its begin or after an anchor, without the next `skip` ones.

        The filter's own limit does not count. Cancelling the call ends the query, as that of `outline` and `totals`.
        """
        ...

    async def outline(self, criteria: PaymentFilter, order: SortOrder = NEWEST_FIRST) -> HistoryOutline:
        """Return the number of rows and the anchors that `page` can begin after."""
        ...

    async def scan(self, criteria: PaymentFilter, work: Callable[[PaymentScan], T]) -> T:
        """Let `work` walk through a filter's payments on a thread of the ledger's, and return its result.

        Cancelling the caller does not stop it: it ends by raising.
        """
        ...

    async def period_record(self, start: datetime, end: datetime, now: datetime, day: str) -> PeriodRecord:
        """Return the record of a period, `end` exclusive, with the closing of `day` (`YYYY-MM-DD`) if there is one."""
        ...

    async def attention_inbox(self, per_group: int = 100) -> AttentionInbox:
        """Return the payments that need attention by their gravest reason, at most so many views of each."""
        ...

    async def unfinished(self, now: datetime) -> list[PaymentView]:
        """Return the payments of protocol.md A3.10: those to poll."""
        ...

    async def unanswered(self, now: datetime, ended_after: datetime | None = None) -> list[PaymentView]:
        """Return unpaid payments whose end is more than a day ago and that [20003] gave no answer for since (A3.9).

        `ended_after`: only those that ended later, for repeated calls.
        """
        ...

    async def inquiries(self, keys: Sequence[LinkKey]) -> dict[LinkKey, InquiryRecord]:
        """Return the inquiry records of these links; those never asked about are absent."""
        ...

    async def entries(self, payment_id: PaymentId) -> list[JournalEntry]: ...

    async def unmatched_entries(self, limit: int = 50) -> list[JournalEntry]:
        """Return the newest facts that belong to no payment: orphans, and the day's digest of unknown keys (A3.9)."""
        ...

    async def tail(self, after_seq: int, limit: int = 500) -> list[JournalEntry]: ...

    async def changed_since(self, seq: int) -> Changes:
        """Return what was written after a seq, without reading any fact: one that is unreadable counts, too."""
        ...

    async def uncounted_callbacks(self, after_seq: int) -> list[JournalEntry]:
        """Return the callbacks after a seq, oldest first, that brought no money (`counts` is false)."""
        ...

    async def last_seq(self) -> int: ...

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call this listener, on a thread of the ledger's, after each commit that changed something.

        It must be quick. Commits of other processes are reported by `watch_commits` only.
        """
        ...

    def watch_commits(self, notify: Callable[[], None], every_s: float) -> Callable[[], None]:
        """Call `notify`, on a thread of the ledger's, within `every_s` after another process committed.

        It is called once at the start, too, and may be called for our own commits. Returns the call that ends it.
        """
        ...

    async def rebuild(self, *, write: bool) -> Sequence[ProjectionDifference]:
        """Compare the projection with the journal's fold; with `write` make it equal."""
        ...

    async def close(self) -> None: ...
