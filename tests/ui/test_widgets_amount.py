"""The amount field: typing, correcting, pasting, the keypad, and a font that shrinks so that no digit is cut."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QInputMethodEvent, QKeyEvent
from pytestqt.qtbot import QtBot

from app.domain.errors import AmountNotNumber
from app.domain.money import parse_amount
from app.ui.theme import Theme
from app.ui.widgets.money.amount import CURSOR_ROOM, SIGN_GAP, AmountField
from app.ui.widgets.money.amount_edit import AmountEdit
from app.ui.widgets.money.amount_text import grouped


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


def type_text(field: AmountField, text: str, place: int = 0) -> None:
    """Type signs that no key of an English layout writes; `place`: the native code of the key."""
    none = Qt.KeyboardModifier.NoModifier
    for sign in text:
        QGuiApplication.sendEvent(edit_of(field), QKeyEvent(QEvent.Type.KeyPress, 0, none, place, 0, 0, sign))


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


@pytest.mark.parametrize("key", ["б", "ю", "Б", "Ю", ".", ",", "٫"])
def test_the_key_of_comma_or_point_parts_the_kopecks_in_any_layout(field: AmountField, key: str) -> None:
    type_text(field, f"125{key}50")
    assert field.text() == "125,50"


@pytest.mark.parametrize(("place", "text"), [(59, "ת"), (60, "ץ"), (59, "w"), (91, "ж")])
def test_a_key_is_known_by_its_place(field: AmountField, place: int, text: str) -> None:
    for sign, code in (("7", 16), (text, place), ("5", 14)):
        type_text(field, sign, code)
    assert field.text() == "7,5"


def test_a_letter_of_an_input_method_is_its_key(field: AmountField) -> None:
    field.show_text("7")
    for committed in ("б", "5"):
        event = QInputMethodEvent()
        event.setCommitString(committed)
        QGuiApplication.sendEvent(edit_of(field), event)
    assert field.text() == "7,5"


@pytest.mark.parametrize("typed", ["45+30", "45 30", "45-30", "45=30", "45:30", "45*3", "a1", "12,5,", "45\u00a030"])
def test_no_key_vanishes_so_that_the_sum_would_be_another(field: AmountField, typed: str) -> None:
    type_text(field, typed)
    assert field.text() == typed.replace("\u00a0", " ")
    with pytest.raises(AmountNotNumber):
        parse_amount(field.text())


def test_thousands_may_be_typed(qtbot: QtBot, field: AmountField) -> None:
    qtbot.keyClicks(edit_of(field), "1 250,5")
    assert parse_amount(field.text()) == 125050


@pytest.mark.parametrize(
    "text",
    [
        "1.250,00",
        "1,250.00",
        "12.500,5",
        "1'250,50",
        "1.250.000",
        "1,250,000",
        "1.250.000,5",
        "1 250,00",
        "1.250",
        "1,5",
    ],
)
def test_what_is_typed_means_what_it_means_pasted(qtbot: QtBot, field: AmountField, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    edit_of(field).paste()
    pasted = field.text()
    field.clear()
    type_text(field, text)
    assert (field.text(), shown(field)) == (pasted, grouped(pasted).replace("\u00a0", " "))


@pytest.mark.parametrize(
    "typed", ["20.500.0", "1.250,", "1,250,00", "1.25,00", "12.5.", "1.250,00.", "1.250.00", "0.250,00"]
)
def test_what_is_no_sum_pasted_is_none_typed(field: AmountField, typed: str) -> None:
    type_text(field, typed)
    assert field.text().count(",") + field.text().count(".") > 1


@pytest.mark.parametrize("typed", ["20 5000", "20'5000,0", "1'15 00"])
def test_a_digit_too_many_makes_no_other_sum_of_typed_thousands(field: AmountField, typed: str) -> None:
    type_text(field, typed)
    with pytest.raises(AmountNotNumber):
        parse_amount(field.text())


def test_a_mark_that_was_taken_back_parts_no_thousands(qtbot: QtBot, field: AmountField) -> None:
    type_text(field, "1.250")
    qtbot.keyClick(edit_of(field), Qt.Key.Key_Backspace)
    type_text(field, "0,00")
    assert field.text() == "1,250,00"
    field.show_text("1,250")
    edit_of(field).end(False)
    type_text(field, ",00")
    assert field.text() == "1,250,00"


def test_what_was_typed_by_mistake_is_mended_in_place(qtbot: QtBot, field: AmountField) -> None:
    qtbot.keyClicks(edit_of(field), "1250+")
    assert shown(field) == "1 250+"
    qtbot.keyClick(edit_of(field), Qt.Key.Key_Backspace)
    assert (shown(field), field.text()) == ("1 250", "1250")


def test_a_digit_too_many_is_refused_where_one_can_see_it(qtbot: QtBot, field: AmountField) -> None:
    field.show_text("123456789")
    edit_of(field).setCursorPosition(3)
    with qtbot.waitSignal(field.refused, timeout=1000):
        qtbot.keyClicks(edit_of(field), "0")
    assert (shown(field), edit_of(field).cursorPosition()) == ("123 456 789", 3)
    field.show_text("x" * 24)
    with qtbot.waitSignal(field.refused, timeout=1000):
        qtbot.keyClicks(edit_of(field), "x")


def test_a_digit_takes_the_place_of_a_suggested_sum(qtbot: QtBot, field: AmountField) -> None:
    field.show_suggested("200")
    qtbot.keyClicks(edit_of(field), "75")
    assert field.text() == "75"
    field.show_suggested("200")
    field.press("5")
    assert field.text() == "5"


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


PASTED = [
    ("1 250,00 ₴", "1250,00"),
    ("1,234.56", "1234,56"),
    ("1.234,56", "1234,56"),
    ("1,250.00", "1250,00"),
    ("125.50 грн", "125,50"),
    ("₴ 125", "125"),
    ("1\u00a0250\u202f000,5", "1250000,5"),
    ("\u200b12\u00ad5\u202c", "125"),
    ("\uff11\uff12\uff15", "125"),
    ("5 000,00 ₴", "5000,00"),
    ("57", "57"),
    ("0", "0"),
]
NO_SUMS = [
    "call me",
    "-125",
    "\u2212 125",
    "45+30",
    "125 50",
    "125\n50",
    "125, 50",
    "12 грн 50 коп",
    "12грн50",
    "\u202e52",
]
NO_SUMS += ["125.50 125.50", "1 234 567 890", "10.12.2026", "5²", "4111-1111"]


@pytest.mark.parametrize("before", ["", "5", "1250,5", "1 2+", "125"])
@pytest.mark.parametrize(("text", "raw"), PASTED)
def test_pasting_over_everything_is_pasting_into_nothing(field: AmountField, before: str, text: str, raw: str) -> None:
    field.show_text(before)
    edit_of(field).selectAll()
    QGuiApplication.clipboard().setText(text)
    edit_of(field).paste()
    assert field.text() == raw


@pytest.mark.parametrize("before", ["", "5", "1250,5", "125"])
@pytest.mark.parametrize("text", NO_SUMS)
def test_what_is_pasted_and_is_no_sum_is_refused_whole(
    qtbot: QtBot, field: AmountField, before: str, text: str
) -> None:
    field.show_text(before)
    edit_of(field).selectAll()
    QGuiApplication.clipboard().setText(text)
    with qtbot.waitSignal(field.refused, timeout=1000):
        edit_of(field).paste()
    assert field.text() == before


@pytest.mark.parametrize(
    ("cursor", "text", "raw"), [(3, "50", "12550"), (1, " 50\u200b", "15025"), (3, ",50", "125,50"), (0, "1", "1125")]
)
def test_digits_may_be_pasted_into_a_sum(field: AmountField, cursor: int, text: str, raw: str) -> None:
    field.show_text("125")
    edit_of(field).setCursorPosition(cursor)
    QGuiApplication.clipboard().setText(text)
    edit_of(field).paste()
    assert field.text() == raw


@pytest.mark.parametrize("text", ["1,234.56", "12 50", " 250,00 ₴", "-5", "1.5"])
def test_a_whole_sum_pasted_into_another_is_refused(qtbot: QtBot, field: AmountField, text: str) -> None:
    field.show_text("125")
    QGuiApplication.clipboard().setText(text)
    with qtbot.waitSignal(field.refused, timeout=1000):
        edit_of(field).paste()
    assert field.text() == "125"


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


def test_what_is_no_sum_is_shown_as_it_was_typed(field: AmountField) -> None:
    field.show_text("12")
    field.show_text("45+30")
    assert field.text() == "45+30"
    assert edit_of(field).geometry().right() <= field.width()
    field.show_text("1250")
    assert shown(field) == "1 250"


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
