"""The dialog in which the least and the largest sum of the history are typed. Passive."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from app.i18n.texts import Texts
from app.ui.pages.history.state import SumsState
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark, restyle
from app.ui.widgets.controls.buttons import button
from app.ui.widgets.controls.field import ErrorLine
from app.ui.widgets.room.roomy_dialog import RoomyDialog
from app.ui.widgets.text.plain_text import PlainLabel, set_accessible_name, set_description, set_title

WIDTH = 168


class SumsDialog(RoomyDialog):
    """`applied` carries both texts as they stand; it closes when the presenter took them."""

    applied = Signal(str, str)

    def __init__(self, theme: Theme, texts: Texts, state: SumsState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = texts.say("Sum from and to")
        set_title(self, title)
        self.setAccessibleName(title)
        self.least = _line(texts.say("Not less than"), state.least)
        self.most = _line(texts.say("Not more than"), state.most)
        self.problem = ErrorLine(theme, reserved=True)
        self.apply = button(theme, texts.say("Show"), "primary")
        self.leave = button(theme, texts.say("Cancel"), "plain")
        self._build_layout(title)
        self.apply.setDefault(True)
        self.apply.clicked.connect(self._apply)
        self.leave.clicked.connect(self.reject)
        for edit in (self.least, self.most):
            edit.textEdited.connect(self._forget_problem)
        self.least.selectAll()

    def _build_layout(self, title: str) -> None:
        lines = QGridLayout()
        lines.setHorizontalSpacing(tokens.M)
        lines.setVerticalSpacing(tokens.XS)
        for place, edit in enumerate((self.least, self.most)):
            label = mark(PlainLabel(edit.accessibleName()), role="label")
            label.setBuddy(edit)
            lines.addWidget(label, 0, place)
            lines.addWidget(edit, 1, place)
        answers = QHBoxLayout()
        answers.setSpacing(tokens.S)
        answers.addStretch(1)
        answers.addWidget(self.leave)
        answers.addWidget(self.apply)
        self.body.addWidget(mark(PlainLabel(title), role="emphasis"))
        self.body.addLayout(lines)
        self.body.addWidget(self.problem)
        self.foot.addLayout(answers)

    def show_problem(self, state: SumsState) -> None:
        """Show what is wrong with a sum, and put the keyboard there."""
        wrong = {"least": self.least, "most": self.most}.get(state.wrong)
        self.problem.show_text(state.problem)
        for edit in (self.least, self.most):
            set_description(edit, state.problem if edit is wrong else "")
            restyle(edit, invalid=edit is wrong)
        if wrong is not None:
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
            wrong.selectAll()

    def _apply(self) -> None:
        self.applied.emit(self.least.text(), self.most.text())

    def _forget_problem(self) -> None:
        self.show_problem(SumsState())


def _line(name: str, text: str) -> QLineEdit:
    made = QLineEdit(text)
    set_accessible_name(made, name)
    made.setMinimumWidth(WIDTH)
    made.setMinimumHeight(tokens.CONTROL_HEIGHT)
    return made
