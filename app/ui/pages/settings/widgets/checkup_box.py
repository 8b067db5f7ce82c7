"""The check-up in its section: a button, when it was run, its summary, and a row for every result. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.pages.settings.state import CheckRow, CheckupState
from app.ui.pages.settings.widgets.notes import Notes
from app.ui.tables.flow import FlowLayout
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import L, M, S
from app.ui.widgets.controls.buttons import button
from app.ui.widgets.controls.icon_mark import IconMark
from app.ui.widgets.feedback.empty_state import EmptyState
from app.ui.widgets.text.plain_text import PlainLabel

ICON: Final = 20
TOP: Final = Qt.AlignmentFlag.AlignTop


class CheckLine(QWidget):
    """One result, and below it what to do. `field_requested` carries the setting that mends it."""

    field_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, is_first: bool) -> None:
        super().__init__(parent)
        self._icon = IconMark(theme, ICON, self)
        self._text = _wrapped("plain")
        self._advice = _wrapped("muted")
        self.open = mark(button(theme, "", "plain", "", self), narrow=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._text)
        words.addWidget(self._advice)
        divider = mark(QFrame(self), line=True)
        divider.setFixedHeight(1)
        divider.setVisible(not is_first)
        row = QHBoxLayout()
        row.setContentsMargins(0, M, 0, M)
        row.setSpacing(M)
        row.addWidget(self._icon, 0, TOP)
        row.addLayout(words, 1)
        row.addWidget(self.open, 0, TOP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(divider)
        column.addLayout(row)
        self._field = ""
        self.open.clicked.connect(self._request_field)

    def _request_field(self) -> None:
        self.field_requested.emit(self._field)

    def show_row(self, row: CheckRow) -> None:
        self._icon.show_icon(row.icon, row.tone)
        self._text.setText(row.text)
        self._text.setAccessibleName(f"{row.spoken}: {row.text}")
        self._advice.setText(row.advice)
        self._advice.setVisible(bool(row.advice))
        self._field = row.field
        self.open.setText(row.open)
        self.open.setAccessibleName(f"{row.open}: {row.text}")
        self.open.setVisible(bool(row.field))

    def texts(self) -> tuple[str, str]:
        """The texts shown: the result and the advice."""
        return self._text.text(), self._advice.text()


class CheckupBox(QWidget):
    """`check_requested`: run a check-up; `diagnostics_requested`: write the file. Hidden in all other sections."""

    check_requested = Signal()
    diagnostics_requested = Signal()
    field_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[CheckRow, ...] = ()
        self.intro = _wrapped("muted")
        self.check = button(theme, "", "primary", "refresh", self)
        self.diagnostics = button(theme, "", "plain", "", self)
        self.checked = _wrapped("muted")
        self.summary = Notes(theme, self)
        self.empty = EmptyState(theme, self)
        self.lines: list[CheckLine] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._build()
        self.check.clicked.connect(self.check_requested)
        self.diagnostics.clicked.connect(self.diagnostics_requested)

    def _build(self) -> None:
        buttons = FlowLayout(spacing=M)
        for part in (self.check, self.diagnostics):
            buttons.addWidget(part)
        head = QVBoxLayout()
        head.setSpacing(S)
        head.addLayout(buttons)
        head.addWidget(self.checked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(L)
        column.addWidget(self.intro)
        column.addLayout(head)
        column.addWidget(self.summary)
        column.addWidget(self.empty)
        column.addLayout(self._list)

    def show_checkup(self, checkup: CheckupState | None) -> None:
        """Show the results; None hides the box."""
        self.setVisible(checkup is not None)
        if checkup is None:
            return
        self.intro.setText(checkup.intro)
        self.check.setText(checkup.button)
        self.check.setAccessibleName(checkup.button)
        self.check.setEnabled(not checkup.running)
        self.diagnostics.setText(checkup.diagnostics)
        self.diagnostics.setAccessibleName(checkup.diagnostics)
        self.diagnostics.setEnabled(not checkup.running)
        self.checked.setText(checkup.checked)
        self.checked.setVisible(bool(checkup.checked))
        self.summary.show_notes((checkup.summary,) if checkup.summary else ())
        self.empty.show_content("search", checkup.empty, "")
        self.empty.setVisible(bool(checkup.empty))
        if checkup.rows != self._rows:
            self._rows = checkup.rows
            self._show_rows(checkup.rows)

    def _show_rows(self, rows: tuple[CheckRow, ...]) -> None:
        while len(self.lines) < len(rows):
            line = CheckLine(self._theme, self, is_first=not self.lines)
            line.field_requested.connect(self.field_requested)
            self.lines.append(line)
            self._list.addWidget(line)
        for place, line in enumerate(self.lines):
            line.setVisible(place < len(rows))
            if place < len(rows):
                line.show_row(rows[place])


def _wrapped(role: str) -> PlainLabel:
    label = mark(PlainLabel(), role=role)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
