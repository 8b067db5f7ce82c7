"""The big sum: typing, correcting, pasting, the keypad, and type that shrinks rather than being cut."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.money.amount import CURSOR_ROOM, SIGN_GAP, AmountField
from app.ui.widgets.money.amount_edit import AmountEdit


@pytest.fixture
def field(qtbot: QtBot, theme: Theme) -> AmountField:
    made = AmountField(theme, "Sum to pay")
    qtbot.addWidget(made)
    made.resize(420, made.sizeHint().height())
    made.show()
    qtbot.waitExposed(made)
    return made


def edit_of(field: AmountField) -> AmountEdit:
    found = field.findChild(AmountEdit)
    assert isinstance(found, AmountEdit)
    return found


def shown(field: AmountField) -> str:
    return edit_of(field).text().replace("\u00a0", " ")


def test_typing_groups_thousands_and_tells_the_raw_sum(qtbot: QtBot, field: AmountField) -> None:
    emitted: list[str] = []
    field.changed.connect(emitted.append)
    qtbot.keyClicks(edit_of(field), "1250,5")
    assert shown(field) == "1 250,5"
    assert field.text() == "1250,5"
    assert emitted == ["1", "12", "125", "1250", "1250,", "1250,5"]
    assert edit_of(field).cursorPosition() == 7


def test_a_point_becomes_a_comma(qtbot: QtBot, field: AmountField) -> None:
    qtbot.keyClicks(edit_of(field), ".5")
    assert field.text() == "0,5"


def test_nine_digits_and_three_decimals_are_the_limit(qtbot: QtBot, field: AmountField) -> None:
    qtbot.keyClicks(edit_of(field), "1234567899,87654")
    assert shown(field) == "123 456 789,876"


def test_anything_else_is_not_taken(qtbot: QtBot, field: AmountField) -> None:
    qtbot.keyClicks(edit_of(field), "a1-2e,,5 ")
    assert field.text() == "12,5"


def test_a_refused_key_leaves_the_cursor(qtbot: QtBot, field: AmountField) -> None:
    field.show_text("1250,5")
    edit_of(field).setCursorPosition(3)
    qtbot.keyClicks(edit_of(field), ",x")
    assert (shown(field), edit_of(field).cursorPosition()) == ("1 250,5", 3)


@pytest.mark.parametrize(
    ("cursor", "key", "left", "after"),
    [
        (3, Qt.Key.Key_Backspace, "150,5", 1),
        (2, Qt.Key.Key_Backspace, "250,5", 0),
        (1, Qt.Key.Key_Backspace, "250,5", 0),
        (1, Qt.Key.Key_Delete, "150,5", 1),
        (2, Qt.Key.Key_Delete, "150,5", 1),
        (6, Qt.Key.Key_Backspace, "12 505", 5),
        (0, Qt.Key.Key_Backspace, "1 250,5", 0),
        (7, Qt.Key.Key_Delete, "1 250,5", 7),
    ],
)
def test_deleting_in_the_middle(
    qtbot: QtBot, field: AmountField, cursor: int, key: Qt.Key, left: str, after: int
) -> None:
    field.show_text("1250,5")
    edit_of(field).setCursorPosition(cursor)
    qtbot.keyClick(edit_of(field), key)
    assert (shown(field), edit_of(field).cursorPosition()) == (left, after)


def test_typing_in_the_middle_keeps_the_cursor_behind_the_digit(qtbot: QtBot, field: AmountField) -> None:
    field.show_text("1250,5")
    edit_of(field).setCursorPosition(1)
    qtbot.keyClicks(edit_of(field), "99")
    assert (shown(field), edit_of(field).cursorPosition()) == ("199 250,5", 3)


def test_typing_over_a_selection(qtbot: QtBot, field: AmountField) -> None:
    field.show_text("1250,5")
    edit_of(field).selectAll()
    qtbot.keyClicks(edit_of(field), "7")
    assert field.text() == "7"


@pytest.mark.parametrize(
    ("text", "raw"), [("1 250,00 ₴", "1250,00"), ("1,250.00", "1250,00"), ("call me", "5"), ("0", "0")]
)
def test_pasting_over_everything(field: AmountField, text: str, raw: str) -> None:
    field.show_text("5")
    edit_of(field).selectAll()
    QGuiApplication.clipboard().setText(text)
    edit_of(field).paste()
    assert field.text() == raw


def test_the_keypad_types_and_takes_back(field: AmountField) -> None:
    emitted: list[str] = []
    field.changed.connect(emitted.append)
    for key in ("1", "2", "3", "4", ",", "5", "back", "back", "back"):
        field.press(key)
    assert shown(field) == "123"
    assert emitted[-4:] == ["1234,5", "1234,", "1234", "123"]


def test_the_keypad_takes_back_nothing_from_an_empty_field(field: AmountField) -> None:
    field.press("back")
    assert field.text() == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.parametrize("typed", ["", "12"])
def test_enter_submits_whatever_is_there(qtbot: QtBot, field: AmountField, key: Qt.Key, typed: str) -> None:
    qtbot.keyClicks(edit_of(field), typed)
    with qtbot.waitSignal(field.submitted, timeout=1000):
        qtbot.keyClick(edit_of(field), key)


def test_setters_are_silent(qtbot: QtBot, field: AmountField) -> None:
    with qtbot.assertNotEmitted(field.changed):
        field.show_text("1250,00")
        assert shown(field) == "1 250,00"
        field.clear()
    assert field.text() == ""


def test_showing_the_same_sum_leaves_the_cursor(field: AmountField) -> None:
    field.show_text("1250,5")
    edit_of(field).setCursorPosition(3)
    field.show_text("1250,5")
    assert edit_of(field).cursorPosition() == 3


def test_nonsense_empties_the_field(field: AmountField) -> None:
    field.show_text("12")
    field.show_text("abc")
    assert field.text() == ""


@pytest.mark.parametrize(("fits", "size"), [(52, 52), (51, 40), (40, 40), (39, 32)])
def test_type_shrinks_rather_than_being_cut(field: AmountField, theme: Theme, fits: int, size: int) -> None:
    field.show_text("888888888,88")
    edit = edit_of(field)
    font = theme.font("amount", 700)
    font.setPixelSize(fits)
    field.resize(QFontMetrics(font).horizontalAdvance(edit.text() + "₴") + SIGN_GAP + CURSOR_ROOM + 1, field.height())
    assert edit.font().pixelSize() == size
    assert QFontMetrics(edit.font()).horizontalAdvance(edit.text()) <= edit.width()
    assert edit.geometry().right() <= field.width()


def test_at_its_least_width_the_longest_sum_fits(field: AmountField) -> None:
    field.resize(field.minimumSizeHint())
    field.show_text("888888888,888")
    edit = edit_of(field)
    sign = QFontMetrics(edit.font()).horizontalAdvance("₴")
    assert edit.geometry().right() + sign <= field.width()


def test_the_height_does_not_change_with_the_type(field: AmountField) -> None:
    tall = edit_of(field).height()
    field.show_text("888888888,888")
    field.resize(field.minimumSizeHint())
    assert edit_of(field).height() == tall


def test_the_field_gives_its_focus_and_name_to_the_line(field: AmountField) -> None:
    assert field.focusProxy() is edit_of(field)
    assert edit_of(field).accessibleName() == "Sum to pay"


def test_a_click_beside_the_sum_goes_to_its_end(qtbot: QtBot, field: AmountField) -> None:
    field.show_text("12")
    edit_of(field).setCursorPosition(0)
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton, pos=field.rect().center())
    assert edit_of(field).cursorPosition() == 2


def test_empty_is_muted_and_the_theme_is_followed(field: AmountField, dark: Theme) -> None:
    assert edit_of(field).placeholderText() == "0,00"
    picture = field.grab().toImage()
    inks = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(0, picture.height(), 2)}
    assert dark.colour("muted").name() in inks
    assert dark.colour("text").name() not in inks
    field.show_text("8")
    picture = field.grab().toImage()
    inks = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(0, picture.height(), 2)}
    assert dark.colour("text").name() in inks


def test_the_focus_is_seen(qtbot: QtBot, field: AmountField, theme: Theme) -> None:
    accent = theme.colour("accent")
    lowest = field.height() - 1
    edit_of(field).clearFocus()
    assert field.grab().toImage().pixelColor(40, lowest) != accent
    field.activateWindow()
    field.setFocus()
    qtbot.waitUntil(edit_of(field).hasFocus, timeout=2000)
    assert field.grab().toImage().pixelColor(40, lowest) == accent
