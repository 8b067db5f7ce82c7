"""How the payments of a filter are found: by the index that leaves few of them, else by walking an index in its order.

SQLite has no statistics here to choose by: what is sparse is counted, up to a bound, in the snapshot that is read. The
language of the search is imported only for a search: most reads have none.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.text.typed_text import is_searched
from app.services.ports.history_values import ANCHOR_STEP
from app.services.ports.ledger import PaymentFilter
from app.storage.conditions import NOTHING, Condition, IndexedCondition, all_of, filters

if TYPE_CHECKING:
    from app.domain.search_words import Search

BY_NUMBER: Final = "ix_payment_totals"
"""The index that holds all that is filtered, sorted and added up, by number."""
BY_TIME: Final = "ix_payment_time"
"""The same by time."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """`few`: so many payments are looked up one by one and sorted; more are dense enough to be met along an index.

    `walked`: so many rows are looked at along an index for a page; what is missing then is found by other indexes.
    """

    few: int = 20_000
    walked: int = 5_000
    anchor_step: int = ANCHOR_STEP


USUAL: Final = Bounds()


@dataclass(frozen=True, slots=True)
class Source:
    """The payments of a filter in one snapshot.

    `walking`: their condition for a walk along any index. `numbers`: the same for a look-up by number, None where a
    walk along the time is as good. `is_sparse`: there are only a few.
    """

    walking: Condition
    numbers: Condition | None
    is_sparse: bool
    filtered: bool
    searched: bool

    def narrowed(self, part: Condition) -> Source:
        """Return those of the payments that meet one more condition."""
        numbers = None if self.numbers is None else all_of(self.numbers, part)
        return Source(all_of(self.walking, part), numbers, self.is_sparse, True, self.searched)

    def at_once(self) -> tuple[str, Condition]:
        """Return the index and the condition by which all the payments are read, in no order."""
        return (BY_TIME, self.walking) if self.numbers is None else (BY_NUMBER, self.numbers)


def source_of(connection: sqlite3.Connection, criteria: PaymentFilter, bounds: Bounds) -> Source:
    """Return how to read a filter's payments; it takes some milliseconds and depends on the connection's snapshot."""
    if is_searched(criteria.search):
        return _searched(connection, criteria, bounds)
    return _filtered(connection, criteria, bounds)


def _filtered(connection: sqlite3.Connection, criteria: PaymentFilter, bounds: Bounds) -> Source:
    narrowing = list(filters(criteria))
    wheres = [where for where, _ in narrowing]
    numbers = _fewest_listed(connection, [indexed for _, indexed in narrowing], bounds.few)
    if numbers is None:
        return Source(all_of(*wheres), None, False, bool(wheres), False)
    chosen = all_of(_listed(numbers), *wheres)
    return Source(chosen, chosen, True, True, False)


def _searched(connection: sqlite3.Connection, criteria: PaymentFilter, bounds: Bounds) -> Source:
    from app.storage.history.search import is_found, search_of

    search = search_of(criteria)
    if not search.is_possible:
        return Source(NOTHING, NOTHING, True, True, True)
    if not search.terms:  # only quotation marks
        return _filtered(connection, criteria, bounds)
    narrowing = list(filters(criteria))
    wheres = [where for where, _ in narrowing]
    few = _fewest(connection, criteria, search, [indexed for _, indexed in narrowing], bounds.few)
    if few is not None:
        numbers, left = few
        tests = [is_found(left, criteria.shop_day)] if left.terms else []
        chosen = all_of(_listed(numbers), *wheres, *tests)
        return Source(chosen, chosen, True, True, True)
    found = _found(search, criteria)
    inside = Condition(f"p.number IN ({found.sql})", found.values)
    walking = all_of(*wheres, is_found(search, criteria.shop_day))
    return Source(walking, all_of(inside, *wheres), False, True, True)


def with_status(
    connection: sqlite3.Connection, source: Source, parts: list[IndexedCondition], shown: Condition, few: int
) -> Source:
    """Return those of a shown status; where they are few, by their index."""
    if source.is_sparse:
        return source.narrowed(shown)
    numbers = _numbers(connection, _union(parts), few)
    if numbers is None:
        return source.narrowed(shown)
    chosen = all_of(_listed(numbers), shown, source.walking)
    return Source(chosen, chosen, True, True, source.searched)


def _listed(numbers: list[int]) -> Condition:
    return Condition("p.number IN (SELECT value FROM json_each(?))", (json.dumps(numbers),))


def _fewest(
    connection: sqlite3.Connection,
    criteria: PaymentFilter,
    search: Search,
    indexed: list[list[IndexedCondition]],
    few: int,
) -> tuple[list[int], Search] | None:
    """Return the numbers of the condition that leaves the fewest payments, if any leaves few, and what else to search.

    A search whose every word is in many payments may have few that hold them all.
    """
    from app.domain.search_words import Search
    from app.storage.history.search import numbers_of

    listed = _fewest_listed(connection, indexed, few)
    fewest, bound = (None, few) if listed is None else ((listed, search), len(listed))
    for term in search.terms:
        if (numbers := _numbers(connection, numbers_of(term, criteria.shop_day), bound)) is not None:
            others = tuple(other for other in search.terms if other is not term)
            fewest, bound = (numbers, Search(others)), len(numbers)
    if fewest is None and len(search.terms) > 1:
        numbers = _numbers(connection, _found(search, criteria), few)
        return None if numbers is None else (numbers, Search())
    return fewest


def _fewest_listed(connection: sqlite3.Connection, indexed: list[list[IndexedCondition]], few: int) -> list[int] | None:
    """Return the numbers of the condition that leaves the fewest payments, None if each leaves more than a few."""
    fewest, bound = None, few
    for parts in indexed:
        if (numbers := _numbers(connection, _union(parts), bound)) is not None:
            fewest, bound = numbers, len(numbers)
    return fewest


def _found(search: Search, criteria: PaymentFilter) -> Condition:
    from app.storage.history.search import all_numbers, numbers_of

    return all_numbers([numbers_of(term, criteria.shop_day) for term in search.terms])


def _union(parts: list[IndexedCondition]) -> Condition:
    selects = (f"SELECT p.number FROM payment p INDEXED BY {part.index} WHERE {part.where.sql}" for part in parts)
    return Condition(" UNION ALL ".join(selects), tuple(value for part in parts for value in part.where.values))


def _numbers(connection: sqlite3.Connection, query: Condition, bound: int) -> list[int] | None:
    """Return the numbers of a query, None if there are more than `bound`."""
    rows = connection.execute(f"SELECT * FROM ({query.sql}) LIMIT ?", (*query.values, bound + 1)).fetchall()
    return None if len(rows) > bound else [row[0] for row in rows]
