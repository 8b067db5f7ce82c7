"""What a key types into a sum: the keys of comma and point part the kopecks in every layout of the keyboard."""

from __future__ import annotations

import sys
import unicodedata
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

_LETTERS: Final = {"б": ",", "Б": ",", "ю": ".", "Ю": ".", "٫": ","}
"""What the two keys write in a Ukrainian layout; an input method hands on the letter alone."""
_PLACES: Final[dict[str, dict[int, str]]] = {
    "linux": {59: ",", 60: ".", 91: ","},
    "win32": {0x33: ",", 0x34: ".", 0x53: ","},
    "darwin": {43: ",", 47: ".", 65: ","},
}
"""The native codes of the keys that are comma and point in an English layout, and of the number pad's."""
_COMMANDS: Final = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


def sum_sign(event: QKeyEvent) -> str:
    """Return what a key means in a sum: a digit, "," or ".", or else the sign that it writes; empty for a command."""
    text = event.text()
    if event.modifiers() & _COMMANDS or not text or unicodedata.category(text[0]) == "Cc":
        return ""
    if text in "0123456789,.":
        return text
    if text.isspace():
        return " "  # the one that is not ours: ours part the thousands
    return _LETTERS.get(text) or _sign_at_place(event) or text


def committed_sign(event: QInputMethodEvent) -> str:
    """Return the "," or "." that an input method wrote as the letter of its key; empty for anything else."""
    return _LETTERS.get(event.commitString(), "")


def _sign_at_place(event: QKeyEvent) -> str:
    code = event.nativeVirtualKey() if sys.platform == "darwin" else event.nativeScanCode()
    return _PLACES.get(sys.platform, {}).get(code, "")


class DecimalKeys(QObject):
    """Lets a plain line take the keys of comma and point as such; everything else it types as it is."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        self._line = line
        line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        sign = ""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            sign = sum_sign(event) if sum_sign(event) != event.text() else ""
        elif isinstance(event, QInputMethodEvent):
            sign = committed_sign(event)
        if sign not in (",", ".") or self._line.isReadOnly():
            return super().eventFilter(watched, event)
        self._line.insert(sign)
        return True
