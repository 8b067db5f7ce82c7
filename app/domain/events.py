"""The facts of the journal, frozen. A fact is stored as its `type` and a JSON object of its fields.

To add a fact: 1. write the dataclass with a `type`; 2. give it a `dedupe` where repetition must be a no-op;
3. add it to FACTS; 4. teach `fold.py` what it means; 5. give it a sentence in `i18n.texts`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from app.domain.ids import ContactId, LinkKey, PaymentId, RefundId, TransactionId, dedupe_key

ACCEPTED, REFUSED = "10", "21"
"""The results that a callback is answered with (protocol.md A3.3)."""


class Signed(StrEnum):
    """What the check of a callback's signature said (protocol.md A3.4)."""

    VERIFIED = "verified"
    MISSING = "missing"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class PaymentRequested:
    """A person or a program asked for money; everything about the sale that its links share."""

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

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.number)


@dataclass(frozen=True, slots=True)
class LinkRequested:
    """The intent to ask the operator, committed before the request leaves (protocol.md A1.2)."""

    type: ClassVar[str] = "link_requested"
    link_key: LinkKey
    transaction_id: TransactionId
    callback_url: str
    expires_at: datetime
    lease_until: datetime
    owner: str

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
    """The operator said no. `operator_code` and `message` are its own words."""

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
class CallbackReceived:
    """A well-formed callback on a known link, with the verdicts that were judged at receipt (protocol.md A3.8).

    `counts`: a `pay` that is money: believed, no replay, of no other payment's operation. `signature`: SHA-256 of the
    decoded signature, hex, for replays.
    `other` holds unknown parameters, redacted. Never a PAN: `card` is the mask of the first six and last four digits.
    """

    type: ClassVar[str] = "callback_received"
    link_key: LinkKey
    command: str
    txn_id: str
    uuid: str | None
    txn_date: str | None
    sum_minor: int | None
    signed: Signed
    result: str
    message: str
    counts: bool = False
    late: bool = False
    txn_reused: bool = False
    replay: bool = False
    signature: str | None = None
    card: str | None = None
    account: str | None = None
    gateway: str | None = None
    pay_type: str | None = None
    error_text: str | None = None
    other: dict[str, str] = field(default_factory=dict)

    @property
    def is_believed(self) -> bool:
        """Signed, or an unsigned `pay` that the settings of its moment took for a signed one (protocol.md A3.6)."""
        return self.signed is Signed.VERIFIED or self.counts or self.txn_reused or self.replay

    def dedupe(self) -> str | None:
        return callback_dedupe_key(self)


FINAL_COMMANDS = frozenset({"pay", "error", "refund"})
JUDGED_COMMANDS = frozenset({"check", "auth"})


def callback_dedupe_key(fact: CallbackReceived) -> str:
    """Return the key of protocol.md A3.5: what is final never collides with what may yet be judged otherwise.

    A verified fact differs from an unverified one, and so does an unsigned `pay` that was believed from one that was
    not. A `check` or `auth` answered with yes is one fact; each reason to refuse it is another.
    """
    named = ("callback", fact.link_key, fact.command, fact.txn_id, fact.uuid)
    if fact.command in FINAL_COMMANDS:
        verified = fact.signed is Signed.VERIFIED
        standing = "believed" if fact.is_believed and not verified else verified
        return dedupe_key(*named, fact.txn_date, fact.sum_minor, standing)
    if fact.command in JUDGED_COMMANDS:
        return dedupe_key(*named, fact.result, "" if fact.result == ACCEPTED else fact.message)
    return dedupe_key(*named)


@dataclass(frozen=True, slots=True)
class CallbackMalformed:
    """A callback on a known link that lacks, repeats or garbles what is needed (protocol.md A3.1)."""

    type: ClassVar[str] = "callback_malformed"
    link_key: LinkKey
    reason: str
    parameter: str
    nonce: str

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.link_key, self.nonce)


@dataclass(frozen=True, slots=True)
class OrphanReceived:
    """A validly signed callback whose key we do not know; it belongs to no payment (protocol.md A2, A3.9)."""

    type: ClassVar[str] = "orphan_received"
    command: str
    txn_id: str
    uuid: str
    txn_date: str
    sum_minor: int

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.command, self.txn_id)


@dataclass(frozen=True, slots=True)
class KeysUnknown:
    """Callbacks came to addresses that are not ours. One fact a day (`YYYY-MM-DD`, Kyiv); the counter of its
    repetitions says how many more came (protocol.md A2). It belongs to no payment.
    """

    type: ClassVar[str] = "keys_unknown"
    day: str

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.day)


@dataclass(frozen=True, slots=True)
class StatusAnswered:
    """What the operator said about a link when asked; only changed answers are facts (protocol.md A4).

    `proves`: by the settings of that moment this answer settles the payment. `hint`: it says paid, a person decides.
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

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.link_key, self.nonce) if self.nonce else None


@dataclass(frozen=True, slots=True)
class OperatorSilent:
    """[20003] said nothing about a link until a day after its end: a person must look (protocol.md A3.9)."""

    type: ClassVar[str] = "operator_silent"
    link_key: LinkKey

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.link_key)


@dataclass(frozen=True, slots=True)
class PaymentSettled:
    """A person looked at what needed attention. `causes` are the ones this settled; `paid`: it also made it paid.

    `seen`: seq of the journal that the person had seen; None in journals from before it was kept.
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

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.refund_id)


@dataclass(frozen=True, slots=True)
class RefundAnswered:
    """What became of a refund by [30203], by asking, or by a person: `requested`, `done`, `failed` or `unknown`."""

    type: ClassVar[str] = "refund_answered"
    refund_id: RefundId
    status: str
    message: str
    nonce: str = ""
    by: str | None = None

    def dedupe(self) -> str | None:
        return dedupe_key(self.type, self.refund_id, self.status, self.nonce)


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
)

FACTS: dict[str, type[Fact]] = {
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
    )
}


class Source(StrEnum):
    """Who stated a fact."""

    TILL = "till"
    OPERATOR = "operator"
    CALLBACK = "callback"
    ASKING = "asking"
    PERSON = "person"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A fact in the journal. `seq` orders arrival only and means nothing to the fold."""

    seq: int
    at: datetime
    payment_id: PaymentId | None
    source: Source
    fact: Fact
    repeats: int = 0
