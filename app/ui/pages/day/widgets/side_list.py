"""A short list of payments: what is still open, what needs attention. Passive."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStylePainter, QVBoxLayout, QWidget

from app.ui.pages.day.state import SideListState, SideRow
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.controls.buttons import button, paint_background
from app.ui.widgets.text.plain_text import PlainButton, PlainLabel, set_accessible_name, set_tooltip

ROW: Final = 54
ICON: Final = 18
PAD: Final = 16.0


class SideList(QWidget):
    """`payment_requested` carries a PaymentId, `all_requested` comes from the link to the others."""

    payment_requested = Signal(str)
    all_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = SideListState()
        self.rows: list[PaymentButton] = []
        self._title = mark(PlainLabel(), role="heading")
        self._count = mark(PlainLabel(), role="strong")
        self._note = mark(PlainLabel(), role="small")
        self._empty = mark(PlainLabel(), role="muted")
        self._empty.setContentsMargins(tokens.L, tokens.S, tokens.L, tokens.M)
        self.all = button(theme, "", "quiet")
        self.all.clicked.connect(self.all_requested)
        self._build_layout()

    def _build_layout(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(tokens.L, tokens.M, tokens.L, tokens.S)
        head.setSpacing(tokens.S)
        head.addWidget(self._title)
        head.addWidget(self._count)
        head.addStretch(1)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, tokens.S)
        column.setSpacing(0)
        column.addLayout(head)
        self._note.setContentsMargins(tokens.L, 0, tokens.L, tokens.S)
        self._note.setWordWrap(True)
        column.addWidget(self._note)
        column.addWidget(_line())
        column.addLayout(self._rows)
        column.addWidget(self._empty)
        column.addWidget(self.all, 0, Qt.AlignmentFlag.AlignLeft)

    def show_list(self, state: SideListState) -> None:
        """Show the newest payments of a list; rows that stay keep the keyboard."""
        self._title.setText(state.title)
        self._count.setText(state.count)
        self._note.setText(state.note)
        self._note.setVisible(bool(state.note))
        self._empty.setText(state.empty)
        self._empty.setVisible(not state.rows and state.count == "0")
        self.all.setText(state.more)
        set_accessible_name(self.all, state.more)
        self.all.setVisible(bool(state.more))
        if state.rows != self._state.rows:
            self._show_rows(state)
        self._state = state

    def _show_rows(self, state: SideListState) -> None:
        while len(self.rows) > len(state.rows):
            gone = self.rows.pop()
            self._rows.removeWidget(gone)
            gone.deleteLater()
        while len(self.rows) < len(state.rows):
            made = PaymentButton(self._theme)
            made.clicked.connect(partial(self._request, made))
            self.rows.append(made)
            self._rows.addWidget(made)
        for shown, row in zip(self.rows, state.rows, strict=True):
            shown.show_row(row)

    def _request(self, shown: PaymentButton) -> None:
        if shown.row is not None:
            self.payment_requested.emit(shown.row.payment_id)


def _line() -> QFrame:
    line = mark(QFrame(), line=True)
    line.setFixedHeight(1)
    return line


class PaymentButton(PlainButton):
    """A payment in two lines with its sum; a click opens it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._theme = theme
        self.row: SideRow | None = None
        mark(self, kind="quiet")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(ROW)
        theme.changed.connect(self.update)

    def show_row(self, row: SideRow) -> None:
        self.row = row
        set_accessible_name(self, f"{row.title}, {row.note}, {row.sum}")
        set_tooltip(self, row.title)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, ROW)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        paint_background(self, painter)
        row = self.row
        if row is None:
            return
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(round(PAD), (ROW - ICON) // 2, self._theme.pixmap(row.icon, row.tone, ICON, ratio))
        strong, small = self._theme.font("body", 600), self._theme.font("small")
        sum_width = QFontMetricsF(strong).horizontalAdvance(row.sum) + 2
        left = PAD + ICON + 12
        room = self.width() - left - sum_width - PAD - 8
        painter.setFont(strong)
        painter.setPen(self._theme.colour("text"))
        right = QRectF(self.width() - PAD - sum_width, 0, sum_width, ROW)
        painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.sum)
        body = self._theme.font("body", 500)
        painter.setFont(body)
        title = QFontMetricsF(body).elidedText(row.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left, 8, room, 20), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        painter.setFont(small)
        painter.setPen(self._theme.colour("muted"))
        note = QFontMetricsF(small).elidedText(row.note, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left, 27, room, 18), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, note)
        painter.end()
