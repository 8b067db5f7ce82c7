"""What a filter's payments add up to, as a whole and in groups; from the kept totals where they can tell it.

`payment_total` holds the sums of each UTC quarter of an hour and stored state; triggers keep it (migration 0005).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.payment import PaymentStatus
from app.domain.timestamps import ceil_millis
from app.services.history.time_keys import QUARTER_MS, grain_ms, time_key
from app.services.ports.history_values import TotalsBy, TotalsGroup
from app.services.ports.ledger import PaymentFilter, Totals
from app.storage.conditions import (
    SHOWN_LATER,
    Condition,
    all_of,
    any_of,
    created_between,
    status_parts,
    status_word,
)
from app.storage.history.day_spans import day_of_quarter
from app.storage.history.sources import Bounds, source_of

_BY_TIME: Final = (TotalsBy.HOUR, TotalsBy.DAY, TotalsBy.MONTH)
_SUMS = "count(*), sum(p.state = 'paid'), sum(p.received_minor), sum(p.refunded_minor)"
_KEPT_SUMS = "sum(t.count), sum(t.count * (t.state = 'paid')), sum(t.received_minor), sum(t.refunded_minor)"
_CELLS_OF = "FROM payment_total t WHERE"
_WAITING = "payment p INDEXED BY ix_payment_state"
Key = int | str | None
Row = tuple[Key, int, int, int, int]
"""A raw key (start of a span in milliseconds, a status, a name) and the sums of its payments."""


@dataclass(slots=True)
class _Sums:
    count: int = 0
    paid: int = 0
    received_minor: int = 0
    refunded_minor: int = 0

    def add(self, count: int, paid: int, received_minor: int, refunded_minor: int) -> None:
        self.count += count
        self.paid += paid
        self.received_minor += received_minor
        self.refunded_minor += refunded_minor

    def values(self) -> tuple[int, int, int, int]:
        return self.count, self.paid, self.received_minor, self.refunded_minor


def totals(
    connection: sqlite3.Connection, criteria: PaymentFilter, by: TotalsBy | None, as_of: int, bounds: Bounds
) -> Totals:
    """Return what a filter's payments add up to, its limit does not count, with the groups of `by`."""
    are_kept = _are_kept(criteria, by)
    rows = _kept(connection, criteria, by) if are_kept else _scanned(connection, criteria, by, bounds)
    whole, groups = _Sums(), dict[str | None, _Sums]()
    for key, *sums in _with_keys(rows, criteria, by):
        whole.add(*sums)
        if by is not None:
            groups.setdefault(key, _Sums()).add(*sums)
    filled = ((key, group) for key, group in groups.items() if group.count)
    ordered = sorted(filled, key=lambda item: (item[0] is None, item[0] or ""))
    return Totals(*whole.values(), tuple(TotalsGroup(key, *group.values()) for key, group in ordered), as_of)


def _with_keys(
    rows: Iterable[Row], criteria: PaymentFilter, by: TotalsBy | None
) -> Iterator[tuple[str | None, int, int, int, int]]:
    key_of = time_key(by, criteria.shop_day) if by in _BY_TIME and by is not None else None
    for key, *sums in rows:
        count, paid, received_minor, refunded_minor = (int(value or 0) for value in sums)
        word = key_of(int(key or 0)) if key_of else (None if key is None else str(key))
        yield word, count, paid, received_minor, refunded_minor


def _scanned(connection: sqlite3.Connection, criteria: PaymentFilter, by: TotalsBy | None, bounds: Bounds) -> list[Row]:
    index, where = source_of(connection, criteria, bounds).at_once()
    key = _key(criteria, by)
    sql = f"SELECT {key.sql} AS grouped, {_SUMS} FROM payment p INDEXED BY {index} WHERE {where.sql} GROUP BY grouped"
    return connection.execute(sql, (*key.values, *where.values)).fetchall()


def _key(criteria: PaymentFilter, by: TotalsBy | None) -> Condition:
    """Return the expression of a payment's raw key."""
    if by in _BY_TIME:
        grain = grain_ms(criteria.shop_day)
        return Condition(f"p.created_at / {grain} * {grain}")
    if by is TotalsBy.STATUS:
        return status_word(criteria.now)
    return Condition("nullif(p.created_by, '')" if by is TotalsBy.PERSON else "0")


