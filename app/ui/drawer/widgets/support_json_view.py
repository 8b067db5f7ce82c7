"""The support JSON: collapsed at first, expanded with one click, copied with another. Passive."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.controls.buttons import button

HEIGHT: Final = 260


class SupportJsonView(QWidget):
    """`toggle_requested`: expand or collapse; `copy_requested`: copy."""

    toggle_requested = Signal()
    copy_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = texts.say("Raw facts for support")
        self.fold = mark(button(theme, title, "quiet", "chevron_right", self), narrow=True)
        self.copy = mark(button(theme, texts.say("Copy"), "quiet", "copy", self), narrow=True)
        self.text = QPlainTextEdit(self)
        self.copy.setAccessibleName(texts.say("Copy the raw facts"))
        self.text.setAccessibleName(title)
        self._build_layout()
        self.fold.clicked.connect(self.toggle_requested)
        self.copy.clicked.connect(self.copy_requested)

    def _build_layout(self) -> None:
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        mono.setPixelSize(tokens.SIZES["small"])
        self.text.setFont(mono)
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setFixedHeight(HEIGHT)
        self.text.setTabChangesFocus(True)
        head = QHBoxLayout()
        head.setSpacing(tokens.S)
        head.addWidget(self.fold)
        head.addStretch(1)
        head.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S)
        column.addLayout(head)
        column.addWidget(self.text)
        self.show_json(None)

    def show_json(self, raw: str | None) -> None:
        """Show this text expanded; None collapses."""
        self.fold.show_icon("chevron_right" if raw is None else "chevron_down")
        self.text.setVisible(raw is not None)
        self.copy.setVisible(raw is not None)
        if raw is not None and raw != self.text.toPlainText():
            self.text.setPlainText(raw)
