"""Which columns of a long list of payments are shown, in which order, and by which one it is sorted. No Qt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.services.ports.history_values import SortColumn, SortOrder

COLUMN_KEYS: Final = ("moment", "number", "purpose", "sum", "status", "cashier", "confirmed")
ALWAYS_SHOWN: Final = "number"
"""A row must be told from the others, whatever else is chosen."""
SORTABLE: Final = {
    "moment": SortColumn.TIME,
    "number": SortColumn.NUMBER,
    "sum": SortColumn.AMOUNT,
    "status": SortColumn.STATUS,
    "cashier": SortColumn.PERSON,
}
_FIRST_TO_LAST: Final = frozenset({"status", "cashier"})
"""Words are sorted from the first to the last at first; times, numbers and sums from the largest."""


@dataclass(frozen=True, slots=True)
class TableChoices:
    """`columns`: keys from the left. `sort_key` is one of SORTABLE."""

    columns: tuple[str, ...] = COLUMN_KEYS
    sort_key: str = "moment"
    descending: bool = True

    @property
    def order(self) -> SortOrder:
        return SortOrder(SORTABLE[self.sort_key], self.descending)

    def sorted_by(self, key: str) -> TableChoices:
        """Return the choices after a click on a column: sorted by it, or by it the other way round."""
        if key not in SORTABLE:
            return self
        descending = not self.descending if key == self.sort_key else key not in _FIRST_TO_LAST
        return replace(self, sort_key=key, descending=descending)

    def with_columns(self, keys: Iterable[str]) -> TableChoices:
        """Return the choices with these columns; unknown ones are left out, the number is always there."""
        known = tuple(dict.fromkeys(key for key in keys if key in COLUMN_KEYS))
        return replace(self, columns=known if ALWAYS_SHOWN in known else (ALWAYS_SHOWN, *known))

    def to_text(self) -> str:
        """Return the choices as they are remembered."""
        return json.dumps({"columns": self.columns, "sort": self.sort_key, "descending": self.descending})


def choices_from(text: str | None) -> TableChoices:
    """Return the choices that were remembered; those of the beginning for what cannot be read."""
    try:
        stored = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return TableChoices()
    if not isinstance(stored, dict):
        return TableChoices()
    columns, key = stored.get("columns"), stored.get("sort")
    choices = TableChoices()
    if isinstance(columns, Sequence) and not isinstance(columns, str) and all(isinstance(one, str) for one in columns):
        choices = choices.with_columns(columns)
    if isinstance(key, str) and key in SORTABLE:
        choices = replace(choices, sort_key=key, descending=stored.get("descending") is not False)
    return choices
