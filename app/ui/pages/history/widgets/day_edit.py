"""A line in which a day is typed in any usual way, or chosen in a calendar. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCalendarWidget, QLineEdit, QMenu, QWidget, QWidgetAction

from app.domain.text.typed_day import typed_day
from app.i18n.texts import Texts
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import restyle
from app.ui.widgets.controls.calendar import bound_by_screen, style_calendar
from app.ui.widgets.text.plain_text import set_accessible_name, set_action_text, set_description

SHOWN: Final = "dd.MM.yyyy"
WIDTH: Final = 168


class DayEdit(QLineEdit):
    """Nothing that is typed is changed before it is asked for: `date` reads it as it stands."""

    def __init__(self, theme: Theme, texts: Texts, name: str, day: QDate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._year = day.year()
        self.setDate(day)
        set_accessible_name(self, name)
        self.setMinimumWidth(WIDTH)
        self.setMinimumHeight(tokens.CONTROL_HEIGHT)
        self._build_calendar(theme, texts)
        self._open = QAction(theme.icon("calendar", "muted"), "", self)
        set_action_text(self._open, texts.say("Choose in a calendar"))
        self._open.triggered.connect(self._show_calendar)
        self.addAction(self._open, QLineEdit.ActionPosition.TrailingPosition)

    def _build_calendar(self, theme: Theme, texts: Texts) -> None:
        self._menu = QMenu(self)
        self._calendar = QCalendarWidget(self._menu)
        style_calendar(self._calendar, theme, texts)
        self._held = QWidgetAction(self._menu)
        self._held.setDefaultWidget(self._calendar)
        self._menu.addAction(self._held)
        self._calendar.clicked.connect(self._choose)
        self._calendar.activated.connect(self._choose)

    def date(self) -> QDate:
        """Return the day that stands there; one that is not valid when it is no day."""
        day = typed_day(self.text(), self._year)
        return QDate() if day is None else QDate(day.year, day.month, day.day)

    def setDate(self, day: QDate) -> None:
        """Show a day."""
        self.setText(day.toString(SHOWN))

    def calendarWidget(self) -> QCalendarWidget:
        """Return the calendar that opens at the line."""
        return self._calendar

    def show_invalid(self, problem: str) -> None:
        """Mark the line; the sentence stands elsewhere, and stays with assistive technology."""
        set_description(self, problem)
        restyle(self, invalid=bool(problem))

    def _show_calendar(self) -> None:
        if self.date().isValid():
            self._calendar.setSelectedDate(self.date())
        bound_by_screen(self._calendar)
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height())))
        self._calendar.setFocus(Qt.FocusReason.PopupFocusReason)

    def _choose(self, day: QDate) -> None:
        self.setDate(day)
        self._menu.close()
