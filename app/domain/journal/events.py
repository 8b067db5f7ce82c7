"""The facts of the journal, frozen. A fact is stored as its `type` and a JSON object of its fields.

To add a fact: 1. write the dataclass with a `type`; 2. give it a `dedupe` where repetition must be a no-op;
3. add it to FACTS; 4. handle it in `fold.py`; 5. give it a sentence in `i18n.texts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from app.domain.ids import ContactId, LinkKey, PaymentId, RefundId, TransactionId, dedupe_key
from app.domain.journal.callback_facts import CallbackMalformed as CallbackMalformed
from app.domain.journal.callback_facts import CallbackReceived as CallbackReceived
from app.domain.journal.callback_facts import KeysUnknown as KeysUnknown
from app.domain.journal.callback_facts import OrphanReceived as OrphanReceived
from app.domain.journal.callback_facts import SignatureCheck as SignatureCheck
from app.domain.journal.callback_facts import callback_dedupe_key as callback_dedupe_key

VERDICT_VERSION = 2
"""Which verdicts a fact stores (protocol.md A3.8): written as `verdict_version` from 25 November 2026 on.

Facts without it are read as they were read before, so that no payment of an older journal changes: a refund callback
is matched by the fold, and causes of attention are named by code and txn_id only.
"""
KEEPS_DONE_AT = 2
"""From this version on a `refund` callback keeps the moment at which its refund was already known to be done."""


@dataclass(frozen=True, slots=True)
class PaymentRequested:
    """A person or a program requested a payment: everything about the sale that its links share."""

    type: ClassVar[str] = "payment_requested"
    number: int
    amount_minor: int
    currency: str
    terminal_id: str
    locale: str
    purpose: str | None = None
    order: str | None = None
    contact_id: ContactId | None = None
    pay_type: str | None = None
    created_by: str | None = None
    ttl_minutes: int | None = None
    """The lifetime of this sale's links where the cashier chose one; else the current setting applies."""

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.number)


@dataclass(frozen=True, slots=True)
class LinkRequested:
    """The intent to create a link, committed before the request is sent (protocol.md A1.2)."""

    type: ClassVar[str] = "link_requested"
    link_key: LinkKey
    transaction_id: TransactionId
    callback_url: str
    expires_at: datetime
    lease_until: datetime
    owner: str
    terminal_id: str | None = None
    """The TerminalID that this try was sent with: the operator knows it by this pair of ids only (A6b)."""

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.transaction_id)


@dataclass(frozen=True, slots=True)
class LinkCreated:
    type: ClassVar[str] = "link_created"
    link_key: LinkKey
    transaction_id: TransactionId
    url: str
    uuid: str | None
    operation_id: str | None

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.transaction_id)


@dataclass(frozen=True, slots=True)
class LinkRefused:
    """The operator refused. `operator_code` and `message` are the operator's own."""

    type: ClassVar[str] = "link_refused"
    link_key: LinkKey
    transaction_id: TransactionId
    operator_code: str | None
    message: str

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.transaction_id)


@dataclass(frozen=True, slots=True)
class LinkUnanswered:
    """One try ended without an answer, so its outcome is unknown."""

    type: ClassVar[str] = "link_unanswered"
    link_key: LinkKey
    transaction_id: TransactionId
    reason: str

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.transaction_id)


@dataclass(frozen=True, slots=True)
class LinkAbandoned:
    """No more tries: the payment is not created (protocol.md A1.2)."""

    type: ClassVar[str] = "link_abandoned"
    link_key: LinkKey

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.link_key)


@dataclass(frozen=True, slots=True)
class LinkCancelled:
    type: ClassVar[str] = "link_cancelled"
    link_key: LinkKey
    by: str | None = None

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.link_key)


@dataclass(frozen=True, slots=True)
class StatusAnswered:
    """The operator's answer to a status inquiry about a link; only changed answers are facts (protocol.md A4).

    `proves`: by the settings at that time this answer settles the payment. `hint`: it reports paid, a person decides.
    `contradicts`: it reports failed, asked after a signed `pay` of this very link made the payment paid.
    """

    type: ClassVar[str] = "status_answered"
    link_key: LinkKey
    transaction_id: TransactionId
    operation_status: int | None
    message: str
    baseline: bool = False
    proves: bool = False
    hint: bool = False
    nonce: str = ""
    contradicts: bool = False
    verdict_version: int | None = None

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.link_key, self.nonce) if self.nonce else None


