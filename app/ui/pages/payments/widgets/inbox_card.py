"""The inbox on its card, the bar of what is chosen, and the question about it. Passive."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.drawer.widgets.form_dialog_host import FormDialogHost
from app.ui.pages.payments.inbox_state import InboxState
from app.ui.pages.payments.widgets.inbox_list import InboxList
from app.ui.tables.flow import FlowLayout
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark
from app.ui.widgets.controls.buttons import button
from app.ui.widgets.text.plain_text import PlainLabel


class InboxCard(QFrame):
    """The list with a text below; its signals are those of `list`, `form` and `bar`."""

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, card=True)
        self.list = InboxList(theme, texts)
        self.bar = ChoiceBar(theme, texts)
        self.form = FormDialogHost(theme, texts, self)
        self._orphans = mark(PlainLabel(), role="small")
        self._orphans.setContentsMargins(tokens.L + tokens.XS, tokens.S, tokens.L, tokens.XS)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, tokens.XS, 1, tokens.S)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addWidget(self._orphans)

    def show_inbox(self, state: InboxState | None) -> None:
        """Show the inbox and its question; None: another list is chosen. Whether the card stands is the page's."""
        self.bar.setVisible(state is not None and bool(state.groups))
        self.bar.show_choice(state.chosen if state else "")
        self.form.show_form(state.form if state else None)
        if state is not None:
            self.list.show_groups(state.groups)
            self._orphans.setText(state.orphans)
            self._orphans.setVisible(bool(state.orphans))


class ChoiceBar(QWidget):
    """How much is chosen, and what can be done with it. It keeps its place while nothing is: the list must not move."""

    clear_requested = Signal()
    settle_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = mark(PlainLabel(), role="muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        self._text.setMinimumHeight(tokens.CONTROL_HEIGHT)
        self.clear = button(theme, texts.say("Select none"), "quiet")
        self.settle = button(theme, texts.say("Settle selected…"), "plain")
        row = FlowLayout(self, tokens.S)
        for part in (self._text, self.clear, self.settle):
            row.addWidget(part)
        row.stretch(self._text)
        self.clear.clicked.connect(self.clear_requested)
        self.settle.clicked.connect(self.settle_requested)

    def show_choice(self, text: str) -> None:
        """Show what is chosen; with an empty text there is nothing to be done."""
        self._text.setText(text)
        for part in (self.clear, self.settle):
            part.setEnabled(bool(text))
