"""The gallery's layout checks find faults: each kind is made on purpose once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.money.keypad import Keypad
from app.ui.widgets.text.elided_label import ElidedLabel
from tests.gallery.layout_checks import clipped_texts, layout_overflows, undersized_controls, unnamed_controls
from tests.gallery.reach_checks import needs_scrolling, out_of_reach

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


def test_a_control_beyond_the_edge_and_one_that_can_be_scrolled_to(room: QWidget) -> None:
    size = QSize(400, 300)
    button = QPushButton("Save", room)
    put(button, 350, 280, 100, 44)
    assert "shows 50x20 of 100x44" in next(out_of_reach(room, size))
    area, inside = QScrollArea(room), QWidget()
    inside.resize(200, 900)
    button.setParent(inside)
    put(button, 50, 850, 100, 44)
    area.setWidget(inside)
    put(area, 0, 0, 300, 200)
    assert list(out_of_reach(room, size)) == []
    area.verticalScrollBar().setValue(0)
    assert "QPushButton" in next(needs_scrolling(room))
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    assert "has no scroll bar" in next(out_of_reach(room, size))


def test_a_window_larger_than_its_screen(room: QWidget) -> None:
    assert "the screen 300x200" in next(out_of_reach(room, QSize(300, 200)))
    assert list(out_of_reach(room, QSize(400, 300))) == []


def test_a_table_whose_last_column_is_cut(room: QWidget) -> None:
    table = QTableWidget(2, 3, room)
    put(table, 0, 0, 400, 200)
    for column in range(3):
        table.setColumnWidth(column, 150)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    assert "columns of 450 px" in next(out_of_reach(room, QSize(400, 300)))
    table.setColumnWidth(0, 20)
    assert list(out_of_reach(room, QSize(400, 300))) == []
