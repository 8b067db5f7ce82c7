"""The buttons of the drawer: the main one in its own row, the others in pairs. Passive."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.i18n.marks import _
from app.i18n.texts import Texts
from app.ui.drawer.state import Action
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.controls.buttons import Button, button

ACTION_BUTTONS: Final[dict[Action, tuple[str, str, str]]] = {
    Action.TILL: (_("Show at the till"), "till", "primary"),
    Action.RENEW: (_("New link at the till"), "link", "primary"),
    Action.COPY: (_("Copy link"), "copy", "plain"),
    Action.OPEN: (_("Open the page"), "open", "plain"),
    Action.CHECK: (_("Check now"), "refresh", "plain"),
    Action.REFUND: (_("Refund…"), "refund", "plain"),
    Action.SELL_AGAIN: (_("Sell again"), "plus", "plain"),
    Action.ASK_REFUND: (_("Ask about the refund"), "refresh", "plain"),
    Action.REFUND_DONE: (_("Refunded…"), "check", "plain"),
    Action.REFUND_NOT: (_("Not refunded…"), "cross", "plain"),
    Action.CONFIRM: (_("Confirm as paid…"), "check", "primary"),
    Action.SETTLE: (_("Mark as settled…"), "check", "plain"),
    Action.CANCEL: (_("Cancel link"), "cross", "danger"),
}
"""(word, icon, kind)"""
ASKING: Final = _("Asking…")


class ActionsView(QWidget):
    """`action_requested` carries an Action. `room` is the width available: a button too wide for a pair has its row."""

    action_requested = Signal(object)

    def __init__(
        self, theme: Theme, texts: Texts, room: int, parent: QWidget | None = None, *, narrow: bool = False
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_narrow = narrow
        self._half = (room - tokens.S) // 2
        self._buttons: dict[Action, Button] = {}
        self._shown: tuple[Action, ...] = ()
        self._words = {action: texts.say(word) for action, (word, _icon, _kind) in ACTION_BUTTONS.items()}
        self._asking = texts.say(ASKING)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(tokens.S)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1)
        self.hide()

    def button(self, action: Action) -> Button:
        """The button of an action, offered or not."""
        if action not in self._buttons:
            _, icon, kind = ACTION_BUTTONS[action]
            made = mark(button(self._theme, self._words[action], kind, icon, self), narrow=self._is_narrow)
            made.setObjectName(action)  # created on demand: its position differs from view to view
            made.clicked.connect(partial(self.action_requested.emit, action))
            made.hide()
            self._buttons[action] = made
        return self._buttons[action]

    def show_actions(self, actions: Sequence[Action], busy: Collection[Action] = ()) -> None:
        """Show these; a button in `busy` shows that the operator is being asked."""
        if tuple(actions) != self._shown:
            self._shown = tuple(actions)
            self._arrange()
        for action in self._shown:
            self._buttons[action].setEnabled(action not in busy)
            self._buttons[action].setText(self._asking if action in busy else self._words[action])
        self.setVisible(bool(actions))

    def _arrange(self) -> None:
        for action, made in self._buttons.items():
            self._grid.removeWidget(made)
            made.setVisible(action in self._shown)
        for row, actions in enumerate(self._rows()):
            for column, action in enumerate(actions):
                self._grid.addWidget(self.button(action), row, column, 1, 1 if len(actions) > 1 else 2)
                self.button(action).show()

    def _rows(self) -> list[tuple[Action, ...]]:
        """Pair what fits; the main action and long ones have a row each."""
        rows: list[tuple[Action, ...]] = []
        left: Action | None = None
        for action in self._shown:
            alone = ACTION_BUTTONS[action][2] == "primary" or self.button(action).sizeHint().width() > self._half
            if left is not None:
                rows.append((left,) if alone else (left, action))
                left = None
                if alone:
                    rows.append((action,))
            elif alone:
                rows.append((action,))
            else:
                left = action
        return [*rows, (left,)] if left is not None else rows
