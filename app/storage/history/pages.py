"""Pages of the history in every sort order, and the outline that lets a scroll bar be dragged anywhere.

An order is a row of sections one after the other (with and without a person; the statuses), each sorted by an index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.payment import PaymentStatus
from app.services.ports.history_values import Anchor, SortColumn, SortOrder
from app.services.ports.ledger import PaymentFilter
from app.storage.conditions import ALL, Condition, IndexedCondition, all_of, shown_status, status_parts, status_word
from app.storage.history.sources import BY_NUMBER, BY_TIME, Bounds, Source, source_of, with_status

Key = tuple[int | str, ...]
_TIME: Final = ("created_at", "number")


@dataclass(frozen=True, slots=True)
class _Sorting:
    """The columns that a section is sorted by, the index that holds them in this order, and if it holds all filters.

    `rank` is an expression before the columns, without an index.
    """

    columns: tuple[str, ...]
    index: str = BY_TIME
    covers_filters: bool = False
    rank: Condition | None = None

    @property
    def names(self) -> tuple[str, ...]:
        columns = tuple(f"p.{name}" for name in self.columns)
        return columns if self.rank is None else ("rank", *columns)

    @property
    def selected(self) -> Condition:
        columns = ", ".join(f"p.{name}" for name in self.columns)
        return Condition(f"{self.rank.sql} AS rank, {columns}", self.rank.values) if self.rank else Condition(columns)


_SORTINGS: Final = {
    SortColumn.TIME: _Sorting(_TIME, covers_filters=True),
    SortColumn.NUMBER: _Sorting(("number",), BY_NUMBER, covers_filters=True),
    SortColumn.AMOUNT: _Sorting(("amount_minor", "number"), "ix_payment_amount"),
    SortColumn.STATUS: _Sorting(_TIME, covers_filters=True),
    SortColumn.PERSON: _Sorting(("created_by", *_TIME), "ix_payment_person"),
}
_WITHOUT_PERSON: Final = _Sorting(_TIME, "ix_payment_person")


@dataclass(frozen=True, slots=True)
class Found:
    """A payment's number and its place in the order."""

    number: int
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class _Section:
    """`part`: what all its rows have in common, whatever the filter."""

    place: int
    source: Source
    sorting: _Sorting
    part: Condition


