"""Reads of the projection with SQLAlchemy Core: each takes a connection inside one snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Join, Row, Select, and_, case, false, func, or_, select

from app.domain.errors import BadInput, RuleBroken
from app.domain.money import parse_amount
from app.domain.payment import AUTHORISED_GRACE, PaymentStatus, RefundStatus
from app.services.pace import WATCHED_AFTER_END
from app.services.ports import Contact, PaymentFilter, PaymentView, Totals
from app.storage.mapping import payment_from
from app.storage.rows import table

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHUNK = 500
SILENT_AT_ONCE = 100
MAX_SEARCH = 250  # the longest text of a payment; SQLite refuses patterns of 50,000 bytes
_PHONE_PART = 3  # one or two digits are in every phone: they mean a payment's number
_PHONE_SIGNS = str.maketrans("", "", "+-() \u00a0")

_payment, _link, _refund = table("payment"), table("link"), table("refund")
_contact, _event, _inquiry = table("contact"), table("event"), table("inquiry")


def _floor_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


def _ceil_ms(moment: datetime) -> int:
    return -((_EPOCH - moment) // _MILLISECOND)


def _run_out(state: PaymentStatus, now: datetime) -> ColumnElement[bool]:
    grace = AUTHORISED_GRACE if state is PaymentStatus.AUTHORISED else timedelta()
    return and_(_payment.c.state == state.value, _payment.c.expires_at <= _floor_ms(now - grace))


def shown_status(status: PaymentStatus, now: datetime) -> ColumnElement[bool]:
    """Return the condition for what `status_at` of `app.domain.payment` says; a test holds the two equal."""
    stored = _payment.c.state == status.value
    match status:
        case PaymentStatus.CREATING | PaymentStatus.OPEN | PaymentStatus.AUTHORISED:
            return and_(stored, ~_run_out(status, now))
        case PaymentStatus.EXPIRED:
            return or_(stored, _run_out(PaymentStatus.OPEN, now), _run_out(PaymentStatus.AUTHORISED, now))
        case PaymentStatus.NOT_CREATED:
            return or_(stored, _run_out(PaymentStatus.CREATING, now))
        case _:
            return stored


def _holds(column: ColumnElement[Any], part: str) -> ColumnElement[bool]:
    escaped = part.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return func.fold_text(column).like(f"%{escaped}%", escape="\\")


def _searched(text: str) -> ColumnElement[bool]:
    """Match a number or a sum exactly, and a part of the texts in any case. What cannot be stored cannot be found."""
    wanted = text.strip()[:MAX_SEARCH].encode("utf-8", "ignore").decode("utf-8")
    found: list[ColumnElement[bool]] = []
    number = wanted.removeprefix("№").removeprefix("#").strip()
    if number.isascii() and number.isdigit() and len(number) <= 18:
        found.append(_payment.c.number == int(number))
    try:
        found.append(_payment.c.amount_minor == parse_amount(wanted))
    except (BadInput, RuleBroken):
        found.append(false())  # not a sum: only the texts can match
    texts = [_payment.c.purpose, _payment.c.order_ref, _payment.c.txn_id, _contact.c.email]
    found += [_holds(column, wanted) for column in texts]
    dialled = wanted.translate(_PHONE_SIGNS)
    if dialled.isdigit() and len(dialled) >= _PHONE_PART:
        found.append(_holds(_contact.c.phone, dialled))
    return or_(*found)


def filtered(wanted: PaymentFilter) -> Select[Any]:
    """Return the select of a filter's payments, newest first."""
    query = _narrowed(_newest_first(), wanted)
    return query.limit(wanted.limit) if wanted.limit > 0 else query


def totals(connection: Connection, wanted: PaymentFilter) -> Totals:
    """Return what a filter's payments add up to; its limit does not count."""
    paid = case((_payment.c.state == PaymentStatus.PAID.value, 1), else_=0)
    received, refunded = _payment.c.received_minor, _payment.c.refunded_minor
    columns = (func.count(), func.sum(paid), func.sum(received), func.sum(refunded))
    everything = cast(Select[Any], select(*columns).select_from(_with_contact()))
    row = connection.execute(_narrowed(everything, wanted)).one()
    return Totals(*(int(value or 0) for value in row))


