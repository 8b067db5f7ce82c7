"""The day page: figures of one day of the shop, and its closing. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.day.state import DayState
from app.ui.pages.day.widgets.day_bar import DayBar
from app.ui.pages.day.widgets.figure_cards import FigureCards
from app.ui.pages.day.widgets.figures_table import FiguresCard
from app.ui.pages.day.widgets.hours_card import HoursCard
from app.ui.pages.day.widgets.side_list import SideList
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.feedback.empty_state import EmptyState

WIDE: Final = 1100
"""From this width on the two tables stand side by side."""
NARROW: Final = 880
"""Below this width the lists stand below the tables, not beside them."""
SIDE: Final = 360
NO_LIMIT: Final = 16_777_215


class DayPage(QWidget):
    """`step_requested`: days; `day_requested`: an ISO day; `payment_requested`: a PaymentId."""

    step_requested = Signal(int)
    day_requested = Signal(str)
    today_requested = Signal()
    live_requested = Signal(bool)
    close_requested = Signal()
    payment_requested = Signal(str)
    attention_requested = Signal()
    retry_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, page=True)
        self._texts = texts
        self.bar = DayBar(theme, texts)
        self.cards = FigureCards(theme)
        self.hours = HoursCard(theme, texts)
        self.people = FiguresCard(theme, texts.say("By people"))
        self.ways = FiguresCard(theme, texts.say("How it was confirmed"))
        self.open = SideList(theme)
        self.attention = SideList(theme)
        self.notice = EmptyState(theme)
        self._build_layout()
        self._connect_signals()

    def _build_layout(self) -> None:
        self._tables = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._tables.setSpacing(tokens.M)
        self._tables.addWidget(self.people, 8)
        self._tables.addWidget(self.ways, 5)
        left = QVBoxLayout()
        left.setSpacing(tokens.M)
        left.addWidget(self.hours, 1)
        left.addLayout(self._tables)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(tokens.M)
        self._parts.addLayout(left, 1)
        self._parts.addWidget(self._build_side())
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.M)
        column.addWidget(self.cards)
        column.addLayout(self._parts, 1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidget(body)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.area)
        self._stack.addWidget(self.notice)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(tokens.XL, tokens.L, tokens.XL, tokens.L)
        whole.setSpacing(tokens.M)
        whole.addWidget(self.bar)
        whole.addWidget(self._stack, 1)

    def _build_side(self) -> QFrame:
        side = mark(QFrame(), card=True)
        side.setFixedWidth(SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(1, 0, 1, 0)
        column.setSpacing(0)
        column.addWidget(self.open)
        line = mark(QFrame(), line=True)
        line.setFixedHeight(1)
        column.addWidget(line)
        column.addWidget(self.attention)
        column.addStretch(1)
        self._side = side
        return side

    def _connect_signals(self) -> None:
        bar = self.bar
        bar.step_requested.connect(self.step_requested)
        bar.day_requested.connect(self.day_requested)
        bar.today_requested.connect(self.today_requested)
        bar.live_requested.connect(self.live_requested)
        bar.close_requested.connect(self.close_requested)
        for part in (self.open, self.attention):
            part.payment_requested.connect(self.payment_requested)
        self.attention.all_requested.connect(self.attention_requested)
        self.notice.action_requested.connect(self.retry_requested)

    def show_state(self, state: DayState) -> None:
        self.bar.show_bar(state.bar)
        if state.notice is not None:
            retry = self._texts.say("Try again") if state.notice.can_retry else None
            self.notice.show_content(state.notice.icon, state.notice.title, state.notice.text, retry)
            self._stack.setCurrentWidget(self.notice)
            return
        self.cards.show_cards(state.cards, state.shares)
        self.hours.show_hours(state.hours, state.hour_table)
        self.people.table.show_table(state.people)
        self.ways.table.show_table(state.ways)
        self.open.show_list(state.open)
        self.attention.show_list(state.attention)
        self._stack.setCurrentWidget(self.area)

    def showEvent(self, event: QShowEvent) -> None:
        """Tab order begins with the day."""
        super().showEvent(event)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the parts under one another where there is no room for both."""
        super().resizeEvent(event)
        is_wide, is_narrow = self.width() >= WIDE, self.width() < NARROW
        self._tables.setDirection(_direction(beside=is_wide))
        self._parts.setDirection(_direction(beside=not is_narrow))
        width = SIDE if is_wide else SIDE - 60
        self._side.setMinimumWidth(width)
        self._side.setMaximumWidth(NO_LIMIT if is_narrow else width)


def _direction(*, beside: bool) -> QBoxLayout.Direction:
    return QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
