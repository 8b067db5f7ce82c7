"""A table of payments of any length: tells which rows are in sight, shows the window of rows that it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QItemSelection, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.ui.payment.display import PaymentRow
from app.ui.payment.row_window import RowWindow, whole_list
from app.ui.tables.columns import Column
from app.ui.tables.payments_delegate import ROW_HEIGHT
from app.ui.tables.payments_header import PaymentsHeader
from app.ui.tables.payments_model import Index, PaymentsModel, unix_millis
from app.ui.tables.payments_table import PaymentsTable
from app.ui.tables.sortable_header import SortableHeader
from app.ui.tables.virtual_model import VirtualPaymentsModel
from app.ui.theme import Theme
from app.ui.widgets.text.plain_text import add_menu_action

NOTHING: Final = (-1, -1)


class VirtualPaymentsTable(PaymentsTable):
    """`sight_changed`: the first and the last row in sight; who reads the payments keeps these rows in memory.

    A row that the keyboard reached before it was read is requested (`row_requested`) when it arrives.
    """

    sight_changed = Signal(int, int)
    sort_requested = Signal(str)
    columns_requested = Signal(object)
    copy_requested = Signal(str)

    # on the class, because Qt asks while the base is being made
    _chosen: PaymentId | None = None
    _awaited: int | None = None
    _sight = NOTHING
    _list_id = 0
    _is_changing = False

    def __init__(
        self,
        theme: Theme,
        texts: Texts,
        columns: Sequence[Column],
        name: str,
        parent: QWidget | None = None,
        *,
        now_ms: Callable[[], int] = unix_millis,
    ) -> None:
        self._all_columns = tuple(columns)
        super().__init__(theme, texts, columns, name, parent, now_ms=now_ms)
        self.verticalScrollBar().valueChanged.connect(self._report_sight)

    def _make_model(self, columns: Sequence[Column], texts: Texts, now_ms: Callable[[], int]) -> PaymentsModel:
        self._virtual = VirtualPaymentsModel(columns, texts, self, now_ms=now_ms)
        return self._virtual

    def _make_header(self) -> PaymentsHeader:
        self._header = SortableHeader(self._theme, self._texts, self._all_columns, self)
        self._header.sort_requested.connect(self.sort_requested)
        self._header.columns_requested.connect(self.columns_requested)
        return self._header

    # Columns

    def show_columns(
        self, keys: Sequence[str], *, sort_key: str, descending: bool, sortable: frozenset[str], always: str
    ) -> None:
        """Show the columns with these keys from the left, and by which one the list is sorted."""
        known = {column.key: column for column in self._all_columns}
        if tuple(keys) != tuple(column.key for column in self._virtual.columns):
            self._change_columns([known[key] for key in keys])
        self._header.show_sorting(sort_key, descending=descending, sortable=sortable, always=always)
        self._header.arrange()

    def _change_columns(self, columns: Sequence[Column]) -> None:
        place, chosen = self.verticalScrollBar().value(), self._selected_row()
        self._is_changing = True
        self._virtual.show_columns(columns)
        if chosen is not None:
            self.setCurrentIndex(self._virtual.index(chosen, 0))
        self._is_changing = False
        self._keep_least_width()
        self._fit()
        self.updateGeometries()
        self.verticalScrollBar().setValue(place)

    # Rows and selection

    def show_rows(self, rows: Sequence[PaymentRow]) -> None:
        self.show_window(whole_list(tuple(rows)))

    def show_window(self, window: RowWindow) -> None:
        """Show a window; in the same list the rows in sight and the selected payment stay where they are."""
        is_same = window.list_id == self._list_id
        anchor = self._anchor() if is_same else None
        self._is_changing = True
        try:
            self._virtual.show_window(window, self._shift_to(window) if is_same else 0)
            self._fit()
            self._keep_chosen(window)
        finally:
            self._is_changing = False
        self.updateGeometries()
        if is_same:
            self._restore_anchor(anchor)
        else:
            self._list_id, self._awaited = window.list_id, None
            self.verticalScrollBar().setValue(0)
        self._request_awaited()
        self._sight = NOTHING  # whoever reads may have counted with another place
        self._report_sight()

    def chosen(self) -> PaymentId | None:
        """Return the selected payment, wherever in the list it is."""
        return self._chosen

    def select(self, payment_id: PaymentId | None) -> None:
        super().select(payment_id)
        self._awaited = None

    def scrollTo(self, index: Index, hint: PaymentsTable.ScrollHint = PaymentsTable.ScrollHint.EnsureVisible) -> None:
        """Rows that come or go, and a selection that follows its payment, do not scroll."""
        if not self._is_changing:
            super().scrollTo(index, hint)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._is_changing:
            self._chosen = super().chosen()

    def _shift_to(self, window: RowWindow) -> int:
        """Return by how many rows the list grew before the first row in sight that both windows hold."""
        for at in range(max(0, self.rowAt(0)), self._virtual.rowCount()):
            row = self._virtual.row_or_none(at)
            if row is None:
                break
            if (found := window.find(row.payment_id)) is not None:
                return found - at
        return 0

    def _keep_chosen(self, window: RowWindow) -> None:
        """Let the selection follow its payment; it ends where another payment stands in its place."""
        at, is_at = window.find(self._chosen), self._selected_row()
        if at is not None and at != is_at:
            self.setCurrentIndex(self._virtual.index(at, max(0, self.currentIndex().column())))
        elif at is None and is_at is not None and (row := window.row(is_at)) is not None:
            if self._chosen is None:
                self._chosen = row.payment_id
            else:
                self.clearSelection()
                self._chosen = None
        elif is_at is None and at is None and window.list_id != self._list_id:
            self._chosen = None

    # Copying

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy(self._row_text())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        cell = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if not cell.isValid():
            return
        if by_mouse:
            self.setCurrentIndex(cell)
        place = event.globalPos() if by_mouse else self.viewport().mapToGlobal(self.visualRect(cell).bottomLeft())
        self.copy_menu(cell).popup(place)

    def copy_menu(self, cell: QModelIndex) -> QMenu:
        """Return the menu that copies a cell, or its row."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, text in (
            (self._texts.say("Copy the cell"), str(cell.data() or "")),
            (self._texts.say("Copy the row"), self._row_text()),
        ):
            line = add_menu_action(menu, words)
            line.setData(text)
            line.setEnabled(bool(text))
        menu.triggered.connect(self._copy_line)
        return menu

    def _copy_line(self, line: QAction) -> None:
        self._copy(str(line.data()))

    def _copy(self, text: str) -> None:
        if text:
            self.copy_requested.emit(text)

    def _row_text(self) -> str:
        """Return the texts of the current row as columns of a spreadsheet; nothing of a row that is not read yet."""
        at = self.currentIndex().row()
        if at < 0 or self._virtual.row_or_none(at) is None:
            return ""
        columns = range(self._virtual.columnCount())
        return "\t".join(str(self._virtual.index(at, column).data() or "") for column in columns)

    # Rows that are not there yet

    def _request_row(self, index: QModelIndex) -> None:
        super()._request_row(index)
        is_there = not index.isValid() or self._virtual.row_or_none(index.row()) is not None
        self._awaited = None if is_there else index.row()

    def _request_awaited(self) -> None:
        if self._awaited is not None and self._virtual.row_or_none(self._awaited) is not None:
            if self._awaited == self._selected_row():
                self._request_row(self._virtual.index(self._awaited, 0))
            self._awaited = None

    # Sight

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._report_sight()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._report_sight()

    def rows_in_sight(self) -> tuple[int, int]:
        """Return the first and the last row that fit into the view at the place where it stands."""
        top = self.verticalScrollBar().value()
        room = QRect(0, top, 1, max(1, self.viewport().height()))
        return room.top() // ROW_HEIGHT, room.bottom() // ROW_HEIGHT

    def _report_sight(self) -> None:
        sight = self.rows_in_sight()
        if sight != self._sight and not self._is_changing and self.isVisible():
            self._sight = sight
            self.sight_changed.emit(*sight)
