"""Awaitable dialogs: `open()` and `finished`, never a nested loop, so the window's tasks keep running."""

from __future__ import annotations

import asyncio
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from app.ui.context import Question
from app.ui.theme import tokens
from app.ui.theme.marks import mark
from app.ui.widgets.room.roomy_dialog import RoomyDialog
from app.ui.widgets.text.plain_text import PlainButton, PlainLabel, set_accessible_name, set_title

WIDTH: Final = 420


async def run_dialog(dialog: QDialog) -> bool:
    """Open a dialog over its window and return whether it was accepted; it is deleted afterwards."""
    answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finish(result: int) -> None:
        if not answered.done():
            answered.set_result(result)

    dialog.finished.connect(finish)
    dialog.open()
    try:
        return await answered == QDialog.DialogCode.Accepted
    finally:
        dialog.finished.disconnect(finish)
        dialog.close()
        dialog.deleteLater()


class QuestionDialog(RoomyDialog):
    """One question, two answers; Escape is no, Enter is no where yes is dangerous."""

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent, width=WIDTH)
        set_title(self, question.title)
        set_accessible_name(self, question.title)
        self._yes = PlainButton(question.yes)
        self._no = PlainButton(question.no)
        self.body.addWidget(_label(question.title, "emphasis"))
        self.body.addWidget(_label(question.text, "muted"))
        self.foot.addLayout(self._build_answers(question))

    def _build_answers(self, question: Question) -> QHBoxLayout:
        mark(self._yes, kind="danger" if question.danger else "primary")
        mark(self._no, kind="plain")
        safe = self._no if question.danger else self._yes
        safe.setDefault(True)
        safe.setFocus(Qt.FocusReason.OtherFocusReason)
        for button in (self._yes, self._no):
            set_accessible_name(button, button.text())
        self._yes.clicked.connect(self.accept)
        self._no.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(tokens.S)
        row.addStretch(1)
        row.addWidget(self._no)
        row.addWidget(self._yes)
        return row


def _label(text: str, role: str) -> PlainLabel:
    label = PlainLabel(text)
    label.setWordWrap(True)
    mark(label, role=role)
    return label
