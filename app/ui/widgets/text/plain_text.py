"""The only makers of labels, push buttons, tooltips, titles and menu lines: what they show is plain text.

Qt takes a text for mark-up when it looks like it, renders it and opens the files that it names; `&` in a button makes
a key, `[*]` in a title a sign. Here all of it is just text, and characters that act (control characters, reading
direction) are taken out, because what is shown may have been written by an outsider (promise R15). A test of the
architecture forbids Qt's own way to all other files of the window.
"""

from __future__ import annotations

import re
from html import escape
from textwrap import wrap
from typing import Final

from PySide6 import QtGui
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu, QPushButton, QToolButton, QWidget

from app.domain.text.plain_text import lines, one_line

BREAK: Final = "\u200b"
TOOLTIP_WIDTH: Final = 72
"""In characters: Qt breaks no line of a plain tooltip."""
TOOLTIP_LINES: Final = 24
_TOOLTIP_SOURCE: Final = "tooltip_source"


class PlainLabel(QLabel):
    """A label whose text is only text; line breaks (`\\n`) are kept."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(QtGui.Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(lines(text))

    def set_breakable(self, text: str) -> None:
        """Show a text that may be broken at every character; `text()` holds the places, so it is not to be copied."""
        super().setText(re.sub(r"(\S)(?=\S)", rf"\1{BREAK}", lines(text)))


class PlainButton(QPushButton):
    """A push button whose `&` is an ampersand. `text()` returns the words as they are read."""

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
    """The same for a box to tick."""

    def setText(self, text: str) -> None:
        super().setText(without_mnemonic(text))

    def text(self) -> str:
        return _read(super().text())


def without_mnemonic(text: str) -> str:
    """Return a text on one line as a button or a line of a menu takes it, its ampersands to be shown."""
    return one_line(text).replace("&", "&&")


def set_tooltip(widget: QWidget, text: str) -> None:
    """Say a text beside the mouse; an empty one says nothing."""
    widget.setProperty(_TOOLTIP_SOURCE, lines(text))
    widget.setToolTip(tooltip_text(text))


def tooltip_source(widget: QWidget) -> str:
    """Return what `set_tooltip` was given, as a person reads it and on as many lines."""
    return str(widget.property(_TOOLTIP_SOURCE) or "")


def tooltip_text(text: str) -> str:
    """Return a text as Qt shows it plainly in a tooltip: broken into lines, and escaped where it looks like mark-up."""
    broken = [part for line in lines(text).split("\n") for part in _broken(line)]
    cut = broken if len(broken) <= TOOLTIP_LINES else [*broken[:TOOLTIP_LINES], "…"]
    plain = "\n".join(cut)
    if not might_be_mark_up(plain):
        return plain
    return f'<div style="white-space:pre">{escape(plain)}</div>'


def might_be_mark_up(text: str) -> bool:
    """Return whether Qt would render the text where it is left to choose."""
    return bool(QtGui.Qt.mightBeRichText(text))


def set_accessible_name(widget: QWidget, name: str) -> None:
    """Say what a screen reader calls a widget."""
    widget.setAccessibleName(lines(name))


def set_description(widget: QWidget, text: str) -> None:
    """Say what a screen reader tells of a widget behind its name."""
    widget.setAccessibleDescription(lines(text))


def set_title(window: QWidget, text: str) -> None:
    """Name a window or a dialog; `[*]` would be the sign of something not saved."""
    window.setWindowTitle(one_line(text).replace("[*]", "[*][*]"))


def add_menu_action(menu: QMenu, text: str) -> QAction:
    """Put one more line into a menu."""
    return menu.addAction(without_mnemonic(text))


def set_action_text(action: QAction, text: str) -> None:
    """Name an action that stands in a line of input; the name is its tooltip, too."""
    action.setText(without_mnemonic(text))
    action.setToolTip(tooltip_text(text))


def _broken(line: str) -> list[str]:
    """Break at blanks, and inside a word only where it is longer than a line."""
    if len(line) <= TOOLTIP_WIDTH:
        return [line]
    return wrap(line, TOOLTIP_WIDTH, break_on_hyphens=False) or [""]


def _read(shown: str) -> str:
    return shown.replace("&&", "&")
