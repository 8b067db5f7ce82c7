"""The dialog that chooses a range of days. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.history.state import RangeState
from app.ui.pages.history.widgets.day_edit import DayEdit
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.controls.buttons import button
from app.ui.widgets.controls.field import ErrorLine
from app.ui.widgets.room.roomy_dialog import RoomyDialog
from app.ui.widgets.text.plain_text import PlainLabel, set_title

ISO: Final = Qt.DateFormat.ISODate


class RangeDialog(RoomyDialog):
    """`applied` carries both days as ISO texts; `finished` comes whichever way it closes.

    What is typed and is no day keeps it open.
    """

    applied = Signal(str, str)

    def __init__(self, theme: Theme, texts: Texts, state: RangeState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_title(self, texts.say("Own range"))
        self.setAccessibleName(texts.say("Own range"))
        self.first = DayEdit(theme, texts, texts.say("From"), QDate.fromString(state.first, ISO))
        self.last = DayEdit(theme, texts, texts.say("To"), QDate.fromString(state.last, ISO))
        self.problem = ErrorLine(theme, reserved=True)
        self._no_day = texts.say("Enter a day such as 21.11.2026")
        self.apply = button(theme, texts.say("Show"), "primary")
        self.leave = button(theme, texts.say("Cancel"), "plain")
        self._build_layout(texts)
        self.apply.setDefault(True)
        self.apply.clicked.connect(self._apply)
        self.leave.clicked.connect(self.reject)
        for edit in (self.first, self.last):
            edit.textChanged.connect(self._forget_problem)
        self.first.selectAll()

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
        column = self.body
        column.addWidget(mark(PlainLabel(texts.say("Own range")), role="emphasis"))
        column.addLayout(days)
        column.addWidget(self.problem)
        self.foot.addLayout(answers)

    def _apply(self) -> None:
        first, last = self.first.date(), self.last.date()
        wrong = [edit for edit, day in ((self.first, first), (self.last, last)) if not day.isValid()]
        if not wrong:
            self.applied.emit(first.toString(ISO), last.toString(ISO))
            self.accept()
            return
        self.problem.show_text(self._no_day)
        for edit in wrong:
            edit.show_invalid(self._no_day)
        wrong[0].setFocus(Qt.FocusReason.OtherFocusReason)
        wrong[0].selectAll()

    def _forget_problem(self) -> None:
        self.problem.show_text("")
        for edit in (self.first, self.last):
            edit.show_invalid("")
