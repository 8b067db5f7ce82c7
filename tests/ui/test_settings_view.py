"""The settings view: how states are shown, and which signals input emits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.i18n.texts import Texts
from app.ui.pages.settings.state import (
    CheckItem,
    Checklist,
    Choice,
    FieldKind,
    FieldState,
    KeyAction,
    KeyPairState,
    Note,
    PageMode,
    SectionState,
    SectionTab,
    SettingsState,
)
from app.ui.pages.settings.view import SettingsPage
from app.ui.pages.settings.widgets.checklist_box import ChecklistBox, StepButton
from app.ui.pages.settings.widgets.editors import (
    ChoiceEditor,
    FileEditor,
    FlagEditor,
    LineEditor,
    LinesEditor,
    SuggestEditor,
)
from app.ui.pages.settings.widgets.form import SectionForm
from app.ui.pages.settings.widgets.key_pair_box import KeyPairBox
from app.ui.pages.settings.widgets.notes import Notes
from app.ui.theme import Theme
from tests.ui.keyboard import has_keyboard

TABS = (SectionTab("shop", "Shop", "shop"), SectionTab("operator", "Operator", "link", unsaved=True))
LANGUAGES = (Choice("uk", "Українська"), Choice("en", "English"))
ZONES = (Choice("Europe/Kyiv", "Europe/Kyiv"), Choice("UTC", "UTC"))
FIELDS = (
    FieldState("name", FieldKind.TEXT, "Shop name", hint="Shown above.", value="Corner"),
    FieldState("port", FieldKind.NUMBER, "Port", value="8733", unit="seconds"),
    FieldState("token", FieldKind.PASSWORD, "Token", placeholder="Saved."),
    FieldState("locale", FieldKind.CHOICE, "Payer's language", value="en", choices=LANGUAGES, heading="Words"),
    FieldState("zone", FieldKind.SUGGEST, "Time zone", value="Europe/Kyiv", choices=ZONES),
    FieldState("sound", FieldKind.FLAG, "Sound", value="true", warning="Loud."),
    FieldState("file", FieldKind.FILE, "Key file", value="key.pem"),
    FieldState("senders", FieldKind.LINES, "Allowed senders", value="10.0.0.1"),
    FieldState("url", FieldKind.TEXT, "Address", visible=False),
)
SHOP = SectionState("shop", "Shop", fields=FIELDS)


def shown(section: SectionState = SHOP) -> SettingsState:
    return SettingsState(PageMode.FORM, tabs=TABS, section=section)


def with_field(key: str, **changes: object) -> SectionState:
    fields = tuple(replace(field, **changes) if field.key == key else field for field in FIELDS)  # type: ignore[arg-type]
    return replace(SHOP, fields=fields)


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> SettingsPage:
    made = SettingsPage(theme, Texts("en"))
    qtbot.addWidget(made)
    made.resize(932, 640)
    made.show_state(shown())
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def form(page: SettingsPage) -> SectionForm:
    return page.form("shop")


def button(owner: QWidget, word: str) -> QPushButton:
    found = [one for one in owner.findChildren(QPushButton) if one.text() == word]
    assert len(found) == 1, word
    return found[0]


def line(form: SectionForm, key: str) -> QLineEdit:
    editor = form.row(key).editor
    assert isinstance(editor, LineEditor)
    return editor.line


def test_every_kind_shows_its_value(form: SectionForm) -> None:
    assert line(form, "name").text() == "Corner"
    assert line(form, "token").echoMode() is QLineEdit.EchoMode.Password
    assert (line(form, "token").text(), line(form, "token").placeholderText()) == ("", "Saved.")
    choice, zone, flag, senders = (form.row(key).editor for key in ("locale", "zone", "sound", "senders"))
    assert isinstance(choice, ChoiceEditor)
    assert choice.combo.currentText() == "English"
    assert isinstance(zone, SuggestEditor)
    assert zone.combo.currentText() == "Europe/Kyiv"
    assert isinstance(flag, FlagEditor)
    assert flag.box.isChecked()
    assert isinstance(senders, LinesEditor)
    assert senders.box.toPlainText() == "10.0.0.1"
    assert form.row("url").isHidden()
    assert (form.row("name").hint(), form.row("sound").warning()) == ("Shown above.", "Loud.")


def test_showing_a_state_tells_nothing(page: SettingsPage, qtbot: QtBot) -> None:
    others = tuple(replace(field, value="UTC" if field.key == "zone" else "") for field in FIELDS)
    with qtbot.assertNotEmitted(page.edited):
        page.show_state(shown(replace(SHOP, fields=others)))
        page.show_state(shown())


def test_typing_tells_key_and_text(page: SettingsPage, form: SectionForm, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.edited) as emitted:
        qtbot.keyClicks(line(form, "name"), "s")
    assert emitted.args == ["name", "Corners"]
    senders = form.row("senders").editor.control()
    with qtbot.waitSignal(page.edited) as emitted:
        qtbot.keyClicks(senders, "1")
    assert emitted.args == ["senders", "110.0.0.1"]


def test_choices_and_flags_tell_what_is_stored(page: SettingsPage, form: SectionForm, qtbot: QtBot) -> None:
    choice, zone = form.row("locale").editor, form.row("zone").editor
    assert isinstance(choice, ChoiceEditor)
    assert isinstance(zone, SuggestEditor)
    with qtbot.waitSignal(page.edited) as emitted:
        qtbot.keyClick(choice.combo, Qt.Key.Key_Up)
    assert emitted.args == ["locale", "uk"]
    with qtbot.waitSignal(page.edited) as emitted:
        zone.line.selectAll()
        qtbot.keyClicks(zone.line, "U")
    assert emitted.args[0] == "zone"
    with qtbot.waitSignal(page.edited) as emitted:
        qtbot.keyClick(form.row("sound").editor.control(), Qt.Key.Key_Space)
    assert emitted.args == ["sound", "false"]


def test_a_suggestion_that_is_picked_is_reported(page: SettingsPage, form: SectionForm, qtbot: QtBot) -> None:
    zone = form.row("zone").editor
    assert isinstance(zone, SuggestEditor)
    with qtbot.waitSignal(page.edited) as emitted:
        zone.combo.setCurrentIndex(1)
    assert emitted.args == ["zone", "UTC"]


def test_the_cursor_stays_where_it_is_typed(page: SettingsPage, form: SectionForm, qtbot: QtBot) -> None:
    def echo(key: str, text: str) -> None:
        page.show_state(shown(with_field(key, value=text)))

    page.edited.connect(echo)
    name = line(form, "name")
    name.setFocus()
    name.setCursorPosition(2)
    qtbot.keyClicks(name, "xy")
    assert (name.text(), name.cursorPosition(), has_keyboard(name)) == ("Coxyrner", 4, True)
    page.edited.disconnect(echo)


def test_the_file_button_asks_for_its_key(page: SettingsPage, form: SectionForm, qtbot: QtBot) -> None:
    editor = form.row("file").editor
    assert isinstance(editor, FileEditor)
    with qtbot.waitSignal(page.file_requested) as emitted:
        qtbot.mouseClick(editor.choose, Qt.MouseButton.LeftButton)
    assert emitted.args == ["file"]


def test_the_wheel_scrolls_and_changes_nothing(page: SettingsPage, form: SectionForm, qtbot: QtBot) -> None:
    combo = form.row("locale").editor.control()
    combo.setFocus()
    where = QPointF(combo.rect().center())
    turn = QWheelEvent(
        where, combo.mapToGlobal(where), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    with qtbot.assertNotEmitted(page.edited):
        QApplication.sendEvent(combo, turn)
    assert not turn.isAccepted()


def test_save_and_undo_only_when_something_changed(page: SettingsPage, form: SectionForm, qtbot: QtBot) -> None:
    save, undo = button(page, "Save"), button(page, "Undo")
    assert not save.isEnabled()
    assert not undo.isEnabled()
    with qtbot.assertNotEmitted(page.save_requested):
        qtbot.keyClick(line(form, "name"), Qt.Key.Key_Return)
    page.show_state(shown(replace(SHOP, changed=True)))
    for gesture in (save.click, lambda: qtbot.keyClick(line(form, "name"), Qt.Key.Key_Return)):
        with qtbot.waitSignal(page.save_requested):
            gesture()
    with qtbot.waitSignal(page.undo_requested):
        undo.click()
    page.show_state(shown(replace(SHOP, changed=True, saving=True)))
    assert not save.isEnabled()


def test_a_section_of_instant_choices_has_no_foot_but_tells_problems(page: SettingsPage) -> None:
    page.show_state(shown(replace(SHOP, instant=True)))
    assert not button(page, "Save").isVisible()
    page.show_state(shown(replace(SHOP, instant=True, problem="The disk is full.")))
    assert not button(page, "Save").isVisible()
    assert page.problem() == "The disk is full."


def test_a_new_error_is_brought_into_sight(page: SettingsPage, form: SectionForm, qtbot: QtBot) -> None:
    senders = form.row("senders")
    assert form.verticalScrollBar().maximum() > 0
    form.verticalScrollBar().setValue(0)
    page.show_state(shown(with_field("senders", error="Wrong.")))
    assert (senders.error(), has_keyboard(senders.editor.control())) == ("Wrong.", True)

    def in_sight() -> bool:
        top = senders.mapTo(form.viewport(), QPoint(0, 0)).y()
        return top >= 0 and top + senders.height() <= form.viewport().height()

    qtbot.waitUntil(in_sight)
    line(form, "name").setFocus()
    page.show_state(shown(with_field("senders", error="Wrong.", value="x")))
    assert has_keyboard(line(form, "name")), "an error that is known takes the focus from nobody"


def test_sections_are_opened_and_marked(page: SettingsPage, qtbot: QtBot) -> None:
    shop, operator = page.section_button("shop"), page.section_button("operator")
    assert (shop.isChecked(), operator.isChecked()) == (True, False)
    assert (shop.is_unsaved(), operator.is_unsaved()) == (False, True)
    assert operator.accessibleDescription() == "Not saved yet"
    with qtbot.waitSignal(page.section_requested) as emitted:
        qtbot.mouseClick(operator, Qt.MouseButton.LeftButton)
    assert emitted.args == ["operator"]
    page.show_state(shown(SectionState("operator", "Operator")))
    assert (shop.isChecked(), operator.isChecked()) == (False, True)


def test_notes_checklist_and_no_key_yet(page: SettingsPage, qtbot: QtBot) -> None:
    steps = Checklist("Missing", (CheckItem("Token", True), CheckItem("Key", False), CheckItem("Sent", None)))
    note = Note("This is the demo.", "waiting", "info")
    section = SectionState("operator", "Operator", (note,), steps, KeyPairState("Why."))
    page.show_state(shown(section))
    form = page.form("operator")
    assert form.findChildren(Notes)[0].texts() == ["This is the demo."]
    assert form.findChildren(ChecklistBox)[0].texts() == ["Token: done", "Key: not yet", "Sent"]
    for word, action in (("Make a key pair", KeyAction.MAKE), ("Import…", KeyAction.IMPORT)):
        with qtbot.waitSignal(page.key_action_requested) as emitted:
            button(form, word).click()
        assert emitted.args == [action]
    assert not button(form, "Copy public key").isVisible()
    page.show_state(shown(replace(section, notes=(), keys=KeyPairState(busy=True, problem="Bad key."))))
    assert form.findChildren(Notes)[0].texts() == []
    assert not button(form, "Make a key pair").isEnabled()


def test_a_step_of_the_checklist_leads_to_its_field(page: SettingsPage, qtbot: QtBot) -> None:
    steps = Checklist(
        "Missing",
        (CheckItem("Make keys", False, "keys"), CheckItem("Enter the token", True, "token")),
        "Check connection",
    )
    section = SectionState("operator", "Operator", checklist=steps, keys=KeyPairState("Why."), fields=(FIELDS[0],))
    page.show_state(shown(section))
    form = page.form("operator")
    for step, field in zip(form.findChildren(StepButton), ("keys", "token"), strict=True):
        with qtbot.waitSignal(page.field_requested) as emitted:
            qtbot.mouseClick(step, Qt.MouseButton.LeftButton)
        assert emitted.args == [field]
    page.show_state(shown(replace(section, focus="keys")))
    assert button(form, "Make a key pair").hasFocus()
    page.show_state(shown(replace(section, keys=KeyPairState("Why.", "aa bb"), focus="")))
    page.show_state(shown(replace(section, keys=KeyPairState("Why.", "aa bb"), focus="keys")))
    assert button(form, "Copy public key").hasFocus()


def test_the_connection_is_checked_and_answered_in_the_checklist(page: SettingsPage, qtbot: QtBot) -> None:
    steps = Checklist("Missing", (CheckItem("Enter the token", False, "token"),), "Check connection")
    page.show_state(shown(SectionState("operator", "Operator", checklist=steps)))
    box = page.form("operator").findChildren(ChecklistBox)[0]
    assert box.answer.texts() == []
    with qtbot.waitSignal(page.connection_check_requested):
        qtbot.mouseClick(button(box, "Check connection"), Qt.MouseButton.LeftButton)
    answered = replace(
        steps, check="Check connection", answer=Note("The operator does not answer.", "failed", "warning")
    )
    page.show_state(shown(SectionState("operator", "Operator", checklist=answered)))
    assert box.answer.texts() == ["The operator does not answer."]


def test_a_key_pair_is_shown_and_handed_out(page: SettingsPage, qtbot: QtBot) -> None:
    page.show_state(
        shown(SectionState("operator", "Operator", keys=KeyPairState("Why.", "aa bb", "Here.", "Careful.")))
    )
    form = page.form("operator")
    words = (("Copy public key", KeyAction.COPY), ("Save public key…", KeyAction.SAVE), ("Import…", KeyAction.IMPORT))
    for word, action in words:
        with qtbot.waitSignal(page.key_action_requested) as emitted:
            button(form, word).click()
        assert emitted.args == [action]
    assert not button(form, "Make a key pair").isVisible()
    assert button(form, "Import…").isVisible()
    assert form.findChildren(KeyPairBox)[0].fingerprint() == "aa bb"


def test_loading_and_problems_have_modes_of_their_own(page: SettingsPage, qtbot: QtBot) -> None:
    page.show_state(SettingsState(tabs=TABS))
    assert not button(page, "Save").isVisible()
    assert not page.section_button("shop").isEnabled()
    page.show_state(SettingsState(PageMode.PROBLEM, "The disk is full.", can_retry=True, tabs=TABS))
    with qtbot.waitSignal(page.reload_requested):
        button(page, "Try again").click()


def test_all_words_are_those_of_the_language_it_was_built_in(qtbot: QtBot, theme: Theme) -> None:
    class UppercaseTexts(Texts):
        def say(self, sentence: str, /, **values: object) -> str:
            return super().say(sentence, **values).upper()

    page = SettingsPage(theme, UppercaseTexts("en"))
    qtbot.addWidget(page)
    steps = Checklist("MISSING", (CheckItem("TOKEN", True), CheckItem("KEY", False)))
    page.show_state(shown(replace(SHOP, keys=KeyPairState(), checklist=steps)))
    form = page.form("shop")
    assert button(page, "SAVE").accessibleName() == "SAVE"
    assert button(page, "UNDO").accessibleName() == "UNDO"
    assert button(form, "IMPORT…").accessibleName() == "IMPORT…"
    assert button(form, "CHOOSE…").accessibleName() == "CHOOSE…"
    assert form.findChildren(ChecklistBox)[0].texts() == ["TOKEN: DONE", "KEY: NOT YET"]


def test_other_choices_leave_the_chosen_one(page: SettingsPage, form: SectionForm) -> None:
    more = (*LANGUAGES, Choice("pl", "Polski"))
    page.show_state(shown(with_field("locale", choices=more)))
    choice = form.row("locale").editor
    assert isinstance(choice, ChoiceEditor)
    assert (choice.combo.currentText(), choice.combo.currentData(), choice.combo.count()) == ("English", "en", 3)


def test_focus_and_place_can_be_found_again_in_a_new_page(page: SettingsPage, qtbot: QtBot, theme: Theme) -> None:
    other = SettingsPage(theme, Texts("uk"))
    qtbot.addWidget(other)
    other.show_state(shown())
    for field in FIELDS:
        control = page.form("shop").row(field.key).editor.control()
        found = other.findChildren(QWidget, control.objectName())
        assert found == [other.form("shop").row(field.key).editor.control()]
    form = page.form("shop")
    assert other.findChildren(SectionForm, form.objectName()) == [other.form("shop")]


def test_every_control_has_a_name_and_room_for_a_finger(page: SettingsPage, form: SectionForm) -> None:
    page.show_state(shown(replace(SHOP, keys=KeyPairState())))
    for field in FIELDS:
        control = form.row(field.key).editor.control()
        assert control.accessibleName() == field.label
        if field.visible:
            assert control.height() >= 44, field.key
    for one in page.findChildren(QPushButton):
        if one.isVisible():
            assert one.accessibleName()
            assert one.height() >= 44, one.text()


@pytest.mark.parametrize("width", [932, 1274])
def test_nothing_is_wider_than_the_page(page: SettingsPage, form: SectionForm, width: int) -> None:
    long = " ".join(["дуже довге пояснення"] * 12)
    fields = tuple(replace(field, hint=long, warning=long, error=long) for field in FIELDS)
    page.show_state(shown(replace(SHOP, fields=fields, problem=long, changed=True)))
    page.resize(width, 640)
    page.grab()
    assert form.widget().width() <= form.viewport().width()
    assert form.row("name").width() <= 640
