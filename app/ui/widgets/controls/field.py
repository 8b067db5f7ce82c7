"""One line of input with its label above and, if there is one, the error below."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.theme.marks import mark, restyle
from app.ui.theme.tokens import CONTROL_HEIGHT, XS
from app.ui.widgets.controls.icon_mark import IconMark
from app.ui.widgets.text.elided_label import ElidedLabel
from app.ui.widgets.text.plain_text import PlainLabel, set_accessible_name, set_description

ERROR_HEIGHT: Final = 18
ERROR_ICON: Final = 14


class ErrorLine(QWidget):
    """A warning icon and a text. Reserved, it always takes one line of 18 px; otherwise as many lines as it needs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, reserved: bool = False) -> None:
        super().__init__(parent)
        self._icon = IconMark(theme, ERROR_ICON, self)
        self._label = mark(ElidedLabel(self) if reserved else PlainLabel(parent=self), role="error")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2 if reserved else XS, 0, 0)
        row.setSpacing(XS)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1, Qt.AlignmentFlag.AlignTop)
        if reserved:
            self.setFixedHeight(ERROR_HEIGHT)
        else:
            self._label.setWordWrap(True)
        self.show_text("")

    def show_text(self, text: str) -> None:
        """Show an error; an empty text hides it."""
        self._icon.show_icon("warning" if text else "", "failed")
        if isinstance(self._label, ElidedLabel):
            self._label.show_text(text)
        else:
            self._label.setText(text)
            self.setVisible(bool(text))

    def text(self) -> str:
        return self._label.whole_text() if isinstance(self._label, ElidedLabel) else self._label.text()


class Field(QWidget):
    """`edited` carries the text a person typed; the setters emit nothing. `line`: for echo mode and the like."""

    edited = Signal(str)
    submitted = Signal()

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        label: str = "",
        placeholder: str = "",
        reserve_error: bool = False,
    ) -> None:
        """`label` is shown above (empty: none); the first non-empty of label and placeholder is the accessible name."""
        super().__init__(parent)
        self._label = mark(PlainLabel(label, self), role="label")
        self.line = QLineEdit(self)
        self._error = ErrorLine(theme, self, reserved=reserve_error)
        self._label.setBuddy(self.line)
        self._label.setContentsMargins(0, 0, 0, XS)
        self._label.setVisible(bool(label))
        self.line.setMinimumHeight(CONTROL_HEIGHT)
        self.setFocusProxy(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)  # each part has its own spacing, so that a hidden one leaves no gap
        for part in (self._label, self.line, self._error):
            column.addWidget(part)
        # Next to a field that grew with its error, a field without one keeps its line in place.
        column.addWidget(QWidget(self), 1)
        self.line.textEdited.connect(self.edited)
        self.line.returnPressed.connect(self.submitted)
        self.show_placeholder(placeholder)

    def text(self) -> str:
        return self.line.text()

    def show_text(self, text: str) -> None:
        """Show a text without emitting; the cursor stays when it is the same."""
        if text != self.line.text():
            self.line.setText(text)

    def show_placeholder(self, placeholder: str) -> None:
        """Set the text shown in the line while it is empty."""
        self.line.setPlaceholderText(placeholder)
        set_accessible_name(self.line, self._label.text() or placeholder)

    def show_error(self, text: str | None) -> None:
        """Show the error of the input; None or empty: no error."""
        self._error.show_text(text or "")
        set_description(self.line, text or "")
        restyle(self.line, invalid=bool(text))

    def error(self) -> str:
        """The error shown now."""
        return self._error.text()