def _are_kept(criteria: PaymentFilter, by: TotalsBy | None) -> bool:
    """Say whether the kept totals can tell it: of a period of whole quarters, and of a status that many have."""
    narrowed = criteria.search, criteria.min_minor, criteria.max_minor, criteria.confirmed_by, criteria.person
    bounds = [moment for moment in (criteria.created_from, criteria.created_to) if moment is not None]
    status = criteria.status
    return (
        all(condition is None for condition in narrowed)
        and not criteria.attention
        and by is not TotalsBy.PERSON
        and (status is None or (isinstance(status, PaymentStatus) and status not in SHOWN_LATER))
        and not any(ceil_millis(bound) % QUARTER_MS for bound in bounds)
        and not (by in _BY_TIME and grain_ms(criteria.shop_day) % QUARTER_MS)
    )


def _kept(connection: sqlite3.Connection, criteria: PaymentFilter, by: TotalsBy | None) -> list[Row]:
    """Return the sums of the stored states, and of the links that still wait, which are shown as something else."""
    where = all_of(*_cells(criteria))
    key = {TotalsBy.STATUS: _shown_later(), None: "0"}.get(by) or _kept_time(connection, criteria, by, where)
    sql = f"SELECT {key} AS grouped, {_KEPT_SUMS} FROM payment_total t WHERE {where.sql} GROUP BY grouped"
    rows: list[Row] = connection.execute(sql, where.values).fetchall()
    return rows + list(_corrections(connection, criteria, by))


def _kept_time(connection: sqlite3.Connection, criteria: PaymentFilter, by: TotalsBy | None, where: Condition) -> str:
    """Return the expression of a cell's instant: of its quarter for hours, of its day for days and months."""
    quarter = f"t.quarter * {QUARTER_MS}"
    if by is TotalsBy.HOUR:
        return quarter
    first, last = connection.execute(
        f"SELECT (SELECT min(t.quarter) {_CELLS_OF} {where.sql}), (SELECT max(t.quarter) {_CELLS_OF} {where.sql})",
        (*where.values, *where.values),
    ).fetchone()
    day = None if first is None else day_of_quarter("t.quarter", first, last, criteria.shop_day)
    return quarter if day is None else f"({day}) * {QUARTER_MS}"


def _cells(criteria: PaymentFilter) -> Iterator[Condition]:
    if criteria.created_from is not None:
        yield Condition("t.quarter >= ?", (ceil_millis(criteria.created_from) // QUARTER_MS,))
    if criteria.created_to is not None:
        yield Condition("t.quarter < ?", (ceil_millis(criteria.created_to) // QUARTER_MS,))
    if criteria.status is not None:
        states = [criteria.status, *(state for state, later in SHOWN_LATER.items() if later is criteria.status)]
        yield Condition(f"t.state IN ({', '.join('?' * len(states))})", tuple(state.value for state in states))


def _shown_later() -> str:
    whens = " ".join(f"WHEN '{state.value}' THEN '{later.value}'" for state, later in SHOWN_LATER.items())
    return f"CASE t.state {whens} ELSE t.state END"


def _corrections(connection: sqlite3.Connection, criteria: PaymentFilter, by: TotalsBy | None) -> Iterator[Row]:
    """Yield the links that have not run out: taken from the status that the cells count them in, added to their own."""
    if criteria.status not in (None, *SHOWN_LATER.values()) or (criteria.status is None and by is not TotalsBy.STATUS):
        return
    key = _key(criteria, by)
    for state, later in SHOWN_LATER.items():
        if criteria.status not in (None, later):
            continue
        period = created_between(criteria.created_from, criteria.created_to)
        where = all_of(period, any_of(*status_parts(state, criteria.now)))
        sql = f"SELECT {key.sql} AS grouped, {_SUMS} FROM {_WAITING} WHERE {where.sql} GROUP BY grouped"
        rows: list[Row] = connection.execute(sql, (*key.values, *where.values)).fetchall()
        for grouped, count, paid, received_minor, refunded_minor in rows:
            shown = later.value if by is TotalsBy.STATUS else grouped
            yield shown, -count, -paid, -received_minor, -refunded_minor
            if criteria.status is None:
                yield state.value, count, paid, received_minor, refunded_minor
