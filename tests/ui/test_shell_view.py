"""The window around the pages: navigation, texts, banners, chips, keys, help, closing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.i18n.texts import Texts
from app.ui.context import Question
from app.ui.dialogs import QuestionDialog
from app.ui.shell.keys import KEYS, KeysDialog
from app.ui.shell.state import Chip, ShellState
from app.ui.shell.view import MainWindow
from app.ui.theme import Theme

PAGES = (("till", "till", "Till"), ("history", "history", "History"))


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> MainWindow:
    shell = MainWindow(theme, Texts("en"), PAGES)
    qtbot.addWidget(shell)
    shell.add_page("till", QLineEdit())
    shell.add_page("history", QLabel("history"))
    shell.show_page("till")
    with qtbot.waitExposed(shell):
        shell.show()
    return shell


def test_the_first_paint_is_reported_once(qtbot: QtBot, theme: Theme) -> None:
    emitted: list[bool] = []
    shell = MainWindow(theme, Texts("en"), PAGES)
    qtbot.addWidget(shell)
    shell.painted.connect(lambda: emitted.append(True))
    with qtbot.waitSignal(shell.painted):
        shell.show()
    shell.update()
    shell.repaint()
    assert emitted == [True]


def test_one_page_is_in_front(window: MainWindow) -> None:
    window.show_page("history")
    assert window.page == "history"
    assert [page.isVisible() for page in window.frame._pages.values()] == [False, True]
    assert window.frame._header._title.text() == "History"


def test_another_language_has_another_frame(window: MainWindow, qtbot: QtBot) -> None:
    window.toast("The link is copied", "paid")
    window.rebuild(Texts("uk"))
    assert window.frame._rail.item("history").text() == "Історія"
    window.add_page("till", QLineEdit())
    window.show_page("till")
    assert window.frame._header._title.text() == "Каса"
    assert window._toasts.texts() == ("The link is copied",), "it stays in the language it was said in"
    assert window._toasts.isVisible()
    with qtbot.waitSignal(window.page_requested) as asked:
        qtbot.mouseClick(window.frame._rail.item("history"), Qt.MouseButton.LeftButton)
    assert asked.args == ["history"]


def test_the_help_goes_with_its_language(window: MainWindow) -> None:
    window.show_help()
    [dialog] = window.findChildren(KeysDialog)
    window.rebuild(Texts("uk"))
    assert not dialog.isVisible()


def test_toasts_stay_over_the_new_frame(window: MainWindow) -> None:
    window.toast("The link is copied", "paid")
    window.rebuild(Texts("uk"))
    assert window.childAt(window._toasts.geometry().center()) not in (None, window.frame)
    assert window._toasts.isAncestorOf(window.childAt(window._toasts.geometry().center()))


def test_the_rail_asks_for_pages(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.page_requested) as asked:
        qtbot.mouseClick(window.frame._rail.item("history"), Qt.MouseButton.LeftButton)
    assert asked.args == ["history"]


@pytest.mark.parametrize("keys", [("F2", "new"), ("F5", "check"), ("F9", "history"), ("Esc", "back"), ("F1", "help")])
def test_keys_reach_the_window_from_inside_a_field(window: MainWindow, qtbot: QtBot, keys: tuple[str, str]) -> None:
    code = {"Esc": Qt.Key.Key_Escape}.get(keys[0]) or getattr(Qt.Key, f"Key_{keys[0]}")
    field = window.frame._pages["till"]
    field.setFocus()
    with qtbot.waitSignal(window.key_pressed) as pressed:
        qtbot.keyClick(field, code)
    assert pressed.args == [keys[1]]


def test_no_key_is_a_bare_letter_or_digit() -> None:
    bare = [keys for keys, _name, _meaning in KEYS if len(keys) == 1]
    assert bare == [], "a barcode scanner types"


def test_what_stands_around_the_page(window: MainWindow) -> None:
    window.show_state(
        ShellState(
            shop="Coffee on the corner",
            date="Sat, 21 November",
            clock="12:15",
            no_real_money="DEMO: the money is not real",
            problem="The disk is full.",
            operator=Chip("Operator", "paid", "Answered at 12:14:00, in 43 ms."),
            callbacks=Chip("Callbacks", "failed", "Port 8733 is taken."),
        )
    )
    assert window.windowTitle() == "Coffee on the corner — Paydesk"
    assert window.frame._demo.isVisible()
    assert window.frame._problem.isVisible()
    assert window.frame._operator.toolTip() == "Answered at 12:14:00, in 43 ms."
    window.show_state(ShellState())
    assert window.windowTitle() == "Paydesk"
    assert not window.frame._demo.isVisible()
    assert not window.frame._problem.isVisible()


def test_a_health_chip_leads_to_its_section_of_the_settings(window: MainWindow, qtbot: QtBot) -> None:
    for chip, section in ((window.frame._callbacks, "callbacks"), (window.frame._operator, "operator")):
        with qtbot.waitSignal(window.section_requested) as asked:
            qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
        assert asked.args == [section]


def test_closing_is_a_wish(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.close_requested):
        assert not window.close()
    assert window.isVisible()


def test_toasts_stand_over_the_page(window: MainWindow) -> None:
    window.toast("The link is copied", "paid")
    assert window._toasts.texts() == ("The link is copied",)


def test_the_help_lists_every_key(window: MainWindow) -> None:
    window.show_help()
    [dialog] = window.findChildren(KeysDialog)
    words = {label.text() for label in dialog.findChildren(QLabel)}
    assert {keys for keys, _name, _meaning in KEYS} <= words
    dialog.close()


@pytest.mark.parametrize("danger", [True, False])
def test_enter_gives_the_safe_answer(qtbot: QtBot, danger: bool) -> None:
    dialog = QuestionDialog(Question("Cancel?", "Sure?", "Yes", "No", danger=danger))
    qtbot.addWidget(dialog)
    answers: list[int] = []
    dialog.finished.connect(answers.append)
    dialog.open()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert answers == [0 if danger else 1]
