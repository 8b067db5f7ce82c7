"""Replaces the QR code: the big tick and the amount, or a large notice. Never green unless the tone is "paid"."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme
from app.ui.theme.tokens import L
from app.ui.widgets.controls.square_box import SquareBox
from app.ui.widgets.text.plain_text import set_accessible_name

TICK = ((0.355, 0.435), (0.44, 0.52), (0.64, 0.32))  # corners as fractions of the side
PEN_PART = 1 / 20
ICON_PART = 0.26
SUM_PART = 0.093
NOTICE_PART = 0.07
SMALLEST = 13
WRAPPED = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap


class PaidView(SquareBox):
    """A square in a tone: a drawn tick with an amount (`show_paid`) or an icon with a title (`show_notice`)."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._tone = "paid"
        self._icon = ""
        self._title = ""

    def show_paid(self, sum_text: str) -> None:
        """Show the tick and the received amount."""
        self._show("paid", "", sum_text)

    def show_notice(self, icon: str, tone: str, title: str) -> None:
        """Show anything that is not a success: no tick, whatever the tone."""
        self._show(tone, icon, title)

    def _show(self, tone: str, icon: str, title: str) -> None:
        self._tone, self._icon, self._title = tone, icon, title
        set_accessible_name(self, title)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = self.theme.colour(f"{self._tone}_ground")
        self.paint_box(painter, ground, ground)
        if self._icon:
            self._paint_icon(painter)
        else:
            self._paint_tick(painter)
        self._paint_title(painter)
        painter.end()

    def _paint_tick(self, painter: QPainter) -> None:
        box = self.box()
        pen = QPen(self.theme.colour(self._tone), box.width() * PEN_PART)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([box.topLeft() + QPointF(x, y) * box.width() for x, y in TICK]))

    def _paint_icon(self, painter: QPainter) -> None:
        box = self.box()
        size = round(box.width() * ICON_PART)
        pixmap = self.theme.pixmap(self._icon, self._tone, size, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(box.center().x() - size / 2, box.top() + box.height() * 0.22), pixmap)

    def _paint_title(self, painter: QPainter) -> None:
        box, top = self.box(), 0.54 if self._icon else 0.58
        room = QRectF(box.left() + L, box.top() + box.height() * top, box.width() - 2 * L, box.height() * 0.36)
        painter.setFont(self._title_font(room))
        painter.setPen(self.theme.colour(self._tone))
        painter.drawText(room, int(WRAPPED | Qt.AlignmentFlag.AlignVCenter), self._title)

    def _title_font(self, room: QRectF) -> QFont:
        """The largest size at which no word is broken and nothing is cut."""
        font = self.theme.font("sum", 700)
        largest = round(self.box().width() * (NOTICE_PART if self._icon else SUM_PART))
        for size in range(max(largest, SMALLEST), SMALLEST - 1, -1):
            font.setPixelSize(size)
            taken = QFontMetricsF(font).boundingRect(room, int(WRAPPED), self._title)
            if taken.height() <= room.height() and taken.width() <= room.width():
                break
        return font