@dataclass(frozen=True, slots=True)
class OperatorSilent:
    """[20003] gave no answer about a link until a day after its end: it needs attention (protocol.md A3.9)."""

    type: ClassVar[str] = "operator_silent"
    link_key: LinkKey
    verdict_version: int | None = None

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.link_key)


@dataclass(frozen=True, slots=True)
class PaymentSettled:
    """A person settled what needed attention. `causes`: those that were settled; `paid`: it was made paid, too.

    `seen`: seq of the journal that the person had seen; None in older journals.
    """

    type: ClassVar[str] = "payment_settled"
    causes: tuple[str, ...]
    reason: str
    paid: bool = False
    by: str | None = None
    nonce: str = ""
    seen: int | None = None

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.nonce) if self.nonce else None


@dataclass(frozen=True, slots=True)
class RefundRequested:
    type: ClassVar[str] = "refund_requested"
    refund_id: RefundId
    amount_minor: int
    txn_id: str
    transaction_id: TransactionId
    reason: str
    by: str | None = None
    terminal_id: str | None = None
    verdict_version: int | None = None

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.refund_id)


@dataclass(frozen=True, slots=True)
class RefundAnswered:
    """The outcome of a refund by [30203], a status inquiry, or a person: `requested`, `done`, `failed` or `unknown`."""

    type: ClassVar[str] = "refund_answered"
    refund_id: RefundId
    status: str
    message: str
    nonce: str = ""
    by: str | None = None

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.refund_id, self.status, self.nonce)


@dataclass(frozen=True, slots=True)
class DayClosed:
    """A day of the shop was closed: its figures as they were known then, which never change (contract.md 1b, `day`).

    A fact, so that it is append-only and travels with every copy of the journal; it belongs to no payment. `day`:
    `YYYY-MM-DD`; `starts`, `ends`: its bounds by the settings at that time, RFC 3339; `as_of`: seq of the journal
    that the figures were read at; `snapshot`: they, as JSON.
    """

    type: ClassVar[str] = "day_closed"
    day: str
    as_of: int
    starts: str
    ends: str
    snapshot: dict[str, Any]
    by: str | None = None

    def dedupe(self) -> str | None:
        return day_closed_key(self.day)


def day_closed_key(day: str) -> str:
    """Return the key of the closing of a day: there is one."""
    return dedupe_key(DayClosed.type, day)


OF_THE_SHOP = (DayClosed.type,)
"""The facts without a payment that are no messages of an unknown one (protocol.md A3.9); all others are, also those
that cannot be read."""


@dataclass(frozen=True, slots=True)
class UnknownFact:
    """A fact that this version cannot read: of a newer version, or damaged. It is shown and otherwise ignored."""

    type: str
    data: dict[str, Any]

    def dedupe(self) -> str | None:
        return None


Fact = (
    PaymentRequested
    | LinkRequested
    | LinkCreated
    | LinkRefused
    | LinkUnanswered
    | LinkAbandoned
    | LinkCancelled
    | CallbackReceived
    | CallbackMalformed
    | OrphanReceived
    | KeysUnknown
    | StatusAnswered
    | OperatorSilent
    | PaymentSettled
    | RefundRequested
    | RefundAnswered
    | DayClosed
    | UnknownFact
)

FACTS: dict[str, type[Any]] = {
    kind.type: kind
    for kind in (
        PaymentRequested,
        LinkRequested,
        LinkCreated,
        LinkRefused,
        LinkUnanswered,
        LinkAbandoned,
        LinkCancelled,
        CallbackReceived,
        CallbackMalformed,
        OrphanReceived,
        KeysUnknown,
        StatusAnswered,
        OperatorSilent,
        PaymentSettled,
        RefundRequested,
        RefundAnswered,
        DayClosed,
    )
}


class Source(StrEnum):
    """The origin of a fact."""

    TILL = "till"
    OPERATOR = "operator"
    CALLBACK = "callback"
    INQUIRY = "asking"
    PERSON = "person"
    PROGRAM = "program"
    UNKNOWN = "unknown"
    """Written by a newer version under a name that we do not know."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A fact in the journal. `seq` orders arrival only; the fold ignores it."""

    seq: int
    at: datetime
    payment_id: PaymentId | None
    source: Source
    fact: Fact
    repeats: int = 0
