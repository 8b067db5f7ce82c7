"""The window and its screen: full screen on every page, never larger than the screen, whatever size or scale it has."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.i18n.texts import Texts
from app.ui.page_registry import PAGES
from app.ui.shell.keys import KeysDialog
from app.ui.shell.view import MainWindow
from app.ui.theme import Theme
from app.ui.widgets.room.screen_room import keep_on_screen
from tests.gallery.gallery_window import GalleryWindow

TOO_LARGE = (1600, 1200)
TIMEOUT_S = 50
FIRST_WINDOW = """
from PySide6.QtWidgets import QApplication
from app.i18n.texts import Texts
from app.ui.page_registry import PAGES
from app.ui.shell.view import MainWindow
from app.ui.theme import Theme
app = QApplication([])
window = MainWindow(Theme(app, "light"), Texts("uk"), PAGES)
window.show()
app.processEvents()
room = window.screen().availableGeometry()
print(window.frameGeometry().width(), window.frameGeometry().height(), room.width(), room.height())
print(*window.minimumSize().toTuple())
"""


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> MainWindow:
    made = MainWindow(theme, Texts("en"), PAGES)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def is_full(window: MainWindow) -> bool:
    return bool(window.windowState() & Qt.WindowState.WindowFullScreen)


@pytest.mark.parametrize("page", [key for key, _icon, _word in PAGES])
def test_f11_is_full_screen_and_back_on_every_page(page: str, theme: Theme) -> None:
    async def run() -> None:
        gallery = GalleryWindow(theme, "uk", (700, 500))
        gallery.window.key_pressed.connect(gallery.pages.key)
        try:
            gallery.pages.show("till")
            await gallery.open(page)
            for wanted in (True, False):
                QTest.keyClick(QApplication.focusWidget() or gallery.window, Qt.Key.Key_F11)
                gallery.process_events()
                assert is_full(gallery.window) is wanted
                QTest.keyClick(gallery.window, Qt.Key.Key_Escape)
                assert is_full(gallery.window) is wanted, "Escape goes back on the page, not to another size"
        finally:
            await gallery.close()

    asyncio.run(run())


def test_a_maximised_window_is_maximised_again_after_full_screen(window: MainWindow) -> None:
    window.showMaximized()
    window.toggle_full_screen()
    window.toggle_full_screen()
    assert window.isMaximized()


def test_a_window_larger_than_its_screen_is_brought_back_onto_it(window: MainWindow) -> None:
    window.resize(*TOO_LARGE)
    window.move(500, 700)
    keep_on_screen(window)
    assert window.screen().availableGeometry().contains(window.frameGeometry())


def test_the_window_follows_a_screen_that_became_smaller(window: MainWindow) -> None:
    window.resize(*TOO_LARGE)
    window.screen().availableGeometryChanged.emit(QRect(0, 0, 800, 800))
    assert window.screen().availableGeometry().contains(window.frameGeometry())


def test_a_full_screen_is_not_resized(window: MainWindow, qtbot: QtBot) -> None:
    window.toggle_full_screen()
    qtbot.waitUntil(lambda: window.size() == window.screen().size())
    window.screen().availableGeometryChanged.emit(QRect(0, 0, 800, 800))
    assert window.size() == window.screen().size()


def test_a_dialog_follows_its_window(window: MainWindow) -> None:
    window.show_help()
    [dialog] = window.findChildren(KeysDialog)
    whole = dialog.height()
    window.resize(500, 320)
    assert dialog.height() == 320
    window.resize(700, 700)
    assert dialog.height() == whole
    dialog.close()


@pytest.mark.parametrize(
    ("screen", "scale"), [("1024x600", "1"), ("1366x768", "1.5"), ("1024x600", "2"), ("640x480", "3")]
)
def test_the_first_window_fits_on_its_screen(screen: str, scale: str, tmp_path: Path) -> None:
    width, height = map(int, screen.split("x"))
    config = tmp_path / "screens.json"
    config.write_text(json.dumps({"screens": [{"name": "one", "x": 0, "y": 0, "width": width, "height": height}]}))
    done = subprocess.run(
        [sys.executable, "-c", FIRST_WINDOW],
        env={**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outer_width, outer_height, room_width, room_height, least_width, least_height = map(int, done.stdout.split())
    assert (room_width, room_height) == (round(width / float(scale)), round(height / float(scale)))
    assert outer_width <= room_width
    assert outer_height <= room_height
    assert least_width <= room_width
    assert least_height <= room_height
