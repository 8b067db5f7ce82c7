"""The chart of totals: bars at known pixels in both themes, what the pointer and the keyboard tell, any width."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.i18n.texts import Texts
from app.ui.payment.chart_axis import money_ticks
from app.ui.payment.chart_state import ChartBar, ChartState
from app.ui.theme import Theme
from app.ui.widgets.charts.chart_geometry import FOOT, LABEL_GAP, ChartGeometry
from app.ui.widgets.charts.chart_tip import paint_tip
from app.ui.widgets.charts.totals_chart import TotalsChart

EN = Texts("en")
WIDE, HIGH = 600, 160


def bar(key: str, value: int, **more: object) -> ChartBar:
    return ChartBar(key, key, f"Day {key}", value, f"{value} kopecks", f"{value % 7} payments", **more)  # type: ignore[arg-type]


def state(*values: int) -> ChartState:
    bars = tuple(bar(str(place), value) for place, value in enumerate(values))
    return ChartState("By day", "", "", bars, money_ticks(max(values, default=0), EN), empty="" if bars else "Nothing")


@pytest.fixture
def make(qtbot: QtBot, theme: Theme) -> Callable[[ChartState], TotalsChart]:
    def build(shown: ChartState, width: int = WIDE) -> TotalsChart:
        chart = TotalsChart(theme)
        qtbot.addWidget(chart)
        chart.resize(width, HIGH)
        chart.show_chart(shown)
        chart.show()
        qtbot.waitExposed(chart)
        return chart

    return build


Make = Callable[..., TotalsChart]


def picture(chart: TotalsChart) -> QImage:
    return chart.grab().toImage()


def colour_in(chart: TotalsChart, key: str) -> QColor:
    return picture(chart).pixelColor(chart.bar_of(key).center())


def hover(chart: TotalsChart, point: QPoint) -> None:
    """QTest moves the real pointer, which no offscreen widget is sure to be under."""
    place = QPointF(point)
    none, move = Qt.MouseButton.NoButton, QMouseEvent.Type.MouseMove
    QApplication.sendEvent(
        chart, QMouseEvent(move, place, chart.mapToGlobal(place), none, none, Qt.KeyboardModifier.NoModifier)
    )


def focus(qtbot: QtBot, chart: TotalsChart) -> None:
    chart.activateWindow()
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(chart.hasFocus)


# Pixels


def test_bars_stand_on_the_line_as_high_as_their_values(make: Make, theme: Theme) -> None:
    chart = make(state(50_000, 100_000, 0, 25_000))
    boxes = [chart.bar_of(str(place)) for place in range(4)]
    assert {box.bottom() + 1 for box in boxes if box.height()} == {HIGH - FOOT}
    full = boxes[1].height()
    assert [box.height() for box in boxes] == pytest.approx([full / 2, full, 0, full / 4], abs=1)
    assert colour_in(chart, "1") == theme.colour("accent")
    assert colour_in(chart, "0") == colour_in(chart, "3") == theme.colour("bar")
    image = picture(chart)
    assert image.pixelColor(boxes[0].center().x(), boxes[0].top() - 6) not in (
        theme.colour("bar"),
        theme.colour("accent"),
    )


def test_the_chart_follows_the_theme(make: Make, dark: Theme) -> None:
    chart = make(state(50_000, 100_000))
    assert (colour_in(chart, "0"), colour_in(chart, "1")) == (dark.colour("bar"), dark.colour("accent"))
    dark.choose("light")
    assert colour_in(chart, "0") == dark.colour("bar")


def test_a_status_has_its_tone(make: Make, theme: Theme) -> None:
    bars = (bar("paid", 5, tone="paid"), bar("expired", 3, tone="ended"))
    chart = make(ChartState("By status", "", "", bars, money_ticks(500, EN)))
    assert (colour_in(chart, "paid"), colour_in(chart, "expired")) == (theme.colour("paid"), theme.colour("ended"))


def test_the_bar_that_grows_is_only_outlined(make: Make, theme: Theme) -> None:
    bars = (bar("a", 50_000), bar("b", 20_000, is_current=True))
    chart = make(ChartState("By hour", "", "", bars, money_ticks(50_000, EN)))
    assert colour_in(chart, "b") == theme.colour("accent_tint")


def test_the_smallest_payment_is_seen_beside_the_largest(make: Make) -> None:
    chart = make(state(1, 10**15))
    assert chart.bar_of("0").height() >= 2
    assert chart.bar_of("1").left() > 40


def test_nothing_to_draw_says_so(qtbot: QtBot, make: Make, theme: Theme) -> None:
    chart = make(state())
    image = picture(chart)
    inks = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert theme.colour("muted").name() in inks
    assert theme.colour("accent").name() not in inks
    assert chart.accessibleDescription() == "Nothing"
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Return, Qt.Key.Key_End):
        qtbot.keyClick(chart, key)
    hover(chart, QPoint(WIDE // 2, 40))
    assert chart.told_bar() is None


@pytest.mark.parametrize("count", [1, 2, 31, 92, 366])
@pytest.mark.parametrize("width", [160, 311, 600, 1273])
def test_any_number_of_bars_in_any_width(count: int, width: int) -> None:
    geometry = ChartGeometry(width, HIGH, 50, count, 1000)
    slots = [geometry.slot(place) for place in range(count)]
    assert slots[0].left() == 50
    assert slots[-1].left() + slots[-1].width() == width
    assert all(left.left() + left.width() == right.left() for left, right in pairwise(slots))
    bars = [geometry.bar(place, 500) for place in range(count)]
    assert all(1 <= box.width() <= 48 for box in bars)
    assert all(left.left() <= right.left() for left, right in pairwise(bars))
    if width - 50 >= 2 * count:
        assert all(not left.intersects(right) for left, right in pairwise(bars))
    for place, slot in enumerate(slots):
        if slot.width():
            assert geometry.place_at(slot.left()) == geometry.place_at(slot.right() + 0.9) == place
    assert geometry.place_at(49.9) is None
    assert geometry.place_at(width) is None


@pytest.mark.parametrize("count", [1, 2, 24, 92, 366])
@pytest.mark.parametrize("width", [160, 311, 600, 1273])
def test_labels_never_touch(count: int, width: int) -> None:
    geometry = ChartGeometry(width, HIGH, 50, count, 1000)
    step = geometry.label_step([33.0] * count)
    centres = [geometry.slot(place).center().x() for place in range(0, count, step)]
    assert all(right - left >= 33 + LABEL_GAP - 2 for left, right in pairwise(centres))
    assert step == 1 or (width - 50) * (step - 1) < (33 + LABEL_GAP) * count


def test_a_year_is_painted(make: Make) -> None:
    assert make(state(*range(366)), 200).grab().width() == 200


# The pointer


def test_a_bar_tells_its_numbers_over_its_whole_column(make: Make, theme: Theme) -> None:
    chart = make(state(50_000, 100_000, 10))
    slot = chart.slot_of("2")
    for point in (slot.center(), QPoint(slot.left(), slot.top()), QPoint(slot.right(), slot.bottom())):
        hover(chart, point)
        told = chart.told_bar()
        assert told is not None
        assert told.key == "2"
    band = chart.band_of("2")
    assert picture(chart).pixelColor(band.left() + 1, band.top() + 90) == theme.colour("accent_tint")
    assert colour_in(chart, "1") == theme.colour("bar"), "only the bar under the pointer is strong"
    hover(chart, QPoint(2, 40))
    assert chart.told_bar() is None
    assert colour_in(chart, "1") == theme.colour("accent")


def test_the_tip_stands_still_while_the_pointer_moves_over_a_bar(make: Make) -> None:
    chart = make(state(50_000, 100_000, 10))
    slot = chart.slot_of("0")
    hover(chart, slot.center())
    first = picture(chart)
    hover(chart, slot.center() + QPoint(9, -30))
    assert picture(chart) == first


@pytest.mark.parametrize("place", [0, 1, 15, 29, 30])
@pytest.mark.parametrize("width", [200, 600])
def test_the_tip_is_whole_and_inside(make: Make, theme: Theme, place: int, width: int) -> None:
    chart = make(state(*range(1, 32)), width)
    canvas = QImage(width, HIGH, QImage.Format.Format_RGB32)
    painter = QPainter(canvas)
    slot, room = chart.band_of(str(place)), QRect(0, 0, width, HIGH)
    tip = paint_tip(painter, theme, bar(str(place), 12345), "Click: this day only", slot, room)
    painter.end()
    assert room.contains(tip)
    assert width < 600 or not tip.intersects(slot)


def test_the_pointer_leaves(make: Make) -> None:
    chart = make(state(50_000, 100_000))
    hover(chart, chart.slot_of("0").center())
    QApplication.sendEvent(chart, QEvent(QEvent.Type.Leave))
    assert chart.told_bar() is None


def test_a_click_asks_for_the_bar(qtbot: QtBot, make: Make) -> None:
    chart = make(state(50_000, 100_000, 0))
    asked: list[str] = []
    chart.key_requested.connect(asked.append)
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.slot_of("2").center())
    qtbot.mouseClick(chart, Qt.MouseButton.RightButton, pos=chart.slot_of("1").center())
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(3, 40))
    assert asked == ["2"]


def test_a_press_and_a_release_on_two_bars_ask_for_none(qtbot: QtBot, make: Make) -> None:
    chart = make(state(50_000, 100_000))
    asked: list[str] = []
    chart.key_requested.connect(asked.append)
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=chart.slot_of("0").center())
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=chart.slot_of("1").center())
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=chart.slot_of("0").center())
    chart.show_chart(ChartState("By day", "", "", (bar("x", 1),), money_ticks(1, EN)))
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=chart.slot_of("x").center())
    assert asked == []


# The keyboard


def test_the_keyboard_moves_over_the_bars(qtbot: QtBot, make: Make) -> None:
    chart = make(state(10, 100_000, 20, 30))
    asked: list[str] = []
    chart.key_requested.connect(asked.append)
    focus(qtbot, chart)
    told: list[str] = []
    for key in (None, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_Left):
        if key is not None:
            qtbot.keyClick(chart, key)
        current = chart.current_bar()
        assert current is not None
        assert chart.told_bar() == current
        assert chart.accessibleDescription() == " · ".join((current.title, current.figure, current.note))
        told.append(current.key)
    assert told == ["1", "2", "3", "3", "0", "0"]
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    qtbot.keyClick(chart, Qt.Key.Key_Space)
    assert asked == ["0", "0"]
    assert chart.accessibleName() == "By day"


def test_the_focus_is_seen(qtbot: QtBot, make: Make, theme: Theme) -> None:
    chart = make(state(10, 100_000, 20))
    focus(qtbot, chart)
    band = chart.band_of("1")
    assert band.width() < chart.slot_of("1").width()
    assert picture(chart).pixelColor(band.left(), band.center().y()) == theme.colour("accent")


def test_the_current_bar_stays_by_its_key(qtbot: QtBot, make: Make) -> None:
    chart = make(state(10, 100_000, 20))
    focus(qtbot, chart)
    chart.show_chart(ChartState("By day", "", "", (bar("new", 5), bar("1", 6)), money_ticks(6, EN)))
    current = chart.current_bar()
    assert current is not None
    assert current.key == "1"
    chart.show_chart(ChartState("By day", "", "", (bar("new", 5), bar("next", 4)), money_ticks(6, EN)))
    assert chart.current_bar() == bar("new", 5), "where it was is gone: the highest one"
    chart.show_chart(state())
    assert chart.current_bar() is None


def test_after_a_click_the_tip_goes_with_the_pointer(qtbot: QtBot, make: Make) -> None:
    chart = make(state(10, 100_000, 20))
    focus(qtbot, chart)
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.slot_of("2").center())
    QApplication.sendEvent(chart, QEvent(QEvent.Type.Leave))
    assert chart.told_bar() is None
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.told_bar() == chart.current_bar() == bar("1", 100_000)
