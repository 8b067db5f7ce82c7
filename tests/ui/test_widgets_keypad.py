"""The keypad: every key reports itself, none takes the focus, all are large enough for a finger."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.money.keypad import KEYS, Keypad
from tests.ui.keyboard import has_keyboard

NAMES = {",": "comma", "back": "delete the last digit"}


@pytest.fixture
def keypad(qtbot: QtBot, theme: Theme) -> Keypad:
    made = Keypad(theme, NAMES)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize("key", KEYS)
def test_a_click_tells_the_key_once(qtbot: QtBot, keypad: Keypad, key: str) -> None:
    emitted: list[str] = []
    keypad.pressed.connect(emitted.append)
    qtbot.mouseClick(keypad.key(key), Qt.MouseButton.LeftButton)
    assert emitted == [key]


def test_the_keys_lie_as_on_a_keyboard(keypad: Keypad) -> None:
    places = sorted(KEYS, key=lambda key: (keypad.key(key).y(), keypad.key(key).x()))
    assert places == ["7", "8", "9", "4", "5", "6", "1", "2", "3", ",", "0", "back"]


@pytest.mark.parametrize("size", [(200, 270), (500, 600)])
def test_keys_are_large_and_grow_with_the_window(keypad: Keypad, size: tuple[int, int]) -> None:
    keypad.resize(*size)
    sizes = [keypad.key(key).size() for key in KEYS]
    assert min(size.height() for size in sizes) >= 64
    assert max(size.height() for size in sizes) - min(size.height() for size in sizes) <= 1
    assert max(size.width() for size in sizes) - min(size.width() for size in sizes) <= 1
    assert keypad.key("7").height() >= (keypad.height() - 3 * 8) // 4


def test_the_focus_stays_where_it_is(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    line, keypad = QLineEdit(window), Keypad(theme, NAMES, window)
    column.addWidget(line)
    column.addWidget(keypad)
    window.show()
    line.setFocus()
    assert has_keyboard(line)
    qtbot.mouseClick(keypad.key("5"), Qt.MouseButton.LeftButton)
    assert has_keyboard(line)


def test_holding_backspace_repeats_and_digits_do_not(keypad: Keypad) -> None:
    assert [key for key in KEYS if keypad.key(key).autoRepeat()] == ["back"]


def test_every_key_has_a_name(keypad: Keypad) -> None:
    assert keypad.key("7").accessibleName() == "7"
    assert keypad.key(",").accessibleName() == "comma"
    assert keypad.key("back").accessibleName() == "delete the last digit"
    assert keypad.key("back").text() == ""
    assert not keypad.key("back").icon().isNull()
