"""The list of the history, read a window of rows at a time: so much as is in sight, and a margin. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.services.ports.history_values import ANCHOR_STEP, NEWEST_FIRST, Anchor, SortColumn, SortOrder
from app.services.ports.ledger import HistoryPage, Ledger, PaymentFilter, PaymentView

FIRST_ROWS: Final = 80
"""Read before anything else: more than any screen shows."""
MARGIN: Final = 50
"""Rows kept before and after those in sight."""
NEAR: Final = 20
"""So near the end of what was read, more is read."""
MOST_IN_SIGHT: Final = 400
"""The window that a table may ask for is bounded, whatever it says is in sight."""
_BY_AGE: Final = frozenset({SortColumn.TIME, SortColumn.NUMBER})


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What is listed, and how it is sorted."""

    criteria: PaymentFilter
    order: SortOrder = NEWEST_FIRST


@dataclass(frozen=True, slots=True)
class PaymentList:
    """A list as far as it was read. `views` are the rows from `first` on.

    `anchors` is None until the list was counted; `count` is then only what is known. `as_of`: seq of the journal that
    it was counted at.
    """

    query: ListQuery
    count: int = 0
    anchors: Sequence[Anchor] | None = None
    as_of: int = 0
    first: int = 0
    views: Sequence[PaymentView] = ()

    @property
    def end(self) -> int:
        return self.first + len(self.views)

    def lacks(self, sight: tuple[int, int]) -> bool:
        """Return whether rows in sight, or near it, are to be read."""
        first, last = max(0, sight[0] - NEAR), min(self.count, sight[1] + 1 + NEAR)
        return first < last and not (self.first <= first and last <= self.end)


async def first_rows(ledger: Ledger, query: ListQuery) -> PaymentList:
    """Read the top of a list. Raises StorageError and its subclasses, as all reads here."""
    page = await ledger.page(query.criteria, query.order, limit=FIRST_ROWS)
    is_all = len(page.rows) < FIRST_ROWS
    return PaymentList(query, len(page.rows), () if is_all else None, page.as_of, 0, page.rows)


async def counted(ledger: Ledger, known: PaymentList) -> PaymentList:
    """Count a list and find its anchors; its rows stay as they are."""
    outline = await ledger.outline(known.query.criteria, known.query.order)
    return replace(known, count=outline.count, anchors=outline.anchors, as_of=outline.as_of)


async def rows_around(ledger: Ledger, known: PaymentList, sight: tuple[int, int]) -> PaymentList:
    """Read the rows in sight and a margin; rows that were read before are dropped where they lie beyond it."""
    first, last = sight[0], min(sight[1], sight[0] + MOST_IN_SIGHT)
    first, end = max(0, first - MARGIN), min(known.count, last + 1 + MARGIN)
    first = min(first, max(0, end - 1))
    page = await _page(ledger, known, first, end - first)
    return replace(known, first=first, views=page.rows)


def moved_sight(sight: tuple[int, int], before: PaymentList, now: PaymentList) -> tuple[int, int]:
    """Return where the rows in sight are after news: new payments come before them where the newest are at the top.

    A list that stands at its top shows what is new there.
    """
    order = now.query.order
    if sight[0] == 0 or before.anchors is None or not (order.descending and order.column in _BY_AGE):
        return sight
    by = now.count - before.count
    return max(0, sight[0] + by), max(0, sight[1] + by)


async def _page(ledger: Ledger, known: PaymentList, first: int, limit: int) -> HistoryPage:
    """Begin after the nearest anchor before the first row."""
    anchors = known.anchors or ()
    step = min(first // ANCHOR_STEP, len(anchors))
    after = anchors[step - 1] if step else None
    return await ledger.page(
        known.query.criteria, known.query.order, after=after, skip=first - step * ANCHOR_STEP, limit=limit
    )
