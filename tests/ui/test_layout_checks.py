"""The gallery's layout checks find faults: each kind is made on purpose once."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.money.keypad import Keypad
from app.ui.widgets.text.elided_label import ElidedLabel
from tests.gallery.layout_checks import clipped_texts, layout_overflows, undersized_controls, unnamed_controls

LONG = "A sentence that is far too long for the little room it has been given here"


@pytest.fixture
def room(qtbot: QtBot, theme: Theme) -> QWidget:
    """A window without a layout: its children keep their geometry."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


def put(widget: QWidget, x: int, y: int, width: int, height: int) -> None:
    widget.setGeometry(x, y, width, height)
    widget.show()


def test_a_control_without_a_name(room: QWidget) -> None:
    line = QLineEdit(room)
    put(line, 0, 0, 200, 44)
    assert list(unnamed_controls(room)) == ["QLineEdit “” in the window"]
    line.setAccessibleName("Sum")
    assert list(unnamed_controls(room)) == []


def test_a_cut_line_and_a_cut_word(room: QWidget) -> None:
    label = QLabel(LONG, room)
    put(label, 0, 0, 100, 20)
    assert len(list(clipped_texts(room))) == 1
    label.setWordWrap(True)
    assert "in height" in next(clipped_texts(room))
    label.resize(20, 290)
    assert any("has a word of" in fault for fault in clipped_texts(room))
    label.resize(300, 100)
    assert list(clipped_texts(room)) == []


def test_a_cut_button_and_what_may_shorten_itself(room: QWidget) -> None:
    button, elided = QPushButton(LONG, room), ElidedLabel(room)
    put(button, 0, 0, 100, 44)
    put(elided, 0, 50, 100, 20)
    elided.show_text(LONG)
    assert ["QPushButton" in fault for fault in clipped_texts(room)] == [True]


def test_what_reaches_out_and_what_lies_over(room: QWidget) -> None:
    first, second = QLabel("a", room), QLabel("b", room)
    put(first, 0, 0, 100, 40)
    put(second, 90, 0, 100, 40)
    assert "lies over" in next(layout_overflows(room))
    put(second, 350, 0, 100, 40)
    assert "reaches out" in next(layout_overflows(room))
    put(second, 200, 0, 100, 40)
    assert list(layout_overflows(room)) == []


def test_a_box_that_is_too_small_for_its_parts(room: QWidget) -> None:
    box = QWidget(room)
    QHBoxLayout(box).addWidget(QPushButton(LONG))
    put(box, 0, 0, 100, 80)
    assert any("needs" in fault for fault in layout_overflows(room))


def test_a_control_that_a_finger_misses(room: QWidget, theme: Theme) -> None:
    button, keypad = QToolButton(room), Keypad(theme, {}, room)
    button.setText("Yes")
    put(button, 0, 0, 100, 44)
    put(keypad, 0, 50, 300, 240)
    for key in keypad.findChildren(QPushButton):
        key.setMinimumHeight(0)
    keypad.resize(300, 200)
    assert all("Keypad" in fault for fault in undersized_controls(room))
    assert len(list(undersized_controls(room))) == 12
    button.resize(100, 43)
    assert any("“Yes”" in fault for fault in undersized_controls(room))
