"""The left side of the till: amount, purpose, phone, e-mail, and the button that creates the link. Passive."""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.i18n.marks import _
from app.i18n.texts import Texts
from app.ui.pages.till.state import TillState
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark, restyle
from app.ui.widgets.controls.buttons import Button, HintButton
from app.ui.widgets.controls.field import ErrorLine, Field
from app.ui.widgets.money.amount import AmountField
from app.ui.widgets.money.keypad import Keypad
from app.ui.widgets.text.elided_label import ElidedLabel

MAX_PRESETS: Final = 6
PAD: Final = 20
COMPACT_PAD: Final = 10
PURPOSE_AT: Final = 3
"""The place of the purpose in the column, below the amount and the stretch."""
FIELDS: Final = {"purpose": _("What for"), "phone": _("Phone"), "email": _("E-mail")}


class FormShape(Enum):
    """How much of the form there is, the largest first."""

    FULL = 0
    COMPACT = 1
    """Less room between the parts."""
    NO_KEYPAD = 2
    """Compact, without the keypad, all fields in one line."""


class SaleForm(QFrame):
    """`edited` and `left` carry the field: amount, purpose, phone, email."""

    edited = Signal(str, str)
    left = Signal(str)
    create_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        mark(self, card=True)
        self._presets: dict[str, Button] = {}
        self._shown_presets: tuple[tuple[str, str], ...] = ()
        self._texts = texts
        self._shape = FormShape.FULL
        self._least: dict[FormShape, QSize] = {}
        self._problem = self._refused = ""
        self._not_taken = texts.say("That was not taken: it is no part of a sum")
        self._build_amount(texts)
        self._build_fields(texts)
        self._build_create(texts)
        self._build_layout()

    def _build_amount(self, texts: Texts) -> None:
        self._label = mark(ElidedLabel(), role="label")
        self._amount_error = ErrorLine(self._theme, reserved=True)
        self.amount = AmountField(self._theme, texts.say("To pay"))
        self.amount.changed.connect(self._edit_amount)
        self.amount.refused.connect(self._tell_refused)
        self.amount.submitted.connect(self.create_requested)
        names = {",": texts.say("Comma"), "back": texts.say("Delete the last digit")}
        self.keypad = Keypad(self._theme, names)
        self.keypad.pressed.connect(self._press)

    def _build_fields(self, texts: Texts) -> None:
        self._error = ErrorLine(self._theme, reserved=True)
        self.fields = {name: FieldWithSharedError(self._theme, texts.say(word)) for name, word in FIELDS.items()}
        for name, field in self.fields.items():
            field.edited.connect(partial(self.edited.emit, name))
            field.submitted.connect(self.create_requested)
            field.left.connect(partial(self.left.emit, name))
        self._preset_row = QHBoxLayout()
        self._preset_row.setSpacing(tokens.S)

    def _build_create(self, texts: Texts) -> None:
        self.create_button = HintButton(self._theme, texts.say("Create the link"), "Enter", "primary")
        mark(self.create_button, tall=True)
        self.create_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.create_button.clicked.connect(self.create_requested)

    def _build_layout(self) -> None:
        top, self._people = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(tokens.M)
        top.addWidget(self._label)
        top.addWidget(self._amount_error, 1)
        self._people.setSpacing(tokens.S)
        self._people.addWidget(self.fields["phone"], 4)
        self._people.addWidget(self.fields["email"], 4)
        contacts = QVBoxLayout()
        contacts.setSpacing(2)
        contacts.addLayout(self._people)
        contacts.addWidget(self._error)
        column = self._column = QVBoxLayout()
        column.setSpacing(tokens.S)
        column.addLayout(top)
        column.addWidget(self.amount)
        column.addStretch(1)
        column.addWidget(self.fields["purpose"])
        column.addLayout(self._preset_row)
        column.addLayout(contacts)
        column.addWidget(self.create_button)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(PAD, tokens.L, PAD, tokens.L)
        row.setSpacing(PAD)
        row.addLayout(column, 4)
        row.addWidget(self.keypad, 3)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def show_shape(self, shape: FormShape) -> None:
        """Arrange the form in a shape."""
        if shape is self._shape:
            return
        self._shape = shape
        is_full = shape is FormShape.FULL
        high = tokens.L if is_full else COMPACT_PAD
        self._row.setContentsMargins(PAD, high, PAD, high)
        self.amount.show_compact(not is_full)
        restyle(self.create_button, tall=is_full)
        self.keypad.setVisible(shape is not FormShape.NO_KEYPAD)
        purpose = self.fields["purpose"]
        if shape is FormShape.NO_KEYPAD:
            self._people.insertWidget(0, purpose, 5)
        elif self._people.indexOf(purpose) >= 0:
            self._column.insertWidget(PURPOSE_AT, purpose)

    def least_size(self, shape: FormShape) -> QSize:
        """The size that a shape needs at least, in pixels."""
        if shape not in self._least:
            before = self._shape
            self.show_shape(shape)
            self._row.activate()  # else the layouts inside still know the sizes of the shape before
            self._least[shape] = self._row.totalMinimumSize()
            self.show_shape(before)
        return self._least[shape]

    def show_state(self, state: TillState) -> None:
        draft, problems = state.draft, state.problems
        if draft.amount != self.amount.text():
            self._refused = ""
        self.amount.show_text(draft.amount)
        self._show_label(draft.order)
        self._show_amount_error(problems.amount or "")
        for name, field in self.fields.items():
            field.show_text(getattr(draft, name))
            field.show_invalid(getattr(problems, name))
        self._error.show_text(next((text for text in (problems.purpose, problems.phone, problems.email) if text), ""))
        self.create_button.setEnabled(state.can_create)
        self._show_presets(state.presets)

    def _show_label(self, order: str) -> None:
        """An order has no field: a sale that came from an older payment tells it here."""
        say = self._texts.say
        self._label.show_text(say("To pay · order {order}", order=order) if order else say("To pay"))

    def _show_presets(self, presets: tuple[tuple[str, str], ...]) -> None:
        limited = tuple(dict.fromkeys(presets))[:MAX_PRESETS]
        if limited == self._shown_presets:
            return
        for button in self._presets.values():
            self._preset_row.removeWidget(button)
            button.deleteLater()
        self._presets, self._shown_presets = {}, limited
        self._least.clear()
        for word, raw in limited:
            button = mark(Button(self._theme), narrow=True)
            button.setText(word)
            button.setAccessibleName(f"{word} ₴")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setMinimumWidth(tokens.CONTROL_HEIGHT)
            button.clicked.connect(partial(self._choose, raw))
            self._preset_row.addWidget(button)
            self._presets[word] = button

    def _show_amount_error(self, problem: str) -> None:
        self._problem = problem
        self._label.setVisible(not (problem or self._refused))
        self._amount_error.show_text(problem or self._refused)

    def _edit_amount(self, raw: str) -> None:
        self._forget_refused()
        self.edited.emit("amount", raw)

    def _tell_refused(self) -> None:
        self._refused = self._not_taken
        self._show_amount_error(self._problem)

    def _forget_refused(self) -> None:
        self._refused = ""
        self._show_amount_error(self._problem)

    def _choose(self, raw: str) -> None:
        self._forget_refused()
        self.amount.show_suggested(raw)
        self.edited.emit("amount", raw)
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def _press(self, key: str) -> None:
        self.amount.press(key)
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)


class FieldWithSharedError(Field):
    """A field whose error is shown elsewhere: here only its border is marked. `left`: it lost the focus."""

    left = Signal()

    def __init__(self, theme: Theme, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, placeholder=placeholder)
        self.line.installEventFilter(self)

    def show_invalid(self, problem: str | None) -> None:
        """Mark the border; the error text is given to assistive technology."""
        self.line.setAccessibleDescription(problem or "")
        restyle(self.line, invalid=bool(problem))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return super().eventFilter(watched, event)
