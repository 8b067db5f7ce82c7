"""The dialog that chooses a range of days. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QDate, QLocale, QSize, Qt, Signal
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QDateEdit,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from app.i18n.language import Language
from app.i18n.texts import Texts
from app.ui.pages.history.state import RangeState
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.controls.buttons import button
from app.ui.widgets.text.plain_text import PlainLabel, set_title

ISO: Final = Qt.DateFormat.ISODate
SHOWN: Final = "dd.MM.yyyy"
LOCALES: Final[dict[Language, str]] = {"uk": "uk_UA", "en": "en_GB"}
CALENDAR: Final = QSize(336, 300)


class RangeDialog(QDialog):
    """`applied` carries both days as ISO texts; `finished` comes however it is closed."""

    applied = Signal(str, str)

    def __init__(self, theme: Theme, texts: Texts, state: RangeState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_title(self, texts.say("Own range"))
        self.setAccessibleName(texts.say("Own range"))
        self.first = _day_edit(theme, texts, texts.say("From"), state.first)
        self.last = _day_edit(theme, texts, texts.say("To"), state.last)
        self.apply = button(theme, texts.say("Show"), "primary")
        self.leave = button(theme, texts.say("Cancel"), "plain")
        self._build_layout(texts)
        self.apply.setDefault(True)
        self.apply.clicked.connect(self._apply)
        self.leave.clicked.connect(self.reject)

    def _build_layout(self, texts: Texts) -> None:
        days = QGridLayout()
        days.setHorizontalSpacing(tokens.M)
        days.setVerticalSpacing(tokens.XS)
        for index, (word, edit) in enumerate(((texts.say("From"), self.first), (texts.say("To"), self.last))):
            label = mark(PlainLabel(word), role="label")
            label.setBuddy(edit)
            days.addWidget(label, 0, index)
            days.addWidget(edit, 1, index)
        answers = QHBoxLayout()
        answers.setSpacing(tokens.S)
        answers.addStretch(1)
        answers.addWidget(self.leave)
        answers.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.XL)
        column.setSpacing(tokens.L)
        column.addWidget(mark(PlainLabel(texts.say("Own range")), role="emphasis"))
        column.addLayout(days)
        column.addLayout(answers)

    def _apply(self) -> None:
        self.applied.emit(self.first.date().toString(ISO), self.last.date().toString(ISO))
        self.accept()


def _day_edit(theme: Theme, texts: Texts, name: str, day: str) -> QDateEdit:
    edit = QDateEdit(QDate.fromString(day, ISO))
    edit.setDisplayFormat(SHOWN)
    edit.setCalendarPopup(True)
    edit.setAccessibleName(name)
    edit.setMinimumWidth(168)
    edit.setMinimumHeight(tokens.CONTROL_HEIGHT)
    _style_calendar(edit.calendarWidget(), theme, texts)
    return edit


def _style_calendar(calendar: QCalendarWidget, theme: Theme, texts: Texts) -> None:
    """Months and days in the window's language, weekends in its text colour: Qt's are the system's, and red."""
    calendar.setLocale(QLocale(LOCALES[texts.language]))
    calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    calendar.setMinimumSize(CALENDAR)
    plain = QTextCharFormat()
    plain.setForeground(theme.colour("text"))
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, plain)
