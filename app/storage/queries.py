"""Reads of the projection in SQL: each takes a connection inside one snapshot.

Written out instead of built by SQLAlchemy, whose import would take longer than most verbs may (promise S13). The
columns are those of `rows.py`; values are always parameters, never part of the text.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.errors import BadInput, RuleBroken
from app.domain.money import parse_amount
from app.domain.payment import AUTHORISED_GRACE, PaymentFlag, PaymentStatus, RefundMark
from app.domain.text.typed_text import can_be_found, folded, is_searched, payment_number, phone_digits, visible
from app.domain.timestamps import ceil_millis, floor_millis
from app.services.ports.ledger import PaymentFilter, PaymentView, Totals
from app.services.ports.ledger_transaction import Contact
from app.services.status.poll_schedule import POLLED_AFTER_EXPIRY
from app.storage.mapping import payment_from

_CHUNK = 500
SILENT_BATCH = 100
MOST_ROWS = 2**63 - 1  # SQLite's largest number
MAX_SEARCH = 250  # the longest text of a payment; SQLite refuses patterns of 50,000 bytes
_PHONE_PART = 3  # one or two digits are in every phone: they mean a payment's number
_OPERATION_PART = 4  # less is in nearly every operation's id
_CARD_END = re.compile(r"[0-9* ]*[0-9]{4}")  # the mask `412345******3217` or its end
_DECIMAL_LETTER = re.compile(r"(?<=[0-9])[\u0431\u044e](?=[0-9]{1,2}$)", re.IGNORECASE)
"""The letters on the keys of comma and point: the keyboard layout is easily overlooked while typing a sum."""

_FROM = "FROM payment p LEFT JOIN contact c ON c.id = p.contact_id"
VIEW_COLUMNS = "p.*, c.id AS contact_known, c.phone, c.email"
"""What `views_of` takes."""
_NEWEST_FIRST = "ORDER BY p.created_at DESC, p.number DESC"
_TOTALS = f"SELECT count(*), sum(p.state = 'paid'), sum(p.received_minor), sum(p.refunded_minor) {_FROM}"
_WAITING = "p.state IN ('open', 'authorised')"
_CANCELLED_LATELY = """p.state = 'cancelled' AND EXISTS (
    SELECT 1 FROM event e WHERE e.payment_id = p.id AND e.type = 'link_cancelled' AND e.at > ?
)"""
_REFUND_IN_FLIGHT = """EXISTS (
    SELECT 1 FROM refund r WHERE r.payment_id = p.id AND r.status IN ('requested', 'unknown')
)"""
_OPERATION = "EXISTS (SELECT 1 FROM link l WHERE l.payment_id = p.id AND fold_text(l.operation_id) LIKE ? ESCAPE '\\')"
# what was told of an earlier link says nothing of this one
_SILENCE_RECORDED = """EXISTS (
    SELECT 1 FROM event e WHERE e.payment_id = p.id AND e.type = 'operator_silent' AND e.at >= p.expires_at
)"""
_ANSWERED = """EXISTS (
    SELECT 1 FROM inquiry i JOIN link l ON l.key = i.link_key
    WHERE l.payment_id = p.id AND i.answered_at >= p.expires_at
)"""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on `payment p` and its `contact c`, and the values of its question marks in their order."""

    sql: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """The payments that a condition chooses, newest first; without `limit`, all of them."""

    where: Condition
    limit: int | None = None


_NOTHING = Condition("0")


def _all(*parts: Condition) -> Condition:
    return _joined(" AND ", parts) if parts else Condition("1")


def _any(*parts: Condition) -> Condition:
    return _joined(" OR ", parts)


def _not(part: Condition) -> Condition:
    return Condition(f"NOT ({part.sql})", part.values)


def _joined(word: str, parts: Sequence[Condition]) -> Condition:
    values = tuple(value for part in parts for value in part.values)
    return Condition(word.join(f"({part.sql})" for part in parts), values)


def _is_past_expiry(state: PaymentStatus, now: datetime) -> Condition:
    grace = AUTHORISED_GRACE if state is PaymentStatus.AUTHORISED else timedelta()
    return Condition("p.state = ? AND p.expires_at <= ?", (state.value, floor_millis(now - grace)))


