"""Toasts: their texts, how long they stay, and that they never block input."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.feedback.toast import Toast, ToastDurations, ToastStack
from tests.ui.keyboard import has_keyboard


def texts_of(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]


def buttons_of(widget: QWidget) -> list[QPushButton]:
    return [button for button in widget.findChildren(QPushButton) if button.isVisible()]


StackFactory = Callable[..., ToastStack]


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    QLineEdit(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def make_stack(theme: Theme, page: QWidget) -> StackFactory:
    def make(usual_ms: int = 60_000, lasting_ms: int = 60_000) -> ToastStack:
        return ToastStack(theme, page, durations=ToastDurations(usual_ms, lasting_ms))

    return make


def toasts_of(stack: ToastStack) -> list[Toast]:
    return [toast for toast in stack.findChildren(Toast) if toast.isVisible()]


def test_a_toast_says_its_text_in_the_corner(page: QWidget, make_stack: StackFactory) -> None:
    stack = make_stack()
    assert not stack.isVisible()
    stack.show_toast("The link is copied", "paid", "check", "Close")
    assert stack.texts() == ("The link is copied",)
    assert texts_of(stack) == ["The link is copied"]
    assert (stack.geometry().right(), stack.y()) == (page.width() - 16 - 1, 16)
    (toast,) = toasts_of(stack)
    assert toast.width() == 360
    assert toast.accessibleName() == "The link is copied"
    assert [close.accessibleName() for close in buttons_of(toast)] == ["Close"]


def test_toasts_follow_the_window(page: QWidget, make_stack: StackFactory) -> None:
    stack = make_stack()
    stack.show_toast("One", "paid", "check", "Close")
    page.resize(1300, 700)
    assert stack.geometry().right() == 1300 - 16 - 1


def test_a_toast_goes_by_itself(qtbot: QtBot, make_stack: StackFactory) -> None:
    stack = make_stack(usual_ms=1)
    stack.show_toast("Soon gone", "paid", "check", "Close")
    qtbot.waitUntil(lambda: not stack.isVisible(), timeout=3000)
    assert stack.texts() == ()


@pytest.mark.parametrize(("tone", "stays"), [("failed", True), ("attention", True), ("paid", False), ("ended", False)])
def test_bad_news_stays_longer(qtbot: QtBot, make_stack: StackFactory, tone: str, stays: bool) -> None:
    stack = make_stack(usual_ms=1)
    stack.show_toast("First", tone, "info", "Close")
    stack.show_toast("Second", "paid", "check", "Close")
    qtbot.waitUntil(lambda: "Second" not in stack.texts(), timeout=3000)
    if stays:
        assert stack.texts() == ("First",)
    else:
        qtbot.waitUntil(lambda: stack.texts() == (), timeout=3000)


def test_the_usual_lives_are_five_and_ten_seconds() -> None:
    assert ToastDurations() == ToastDurations(5_000, 10_000)


def test_a_toast_under_the_hand_stays(qtbot: QtBot, make_stack: StackFactory) -> None:
    stack = make_stack(usual_ms=100)
    stack.show_toast("Held", "paid", "check", "Close")
    (held,) = toasts_of(stack)
    QApplication.sendEvent(held, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    stack.show_toast("Free", "paid", "check", "Close")
    qtbot.waitUntil(lambda: stack.texts() == ("Held",), timeout=3000)
    QApplication.sendEvent(held, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: stack.texts() == (), timeout=3000)


def test_a_toast_can_be_closed(qtbot: QtBot, make_stack: StackFactory) -> None:
    stack = make_stack()
    stack.show_toast("One", "paid", "check", "Close")
    stack.show_toast("Two", "paid", "check", "Close")
    qtbot.mouseClick(buttons_of(toasts_of(stack)[0])[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stack.texts() == ("Two",), timeout=3000)


def test_a_fifth_toast_pushes_out_the_oldest(make_stack: StackFactory) -> None:
    stack = make_stack()
    for text in ("1", "2", "3", "4", "5"):
        stack.show_toast(text, "paid", "check", "Close")
    assert stack.texts() == ("2", "3", "4", "5")
    tops = [toast.y() for toast in toasts_of(stack)]
    assert tops == sorted(set(tops))


def test_the_same_news_comes_once(make_stack: StackFactory) -> None:
    stack = make_stack()
    stack.show_toast("Copied", "paid", "check", "Close")
    stack.show_toast("Copied", "paid", "check", "Close")
    assert stack.texts() == ("Copied",)


def test_a_long_toast_is_not_cut(make_stack: StackFactory) -> None:
    stack = make_stack()
    stack.show_toast("Words and words " * 20, "failed", "warning", "Close")
    (label,) = [label for label in stack.findChildren(QLabel) if label.text()]
    assert label.height() >= label.heightForWidth(label.width())
    assert stack.height() == toasts_of(stack)[0].height()


def test_toasts_take_no_focus_and_no_clicks_beside_them(qtbot: QtBot, page: QWidget, make_stack: StackFactory) -> None:
    line = page.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.setFocus()
    assert has_keyboard(line)
    stack = make_stack()
    stack.show_toast("One", "paid", "check", "Close")
    stack.show_toast("Two", "paid", "check", "Close")
    assert has_keyboard(line)
    first, second = toasts_of(stack)
    between = stack.mapTo(page, QPoint(100, (first.geometry().bottom() + second.y()) // 2 + 1))
    assert page.childAt(between) is None
    assert page.childAt(stack.mapTo(page, first.geometry().center())) is not None
    assert page.childAt(stack.mapTo(page, QPoint(100, stack.height() + 5))) is None
    qtbot.mouseClick(buttons_of(first)[0], Qt.MouseButton.LeftButton)
    assert has_keyboard(line)
