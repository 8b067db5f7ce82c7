"""Reads all payments of a filter in one snapshot, in pages: the port `PaymentScan`. Memory does not grow with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.domain.payment import ConfirmedBy, PaymentStatus, RefundMark, status_at
from app.domain.timestamps import from_millis
from app.services.ports.ledger import PaymentFilter, PaymentView
from app.services.ports.payment_line import PaymentLine
from app.storage import queries

PAGE = 500
_LINE = """p.created_at, p.number, p.purpose, p.amount_minor, p.received_minor, p.refunded_minor, p.state, p.late,
    p.last_error, p.refund, p.confirmed_by, p.confirmed_at, p.card, p.order_ref, c.phone, c.email, p.txn_id,
    p.created_by, p.expires_at"""
"""In the order of PaymentLine; the end of the newest link is last: it decides what is seen of the status."""
_WAYS = {way.value: way for way in ConfirmedBy}
_MARKS = {mark.value: mark for mark in RefundMark}
_STATES = {state.value: state for state in PaymentStatus}


class SqlPaymentScan:
    """Valid inside the snapshot that its connection reads."""

    def __init__(self, connection: sqlite3.Connection, criteria: PaymentFilter) -> None:
        self._connection = connection
        self._now = criteria.now
        self._query = queries.filtered(criteria)

    def lines(self) -> Iterator[PaymentLine]:
        for page in self._pages(_LINE, None):
            for row in page:
                yield _line(row, self._now)

    def views(self) -> Iterator[PaymentView]:
        for page in self._pages(queries.VIEW_COLUMNS, sqlite3.Row):
            yield from queries.views_of(self._connection, page)

    def _pages(self, columns: str, row_factory: Any) -> Iterator[list[Any]]:
        cursor = self._connection.cursor()
        cursor.row_factory = row_factory
        sql, values = queries.selected(columns, self._query)
        cursor.execute(sql, values)
        while page := cursor.fetchmany(PAGE):
            yield page


def _line(row: tuple[Any, ...], now: datetime) -> PaymentLine:
    (created_at, number, purpose, amount, received, refunded, state, late, last_error, refund, way, confirmed_at,
     card, order, phone, email, txn_id, created_by, expires_at) = row  # fmt: skip
    return PaymentLine(
        from_millis(created_at),
        number,
        purpose,
        amount,
        received,
        refunded,
        status_at(_STATES[state], from_millis(expires_at), now),
        bool(late),
        last_error,
        _MARKS[refund],
        _WAYS[way] if way else None,
        None if confirmed_at is None else from_millis(confirmed_at),
        card,
        order,
        phone,
        email,
        txn_id,
        created_by,
    )