def shown_status(status: PaymentStatus, now: datetime) -> Condition:
    """Return the condition for what `status_at` of `app.domain.payment` says; a test keeps the two equal."""
    stored = Condition("p.state = ?", (status.value,))
    match status:
        case PaymentStatus.CREATING | PaymentStatus.OPEN | PaymentStatus.AUTHORISED:
            return _all(stored, _not(_is_past_expiry(status, now)))
        case PaymentStatus.EXPIRED:
            return _any(
                stored, _is_past_expiry(PaymentStatus.OPEN, now), _is_past_expiry(PaymentStatus.AUTHORISED, now)
            )
        case PaymentStatus.NOT_CREATED:
            return _any(stored, _is_past_expiry(PaymentStatus.CREATING, now))
        case _:
            return stored


def shown_flag(flag: PaymentFlag, now: datetime) -> Condition:
    """Return the condition for a status filter or a PaymentFlag."""
    match flag:
        case PaymentFlag.ATTEMPT_FAILED:
            return _all(shown_status(PaymentStatus.OPEN, now), Condition("p.last_error != ''"))
        case PaymentFlag.PAID_LATE:
            return _all(shown_status(PaymentStatus.PAID, now), Condition("p.late"))
        case PaymentFlag.REFUND_REQUESTED:
            return Condition("p.refund = ?", (RefundMark.REQUESTED.value,))
        case PaymentFlag.PARTLY_REFUNDED:
            return Condition("p.refund = ?", (RefundMark.PARTIAL.value,))
        case PaymentFlag.REFUNDED:
            return Condition("p.refund = ?", (RefundMark.FULL.value,))


def _shown(word: PaymentStatus | PaymentFlag, now: datetime) -> Condition:
    return shown_flag(word, now) if isinstance(word, PaymentFlag) else shown_status(word, now)


def _part_of(text: str) -> str:
    """Return the pattern of a folded text that may stand anywhere."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _holds(column: str, part: str) -> Condition:
    return Condition(f"fold_text({column}) LIKE ? ESCAPE '\\'", (_part_of(part),))


def _searched(text: str) -> Condition:
    """Match a number or a sum exactly, and a part of the texts in any case. What cannot be stored cannot be found."""
    if not can_be_found(text):
        return _NOTHING
    wanted = visible(text)[:MAX_SEARCH]
    columns = ("p.purpose", "p.order_ref", "p.txn_id", "c.email")
    found = [_holds(column, spelling) for column in columns for spelling in _spellings(text)]
    if (number := payment_number(wanted)) is not None:
        found.append(Condition("p.number = ?", (number,)))
    if (amount_minor := _sum_in(wanted)) is not None:
        found.append(Condition("p.amount_minor = ?", (amount_minor,)))
    dialled = phone_digits(wanted) or ""
    if len(dialled) >= _PHONE_PART and ("." not in wanted or amount_minor is None):
        found.append(_holds("c.phone", dialled))
    operation = _part_of(folded(wanted))
    found.append(Condition(_OPERATION, (operation if len(folded(wanted)) >= _OPERATION_PART else operation[1:-1],)))
    if _CARD_END.fullmatch(card := wanted.replace("\u2022", "*")):
        found.append(Condition("replace(p.card, ' ', '') LIKE ?", (f"%{card.replace(' ', '')}",)))
    return _any(*found)


def _spellings(text: str) -> set[str]:
    """Return what to look for: earlier versions stored a blank in the place of what has no width."""
    with_blanks = "".join(char if char.isprintable() else " " for char in text)
    return {folded(spelling.strip()[:MAX_SEARCH]) for spelling in (visible(text), with_blanks)}


def _sum_in(text: str) -> int | None:
    try:
        return parse_amount(_DECIMAL_LETTER.sub(",", text))
    except (BadInput, RuleBroken):
        return None  # not a sum: only the texts can match


def filtered(criteria: PaymentFilter) -> Query:
    """Return the query of a filter's payments, newest first."""
    return Query(_narrowing(criteria), criteria.limit if 0 < criteria.limit <= MOST_ROWS else None)


