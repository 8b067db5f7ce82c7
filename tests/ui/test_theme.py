"""The theme on a real application: what changes with it, fonts, icons, style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QFile, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QIcon, QImage, QPalette, QPixmap, QRawFont
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionFrame,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.theme.marks import mark, restyle
from app.ui.theme.qss import style_sheet
from app.ui.theme.tokens import CONTROL_HEIGHT, KEY_HEIGHT, SIZES, load_tokens

RESOURCES = Path(__file__).parents[2] / "resources"
ICONS = sorted(path.stem for path in (RESOURCES / "icons").glob("*.svg"))
FONTS = sorted((RESOURCES / "fonts").glob("*.ttf"))
WEIGHTS = (400, 500, 600, 700)
LETTERS = "АБВГҐДЕЄЖЗИІЇЙЩЬЮЯабвгґдеєжзиіїйщьюя ABCabc 0123456789 ₴€$№ «»–—’“”…• −\N{NO-BREAK SPACE}\u202f"
DIGITS = "0123456789"


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    before = (qapp.palette(), qapp.font(), qapp.styleSheet())
    made = Theme(qapp, "light")
    yield made
    made.setParent(None)
    made.deleteLater()
    qapp.styleHints().unsetColorScheme()
    qapp.setPalette(before[0])
    qapp.setFont(before[1])
    qapp.setStyleSheet(before[2])


def _count_changes(theme: Theme) -> list[str]:
    seen: list[str] = []
    theme.changed.connect(lambda: seen.append(theme.tokens.name))
    return seen


def _strongest(pixmap: QPixmap) -> QColor:
    """Return the colour of the most opaque pixel."""
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    pixels = (image.pixelColor(x, y) for x, y in product(range(image.width()), range(image.height())))
    return max(pixels, key=QColor.alpha)


def test_a_choice_changes_the_application_once(theme: Theme, qapp: QApplication) -> None:
    seen = _count_changes(theme)
    theme.choose("light")
    assert seen == []
    theme.choose("dark")
    theme.choose("dark")
    assert seen == ["dark"]
    assert theme.tokens == load_tokens("dark")
    assert qapp.palette().color(QPalette.ColorRole.Window) == theme.colour("background")
    assert qapp.palette().color(QPalette.ColorRole.PlaceholderText) == theme.colour("muted")
    assert theme.colour("background").name().upper() == load_tokens("dark").colours["background"]
    assert qapp.styleSheet() == style_sheet(theme.tokens)


def test_the_system_is_followed_only_when_asked_for(theme: Theme, qapp: QApplication) -> None:
    scheme_changed = qapp.styleHints().colorSchemeChanged
    seen = _count_changes(theme)
    scheme_changed.emit(Qt.ColorScheme.Dark)
    assert seen == []
    theme.choose("system")
    present = theme.tokens.name
    seen.clear()
    scheme_changed.emit(Qt.ColorScheme.Dark)
    scheme_changed.emit(Qt.ColorScheme.Light)
    scheme_changed.emit(Qt.ColorScheme.Unknown)
    assert seen == (["dark", "light"] if present == "light" else ["light"])
    theme.choose("dark")
    scheme_changed.emit(Qt.ColorScheme.Light)
    assert theme.tokens.name == "dark"


def test_an_unknown_choice_or_role_is_a_defect(theme: Theme) -> None:
    with pytest.raises(ValueError, match="blue"):
        theme.choose("blue")
    with pytest.raises(KeyError):
        theme.colour("nothing")
    with pytest.raises(FileNotFoundError):
        theme.icon("nothing")


@pytest.mark.parametrize("weight", WEIGHTS)
def test_figures_are_as_wide_as_each_other(theme: Theme, weight: int) -> None:
    for size in SIZES:
        metrics = QFontMetricsF(theme.font(size, weight))
        for before, after in (("", ""), ("1", "1"), ("7", ","), ("7", "\N{NO-BREAK SPACE}"), ("0", ":"), ("4", ".")):
            assert len({metrics.horizontalAdvance(before + digit + after) for digit in DIGITS}) == 1


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_weight_is_there_and_is_ours(theme: Theme, weight: int) -> None:
    info = QFontInfo(theme.font("title", weight))
    assert (info.family(), info.weight(), info.pixelSize()) == ("Paydesk Inter", weight, SIZES["title"])


def test_weights_are_drawn_apart(theme: Theme) -> None:
    widths = [QFontMetricsF(theme.font("amount", weight)).horizontalAdvance("Каса") for weight in WEIGHTS]
    assert widths == sorted(set(widths))


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_fonts_cover_what_is_written(qapp: QApplication, path: Path) -> None:
    font = QRawFont(str(path), 16)
    assert [letter for letter in LETTERS if not font.supportsCharacter(ord(letter))] == []
    assert not font.supportsCharacter(ord("語"))
    assert path.stat().st_size < 120_000


def test_there_are_four_fonts_and_their_licence() -> None:
    assert len(FONTS) == len(WEIGHTS)
    assert "SIL OPEN FONT LICENSE" in (RESOURCES / "fonts" / "OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_drawn_in_the_colour_of_its_role(theme: Theme, name: str) -> None:
    for choice, ratio in (("light", 1.0), ("dark", 2.0)):
        theme.choose(choice)
        pixmap = theme.pixmap(name, "failed", 24, ratio)
        assert pixmap.deviceIndependentSize().toSize() == QSize(24, 24)
        strongest = _strongest(pixmap)
        assert strongest.alpha() > 200
        expected = theme.colour("failed")
        assert max(abs(a - b) for a, b in zip(strongest.getRgb()[:3], expected.getRgb()[:3], strict=True)) <= 3
    assert theme.pixmap(name, "failed", 24, 2.0).cacheKey() == theme.pixmap(name, "failed", 24, 2.0).cacheKey()


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_an_icon_has_the_pixels_of_the_screen(theme: Theme, ratio: float) -> None:
    pixmap = theme.icon("till").pixmap(QSize(20, 20), ratio)
    assert pixmap.size() == QSize(round(20 * ratio), round(20 * ratio))
    assert pixmap.devicePixelRatio() == ratio
    assert pixmap.toImage() == theme.pixmap("till", "text", 20, ratio).toImage()


def test_an_icon_follows_the_theme_and_the_state(theme: Theme) -> None:
    icon = theme.icon("dot", "muted")
    size = QSize(24, 24)

    def ink(mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off) -> QColor:
        return _strongest(icon.pixmap(size, 1.0, mode, state))

    for choice in ("light", "dark"):
        theme.choose(choice)
        assert ink() == theme.colour("muted")
        assert ink(QIcon.Mode.Disabled) == theme.colour("disabled")
        assert ink(state=QIcon.State.On) == theme.colour("accent")


def test_icons_outlive_their_copies(theme: Theme) -> None:
    button = QPushButton()
    for _ in range(500):
        icon = theme.icon("dot", "accent")
        copy = QIcon(icon)
        copy.setIsMask(True)  # detaches the copy from the first: Qt clones the engine
        button.setIcon(copy)
    del icon, copy
    assert _strongest(button.icon().pixmap(QSize(24, 24), 1.0)) == theme.colour("accent")


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_style_sheet_is_filled(theme: Theme, name: str) -> None:
    theme.choose(name)
    sheet = style_sheet(theme.tokens)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")
    for kind in ("primary", "plain", "quiet", "danger", "key", "rail", "chip"):
        assert f'[kind="{kind}"]' in sheet
    for tone in ("paid", "waiting", "failed", "ended", "refunded", "attention"):
        assert f'[tone="{tone}"]' in sheet


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_pictures_of_the_style_sheet_exist(theme: Theme, name: str) -> None:
    theme.choose(name)
    files = set(re.findall(r"url\(([^)]*)\)", style_sheet(theme.tokens)))
    assert files == {f"{name}:{path.name}" for path in (RESOURCES / "themes" / name).glob("*.svg")}
    assert [file for file in files if not QFile(file).exists()] == []
    assert [file for file in files if QIcon(file).pixmap(QSize(20, 20), 1.0).isNull()] == []


def test_the_style_sheet_is_understood_and_reaches_the_widgets(theme: Theme, qtbot: QtBot) -> None:
    page = mark(QWidget(), page=True)
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    primary = mark(QPushButton("a"), kind="primary")
    key = mark(QPushButton("7"), kind="key")
    paid = mark(QFrame(), tone="paid")
    title = mark(QLabel("b"), role="title")
    for widget in (primary, key, paid, title):
        layout.addWidget(widget)
    page.resize(300, 400)
    image = page.grab().toImage()
    assert primary.height() >= CONTROL_HEIGHT
    assert key.height() >= KEY_HEIGHT
    assert title.font().pixelSize() == SIZES["title"]
    assert image.pixelColor(2, 2) == theme.colour("background")
    assert image.pixelColor(primary.geometry().left() + 10, primary.geometry().top() + 10) == theme.colour("accent")
    assert image.pixelColor(paid.geometry().center()) == theme.colour("paid_ground")


def test_a_living_widget_is_marked_anew(theme: Theme, qtbot: QtBot) -> None:
    frame = mark(QFrame(), tone="paid")
    qtbot.addWidget(frame)
    frame.resize(60, 60)
    frame.grab()
    assert restyle(frame, tone="failed") is frame
    assert frame.grab().toImage().pixelColor(30, 30) == theme.colour("failed_ground")


@pytest.mark.parametrize("kind", ["primary", "plain", "quiet", "danger", "key", "rail", "chip"])
def test_focus_moves_no_button(theme: Theme, qtbot: QtBot, kind: str) -> None:
    button = mark(QPushButton("Створити"), kind=kind)
    qtbot.addWidget(button)
    assert f'[kind="{kind}"]:focus' in style_sheet(theme.tokens)
    button.ensurePolished()
    rest, focused = QStyleOptionButton(), QStyleOptionButton()
    for option in (rest, focused):
        button.initStyleOption(option)
        option.rect = QRect(0, 0, 200, 64)
    focused.state |= QStyle.StateFlag.State_HasFocus
    for question in (_button_size, _button_contents_centre):
        assert question(button, rest) == question(button, focused)


def test_focus_moves_no_text_in_a_field(theme: Theme, qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.ensurePolished()
    rest, focused = QStyleOptionFrame(), QStyleOptionFrame()
    for option in (rest, focused):
        field.initStyleOption(option)
        option.rect = QRect(0, 0, 200, CONTROL_HEIGHT)
    focused.state |= QStyle.StateFlag.State_HasFocus
    contents = [
        field.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, field) for option in (rest, focused)
    ]
    assert contents[0].left() == contents[1].left()
    assert contents[0].center() == contents[1].center()


def _button_size(button: QPushButton, option: QStyleOptionButton) -> QSize:
    kind = QStyle.ContentsType.CT_PushButton
    return button.style().sizeFromContents(kind, option, QSize(60, 20), button)


def _button_contents_centre(button: QPushButton, option: QStyleOptionButton) -> QPoint:
    return button.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, button).center()
