"""A payment and its links as frozen values. They are built by the fold and never change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.ids import ContactId, LinkKey, PaymentId, RefundId, TransactionId

AUTHORISED_GRACE = timedelta(minutes=2)
"""Money may be in transit when the link runs out: an authorised payment shows as expired this much later."""


class PaymentStatus(StrEnum):
    """The status words of contract.md 2."""

    CREATING = "creating"
    OPEN = "open"
    AUTHORISED = "authorised"
    PAID = "paid"
    UNDERPAID = "underpaid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NOT_CREATED = "not_created"


class PaymentFlag(StrEnum):
    """Further words of the status filter, besides PaymentStatus (contract.md 1)."""

    ATTEMPT_FAILED = "attempt_failed"
    PAID_LATE = "paid_late"
    REFUND_REQUESTED = "refund_requested"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"


class ConfirmedBy(StrEnum):
    """How the money was confirmed (protocol.md A4)."""

    CALLBACK = "callback"
    UNSIGNED_CALLBACK = "unsigned_callback"
    INQUIRY = "asking"
    PERSON = "person"


class RefundStatus(StrEnum):
    REQUESTED = "requested"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


REFUND_IN_FLIGHT = frozenset({RefundStatus.REQUESTED, RefundStatus.UNKNOWN})
"""An unknown outcome counts as a request in flight (protocol.md A5)."""


class RefundMark(StrEnum):
    NONE = "none"
    REQUESTED = "requested"
    PARTIAL = "partial"
    FULL = "full"


class Attention(StrEnum):
    """Why a payment needs attention (contract.md 2, protocol.md A3.6)."""

    UNVERIFIED = "unverified"
    UNDERPAID = "underpaid"
    OVERPAID = "overpaid"
    OTHER_OPERATION = "other_operation"
    LATE = "late"
    PAID_TWICE = "paid_twice"
    TXN_REUSED = "txn_reused"
    REPLAY = "replay"
    OPERATOR_SAYS_PAID = "operator_says_paid"
    UNVERIFIED_REFUND = "unverified_refund"
    REFUNDED_ELSEWHERE = "refunded_elsewhere"
    CONTRADICTION = "contradiction"
    UNKNOWN_COMMAND = "unknown_command"
    SILENT = "silent"
    OVER_REFUNDED = "over_refunded"
    REFUND_AFTER_ALL = "refund_after_all"


GRAVEST_FIRST = (
    Attention.CONTRADICTION,
    Attention.OPERATOR_SAYS_PAID,
    Attention.PAID_TWICE,
    Attention.OVERPAID,
    Attention.UNDERPAID,
    Attention.OVER_REFUNDED,
    Attention.REFUND_AFTER_ALL,
    Attention.LATE,
    Attention.OTHER_OPERATION,
    Attention.REFUNDED_ELSEWHERE,
    Attention.UNVERIFIED_REFUND,
    Attention.TXN_REUSED,
    Attention.REPLAY,
    Attention.UNVERIFIED,
    Attention.SILENT,
    Attention.UNKNOWN_COMMAND,
)
"""The order of the reasons where a payment stands under one of its own."""


class LinkState(StrEnum):
    REQUESTED = "requested"
    CREATED = "created"
    REFUSED = "refused"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Link:
    """One address where the payer can pay. `transaction_id` is that of the newest try to create it.

    `terminal_id`: what that try was sent with; None in links of older journals, which use their payment's.
    """

    key: LinkKey
    transaction_id: TransactionId
    callback_url: str
    created_at: datetime
    expires_at: datetime
    state: LinkState
    tries: int
    lease_until: datetime
    cancelled: bool = False
    url: str | None = None
    uuid: str | None = None
    operation_id: str | None = None
    baseline: int | None = None
    terminal_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund (protocol.md A5)."""

    id: RefundId
    amount_minor: int
    status: RefundStatus
    reason: str | None
    requested_at: datetime | None
    done_at: datetime | None
    txn_id: str | None
    transaction_id: TransactionId | None
    terminal_id: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """The payment of one sale, folded from its facts. `state` does not depend on the clock; `status(now)` does."""

    id: PaymentId
    number: int
    state: PaymentStatus
    amount_minor: int
    currency: str
    purpose: str | None
    order: str | None
    contact_id: ContactId | None
    pay_type: str | None
    locale: str
    terminal_id: str
    created_by: str | None
    created_at: datetime
    links: tuple[Link, ...]
    received_minor: int = 0
    refunded_minor: int = 0
    refund: RefundMark = RefundMark.NONE
    refunds: tuple[Refund, ...] = ()
    late: bool = False
    attention: tuple[Attention, ...] = ()
    attention_causes: tuple[str, ...] = ()
    card: str | None = None
    txn_id: str | None = None
    confirmed_by: ConfirmedBy | None = None
    confirmed_at: datetime | None = None
    last_error: str | None = None

    @property
    def link(self) -> Link:
        """The newest link."""
        return self.links[-1]

    @property
    def returning_minor(self) -> int:
        """Kopecks of the refunds whose outcome is not known yet."""
        return sum(refund.amount_minor for refund in self.refunds if refund.status in REFUND_IN_FLIGHT)

    @property
    def left_minor(self) -> int:
        """Kopecks received that neither went back nor are on their way back."""
        return max(0, self.received_minor - self.refunded_minor - self.returning_minor)

    @property
    def is_all_returned(self) -> bool:
        """Whether all that was received went back or is on its way back."""
        return self.refund is RefundMark.FULL or self.left_minor == 0 < self.received_minor

    @property
    def is_surplus_returned(self) -> bool:
        """Whether more was received than asked, and all that was too much went back or is on its way back."""
        return self.left_minor <= self.amount_minor < self.received_minor

    def status(self, now: datetime) -> PaymentStatus:
        """Return what people see at `now`: a link that has run out is expired whether or not a program ran."""
        return status_at(self.state, self.link.expires_at, now)


def status_at(state: PaymentStatus, expires_at: datetime, now: datetime) -> PaymentStatus:
    """Return the shown status of a stored state: the one rule of expiry, for values and for queries."""
    if state is PaymentStatus.CREATING and now >= expires_at:
        return PaymentStatus.NOT_CREATED
    if state is PaymentStatus.OPEN and now >= expires_at:
        return PaymentStatus.EXPIRED
    if state is PaymentStatus.AUTHORISED and now >= expires_at + AUTHORISED_GRACE:
        return PaymentStatus.EXPIRED
    return state
