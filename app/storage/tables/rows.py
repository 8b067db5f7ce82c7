"""The tables as SQLModel models. Times are UTC milliseconds, money is kopecks; flags are 0 or 1.

`event` is authoritative, `payment`, `link`, `refund` and `money_movement` its projection. A change needs a revision in
`migrations/`; a ledger is compared with these models when its schema is made or upgraded (`upgrade.py`). Reading and
writing uses the driver's own statements: SQLModel is not loaded for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, ForeignKey, Index, Table, Text, text
from sqlmodel import Field, SQLModel

_SHOWN = (
    *("state", "expires_at", "amount_minor", "received_minor", "refunded_minor"),
    *("created_by", "confirmed_by", "refund", "late", "attention"),
)
"""What the history filters and adds up: in two of its indexes, so that it reads no rows for it."""


class EventRow(SQLModel, table=True):
    __tablename__ = "event"
    __table_args__ = ({"sqlite_autoincrement": True},)

    seq: int | None = Field(default=None, primary_key=True)
    at: int
    payment_id: str | None = Field(default=None, index=True)
    link_key: str | None = Field(default=None, index=True)
    type: str
    source: str
    data: str = Field(sa_column=Column(Text, nullable=False))
    dedupe_key: str | None = Field(default=None, index=True, unique=True)
    txn_id: str | None = Field(default=None, index=True)
    signature: str | None = Field(default=None, index=True)


class EventRepeatRow(SQLModel, table=True):
    """How often a fact was stated again; not part of the journal, so `rebuild` does not change it."""

    __tablename__ = "event_repeat"

    seq: int = Field(
        sa_column=Column(ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    )
    count: int
    last_at: int


class PaymentRow(SQLModel, table=True):
    """`expires_at` is the newest link's; `attention` holds its codes between blanks: ` late overpaid `.

    `words`, `operations` and `txn_words` hold purpose and order, the links' operations and the txn_id as searched;
    `payment_total` and, through `pending_words`, the full-text index `payment_words` are kept from here by
    triggers (revisions 0005 and 0007).
    """

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_state", "state", "expires_at"),
        Index("ix_payment_time", "created_at", "number", *_SHOWN),
        Index("ix_payment_totals", "number", "created_at", *_SHOWN),
        Index("ix_payment_amount", "amount_minor", "number"),
        Index("ix_payment_person", "created_by", "created_at", "number"),
        Index("ix_payment_confirmed", "confirmed_by", "created_at", "number"),
        Index("ix_payment_refund", "refund", "created_at", "number", sqlite_where=text("refund != 'none'")),
        Index("ix_payment_late", "created_at", "number", sqlite_where=text("late")),
        Index("ix_payment_attention", "created_at", "number", sqlite_where=text("attention != ''")),
        Index("ix_payment_card_end", "card_end", "number", sqlite_where=text("card_end IS NOT NULL")),
        Index("ix_payment_contact", "contact_id", "number", sqlite_where=text("contact_id IS NOT NULL")),
    )

    id: str = Field(primary_key=True)
    number: int = Field(index=True, unique=True)
    state: str
    amount_minor: int
    currency: str
    purpose: str | None
    order_ref: str | None
    contact_id: int | None
    pay_type: str | None
    locale: str
    terminal_id: str
    created_by: str | None
    created_at: int
    expires_at: int
    received_minor: int
    refunded_minor: int
    refund: str
    late: int
    attention: str
    attention_causes: str = Field(sa_column=Column(Text, nullable=False))
    card: str | None
    txn_id: str | None
    confirmed_by: str | None
    confirmed_at: int | None
    last_error: str | None
    words: str
    operations: str
    txn_words: str
    card_end: str | None


class PaymentTotalRow(SQLModel, table=True):
    """What the payments of a UTC quarter of an hour and a stored state add up to."""

    __tablename__ = "payment_total"

    quarter: int = Field(primary_key=True)
    state: str = Field(primary_key=True)
    count: int
    received_minor: int
    refunded_minor: int


class PendingWordsRow(SQLModel, table=True):
    """A text that the full-text index does not have yet; there are none between transactions.

    `place` is its document, `indexed` the text that the index has of it.
    """

    __tablename__ = "pending_words"

    place: int = Field(primary_key=True)
    indexed: str
    text: str


class LinkRow(SQLModel, table=True):
    __tablename__ = "link"

    key: str = Field(primary_key=True)
    payment_id: str = Field(foreign_key="payment.id", index=True)
    position: int
    transaction_id: str = Field(index=True)
    callback_url: str
    created_at: int
    expires_at: int
    state: str
    tries: int
    lease_until: int
    cancelled: int
    url: str | None
    uuid: str | None = Field(index=True)
    operation_id: str | None
    baseline: int | None
    terminal_id: str | None


class RefundRow(SQLModel, table=True):
    __tablename__ = "refund"

    payment_id: str = Field(foreign_key="payment.id", primary_key=True)
    position: int = Field(primary_key=True)
    id: str
    amount_minor: int
    status: str = Field(index=True)
    reason: str | None
    requested_at: int | None
    done_at: int | None
    txn_id: str | None
    transaction_id: str | None
    terminal_id: str | None


class MoneyMovementRow(SQLModel, table=True):
    """Money that came in or went back at one moment. `position`: its place in the payment's movements."""

    __tablename__ = "money_movement"

    payment_id: str = Field(foreign_key="payment.id", primary_key=True)
    position: int = Field(primary_key=True)
    direction: str
    at: int = Field(index=True)
    amount_minor: int
    is_first: int
    txn_id: str | None
    person: str | None
    confirmed_by: str | None


class ContactRow(SQLModel, table=True):
    """People's own data: may be deleted at any time, the journal only holds the id.

    `email_form`: the e-mail as it is searched; a trigger empties it with the e-mail. The index is of the few with other
    letters than Latin ones.
    """

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_other_letters", "email_form", sqlite_where=text("email_form GLOB '*[^ -~]*'")),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    phone: str | None
    email: str | None
    email_form: str | None


class MetaRow(SQLModel, table=True):
    """The ledger's own values: `mode`, `last_number`; `unfilled` while a revision waits for rows from the journal."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str


class InquiryRow(SQLModel, table=True):
    """How often and when the operator was asked about a link; a counter outside the journal."""

    __tablename__ = "inquiry"

    link_key: str = Field(primary_key=True)
    asked: int
    asked_at: int
    answered_at: int | None


class StatementLineRow(SQLModel, table=True):
    """A row of the operator's statement, [20002]. `placed_at`: its own time, else the start of the period asked for."""

    __tablename__ = "statement_line"

    identity: str = Field(primary_key=True)
    placed_at: int = Field(index=True)
    first_seen_at: int
    last_seen_at: int
    at: int | None
    amount_minor: int
    txn_id: str | None
    uuid: str | None
    operation_type: str | None
    status: int | None
    purpose: str | None
    raw: str


def tables() -> Sequence[Table]:
    """Return the tables of the models."""
    return SQLModel.metadata.sorted_tables
