"""Which widget state a view passes on to the one that replaces it; independent of the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel, QTextCursor
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QScrollArea, QTableView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.view_state import restore_view_state, retire, view_state
from tests.ui.keyboard import has_keyboard

Show = Callable[..., QWidget]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Return a function that shows widgets in a column of a new view and keeps a reference to it."""
    views: list[QWidget] = []

    def show(*parts: QWidget) -> QWidget:
        view = QWidget()
        views.append(view)
        qtbot.addWidget(view)
        column = QVBoxLayout(view)
        for part in parts:
            column.addWidget(part)
        view.show()
        qtbot.waitExposed(view)
        return view

    return show


def table_of(*keys: str) -> QTableView:
    table, model = QTableView(), QStandardItemModel()
    model.setParent(table)
    for key in keys:
        item = QStandardItem("cell")
        item.setData(key, Qt.ItemDataRole.UserRole)
        model.appendRow(item)
    table.setModel(model)
    return table


def test_a_selection_backwards_stays_one(show: Show) -> None:
    old, new = QLineEdit("abcdef"), QLineEdit("abcdef")
    view = show(old)
    old.setFocus()
    old.setSelection(4, -3)
    restore_view_state(show(new), view_state(view))
    assert has_keyboard(new)
    assert (new.selectedText(), new.cursorPosition()) == ("bcd", 1)


def test_the_keyboard_finds_the_second_of_two_alike(show: Show) -> None:
    olds, news = [QLineEdit(), QLineEdit()], [QLineEdit(), QLineEdit()]
    view = show(*olds)
    olds[1].setFocus()
    restore_view_state(show(*news), view_state(view))
    assert has_keyboard(news[1])


def test_lines_of_text_keep_their_selection(show: Show) -> None:
    old, new = QPlainTextEdit("one\ntwo\nthree"), QPlainTextEdit("one\ntwo\nthree")
    view = show(old)
    old.setFocus()
    cursor = old.textCursor()
    cursor.setPosition(7)
    cursor.setPosition(4, QTextCursor.MoveMode.KeepAnchor)
    old.setTextCursor(cursor)
    restore_view_state(show(new), view_state(view))
    assert (new.textCursor().selectedText(), new.textCursor().position()) == ("two", 4)


def test_what_was_typed_and_not_told_is_typed_again(qtbot: QtBot, show: Show) -> None:
    old, new = QLineEdit("ab"), QLineEdit("a")
    view, other = show(old), show(new)
    old.setFocus()
    with qtbot.waitSignal(new.textEdited) as emitted:
        restore_view_state(other, view_state(view))
    assert emitted.args == ["ab"]


def test_a_line_that_may_only_be_read_is_not_typed_into(show: Show) -> None:
    old, new = QLineEdit("12:15"), QLineEdit("12:16")
    for line in (old, new):
        line.setReadOnly(True)
    view = show(old)
    old.setFocus()
    restore_view_state(show(new), view_state(view))
    assert new.text() == "12:16"


@pytest.mark.parametrize("is_selected", [True, False])
def test_a_row_is_found_by_its_key(show: Show, is_selected: bool) -> None:
    old, new = table_of("a", "b", "c"), table_of("x", "a", "b")
    view, other = show(old), show(new)
    flags = QItemSelectionModel.SelectionFlag
    command = flags.ClearAndSelect if is_selected else flags.NoUpdate
    old.selectionModel().setCurrentIndex(old.model().index(1, 0), command)
    restore_view_state(other, view_state(view))
    assert new.currentIndex().row() == 2
    assert new.selectionModel().hasSelection() is is_selected


def test_scrolling_stays_both_ways(show: Show) -> None:
    def room() -> QScrollArea:
        area, inside = QScrollArea(), QWidget()
        inside.setFixedSize(5000, 5000)
        area.setWidget(inside)
        return area

    old, new = room(), room()
    view = show(old)
    old.horizontalScrollBar().setValue(70)
    old.verticalScrollBar().setValue(90)
    restore_view_state(show(new), view_state(view))
    assert (new.horizontalScrollBar().value(), new.verticalScrollBar().value()) == (70, 90)


def test_what_is_not_there_any_more_is_passed_over(show: Show) -> None:
    old = QLineEdit("ab")
    view = show(QWidget(), table_of("a"), old)
    old.setFocus()
    other = show(table_of())
    restore_view_state(other, view_state(view))
    assert not other.findChildren(QLineEdit)


def test_a_retired_view_says_nothing_and_takes_its_dialogs_along(qtbot: QtBot, show: Show) -> None:
    line = QLineEdit()
    view = show(line)
    dialog = QDialog(view)
    dialog.open()
    retire(view)
    with qtbot.assertNotEmitted(line.textEdited), qtbot.assertNotEmitted(dialog.finished):
        line.insert("a")
    assert not dialog.isVisible()
