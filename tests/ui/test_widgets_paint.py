"""Custom-painted widgets: pills, the tick, steps, bars, chips; the relevant pixels in both themes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.controls.icon_mark import IconMark
from app.ui.widgets.feedback.health_chip import HealthChip
from app.ui.widgets.feedback.paid_view import PaidView
from app.ui.widgets.feedback.status_pill import StatusPill, paint_pill, pill_width
from app.ui.widgets.feedback.stepper import Stepper, word_limit

TONES = ("paid", "waiting", "failed", "ended", "refunded", "attention")


def colours_of(widget: QWidget) -> set[str]:
    return inks_of(widget.grab().toImage())


def inks_of(picture: QImage) -> set[str]:
    return {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}


def columns_with(picture: QImage, ink: QColor) -> list[int]:
    """Return the columns in which some pixel has this colour."""
    return [x for x in range(picture.width()) if any(picture.pixelColor(x, y) == ink for y in range(picture.height()))]


@pytest.mark.parametrize("tone", TONES)
def test_a_pill_has_ground_and_ink_of_its_tone(qtbot: QtBot, theme: Theme, tone: str) -> None:
    pill = StatusPill(theme)
    qtbot.addWidget(pill)
    pill.show_status("Waiting", tone, "clock")
    pill.resize(pill.sizeHint())
    picture = pill.grab().toImage()
    assert picture.pixelColor(picture.width() // 2, 3) == theme.colour(f"{tone}_ground")
    assert theme.colour(tone).name() in inks_of(picture)
    assert pill.accessibleName() == "Waiting"


def test_a_pill_is_as_wide_as_its_word_and_never_narrower(qtbot: QtBot, theme: Theme) -> None:
    pill = StatusPill(theme)
    qtbot.addWidget(pill)
    pill.show_status("Paid", "paid", "check")
    short = pill.sizeHint().width()
    pill.show_status("Paid, but some time too late", "paid", "check")
    assert pill.sizeHint().width() == pill.minimumSizeHint().width() > short
    assert pill.sizeHint().height() == 26


def test_a_pill_follows_the_theme(qtbot: QtBot, theme: Theme, dark: Theme) -> None:
    pill = StatusPill(theme)
    qtbot.addWidget(pill)
    pill.show_status("Paid", "paid", "check")
    pill.resize(pill.sizeHint())
    assert {dark.colour("paid").name(), dark.colour("paid_ground").name()} <= colours_of(pill)


@pytest.mark.parametrize(("align", "ends"), [(Qt.AlignmentFlag.AlignLeft, False), (Qt.AlignmentFlag.AlignRight, True)])
def test_a_pill_in_a_row_keeps_to_its_edge(theme: Theme, align: Qt.AlignmentFlag, ends: bool) -> None:
    picture = QImage(300, 40, QImage.Format.Format_RGB32)
    picture.fill(QColor("black"))
    painter = QPainter(picture)
    paint_pill(painter, QRectF(10, 0, 280, 40), "Paid", "paid", "check", theme, align)
    painter.end()
    columns = columns_with(picture, theme.colour("paid_ground"))
    width = pill_width("Paid", theme)
    expected = (290 - width, 289) if ends else (10, 9 + width)
    assert (columns[0], columns[-1]) == pytest.approx(expected, abs=1)


def test_a_pill_in_a_narrow_column_stays_inside(theme: Theme) -> None:
    picture = QImage(300, 40, QImage.Format.Format_RGB32)
    picture.fill(QColor("black"))
    painter = QPainter(picture)
    paint_pill(painter, QRectF(0, 0, 80, 40), "Partly refunded", "refunded", "refund", theme)
    painter.end()
    assert inks_of(picture.copy(80, 0, 220, 40)) == {"#000000"}


def test_the_tick_and_the_sum_are_green(qtbot: QtBot, theme: Theme) -> None:
    view = PaidView(theme)
    qtbot.addWidget(view)
    view.resize(345, 345)
    view.show_paid("1 250,00 ₴")
    picture = view.grab().toImage()
    assert picture.pixelColor(20, 20) == theme.colour("paid_ground")
    tick = picture.copy(70, 80, 205, 120)
    assert len(columns_with(tick, theme.colour("paid"))) > 80
    assert theme.colour("paid").name() in inks_of(picture.copy(60, 210, 225, 110))
    assert view.accessibleName() == "1 250,00 ₴"


@pytest.mark.parametrize(("icon", "tone"), [("warning", "attention"), ("clock", "ended"), ("cross", "failed")])
def test_a_notice_is_never_green(qtbot: QtBot, theme: Theme, icon: str, tone: str) -> None:
    view = PaidView(theme)
    qtbot.addWidget(view)
    view.resize(345, 345)
    view.show_paid("1 250,00 ₴")
    view.show_notice(icon, tone, "Underpaid")
    inks = colours_of(view)
    assert {theme.colour(tone).name(), theme.colour(f"{tone}_ground").name()} <= inks
    assert not {theme.colour("paid").name(), theme.colour("paid_ground").name()} & inks


def test_a_long_title_stays_in_the_box(qtbot: QtBot, theme: Theme) -> None:
    view = PaidView(theme)
    qtbot.addWidget(view)
    view.resize(240, 240)
    view.show_notice("warning", "attention", "Сплачено не все: 200,00 ₴ із 1 250,00 ₴, зверніться до оператора")
    picture = view.grab().toImage()
    edge = {picture.pixelColor(x, y).name() for x in (8, 231) for y in range(20, 220)}
    assert edge == {theme.colour("attention_ground").name()}
    assert {picture.pixelColor(x, 230).name() for x in range(20, 220)} == {theme.colour("attention_ground").name()}


STEPS = (("Created", "done"), ("Payment", "current"), ("Ready", "todo"))


def test_steps_are_ticked_and_described(qtbot: QtBot, theme: Theme) -> None:
    stepper = Stepper(theme)
    qtbot.addWidget(stepper)
    stepper.show_steps(STEPS)
    stepper.resize(stepper.sizeHint())
    picture = stepper.grab().toImage()
    assert columns_with(picture, theme.colour("paid"))[0] < 14
    assert theme.colour("text").name() in inks_of(picture)
    assert stepper.accessibleDescription() == "✓ Created — ● Payment — Ready"


def test_a_failed_step_is_red_and_nothing_is_green(qtbot: QtBot, theme: Theme) -> None:
    stepper = Stepper(theme)
    qtbot.addWidget(stepper)
    stepper.show_steps((("Not created", "failed"), ("Payment", "todo")))
    stepper.resize(stepper.sizeHint())
    inks = colours_of(stepper)
    assert theme.colour("failed").name() in inks
    assert theme.colour("paid").name() not in inks


def test_steps_shorten_their_longest_words(qtbot: QtBot, theme: Theme) -> None:
    stepper = Stepper(theme)
    qtbot.addWidget(stepper)
    stepper.show_steps((("Created", "done"), ("Payment with a very long explanation", "current"), ("Ready", "todo")))
    assert stepper.minimumSizeHint().width() < stepper.sizeHint().width()
    stepper.resize(stepper.minimumSizeHint().width() + 60, 24)
    picture = stepper.grab().toImage()
    assert columns_with(picture, theme.colour("paid"))[0] < 14
    assert stepper.toolTip()


@pytest.mark.parametrize(
    ("widths", "room", "limit"),
    [([10, 20, 30], 60, 30), ([10, 20, 30], 50, 20), ([10, 20, 30], 40, 15), ([30, 30], 20, 10), ([], 5, 0)],
)
def test_the_longest_words_are_cut_first(widths: list[float], room: float, limit: float) -> None:
    assert word_limit(widths, room) == limit
    assert sum(min(width, limit) for width in widths) <= room


@pytest.mark.parametrize("tone", ["paid", "waiting", "failed"])
def test_a_chip_shows_its_health_and_can_be_asked(qtbot: QtBot, theme: Theme, tone: str) -> None:
    chip = HealthChip(theme)
    qtbot.addWidget(chip)
    chip.show_health("Operator", tone, "answered 0.2 s ago")
    chip.resize(chip.sizeHint())
    assert theme.colour(tone).name() in colours_of(chip)
    assert (chip.accessibleName(), chip.accessibleDescription(), chip.toolTip()) == (
        "Operator",
        "answered 0.2 s ago",
        "answered 0.2 s ago",
    )
    assert chip.height() >= 24
    with qtbot.waitSignal(chip.clicked, timeout=1000):
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)


def test_health_differs_by_shape_too(qtbot: QtBot, theme: Theme) -> None:
    shapes = []
    for tone in ("paid", "waiting", "failed"):
        chip = HealthChip(theme)
        qtbot.addWidget(chip)
        chip.show_health("", tone, "")
        chip.resize(40, 28)
        picture = chip.grab().toImage()
        ink = theme.colour(tone)
        shapes.append(
            frozenset((x, y) for x in range(40) for y in range(28) if picture.pixelColor(x, y).name() == ink.name())
        )
    assert all(shapes)
    assert len(set(shapes)) == 3


def test_an_illness_colours_its_word_too(qtbot: QtBot, theme: Theme) -> None:
    chip = HealthChip(theme)
    qtbot.addWidget(chip)
    for tone, coloured in (("paid", False), ("waiting", False), ("failed", True)):
        chip.show_health("Operator", tone, "")
        chip.resize(chip.sizeHint())
        word = inks_of(chip.grab().toImage().copy(18, 0, chip.width() - 18, chip.height()))
        assert (theme.colour(tone).name() in word) == coloured


def test_an_icon_mark_follows_role_and_theme(qtbot: QtBot, theme: Theme, dark: Theme) -> None:
    icon = IconMark(theme, 40)
    qtbot.addWidget(icon)
    icon.show_icon("dot", "failed")
    assert dark.colour("failed").name() in colours_of(icon)
    icon.show_icon("")
    assert dark.colour("failed").name() not in colours_of(icon)
