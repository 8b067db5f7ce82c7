"""The refunds of a payment in the drawer: a line each, and a note about the last one. Passive."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.drawer.state import Action, RefundLine, RefundsBox
from app.ui.drawer.widgets.details_view import AlertBox, clear_layout, wrapped_label
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.feedback.status_pill import StatusPill
from app.ui.widgets.text.plain_text import PlainLabel, set_accessible_name


class RefundsView(QWidget):
    """Hidden while empty. `action_requested` carries an Action."""

    action_requested = Signal(object)

    def __init__(self, theme: Theme, texts: Texts, room: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[RefundLine, ...] = ()
        self._title = mark(PlainLabel(texts.say("Refunds")), role="strong")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(tokens.M)
        self.note = AlertBox(theme, texts, room)
        self.note.action_requested.connect(self.action_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S)
        column.addWidget(self._title)
        column.addLayout(self._lines)
        column.addWidget(self.note)

    def show_box(self, box: RefundsBox, busy: Collection[Action]) -> None:
        """Show these refunds."""
        if box.lines != self._shown:
            self._shown = box.lines
            self._show_lines(box.lines)
        self._title.setVisible(bool(box.lines))
        self.note.show_alerts((box.note,) if box.note else (), box.actions, busy, box.tone)
        self.setVisible(bool(box.lines or box.note))

    def _show_lines(self, lines: Sequence[RefundLine]) -> None:
        clear_layout(self._lines)
        for line in lines:
            self._lines.addWidget(self._line(line))

    def _line(self, line: RefundLine) -> QWidget:
        box = QWidget()
        pill = StatusPill(self._theme)
        pill.show_status(line.status.word, line.status.tone, line.status.icon)
        money = mark(PlainLabel(line.sum), role="strong")
        set_accessible_name(money, f"{line.sum}: {line.status.word}")
        head = QHBoxLayout()
        head.setSpacing(tokens.S)
        head.addWidget(money)
        head.addStretch(1)
        head.addWidget(pill)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(mark(wrapped_label(line.detail), role="small"))
        return box
