"""The QR code on screen: whole device pixels a module at every scaling, white when dark, readable by a reader."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.qr.qr_matrix import QUIET_MODULES, Modules, module_size, qr_modules
from app.ui.widgets.qr.qr_view import QrView, paint_modules, to_device_pixels

LINK = "https://mapi.xpaydirect.com/checkout/f3cd72b6-e1ea-406f-9b44-a9b93b401b7f"
INK = QColor("black")
READER = "zbarimg"


def read(picture: QImage, folder: Path) -> str:
    """Return what a real QR reader decodes from a picture; it takes parts of texts for bar codes of other kinds."""
    file = folder / "code.png"
    assert picture.save(str(file))
    done = subprocess.run(
        [READER, "--nodbus", "--quiet", "--raw", "--set", "disable", "--set", "qrcode.enable", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def assert_exact(picture: QImage, modules: Modules, left: int, top: int, size: int) -> None:
    """Assert that every module is one flat square of dark or white pixels, and that the quiet zone is white."""
    quiet = QUIET_MODULES
    for row in range(-quiet, len(modules) + quiet):
        for column in range(-quiet, len(modules) + quiet):
            inside = 0 <= row < len(modules) and 0 <= column < len(modules)
            dark = inside and modules[row][column]
            inks = {
                picture.pixel(left + column * size + x, top + row * size + y) for x in range(size) for y in range(size)
            }
            assert len(inks) == 1, (row, column)
            assert (QColor(inks.pop()).lightness() < 128) == dark, (row, column)


def first_dark(picture: QImage, moved: int = 0) -> tuple[int, int]:
    """Return the upper left corner of the symbol, which is always dark; the box's light border is not."""
    for y in range(picture.height()):
        for x in range(picture.width()):
            if picture.pixelColor(x, y).lightness() < 100:
                return x + moved, y + moved
    raise AssertionError("nothing dark")


def white(side: int) -> QImage:
    picture = QImage(side, side, QImage.Format.Format_RGB32)
    picture.fill(QColor("white"))
    return picture


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> QrView:
    made = QrView(theme)
    qtbot.addWidget(made)
    made.resize(345, 345)
    return made


@pytest.mark.parametrize("side", [45, 240, 343, 700])
def test_painted_modules_are_exact(side: int) -> None:
    modules = qr_modules(LINK)
    picture = white(side)
    painter = QPainter(picture)
    size = paint_modules(painter, modules, side, INK)
    painter.end()
    assert size == module_size(len(modules), side) >= 1
    start = (side - size * len(modules)) // 2
    assert_exact(picture, modules, start, start, size)


def test_what_does_not_fit_is_not_painted() -> None:
    picture = white(44)
    painter = QPainter(picture)
    assert paint_modules(painter, qr_modules(LINK), 44, INK) == 0
    painter.end()
    assert {picture.pixel(x, y) for x in range(44) for y in range(44)} == {QColor("white").rgb()}


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75, 2.0, 3.0])
@pytest.mark.parametrize("corner", [(0.0, 0.0), (1.0, 3.0), (10.5, 7.25)])
def test_modules_are_exact_at_every_ratio_and_place(ratio: float, corner: tuple[float, float]) -> None:
    modules = qr_modules(LINK)
    picture = white(round(400 * ratio))
    picture.setDevicePixelRatio(ratio)
    side = int(343 * ratio)
    painter = QPainter(picture)
    painter.translate(2, 1)
    to_device_pixels(painter, QPointF(*corner))
    size = paint_modules(painter, modules, side, INK)
    painter.end()
    assert size == int(343 * ratio) // (len(modules) + 8)
    picture.setDevicePixelRatio(1.0)
    assert_exact(picture, modules, *first_dark(picture), size)


def test_the_view_is_exact_and_read_from_a_screenshot(view: QrView, tmp_path: Path) -> None:
    view.show_text(LINK)
    picture = view.grab().toImage()
    assert view.module_px() == 343 // (37 + 8)
    assert view.fits()
    assert_exact(picture, qr_modules(LINK), *first_dark(picture), view.module_px())
    assert read(picture, tmp_path) == LINK


def test_the_corners_of_the_quiet_zone_stay_white(view: QrView, dark: Theme) -> None:
    view.resize(317, 317)
    view.show_text(LINK)
    picture = view.grab().toImage()
    assert view.module_px() * (37 + 8) == 317 - 2
    assert_exact(picture, qr_modules(LINK), *first_dark(picture.copy(2, 2, 313, 313), 2), 7)


@pytest.mark.parametrize("place", [(0, 0), (3, 5)])
def test_a_view_inside_a_page_is_exact(qtbot: QtBot, theme: Theme, place: tuple[int, int]) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(500, 400)
    view = QrView(theme, page)
    view.setGeometry(*place, 371, 301)
    view.show_text(LINK)
    picture = page.grab().toImage()
    assert_exact(picture.copy(view.geometry()), qr_modules(LINK), *first_dark(picture.copy(view.geometry())), 6)


def test_the_box_is_white_in_the_dark_and_reads(view: QrView, dark: Theme, tmp_path: Path) -> None:
    view.show_text(LINK)
    picture = view.grab().toImage()
    assert dark.colour("qr_ground").lightness() == 255
    assert picture.pixelColor(20, 20) == dark.colour("qr_ground")
    assert read(picture, tmp_path) == LINK


def test_the_least_size_holds_the_largest_symbol(view: QrView, tmp_path: Path) -> None:
    view.resize(view.minimumSize())
    text = LINK + "x" * 2_800
    view.show_text(text)
    assert view.fits()
    assert len(qr_modules(text)) == 177


def test_a_symbol_that_does_not_fit_says_so(view: QrView) -> None:
    view.setMinimumSize(0, 0)
    view.resize(40, 40)
    view.show_text(LINK)
    assert not view.fits()


def test_without_a_text_the_box_is_empty(view: QrView) -> None:
    view.show_text(LINK)
    view.show_text(None)
    picture = view.grab().toImage().copy(20, 20, 300, 300)
    assert {picture.pixel(x, y) for x in range(300) for y in range(300)} == {QColor("white").rgb()}
    assert not view.fits()


def test_the_box_is_square_in_any_room(view: QrView) -> None:
    view.resize(600, 301)
    assert (view.box().width(), view.box().height()) == (301, 301)
    assert view.box().left() == 149
    assert view.sizeHint().width() == view.sizeHint().height() == 352
    assert view.minimumWidth() == view.minimumHeight() == 240
