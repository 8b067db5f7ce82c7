"""The left of the till: the sum, what for, for whom, and the button that makes the link. Passive."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.i18n.texts import Texts
from app.ui.pages.till.state import TillState
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark, remark
from app.ui.widgets.amount import AmountField
from app.ui.widgets.buttons import Button, HintButton
from app.ui.widgets.field import ErrorLine, Field
from app.ui.widgets.keypad import Keypad
from app.ui.widgets.plain_text import PlainLabel

MOST_PRESETS: Final = 6
FIELDS: Final = ("purpose", "phone", "email")


class SaleForm(QFrame):
    """`edited` and `left` name the field: amount, purpose, phone, email."""

    edited = Signal(str, str)
    left = Signal(str)
    create_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        mark(self, card=True)
        self._presets: dict[str, Button] = {}
        self._shown_presets: tuple[tuple[str, str], ...] = ()
        self._build_amount()
        self._build_fields()
        self._build_create()
        self._build_layout()
        self.show_words(texts)

    def _build_amount(self) -> None:
        self._label = mark(PlainLabel(), role="label")
        self._amount_error = ErrorLine(self._theme, reserved=True)
        self.amount = AmountField(self._theme)
        self.amount.changed.connect(partial(self.edited.emit, "amount"))
        self.amount.submitted.connect(self.create_requested)
        self.keypad = Keypad(self._theme)
        self.keypad.pressed.connect(self._press)

    def _build_fields(self) -> None:
        self._error = ErrorLine(self._theme, reserved=True)
        self.fields = {name: QuietField(self._theme) for name in FIELDS}
        for name, field in self.fields.items():
            field.edited.connect(partial(self.edited.emit, name))
            field.submitted.connect(self.create_requested)
            field.left.connect(partial(self.left.emit, name))
        self._preset_row = QHBoxLayout()
        self._preset_row.setSpacing(tokens.S)

    def _build_create(self) -> None:
        self.create_button = HintButton(self._theme, kind="primary")
        mark(self.create_button, tall=True)
        self.create_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.create_button.clicked.connect(self.create_requested)

    def _build_layout(self) -> None:
        top, people = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(tokens.M)
        top.addWidget(self._label)
        top.addWidget(self._amount_error, 1)
        people.setSpacing(tokens.S)
        people.addWidget(self.fields["phone"])
        people.addWidget(self.fields["email"])
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addLayout(people)
        told.addWidget(self._error)
        column = QVBoxLayout()
        column.setSpacing(tokens.S)
        column.addLayout(top)
        column.addWidget(self.amount)
        column.addStretch(1)
        column.addWidget(self.fields["purpose"])
        column.addLayout(self._preset_row)
        column.addLayout(told)
        column.addWidget(self.create_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, tokens.L, 20, tokens.L)
        row.setSpacing(20)
        row.addLayout(column, 4)
        row.addWidget(self.keypad, 3)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def show_words(self, texts: Texts) -> None:
        """Speak a language."""
        say = texts.say
        self._label.setText(say("To pay"))
        self.amount.show_words(say("To pay"))
        self.fields["purpose"].show_words("", say("What for"))
        self.fields["phone"].show_words("", say("Phone"))
        self.fields["email"].show_words("", say("E-mail"))
        self.create_button.show_words(say("Create the link"), "Enter")
        self.keypad.show_words({",": say("Comma"), "back": say("Delete the last digit")})

    def show_state(self, state: TillState) -> None:
        draft, problems = state.draft, state.problems
        self.amount.show_text(draft.amount)
        self._label.setVisible(not problems.amount)
        self._amount_error.show_text(problems.amount or "")
        for name, field in self.fields.items():
            field.show_text(getattr(draft, name))
            field.show_invalid(getattr(problems, name))
        self._error.show_text(next((text for text in (problems.purpose, problems.phone, problems.email) if text), ""))
        self.create_button.setEnabled(state.can_create)
        self._show_presets(state.presets)

    def _show_presets(self, presets: tuple[tuple[str, str], ...]) -> None:
        wanted = tuple(dict.fromkeys(presets))[:MOST_PRESETS]
        if wanted == self._shown_presets:
            return
        for button in self._presets.values():
            self._preset_row.removeWidget(button)
            button.deleteLater()
        self._presets, self._shown_presets = {}, wanted
        for word, raw in wanted:
            button = mark(Button(self._theme), narrow=True)
            button.setText(word)
            button.setAccessibleName(f"{word} ₴")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setMinimumWidth(tokens.CONTROL_HEIGHT)
            button.clicked.connect(partial(self._choose, raw))
            self._preset_row.addWidget(button)
            self._presets[word] = button

    def _choose(self, raw: str) -> None:
        self.edited.emit("amount", raw)
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def _press(self, key: str) -> None:
        self.amount.press(key)
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)


class QuietField(Field):
    """A field whose error is told elsewhere: here only its border says so. `left` when the focus goes."""

    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.line.installEventFilter(self)

    def show_invalid(self, problem: str | None) -> None:
        """Mark the border; the sentence stays with assistive technology."""
        self.line.setAccessibleDescription(problem or "")
        remark(self.line, invalid=bool(problem))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return super().eventFilter(watched, event)
