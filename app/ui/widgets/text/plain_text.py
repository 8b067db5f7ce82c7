"""The only module that creates labels, push buttons, tooltips, titles and menu lines: all show plain text.

Qt renders a text that looks like mark-up as mark-up and opens the files that it names; `&` in a button makes
a shortcut, `[*]` in a title a marker. Here all of it is text, and control characters (also those of the reading
direction) are removed, because the text may have been written by an outsider (promise R15). An architecture test
forbids Qt's own functions in all other files of the window.
"""

from __future__ import annotations

import re
from html import escape
from textwrap import wrap
from typing import Final

from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu, QPushButton, QToolButton, QWidget

from app.domain.text.plain_text import lines, one_line

BREAK: Final = "\u200b"
WIDEST: Final = 240
WIDEST_COPIED: Final = 500
"""The widest word that is not broken, in pixels: room for it is in every column, and in those of what people copy."""
_WORD: Final = re.compile(r"[\S\u00a0\u202f]{12,}")
_JOINT: Final = re.compile(r"([\S\u00a0\u202f])(?=[\S\u00a0\u202f])")
"""Blanks that Qt does not break at are a part of the word."""
TOOLTIP_WIDTH: Final = 72
"""In characters: Qt does not wrap a plain tooltip."""
TOOLTIP_LINES: Final = 24
_TOOLTIP_SOURCE: Final = "tooltip_source"


class PlainLabel(QLabel):
    """A label of plain text; line breaks (`\
`) are kept.

    Where it wraps, a word too wide for any column is wrapped, too, instead of widening the window. Its text cannot be
    selected any more: the break marks would be copied.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(QtGui.Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        shown = lines(text)
        broken = self._with_breaks(shown) if self.wordWrap() else shown
        if broken != shown:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        super().setText(broken)

    def text(self) -> str:
        """Return the text without break marks."""
        return super().text().replace(BREAK, "")

    def setWordWrap(self, on: bool) -> None:
        super().setWordWrap(on)
        self.setText(self.text())

    def show_short(self, text: str, most_px: int) -> None:
        """Show so much of each line as takes that many pixels; the tooltip has all of a text that was shortened."""
        metrics, whole = self.fontMetrics(), lines(text)
        right = QtGui.Qt.TextElideMode.ElideRight
        short = "\n".join(metrics.elidedText(line, right, most_px) for line in whole.split("\n"))
        self.setText(short)
        set_tooltip(self, "" if short == whole else whole)

    def set_breakable(self, text: str) -> None:
        """Show a text that may be wrapped at every character, so its text should not be selectable."""
        super().setText(_breakable(lines(text)))

    def _with_breaks(self, text: str) -> str:
        is_copied = bool(self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse)
        room, metrics = WIDEST_COPIED if is_copied else WIDEST, self.fontMetrics()

        def broken(found: re.Match[str]) -> str:
            word = found[0]
            return _breakable(word) if metrics.horizontalAdvance(word) > room else word

        return _WORD.sub(broken, text)


class PlainButton(QPushButton):
    """A push button whose `&` is an ampersand. `text()` returns the text as displayed."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(without_mnemonic(text))

    def text(self) -> str:
        return _read(super().text())


class PlainToolButton(QToolButton):
    """The same for a tool button."""

    def setText(self, text: str) -> None:
        super().setText(without_mnemonic(text))

    def text(self) -> str:
        return _read(super().text())


class PlainCheckBox(QCheckBox):
    """The same for a check box."""

    def setText(self, text: str) -> None:
        super().setText(without_mnemonic(text))

    def text(self) -> str:
        return _read(super().text())


def _breakable(text: str) -> str:
    return _JOINT.sub(rf"\1{BREAK}", text)


def without_mnemonic(text: str) -> str:
    """Return a text on one line for a button or menu line, with its ampersands escaped."""
    return one_line(text).replace("&", "&&")


def set_tooltip(widget: QWidget, text: str) -> None:
    """Set a widget's tooltip; an empty text removes it."""
    widget.setProperty(_TOOLTIP_SOURCE, lines(text))
    widget.setToolTip(tooltip_text(text))


def tooltip_source(widget: QWidget) -> str:
    """Return the text given to `set_tooltip`, unescaped, with its lines."""
    return str(widget.property(_TOOLTIP_SOURCE) or "")


def tooltip_text(text: str) -> str:
    """Return a text for Qt to show unrendered in a tooltip: wrapped, and escaped where it looks like mark-up."""
    wrapped = [part for line in lines(text).split("\n") for part in _wrapped(line)]
    cut = wrapped if len(wrapped) <= TOOLTIP_LINES else [*wrapped[:TOOLTIP_LINES], "…"]
    plain = "\n".join(cut)
    if not might_be_mark_up(plain):
        return plain
    return f'<div style="white-space:pre">{escape(plain)}</div>'


def might_be_mark_up(text: str) -> bool:
    """Return whether Qt's automatic detection would render the text."""
    return bool(QtGui.Qt.mightBeRichText(text))


def set_accessible_name(widget: QWidget, name: str) -> None:
    """Set the accessible name of a widget."""
    widget.setAccessibleName(lines(name))


def set_description(widget: QWidget, text: str) -> None:
    """Set the accessible description of a widget."""
    widget.setAccessibleDescription(lines(text))


def set_title(window: QWidget, text: str) -> None:
    """Set the title of a window or dialog; `[*]` would be Qt's marker of unsaved changes."""
    window.setWindowTitle(one_line(text).replace("[*]", "[*][*]"))


def add_menu_action(menu: QMenu, text: str) -> QAction:
    """Add a line to a menu."""
    return menu.addAction(without_mnemonic(text))


def set_action_text(action: QAction, text: str) -> None:
    """Set the name of an action in a line edit; the name is its tooltip, too."""
    action.setText(without_mnemonic(text))
    action.setToolTip(tooltip_text(text))


def _wrapped(line: str) -> list[str]:
    """Wrap at blanks, and inside a word only where it is longer than a line."""
    if len(line) <= TOOLTIP_WIDTH:
        return [line]
    return wrap(line, TOOLTIP_WIDTH, break_on_hyphens=False) or [""]


def _read(shown: str) -> str:
    return shown.replace("&&", "&")
