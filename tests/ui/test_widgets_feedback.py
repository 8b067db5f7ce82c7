"""Empty states and banners: their texts and actions."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.feedback.banner import Banner
from app.ui.widgets.feedback.empty_state import MAX_WIDTH, EmptyState


def texts_of(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]


def buttons_of(widget: QWidget) -> list[QPushButton]:
    return [button for button in widget.findChildren(QPushButton) if button.isVisible()]


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def empty(qtbot: QtBot, theme: Theme) -> EmptyState:
    made = EmptyState(theme)
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_an_empty_place_says_what_it_is_for(qtbot: QtBot, empty: EmptyState) -> None:
    empty.show_content("empty_box", "Nothing yet", "Payments appear here.", "New payment")
    assert texts_of(empty) == ["Nothing yet", "Payments appear here."]
    (action,) = buttons_of(empty)
    assert (action.text(), action.accessibleName()) == ("New payment", "New payment")
    assert action.height() >= 44
    with qtbot.waitSignal(empty.action_requested, timeout=1000):
        qtbot.mouseClick(action, Qt.MouseButton.LeftButton)


def test_an_empty_place_may_have_no_button(empty: EmptyState) -> None:
    empty.show_content("search", "Nothing found", "", None)
    assert texts_of(empty) == ["Nothing found"]
    assert buttons_of(empty) == []


def test_an_empty_place_is_narrow_and_in_the_middle(empty: EmptyState) -> None:
    empty.show_content("search", "Nothing found", "Words " * 60)
    label = next(label for label in empty.findChildren(QLabel) if label.text().startswith("Words"))
    assert label.width() == MAX_WIDTH
    assert abs(label.mapTo(empty, label.rect().center()).x() - empty.rect().center().x()) <= 1
    assert label.height() >= label.heightForWidth(label.width())


@pytest.fixture
def banner(theme: Theme, page: QWidget) -> Banner:
    made = Banner(theme, page)
    column = QVBoxLayout(page)
    column.addWidget(made)
    column.addStretch(1)
    return made


def test_a_banner_is_hidden_until_told(banner: Banner) -> None:
    assert not banner.isVisible()
    banner.show_banner("No connection", "attention", "offline")
    assert banner.isVisible()
    assert (banner.text(), banner.property("tone"), banner.accessibleName()) == (
        "No connection",
        "attention",
        "No connection",
    )
    assert buttons_of(banner) == []
    banner.show_banner("", "attention", "offline")
    assert not banner.isVisible()


def test_a_banner_asks_for_its_action(qtbot: QtBot, banner: Banner) -> None:
    banner.show_banner("The port is taken", "failed", "warning", "Settings")
    (action,) = buttons_of(banner)
    assert action.text() == action.accessibleName() == "Settings"
    with qtbot.waitSignal(banner.action_requested, timeout=1000):
        qtbot.mouseClick(action, Qt.MouseButton.LeftButton)
    assert banner.isVisible()


def test_a_banner_with_a_named_cross_can_be_closed(qtbot: QtBot, theme: Theme, page: QWidget) -> None:
    banner = Banner(theme, page, close_name="Close")
    banner.show_banner("2 payments while we were away", "paid", "check")
    (close,) = buttons_of(banner)
    assert close.accessibleName() == "Close"
    with qtbot.waitSignal(banner.closed, timeout=1000):
        qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


@pytest.mark.parametrize("tone", ["failed", "attention", "paid"])
def test_a_banner_wears_its_tone(banner: Banner, theme: Theme, tone: str) -> None:
    banner.show_banner("Text", "waiting", "info")
    banner.show_banner("Text", tone, "info")
    picture = banner.grab().toImage()
    inks = {picture.pixelColor(x, y).name() for x in range(200) for y in range(picture.height())}
    assert picture.pixelColor(picture.width() // 2, 6) == theme.colour(f"{tone}_ground")
    assert theme.colour(tone).name() in inks
