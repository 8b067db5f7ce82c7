"""The history view: how states are shown, and which signals input emits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.ui.drawer.state import DrawerState
from app.ui.pages.history.state import (
    Card,
    Choice,
    ExactState,
    FilterBarState,
    HistoryState,
    MenuChip,
    Notice,
    NoticeAction,
    RangeState,
    SearchChip,
    SumsState,
)
from app.ui.pages.history.view import HistoryPage
from app.ui.pages.history.widgets.range_dialog import RangeDialog
from app.ui.pages.history.widgets.search_field import DEBOUNCE_MS
from app.ui.payment.display import PaymentRow, StatusBadge
from app.ui.payment.row_window import RowWindow, whole_list
from app.ui.tables.payments_delegate import ROW_HEIGHT
from app.ui.theme import Theme
from tests.fakes.texts import UppercaseTexts
from tests.ui.keyboard import has_keyboard

PAID = StatusBadge("Paid", "paid", "check")
ROW = PaymentRow(PaymentId("a"), "1042", "21.11", "14:05", "Coffee", "250,00 ₴", PAID, False, "Olena", "message", None)
FILTER = FilterBarState(
    period=MenuChip("This month", True, (Choice("today", "Today"), Choice("month", "This month", True))),
    status=MenuChip("Status", False, (Choice("", "All statuses", True), Choice("paid", "Paid"))),
    attention="Need attention · 1",
)
CARDS = (Card("Payments", "1 042"), Card("Received", "418 340,50 ₴"), Card("Refunded", "3 120,00 ₴"))
STATE = HistoryState(filter=FILTER, cards=CARDS, rows=whole_list((ROW, replace(ROW, payment_id=PaymentId("b")))))


@pytest.fixture
def texts() -> Texts:
    return Texts("en")


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, texts: Texts) -> HistoryPage:
    made = HistoryPage(theme, texts)
    qtbot.addWidget(made)
    made.resize(932, 600)
    made.show_state(STATE)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_state_is_on_the_screen(page: HistoryPage) -> None:
    assert page.card.table.model().rowCount() == 2
    assert [figure.text() for figure in page.cards.figures] == ["1 042", "418 340,50 ₴", "3 120,00 ₴"]
    assert page.cards.figures[1].accessibleName() == "Received: 418 340,50 ₴"
    bar = page.filter
    assert (bar.period.text(), bar.period.isChecked()) == ("This month", True)
    assert (bar.status.text(), bar.status.isChecked()) == ("Status", False)
    assert (bar.attention.text(), bar.attention.isChecked()) == ("Need attention · 1", False)
    assert not bar.clear.isEnabled()
    assert bar.period.accessibleName() == "Period: This month"


# Searching


def test_typing_is_reported_once_when_it_rests(qtbot: QtBot, page: HistoryPage) -> None:
    emitted: list[str] = []
    page.search_requested.connect(emitted.append)
    qtbot.keyClicks(page.filter.search, "1042")
    assert emitted == []
    qtbot.waitUntil(lambda: bool(emitted), timeout=DEBOUNCE_MS * 20)
    assert emitted == ["1042"]


def test_enter_does_not_wait(qtbot: QtBot, page: HistoryPage) -> None:
    qtbot.keyClicks(page.filter.search, "cake")
    with qtbot.waitSignal(page.search_requested, timeout=DEBOUNCE_MS // 2) as emitted:
        qtbot.keyClick(page.filter.search, Qt.Key.Key_Return)
    assert emitted.args == ["cake"]


def test_a_state_does_not_overwrite_what_is_being_typed(qtbot: QtBot, page: HistoryPage) -> None:
    qtbot.keyClicks(page.filter.search, "ca")
    page.show_state(replace(STATE, filter=replace(FILTER, search="c")))
    assert page.filter.search.text() == "ca"
    qtbot.keyClick(page.filter.search, Qt.Key.Key_Return)
    page.show_state(replace(STATE, filter=replace(FILTER, search="")))
    assert page.filter.search.text() == ""


def test_the_cross_empties_the_search_at_once(qtbot: QtBot, page: HistoryPage) -> None:
    search = page.filter.search
    find, cross = search.actions()
    assert not cross.isVisible()
    qtbot.keyClicks(search, "tea")
    assert cross.isVisible()
    with qtbot.waitSignal(page.search_requested, timeout=DEBOUNCE_MS // 2) as emitted:
        cross.trigger()
    assert emitted.args == [""]
    assert not cross.isVisible()
    find.trigger()
    assert page.focusWidget() is search


def test_the_search_key_selects_what_is_there(page: HistoryPage) -> None:
    page.show_state(replace(STATE, filter=replace(FILTER, search="tea")))
    page.card.table.setFocus()
    page.handle_key("search")
    assert page.focusWidget() is page.filter.search
    assert page.filter.search.selectedText() == "tea"


def test_chips_say_how_the_search_was_understood(page: HistoryPage) -> None:
    assert not page.words.isVisible()
    chips = (SearchChip("cake", "part of a text"), SearchChip("<b>5</b>", "sum 5,00 ₴"))
    page.show_state(replace(STATE, filter=replace(FILTER, words=chips)))
    assert page.words.words() == ["cake: part of a text", "<b>5</b>: sum 5,00 ₴"]
    assert page.words.isVisible()
    page.show_state(replace(STATE, filter=replace(FILTER, words=chips[:1])))
    assert page.words.words() == ["cake: part of a text"]
    page.show_state(STATE)
    assert not page.words.isVisible()


# Chips


def test_a_menu_tells_the_key_of_its_choice(qtbot: QtBot, page: HistoryPage) -> None:
    chip = page.filter.period
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert chip.menu_is_open()
    assert chip.isChecked(), "opening the menu changes nothing"
    assert [(action.text(), action.isChecked()) for action in chip.choices()] == [
        ("Today", False),
        ("This month", True),
    ]
    with qtbot.waitSignal(page.period_requested) as emitted:
        chip.choices()[0].trigger()
    assert emitted.args == ["today"]
    chip._menu.close()


def test_the_status_menu_tells_the_empty_key_for_all(qtbot: QtBot, page: HistoryPage) -> None:
    with qtbot.waitSignal(page.status_requested) as emitted:
        page.filter.status.choices()[0].trigger()
    assert emitted.args == [""]


def test_attention_and_clear(qtbot: QtBot, page: HistoryPage) -> None:
    with qtbot.waitSignal(page.attention_requested) as emitted:
        qtbot.mouseClick(page.filter.attention, Qt.MouseButton.LeftButton)
    assert emitted.args == [True]
    page.show_state(replace(STATE, filter=replace(FILTER, can_clear=True)))
    qtbot.keyClicks(page.filter.search, "x")
    with qtbot.assertNotEmitted(page.search_requested, wait=DEBOUNCE_MS * 2), qtbot.waitSignal(page.clear_requested):
        qtbot.mouseClick(page.filter.clear, Qt.MouseButton.LeftButton)


# The custom range


def test_an_own_range_is_asked_for(qtbot: QtBot, page: HistoryPage) -> None:
    page.show_state(replace(STATE, filter=replace(FILTER, custom_range=RangeState("2026-11-01", "2026-11-30"))))
    dialog = page.range
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.first.date() == QDate(2026, 11, 1)
    dialog.last.setDate(QDate(2026, 11, 15))
    with qtbot.waitSignal(page.range_requested) as emitted:
        qtbot.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    assert emitted.args == ["2026-11-01", "2026-11-15"]
    assert page.range is None


TYPED = [
    "15.10.2026",
    "15.10",
    "15.10.26",
    "15102026",
    "15/10/2026",
    "2026-10-15",
    "15-10-2026",
    "15 10 2026",
    "15,10,26",
]


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("by_key", [True, False])
def test_days_that_are_typed_are_taken(qtbot: QtBot, page: HistoryPage, typed: str, by_key: bool) -> None:
    page.show_state(replace(STATE, filter=replace(FILTER, custom_range=RangeState("2026-11-01", "2026-11-30"))))
    dialog = page.range
    assert dialog is not None
    assert dialog.first.selectedText() == "01.11.2026", "ready to be typed over"
    qtbot.keyClicks(dialog.first, typed)
    dialog.last.selectAll()
    qtbot.keyClicks(dialog.last, "5.12.26")
    with qtbot.waitSignal(page.range_requested) as emitted:
        if by_key:
            qtbot.keyClick(dialog.last, Qt.Key.Key_Return)
        else:
            qtbot.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    assert emitted.args == ["2026-10-15", "2026-12-05"]


@pytest.mark.parametrize("typed", ["31.02.2026", "15.13.2026", "0", "x", "", "15.10.202", "15.10.0001", "15.10.9999"])
def test_what_is_no_day_is_told_and_changes_nothing(qtbot: QtBot, page: HistoryPage, typed: str) -> None:
    page.show_state(replace(STATE, filter=replace(FILTER, custom_range=RangeState("2026-11-01", "2026-11-30"))))
    dialog = page.range
    assert dialog is not None
    dialog.last.setText(typed)
    with qtbot.assertNotEmitted(page.range_requested):
        qtbot.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert dialog.problem.text() == "Enter a day such as 21.11.2026"
    assert (dialog.first.property("invalid"), dialog.last.property("invalid")) == ("false", "true")
    assert has_keyboard(dialog.last)
    qtbot.keyClicks(dialog.last, "30")
    assert (dialog.problem.text(), dialog.last.property("invalid")) == ("", "false")


def test_a_day_of_the_calendar_is_taken(qtbot: QtBot, theme: Theme) -> None:
    dialog = RangeDialog(theme, Texts("en"), RangeState("2026-11-01", "2026-11-30"))
    qtbot.addWidget(dialog)
    dialog.first.calendarWidget().clicked.emit(QDate(2026, 10, 9))
    assert (dialog.first.text(), dialog.first.date()) == ("09.10.2026", QDate(2026, 10, 9))


def test_the_calendar_speaks_the_language_of_the_window(qtbot: QtBot, theme: Theme) -> None:
    dialog = RangeDialog(theme, Texts("uk"), RangeState("2026-11-01", "2026-11-30"))
    qtbot.addWidget(dialog)
    calendar = dialog.first.calendarWidget()
    assert calendar.locale().standaloneMonthName(11).casefold() == "листопад"
    assert calendar.firstDayOfWeek() is Qt.DayOfWeek.Monday
    assert calendar.weekdayTextFormat(Qt.DayOfWeek.Sunday).foreground().color() == theme.colour("text")


def test_leaving_the_range_is_reported(qtbot: QtBot, page: HistoryPage) -> None:
    asking = replace(STATE, filter=replace(FILTER, custom_range=RangeState("2026-11-01", "2026-11-30")))
    page.show_state(asking)
    assert page.range is not None
    with qtbot.waitSignal(page.range_left):
        qtbot.keyClick(page.range, Qt.Key.Key_Escape)
    page.show_state(asking)
    dialog = page.range
    assert dialog is not None
    page.show_state(STATE)
    assert page.range is None
    assert not dialog.isVisible()


# The list


def test_notices_and_their_ways_out(qtbot: QtBot, page: HistoryPage) -> None:
    words = {NoticeAction.CLEAR: "Clear", NoticeAction.ALL_TIME: "Look at all time", NoticeAction.RETRY: "Try again"}
    for notice_action, word in words.items():
        page.show_state(replace(STATE, rows=RowWindow(), notice=Notice("search", "Nothing found", "", notice_action)))
        (button,) = [b for b in page.card.notice.findChildren(QAbstractButton) if b.isVisible()]
        assert button.text() == word
        with qtbot.waitSignal(page.notice_action_requested) as emitted:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert emitted.args == [notice_action]
    page.show_state(replace(STATE, rows=RowWindow(), notice=Notice("clock", "Reading the payments…")))
    assert not [b for b in page.card.notice.findChildren(QAbstractButton) if b.isVisible()]


def test_the_exact_number_stands_above_the_list_and_opens(qtbot: QtBot, page: HistoryPage) -> None:
    assert not page.exact.isVisible()
    page.show_state(replace(STATE, exact=ExactState("Exact number", ROW, "not in the totals")))
    assert page.exact.title.text() == "Exact number 1042"
    assert page.exact.text.whole_text() == "250,00 ₴ · Coffee · 21.11 14:05 · not in the totals"
    with qtbot.waitSignal(page.payment_requested) as emitted:
        qtbot.mouseClick(page.exact.open, Qt.MouseButton.LeftButton)
    assert emitted.args == ["a"]
    page.show_state(STATE)
    assert not page.exact.isVisible()


def test_the_page_tells_which_rows_are_in_sight(qtbot: QtBot, page: HistoryPage) -> None:
    page.show_state(replace(STATE, rows=RowWindow(5000, 0, STATE.rows.rows, list_id=1)))
    with qtbot.waitSignal(page.sight_changed) as emitted:
        page.table.verticalScrollBar().setValue(4000 * ROW_HEIGHT)
    assert emitted.args is not None
    assert emitted.args[0] == 4000


def test_a_row_asks_for_its_payment(qtbot: QtBot, page: HistoryPage) -> None:
    page.card.table.select(PaymentId("a"))
    page.card.table.setFocus()
    with qtbot.waitSignal(page.payment_requested) as emitted:
        qtbot.keyClick(page.card.table, Qt.Key.Key_Down)
    assert emitted.args == ["b"]


@pytest.mark.parametrize("size", [(932, 600), (1274, 716)])
def test_the_drawer_does_not_move_the_list(qtbot: QtBot, page: HistoryPage, size: tuple[int, int]) -> None:
    page.resize(*size)
    rows = tuple(replace(ROW, payment_id=PaymentId(f"p{at}")) for at in range(120))
    page.show_state(replace(STATE, rows=RowWindow(5000, 0, rows, list_id=3)))
    page.table.verticalScrollBar().setValue(400)
    before = page.table.mapTo(page, page.table.pos()).y(), page.table.verticalScrollBar().value()
    page.show_drawer(DrawerState(is_open=True))
    qtbot.waitUntil(lambda: page.drawer.isVisible() and page.drawer.geometry().right() < page.width())
    assert (page.table.mapTo(page, page.table.pos()).y(), page.table.verticalScrollBar().value()) == before


CHIP = MenuChip("Paid", True, (Choice("", "All statuses"), Choice("paid", "Paid", True)))


def test_a_filter_is_taken_away_by_its_cross_and_by_the_delete_key(qtbot: QtBot, page: HistoryPage) -> None:
    chosen = replace(FILTER, status=CHIP, sums=MenuChip("≥ 5,00 ₴", True), confirmed=CHIP, person=CHIP)
    page.show_state(replace(STATE, filter=chosen))
    bar, removed = page.filter, list[str]()
    page.remove_requested.connect(removed.append)
    for chip in (bar.period, bar.status, bar.person, bar.confirmed, bar.sums):
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=chip.cross().center())
        assert not chip.menu_is_open()
    qtbot.keyClick(bar.status, Qt.Key.Key_Delete)
    assert removed == ["period", "status", "person", "confirmed", "sums", "status"]
    page.show_state(STATE)
    qtbot.keyClick(bar.status, Qt.Key.Key_Delete)
    assert len(removed) == 6, "there is nothing to take away"


def test_the_chip_of_cashiers_is_there_when_somebody_is_known(page: HistoryPage) -> None:
    assert not page.filter.person.isVisible()
    page.show_state(replace(STATE, filter=replace(FILTER, person=CHIP)))
    assert page.filter.person.isVisible()


def test_sums_are_typed_in_a_dialog(qtbot: QtBot, page: HistoryPage) -> None:
    with qtbot.waitSignal(page.sums_requested):
        qtbot.mouseClick(page.filter.sums, Qt.MouseButton.LeftButton)
    page.show_state(replace(STATE, filter=replace(FILTER, sums_dialog=SumsState("5,00", ""))))
    dialog = page.sums
    assert dialog is not None
    assert dialog.least.selectedText() == "5,00"
    qtbot.keyClicks(dialog.most, "x")
    with qtbot.waitSignal(page.sums_applied) as emitted:
        qtbot.keyClick(dialog.most, Qt.Key.Key_Return)
    assert emitted.args == ["5,00", "x"]
    page.show_state(replace(STATE, filter=replace(FILTER, sums_dialog=SumsState("5,00", "x", "No sum", "most"))))
    assert dialog.isVisible()
    assert (dialog.problem.text(), dialog.most.property("invalid")) == ("No sum", "true")
    assert has_keyboard(dialog.most)
    qtbot.keyClicks(dialog.most, "7")
    assert dialog.problem.text() == ""
    with qtbot.waitSignal(page.sums_left):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert page.sums is None


@pytest.mark.parametrize("size", [(932, 600), (1274, 716)])
def test_nothing_is_cut_beside_the_drawer(qtbot: QtBot, page: HistoryPage, size: tuple[int, int]) -> None:
    page.resize(*size)
    page.show_drawer(DrawerState(is_open=True))
    qtbot.waitUntil(lambda: page.drawer.isVisible() and page.drawer.geometry().right() < page.width())
    bar = page.filter
    for chip in (bar.period, bar.status, bar.confirmed, bar.sums, bar.attention, bar.clear):
        assert chip.width() >= chip.sizeHint().width()
        assert chip.geometry().right() < bar.width()
    for figure in page.cards.figures:
        assert figure.fontMetrics().horizontalAdvance(figure.text()) <= figure.width(), figure.text()
    sizes = {figure.fontMetrics().height() for figure in page.cards.figures}
    assert len(sizes) == 1, "the figures are of one size"


def test_every_control_has_a_name_and_a_fingers_height(page: HistoryPage) -> None:
    bar = page.filter
    for control in (bar.search, bar.period, bar.status, bar.confirmed, bar.sums, bar.attention, bar.clear):
        assert control.accessibleName()
        assert control.height() >= 44


@pytest.mark.parametrize("texts", [UppercaseTexts("en")])
def test_it_speaks_the_language_it_is_made_in(page: HistoryPage) -> None:
    assert page.filter.clear.text() == "CLEAR"
    assert page.filter.search.accessibleName() == "SEARCH THE HISTORY"
    assert page.card.table.model().headerData(0, Qt.Orientation.Horizontal) == "TIME"


def test_the_keyboard_goes_back_to_the_list(page: HistoryPage) -> None:
    page.show_drawer(DrawerState(is_open=True))
    page.drawer.close_button.setFocus()
    page.show_drawer(DrawerState())
    assert page.focusWidget() is page.card.table


def test_dark_is_painted_without_complaint(page: HistoryPage, dark: Theme) -> None:
    image = page.grab().toImage()
    assert image.pixelColor(2, 2).name() == dark.colour("background").name()
