"""The keypad next to the amount. It never takes the focus, so that keyboard and keypad can be mixed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.theme.tokens import KEY_HEIGHT, S
from app.ui.widgets.controls.buttons import Button, button
from app.ui.widgets.text.plain_text import set_accessible_name

KEYS: Final = ("7", "8", "9", "4", "5", "6", "1", "2", "3", ",", "0", "back")
COLUMNS: Final = 3
BACK_ICON: Final = 24


class Keypad(QWidget):
    """Twelve keys that grow with the window; `pressed` carries "0".."9", "," or "back"."""

    pressed = Signal(str)

    def __init__(self, theme: Theme, names: Mapping[str, str], parent: QWidget | None = None) -> None:
        """`names`: the accessible names of the keys that are no digits: {",": ..., "back": ...}."""
        super().__init__(parent)
        self._names = names
        self._keys: dict[str, Button] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(S)
        for index, key in enumerate(KEYS):
            grid.addWidget(self._make(theme, key), *divmod(index, COLUMNS))
            grid.setRowStretch(index // COLUMNS, 1)
            grid.setColumnStretch(index % COLUMNS, 1)
        self._group.idClicked.connect(self._clicked)

    def key(self, key: str) -> Button:
        """The button of one key."""
        return self._keys[key]

    def _make(self, theme: Theme, key: str) -> Button:
        made = button(theme, "" if key == "back" else key, "key", "backspace" if key == "back" else "", self)
        made.setIconSize(QSize(BACK_ICON, BACK_ICON))
        made.setMinimumSize(KEY_HEIGHT, KEY_HEIGHT)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        set_accessible_name(made, self._names.get(key, key))
        made.setAutoRepeat(key == "back")
        self._group.addButton(made, KEYS.index(key))
        self._keys[key] = made
        return made

    def _clicked(self, index: int) -> None:
        self.pressed.emit(KEYS[index])
