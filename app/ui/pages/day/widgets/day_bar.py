"""The row above the figures: which day, its closing, the switch between stored and present figures. Passive."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtWidgets import QCalendarWidget, QHBoxLayout, QMenu, QSizePolicy, QWidget, QWidgetAction

from app.i18n.texts import Texts
from app.ui.pages.day.state import DayBarState
from app.ui.tables.flow import FlowLayout
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.controls.buttons import Button, button, icon_button
from app.ui.widgets.controls.calendar import bound_by_screen, style_calendar
from app.ui.widgets.text.plain_text import PlainLabel, set_accessible_name

ISO: Final = Qt.DateFormat.ISODate


class DayBar(QWidget):
    """`day_requested` carries an ISO day, `step_requested` -1 or 1, `live_requested` whether those of now."""

    step_requested = Signal(int)
    day_requested = Signal(str)
    today_requested = Signal()
    live_requested = Signal(bool)
    close_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._day = QDate()
        self._build_days(theme, texts)
        self._build_closing(theme)
        self.close_day = button(theme, texts.say("Close the day"), "primary", "lock")
        self.close_day.clicked.connect(self.close_requested)
        self._build_layout()

    def _build_days(self, theme: Theme, texts: Texts) -> None:
        self.earlier = icon_button(theme, "chevron_left", texts.say("The day before"), "plain")
        self.later = icon_button(theme, "chevron_right", texts.say("The day after"), "plain")
        self.title = button(theme, "", "plain", "day")
        self.today = button(theme, texts.say("Today"), "quiet")
        self._menu = QMenu(self)
        self._calendar = QCalendarWidget(self._menu)
        style_calendar(self._calendar, theme, texts)
        held = QWidgetAction(self._menu)
        held.setDefaultWidget(self._calendar)
        self._held = held
        self._menu.addAction(self._held)
        self._calendar.clicked.connect(self._choose)
        self._calendar.activated.connect(self._choose)
        self.earlier.clicked.connect(partial(self._step, -1))
        self.later.clicked.connect(partial(self._step, 1))
        self.title.clicked.connect(self._show_calendar)
        self.today.clicked.connect(self.today_requested)

    def _build_closing(self, theme: Theme) -> None:
        self.closing = mark(PlainLabel(), role="muted")
        self.after = mark(PlainLabel(), role="strong")
        self.snapshot = self._half(theme, live=False)
        self.live = self._half(theme, live=True)

    def _half(self, theme: Theme, *, live: bool) -> Button:
        made = button(theme, "", "chip")
        made.setCheckable(True)
        made.clicked.connect(partial(self._request_live, live))
        return made

    def _build_layout(self) -> None:
        days = QWidget()
        row = QHBoxLayout(days)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.S)
        for control in (self.earlier, self.title, self.later, self.today):
            row.addWidget(control)
        notes = QWidget()
        notes.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        line = QHBoxLayout(notes)
        line.setContentsMargins(tokens.XS, 0, tokens.XS, 0)
        line.setSpacing(tokens.M)
        line.addWidget(self.closing)
        line.addWidget(self.after)
        line.addStretch(1)
        self._switch = QWidget()
        halves = QHBoxLayout(self._switch)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(tokens.S)
        halves.addWidget(self.snapshot)
        halves.addWidget(self.live)
        flow = FlowLayout(self, tokens.S)
        for widget in (days, notes, self._switch, self.close_day):
            flow.addWidget(widget)
        flow.stretch(notes)

    def show_bar(self, bar: DayBarState) -> None:
        """Show a day's name, and its closing if there is one."""
        self._day = QDate.fromString(bar.day, ISO)
        self._calendar.setMaximumDate(QDate.fromString(bar.last, ISO))
        self.title.setText(bar.title)
        set_accessible_name(self.title, bar.title)
        self.later.setEnabled(bar.can_go_on)
        self.today.setVisible(not bar.is_today)
        self.closing.setText(bar.closing)
        self.after.setText(bar.later)
        self.close_day.setVisible(bar.can_close)
        for half, word, is_on in (
            (self.snapshot, bar.snapshot, bar.shows_snapshot),
            (self.live, bar.live if bar.snapshot else "", not bar.shows_snapshot),
        ):
            half.setText(word)
            set_accessible_name(half, word)
            half.setChecked(is_on)
        self._switch.setVisible(bool(bar.snapshot))

    def _step(self, days: int) -> None:
        self.step_requested.emit(days)

    def _request_live(self, live: bool) -> None:
        (self.live if live else self.snapshot).setChecked(True)
        self.live_requested.emit(live)

    def _show_calendar(self) -> None:
        self._calendar.setSelectedDate(self._day)
        bound_by_screen(self._calendar)
        self._menu.popup(self.title.mapToGlobal(QPoint(0, self.title.height())))
        self._calendar.setFocus(Qt.FocusReason.PopupFocusReason)

    def _choose(self, day: QDate) -> None:
        self._menu.close()
        self.day_requested.emit(day.toString(ISO))
