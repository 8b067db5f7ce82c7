"""What the services need from the world, as Protocols with frozen values. Adapters implement them, tests fake them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from app.domain.events import CallbackReceived, Fact, JournalEntry, Source
from app.domain.ids import ContactId, LinkKey, PaymentId, TransactionId
from app.domain.payment import Payment, PaymentStatus
from app.services.changes import Changes
from app.services.incoming import IncomingCallback as IncomingCallback
from app.services.incoming import MalformedCallback as MalformedCallback
from app.services.statement_lines import Statement

T = TypeVar("T")


class Clock(Protocol):
    """The only way to know the time."""

    def now(self) -> datetime:
        """Return the aware UTC time."""
        ...


class Entropy(Protocol):
    """The only way to be unpredictable."""

    def link_key(self) -> LinkKey:
        """Return 128 random bits, url-safe, without padding (protocol.md A2)."""
        ...

    def payment_id(self) -> PaymentId: ...

    def transaction_id(self) -> TransactionId: ...

    def nonce(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LinkOrder:
    """What [10005] asks for (protocol.md A1.3). `phone` is `380XXXXXXXXX`; absent is None, never an empty text."""

    transaction_id: TransactionId
    amount_minor: int
    currency: str
    account: str
    callback_url: str
    locale: str
    requested_at: datetime
    terminal_id: str
    phone: str | None = None
    email: str | None = None
    order: str | None = None
    purpose: str | None = None
    pay_type: str | None = None


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """A link that the operator made: an allowed https address (http on loopback) and the operator's ids."""

    url: str
    uuid: str | None
    operation_id: str | None


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """What [20003] said. `operation_status`: what is no `OperationStatus`, or None, is not final."""

    operation_status: int | None
    message: str


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What [30203] asks for (protocol.md A5). `amount_minor` None: all that came with `txn_id`."""

    transaction_id: TransactionId
    txn_id: str
    amount_minor: int | None
    requested_at: datetime
    terminal_id: str


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """An answer of [30203] with `Code` 200: `failed`, or taken and on its way (protocol.md A5)."""

    failed: bool
    message: str
    operation_status: int | None = None


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What [20001] said. `operator_time` is that of its HTTP answer, `balance_minor` None when it named none."""

    latency_ms: float
    operator_time: datetime | None
    message: str
    balance_minor: int | None = None


class OperatorGateway(Protocol):
    """The operator's API. Raises OperatorRefused, OperatorUnreachable, NotConfigured, never anything of HTTP's."""

    @property
    def last_answer_at(self) -> datetime | None: ...

    @property
    def last_latency_ms(self) -> float | None: ...

    @property
    def problem(self) -> str | None:
        """Return why the last request got no answer, `code: reason`; None when it got one."""
        ...

    async def create_link(self, order: LinkOrder) -> LinkAnswer: ...

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        """Ask what became of a request, [20003], by the pair of ids that it was sent with."""
        ...

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        """Send money back, [30203]. An OperatorError means that the outcome is unknown; NotConfigured: not sent."""
        ...

    async def test_connection(self) -> ConnectionReport:
        """Ask for the balance, [20001], which moves no money. OperatorRefused says no to the token, for example."""
        ...

    async def statement(self, start: datetime, end: datetime) -> Statement:
        """Return the wallet's rows of a period, [20002]; instants, both inclusive."""
        ...

    async def retire(self) -> None:
        """Close when the requests that are out have ended; no new ones are sent through this gateway."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer's phone and e-mail. They can be forgotten; the journal only holds their id."""

    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Appended:
    """A fact that was written, or the first one with its dedupe key (`is_new` false, nothing changed but a counter)."""

    entry: JournalEntry
    is_new: bool


@dataclass(frozen=True, slots=True)
class Inquiry:
    """How often the operator was asked about a link, when last, and when it last answered. Not part of the journal."""

    asked: int
    asked_at: datetime
    answered_at: datetime | None = None


