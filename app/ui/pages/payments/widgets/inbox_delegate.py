"""Paints the lines of the inbox, and tells where in them the box and the button are."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.pages.payments.inbox_state import InboxGroup, InboxMore, InboxRow
from app.ui.pages.payments.widgets.inbox_model import InboxModel
from app.ui.theme import Theme, tokens

ROW_HEIGHT: Final = tokens.CONTROL_HEIGHT
PAD: Final = tokens.L + tokens.XS
BOX: Final = 20
BOX_ROOM: Final = PAD + BOX + tokens.M
TITLE_HEIGHT: Final = 22
NARROW: Final = 600
"""Below this width a row has no button: the drawer beside has it."""
FOCUS_BAR: Final = 3
WRAPPED: Final = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
LEFT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
RIGHT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
Index = QModelIndex | QPersistentModelIndex


class InboxDelegate(QStyledItemDelegate):
    """The list sets which row is under the mouse."""

    def __init__(self, theme: Theme, parent: QListView) -> None:
        super().__init__(parent)
        self._theme = theme
        self._list = parent
        self.hovered_row = -1

    # Places

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line, width = _model(index).line(index.row()), self._list.viewport().width()
        if not isinstance(line, InboxGroup):
            return QSize(0, ROW_HEIGHT)
        room = QRect(0, 0, width - 2 * PAD, 1000)
        text = self._body().boundingRect(room, WRAPPED, _below_title(line))
        return QSize(0, tokens.M + TITLE_HEIGHT + text.height() + tokens.M)

    def is_in_box(self, rect: QRect, x: int) -> bool:
        """Whether a place in a payment's row is that of its box."""
        return x < rect.left() + BOX_ROOM

    def is_in_button(self, rect: QRect, index: Index, x: int, y: int) -> bool:
        """Whether a place in a line is that of its button."""
        line = _model(index).line(index.row())
        if isinstance(line, InboxMore):
            return True
        if isinstance(line, InboxGroup) and y > rect.top() + tokens.CONTROL_HEIGHT:
            return False
        width = self._button_width(index)
        return bool(width) and x >= rect.right() - PAD - width - tokens.S

    def _button_width(self, index: Index) -> int:
        model = _model(index)
        line = model.line(index.row())
        if not isinstance(line, InboxGroup) and self._list.viewport().width() < NARROW:
            return 0
        words = (line.choose,) if isinstance(line, InboxGroup) else model.action_words
        return max(map(self._body(600).horizontalAdvance, words))

    # Painting

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line, rect = _model(index).line(index.row()), QRect(option.rect)
        painter.save()
        self._paint_ground(painter, option, index, rect)
        if isinstance(line, InboxGroup):
            self._paint_group(painter, line, index, rect)
        elif isinstance(line, InboxRow):
            self._paint_row(painter, line, index, rect)
        else:
            painter.setFont(self._theme.font("body", 600))
            painter.setPen(self._theme.colour("accent"))
            painter.drawText(rect.adjusted(BOX_ROOM, 0, -PAD, 0), LEFT, line.text)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, rect: QRect) -> None:
        is_row = not isinstance(_model(index).line(index.row()), InboxGroup)
        is_current = self._list.currentIndex().row() == index.row()
        if is_row and option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._theme.colour("accent_tint"))
        elif not is_row:
            painter.fillRect(rect, self._theme.colour("background"))
        elif index.row() == self.hovered_row:
            painter.fillRect(rect, self._theme.colour("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), self._theme.colour("border"))
        if is_current and self._list.hasFocus():
            painter.fillRect(QRect(rect.left(), rect.top(), FOCUS_BAR, rect.height()), self._theme.colour("accent"))

    def _paint_group(self, painter: QPainter, group: InboxGroup, index: Index, rect: QRect) -> None:
        title = QRect(rect.left() + PAD, rect.top() + tokens.M, rect.width() - 2 * PAD, TITLE_HEIGHT)
        left = self._paint_button(painter, group.choose, index, title)
        count = QFontMetrics(self._theme.font("small", 600)).horizontalAdvance(group.count) + 2 * tokens.S
        room = left - title.left() - count - tokens.S
        width = self._text(
            painter, QRect(title.left(), title.top(), room, TITLE_HEIGHT), group.title, "text", strong=True
        )
        self._paint_count(
            painter, group.count, QRectF(title.left() + width + tokens.S, title.top(), count, TITLE_HEIGHT)
        )
        below = QRect(title.left(), title.bottom() + 1, title.width(), rect.bottom() - title.bottom())
        painter.setFont(self._theme.font("body"))
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(below, WRAPPED, _below_title(group))

    def _paint_count(self, painter: QPainter, count: str, area: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("attention_ground"))
        painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), TITLE_HEIGHT / 2 - 1, TITLE_HEIGHT / 2 - 1)
        painter.setFont(self._theme.font("small", 600))
        painter.setPen(self._theme.colour("attention"))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), count)

    def _paint_row(self, painter: QPainter, row: InboxRow, index: Index, rect: QRect) -> None:
        self._paint_box(painter, row, rect)
        room = rect.adjusted(BOX_ROOM, 0, -PAD, 0)
        room.setRight(self._paint_button(painter, _model(index).action_word(row), index, room) - 1)
        width = self._body(600).horizontalAdvance(row.sum)
        painter.setFont(self._theme.font("body", 600))
        painter.setPen(self._theme.colour("text"))
        painter.drawText(room, RIGHT, row.sum)
        room.setRight(room.right() - width - tokens.M)
        for text, role in ((row.time, "muted"), (row.number, "text")):
            room.setLeft(room.left() + self._text(painter, room, text, role) + tokens.M)
        purpose = self._text(painter, room, row.purpose, "text")
        if row.detail:
            dot = " · " if row.purpose else ""
            room.setLeft(room.left() + purpose)
            self._text(painter, room, dot + row.detail, "muted")

    def _paint_button(self, painter: QPainter, word: str, index: Index, room: QRect) -> int:
        """Paint a line's button at the right end of its room; return where it begins."""
        width = self._button_width(index)
        if not width:
            return room.right() + 1
        painter.setFont(self._theme.font("body", 600))
        painter.setPen(self._theme.colour("accent"))
        painter.drawText(room, RIGHT, word)
        return room.right() + 1 - width - tokens.M

    def _paint_box(self, painter: QPainter, row: InboxRow, rect: QRect) -> None:
        box = QRectF(rect.left() + PAD + 0.5, rect.center().y() - BOX / 2 + 0.5, BOX - 1, BOX - 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("accent" if row.is_chosen else "muted"), 1.5))
        painter.setBrush(self._theme.colour("accent" if row.is_chosen else "surface"))
        painter.drawRoundedRect(box, tokens.XS, tokens.XS)
        if row.is_chosen:
            tick, ratio = BOX - 4, painter.device().devicePixelRatio()
            painter.drawPixmap(
                QPointF(box.left() + 1.5, box.top() + 1.5), self._theme.pixmap("check", "on_accent", tick, ratio)
            )

    def _text(self, painter: QPainter, room: QRect, text: str, role: str, *, strong: bool = False) -> int:
        """Paint a text, elided where it does not fit; return its width."""
        font = self._theme.font("emphasis" if strong else "body", 600 if strong else 400)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, max(0, room.width()))
        painter.setFont(font)
        painter.setPen(self._theme.colour(role))
        painter.drawText(room, LEFT, shown)
        return QFontMetrics(font).horizontalAdvance(shown)

    def _body(self, weight: int = 400) -> QFontMetrics:
        return QFontMetrics(self._theme.font("body", weight))


def _below_title(group: InboxGroup) -> str:
    return f"{group.sentence} {group.note}".strip()


def _model(index: Index) -> InboxModel:
    model = index.model()
    assert isinstance(model, InboxModel)
    return model
