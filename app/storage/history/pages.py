"""Pages of the history in every sort order, and the outline that lets a scroll bar be dragged anywhere.

An order is a row of sections one after the other (statuses; with and without a person), each sorted by an index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count as counting
from typing import Final

from app.domain.payment import PaymentStatus
from app.services.ports.history_values import ANCHOR_STEP, Anchor, SortColumn, SortOrder
from app.services.ports.ledger import PaymentFilter
from app.storage.conditions import Condition, IndexedCondition, all_of, shown_status, status_parts
from app.storage.history.sources import BY_NUMBER, BY_TIME, Source, source_of, with_status

_TIME: Final = ("created_at", "number")


@dataclass(frozen=True, slots=True)
class _Sorting:
    """The columns that a section is sorted by, the index that holds them in this order, and if it holds all filters."""

    columns: tuple[str, ...]
    index: str
    covers_filters: bool = False


_SORTINGS: Final = {
    SortColumn.TIME: _Sorting(_TIME, BY_TIME, True),
    SortColumn.NUMBER: _Sorting(("number",), BY_NUMBER, True),
    SortColumn.AMOUNT: _Sorting(("amount_minor", "number"), "ix_payment_amount"),
    SortColumn.STATUS: _Sorting(_TIME, BY_TIME, True),
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
    place: int
    source: Source
    sorting: _Sorting


class Walk:
    """A filter's payments in an order, within one snapshot of the connection."""

    def __init__(self, connection: sqlite3.Connection, criteria: PaymentFilter, order: SortOrder) -> None:
        self._connection = connection
        self._criteria = criteria
        self._order = order
        self._source = source_of(connection, criteria)

    def rows(self, after: Anchor | None, skip: int, limit: int) -> list[Found]:
        """Return the next rows after an anchor, without `skip` of them."""
        found: list[Found] = []
        for section in self._sections(after.section if after else 0):
            key = after.key if after and after.section == section.place else None
            part = self._read(section, key, skip, limit - len(found))
            if part:
                skip = 0
                found += part
            elif skip:
                skip -= self._count(section, key, skip)
            if len(found) >= limit:
                break
        return found

    def outline(self) -> tuple[int, list[Anchor]]:
        """Return the number of rows, and the anchors of rows 999, 1999 and so on."""
        total, anchors = 0, []
        for section in self._sections(0):
            count, keys = self._steps(section, ANCHOR_STEP - total % ANCHOR_STEP)
            total += count
            anchors += [Anchor(section.place, key) for key in keys]
        return total, anchors

    def _sections(self, first: int) -> Iterator[_Section]:
        """Make the sections from this place on, each when it is its turn."""
        sorting = _SORTINGS[self._order.column]
        if self._order.column is SortColumn.STATUS:
            words = list(PaymentStatus)[:: -1 if self._order.descending else 1]
            for place, word in list(enumerate(words))[first:]:
                yield _Section(place, self._of_status(word), sorting)
        elif self._order.column is SortColumn.PERSON:
            known, none = Condition("p.created_by IS NOT NULL"), Condition("p.created_by IS NULL")
            parts = (known, sorting), (none, _WITHOUT_PERSON)
            for place, (where, sorted_by) in list(enumerate(parts))[first:]:
                yield _Section(place, self._source.narrowed(where), sorted_by)
        else:
            yield _Section(0, self._source, sorting)

    def _of_status(self, word: PaymentStatus) -> Source:
        now = self._criteria.now
        parts = [IndexedCondition("ix_payment_state", part) for part in status_parts(word, now)]
        return with_status(self._connection, self._source, parts, shown_status(word, now))

    @property
    def _direction(self) -> str:
        # within a status the newest come first, whichever way the statuses go
        return "DESC" if self._order.descending or self._order.column is SortColumn.STATUS else "ASC"

    def _read(self, section: _Section, key: tuple[int | str, ...] | None, skip: int, limit: int) -> list[Found]:
        query = self._keys(section, key)
        rows = self._connection.execute(f"{query.sql} LIMIT ? OFFSET ?", (*query.values, limit, skip)).fetchall()
        return [Found(row[-1], Anchor(section.place, row)) for row in rows]

    def _keys(self, section: _Section, key: tuple[int | str, ...] | None) -> Condition:
        """Return the query of the sort keys of a section after a key; the last column is the number."""
        columns = section.sorting.columns
        names = ", ".join(f"p.{name}" for name in columns)
        index, where = self._path(section)
        if key is not None:
            sign = "<" if self._direction == "DESC" else ">"
            after = Condition(f"({names}) {sign} ({', '.join('?' * len(columns))})", key)
            where = all_of(after, where)
        ordered = ", ".join(f"p.{name} {self._direction}" for name in columns)
        sql = f"SELECT {names} FROM payment p INDEXED BY {index} WHERE {where.sql} ORDER BY {ordered}"
        return Condition(sql, where.values)

    def _path(self, section: _Section) -> tuple[str, Condition]:
        if section.source.is_sparse and section.source.numbers is not None:
            return BY_NUMBER, section.source.numbers
        return section.sorting.index, section.source.walking

    def _count(self, section: _Section, key: tuple[int | str, ...] | None, most: int) -> int:
        query = self._keys(section, key)
        sql = f"SELECT count(*) FROM ({query.sql} LIMIT ?)"
        return int(self._connection.execute(sql, (*query.values, most)).fetchone()[0])

    def _steps(self, section: _Section, first: int) -> tuple[int, list[tuple[int | str, ...]]]:
        """Return how many rows a section has, and the keys of its row number `first` (from 1) and each 1000th later."""
        source, sorting = section.source, section.sorting
        if source.is_sparse:
            query = self._keys(section, None)
            rows = self._connection.execute(query.sql, query.values).fetchall()
            return len(rows), rows[first - 1 :: ANCHOR_STEP]
        if source.searched or not (sorting.covers_filters or not self._source.filtered):
            return self._numbered(section, first)
        return self._stepped(section, first)

    def _stepped(self, section: _Section, first: int) -> tuple[int, list[tuple[int | str, ...]]]:
        # by LIMIT 1 OFFSET 999 the rows between are passed over inside SQLite, six times as fast as numbering them
        keys: list[tuple[int | str, ...]] = []
        key: tuple[int | str, ...] | None = None
        for turn in counting():
            step = ANCHOR_STEP if turn else first
            found = self._read(section, key, step - 1, 1)
            if not found:
                passed = first + (turn - 1) * ANCHOR_STEP if turn else 0
                return passed + self._count(section, key, ANCHOR_STEP), keys
            key = found[0].anchor.key
            keys.append(key)
        raise AssertionError

    def _numbered(self, section: _Section, first: int) -> tuple[int, list[tuple[int | str, ...]]]:
        columns = section.sorting.columns
        index, where = section.source.at_once()
        names = ", ".join(f"p.{name}" for name in columns)
        ordered = ", ".join(f"p.{name} {self._direction}" for name in columns)
        numbered = f"SELECT {names}, row_number() OVER (ORDER BY {ordered}) AS place FROM payment p INDEXED BY {index}"
        sql = f"SELECT * FROM ({numbered} WHERE {where.sql}) WHERE place % ? = ? ORDER BY place"
        values = (*where.values, ANCHOR_STEP, first % ANCHOR_STEP)
        keys = [row[:-1] for row in self._connection.execute(sql, values).fetchall() if row[-1] >= first]
        sql = f"SELECT count(*) FROM payment p INDEXED BY {index} WHERE {where.sql}"
        return int(self._connection.execute(sql, where.values).fetchone()[0]), keys
