"""The chart on the history page: collapsed, by status, as a table; what is emitted; room on low pages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize, Qt
from pytestqt.qtbot import QtBot

from app.i18n.texts import Texts
from app.services.ports.history_values import TotalsBy, TotalsGroup
from app.ui.pages.history.state import ChartChoice, ChartPanelState, HistoryState
from app.ui.pages.history.view import HistoryPage
from app.ui.pages.history.widgets.chart_panel import HIGH
from app.ui.payment.chart_groups import Grouped
from app.ui.payment.chart_texts import chart_state
from app.ui.theme import Theme

DAYS = tuple(TotalsGroup(f"2026-11-{day:02d}", day, day, day * 1000, 0) for day in range(1, 22))
CHART = chart_state(Grouped(TotalsBy.DAY, DAYS), Texts("en"))
SHOWN = ChartPanelState(CHART, ChartChoice())


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> HistoryPage:
    made = HistoryPage(theme, Texts("en"))
    qtbot.addWidget(made)
    made.resize(1274, 716)
    made.show_state(HistoryState(chart=SHOWN))
    made.show()
    qtbot.waitExposed(made)
    return made


def arrange(page: HistoryPage, **choice: bool) -> None:
    page.show_state(HistoryState(chart=replace(SHOWN, choice=ChartChoice(**choice))))


def test_without_anything_to_draw_the_list_has_the_room(page: HistoryPage) -> None:
    assert page.chart.isVisible()
    page.show_state(HistoryState())
    assert not page.chart.isVisible()


def test_a_low_page_has_no_chart_and_a_higher_one_has_it_again(page: HistoryPage) -> None:
    page.use_room(QSize(932, 548))
    assert not page.chart.isVisible()
    page.show_state(HistoryState(chart=SHOWN))
    assert not page.chart.isVisible()
    page.use_room(QSize(932, HIGH))
    assert page.chart.isVisible()


def test_a_click_on_a_bar_and_enter_on_a_row_ask_for_the_same(qtbot: QtBot, page: HistoryPage) -> None:
    asked: list[str] = []
    page.bar_requested.connect(asked.append)
    chart = page.chart.chart
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.slot_of("2026-11-07").center())
    arrange(page, as_table=True)
    page.chart.table.setCurrentCell(6, 0)
    qtbot.keyClick(page.chart.table, Qt.Key.Key_Return)
    page.chart.table.setCurrentCell(len(DAYS), 0)
    qtbot.keyClick(page.chart.table, Qt.Key.Key_Return)
    assert asked == ["2026-11-07", "2026-11-07"]


def test_the_table_has_the_numbers_of_the_bars_and_their_total(page: HistoryPage) -> None:
    arrange(page, as_table=True)
    table = page.chart.table
    assert page.chart.chart.isVisible()
    rows = [[_text(page, row, column) for column in range(5)] for row in range(table.rowCount())]
    assert rows == [*([bar.title, *bar.cells] for bar in CHART.bars), list(CHART.total)]
    assert table.columnWidth(0) >= table.fontMetrics().horizontalAdvance(CHART.bars[-1].title)


def _text(page: HistoryPage, row: int, column: int) -> str:
    item = page.chart.table.item(row, column)
    assert item is not None
    return item.text()


def test_where_there_is_little_room_the_table_takes_the_place_of_the_chart(qtbot: QtBot, page: HistoryPage) -> None:
    page.resize(700, 716)
    arrange(page, as_table=True)
    assert page.chart.table.isVisible()
    assert not page.chart.chart.isVisible()
    page.resize(1274, 716)
    qtbot.waitUntil(page.chart.chart.isVisible)


def test_the_current_row_stays_by_its_key(page: HistoryPage) -> None:
    arrange(page, as_table=True)
    table = page.chart.table
    table.setCurrentCell(6, 0)
    fewer = chart_state(Grouped(TotalsBy.DAY, DAYS[3:]), Texts("en"))
    page.show_state(HistoryState(chart=ChartPanelState(fewer, ChartChoice(as_table=True))))
    assert table.currentRow() == 3
    assert _text(page, 3, 0) == CHART.bars[6].title


def test_the_switches_say_what_should_be_shown(qtbot: QtBot, page: HistoryPage) -> None:
    asked: list[ChartChoice] = []
    page.chart_arranged.connect(asked.append)
    for control in (page.chart.fold, page.chart.by_status, page.chart.as_table):
        qtbot.mouseClick(control, Qt.MouseButton.LeftButton)
    assert asked == [ChartChoice(is_open=False), ChartChoice(by_status=True), ChartChoice(as_table=True)]


def test_collapsed_only_the_title_is_left(qtbot: QtBot, page: HistoryPage) -> None:
    high = page.chart.height()
    arrange(page, is_open=False)
    assert not page.chart.chart.isVisible()
    assert not page.chart.by_status.isVisible()
    qtbot.waitUntil(lambda: page.chart.height() < high - 100)
    assert page.chart.fold.isVisible()
    assert page.chart.fold.accessibleName() == "By day"
