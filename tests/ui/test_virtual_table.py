"""The table of any number of payments: windows of rows by Qt's rules, the place kept, keys over rows not read yet."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.ui.payment.display import PaymentRow, StatusBadge
from app.ui.payment.row_window import RowWindow
from app.ui.tables.columns import HISTORY_COLUMNS
from app.ui.tables.payments_delegate import ROW_HEIGHT
from app.ui.tables.sortable_header import SortableHeader
from app.ui.tables.virtual_model import VirtualPaymentsModel
from app.ui.tables.virtual_table import VirtualPaymentsTable
from app.ui.theme import Theme

PAID = StatusBadge("Paid", "paid", "check")
MANY = 1_000_000


def row(number: int) -> PaymentRow:
    name = PaymentId(f"p{number}")
    return PaymentRow(name, str(number), "21.11", "14:05", "Coffee", "250,00 ₴", PAID, False, "Olena", "", None)


def window(count: int, first: int, length: int, *, newest: int = MANY, list_id: int = 1) -> RowWindow:
    """The row 0 is the payment `newest`, the row 1 the one before it, and so on."""
    rows = tuple(row(newest - at) for at in range(first, min(count, first + length)))
    return RowWindow(count, first, rows, list_id)


@pytest.fixture
def table(qtbot: QtBot, theme: Theme) -> VirtualPaymentsTable:
    made = VirtualPaymentsTable(theme, Texts("en"), HISTORY_COLUMNS, "Payments found")
    qtbot.addWidget(made)
    made.resize(900, 12 * ROW_HEIGHT)
    made.show_window(window(MANY, 0, 120))
    made.show()
    qtbot.waitExposed(made)
    return made


class Reader:
    """Gives the table the rows in sight, as the presenter does; `newest` grows with every sale."""

    def __init__(self, table: VirtualPaymentsTable, count: int = MANY) -> None:
        self.table, self.count, self.newest = table, count, count
        self.sights: list[tuple[int, int]] = []
        table.sight_changed.connect(self.remember)

    def remember(self, first: int, last: int) -> None:
        self.sights.append((first, last))

    def read(self) -> None:
        first, last = self.table.rows_in_sight()
        first = max(0, first - 80)
        self.table.show_window(window(self.count, first, last + 80 - first, newest=self.newest))

    def sell(self, more: int, sight: int) -> None:
        self.count, self.newest = self.count + more, self.newest + more
        self.table.show_window(window(self.count, max(0, sight - 80), 200, newest=self.newest))


# The model


def test_windows_follow_one_another_by_qts_rules(qtmodeltester: ModelTester) -> None:
    model = VirtualPaymentsModel(HISTORY_COLUMNS, Texts("en"))
    qtmodeltester.check(model)
    random_place = random.Random(12)
    count, newest = 300, 300
    for _ in range(60):
        shift = random_place.choice([0, 0, 1, 7, -3])
        count, newest = max(0, count + shift), newest + shift
        first = random_place.randrange(max(1, count))
        shown = window(count, first, random_place.randrange(1, 90), newest=newest)
        model.show_window(shown, shift)
        assert model.rowCount() == count
        assert [model.row_or_none(at) for at in range(count)] == [shown.row(at) for at in range(count)]
    qtmodeltester.check(model)


def test_a_row_that_is_not_there_says_nothing() -> None:
    model = VirtualPaymentsModel(HISTORY_COLUMNS, Texts("en"))
    model.show_window(window(500, 100, 10))
    far, near = model.index(400, 1), model.index(105, 1)
    assert (far.data(), far.data(Qt.ItemDataRole.UserRole), far.data(Qt.ItemDataRole.AccessibleTextRole)) == (
        "",
        None,
        "",
    )
    assert near.data() == str(MANY - 105)
    assert far.data(Qt.ItemDataRole.TextAlignmentRole) == near.data(Qt.ItemDataRole.TextAlignmentRole)


def test_looking_for_a_payment_asks_for_no_row_that_is_not_there() -> None:
    model = VirtualPaymentsModel(HISTORY_COLUMNS, Texts("en"))
    model.show_window(window(MANY, 500_000, 10))
    assert [at.row() for at in model.match(model.index(0, 0), Qt.ItemDataRole.UserRole, f"p{MANY - 500_003}")] == [
        500_003
    ]
    assert model.match(model.index(0, 0), Qt.ItemDataRole.UserRole, "p1") == []


def test_equal_windows_report_nothing(qtbot: QtBot) -> None:
    model = VirtualPaymentsModel(HISTORY_COLUMNS, Texts("en"))
    model.show_window(window(500, 100, 10))
    emitted: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: emitted.append((first.row(), last.row())))
    model.show_window(window(500, 100, 10))
    assert emitted == []
    model.show_window(window(500, 105, 10))
    assert emitted == [(100, 114)]


# The table


def test_the_scroll_bar_reaches_every_row(table: VirtualPaymentsTable) -> None:
    reader = Reader(table)
    bar = table.verticalScrollBar()
    for place in (0.5, 0.001, 0.999, 1.0, 0.0):
        bar.setValue(round(bar.maximum() * place))
        first, last = reader.sights[-1]
        assert (first, last) == table.rows_in_sight()
        reader.read()
        assert table.rows_in_sight() == (first, last), "what was read does not move the list"
        assert table.model().index(min(last, MANY - 1), 1).data() == str(MANY - min(last, MANY - 1))
    assert reader.sights[-1][0] == 0


def test_news_keep_the_place_and_the_selection(table: VirtualPaymentsTable) -> None:
    reader, asked = Reader(table), list[str]()
    table.verticalScrollBar().setValue(500_000 * ROW_HEIGHT + 13)
    reader.read()
    chosen = PaymentId(f"p{MANY - 500_004}")
    table.select(chosen)
    table.row_requested.connect(asked.append)
    reader.sell(300, 500_300)
    assert table.chosen() == chosen
    assert table.currentIndex().row() == 500_304
    assert table.verticalScrollBar().value() == 500_300 * ROW_HEIGHT + 13
    assert asked == []


@pytest.mark.parametrize("more", [1, 40, -2])
def test_few_news_move_nothing_in_sight(table: VirtualPaymentsTable, more: int) -> None:
    reader = Reader(table)
    table.verticalScrollBar().setValue(300 * ROW_HEIGHT + 7)
    reader.read()
    before = table.model().index(table.rowAt(0), 1).data()
    reader.sell(more, 300 + more)
    assert table.model().index(table.rowAt(0), 1).data() == before
    assert table.verticalScrollBar().value() == (300 + more) * ROW_HEIGHT + 7


def test_at_the_top_new_payments_push_in_and_the_selection_goes_down(table: VirtualPaymentsTable) -> None:
    reader = Reader(table)
    table.select(PaymentId(f"p{MANY - 2}"))
    reader.sell(3, 0)
    assert table.verticalScrollBar().value() == 0
    assert table.model().index(0, 1).data() == str(MANY + 3)
    assert (table.chosen(), table.currentIndex().row()) == (f"p{MANY - 2}", 5)


def test_a_selected_payment_is_remembered_beyond_the_window(table: VirtualPaymentsTable) -> None:
    reader = Reader(table)
    table.select(PaymentId(f"p{MANY - 3}"))
    table.verticalScrollBar().setValue(700_000 * ROW_HEIGHT)
    reader.read()
    assert table.chosen() == f"p{MANY - 3}"
    table.verticalScrollBar().setValue(0)
    reader.read()
    assert (table.chosen(), table.currentIndex().row()) == (f"p{MANY - 3}", 3)


def test_a_payment_that_left_the_list_is_not_selected_any_more(table: VirtualPaymentsTable) -> None:
    table.select(PaymentId(f"p{MANY - 3}"))
    shown = window(MANY, 0, 120)
    table.show_window(replace(shown, count=MANY - 1, rows=shown.rows[:3] + shown.rows[4:]))
    assert table.chosen() is None
    assert table.selectionModel().selectedRows() == []


def test_another_list_is_shown_from_its_top(table: VirtualPaymentsTable) -> None:
    reader = Reader(table)
    table.verticalScrollBar().setValue(900 * ROW_HEIGHT)
    reader.read()
    table.show_window(window(400, 0, 120, newest=4000, list_id=2))
    assert (table.verticalScrollBar().value(), table.chosen()) == (0, None)
    assert table.model().rowCount() == 400


def test_keys_go_over_rows_that_are_not_read_yet(qtbot: QtBot, table: VirtualPaymentsTable) -> None:
    reader, asked = Reader(table), list[str]()
    table.row_requested.connect(asked.append)
    qtbot.keyClick(table, Qt.Key.Key_End)
    assert asked == [], "nothing is known of the last row yet"
    reader.read()
    assert asked == ["p1"], "requested when it came"
    qtbot.keyClick(table, Qt.Key.Key_PageUp)
    reader.read()
    last = table.currentIndex().row()
    assert 1 < MANY - 1 - last <= 12
    assert asked[-1] == f"p{MANY - last}"
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home):
        qtbot.keyClick(table, key)
        reader.read()
    assert asked[-3:] == [f"p{MANY - last - 1}", f"p{MANY - last}", f"p{MANY}"]
    assert table.verticalScrollBar().value() == 0


def test_what_was_awaited_and_left_is_not_requested(qtbot: QtBot, table: VirtualPaymentsTable) -> None:
    reader, asked = Reader(table), list[str]()
    table.row_requested.connect(asked.append)
    qtbot.keyClick(table, Qt.Key.Key_End)
    table.select(PaymentId(f"p{MANY}"))
    reader.read()
    assert asked == []


def test_a_narrower_table_stands_at_the_same_row(table: VirtualPaymentsTable) -> None:
    table.verticalScrollBar().setValue(5000 * ROW_HEIGHT)
    table.resize(560, 12 * ROW_HEIGHT)
    assert table.verticalScrollBar().value() == 5000 * ROW_HEIGHT
    assert sum(table.columnWidth(at) for at in range(len(HISTORY_COLUMNS))) == table.viewport().width()


def test_rows_not_read_yet_are_painted(table: VirtualPaymentsTable, theme: Theme) -> None:
    table.verticalScrollBar().setValue(500_000 * ROW_HEIGHT)
    image = table.viewport().grab().toImage()
    colours = {image.pixelColor(30, at).name() for at in range(image.height())}
    assert theme.colour("hover").name() in colours


def test_a_model_without_rows_has_none() -> None:
    model = VirtualPaymentsModel(HISTORY_COLUMNS, Texts("en"))
    model.show_window(RowWindow())
    assert (model.rowCount(), model.rowCount(QModelIndex())) == (0, 0)
    with pytest.raises(IndexError):
        model.row(0)


# Sorting and columns

SORTED = frozenset({"moment", "number", "sum"})


def show_columns(table: VirtualPaymentsTable, *keys: str, sort_key: str = "moment", descending: bool = True) -> None:
    table.show_columns(keys, sort_key=sort_key, descending=descending, sortable=SORTED, always="number")


def header_point(table: VirtualPaymentsTable, section: int) -> QPoint:
    header = table.horizontalHeader()
    return QPoint(header.sectionViewportPosition(section) + header.sectionSize(section) // 2, header.height() // 2)


ALL_KEYS = tuple(column.key for column in HISTORY_COLUMNS)


def test_a_click_on_a_name_asks_to_sort(qtbot: QtBot, table: VirtualPaymentsTable) -> None:
    show_columns(table, *ALL_KEYS)
    header, asked = table.horizontalHeader(), list[str]()
    table.sort_requested.connect(asked.append)
    for section in range(len(ALL_KEYS)):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=header_point(table, section))
    assert asked == ["moment", "number", "sum"], "only what the ledger can sort by"


def test_the_sorted_column_is_marked(table: VirtualPaymentsTable) -> None:
    header = table.horizontalHeader()
    assert isinstance(header, SortableHeader)
    show_columns(table, *ALL_KEYS, sort_key="sum", descending=False)
    assert (header.word(3), header.word(0)) == ("Sum ↑", "Time")
    show_columns(table, *ALL_KEYS)
    assert (header.word(3), header.word(0)) == ("Sum", "Time ↓")
    assert header.accessibleDescription() == "Sorted by: Time"


def test_the_keyboard_sorts_and_moves(qtbot: QtBot, table: VirtualPaymentsTable) -> None:
    show_columns(table, *ALL_KEYS)
    header, asked = table.horizontalHeader(), list[object]()
    table.sort_requested.connect(asked.append)
    table.columns_requested.connect(asked.append)
    header.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(header, key)
    assert asked == ["number"]
    qtbot.keyClick(header, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert asked[1:] == [("moment", "purpose", "number", "sum", "status", "cashier", "confirmed")]


def test_a_dragged_column_asks_for_its_place(qtbot: QtBot, table: VirtualPaymentsTable) -> None:
    show_columns(table, *ALL_KEYS)
    header = table.horizontalHeader()
    with qtbot.waitSignal(table.columns_requested) as emitted:
        header.moveSection(3, 0)
    assert emitted.args == [("sum", "moment", "number", "purpose", "status", "cashier", "confirmed")]
    show_columns(table, *emitted.args[0])
    assert [header.visualIndex(at) for at in range(len(ALL_KEYS))] == list(range(len(ALL_KEYS)))
    assert [table.model().headerData(at, Qt.Orientation.Horizontal) for at in (0, 1)] == ["Sum", "Time"]


def test_the_menu_of_a_name_chooses_columns(qtbot: QtBot, table: VirtualPaymentsTable) -> None:
    show_columns(table, "number", "sum", "status")
    header, asked = table.horizontalHeader(), list[object]()
    assert isinstance(header, SortableHeader)
    table.sort_requested.connect(asked.append)
    table.columns_requested.connect(asked.append)
    menu = header.menu(1)
    lines = {line.text(): line for line in menu.actions() if line.text()}
    assert [word for word, line in lines.items() if line.isChecked()] == ["No.", "Sum", "Status"]
    assert [word for word, line in lines.items() if not line.isEnabled()] == ["No."]
    for word in ("Sort by: Sum", "Move to the right", "Purpose", "Status", "Time"):
        lines[word].trigger()
    assert asked == [
        "sum",
        ("number", "status", "sum"),
        ("number", "purpose", "sum", "status"),
        ("number", "sum"),
        ("moment", "number", "sum", "status"),
    ]
    menu.close()


def test_other_columns_leave_the_place_and_the_selection(table: VirtualPaymentsTable) -> None:
    reader = Reader(table)
    table.verticalScrollBar().setValue(5000 * ROW_HEIGHT + 3)
    reader.read()
    table.select(PaymentId(f"p{MANY - 5002}"))
    show_columns(table, "number", "sum")
    assert table.verticalScrollBar().value() == 5000 * ROW_HEIGHT + 3
    assert (table.chosen(), table.currentIndex().row()) == (f"p{MANY - 5002}", 5002)
    assert sum(table.columnWidth(at) for at in range(2)) == table.viewport().width()


# Copying


def test_the_copy_key_copies_the_row_and_the_menu_a_cell(qtbot: QtBot, table: VirtualPaymentsTable) -> None:
    copied: list[str] = []
    table.copy_requested.connect(copied.append)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied == [], "no row is chosen"
    table.select(PaymentId(f"p{MANY - 2}"))
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    row_text = f"21.11 14:05\t{MANY - 2}\tCoffee\t250,00 ₴\tPaid\tOlena\t—"
    menu = table.copy_menu(table.model().index(2, 3))
    for line in menu.actions():
        line.trigger()
    assert copied == [row_text, "250,00 ₴", row_text]
    menu.close()


def test_a_row_that_is_not_read_yet_is_not_copied(qtbot: QtBot, table: VirtualPaymentsTable) -> None:
    copied: list[str] = []
    table.copy_requested.connect(copied.append)
    qtbot.keyClick(table, Qt.Key.Key_End)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied == []
    menu = table.copy_menu(table.currentIndex())
    assert [line.isEnabled() for line in menu.actions()] == [False, False]
    menu.close()
