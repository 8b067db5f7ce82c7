"""The application keys: one table for shortcuts and help dialog. None is a letter or digit without a modifier."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QGridLayout, QWidget

from app.i18n.marks import _
from app.i18n.texts import Texts
from app.ui.theme import tokens
from app.ui.theme.marks import mark
from app.ui.widgets.room.roomy_dialog import RoomyDialog
from app.ui.widgets.text.plain_text import PlainButton, PlainLabel, set_title

FULL_SCREEN: Final = "full screen"
KEYS: Final[tuple[tuple[str, str, str], ...]] = (
    ("F2", "new", _("New payment")),
    ("F3", "code", _("Show the code on the whole window")),
    ("F4", "copy", _("Copy the link")),
    ("F5", "check", _("Ask the operator now")),
    ("F7", "change", _("Change the sum")),
    ("F9", "history", _("History")),
    ("F11", FULL_SCREEN, _("Full screen, and back")),
    ("Ctrl+F", "search", _("Search")),
    ("Ctrl+1", "page 1", _("Till")),
    ("Ctrl+2", "page 2", _("Payments")),
    ("Ctrl+3", "page 3", _("History")),
    ("Ctrl+4", "page 4", _("Day")),
    ("Ctrl+5", "page 5", _("Settings")),
    ("Esc", "back", _("Back; never cancels a link without asking")),
    ("F1", "help", _("This list")),
)
"""(keys, name in the shell, description)"""


class KeysDialog(RoomyDialog):
    """The list of keys."""

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = texts.say("Keys")
        set_title(self, title)
        self.setAccessibleName(title)
        heading = PlainLabel(title)
        mark(heading, role="title")
        self.body.addWidget(heading)
        self.body.addLayout(_build_table(texts))
        close = PlainButton(texts.say("Close"))
        close.setAccessibleName(close.text())
        mark(close, kind="primary")
        close.clicked.connect(self.accept)
        self.foot.addWidget(close)


def _build_table(texts: Texts) -> QGridLayout:
    table = QGridLayout()
    table.setHorizontalSpacing(tokens.XL)
    table.setVerticalSpacing(tokens.S)
    for row, (keys, _name, meaning) in enumerate(KEYS):
        shown = PlainLabel(keys)
        mark(shown, role="strong")
        table.addWidget(shown, row, 0)
        table.addWidget(PlainLabel(texts.say(meaning)), row, 1)
    table.setColumnStretch(1, 1)
    return table
