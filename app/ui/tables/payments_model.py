"""The rows of a table of payments. A new list is compared with the old one, and only differences are applied."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.ui.payment.display import PaymentRow
from app.ui.tables.columns import Column, cell_text
from app.ui.widgets.text.plain_text import tooltip_text

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
VERTICAL_CENTRE: Final = Qt.AlignmentFlag.AlignVCenter
TEXT_ROLES: Final = frozenset(
    {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}
)
SIDES: Final = {"left": Qt.AlignmentFlag.AlignLeft, "right": Qt.AlignmentFlag.AlignRight}


def unix_millis() -> int:
    """Return the time in milliseconds since the epoch."""
    return int(time.time() * 1000)


class PaymentsModel(QAbstractTableModel):
    """`now_ms` is the time used for countdowns."""

    def __init__(
        self,
        columns: Sequence[Column],
        texts: Texts,
        parent: QObject | None = None,
        *,
        now_ms: Callable[[], int] = unix_millis,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._now_ms = now_ms
        self._rows: list[PaymentRow] = []
        self._words = tuple(texts.say(column.word) for column in self.columns)

    # QAbstractTableModel

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self.row_or_none(index.row()), self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return SIDES[column.align] | VERTICAL_CENTRE
        if row is None:
            return "" if role in TEXT_ROLES else None
        if role in TEXT_ROLES:
            text = cell_text(row, column.key, self._now_ms())
            if role == Qt.ItemDataRole.ToolTipRole:
                return tooltip_text(text)
            is_spoken = role == Qt.ItemDataRole.AccessibleTextRole
            return f"{self._words[index.column()]}: {text}" if is_spoken else text
        return row.payment_id if role == Qt.ItemDataRole.UserRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words[section]
        return (
            SIDES[self.columns[section].align] | VERTICAL_CENTRE if role == Qt.ItemDataRole.TextAlignmentRole else None
        )

    # For the table

    def row(self, row: int) -> PaymentRow:
        return self._rows[row]

    def row_or_none(self, row: int) -> PaymentRow | None:
        """Return a row, or None where it is not in memory."""
        return self._rows[row]

    def find(self, payment_id: PaymentId | None) -> int | None:
        """Return the row of a payment, or None."""
        return next((at for at, row in enumerate(self._rows) if row.payment_id == payment_id), None)

    def running(self) -> list[QModelIndex]:
        """Return the cells whose text changes every second."""
        keys = [column.key for column in self.columns]
        if "left" not in keys:
            return []
        column = keys.index("left")
        return [self.index(at, column) for at, row in enumerate(self._rows) if row.deadline_ms is not None]

    def empty_columns(self) -> set[str]:
        """Return the keys of the `hidden_if_empty` columns in which no row has a text."""
        optional = [column.key for column in self.columns if column.hidden_if_empty]
        return {key for key in optional if not any(getattr(row, key) for row in self._rows)}

    def show_rows(self, rows: Sequence[PaymentRow]) -> None:
        """Show these rows by the fewest insertions, removals and changes; reset where the order itself changed."""
        stay = {row.payment_id for row in rows}
        are = {row.payment_id for row in self._rows}
        kept_before = [row.payment_id for row in self._rows if row.payment_id in stay]
        kept_after = [row.payment_id for row in rows if row.payment_id in are]
        if kept_before != kept_after or not kept_before:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        for first, last in reversed(list(_runs(at for at, row in enumerate(self._rows) if row.payment_id not in stay))):
            self.beginRemoveRows(NO_INDEX, first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
        for first, last in _runs(at for at, row in enumerate(rows) if row.payment_id not in are):
            self.beginInsertRows(NO_INDEX, first, last)
            self._rows[first:first] = rows[first : last + 1]
            self.endInsertRows()
        self._change(rows)

    def _change(self, rows: Sequence[PaymentRow]) -> None:
        """Replace the rows that differ at the same index."""
        differ = [at for at, row in enumerate(rows) if row is not self._rows[at] and row != self._rows[at]]
        self._rows = list(rows)
        for first, last in _runs(differ):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))


def _runs(places: Iterator[int] | Sequence[int]) -> Iterator[tuple[int, int]]:
    """Return the first and last of every run of consecutive indices."""
    first = last = None
    for place in places:
        if first is None or last is None:
            first = last = place
        elif place == last + 1:
            last = place
        else:
            yield first, last
            first = last = place
    if first is not None and last is not None:
        yield first, last
