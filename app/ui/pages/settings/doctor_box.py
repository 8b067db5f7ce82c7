"""The check-up in its section: a button, when it was done, what it came to, and a row for every finding. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.pages.settings.panels import Notes
from app.ui.pages.settings.state import CheckupState, FindingRow
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import L, M
from app.ui.widgets.buttons import button
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.icon_mark import IconMark
from app.ui.widgets.plain_text import PlainLabel

ICON: Final = 20
TOP: Final = Qt.AlignmentFlag.AlignTop


class FindingLine(QWidget):
    """What was found, and below it what to do."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, is_first: bool) -> None:
        super().__init__(parent)
        self._icon = IconMark(theme, ICON, self)
        self._text = _words("plain")
        self._advice = _words("muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._text)
        words.addWidget(self._advice)
        rule = mark(QFrame(self), line=True)
        rule.setFixedHeight(1)
        rule.setVisible(not is_first)
        row = QHBoxLayout()
        row.setContentsMargins(0, M, 0, M)
        row.setSpacing(M)
        row.addWidget(self._icon, 0, TOP)
        row.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(rule)
        column.addLayout(row)

    def show_row(self, row: FindingRow) -> None:
        self._icon.show_icon(row.icon, row.tone)
        self._text.setText(row.text)
        self._text.setAccessibleName(f"{row.spoken}: {row.text}")
        self._advice.setText(row.advice)
        self._advice.setVisible(bool(row.advice))

    def texts(self) -> tuple[str, str]:
        """What is read: the finding and the advice."""
        return self._text.text(), self._advice.text()


class DoctorBox(QWidget):
    """`check_requested` asks for a check-up, `diagnostics_requested` for the file; hidden in all other sections."""

    check_requested = Signal()
    diagnostics_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[FindingRow, ...] = ()
        self.intro = _words("muted")
        self.check = button(theme, "", "primary", "refresh", self)
        self.diagnostics = button(theme, "", "plain", "", self)
        self.examined = mark(PlainLabel(parent=self), role="muted")
        self.summary = Notes(theme, self)
        self.empty = EmptyState(theme, self)
        self.lines: list[FindingLine] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._build()
        self.check.clicked.connect(self._wish)
        self.diagnostics.clicked.connect(self._wish_diagnostics)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(M)
        head.addWidget(self.check)
        head.addWidget(self.diagnostics)
        head.addWidget(self.examined, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(L)
        column.addWidget(self.intro)
        column.addLayout(head)
        column.addWidget(self.summary)
        column.addWidget(self.empty)
        column.addLayout(self._list)

    def show_checkup(self, checkup: CheckupState | None) -> None:
        """Show what was found; None hides the box."""
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
        self.examined.setText(checkup.examined)
        self.summary.show_notes((checkup.summary,) if checkup.summary else ())
        self.empty.show_content("search", checkup.empty, "")
        self.empty.setVisible(bool(checkup.empty))
        if checkup.findings != self._shown:
            self._shown = checkup.findings
            self._tell(checkup.findings)

    def _tell(self, findings: tuple[FindingRow, ...]) -> None:
        while len(self.lines) < len(findings):
            line = FindingLine(self._theme, self, is_first=not self.lines)
            self.lines.append(line)
            self._list.addWidget(line)
        for place, line in enumerate(self.lines):
            line.setVisible(place < len(findings))
            if place < len(findings):
                line.show_row(findings[place])

    def _wish(self) -> None:
        self.check_requested.emit()

    def _wish_diagnostics(self) -> None:
        self.diagnostics_requested.emit()


def _words(role: str) -> PlainLabel:
    label = mark(PlainLabel(), role=role)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
