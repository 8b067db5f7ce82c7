"""The details of a payment: labels and values in two columns, and the box of what needs attention. Passive."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.drawer.state import Action, DetailFact
from app.ui.drawer.widgets.actions_view import ActionsView
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark, restyle
from app.ui.widgets.controls.icon_mark import IconMark
from app.ui.widgets.text.plain_text import PlainLabel, set_accessible_name, set_tooltip

LABEL_WIDTH: Final = 116
TOP: Final = Qt.AlignmentFlag.AlignTop
WARNING: Final = 18


class FactsView(QWidget):
    """Values can be selected and copied; a word too long for its column is broken instead."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[DetailFact, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(tokens.M)
        self._grid.setVerticalSpacing(tokens.S)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Sequence[DetailFact], width: int) -> None:
        """Show these; `width` is the width of both columns together."""
        if tuple(facts) == self._shown:
            return
        self._shown = tuple(facts)
        clear_layout(self._grid)
        for row, fact in enumerate(facts):
            label = mark(wrapped_label(fact.label), role="muted")
            label.setFixedWidth(LABEL_WIDTH)
            value = self._value(fact.value, width - LABEL_WIDTH - tokens.M)
            set_accessible_name(value, f"{fact.label}: {fact.value}")
            self._grid.addWidget(label, row, 0, TOP)
            self._grid.addWidget(value, row, 1, TOP)

    def _value(self, text: str, room: int) -> PlainLabel:
        metrics = QFontMetrics(self._theme.font("body"))
        if all(metrics.horizontalAdvance(word) <= room for word in text.replace("\n", " ").split(" ")):
            label = wrapped_label(text)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            return label
        label = wrapped_label("")
        label.set_breakable(text)  # not selectable: the breaks would be copied too
        set_tooltip(label, text)
        return label


class AlertBox(QFrame):
    """What happened and what to do about it, in a tone, with buttons. `action_requested`: an Action."""

    action_requested = Signal(object)

    def __init__(self, theme: Theme, texts: Texts, room: int, parent: QWidget | None = None) -> None:
        """`room` is the width of the box."""
        super().__init__(parent)
        self._shown: tuple[str, ...] = ()
        self._lines = QVBoxLayout()
        self._lines.setSpacing(tokens.S)
        self._icon = IconMark(theme, WARNING)
        self.buttons = ActionsView(theme, texts, room - 2 * tokens.M, narrow=True)
        self.buttons.action_requested.connect(self.action_requested)
        row = QHBoxLayout()
        row.setSpacing(tokens.S)
        row.addWidget(self._icon, 0, TOP)
        row.addLayout(self._lines, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.M, tokens.M, tokens.M, tokens.M)
        column.setSpacing(tokens.M)
        column.addLayout(row)
        column.addWidget(self.buttons)

    def show_alerts(
        self, messages: Sequence[str], actions: Sequence[Action], busy: Collection[Action], tone: str = "attention"
    ) -> None:
        """Show these sentences; the box is hidden without any."""
        restyle(self, tone=tone)
        self._icon.show_icon("warning" if tone == "attention" else "info", tone)
        if tuple(messages) != self._shown:
            self._shown = tuple(messages)
            clear_layout(self._lines)
            for message in messages:
                self._lines.addWidget(wrapped_label(message))
        self.buttons.show_actions(actions, busy)
        self.setVisible(bool(messages))


def wrapped_label(text: str) -> PlainLabel:
    """Return a label of plain text with word wrap."""
    label = PlainLabel(text)
    label.setWordWrap(True)
    return label


def clear_layout(layout: QGridLayout | QVBoxLayout) -> None:
    """Remove everything from a layout and delete the widgets."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
