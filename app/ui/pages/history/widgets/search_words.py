"""The chips that tell how a search was understood. They are no buttons. Passive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.history.state import SearchChip
from app.ui.tables.flow import FlowLayout
from app.ui.theme import tokens
from app.ui.theme.marks import mark
from app.ui.widgets.text.plain_text import PlainLabel, set_accessible_name

WORD_WIDTH: Final = 160
MEANING_WIDTH: Final = 520


class SearchWords(QWidget):
    """Hidden while nothing is searched for."""

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[SearchChip, ...] = ()
        self._chips: list[QFrame] = []
        self._row = FlowLayout(self, tokens.S)
        title = mark(PlainLabel(texts.say("All of this must match:")), role="small")
        title.setContentsMargins(0, tokens.S, 0, tokens.S)
        self._row.addWidget(title)
        self.hide()

    def show_words(self, chips: Sequence[SearchChip]) -> None:
        """Show these chips in place of the former ones."""
        if tuple(chips) != self._shown:
            self._shown = tuple(chips)
            for old in self._chips:
                self._row.removeWidget(old)
                old.hide()
                old.deleteLater()
            self._chips = [_chip(chip) for chip in self._shown]
            for new in self._chips:
                self._row.addWidget(new)
        self.setVisible(bool(self._shown))

    def words(self) -> list[str]:
        """Return what a screen reader says of the chips."""
        return [chip.accessibleName() for chip in self._chips]


def _chip(chip: SearchChip) -> QFrame:
    made = mark(QFrame(), card=True)
    set_accessible_name(made, f"{chip.word}: {chip.meaning}")
    word, meaning = mark(PlainLabel(), role="strong"), mark(PlainLabel(), role="small")
    row = QHBoxLayout(made)
    row.setContentsMargins(tokens.M, tokens.XS, tokens.M, tokens.XS)
    row.setSpacing(tokens.S)
    for label, text, most in ((word, chip.word, WORD_WIDTH), (meaning, chip.meaning, MEANING_WIDTH)):
        row.addWidget(label)
        label.show_short(text, most)
    return made
