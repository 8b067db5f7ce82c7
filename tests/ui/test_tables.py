"""Payment tables: the model by Qt's own rules, updates without flicker, keys, column widths, row appearance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.domain.ids import PaymentId
from app.i18n.language import Language
from app.i18n.texts import Texts
from app.ui.pages.till.widgets.today_card import COLUMNS as TODAY_COLUMNS
from app.ui.payment.display import PaymentRow, StatusBadge
from app.ui.tables.columns import (
    CONFIRMED,
    DATE_TIME,
    HISTORY_COLUMNS,
    LIVE_COLUMNS,
    NUMBER,
    PURPOSE,
    STATUS,
    SUM,
    Column,
    fitted,
)
from app.ui.tables.flow import FlowLayout
from app.ui.tables.payments_delegate import ROW_HEIGHT, WARNING, WARNING_GAP, cell_room
from app.ui.tables.payments_model import PaymentsModel
from app.ui.tables.payments_table import PaymentsTable
from app.ui.tables.table_card import TableCard
from app.ui.theme import Theme
from app.ui.widgets.feedback.status_pill import pill_width
from tests.unit.test_till_matrix import case_of, everything

PAID = StatusBadge("Paid", "paid", "check")
WAITING = StatusBadge("Waiting", "waiting", "clock")
NOW_MS = 1_000_000


class UppercaseTexts(Texts):
    """Another language than English, whatever the catalogue holds."""

    def say(self, sentence: str, /, **values: object) -> str:
        return sentence.upper()


def row(name: str, **changes: object) -> PaymentRow:
    plain = PaymentRow(
        payment_id=PaymentId(name),
        number="1042",
        day="21.11",
        time="14:05",
        purpose="Coffee",
        sum="250,00 ₴",
        status=PAID,
        attention=False,
        cashier="Olena",
        confirmed="",
        deadline_ms=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def rows(*names: str) -> tuple[PaymentRow, ...]:
    return tuple(row(name) for name in names)


def model_of(names: str = "") -> PaymentsModel:
    model = PaymentsModel(LIVE_COLUMNS, Texts("en"), now_ms=lambda: NOW_MS)
    model.show_rows(rows(*names))
    return model


def names_of(model: PaymentsModel) -> str:
    return "".join(model.row(at).payment_id for at in range(model.rowCount()))


# The model


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "abc"),
        ("abc", ""),
        ("abc", "abc"),
        ("abc", "xabc"),
        ("abc", "abcx"),
        ("abcdef", "bxcfyz"),
        ("abcdef", "af"),
        ("abc", "cba"),
        ("abc", "xyz"),
    ],
)
def test_rows_become_others_by_qts_rules(qtmodeltester: ModelTester, before: str, after: str) -> None:
    model = model_of(before)
    qtmodeltester.check(model)
    model.show_rows(rows(*after))
    assert names_of(model) == after
    qtmodeltester.check(model)


def test_a_changed_row_is_reported_alone(qtbot: QtBot) -> None:
    model = model_of("abcd")
    emitted: list[tuple[int, int]] = []
    anew: list[str] = []
    model.dataChanged.connect(lambda first, last: emitted.append((first.row(), last.row())))
    model.modelReset.connect(lambda: anew.append("reset"))
    model.show_rows((row("a"), row("b", status=WAITING), row("c", sum="1,00 ₴"), row("d")))
    assert emitted == [(1, 2)]
    assert anew == []
    model.show_rows((row("a"), row("b", status=WAITING), row("c", sum="1,00 ₴"), row("d")))
    assert emitted == [(1, 2)], "equal rows are left in peace"


def test_news_are_inserted_and_not_shown_anew(qtbot: QtBot) -> None:
    model = model_of("abc")
    emitted: list[object] = []
    model.rowsInserted.connect(lambda parent, first, last: emitted.append(("in", first, last)))
    model.rowsRemoved.connect(lambda parent, first, last: emitted.append(("out", first, last)))
    model.modelReset.connect(lambda: emitted.append("reset"))
    model.show_rows(rows("x", "y", "a", "c"))
    assert emitted == [("out", 1, 1), ("in", 0, 1)]


def test_cells_say_what_the_row_says() -> None:
    model = PaymentsModel(LIVE_COLUMNS, Texts("en"), now_ms=lambda: NOW_MS)
    model.show_rows((row("a", deadline_ms=NOW_MS + 872_000, day=""), row("b")))
    shown = [[model.index(at, column).data() for column in range(model.columnCount())] for at in range(2)]
    assert shown[0] == ["14:05", "1042", "Coffee", "250,00 ₴", "Paid", "14:32", "Olena", "—"]
    assert shown[1][0] == "21.11 14:05"
    assert shown[1][5] == ""
    assert model.index(0, 2).data(Qt.ItemDataRole.AccessibleTextRole) == "Purpose: Coffee"
    assert model.index(0, 3).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert model.index(0, 0, QModelIndex()).data(Qt.ItemDataRole.DecorationRole) is None


def test_names_of_columns_are_in_the_language_of_the_table() -> None:
    assert model_of("a").headerData(2, Qt.Orientation.Horizontal) == "Purpose"
    model = PaymentsModel(LIVE_COLUMNS, UppercaseTexts("en"))
    assert model.headerData(2, Qt.Orientation.Horizontal) == "PURPOSE"
    assert model.headerData(2, Qt.Orientation.Vertical) is None
    assert model.headerData(99, Qt.Orientation.Horizontal) is None


# Column widths


@pytest.mark.parametrize("columns", [HISTORY_COLUMNS, LIVE_COLUMNS])
@pytest.mark.parametrize("room", [490, 600, 700, 820, 870, 1000, 1300, 2000])
def test_columns_fill_the_room_and_never_more(columns: Sequence[Column], room: int) -> None:
    widths = fitted(columns, room)
    assert sum(widths) == room
    assert all(width >= 0 for width in widths)


def test_columns_leave_in_their_order_and_the_essential_stay() -> None:
    def shown(room: int) -> list[str]:
        return [
            column.key for column, width in zip(HISTORY_COLUMNS, fitted(HISTORY_COLUMNS, room), strict=True) if width
        ]

    assert shown(870) == [column.key for column in HISTORY_COLUMNS], "the smallest window shows all of them"
    assert shown(800) == ["moment", "number", "purpose", "sum", "status", "cashier"]
    assert shown(640) == ["moment", "number", "purpose", "sum", "status"]
    assert shown(490) == ["moment", "number", "sum", "status"]
    assert shown(300) == ["moment", "number", "sum", "status"]


def test_what_is_left_over_goes_to_the_purpose() -> None:
    widths = dict(zip((column.key for column in HISTORY_COLUMNS), fitted(HISTORY_COLUMNS, 1600), strict=True))
    assert (widths["moment"], widths["number"], widths["sum"]) == (DATE_TIME.width, NUMBER.width, SUM.width)
    assert (widths["status"], widths["confirmed"]) == (STATUS.width, CONFIRMED.width)
    assert widths["purpose"] > PURPOSE.width


# The table


@pytest.fixture
def table(qtbot: QtBot, theme: Theme) -> PaymentsTable:
    made = PaymentsTable(theme, Texts("en"), LIVE_COLUMNS, "Payments of today", now_ms=lambda: NOW_MS)
    qtbot.addWidget(made)
    made.resize(884, 300)
    made.show_rows(rows(*"abcdefghijklmnopqrst"))
    made.show()
    qtbot.waitExposed(made)
    return made


def at(table: PaymentsTable, row_number: int) -> QPoint:
    return table.visualRect(table.model().index(row_number, 0)).center()


def test_a_click_and_the_keys_ask_for_a_payment(qtbot: QtBot, table: PaymentsTable) -> None:
    asked: list[str] = []
    table.row_requested.connect(asked.append)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at(table, 1))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_End, Qt.Key.Key_Down, Qt.Key.Key_Home):
        qtbot.keyClick(table, key)
    assert asked == ["b", "c", "b", "b", "t", "a"]
    assert table.chosen() == "a"


def test_other_keys_ask_for_nothing_and_a_scanner_moves_nothing(qtbot: QtBot, table: PaymentsTable) -> None:
    table.show_rows((row("a"), row("b", time="21:00", day=""), row("c")))
    table.select(PaymentId("a"))
    with qtbot.assertNotEmitted(table.row_requested):
        qtbot.keyClick(table, Qt.Key.Key_Escape)
        qtbot.keyClicks(table, "21:00")
    assert table.chosen() == "a"


def test_enter_takes_the_row_that_the_keyboard_stands_on(qtbot: QtBot, table: PaymentsTable) -> None:
    table.setCurrentIndex(table.model().index(2, 0))
    table.clearSelection()
    with qtbot.waitSignal(table.row_requested) as emitted:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert emitted.args == ["c"]
    assert table.chosen() == "c"
    table.show_rows(())
    with qtbot.assertNotEmitted(table.row_requested):
        qtbot.keyClick(table, Qt.Key.Key_Return)
        qtbot.keyClick(table, Qt.Key.Key_End)


def test_news_keep_the_selection_and_the_place(qtbot: QtBot, table: PaymentsTable) -> None:
    asked: list[str] = []
    table.select(PaymentId("h"))
    table.verticalScrollBar().setValue(5 * ROW_HEIGHT + 13)
    table.row_requested.connect(asked.append)
    table.show_rows(rows(*"xyabcdefghijklmnopqrst"))
    assert table.chosen() == "h"
    assert table.verticalScrollBar().value() == 7 * ROW_HEIGHT + 13
    table.show_rows(rows(*"hgfedcbaonmlkji"))
    assert table.chosen() == "h", "even when the order itself has changed"
    assert asked == []


def test_at_the_top_news_push_in(table: PaymentsTable) -> None:
    table.show_rows(rows(*"xabcdefghijklmnopqrst"))
    assert table.verticalScrollBar().value() == 0


def test_a_payment_that_is_gone_is_not_selected_any_more(table: PaymentsTable) -> None:
    table.select(PaymentId("b"))
    table.show_rows(rows(*"acd"))
    table.select(PaymentId("b"))
    assert table.chosen() is None
    table.select(None)
    assert table.chosen() is None


def test_every_column_is_in_sight(table: PaymentsTable) -> None:
    for width in (884, 492, 1226):
        table.resize(width, 300)
        taken = sum(table.columnWidth(column) for column in range(len(LIVE_COLUMNS)))
        assert taken == table.viewport().width()
    assert not table.horizontalScrollBar().isVisible()


def test_a_shy_column_is_there_while_a_row_has_something_to_say(table: PaymentsTable) -> None:
    place = next(at for at, column in enumerate(LIVE_COLUMNS) if column.key == "cashier")
    table.show_rows([row("a", cashier=""), row("b", cashier="")])
    assert table.isColumnHidden(place)
    table.show_rows([row("a", cashier=""), row("b")])
    assert not table.isColumnHidden(place)


def test_the_clock_runs_only_for_a_visible_countdown(qtbot: QtBot, table: PaymentsTable) -> None:
    assert not table._clock.isActive()
    table.show_rows((row("a", deadline_ms=NOW_MS + 5000), *rows("b")))
    assert table._clock.isActive()
    table.hide()
    assert not table._clock.isActive()
    table.show()
    assert table._clock.isActive()
    table.show_rows(rows("a", "b"))
    assert not table._clock.isActive()


def test_a_second_paints_the_countdown_anew(qtbot: QtBot, theme: Theme) -> None:
    moment = NOW_MS
    made = PaymentsTable(theme, Texts("en"), LIVE_COLUMNS, "Payments of today", now_ms=lambda: moment)
    qtbot.addWidget(made)
    made.resize(1200, 200)
    made.show_rows((row("a", deadline_ms=NOW_MS + 61_000),))
    made.show()
    before = made.grab().toImage()
    moment += 1000
    made._on_tick()
    after = made.grab().toImage()
    assert before != after
    assert made.model().index(0, 5).data() == "1:00"


def colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}


def test_a_row_wears_its_status_and_its_selection(qtbot: QtBot, theme: Theme, table: PaymentsTable) -> None:
    def shown() -> set[str]:
        return colours(table.viewport().grab().toImage())

    def shows_role(role: str) -> bool:
        return QColor(theme.colour(role)).name() in shown()

    table.show_rows((row("a"),))
    assert shows_role("paid_ground")
    assert not shows_role("accent_tint")
    table.select(PaymentId("a"))
    assert shows_role("accent_tint")
    table.show_rows((row("a", status=WAITING),))
    assert shows_role("waiting_ground")


def test_a_warning_stands_beside_a_pill_that_does_not_warn_itself(qtbot: QtBot, table: PaymentsTable) -> None:
    def looks_other(status: StatusBadge) -> bool:
        images = []
        for attention in (False, True):
            table.show_rows((row("a", attention=attention, status=status),))
            images.append(table.viewport().grab().toImage())
        return bool(images[0] != images[1])

    assert looks_other(WAITING)
    assert not looks_other(StatusBadge("Underpaid", "attention", "warning"))


def test_the_row_under_the_mouse_is_tinted(theme: Theme, table: PaymentsTable) -> None:
    tint = theme.colour("hover").name()
    assert tint not in colours(table.viewport().grab().toImage())
    # Sent to the table itself: which window is under a real pointer does not matter here.
    place = at(table, 2).toPointF()
    free, none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(table.viewport(), QMouseEvent(QEvent.Type.MouseMove, place, place, free, free, none))
    assert tint in colours(table.viewport().grab().toImage())


def test_it_names_itself_and_its_columns(table: PaymentsTable) -> None:
    assert table.accessibleName() == "Payments of today"
    assert table.model().headerData(0, Qt.Orientation.Horizontal) == "Time"


def test_it_follows_the_theme(qtbot: QtBot, table: PaymentsTable, dark: Theme) -> None:
    table.show_rows((row("a"),))
    assert dark.colour("paid_ground").name() in colours(table.viewport().grab().toImage())


# Around the table


def test_the_card_shows_rows_or_a_notice(qtbot: QtBot, theme: Theme) -> None:
    card = TableCard(theme, Texts("en"), HISTORY_COLUMNS, "Payments found")
    qtbot.addWidget(card)
    card.show_rows(rows("a"), "The newest 1 of 2 are shown")
    assert card.shows_rows()
    assert card.foot() == "The newest 1 of 2 are shown"
    card.show_notice("search", "Nothing found", "", "Clear")
    assert not card.shows_rows()
    assert card.foot() == ""
    card.show()
    (button,) = [button for button in card.findChildren(QPushButton) if button.text() == "Clear"]
    with qtbot.waitSignal(card.notice_action_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_controls_wrap_when_the_room_is_short(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column, holder = QVBoxLayout(page), QWidget()
    column.setContentsMargins(0, 0, 0, 0)
    flow = FlowLayout(holder, 8)
    buttons = [QPushButton(word * 3) for word in ("first", "second", "third")]
    for button in buttons:
        button.setFixedSize(100, 44)
        flow.addWidget(button)
    column.addWidget(holder)
    column.addStretch(1)
    page.resize(400, 300)
    page.show()
    assert [button.y() for button in buttons] == [0, 0, 0]
    page.resize(250, 300)
    qtbot.waitUntil(lambda: buttons[2].y() == 52)
    assert holder.height() == 96
    assert (flow.count(), flow.itemAt(9), flow.takeAt(9)) == (3, None, None)
    buttons[0].hide()
    qtbot.waitUntil(lambda: buttons[2].y() == 0)


# Status words


def flagged_words(language: Language) -> set[tuple[str, bool]]:
    """Return every status word of a row, and whether a warning stands beside it."""
    found = set()
    for status, code, mark in everything():
        badge = case_of(status, code, mark, language).row
        found.add((badge.word, code is not None and badge.icon != "warning"))
    return found


@pytest.mark.parametrize("language", ["uk", "en"])
@pytest.mark.parametrize(
    ("columns", "room"),
    [(LIVE_COLUMNS, 490), (HISTORY_COLUMNS, 490), (TODAY_COLUMNS, 492)],
    ids=["payments beside the drawer", "history beside the drawer", "till"],
)
def test_no_status_is_cut_in_the_smallest_window(
    qtbot: QtBot, theme: Theme, columns: Sequence[Column], room: int, language: Language
) -> None:
    """`room`: what a window 1024 px wide leaves for the table."""
    model = PaymentsModel(columns, Texts(language), now_ms=lambda: NOW_MS)
    place = [column.key for column in columns].index("status")
    cell = cell_room(QRect(0, 0, fitted(columns, room)[place], ROW_HEIGHT), model, place).width()
    for word, warns in flagged_words(language):
        assert pill_width(word, theme) + (WARNING + WARNING_GAP if warns else 0) <= cell, word
