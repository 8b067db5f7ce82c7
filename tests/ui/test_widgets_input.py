"""Fields and buttons: input emits signals, setters emit none, errors are visible and accessible."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.controls.buttons import HintButton, button, icon_button
from app.ui.widgets.controls.field import ERROR_HEIGHT, Field
from app.ui.widgets.text.elided_label import ElidedLabel
from app.ui.widgets.text.plain_text import tooltip_source


@pytest.fixture
def field(qtbot: QtBot, theme: Theme) -> Field:
    made = Field(theme, label="Phone", placeholder="+380 ...")
    qtbot.addWidget(made)
    made.resize(300, made.sizeHint().height())
    made.show()
    qtbot.waitExposed(made)
    return made


def labels_of(field: Field) -> list[str]:
    return [label.text() for label in field.findChildren(QLabel) if label.isVisible() and label.text()]


def test_typing_is_reported_and_enter_submits(qtbot: QtBot, field: Field) -> None:
    emitted: list[str] = []
    field.edited.connect(emitted.append)
    qtbot.keyClicks(field.line, "12")
    assert (emitted, field.text()) == (["1", "12"], "12")
    with qtbot.waitSignal(field.submitted, timeout=1000):
        qtbot.keyClick(field.line, Qt.Key.Key_Return)


def test_showing_a_text_is_silent_and_leaves_the_cursor(qtbot: QtBot, field: Field) -> None:
    with qtbot.assertNotEmitted(field.edited):
        field.show_text("abc")
        field.line.setCursorPosition(1)
        field.show_text("abc")
    assert (field.text(), field.line.cursorPosition()) == ("abc", 1)


def test_words_are_seen_and_heard(field: Field) -> None:
    assert labels_of(field) == ["Phone"]
    assert field.line.placeholderText() == "+380 ..."
    assert field.line.accessibleName() == "Phone"
    field.show_placeholder("e-mail")
    assert field.line.placeholderText() == "e-mail"
    assert field.line.accessibleName() == "Phone"


def test_a_placeholder_alone_is_heard(qtbot: QtBot, theme: Theme) -> None:
    field = Field(theme, placeholder="e-mail")
    qtbot.addWidget(field)
    field.show()
    assert labels_of(field) == []
    assert field.line.accessibleName() == "e-mail"


def test_an_error_is_seen_heard_and_goes(field: Field) -> None:
    field.show_error("This is not a phone number")
    assert labels_of(field) == ["Phone", "This is not a phone number"]
    assert field.line.property("invalid") == "true"
    assert field.line.accessibleDescription() == "This is not a phone number"
    assert field.error() == "This is not a phone number"
    field.show_error(None)
    assert labels_of(field) == ["Phone"]
    assert field.line.property("invalid") == "false"
    assert field.line.accessibleDescription() == ""


def test_the_line_is_high_enough_for_a_finger(field: Field) -> None:
    assert field.line.height() >= 44
    assert field.focusProxy() is field.line


def test_without_a_reserve_the_field_grows(field: Field) -> None:
    before = field.sizeHint().height()
    field.show_error("No")
    assert field.sizeHint().height() > before


def test_a_long_error_is_not_cut_and_the_neighbour_stays_level(qtbot: QtBot, theme: Theme) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    row = QHBoxLayout(page)
    wrong, right = Field(theme, page, label="Phone"), Field(theme, page, label="Phone")
    for field in (wrong, right):
        row.addWidget(field, 1)
    page.resize(300, 400)
    page.show()
    qtbot.waitExposed(page)
    wrong.show_error("This is not a phone number: digits are missing at its end")
    (error,) = [label for label in wrong.findChildren(QLabel) if label.text().startswith("This")]
    qtbot.waitUntil(lambda: error.height() >= error.heightForWidth(error.width()), timeout=2000)
    assert error.heightForWidth(error.width()) > 2 * QFontMetrics(error.font()).height()
    assert wrong.line.geometry().top() == right.line.geometry().top()
    assert error.mapTo(wrong, error.rect().topLeft()).y() >= wrong.line.geometry().bottom()


@pytest.mark.parametrize("text", ["No", "A reason that is far too long for one line of a field " * 3])
def test_with_a_reserve_nothing_jumps(qtbot: QtBot, theme: Theme, text: str) -> None:
    field = Field(theme, label="Phone", reserve_error=True)
    qtbot.addWidget(field)
    field.resize(300, field.sizeHint().height())
    field.show()
    before = (field.sizeHint(), field.minimumSizeHint().width(), field.line.geometry())
    field.show_error(text)
    assert (field.sizeHint().height(), field.minimumSizeHint().width(), field.line.geometry()) == (
        before[0].height(),
        before[1],
        before[2],
    )
    error = field.findChild(ElidedLabel)
    assert isinstance(error, ElidedLabel)
    assert error.parentWidget() is not None
    assert error.parentWidget().height() == ERROR_HEIGHT
    assert field.error() == text
    assert (tooltip_source(error) == text) == (len(text) > 10)
    assert " ".join(error.toolTip().split()) == (text.strip() if len(text) > 10 else "")


def test_a_secret_can_be_hidden(field: Field) -> None:
    field.line.setEchoMode(QLineEdit.EchoMode.Password)
    field.show_text("1234")
    assert field.line.displayText() != "1234"


def test_a_shortened_label_keeps_the_whole(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show_text("A very long sentence\nin two lines")
    assert label.text().endswith("…")
    assert QFontMetrics(label.font()).horizontalAdvance(label.text()) <= 60
    assert label.toolTip() == label.whole_text() == label.accessibleName() == "A very long sentence in two lines"
    label.resize(900, 20)
    label.show_text("A very long sentence in two lines")
    assert (label.text(), label.toolTip()) == ("A very long sentence in two lines", "")


def test_a_button_has_kind_name_icon_and_height(qtbot: QtBot, theme: Theme) -> None:
    made = button(theme, "Copy", "plain", "copy")
    qtbot.addWidget(made)
    assert (made.text(), made.accessibleName(), made.property("kind")) == ("Copy", "Copy", "plain")
    assert not made.icon().isNull()
    assert made.sizeHint().height() >= 44 or made.minimumHeight() >= 44
    made.show_icon("")
    assert made.icon().isNull()
    with qtbot.waitSignal(made.clicked, timeout=1000):
        qtbot.mouseClick(made, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("kind", "role"), [("plain", "text"), ("primary", "on_accent"), ("danger", "failed"), ("quiet", "muted")]
)
def test_an_icon_has_the_colour_of_its_kind_and_follows_the_theme(
    qtbot: QtBot, theme: Theme, dark: Theme, kind: str, role: str
) -> None:
    made = icon_button(theme, "dot", "Check now", kind)
    qtbot.addWidget(made)
    made.resize(44, 44)
    assert made.grab().toImage().pixelColor(22, 22) == dark.colour(role)
    theme.choose("light")
    assert made.grab().toImage().pixelColor(22, 22) == theme.colour(role)
    assert (made.toolTip(), made.accessibleName()) == ("Check now", "Check now")


@pytest.mark.parametrize("icon", ["", "plus"])
@pytest.mark.parametrize("kind", ["primary", "plain"])
def test_a_hint_stands_right_of_the_word_inside_the_button(qtbot: QtBot, theme: Theme, kind: str, icon: str) -> None:
    bare, made = button(theme, "Create link", kind, icon), HintButton(theme, "Create link", "Enter", kind)
    for each in (bare, made):
        qtbot.addWidget(each)
    made.show_icon(icon)
    plain = bare.sizeHint().width()
    hint = QFontMetrics(theme.font("body")).horizontalAdvance("Enter")
    assert made.sizeHint().width() == made.minimumSizeHint().width() == plain + 12 + hint
    assert (made.text(), made.hint()) == ("Create link", "Enter")
    assert (made.accessibleName(), made.accessibleDescription()) == ("Create link", "Enter")
    made.resize(made.sizeHint().width() + 40, 44)
    picture = made.grab().toImage()
    ground = picture.pixelColor(made.width() - 12, 22)
    inked = [x for x in range(6, made.width() - 6) if any(picture.pixelColor(x, y) != ground for y in range(14, 32))]
    assert abs((inked[0] + inked[-1]) / 2 - made.width() / 2) <= 4
    assert inked[-1] - inked[0] > hint + 12


def test_a_hint_button_is_pressed_like_any_other(qtbot: QtBot, theme: Theme) -> None:
    made = HintButton(theme, "New payment", "F2", "primary")
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.clicked, timeout=1000):
        qtbot.mouseClick(made, Qt.MouseButton.LeftButton)
