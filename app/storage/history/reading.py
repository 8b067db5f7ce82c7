"""The reads of the history, each inside one snapshot of its connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from app.services.ports.history_values import NEWEST_FIRST, Anchor, HistoryOutline, SortOrder, TotalsBy
from app.services.ports.ledger import HistoryPage, PaymentFilter, PaymentView, Totals
from app.storage.conditions import LARGEST
from app.storage.history.pages import Walk
from app.storage.history.sources import USUAL, Bounds
from app.storage.projection import last_seq
from app.storage.queries import numbered


def payments(connection: sqlite3.Connection, criteria: PaymentFilter, bounds: Bounds = USUAL) -> list[PaymentView]:
    """Return a filter's payments, newest first, up to its limit."""
    limit = criteria.limit if 0 < criteria.limit <= LARGEST else LARGEST
    rows = Walk(connection, criteria, NEWEST_FIRST, bounds).rows(None, 0, limit)
    return numbered(connection, [row.number for row in rows])


def number_batches(
    connection: sqlite3.Connection, criteria: PaymentFilter, size: int, bounds: Bounds = USUAL
) -> Iterator[list[int]]:
    """Yield the numbers of a filter's payments, newest first, so many at once; its limit does not count."""
    return Walk(connection, criteria, NEWEST_FIRST, bounds).number_batches(size)


def totals_of(
    connection: sqlite3.Connection, criteria: PaymentFilter, by: TotalsBy | None, bounds: Bounds = USUAL
) -> Totals:
    """Return what a filter's payments add up to."""
    from app.storage.history.totals import totals  # the list needs none

    return totals(connection, criteria, by, last_seq(connection), bounds)


def page(
    connection: sqlite3.Connection,
    criteria: PaymentFilter,
    order: SortOrder,
    after: Anchor | None,
    skip: int,
    limit: int,
    bounds: Bounds = USUAL,
) -> HistoryPage:
    """Return the rows of an order after an anchor, without the next `skip`."""
    rows = Walk(connection, criteria, order, bounds).rows(after, skip, limit)
    views = numbered(connection, [row.number for row in rows])
    return HistoryPage(views, rows[-1].anchor if rows else None, last_seq(connection))


def outline(
    connection: sqlite3.Connection, criteria: PaymentFilter, order: SortOrder, bounds: Bounds = USUAL
) -> HistoryOutline:
    """Return the number of rows and every thousandth place."""
    count, anchors = Walk(connection, criteria, order, bounds).outline()
    return HistoryOutline(count, anchors, last_seq(connection))