def totals(connection: sqlite3.Connection, criteria: PaymentFilter) -> Totals:
    """Return what a filter's payments add up to; its limit does not count."""
    where = _narrowing(criteria)
    row = connection.execute(f"{_TOTALS} WHERE {where.sql}", where.values).fetchone()
    return Totals(*(int(value or 0) for value in row))


def _narrowing(criteria: PaymentFilter) -> Condition:
    parts: list[Condition] = []
    if criteria.status is not None:
        parts.append(_shown(criteria.status, criteria.now))
    if criteria.attention:
        parts.append(Condition("p.attention != ''"))
    if criteria.created_from is not None:
        parts.append(Condition("p.created_at >= ?", (ceil_millis(criteria.created_from),)))
    if criteria.created_to is not None:
        parts.append(Condition("p.created_at < ?", (ceil_millis(criteria.created_to),)))
    if criteria.search and is_searched(criteria.search):
        parts.append(_searched(criteria.search))
    return _all(*parts)


def unfinished(now: datetime) -> Query:
    """Return the query of the payments that are polled (protocol.md A3.10)."""
    since = floor_millis(now - POLLED_AFTER_EXPIRY)
    return Query(
        _any(
            shown_status(PaymentStatus.CREATING, now),
            Condition(f"{_WAITING} AND p.expires_at > ?", (since,)),
            Condition("p.state = 'underpaid'"),
            Condition(_CANCELLED_LATELY, (since,)),
            Condition(_REFUND_IN_FLIGHT),
        )
    )


def unanswered(now: datetime, ended_after: datetime | None = None) -> Query:
    """Return the query of unpaid payments that the operator gave no answer about after their end (protocol.md A3.9)."""
    since = 0 if ended_after is None else floor_millis(ended_after)
    ended = Condition("p.expires_at > ? AND p.expires_at <= ?", (since, floor_millis(now - POLLED_AFTER_EXPIRY)))
    silent = (_not(Condition(_SILENCE_RECORDED)), _not(Condition(_ANSWERED)))
    return Query(_all(Condition(_WAITING), ended, *silent), SILENT_BATCH)


def with_id(payment_id: str) -> Query:
    """Return the query of one payment by its id."""
    return Query(Condition("p.id = ?", (payment_id,)))


def with_number(number: int) -> Query:
    """Return the query of one payment by its number."""
    return Query(Condition("p.number = ?", (number,)))


def views(connection: sqlite3.Connection, query: Query) -> list[PaymentView]:
    """Return the payments of a query above with their links, refunds and contacts, all of one snapshot."""
    rows = _rows(connection, *selected(VIEW_COLUMNS, query))
    found: list[PaymentView] = []
    for start in range(0, len(rows), _CHUNK):  # SQLite bounds the number of parameters
        found += views_of(connection, rows[start : start + _CHUNK])
    return found


def selected(columns: str, query: Query) -> tuple[str, tuple[object, ...]]:
    """Return the statement that reads these columns of `payment p` and its `contact c`, and its values."""
    sql, values = f"SELECT {columns} {_FROM} WHERE {query.where.sql} {_NEWEST_FIRST}", query.where.values
    return (sql, values) if query.limit is None else (f"{sql} LIMIT ?", (*values, query.limit))


def views_of(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[PaymentView]:
    """Return the payments of some rows of VIEW_COLUMNS, at most 500, with their links and refunds."""
    ids = [row["id"] for row in rows]
    links, refunds = _parts(connection, "link", ids), _parts(connection, "refund", ids)
    return [
        PaymentView(
            payment_from(row, links[row["id"]], refunds[row["id"]]),
            None if row["contact_known"] is None else Contact(row["phone"], row["email"]),
        )
        for row in rows
    ]


def _parts(connection: sqlite3.Connection, table: str, ids: Sequence[str]) -> defaultdict[str, list[sqlite3.Row]]:
    marks = ", ".join("?" * len(ids))
    grouped: defaultdict[str, list[sqlite3.Row]] = defaultdict(list)
    for row in _rows(connection, f"SELECT * FROM {table} WHERE payment_id IN ({marks}) ORDER BY position", ids):
        grouped[row["payment_id"]].append(row)
    return grouped


def _rows(connection: sqlite3.Connection, sql: str, values: Sequence[object]) -> list[sqlite3.Row]:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(sql, tuple(values)).fetchall()
