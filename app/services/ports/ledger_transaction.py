"""The port of one transaction of the ledger: what a decision may read and write, with its values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.ids import ContactId, LinkKey, PaymentId
from app.domain.journal.events import CallbackReceived, Fact, JournalEntry, Source
from app.domain.payment import Payment


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer's phone and e-mail. They can be deleted; the journal only holds their id."""

    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Appended:
    """A fact that was written, or the first one with its dedupe key (`is_new` false, nothing changed but a counter)."""

    entry: JournalEntry
    is_new: bool


@dataclass(frozen=True, slots=True)
class InquiryRecord:
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
        """Return the fold of the payment's facts, those of this transaction included; repeated calls are free."""
        ...

    def require(self, payment_id: PaymentId) -> Payment:
        """Return the payment as `payment` does. Raises NotFound."""
        ...

    def entries(self, payment_id: PaymentId) -> list[JournalEntry]: ...

    def payment_of_link(self, key: LinkKey) -> PaymentId | None: ...

    def links_of_transaction(self, transaction_id: str) -> tuple[LinkKey, ...]:
        """Return the links that the operator created for a TransactionID of ours."""
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

    def inquiry(self, key: LinkKey) -> InquiryRecord | None: ...

    def save_inquiry(self, key: LinkKey, inquiry: InquiryRecord) -> None:
        """Store the newest inquiry about a link; all processes of the home see it."""
        ...

    def append(self, fact: Fact, *, payment_id: PaymentId | None, source: Source, at: datetime) -> Appended:
        """Write a fact and the payment's new projection, or count a repetition."""
        ...
