"""Reads all payments of a filter in one snapshot, in pages: the port `PaymentScan`. Memory does not grow with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from app.domain.payment import ConfirmedBy, PaymentStatus, RefundMark, status_at
from app.domain.timestamps import from_millis
from app.services.ports.ledger import PaymentFilter, PaymentView
from app.services.ports.payment_line import PaymentLine
from app.storage import queries
from app.storage.conditions import LARGEST, Condition
from app.storage.history import reading

PAGE: Final = 500
_NUMBER: Final = 1
"""The place of the number in a line."""
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
        self._criteria = criteria

    def lines(self) -> Iterator[PaymentLine]:
        for numbers in self._numbers():
            yield from self._lines(numbers)

    def views(self) -> Iterator[PaymentView]:
        for numbers in self._numbers():
            yield from queries.numbered(self._connection, numbers)

    def _numbers(self) -> Iterator[list[int]]:
        """Yield the filter's numbers, at most as many as its limit lets through."""
        left = self._criteria.limit if self._criteria.limit > 0 else LARGEST
        for numbers in reading.number_batches(self._connection, self._criteria, PAGE):
            yield numbers[:left]
            left -= len(numbers)
            if left <= 0:
                return

    def _lines(self, numbers: list[int]) -> Iterator[PaymentLine]:
        where = Condition(f"p.number IN ({', '.join('?' * len(numbers))})", tuple(numbers))
        sql, values = queries.selected(_LINE, queries.Query(where))
        rows = {row[_NUMBER]: row for row in self._connection.cursor().execute(sql, values)}
        return (_line(tuple(rows[number]), self._criteria.now) for number in numbers)


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
