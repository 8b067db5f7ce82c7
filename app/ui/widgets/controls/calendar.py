"""A calendar in the language of the window. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget

from app.i18n.language import Language
from app.i18n.texts import Texts
from app.ui.theme import Theme

LOCALES: Final[dict[Language, str]] = {"uk": "uk_UA", "en": "en_GB"}
CALENDAR: Final = QSize(336, 300)


def style_calendar(calendar: QCalendarWidget, theme: Theme, texts: Texts) -> None:
    """Months and days in the language of the desk, weekends in its ink: Qt's own are the system's and red."""
    calendar.setLocale(QLocale(LOCALES[texts.language]))
    calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    calendar.setMinimumSize(CALENDAR)
    plain = QTextCharFormat()
    plain.setForeground(theme.colour("text"))
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, plain)


def bound_by_screen(calendar: QCalendarWidget) -> None:
    """Let a calendar that is about to open be no larger than its screen."""
    calendar.setMinimumSize(CALENDAR.boundedTo(calendar.screen().availableSize()))
