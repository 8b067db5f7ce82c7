"""A table of payments: single row selection by mouse and keys; selection and scrolling survive updates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.ui.payment.display import PaymentRow
from app.ui.tables.columns import Column, fitted, least_room
from app.ui.tables.payments_delegate import ROW_HEIGHT, PaymentsDelegate
from app.ui.tables.payments_header import PaymentsHeader
from app.ui.tables.payments_model import PaymentsModel, unix_millis
from app.ui.theme import Theme

SECOND_MS: Final = 1000
FRAME: Final = 2
MOVE_KEYS: Final = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})
JUMP_KEYS: Final = frozenset({Qt.Key.Key_Home, Qt.Key.Key_End})
ACTIVATE_KEYS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})


class PaymentsTable(QTableView):
    """`row_requested` carries a PaymentId on a click, on Enter, and for every row reached by the arrow keys."""

    row_requested = Signal(str)

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
        """`name` is the accessible name of the table."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._theme = theme
        self._texts = texts
        self._rows = self._make_model(columns, texts, now_ms)
        self._delegate = PaymentsDelegate(theme, self)
        self._clock = QTimer(self)
        self._clock.setInterval(SECOND_MS)
        self._clock.timeout.connect(self._on_tick)
        self._build()
        theme.changed.connect(self.viewport().update)

    def _make_model(self, columns: Sequence[Column], texts: Texts, now_ms: Callable[[], int]) -> PaymentsModel:
        return PaymentsModel(columns, texts, self, now_ms=now_ms)

    def _make_header(self) -> PaymentsHeader:
        return PaymentsHeader(self._theme, self)

    def _build(self) -> None:
        self.setStyleSheet(
            "QTableView { border: none; background: transparent; } QHeaderView { background: transparent; }"
        )
        self.setHorizontalHeader(self._make_header())
        self.setModel(self._rows)
        self.setItemDelegate(self._delegate)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._keep_least_width()
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT)
        for part in (self.viewport(), self.horizontalHeader().viewport()):
            part.setAutoFillBackground(False)
        self.clicked.connect(self._request_row)

    # Rows and selection

    def show_rows(self, rows: Sequence[PaymentRow]) -> None:
        """Show these payments; the selected one stays selected and the visible rows keep their position."""
        chosen, anchor = self.chosen(), self._anchor()
        self._rows.show_rows(rows)
        self._fit()
        if chosen is not None and self.chosen() != chosen:
            self.select(chosen)
        self._restore_anchor(anchor)
        self._update_clock()

    def select(self, payment_id: PaymentId | None) -> None:
        """Select a payment without emitting; None, or one not in the table, clears the selection."""
        at = self._rows.find(payment_id)
        if at is None:
            self.clearSelection()
        elif self.chosen() != payment_id:
            self.setCurrentIndex(self._rows.index(at, 0))

    def chosen(self) -> PaymentId | None:
        """Return the selected payment."""
        selected = self._selected_row()
        row = self._rows.row_or_none(selected) if selected is not None else None
        return row.payment_id if row else None

    def _selected_row(self) -> int | None:
        selected = self.selectionModel().selectedRows()
        return selected[0].row() if selected else None

    # User input

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self._selected_row()
        if event.key() in ACTIVATE_KEYS:
            self.setCurrentIndex(self.currentIndex())  # the current row may not be selected
            self._request_row(self.currentIndex())
            return
        if event.key() in JUMP_KEYS:
            last = self._rows.rowCount() - 1
            self.setCurrentIndex(self._rows.index(0 if event.key() == Qt.Key.Key_Home else last, 0))
        else:
            super().keyPressEvent(event)
        if event.key() in MOVE_KEYS | JUMP_KEYS and self.currentIndex().row() != before:
            self._request_row(self.currentIndex())

    def keyboardSearch(self, search: str) -> None:
        """Letters and digits select no rows: a scanner types too, and a selection that moves by itself misleads."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _request_row(self, index: QModelIndex) -> None:
        row = self._rows.row_or_none(index.row()) if index.isValid() else None
        if row is not None:
            self.row_requested.emit(row.payment_id)

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered_row:
            self._delegate.hovered_row = row
            self.viewport().update()

    # Width and clock

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._update_clock()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def _keep_least_width(self) -> None:
        self.setMinimumWidth(least_room(self._rows.columns) + self.verticalScrollBar().sizeHint().width() + 2 * FRAME)

    def _fit(self) -> None:
        """Share the width between the columns that are not empty."""
        empty = self._rows.empty_columns()
        visible = [column for column in self._rows.columns if column.key not in empty]
        keys = (column.key for column in visible)
        widths = dict(zip(keys, fitted(visible, self.viewport().width()), strict=True))
        for at, column in enumerate(self._rows.columns):
            width = widths.get(column.key, 0)
            self.setColumnHidden(at, not width)
            if width:
                self.setColumnWidth(at, width)

    def _update_clock(self) -> None:
        """Run the timer only while a countdown is visible."""
        runs = self.isVisible() and bool(self._rows.running())
        if runs != self._clock.isActive():
            self._clock.start() if runs else self._clock.stop()

    def _on_tick(self) -> None:
        for cell in self._rows.running():
            self.update(cell)

    def _anchor(self) -> tuple[PaymentId, int] | None:
        """The first visible payment and how much of it is scrolled away; None at the top, where new rows may appear."""
        offset = self.verticalScrollBar().value()
        at = self.rowAt(0)
        row = self._rows.row_or_none(at) if offset and at >= 0 else None
        return (row.payment_id, offset - at * ROW_HEIGHT) if row else None

    def _restore_anchor(self, anchor: tuple[PaymentId, int] | None) -> None:
        at = self._rows.find(anchor[0]) if anchor else None
        if anchor and at is not None:
            self.updateGeometries()
            self.verticalScrollBar().setValue(at * ROW_HEIGHT + anchor[1])
