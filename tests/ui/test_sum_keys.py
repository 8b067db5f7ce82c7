"""The keys of comma and point in the plain lines that hold sums: the refund's, and those of the settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.i18n.texts import Texts
from app.ui.drawer.state import AmountInput, FormState
from app.ui.drawer.widgets.form_dialog import FormDialog
from app.ui.pages.settings.fields import SPECS
from app.ui.pages.settings.state import FieldKind, FieldState
from app.ui.pages.settings.widgets.editors import EDITORS, LineEditor
from app.ui.theme import Theme

FORM = FormState(
    title="Refund", text="", yes="Refund", example="", reason="", danger=True, can_send=False,
    amount=AmountInput("125,50", "", "", (("24,50 ₴", "24,50"),)),
)  # fmt: skip


def type_text(line: QLineEdit, text: str, place: int = 0, held: Qt.KeyboardModifier | None = None) -> None:
    for sign in text:
        modifiers = held or Qt.KeyboardModifier.NoModifier
        QGuiApplication.sendEvent(line, QKeyEvent(QEvent.Type.KeyPress, 0, modifiers, place, 0, 0, sign))


@pytest.fixture
def dialog(qtbot: QtBot, window: QWidget, theme: Theme) -> FormDialog:
    made = FormDialog(theme, Texts("en"), window)
    made.show_form(FORM)
    return made


def setting_line(window: QWidget, theme: Theme, key: str) -> QLineEdit:
    kind = SPECS[key].kind
    editor = EDITORS[kind](theme, Texts("en"), window)
    editor.show_field(FieldState(key, kind, key))
    assert isinstance(editor, LineEditor)
    return editor.line


@pytest.mark.parametrize(("typed", "shown"), [("7б5", "7,5"), ("7Ю5", "7.5"), ("7.5", "7.5"), ("45+30", "45+30")])
def test_in_the_refund_nothing_vanishes_and_the_key_is_a_mark(dialog: FormDialog, typed: str, shown: str) -> None:
    told: list[str] = []
    dialog.edited.connect(lambda field, text: told.append(text))
    type_text(dialog.amount.line, typed)  # over the suggested sum, which is selected
    assert dialog.amount.text() == shown
    assert told[-1] == shown


def test_a_digit_after_a_suggested_refund_takes_its_place(qtbot: QtBot, dialog: FormDialog) -> None:
    def take(field: str, text: str) -> None:
        if field == "amount":
            dialog.show_form(replace(FORM, amount=AmountInput(text, "", "", (("24,50 ₴", "24,50"),))))

    dialog.edited.connect(take)
    dialog.chips[0].click()
    assert dialog.amount.line.selectedText() == "24,50"
    qtbot.keyClicks(dialog.amount.line, "7")
    assert dialog.amount.text() == "7"


@pytest.mark.parametrize("key", ["till.max_amount_minor", "till.presets"])
def test_the_sums_of_the_settings_know_the_keys(window: QWidget, theme: Theme, key: str) -> None:
    line = setting_line(window, theme, key)
    type_text(line, "12ю50, 7б5")
    assert line.text() == "12.50, 7,5"
    line.clear()
    type_text(line, "7")
    type_text(line, "ת", place=60)
    event = QInputMethodEvent()
    event.setCommitString("б")
    QGuiApplication.sendEvent(line, event)
    assert line.text() == "7.,"


def test_a_word_is_typed_as_it_is(window: QWidget, theme: Theme) -> None:
    line = setting_line(window, theme, "shop.name")
    type_text(line, "Любов")
    assert line.text() == "Любов"
    assert SPECS["shop.terminal_id"].kind is FieldKind.NUMBER
    line = setting_line(window, theme, "shop.terminal_id")
    type_text(line, "1б")
    assert line.text() == "1б"


def test_a_command_is_no_sign(dialog: FormDialog) -> None:
    type_text(dialog.amount.line, "б", held=Qt.KeyboardModifier.ControlModifier)
    assert dialog.amount.text() == "125,50"