def _narrowed(query: Select[Any], wanted: PaymentFilter) -> Select[Any]:
    if wanted.status is not None:
        query = query.where(shown_status(wanted.status, wanted.now))
    if wanted.attention:
        query = query.where(_payment.c.attention != "")
    if wanted.created_from is not None:
        query = query.where(_payment.c.created_at >= _ceil_ms(wanted.created_from))
    if wanted.created_to is not None:
        query = query.where(_payment.c.created_at < _ceil_ms(wanted.created_to))
    if wanted.search and wanted.search.strip():
        query = query.where(_searched(wanted.search))
    return query


def unfinished(now: datetime) -> Select[Any]:
    """Return the select of the payments that are watched and asked about (protocol.md A3.10)."""
    since = now - WATCHED_AFTER_END
    waiting = _payment.c.state.in_([PaymentStatus.OPEN.value, PaymentStatus.AUTHORISED.value])
    cancelled_lately = (
        select(_event.c.seq)
        .where(_event.c.payment_id == _payment.c.id, _event.c.type == "link_cancelled")
        .where(_event.c.at > _floor_ms(since))
        .exists()
    )
    in_flight = (
        select(_refund.c.id)
        .where(_refund.c.payment_id == _payment.c.id)
        .where(_refund.c.status.in_([RefundStatus.REQUESTED.value, RefundStatus.UNKNOWN.value]))
        .exists()
    )
    return _newest_first().where(
        or_(
            shown_status(PaymentStatus.CREATING, now),
            and_(waiting, _payment.c.expires_at > _floor_ms(since)),
            _payment.c.state == PaymentStatus.UNDERPAID.value,
            and_(_payment.c.state == PaymentStatus.CANCELLED.value, cancelled_lately),
            in_flight,
        )
    )


def unanswered(now: datetime, ended_after: datetime | None = None) -> Select[Any]:
    """Return the select of unpaid payments that the operator never spoke of after their end (protocol.md A3.9)."""
    told = (
        select(_event.c.seq)
        .where(_event.c.payment_id == _payment.c.id, _event.c.type == "operator_silent")
        .where(_event.c.at >= _payment.c.expires_at)  # what was told of an earlier link says nothing of this one
    )
    answered = (
        select(_inquiry.c.link_key)
        .join(_link, _link.c.key == _inquiry.c.link_key)
        .where(_link.c.payment_id == _payment.c.id, _inquiry.c.answered_at >= _payment.c.expires_at)
    )
    waiting = _payment.c.state.in_([PaymentStatus.OPEN.value, PaymentStatus.AUTHORISED.value])
    since = 0 if ended_after is None else _floor_ms(ended_after)
    return (
        _newest_first()
        .where(waiting, _payment.c.expires_at > since, _payment.c.expires_at <= _floor_ms(now - WATCHED_AFTER_END))
        .where(~told.exists(), ~answered.exists())
        .limit(SILENT_AT_ONCE)
    )


def one(column: str, value: object) -> Select[Any]:
    """Return the select of the payment whose column has this value."""
    return _newest_first().where(_payment.c[column] == value)


def _with_contact() -> Join:
    return _payment.outerjoin(_contact, _contact.c.id == _payment.c.contact_id)


def _newest_first() -> Select[Any]:
    columns = (*_payment.c, _contact.c.id.label("contact_known"), _contact.c.phone, _contact.c.email)
    return (
        select(*columns).select_from(_with_contact()).order_by(_payment.c.created_at.desc(), _payment.c.number.desc())
    )


def views(connection: Connection, query: Select[Any]) -> list[PaymentView]:
    """Return the payments of a select above with their links, refunds and contacts, all of one snapshot."""
    found: list[PaymentView] = []
    rows = connection.execute(query).all()
    for start in range(0, len(rows), _CHUNK):  # SQLite bounds the number of parameters
        found += _views(connection, rows[start : start + _CHUNK])
    return found


def _views(connection: Connection, rows: Sequence[Row[Any]]) -> list[PaymentView]:
    ids = [row.id for row in rows]
    links, refunds = _parts(connection, "link", ids), _parts(connection, "refund", ids)
    return [
        PaymentView(
            payment_from(row._mapping, links[row.id], refunds[row.id]),  # type: ignore[arg-type]
            None if row.contact_known is None else Contact(row.phone, row.email),
        )
        for row in rows
    ]


def _parts(connection: Connection, name: str, ids: list[str]) -> Mapping[str, list[Any]]:
    part = table(name)
    rows = connection.execute(select(part).where(part.c.payment_id.in_(ids)).order_by(part.c.position))
    grouped: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows.mappings():
        grouped[row["payment_id"]].append(row)
    return grouped