class LedgerTransaction(Protocol):
    """What a decision may read and write, inside one transaction on the writer's thread. Plain calls, no awaiting."""

    def next_number(self) -> int:
        """Return the next payment number of this home; a number is never reused."""
        ...

    def remember_contact(self, phone: str | None, email: str | None) -> ContactId | None: ...

    def contact(self, contact_id: ContactId | None) -> Contact | None: ...

    def payment(self, payment_id: PaymentId) -> Payment | None:
        """Return the fold of the payment's facts, those of this transaction included; asking again costs nothing."""
        ...

    def require(self, payment_id: PaymentId) -> Payment:
        """Return the payment as `payment` does. Raises NotFound."""
        ...

    def entries(self, payment_id: PaymentId) -> list[JournalEntry]: ...

    def payment_of_link(self, key: LinkKey) -> PaymentId | None: ...

    def links_of_transaction(self, transaction_id: str) -> tuple[LinkKey, ...]:
        """Return the links that the operator made for a TransactionID of ours."""
        ...

    def links_of_uuid(self, uuid: str) -> tuple[LinkKey, ...]:
        """Return the links that the operator gave this uuid to."""
        ...

    def links_of_account(self, account: str, amount_minor: int, ended_after: datetime) -> tuple[LinkKey, ...]:
        """Return the newest links of unpaid payments of a sum whose customer, or else number, is this account (A1.3).

        A phone is compared without `+` and blanks, an e-mail without case. Only links that end after an instant.
        """
        ...

    def find(self, dedupe_key: str) -> JournalEntry | None: ...

    def payments_with_txn(self, txn_id: str) -> frozenset[PaymentId]:
        """Return the payments for which a `pay` with this txn_id counted."""
        ...

    def callbacks_with_signature(self, signature: str) -> tuple[CallbackReceived, ...]:
        """Return the callbacks that carried this signature (hex SHA-256), of all payments, in no order."""
        ...

    def mode(self) -> str | None:
        """Return `demo`, `live`, or None while this ledger has no payment yet."""
        ...

    def set_mode(self, mode: str) -> None: ...

    def inquiry(self, key: LinkKey) -> Inquiry | None: ...

    def note_inquiry(self, key: LinkKey, inquiry: Inquiry) -> None:
        """Keep the newest asking about a link; all processes of the home see it."""
        ...

    def append(self, fact: Fact, *, payment_id: PaymentId | None, source: Source, at: datetime) -> Appended:
        """Write a fact and the payment's new projection, or count a repetition."""
        ...


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Newest first. Instants bound `created_at`: from inclusive, to exclusive. `limit` 0 = all."""

    now: datetime
    status: PaymentStatus | None = None
    attention: bool = False
    created_from: datetime | None = None
    created_to: datetime | None = None
    search: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Totals:
    """What a filter's payments add up to, whatever its limit. `paid`: how many are paid."""

    count: int
    paid: int
    received_minor: int
    refunded_minor: int


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment with what the journal may not hold."""

    payment: Payment
    contact: Contact | None


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
class ProjectionDifference:
    """A payment whose projection is not the fold of its facts."""

    payment_id: PaymentId
    number: int
    column: str
    stored: object
    folded: object


class Ledger(Protocol):
    """The journal and its projection. Raises StorageError leaves only."""

    @property
    def problem(self) -> str | None:
        """Return the code of what this process's last write met; None when it went well, or before the first."""
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

    async def payments(self, wanted: PaymentFilter) -> list[PaymentView]: ...

    async def totals(self, wanted: PaymentFilter) -> Totals: ...

    async def unfinished(self, now: datetime) -> list[PaymentView]:
        """Return the payments of protocol.md A3.10: those to watch and to ask about."""
        ...

    async def unanswered(self, now: datetime, ended_after: datetime | None = None) -> list[PaymentView]:
        """Return unpaid payments whose end is more than a day ago and that [20003] never spoke of after it (A3.9).

        `ended_after`: only those, for a look that is taken again and again.
        """
        ...

    async def inquiries(self, keys: Sequence[LinkKey]) -> dict[LinkKey, Inquiry]:
        """Return what is known of asking about these links; those never asked about are absent."""
        ...

    async def entries(self, payment_id: PaymentId) -> list[JournalEntry]: ...

    async def strays(self, limit: int = 50) -> list[JournalEntry]:
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
        """Tell this listener, on a thread of the ledger's, after each commit that changed something.

        It must be quick. What other processes commit is told by `watch` only.
        """
        ...

    def watch(self, tell: Callable[[], None], every_s: float) -> Callable[[], None]:
        """Call `tell`, on a thread of the ledger's, within `every_s` after another process committed.

        It is called once at the start, too, and may be called for our own commits. Returns the call that ends it.
        """
        ...

    async def rebuild(self, *, write: bool) -> Sequence[ProjectionDifference]:
        """Compare the projection with the journal's fold; with `write` make it equal."""
        ...

    async def close(self) -> None: ...
