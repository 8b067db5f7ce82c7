"""The actions of the current payment: small tiles, the retry button, the next sale. Passive."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.i18n.marks import _
from app.i18n.texts import Texts
from app.ui.pages.till.state import Action, PaymentCard
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark, restyle
from app.ui.widgets.controls.buttons import Button, HintButton
from app.ui.widgets.text.plain_text import PlainToolButton, set_tooltip

TILES: Final[dict[Action, tuple[str, str]]] = {
    Action.COPY: ("copy", _("Copy")),
    Action.OPEN: ("open", _("Open")),
    Action.CHECK: ("refresh", _("Check")),
    Action.CANCEL: ("cross", _("Cancel")),
    Action.SHOW_CODE: ("qr", _("Show the code")),
}
"""(icon, word)"""
SIDE_ACTIONS: Final[dict[Action, tuple[str, str]]] = {**TILES, Action.CHANGE_SUM: ("", _("Change the sum"))}
"""What may stand beside the next sale: (icon, word)."""
CHANGE_HINT: Final = _("Cancel this link and begin the same sale again with another sum (F7)")
RETRY_ACTIONS: Final[dict[Action, str]] = {
    Action.RETRY: _("Try again"),
    Action.RENEW: _("New link"),
    Action.CONFIRM: _("Confirm the payment…"),
    Action.REFUND: _("Refund…"),
}
ASKING: Final = _("Wait…")  # a tile has no space for more
TILE_ICON: Final = 20
TILE_HEIGHT: Final = 58
TILE_GAP: Final = 6


class CardActions(QWidget):
    """`action_requested` carries an Action. A single tile is replaced by a button next to the next sale."""

    action_requested = Signal(object)

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._texts = texts
        self._card = PaymentCard()
        self.tiles: dict[Action, PlainToolButton] = {}
        self.tile_row = QWidget()
        self.side = Button(theme)
        self.again = Button(theme)
        self.new = HintButton(theme, texts.say("New payment"), "F2")
        self._build_tiles()
        self._build_layout()
        self._connect_signals()
        self._apply_theme()

    def _build_tiles(self) -> None:
        row = QHBoxLayout(self.tile_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(TILE_GAP)
        for action, (_icon, word) in TILES.items():
            tile = mark(PlainToolButton(), kind="tile")
            tile.setText(self._texts.say(word))
            tile.setAccessibleName(self._texts.say(word))
            tile.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            tile.setIconSize(QSize(TILE_ICON, TILE_ICON))
            tile.setFixedHeight(TILE_HEIGHT)
            tile.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # all the same width
            row.addWidget(tile, 1)
            self.tiles[action] = tile

    def _build_layout(self) -> None:
        last = QHBoxLayout()
        last.setSpacing(tokens.S)
        last.addWidget(self.side, 1)
        last.addWidget(self.new, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.XS, 0, 0)
        column.setSpacing(tokens.S)
        column.addWidget(self.tile_row)
        column.addWidget(self.again)
        column.addLayout(last)

    def _connect_signals(self) -> None:
        for action, tile in self.tiles.items():
            tile.clicked.connect(partial(self.action_requested.emit, action))
        self.side.clicked.connect(self._request_single)
        self.again.clicked.connect(self._request_retry)
        self.new.clicked.connect(partial(self.action_requested.emit, Action.NEW))
        self._theme.changed.connect(self._apply_theme)

    def show_card(self, card: PaymentCard) -> None:
        """Show the card's actions; all are disabled while a request is in flight."""
        self._card = card
        self.tiles[Action.CHECK].setText(self._texts.say(self._word(Action.CHECK)))
        has_payment, single, retry = card.payment_id is not None, self._single_action(), self._retry_action()
        offered = [action for action in TILES if action in card.actions]
        for action, tile in self.tiles.items():
            tile.setVisible(action in offered)
            tile.setEnabled(not card.busy)
        self.tile_row.setVisible(has_payment and len(offered) > 1)
        self.again.setVisible(has_payment and retry is not None)
        self.again.setText(self._texts.say(RETRY_ACTIONS[retry or Action.RETRY]))
        self.again.setAccessibleName(self.again.text())
        self.new.setVisible(has_payment and Action.NEW in card.actions)
        for button, wish in ((self.again, retry), (self.side, single), (self.new, Action.NEW)):
            button.setEnabled(not card.busy)
            restyle(button, kind="primary" if wish and card.main is wish else "plain")
        self._show_single(single if has_payment else None)  # the icon's colour follows the kind
        self.setVisible(has_payment and bool(card.actions))

    def _show_single(self, action: Action | None) -> None:
        self.side.setVisible(action is not None)
        if action is not None:
            self.side.show_icon(SIDE_ACTIONS[action][0])
            self.side.setText(self._texts.say(self._word(action)))
            self.side.setAccessibleName(self._texts.say(SIDE_ACTIONS[action][1]))
            set_tooltip(self.side, self._texts.say(CHANGE_HINT) if action is Action.CHANGE_SUM else "")

    def _word(self, action: Action) -> str:
        """The button's text now; it stays enabled to keep the focus, and a second press sends no second inquiry."""
        return ASKING if action is Action.CHECK and self._card.asking else SIDE_ACTIONS[action][1]

    def _single_action(self) -> Action | None:
        """Changing the sum, or the action whose tile would be the only one in the row."""
        if Action.CHANGE_SUM in self._card.actions:
            return Action.CHANGE_SUM
        offered = [action for action in TILES if action in self._card.actions]
        return offered[0] if len(offered) == 1 else None

    def _retry_action(self) -> Action | None:
        """The retry action that the card offers, if any."""
        return next((action for action in self._card.actions if action in RETRY_ACTIONS), None)

    def _request_single(self) -> None:
        if (single := self._single_action()) is not None:
            self.action_requested.emit(single)

    def _request_retry(self) -> None:
        if (retry := self._retry_action()) is not None:
            self.action_requested.emit(retry)

    def _apply_theme(self) -> None:
        """Update the icons to the theme's colours."""
        for action, (icon, _word) in TILES.items():
            self.tiles[action].setIcon(self._theme.icon(icon))
