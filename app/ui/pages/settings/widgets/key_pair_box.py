"""The shop's own key pair in the operator's section: the buttons to create one, or to use it. Passive."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.settings.state import KeyAction, KeyPairState
from app.ui.pages.settings.widgets.notes import WarningLine
from app.ui.tables.flow import FlowLayout
from app.ui.theme import Theme
from app.ui.theme.marks import mark
from app.ui.theme.tokens import SIZES, XS, L, S
from app.ui.widgets.controls.buttons import Button, button
from app.ui.widgets.controls.field import ErrorLine
from app.ui.widgets.text.plain_text import PlainLabel


class KeyPairBox(QWidget):
    """No key pair: create or import one. A key pair: its fingerprint, where it is stored, its public key to hand out.

    `action_requested` carries a KeyAction; the presenter asks before a key pair is replaced.
    """

    action_requested = Signal(object)

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = texts.say
        self._title = mark(PlainLabel(say("The shop's key pair"), self), role="emphasis")
        self._explanation = mark(PlainLabel(parent=self), role="small")
        self._fingerprint = PlainLabel(parent=self)
        self._fingerprint.setAccessibleName(say("Fingerprint of the public key"))
        self._kept = mark(PlainLabel(parent=self), role="small")
        self._warning = WarningLine(theme, self)
        self._problem = ErrorLine(theme, self)
        self._make = button(theme, say("Make a key pair"), "primary", "key", self)
        self._import = button(theme, say("Import…"), parent=self)
        self._copy = button(theme, say("Copy public key"), "plain", "copy", self)
        self._save = button(theme, say("Save public key…"), parent=self)
        self._build_labels()
        self._build_column()
        for one, action in zip(self._buttons(), KeyAction, strict=True):
            one.clicked.connect(partial(self.action_requested.emit, action))

    def _build_labels(self) -> None:
        for label in (self._explanation, self._fingerprint, self._kept):
            label.setWordWrap(True)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setStyleHint(QFont.StyleHint.Monospace)
        fixed.setPixelSize(SIZES["body"])
        self._fingerprint.setFont(fixed)
        flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        self._fingerprint.setTextInteractionFlags(flags)

    def _build_column(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, L, 0, 0)
        column.setSpacing(XS)
        for part in (self._title, self._explanation, self._fingerprint, self._kept, self._warning):
            column.addWidget(part)
        row = FlowLayout(spacing=S)
        for one in self._buttons():
            row.addWidget(one)
        column.addSpacing(XS)
        column.addLayout(row)
        column.addWidget(self._problem)

    def show_keys(self, keys: KeyPairState | None) -> None:
        """Show the key pair, or the buttons to get one."""
        self.setVisible(keys is not None)
        if keys is None:
            return
        there = bool(keys.fingerprint)
        self._explanation.setText(keys.explanation)
        self._fingerprint.setText(keys.fingerprint)
        self._fingerprint.setVisible(there)
        self._kept.setText(keys.kept)
        self._kept.setVisible(bool(keys.kept))
        self._warning.show_text(keys.warning)
        self._problem.show_text(keys.problem)
        self._make.setVisible(not there)
        for one in (self._make, self._import):
            one.setEnabled(not keys.busy)
        for one in (self._copy, self._save):
            one.setVisible(there)

    def next_button(self) -> Button:
        """Return what comes next: making a key pair, or handing out the public key."""
        return self._copy if self._make.isHidden() else self._make

    def fingerprint(self) -> str:
        """Return the fingerprint shown."""
        return self._fingerprint.text()

    def _buttons(self) -> tuple[Button, ...]:
        """In the order of KeyAction."""
        return self._make, self._import, self._copy, self._save
