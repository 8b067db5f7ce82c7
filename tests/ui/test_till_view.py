"""The till view: how states are shown, and which signals input emits."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from pytestqt.qtbot import QtBot

from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.ui.pages.till.state import Action, CardFace, Draft, DraftProblems, PaymentCard, Step, TillState, TodayList
from app.ui.pages.till.view import TillPage
from app.ui.payment.display import PaymentRow, StatusBadge
from app.ui.theme import Theme
from app.ui.widgets.money.amount_edit import AmountEdit
from app.ui.widgets.text.plain_text import tooltip_source
from tests.ui.keyboard import has_keyboard

URL = "https://mapi.xpaydirect.com/uk/frame/widget/c35359d5-ee96-44a4-a560-b6bd0b543bac"
WAITING = StatusBadge("Waiting", "waiting", "clock")
QR = PaymentCard(
    face=CardFace.QR,
    payment_id=PaymentId("p1"),
    number="№ 1",
    status=WAITING,
    url=URL,
    sum="125,50 ₴",
    purpose="Coffee",
    deadline_ms=int((time.time() + 900) * 1000),
    steps=(Step("Created", "done"), Step("Payment", "current"), Step("Done", "todo")),
    actions=(Action.COPY, Action.OPEN, Action.CHECK, Action.CANCEL, Action.NEW),
)
PRESETS = (("50", "50"), ("100", "100"))


def row(number: int) -> PaymentRow:
    return PaymentRow(
        payment_id=PaymentId(f"p{number}"),
        number=f"№ {number}",
        day="",
        time="12:15",
        purpose="Tea",
        sum="7,00 ₴",
        status=WAITING,
        attention=False,
        cashier="",
        confirmed="",
        deadline_ms=None,
    )


@pytest.fixture
def texts() -> Texts:
    return Texts("en")


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, texts: Texts) -> TillPage:
    made = TillPage(theme, texts)
    qtbot.addWidget(made)
    made.resize(1274, 716)
    made.show()
    made.show_state(TillState(presets=PRESETS, can_create=True))
    return made


def test_typing_and_enter_is_a_sale(page: TillPage, qtbot: QtBot) -> None:
    typed: list[tuple[str, str]] = []
    page.edited.connect(lambda field, text: typed.append((field, text)))
    with qtbot.waitSignal(page.create_requested):
        qtbot.keyClicks(page.form.amount.focusProxy(), "12.5")
        qtbot.keyClick(page.form.amount.focusProxy(), Qt.Key.Key_Return)
    assert typed[-1] == ("amount", "12,5")


def test_the_sum_has_the_keyboard_as_soon_as_the_page_is_seen(page: TillPage) -> None:
    assert page.focusWidget() is page.form.amount.focusProxy()


def test_keypad_and_presets_type_into_the_sum(page: TillPage, qtbot: QtBot) -> None:
    typed: list[tuple[str, str]] = []
    page.edited.connect(lambda field, text: typed.append((field, text)))
    for key in ("1", ",", "5"):
        qtbot.mouseClick(page.form.keypad.key(key), Qt.MouseButton.LeftButton)
    assert typed[-1] == ("amount", "1,5")
    qtbot.mouseClick(page.form._presets["100"], Qt.MouseButton.LeftButton)
    assert typed[-1] == ("amount", "100")
    assert page.focusWidget() is page.form.amount.focusProxy()


def test_a_digit_after_a_preset_takes_its_place(page: TillPage, qtbot: QtBot) -> None:
    typed: list[tuple[str, str]] = []
    page.edited.connect(lambda field, text: typed.append((field, text)))
    for more in (("key", "7"), ("click", "7")):
        qtbot.mouseClick(page.form._presets["100"], Qt.MouseButton.LeftButton)
        page.show_state(TillState(draft=Draft(amount="100"), presets=PRESETS, can_create=True))
        if more[0] == "key":
            qtbot.keyClicks(page.form.amount.focusProxy(), more[1])
        else:
            qtbot.mouseClick(page.form.keypad.key(more[1]), Qt.MouseButton.LeftButton)
        assert typed[-1] == ("amount", "7")
        page.show_state(TillState(draft=Draft(amount="7"), presets=PRESETS, can_create=True))


def test_what_was_not_taken_is_said_until_the_next_key(page: TillPage, qtbot: QtBot) -> None:
    state = TillState(draft=Draft(amount="5"), presets=PRESETS, can_create=True)
    page.show_state(state)
    QGuiApplication.clipboard().setText("125 50")
    line = page.form.amount.focusProxy()
    assert isinstance(line, AmountEdit)
    line.paste()
    page.show_state(replace(state, creating=True))
    assert page.form._amount_error.text() == "That was not taken: it is no part of a sum"
    assert page.form.amount.text() == "5"
    qtbot.keyClicks(line, "7")
    assert page.form._amount_error.text() == ""
    line.paste()
    assert page.form._amount_error.text()
    qtbot.mouseClick(page.form._presets["100"], Qt.MouseButton.LeftButton)
    assert page.form._amount_error.text() == ""


def test_enter_in_any_field_creates(page: TillPage, qtbot: QtBot) -> None:
    for name in ("purpose", "phone", "email"):
        with qtbot.waitSignal(page.create_requested):
            qtbot.keyClick(page.form.fields[name].line, Qt.Key.Key_Return)


def test_leaving_a_field_is_reported(page: TillPage, qtbot: QtBot) -> None:
    page.form.fields["phone"].line.setFocus()
    with qtbot.waitSignal(page.left) as left:
        page.form.fields["email"].line.setFocus()
    assert left.args == ["phone"]


def test_what_is_wrong_stands_beside_the_field(page: TillPage) -> None:
    problems = DraftProblems(amount="More than zero is needed", phone="Phone: 380XXXXXXXXX")
    page.show_state(TillState(draft=Draft(amount="0,00", phone="12"), problems=problems))
    assert page.form._amount_error.text() == "More than zero is needed"
    assert page.form._error.text() == "Phone: 380XXXXXXXXX"
    assert page.form.fields["phone"].line.property("invalid") == "true"
    assert page.form.fields["email"].line.property("invalid") == "false"
    assert not page.form.create_button.isEnabled()


def test_showing_a_state_does_not_move_the_cursor(page: TillPage, qtbot: QtBot) -> None:
    line = page.form.fields["purpose"].line
    qtbot.keyClicks(line, "Coffee")
    line.setCursorPosition(2)
    page.show_state(TillState(draft=Draft(purpose="Coffee"), presets=PRESETS))
    assert line.cursorPosition() == 2


def test_an_open_link_shows_its_code_and_its_actions(page: TillPage, qtbot: QtBot) -> None:
    page.show_state(TillState(card=QR))
    assert page.card.qr.isVisible()
    assert page.card.qr.fits()
    assert page.card.sum.text() == "125,50 ₴"
    assert page.card.countdown.plain_text().startswith("Coffee · valid for ")
    for action, tile in page.card.actions_view.tiles.items():
        with qtbot.waitSignal(page.action_requested) as wished:
            qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
        assert wished.args == [action]


def test_while_the_operator_is_asked_the_tile_says_so_and_keeps_the_keyboard(page: TillPage) -> None:
    page.show_state(TillState(card=QR))
    tile = page.card.actions_view.tiles[Action.CHECK]
    tile.setFocus()
    page.show_state(TillState(card=replace(QR, asking=True)))
    assert (tile.text(), has_keyboard(tile), tile.accessibleName()) == ("Wait…", True, "Check")
    page.show_state(TillState(card=QR))
    assert tile.text() == "Check"


def test_paid_is_green_and_asks_for_the_next(page: TillPage, qtbot: QtBot, theme: Theme) -> None:
    paid = replace(
        QR,
        face=CardFace.PAID,
        status=StatusBadge("Paid", "paid", "check"),
        deadline_ms=None,
        headline="Paid at 12:15:11",
        detail="message 12:15:11",
        steps=(),
        tone="paid",
        actions=(Action.NEW,),
        main=Action.NEW,
    )
    page.show_state(TillState(card=paid))
    image = page.card.big.grab().toImage()
    corner = image.pixelColor(image.width() // 2, image.height() // 2 - image.width() // 2 + 20)
    assert corner == theme.colour("paid_ground")
    assert not page.card.actions_view.tile_row.isVisible()
    assert page.card.actions_view.new.property("kind") == "primary"
    with qtbot.waitSignal(page.action_requested) as wished:
        qtbot.mouseClick(page.card.actions_view.new, Qt.MouseButton.LeftButton)
    assert wished.args == [Action.NEW]


@pytest.mark.parametrize(("again", "word"), [(Action.RETRY, "Try again"), (Action.RENEW, "New link")])
def test_a_second_chance(page: TillPage, qtbot: QtBot, again: Action, word: str) -> None:
    card = replace(
        QR, face=CardFace.NOTICE, tone="failed", icon="cross", headline="No", actions=(again, Action.NEW), main=again
    )
    page.show_state(TillState(card=card))
    assert page.card.actions_view.again.text() == word
    with qtbot.waitSignal(page.action_requested) as wished:
        qtbot.mouseClick(page.card.actions_view.again, Qt.MouseButton.LeftButton)
    assert wished.args == [again]
    page.show_state(TillState(card=replace(card, busy=True)))
    assert not page.card.actions_view.again.isEnabled(), "while a request is on its way"


def test_a_lonely_action_is_a_button_beside_the_next_sale(page: TillPage, qtbot: QtBot) -> None:
    card = replace(QR, face=CardFace.NOTICE, actions=(Action.RENEW, Action.CHECK, Action.NEW), main=Action.RENEW)
    page.show_state(TillState(card=card))
    actions = page.card.actions_view
    assert not actions.tile_row.isVisible()
    assert (actions.side.text(), actions.side.isVisible()) == ("Check", True)
    with qtbot.waitSignal(page.action_requested) as wished:
        qtbot.mouseClick(actions.side, Qt.MouseButton.LeftButton)
    assert wished.args == [Action.CHECK]
    page.show_state(TillState(card=QR))
    assert actions.tile_row.isVisible()
    assert not actions.side.isVisible()


def test_the_sum_of_an_open_link_is_changed_beside_the_next_sale(page: TillPage, qtbot: QtBot) -> None:
    card = replace(QR, actions=(*QR.actions[:-1], Action.CHANGE_SUM, Action.NEW))
    page.show_state(TillState(card=card))
    side = page.card.actions_view.side
    assert page.card.actions_view.tile_row.isVisible()
    assert (side.text(), side.accessibleName()) == ("Change the sum", "Change the sum")
    assert tooltip_source(side).endswith("(F7)")
    with qtbot.waitSignal(page.action_requested) as wished:
        qtbot.mouseClick(side, Qt.MouseButton.LeftButton)
    assert wished.args == [Action.CHANGE_SUM]
    page.show_state(TillState(card=replace(QR, face=CardFace.NOTICE, actions=(Action.CHECK, Action.NEW))))
    assert (side.text(), side.toolTip()) == ("Check", "")


def test_the_sum_of_an_older_payment_is_selected_once_and_typed_over(page: TillPage, qtbot: QtBot) -> None:
    typed: list[tuple[str, str]] = []
    page.edited.connect(lambda field, text: typed.append((field, text)))
    page.form.fields["email"].line.setFocus()
    again = TillState(draft=Draft("125,50", "Coffee", order="A-17"), presets=PRESETS, select_amount=True)
    page.show_state(again)
    line = page.form.amount.focusProxy()
    assert isinstance(line, AmountEdit)
    assert has_keyboard(line)
    assert line.selectedText() == "125,50"
    assert page.form._label.whole_text() == "To pay · order A-17"
    line.deselect()
    page.show_state(replace(again, can_create=True))
    assert line.selectedText() == "", "what the cashier does with it is left alone"
    line.selectAll()
    qtbot.keyClicks(line, "7")
    assert typed == [("amount", "7")]
    page.show_state(TillState(draft=Draft("7"), presets=PRESETS))
    assert page.form._label.whole_text() == "To pay"


def test_a_long_purpose_leaves_room_for_the_time_left(page: TillPage) -> None:
    page.show_state(TillState(card=replace(QR, purpose="Coffee and a croissant with almonds, " * 3)))
    assert "… · valid for " in page.card.countdown.plain_text()
    assert page.card.countdown.sizeHint().width() <= page.card.countdown.width()


def test_the_payment_at_hand_is_marked_in_the_list(page: TillPage) -> None:
    today = TodayList(rows=(row(2), row(1)), loading=False)
    page.show_state(TillState(card=QR, today=today))
    assert page.today.table.chosen() == "p1"
    page.show_state(TillState(today=today))
    assert page.today.table.chosen() is None


def test_a_row_of_today_is_chosen(page: TillPage, qtbot: QtBot) -> None:
    page.show_state(
        TillState(today=TodayList(rows=(row(2), row(1)), count="paid 2 of 2", sum="14,00 ₴", loading=False))
    )
    table = page.today.table
    place = table.visualRect(table.model().index(1, 1)).center()
    with qtbot.waitSignal(page.payment_requested) as chosen:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["p1"]


@pytest.mark.parametrize(
    ("today", "title"),
    [
        (TodayList(), "Reading today's payments…"),
        (TodayList(loading=False), "No payments today yet"),
        (TodayList(loading=False, problem="The disk is full."), "Today's payments cannot be read"),
        (TodayList(loading=False, problem=""), "Today's payments cannot be read"),
    ],
)
def test_a_list_without_rows_says_why(page: TillPage, today: TodayList, title: str) -> None:
    page.show_state(TillState(today=today))
    assert page.today._empty.isVisible()
    assert page.today._empty._title.text() == title


def test_shortcuts_of_the_window(page: TillPage, qtbot: QtBot) -> None:
    wished: list[Action] = []
    page.action_requested.connect(wished.append)
    for name in ("new", "copy", "check", "change", "search"):
        page.handle_key(name)
    assert wished == [Action.NEW, Action.COPY, Action.CHECK, Action.CHANGE_SUM]


@pytest.mark.parametrize("texts", [Texts("uk")])
def test_another_language(page: TillPage) -> None:
    page.show_state(TillState(card=QR, presets=PRESETS))
    assert page.form.create_button.text() == "Створити посилання"
    assert page.card.actions_view.tiles[Action.COPY].text() == "Копіювати"
    assert page.card.countdown.plain_text().startswith("Coffee · діє ще")


def test_after_a_sale_the_next_sum_is_typed_whatever_had_the_keyboard(page: TillPage) -> None:
    page.show_state(TillState(draft=Draft(amount="5", email="anna@shop.ua"), presets=PRESETS))
    page.form.fields["email"].line.setFocus()
    page.show_state(TillState(card=QR, presets=PRESETS))
    assert page.focusWidget() is page.form.amount.focusProxy()


def test_the_decimal_key_over_the_list_is_a_comma(page: TillPage, qtbot: QtBot) -> None:
    page.show_state(TillState(today=TodayList(rows=(row(2), row(1)), loading=False), presets=PRESETS))
    page.today.table.setFocus()
    event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, 0, 0, 0, "ю")
    QGuiApplication.sendEvent(page.today.table, event)
    assert page.form.amount.text() == "0,"


def test_digits_typed_over_the_list_are_a_sum(page: TillPage, qtbot: QtBot) -> None:
    page.show_state(TillState(today=TodayList(rows=(row(2), row(1)), loading=False), presets=PRESETS))
    page.today.table.setFocus()
    typed: list[tuple[str, str]] = []
    page.edited.connect(lambda field, text: typed.append((field, text)))
    qtbot.keyClick(page.today.table, Qt.Key.Key_2)
    assert typed == [("amount", "2")]
    assert page.focusWidget() is page.form.amount.focusProxy()
