"""The model of a table of any number of payments: it holds a window of rows, the others are placeholders."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QObject, Qt

from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.ui.payment.display import PaymentRow
from app.ui.payment.row_window import RowWindow, whole_list
from app.ui.tables.columns import Column
from app.ui.tables.payments_model import NO_INDEX, Index, PaymentsModel, unix_millis


class VirtualPaymentsModel(PaymentsModel):
    """What it keeps is bounded by the windows that it is given; it reads nothing itself."""

    def __init__(
        self,
        columns: Sequence[Column],
        texts: Texts,
        parent: QObject | None = None,
        *,
        now_ms: Callable[[], int] = unix_millis,
    ) -> None:
        super().__init__(columns, texts, parent, now_ms=now_ms)
        self._texts = texts
        self._window = RowWindow()
        self._filled: set[str] = set()

    # QAbstractTableModel

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else self._window.count

    def match(
        self, start: Index, role: int, value: object, hits: int = 1, flags: Qt.MatchFlag = Qt.MatchFlag.MatchExactly
    ) -> list[QModelIndex]:
        """Look at the rows in memory only: Qt's own way asks for every row of the list."""
        found = self._window.find(str(value)) if role == Qt.ItemDataRole.UserRole else None
        return [] if found is None else [self.index(found, start.column())]

    # For the table

    def row(self, row: int) -> PaymentRow:
        found = self._window.row(row)
        if found is None:
            raise IndexError(row)
        return found

    def row_or_none(self, row: int) -> PaymentRow | None:
        return self._window.row(row)

    def find(self, payment_id: PaymentId | None) -> int | None:
        return self._window.find(payment_id)

    def running(self) -> list[QModelIndex]:
        return []

    def empty_columns(self) -> set[str]:
        """Return the `hidden_if_empty` columns without a text in any row so far: none vanishes while one scrolls."""
        optional = {column.key for column in self.columns if column.hidden_if_empty}
        self._filled |= {key for key in optional - self._filled for row in self._window.rows if getattr(row, key)}
        return optional - self._filled

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Show these columns, from the left."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self._words = tuple(self._texts.say(column.word) for column in self.columns)
        self.endResetModel()

    def show_rows(self, rows: Sequence[PaymentRow]) -> None:
        self.show_window(whole_list(tuple(rows)))

    def show_window(self, window: RowWindow, shift: int = 0) -> None:
        """Show another window. `shift`: so many rows were inserted (below zero: removed) before those that stay."""
        if window.list_id != self._window.list_id:
            self.beginResetModel()
            self._window = window
            self.endResetModel()
            return
        self._resize(0, max(shift, -self._window.count), moves_window=True)
        self._resize(min(self._window.count, window.count), window.count - self._window.count, moves_window=False)
        before, self._window = self._window, window
        self._report_changes(before)

    def _resize(self, at: int, by: int, *, moves_window: bool) -> None:
        """Insert or remove rows at a place; what is known of the others stays with them."""
        if not by:
            return
        if by > 0:
            self.beginInsertRows(NO_INDEX, at, at + by - 1)
        else:
            self.beginRemoveRows(NO_INDEX, at, at - by - 1)
        self._window = _moved(self._window, by, moves_window=moves_window)
        if by > 0:
            self.endInsertRows()
        else:
            self.endRemoveRows()

    def _report_changes(self, before: RowWindow) -> None:
        """Report the rows from the first to the last that is another one, or is not in memory any more."""
        first, end = min(before.first, self._window.first), max(before.end, self._window.end)
        window = self._window
        differ = [at for at in range(first, min(end, window.count)) if _differs(before.row(at), window.row(at))]
        if differ:
            self.dataChanged.emit(self.index(differ[0], 0), self.index(differ[-1], len(self.columns) - 1))


def _differs(one: PaymentRow | None, other: PaymentRow | None) -> bool:
    return one is not other and one != other


def _moved(window: RowWindow, by: int, *, moves_window: bool) -> RowWindow:
    """Return the window of a list that has `by` more rows, before it or after it."""
    first = window.first + by if moves_window else window.first
    rows = window.rows[max(0, -first) :]
    first, count = max(0, first), window.count + by
    return RowWindow(count, first, rows[: max(0, count - first)], window.list_id)
