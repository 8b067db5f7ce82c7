"""The form dialog: a reason, and perhaps an amount. Passive: only its state closes it."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from shiboken6 import isValid

from app.i18n.texts import Texts
from app.ui.drawer.state import AmountInput, FormState
from app.ui.drawer.widgets.details_view import AlertBox, wrapped_label
from app.ui.theme import Theme, tokens
from app.ui.theme.marks import mark, restyle
from app.ui.widgets.controls.buttons import Button, button
from app.ui.widgets.controls.field import ErrorLine, Field
from app.ui.widgets.controls.focus_keeper import FocusKeeper
from app.ui.widgets.money.sum_keys import DecimalKeys
from app.ui.widgets.room.roomy_dialog import RoomyDialog
from app.ui.widgets.text.plain_text import PlainButton, set_title

WIDTH: Final = 460
MAX_CHIPS: Final = 2


class FormDialog(RoomyDialog):
    """`edited`: field and text; `left`: a field that lost the focus. Fields are `amount` and `reason`.

    `confirm_requested`: the button that makes a payment paid; `show_latest_requested`: show what came since.
    """

    edited = Signal(str, str)
    left = Signal(str)
    send_requested = Signal()
    confirm_requested = Signal()
    show_latest_requested = Signal()
    close_requested = Signal()

    def __init__(self, theme: Theme, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent, width=WIDTH)
        self._sums: tuple[str, ...] = ()
        self._focus = FocusKeeper(self, self._resting_place)
        self._build_texts()
        self._build_causes(theme, texts)
        self._build_fields(theme, texts)
        self._build_answers(theme, texts)
        self._build_layout()
        self._connect_signals()

    def _build_texts(self) -> None:
        self.title = mark(wrapped_label(""), role="emphasis")
        self.text = mark(wrapped_label(""), role="muted")

    def _build_causes(self, theme: Theme, texts: Texts) -> None:
        room = WIDTH - 2 * tokens.XL
        self.causes = AlertBox(theme, texts, room)
        self.notice = AlertBox(theme, texts, room)
        self.show_latest = button(theme, texts.say("Look again"), "plain", "refresh")
        self.show_latest.setAutoDefault(False)

    def _build_fields(self, theme: Theme, texts: Texts) -> None:
        self.amount = Field(theme, label=texts.say("How much goes back, ₴"))
        DecimalKeys(self.amount.line)
        self.rest = mark(wrapped_label(""), role="muted")
        self.chips: list[Button] = []
        for _place in range(MAX_CHIPS):
            chip = button(theme, "", "plain")
            chip.setAutoDefault(False)
            self.chips.append(chip)
        self.reason = Field(theme, label=texts.say("Reason (required)"))
        self.problem = ErrorLine(theme)

    def _build_answers(self, theme: Theme, texts: Texts) -> None:
        self.confirm = button(theme, "", "primary", "check")
        self.yes = button(theme, "", "primary")
        self._cancel = texts.say("Cancel")
        self.no = button(theme, self._cancel, "plain")
        for answer in (self.confirm, self.yes, self.no):
            answer.setAutoDefault(False)  # Enter is handled in keyPressEvent

    def _build_layout(self) -> None:
        sums = QHBoxLayout()
        sums.setSpacing(tokens.S)
        for chip in self.chips:
            sums.addWidget(chip)
        sums.addStretch(1)
        answers = QHBoxLayout()
        answers.setSpacing(tokens.S)
        answers.addStretch(1)
        answers.addWidget(self.no)
        answers.addWidget(self.yes)
        column = self.body
        above: tuple[QWidget, ...] = (self.title, self.causes, self.notice)
        below: tuple[QWidget, ...] = (self.text, self.rest, self.amount)
        for part in above:
            column.addWidget(part)
        column.addWidget(self.show_latest, 0, Qt.AlignmentFlag.AlignRight)
        for part in below:
            column.addWidget(part)
        column.addLayout(sums)
        column.addWidget(self.reason)
        column.addWidget(self.problem)
        self.foot.addWidget(self.confirm)
        self.foot.addLayout(answers)

    def _connect_signals(self) -> None:
        for name, field in (("amount", self.amount), ("reason", self.reason)):
            field.edited.connect(partial(self.edited.emit, name))
            field.line.editingFinished.connect(partial(self._leave, name))
        for index, chip in enumerate(self.chips):
            chip.clicked.connect(partial(self._use_suggested_amount, index))
        self.yes.clicked.connect(self._send)
        self.confirm.clicked.connect(self.confirm_requested)
        self.show_latest.clicked.connect(self.show_latest_requested)
        self.no.clicked.connect(self.reject)

    def _leave(self, name: str) -> None:
        if isValid(self):  # a field that has the focus is left, too, when the dialog is destroyed
            self.left.emit(name)

    def show_form(self, form: FormState | None) -> None:
        """Show this form over the window; None closes the dialog."""
        if form is None:
            self.hide()
            return
        with self._focus.keep():
            self._show_parts(form)
        if not self.isVisible():
            self.open()
            first = self.amount if form.amount else self.reason
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            first.line.selectAll()

    def _show_parts(self, form: FormState) -> None:
        set_title(self, form.title)
        self.setAccessibleName(form.title)
        self.title.setText(form.title)
        self.text.setText(form.text)
        self.causes.show_alerts(form.causes, (), ())
        self.notice.show_alerts((form.notice,) if form.notice else (), (), (), "waiting")
        self.show_latest.setVisible(bool(form.notice))
        self._show_amount(form.amount)
        self.reason.show_placeholder(form.example)
        self.reason.show_text(form.reason)
        self.reason.show_error(form.reason_error)
        self.problem.show_text(form.problem)
        self._show_answers(form)

    def _resting_place(self) -> QWidget:
        """Where the keyboard goes when its control cannot be used any more: never to an answer."""
        return self.reason.line if self.reason.line.isEnabled() else self

    def reject(self) -> None:
        """Escape, the cross and the second button only request closing: a form being sent stays open."""
        if self.no.isEnabled():
            self.close_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter moves to the next field, then to the answer; it presses a button only when that has the focus.

        It never moves to the answer that makes a payment paid.
        """
        focused = self.focusWidget()
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif focused is self.amount.line:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        elif focused is self.reason.line and self.yes.isEnabled():
            self.yes.setFocus(Qt.FocusReason.OtherFocusReason)
        elif isinstance(focused, PlainButton):
            focused.click()

    def _show_amount(self, amount: AmountInput | None) -> None:
        for part in (self.amount, self.rest, *self.chips):
            part.setVisible(amount is not None)
        if amount is None:
            return
        self.rest.setText(amount.rest)
        self.amount.show_text(amount.text)
        self.amount.show_error(amount.error)
        self._sums = tuple(raw for _word, raw in amount.chips)
        for index, chip in enumerate(self.chips):
            word = amount.chips[index][0] if index < len(amount.chips) else ""
            chip.setText(word)
            chip.setAccessibleName(word)
            chip.setVisible(bool(word))

    def _show_answers(self, form: FormState) -> None:
        kind = "danger" if form.danger else "primary"
        restyle(self.yes, kind="plain" if form.confirm else kind)
        self.confirm.setVisible(bool(form.confirm))
        for answer, word in ((self.yes, form.yes), (self.confirm, form.confirm)):
            answer.setText(word)
            answer.setAccessibleName(word)
            answer.setEnabled(form.can_send)
        self.no.setText(form.stop or self._cancel)
        self.no.setAccessibleName(self.no.text())
        self.no.setEnabled(not form.sending or bool(form.stop))
        for part in (self.show_latest, self.amount, self.reason, *self.chips):
            part.setEnabled(not form.sending)

    def _use_suggested_amount(self, index: int) -> None:
        self.edited.emit("amount", self._sums[index])
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)
        self.amount.line.selectAll()  # a digit takes the place of the sum, as at the till

    def _send(self) -> None:
        if self.yes.isEnabled():
            self.send_requested.emit()
