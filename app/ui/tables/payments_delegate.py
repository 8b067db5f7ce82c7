"""Paints a row of payments: plain backgrounds, thin lines, the amount bold, the status as a pill."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QToolTip

from app.ui.payment.display import PaymentRow
from app.ui.tables.payments_model import PaymentsModel
from app.ui.theme import Theme
from app.ui.widgets.feedback.status_pill import paint_pill, pill_width

ROW_HEIGHT: Final = 40
PAD: Final = 10
EDGE: Final = 8
"""The margin before the first column and after the last one, besides their padding."""
PILL_PAD: Final = 2
"""After a pill, whose own ground keeps its word apart from the next column."""
FOCUS_BAR: Final = 3
WARNING: Final = 16
WARNING_GAP: Final = 4
PLACEHOLDER: Final = 10
PLACEHOLDER_PART: Final = 0.6
MUTED: Final = frozenset({"time", "moment", "left", "cashier", "confirmed"})
STRONG: Final = frozenset({"sum"})
Index = QModelIndex | QPersistentModelIndex


def cell_room(rect: QRect, model: PaymentsModel, column: int) -> QRect:
    """Return the rectangle of a cell's content; used by header and rows alike."""
    last = len(model.columns) - 1
    after = PAD + EDGE if column == last else PILL_PAD if model.columns[column].key == "status" else PAD
    return rect.adjusted(PAD + (EDGE if column == 0 else 0), 0, -after, 0)


class PaymentsDelegate(QStyledItemDelegate):
    """The table sets which row is under the mouse."""

    def __init__(self, theme: Theme, parent: QTableView) -> None:
        super().__init__(parent)
        self._theme = theme
        self._table = parent
        self.hovered_row = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(PAD, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, PaymentsModel)
        rect, key = QRect(option.rect), model.columns[index.column()].key
        painter.save()
        self._paint_background(painter, option, index, rect)
        room = cell_room(rect, model, index.column())
        row = model.row_or_none(index.row())
        if row is None:
            self._paint_placeholder(painter, room, at_right=model.columns[index.column()].align == "right")
        elif key == "status":
            self._paint_status(painter, row, room, at_end=index.column() == len(model.columns) - 1)
        else:
            self._paint_text(painter, str(index.data()), key, room, int(index.data(Qt.ItemDataRole.TextAlignmentRole)))
        painter.restore()

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Show the whole text as a tooltip only where it is cut."""
        model = index.model()
        if not isinstance(model, PaymentsModel) or not self._is_cut(model, view, index):
            QToolTip.hideText()
            return True
        return super().helpEvent(event, view, option, index)

    def _paint_background(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, rect: QRect) -> None:
        state = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(rect, self._theme.colour("accent_tint"))
        elif index.row() == self.hovered_row:
            painter.fillRect(rect, self._theme.colour("hover"))
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, self._theme.colour("border"))
        if index.column() == 0 and self._table.hasFocus() and self._table.currentIndex().row() == index.row():
            painter.fillRect(QRect(rect.left(), rect.top(), FOCUS_BAR, rect.height()), self._theme.colour("accent"))

    def _paint_placeholder(self, painter: QPainter, room: QRect, *, at_right: bool) -> None:
        """A bar where the text of a row will stand that is not read yet."""
        width = room.width() * PLACEHOLDER_PART
        left = room.right() + 1 - width if at_right else room.left()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("hover"))
        bar = QRectF(left, room.center().y() - PLACEHOLDER / 2 + 0.5, width, PLACEHOLDER)
        painter.drawRoundedRect(bar, PLACEHOLDER / 2, PLACEHOLDER / 2)

    def _paint_text(self, painter: QPainter, text: str, key: str, room: QRect, align: int) -> None:
        painter.setFont(self._theme.font("body", 600 if key in STRONG else 400))
        painter.setPen(self._theme.colour("muted" if key in MUTED else "text"))
        shown = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, align, shown)

    def _paint_status(self, painter: QPainter, row: PaymentRow, room: QRect, *, at_end: bool) -> None:
        """The pill, with a warning icon next to it when a person must act; right-aligned as the last column."""
        badge = row.status
        warns = row.attention and badge.icon != "warning"
        taken = WARNING + WARNING_GAP if warns else 0
        width = min(pill_width(badge.word, self._theme), room.width() - taken)
        left = room.right() + 1 - width if at_end else room.left()
        paint_pill(
            painter, QRectF(left, room.top(), width, room.height()), badge.word, badge.tone, badge.icon, self._theme
        )
        if warns:
            icon_left = left - taken if at_end else left + width + WARNING_GAP
            pixmap = self._theme.pixmap("warning", "attention", WARNING, painter.device().devicePixelRatio())
            painter.drawPixmap(QPointF(icon_left, room.center().y() - WARNING / 2 + 0.5), pixmap)

    def _is_cut(self, model: PaymentsModel, view: QAbstractItemView, index: Index) -> bool:
        key, text = model.columns[index.column()].key, str(index.data() or "")
        room = cell_room(view.visualRect(index), model, index.column()).width()
        if key == "status":
            return pill_width(text, self._theme) > room
        font = self._theme.font("body", 600 if key in STRONG else 400)
        return QFontMetrics(font).horizontalAdvance(text) > room