class Walk:
    """A filter's payments in an order, within one snapshot of the connection."""

    def __init__(
        self, connection: sqlite3.Connection, criteria: PaymentFilter, order: SortOrder, bounds: Bounds
    ) -> None:
        self._connection = connection
        self._criteria = criteria
        self._order = order
        self._bounds = bounds
        self._source = source_of(connection, criteria, bounds)
        # within a status the newest come first, whichever way the statuses go
        self._descends = order.descending or order.column is SortColumn.STATUS

    def rows(self, after: Anchor | None, skip: int, limit: int) -> list[Found]:
        """Return the next rows after an anchor, without `skip` of them."""
        found: list[Found] = []
        for section in self._sections(after.section if after else 0):
            key = after.key if after and after.section == section.place else None
            part = self._read(section, key, skip, limit - len(found))
            if part:
                skip = 0
                found += [Found(int(row[-1]), Anchor(section.place, row)) for row in part]
            elif skip:
                skip -= self._count(section, key, skip)
            if len(found) >= limit:
                break
        return found

    def number_batches(self, size: int) -> Iterator[list[int]]:
        """Yield the numbers of all rows in their order, so many at once."""
        for section in self._sections(0):
            query = self._walked(section, None) if self._is_walk(section) else self._sorted(section, None)
            cursor = self._connection.execute(query.sql, query.values)
            try:
                while rows := cursor.fetchmany(size):
                    yield [int(row[-1]) for row in rows]
            finally:
                cursor.close()  # an unfinished statement would keep the snapshot

    def outline(self) -> tuple[int, list[Anchor]]:
        """Return the number of rows, and the anchors of rows 999, 1999 and so on."""
        total, anchors = 0, []
        for section in self._sections(0):
            first = self._bounds.anchor_step - total % self._bounds.anchor_step
            is_walk = self._is_walk(section) and (section.sorting.covers_filters or not self._source.filtered)
            count, keys = self._stepped(section, first) if is_walk else self._listed(section, first)
            total += count
            anchors += [Anchor(section.place, key) for key in keys]
        return total, anchors

    def _sections(self, first: int) -> Iterator[_Section]:
        """Make the sections from this place on, each when it is its turn."""
        sorting = _SORTINGS[self._order.column]
        if self._order.column is SortColumn.STATUS and self._source.filtered:
            yield _Section(0, self._source, _Sorting(_TIME, rank=self._status_rank()), ALL)
        elif self._order.column is SortColumn.STATUS:
            for place, word in list(enumerate(self._statuses()))[first:]:
                yield _Section(place, self._of_status(word), sorting, ALL)
        elif self._order.column is SortColumn.PERSON:
            known, none = Condition("p.created_by IS NOT NULL"), Condition("p.created_by IS NULL")
            parts = (known, sorting), (none, _WITHOUT_PERSON)
            for place, (where, sorted_by) in list(enumerate(parts))[first:]:
                yield _Section(place, self._source.narrowed(where), sorted_by, where)
        else:
            yield _Section(0, self._source, sorting, ALL)

    def _statuses(self) -> list[PaymentStatus]:
        return list(PaymentStatus)[:: -1 if self._order.descending else 1]

    def _of_status(self, word: PaymentStatus) -> Source:
        now = self._criteria.now
        parts = [IndexedCondition("ix_payment_state", part) for part in status_parts(word, now)]
        return with_status(self._connection, self._source, parts, shown_status(word, now), self._bounds.few)

    def _status_rank(self) -> Condition:
        """Return the expression of a status's place from the end: it descends as the time does."""
        shown = status_word(self._criteria.now)
        whens = " ".join(f"WHEN '{word.value}' THEN {-place}" for place, word in enumerate(self._statuses()))
        return Condition(f"CASE {shown.sql} {whens} END", shown.values)

    @staticmethod
    def _is_walk(section: _Section) -> bool:
        """Say whether a section's order is that of an index which its rows are met along."""
        return section.sorting.rank is None and not section.source.is_sparse and not section.source.searched

    def _read(self, section: _Section, key: Key | None, skip: int, limit: int) -> list[Key]:
        """Return sort keys after a key. Dense payments are met along the order's index, at first within a bound."""
        page = Condition(" LIMIT ? OFFSET ?", (limit, skip))
        if section.source.is_sparse or section.sorting.rank is not None:
            return self._fetch(self._sorted(section, key), page)
        if not self._source.filtered:
            return self._fetch(self._walked(section, key), page)
        bound = self._bound(section, key)
        found = self._fetch(self._walked(section, key, bound), page)
        return found if bound is None or len(found) == limit else self._fetch(self._sorted(section, key), page)

    def _fetch(self, query: Condition, page: Condition) -> list[Key]:
        return self._connection.execute(query.sql + page.sql, (*query.values, *page.values)).fetchall()

    def _bound(self, section: _Section, key: Key | None) -> Key | None:
        """Return the sort key so many rows further along the index, None if there are not so many."""
        everything = self._query(section, section.sorting.index, section.part, key)
        rows = self._fetch(everything, Condition(" LIMIT 1 OFFSET ?", (self._bounds.walked,)))
        return rows[0] if rows else None

    def _walked(self, section: _Section, key: Key | None, bound: Key | None = None) -> Condition:
        return self._query(section, section.sorting.index, section.source.walking, key, bound)

    def _sorted(self, section: _Section, key: Key | None) -> Condition:
        return self._query(section, *section.source.at_once(), key)

    def _query(
        self, section: _Section, index: str, where: Condition, key: Key | None, bound: Key | None = None
    ) -> Condition:
        """Return the query of the sort keys between two of them, the first exclusive; the last column is the number."""
        sorting = section.sorting
        names, way = ", ".join(sorting.names), "DESC" if self._descends else "ASC"
        marks = ", ".join("?" * len(sorting.names))
        limits = []
        if key is not None:
            limits.append(Condition(f"({names}) {'<' if self._descends else '>'} ({marks})", key))
        if bound is not None:
            limits.append(Condition(f"({names}) {'>=' if self._descends else '<='} ({marks})", bound))
        where, selected = all_of(*limits, where), sorting.selected
        ordered = ", ".join(f"{name} {way}" for name in sorting.names)
        sql = f"SELECT {selected.sql} FROM payment p INDEXED BY {index} WHERE {where.sql} ORDER BY {ordered}"
        return Condition(sql, (*selected.values, *where.values))

    def _count(self, section: _Section, key: Key | None, most: int) -> int:
        query = self._walked(section, key) if self._is_walk(section) else self._sorted(section, key)
        sql = f"SELECT count(*) FROM ({query.sql} LIMIT ?)"
        return int(self._connection.execute(sql, (*query.values, most)).fetchone()[0])

    def _stepped(self, section: _Section, first: int) -> tuple[int, list[Key]]:
        """Return how many rows a section has, and the keys of its row number `first` (from 1) and each 1000th later."""
        # by LIMIT 1 OFFSET 999 the rows between are passed over inside SQLite, several times as fast as listing them
        keys: list[Key] = []
        key, step = None, first
        while found := self._fetch(self._walked(section, key), Condition(" LIMIT 1 OFFSET ?", (step - 1,))):
            key, step = found[0], self._bounds.anchor_step
            keys.append(key)
        passed = first + (len(keys) - 1) * step if keys else 0
        return passed + self._count(section, key, step), keys

    def _listed(self, section: _Section, first: int) -> tuple[int, list[Key]]:
        """Do the same by reading every key in its order."""
        query, step = self._sorted(section, None), self._bounds.anchor_step
        cursor = self._connection.execute(query.sql, query.values)
        total, keys = 0, []
        while rows := cursor.fetchmany(step):
            keys += rows[first - 1 :: step]
            total += len(rows)
        return total, keys
