"""The list of the inbox, by mouse and keys; news move neither what is in view nor the line in use. Passive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.ui.pages.payments.inbox_state import InboxGroup, InboxMore, InboxRow
from app.ui.pages.payments.widgets.inbox_delegate import ROW_HEIGHT, InboxDelegate
from app.ui.pages.payments.widgets.inbox_model import InboxModel, Line, key_of
from app.ui.theme import Theme

MOVE_KEYS: Final = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End}
)
ENTER_KEYS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
LEAST_WIDTH: Final = 420


class InboxList(QListView):
    """Space chooses a payment, or all of a group; Enter does what is proposed; moving shows the payment beside.

    `row_requested` and `choice_requested` carry a PaymentId, `group_requested` and `more_requested` a reason,
    `action_requested` a PaymentId and an Action.
    """

    row_requested = Signal(str)
    choice_requested = Signal(str)
    group_requested = Signal(object)
    more_requested = Signal(object)
    action_requested = Signal(str, object)

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(texts.say("Payments that need attention"))
        self._lines = InboxModel(texts, self)
        self._delegate = InboxDelegate(theme, self)
        self.setModel(self._lines)
        self.setItemDelegate(self._delegate)
        self.setStyleSheet("QListView { border: none; background: transparent; }")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT)
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self.viewport().update)

    def show_groups(self, groups: Sequence[InboxGroup]) -> None:
        """Show these groups; the line in use and the lines in view keep their places."""
        current, anchor = self._current_key(), self._anchor()
        place = self.currentIndex().row()
        if not self._lines.show_groups(groups):
            return
        self._use(current, place)
        self._restore(anchor)

    def chosen(self) -> PaymentId | None:
        """Return the payment of the line in use."""
        line = self._line(self.currentIndex())
        return line.payment_id if isinstance(line, InboxRow) else None

    def use(self, payment_id: PaymentId) -> None:
        """Put the keyboard's line on a payment, without emitting."""
        if (row := self._lines.find(payment_id)) is not None:
            self.setCurrentIndex(self._lines.index(row))

    # User input

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self._current_key()
        line = self._line(self.currentIndex())
        if event.key() == Qt.Key.Key_Space and isinstance(line, InboxRow):
            self.choice_requested.emit(line.payment_id)
        elif event.key() in ENTER_KEYS and isinstance(line, InboxRow):
            self.action_requested.emit(line.payment_id, line.action)
        elif event.key() in (*ENTER_KEYS, Qt.Key.Key_Space):
            if isinstance(line, InboxGroup):
                self.group_requested.emit(line.reason)
            elif isinstance(line, InboxMore):
                self.more_requested.emit(line.reason)
        else:
            super().keyPressEvent(event)
        if event.key() in MOVE_KEYS and self._current_key() != before:
            self._show_current()

    def keyboardSearch(self, search: str) -> None:
        """Letters and digits move nothing: a scanner types, too."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        line = self._line(index)
        if line is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.setCurrentIndex(index)
        place, rect = event.position().toPoint(), self.visualRect(index)
        in_button = self._delegate.is_in_button(rect, index, place.x(), place.y())
        if isinstance(line, InboxGroup):
            if in_button:
                self.group_requested.emit(line.reason)
        elif isinstance(line, InboxMore):
            self.more_requested.emit(line.reason)
        elif in_button:
            self.action_requested.emit(line.payment_id, line.action)
        elif self._delegate.is_in_box(rect, place.x()):
            self.choice_requested.emit(line.payment_id)
        else:
            self.row_requested.emit(line.payment_id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second click of two is a click: a box clicked twice is as it was."""
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        self._hover(index.row())
        place, line = event.position().toPoint(), self._line(index)
        rect = self.visualRect(index)
        in_box = isinstance(line, InboxRow) and self._delegate.is_in_box(rect, place.x())
        is_hand = line is not None and (in_box or self._delegate.is_in_button(rect, index, place.x(), place.y()))
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_hand else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    # Places

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.doItemsLayout()  # the heads of the groups are as high as their text needs

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered_row:
            self._delegate.hovered_row = row
            self.viewport().update()

    def _line(self, index: QModelIndex) -> Line | None:
        return self._lines.line(index.row()) if index.isValid() else None

    def _current_key(self) -> str | None:
        line = self._line(self.currentIndex())
        return None if line is None else key_of(line)

    def _show_current(self) -> None:
        if (payment_id := self.chosen()) is not None:
            self.row_requested.emit(payment_id)

    def _use(self, key: str | None, place: int) -> None:
        """Use the line of a key; where it is gone, the one that took its place."""
        if key is None or not self._lines.rowCount():
            return
        row = self._lines.find(key)
        self.setCurrentIndex(self._lines.index(min(place, self._lines.rowCount() - 1) if row is None else row))

    def _anchor(self) -> tuple[list[str], int] | None:
        """The lines from the first visible one on, and its top; None at the top, where new lines may appear."""
        first = self.indexAt(self.viewport().rect().topLeft())
        if not self.verticalScrollBar().value() or not first.isValid():
            return None
        keys = [key_of(self._lines.line(row)) for row in range(first.row(), self._lines.rowCount())]
        return keys, self.visualRect(first).top()

    def _restore(self, anchor: tuple[list[str], int] | None) -> None:
        if anchor is None:
            return
        rows = (self._lines.find(key) for key in anchor[0])
        if (row := next((row for row in rows if row is not None), None)) is not None:
            self.scrollTo(self._lines.index(row), QAbstractItemView.ScrollHint.PositionAtTop)
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - anchor[1])
