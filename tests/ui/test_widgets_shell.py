"""The navigation rail and the countdown: parts of the window that exist as long as it does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.controls.nav_rail import ITEM_WIDTH, NavRail, common_size
from app.ui.widgets.feedback.countdown import Countdown, time_left
from tests.ui.keyboard import has_keyboard

PAGES = {"till": "Каса", "payments": "Платежі", "settings": "Налаштування"}


@pytest.fixture
def rail(qtbot: QtBot, theme: Theme) -> NavRail:
    made = NavRail(theme, [(key, key, word) for key, word in PAGES.items()])
    qtbot.addWidget(made)
    made.show_page("till")
    made.resize(92, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


def checked(rail: NavRail) -> list[str]:
    return [key for key in PAGES if rail.item(key).isChecked()]


def test_a_click_asks_for_the_page(qtbot: QtBot, rail: NavRail) -> None:
    with qtbot.waitSignal(rail.page_requested, timeout=1000) as asked:
        qtbot.mouseClick(rail.item("payments"), Qt.MouseButton.LeftButton)
    assert asked.args == ["payments"]
    assert checked(rail) == ["payments"]


def test_a_click_on_the_page_that_is_there_keeps_it_marked(qtbot: QtBot, rail: NavRail) -> None:
    qtbot.mouseClick(rail.item("till"), Qt.MouseButton.LeftButton)
    assert checked(rail) == ["till"]


def test_showing_a_page_is_silent(qtbot: QtBot, rail: NavRail) -> None:
    with qtbot.assertNotEmitted(rail.page_requested):
        rail.show_page("settings")
    assert checked(rail) == ["settings"]


def test_every_item_is_reached_and_pressed_by_keys(qtbot: QtBot, rail: NavRail) -> None:
    rail.item("till").setFocus()
    assert has_keyboard(rail.item("till"))
    qtbot.keyClick(rail.item("till"), Qt.Key.Key_Tab)
    assert has_keyboard(rail.item("payments")), rail.focusWidget()
    qtbot.keyClick(rail.item("payments"), Qt.Key.Key_Down)
    assert has_keyboard(rail.item("settings"))
    assert checked(rail) == ["till"]
    with qtbot.waitSignal(rail.page_requested, timeout=1000) as asked:
        qtbot.keyClick(rail.item("settings"), Qt.Key.Key_Space)
    assert asked.args == ["settings"]


def test_items_are_named_and_large(rail: NavRail) -> None:
    assert rail.item("settings").accessibleName() == "Налаштування"
    assert (rail.item("till").width(), rail.item("till").height()) == (84, 60)
    assert rail.width() == 92


@pytest.mark.parametrize(
    "words",
    [
        ("Каса", "Платежі", "Історія", "Зміна", "Налаштування"),
        ("Till", "Payments", "History", "Day", "Settings"),
    ],
)
def test_no_word_of_the_rail_is_cut(theme: Theme, words: tuple[str, ...]) -> None:
    font = theme.font("small", 500)
    font.setPixelSize(common_size(theme, words))
    assert font.pixelSize() >= 11
    assert max(QFontMetricsF(font).horizontalAdvance(word) for word in words) <= ITEM_WIDTH


def test_the_marked_item_wears_the_accent(rail: NavRail, dark: Theme) -> None:
    def inks(key: str) -> set[str]:
        picture = rail.item(key).grab().toImage()
        return {picture.pixelColor(x, y).name() for x in range(84) for y in range(60)}

    assert dark.colour("accent").name() in inks("till")
    assert dark.colour("accent").name() not in inks("payments")
    assert dark.colour("muted").name() in inks("payments")


def test_the_foot_is_at_the_foot(qtbot: QtBot, rail: NavRail) -> None:
    foot = QLabel("Operator")
    rail.add_foot(foot)
    qtbot.waitUntil(foot.isVisible, timeout=2000)
    assert foot.geometry().bottom() > rail.height() - 20
    assert foot.width() <= 92


class Clock:
    """Seconds since the epoch, set by the test."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (872_000, "14:32"),
        (5_000, "0:05"),
        (4_001, "0:05"),
        (1, "0:01"),
        (0, "0:00"),
        (-9, "0:00"),
        (3_723_000, "1:02:03"),
    ],
)
def test_time_left(left: int, text: str) -> None:
    assert time_left(left) == text


def test_a_countdown_fills_its_template_and_renders_nothing_of_it(qtbot: QtBot, theme: Theme) -> None:
    countdown = Countdown(theme, now=Clock(1000.0))
    qtbot.addWidget(countdown)
    countdown.count_to(1_872_000, "<b>Coffee</b> · valid for {left}")
    assert countdown.plain_text() == countdown.text() == "<b>Coffee</b> · valid for 14:32"
    assert countdown.textFormat() == Qt.TextFormat.PlainText
    countdown.count_to(1_872_000, "{left} of Coffee · valid for {left}")
    assert countdown.text() == "{left} of Coffee · valid for 14:32"
    countdown.count_to(None, "")
    assert countdown.plain_text() == countdown.text() == ""


def test_it_counts_while_it_is_seen(qtbot: QtBot, theme: Theme) -> None:
    clock = Clock(1000.0)
    countdown = Countdown(theme, now=clock)
    qtbot.addWidget(countdown)
    countdown.count_to(1_010_001, "{left}")
    countdown.show()
    assert countdown.plain_text() == "0:11"
    clock.seconds = 1000.5
    qtbot.waitUntil(lambda: countdown.plain_text() == "0:10", timeout=2000)


def test_it_rests_while_nobody_sees_it(qtbot: QtBot, theme: Theme) -> None:
    clock = Clock(1000.0)
    page = QWidget()
    qtbot.addWidget(page)
    countdown = Countdown(theme, page, now=clock)
    countdown.count_to(1_010_000, "{left}")
    page.show()
    page.hide()
    clock.seconds = 1020.0
    with qtbot.assertNotEmitted(countdown.expired, wait=50):
        assert countdown.plain_text() == "0:10"
    with qtbot.waitSignal(countdown.expired, timeout=1000):
        page.show()
    assert countdown.plain_text() == "0:00"


def test_it_runs_out_once_for_a_deadline(qtbot: QtBot, theme: Theme) -> None:
    clock = Clock(1000.0)
    countdown = Countdown(theme, now=clock)
    qtbot.addWidget(countdown)
    countdown.show()
    with qtbot.waitSignal(countdown.expired, timeout=1000):
        countdown.count_to(999_000, "{left}")
    with qtbot.assertNotEmitted(countdown.expired, wait=50):
        countdown.count_to(999_000, "still {left}")
    with qtbot.waitSignal(countdown.expired, timeout=1000):
        countdown.count_to(998_000, "{left}")


def test_a_setter_never_emits_by_itself(qtbot: QtBot, theme: Theme) -> None:
    countdown = Countdown(theme, now=Clock(1000.0))
    qtbot.addWidget(countdown)
    countdown.show()
    emitted: list[bool] = []
    countdown.expired.connect(lambda: emitted.append(True))
    countdown.count_to(999_000, "{left}")
    assert emitted == []
    qtbot.waitUntil(lambda: emitted == [True], timeout=1000)
