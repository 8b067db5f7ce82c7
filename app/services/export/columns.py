"""The columns of an exported table as data, and their values: what all formats share.

To add a column: its line in COLUMNS, its value in `_VALUES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final

from app.domain.text.typed_text import phone_digits
from app.i18n.marks import _
from app.i18n.texts import Texts
from app.services.ports.payment_line import PaymentLine

Value = datetime | int | str | None
"""A cell: a time of the shop without a zone, a number or a sum in minor units, a text, or nothing."""


class Kind(StrEnum):
    """What the values of a column are."""

    MOMENT = "moment"
    NUMBER = "number"
    SUM = "sum"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in characters. Only the values of a sum may be added up."""

    key: str
    word: str
    kind: Kind = Kind.TEXT
    width: int = 20


COLUMNS: Final = (
    Column("time", _("Time"), Kind.MOMENT),
    Column("number", _("Number"), Kind.NUMBER, 10),
    Column("purpose", _("Purpose"), width=36),
    Column("sum", _("Sum"), Kind.SUM, 14),
    Column("received", _("Received"), Kind.SUM, 14),
    Column("refunded", _("Refunded"), Kind.SUM, 14),
    Column("status", _("Status"), width=24),
    Column("confirmed_by", _("Confirmed by")),
    Column("confirmed_at", _("Confirmed at"), Kind.MOMENT),
    Column("card", _("Card")),
    Column("order", _("Order")),
    Column("phone", _("Phone"), width=15),
    Column("email", _("E-mail"), width=26),
    Column("txn_id", _("txn_id")),
    Column("person", _("Person")),
)


def row_values(columns: Sequence[Column], texts: Texts, zone: tzinfo) -> Callable[[PaymentLine], list[Value]]:
    """Return the function that makes a row's values of a payment, its times in the shop's zone."""
    getters = _getters(texts, zone)
    chosen = [getters[column.key] for column in columns]
    return lambda line: [get(line) for get in chosen]


def _getters(texts: Texts, zone: tzinfo) -> dict[str, Callable[[PaymentLine], Value]]:
    words: dict[object, str] = {}

    def status(line: PaymentLine) -> str:
        known = (line.status, line.late, bool(line.last_error), line.refund)
        if known not in words:
            parts = (texts.status(line.status, line.late, line.last_error), texts.refund(line.refund))
            words[known] = ", ".join(filter(None, parts))
        return words[known]

    def confirmed_by(line: PaymentLine) -> str:
        if line.confirmed_by not in words:
            words[line.confirmed_by] = texts.confirmed_by_short(line.confirmed_by)
        return words[line.confirmed_by]

    def local(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(zone).replace(tzinfo=None, microsecond=0)

    return {
        "time": lambda line: local(line.created_at),
        "number": lambda line: line.number,
        "purpose": lambda line: line.purpose,
        "sum": lambda line: line.amount_minor,
        "received": lambda line: line.received_minor,
        "refunded": lambda line: line.refunded_minor,
        "status": status,
        "confirmed_by": confirmed_by,
        "confirmed_at": lambda line: local(line.confirmed_at),
        "card": lambda line: line.card,
        "order": lambda line: line.order,
        "phone": lambda line: _phone(line.phone),
        "email": lambda line: line.email,
        "txn_id": lambda line: line.txn_id,
        "person": lambda line: line.created_by,
    }


def _phone(text: str | None) -> str | None:
    if text is None or (text.isascii() and text.isdigit()):  # as it is stored today: reading it costs more
        return text
    return phone_digits(text) or text
