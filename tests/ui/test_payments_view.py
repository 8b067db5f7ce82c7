"""The view of the live page and its drawer: how states are shown, and which signals input emits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.ui.drawer.state import Action, DetailFact, Details, DrawerState, TimelineEntry
from app.ui.drawer.view import PaymentDrawer
from app.ui.pages.payments.state import Chip, ChipState, Notice, PaymentsState
from app.ui.pages.payments.view import PaymentsPage
from app.ui.payment.display import PaymentRow, StatusBadge
from app.ui.theme import Theme
from tests.fakes.texts import UppercaseTexts

PAID = StatusBadge("Paid", "paid", "check")
ROW = PaymentRow(PaymentId("a"), "1042", "", "14:05", "Coffee", "250,00 ₴", PAID, False, "Olena", "message", None)
CHIPS = (
    ChipState(Chip.TODAY, "Today", True),
    ChipState(Chip.WAITING, "Waiting", False),
    ChipState(Chip.ATTENTION, "Need attention · 2", False),
)
STATE = PaymentsState(chips=CHIPS, rows=(ROW, replace(ROW, payment_id=PaymentId("b"))))
DETAILS = Details(
    payment_id=PaymentId("a"),
    number="№ 1042",
    status=PAID,
    sum="250,00 ₴",
    purpose="Coffee",
    attention_texts=(),
    facts=(DetailFact("Created", "21.11.2026 14:05:11"), DetailFact("E-mail", "a" * 60 + "@example.com")),
    actions=(Action.CHECK,),
    timeline=(
        TimelineEntry("14:05:11", "The link is ready", "link", "waiting"),
        TimelineEntry("14:06:00", "The payer opened the payment", "phone", "waiting", "× 3"),
    ),
)
OPEN = DrawerState(is_open=True, details=DETAILS)


@pytest.fixture
def texts() -> Texts:
    return Texts("en")


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, texts: Texts) -> PaymentsPage:
    made = PaymentsPage(theme, texts)
    qtbot.addWidget(made)
    made.resize(932, 600)
    made.show_state(STATE)
    made.show()
    qtbot.waitExposed(made)
    return made


def texts_of(drawer: PaymentDrawer) -> list[str]:
    return [label.text() for label in drawer.findChildren(QLabel) if label.isVisible()]


# The list


def test_rows_and_chips_are_shown(page: PaymentsPage) -> None:
    assert page.card.shows_rows()
    assert page.card.table.model().rowCount() == 2
    assert [chip.text() for chip in page.chips.values()] == ["Today", "Waiting", "Need attention · 2"]
    assert [chip.isChecked() for chip in page.chips.values()] == [True, False, False]
    assert not page.drawer.isVisible()


def test_a_chip_asks_and_stays_until_it_is_answered(qtbot: QtBot, page: PaymentsPage) -> None:
    with qtbot.waitSignal(page.chip_requested) as emitted:
        qtbot.mouseClick(page.chips[Chip.WAITING], Qt.MouseButton.LeftButton)
    assert emitted.args == [Chip.WAITING]
    with qtbot.waitSignal(page.chip_requested):
        qtbot.mouseClick(page.chips[Chip.TODAY], Qt.MouseButton.LeftButton)
    assert page.chips[Chip.TODAY].isChecked(), "a second click does not take a choice away"


def test_a_row_asks_for_its_payment(qtbot: QtBot, page: PaymentsPage) -> None:
    table = page.card.table
    with qtbot.waitSignal(page.payment_requested) as emitted:
        qtbot.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.model().index(1, 2)).center()
        )
    assert emitted.args == ["b"]


def test_a_notice_stands_in_the_place_of_rows(qtbot: QtBot, page: PaymentsPage) -> None:
    page.show_state(PaymentsState(chips=CHIPS, notice=Notice("warning", "Cannot be shown", "The disk is full.", True)))
    assert not page.card.shows_rows()
    (retry,) = [b for b in page.card.notice.findChildren(QAbstractButton) if b.isVisible()]
    assert retry.text() == "Try again"
    with qtbot.waitSignal(page.retry_requested):
        qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    page.show_state(PaymentsState(chips=CHIPS, notice=Notice("clock", "No link is waiting")))
    assert not retry.isVisible()
    page.show_state(STATE)
    assert page.card.shows_rows()


def test_every_control_has_a_name_and_a_fingers_height(page: PaymentsPage) -> None:
    page.show_drawer(replace(OPEN, details=replace(DETAILS, actions=tuple(Action)), support_json="{}"))
    controls = [b for b in page.findChildren(QAbstractButton) if b.isVisible() and b.objectName() != "qt_toolbar_ext"]
    assert len(controls) > 8
    for control in controls:
        assert control.accessibleName(), control
        assert control.height() >= 44, control.accessibleName()


@pytest.mark.parametrize("size", [(932, 600), (1274, 716)])
def test_the_drawer_leaves_room_for_the_list(qtbot: QtBot, page: PaymentsPage, size: tuple[int, int]) -> None:
    page.resize(*size)
    page.show_drawer(OPEN)
    qtbot.waitUntil(lambda: page.drawer.x() > 0)
    table = page.card.table
    assert page.width() == size[0]
    assert table.columnWidth(4) >= 190, "the status can be read"
    assert sum(table.columnWidth(at) for at in range(8)) == table.viewport().width()
    assert page.drawer.geometry().right() < page.width()


@pytest.mark.parametrize("texts", [UppercaseTexts("en")])
def test_it_speaks_the_language_it_is_made_in(page: PaymentsPage) -> None:
    page.show_drawer(OPEN)
    assert page.card.table.accessibleName() == "PAYMENTS OF TODAY AND OPEN LINKS"
    assert page.card.table.model().headerData(2, Qt.Orientation.Horizontal) == "PURPOSE"
    assert page.drawer.buttons.button(Action.CHECK).text() == "CHECK NOW"
    assert page.drawer.support_json.fold.text() == "RAW FACTS FOR SUPPORT"


def test_keys_of_the_desk_reach_the_drawer(qtbot: QtBot, page: PaymentsPage) -> None:
    for name, action in (("copy", Action.COPY), ("check", Action.CHECK)):
        with qtbot.waitSignal(page.drawer.action_requested) as emitted:
            page.handle_key(name)
        assert emitted.args == [action]
    with qtbot.assertNotEmitted(page.drawer.action_requested):
        page.handle_key("new")


# The drawer


def test_the_drawer_shows_one_payment(page: PaymentsPage) -> None:
    page.show_drawer(OPEN)
    drawer = page.drawer
    assert drawer.isVisible()
    shown = texts_of(drawer)
    for text in ("№ 1042", "250,00 ₴", "Coffee", "Created", "21.11.2026 14:05:11", "The link is ready", "14:05:11"):
        assert text in shown
    assert "14:06:00 · × 3" in shown
    assert drawer.pill.accessibleName() == "Paid"
    assert not drawer.alerts.isVisible()
    assert drawer.timeline.sentences() == ["The link is ready", "The payer opened the payment"]


def test_a_long_word_is_broken_and_not_cut(page: PaymentsPage) -> None:
    page.show_drawer(OPEN)
    (long,) = [label for label in page.drawer.facts.findChildren(QLabel) if "@" in label.text()]
    assert long.text().replace("\u200b", "") == "a" * 60 + "@example.com"
    assert long.toolTip() == "a" * 60 + "@example.com"
    assert page.drawer.facts.width() <= page.drawer.width()
    assert long.height() > long.fontMetrics().height() * 1.5


def test_worries_stand_in_a_box(page: PaymentsPage) -> None:
    page.show_drawer(
        replace(OPEN, details=replace(DETAILS, attention_texts=("Less came. Take the rest.", "It is late. Ask.")))
    )
    assert page.drawer.alerts.isVisible()
    shown = texts_of(page.drawer)
    assert "Less came. Take the rest." in shown
    assert "It is late. Ask." in shown


def test_only_what_can_be_done_is_offered(qtbot: QtBot, page: PaymentsPage) -> None:
    page.show_drawer(replace(OPEN, details=replace(DETAILS, actions=(Action.TILL, Action.COPY, Action.CANCEL))))
    visible = [action for action in Action if page.drawer.buttons.button(action).isVisible()]
    assert visible == [Action.TILL, Action.COPY, Action.CANCEL]
    with qtbot.waitSignal(page.drawer.action_requested) as emitted:
        qtbot.mouseClick(page.drawer.buttons.button(Action.CANCEL), Qt.MouseButton.LeftButton)
    assert emitted.args is not None
    assert emitted.args[0] is Action.CANCEL, "the very value, not a text like it"
    page.show_drawer(replace(OPEN, details=replace(DETAILS, actions=())))
    assert not page.drawer.buttons.isVisible()


@pytest.mark.parametrize("texts", [Texts("uk"), Texts("en")])
def test_no_word_on_a_button_is_cut(page: PaymentsPage) -> None:
    for actions in (tuple(Action), (Action.TILL, Action.CHECK), (Action.RENEW, Action.CHECK), (Action.CHECK,)):
        page.show_drawer(replace(OPEN, details=replace(DETAILS, actions=actions), support_json="{}"))
        controls = [each for each in page.drawer.findChildren(QAbstractButton) if each.isVisible() and each.text()]
        assert len(controls) >= len(actions)
        for control in controls:
            right = control.mapTo(page.drawer, control.rect().topRight()).x()
            assert control.width() >= control.sizeHint().width(), control.text()
            assert right <= page.drawer.width() - 20, control.text()


def test_while_the_operator_is_asked_the_button_waits(page: PaymentsPage) -> None:
    page.show_drawer(replace(OPEN, checking=True))
    check = page.drawer.buttons.button(Action.CHECK)
    assert (check.text(), check.isEnabled()) == ("Asking…", False)
    page.show_drawer(OPEN)
    assert (check.text(), check.isEnabled()) == ("Check now", True)


def test_reading_and_a_refusal_are_said(page: PaymentsPage) -> None:
    page.show_drawer(DrawerState(is_open=True))
    assert "Reading the payment…" in texts_of(page.drawer)
    page.show_drawer(DrawerState(is_open=True, problem="The disk is full."))
    shown = texts_of(page.drawer)
    assert "The payment cannot be shown" in shown
    assert "The disk is full." in shown


@pytest.mark.parametrize("texts", [UppercaseTexts("en")])
def test_a_refusal_is_said_in_the_language_of_the_view(page: PaymentsPage) -> None:
    page.show_drawer(DrawerState(is_open=True, problem="The disk is full."))
    assert "THE PAYMENT CANNOT BE SHOWN" in texts_of(page.drawer)


def test_between_two_payments_nothing_flickers(qtbot: QtBot, page: PaymentsPage) -> None:
    page.show_drawer(OPEN)
    page.show_drawer(DrawerState(is_open=True))
    assert "250,00 ₴" in texts_of(page.drawer), "the next one is read in a moment"
    page.show_drawer(replace(OPEN, details=replace(DETAILS, payment_id=PaymentId("b"), sum="1,00 ₴")))
    assert "1,00 ₴" in texts_of(page.drawer)
    page.show_drawer(DrawerState(is_open=True))
    qtbot.waitUntil(lambda: "Reading the payment…" in texts_of(page.drawer))
    assert "1,00 ₴" not in texts_of(page.drawer)


def test_the_cross_and_escape_close_it(qtbot: QtBot, page: PaymentsPage) -> None:
    page.show_drawer(OPEN)
    with qtbot.waitSignal(page.drawer.close_requested):
        qtbot.mouseClick(page.drawer.close_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.drawer.close_requested):
        qtbot.keyClick(page.drawer.buttons.button(Action.CHECK), Qt.Key.Key_Escape)
    page.drawer.close_button.setFocus()
    page.show_drawer(DrawerState())
    assert not page.drawer.isVisible()
    assert page.focusWidget() is page.card.table, "the keyboard goes back to the list"


def test_raw_facts_unfold_and_are_copied(qtbot: QtBot, page: PaymentsPage) -> None:
    page.show_drawer(OPEN)
    raw = page.drawer.support_json
    assert not raw.text.isVisible()
    with qtbot.waitSignal(page.drawer.support_json_requested):
        qtbot.mouseClick(raw.fold, Qt.MouseButton.LeftButton)
    page.show_drawer(replace(OPEN, support_json='{"number": 1042}'))
    assert raw.text.toPlainText() == '{"number": 1042}'
    assert raw.text.isReadOnly()
    with qtbot.waitSignal(page.drawer.support_json_copy_requested):
        qtbot.mouseClick(raw.copy, Qt.MouseButton.LeftButton)
    page.show_drawer(OPEN)
    assert not raw.text.isVisible()


def test_another_payment_starts_at_the_top_the_same_one_stays(qtbot: QtBot, page: PaymentsPage) -> None:
    long = replace(DETAILS, timeline=DETAILS.timeline * 20)
    page.show_drawer(replace(OPEN, details=long))
    bar = page.drawer._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 400)
    bar.setValue(300)
    page.show_drawer(replace(OPEN, details=replace(long, status=StatusBadge("Expired", "ended", "clock"))))
    assert bar.value() == 300
    page.show_drawer(replace(OPEN, details=replace(long, payment_id=PaymentId("b"))))
    assert bar.value() == 0


def test_dark_and_light_are_painted_without_complaint(page: PaymentsPage, dark: Theme) -> None:
    page.show_drawer(OPEN)
    image = page.grab().toImage()
    assert image.pixelColor(2, 2).name() == dark.colour("background").name()


def test_no_field_takes_the_keyboard_by_surprise(page: PaymentsPage) -> None:
    assert not page.findChildren(QLineEdit)


@pytest.mark.parametrize(
    "after",
    [
        replace(OPEN, checking=True),
        replace(OPEN, details=replace(DETAILS, actions=())),
        replace(OPEN, details=replace(DETAILS, actions=(Action.COPY,))),
        replace(OPEN, details=None, problem="The disk is full."),
    ],
    ids=["busy", "no action left", "another action", "problem"],
)
def test_the_focus_stays_in_the_drawer_when_its_button_goes(page: PaymentsPage, after: DrawerState) -> None:
    page.show_drawer(OPEN)
    page.drawer.buttons.button(Action.CHECK).setFocus()
    page.show_drawer(after)
    focused = page.window().focusWidget()
    assert focused is page.drawer or page.drawer.isAncestorOf(focused)
