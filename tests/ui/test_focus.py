"""The keyboard stays where it was: in the dialog, in the drawer, at the till, whatever button vanishes or waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.ui.drawer.state import Action, AmountInput, Details, DrawerState, FormState, RefundsBox
from app.ui.drawer.view import PaymentDrawer
from app.ui.drawer.widgets.form_dialog import FormDialog
from app.ui.pages.till.state import Action as CardAction
from app.ui.pages.till.state import CardFace, PaymentCard, TillState
from app.ui.pages.till.view import TillPage
from app.ui.payment.display import StatusBadge
from app.ui.theme import Theme
from tests.ui.keyboard import has_keyboard

REFUNDS = RefundsBox(note="It is on its way.", tone="waiting", actions=(Action.ASK_REFUND, Action.REFUND_DONE))
DETAILS = Details(
    payment_id=PaymentId("a"),
    number="№ 1042",
    status=StatusBadge("Paid", "attention", "warning"),
    sum="250,00 ₴",
    purpose="Coffee",
    attention_texts=("More came than was asked.",),
    facts=(),
    actions=(Action.COPY, Action.CANCEL),
    timeline=(),
    proposed=(Action.CHECK, Action.REFUND, Action.SETTLE),
    refunds=REFUNDS,
)
OPEN = DrawerState(is_open=True, details=DETAILS)
FORM = FormState(
    "Refund?",
    "The money goes back.",
    "Refund",
    "For example: returned",
    reason="returned",
    amount=AmountInput("12,50", "", "Left: 12,50", (("5,00", "5"), ("12,50", "12,5"))),
    confirm="Confirm as paid",
    can_send=True,
)
SENDING = replace(FORM, sending=True, can_send=False)
CARD = PaymentCard(
    CardFace.QR,
    payment_id=PaymentId("a"),
    number="№ 1042",
    status=StatusBadge("Waiting", "waiting", "clock"),
    url="https://mapi.xpaydirect.com/x",
    sum="125,50 ₴",
    actions=(CardAction.COPY, CardAction.OPEN, CardAction.CHECK, CardAction.CANCEL, CardAction.NEW),
)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """A window whose first control is somewhere else: where Qt would move the focus to."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.addWidget(QPushButton("chip"))
    row.addWidget(QLabel())
    made.resize(1200, 700)
    made.show()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def drawer(window: QWidget, theme: Theme) -> PaymentDrawer:
    made = PaymentDrawer(theme, Texts("en"), window)
    layout = window.layout()
    assert layout is not None
    layout.addWidget(made)
    layout.addWidget(QPushButton("behind it"))
    made.show_state(OPEN)
    return made


# The drawer


def alert(drawer: PaymentDrawer) -> QWidget:
    return drawer.alerts.buttons.button(Action.CHECK)


def refund(drawer: PaymentDrawer) -> QWidget:
    return drawer.alerts.buttons.button(Action.REFUND)


def ask(drawer: PaymentDrawer) -> QWidget:
    return drawer.refunds.note.buttons.button(Action.ASK_REFUND)


def note_done(drawer: PaymentDrawer) -> QWidget:
    return drawer.refunds.note.buttons.button(Action.REFUND_DONE)


def copy(drawer: PaymentDrawer) -> QWidget:
    return drawer.buttons.button(Action.COPY)


def raw_copy(drawer: PaymentDrawer) -> QWidget:
    drawer.show_state(replace(OPEN, support_json="{}"))
    return drawer.support_json.copy


SETTLED = replace(OPEN, details=replace(DETAILS, attention_texts=(), proposed=()))
NO_REFUNDS = replace(OPEN, details=replace(DETAILS, refunds=RefundsBox()))
LESS = replace(OPEN, details=replace(DETAILS, proposed=(Action.SETTLE,), refunds=replace(REFUNDS, actions=())))
BARE = replace(OPEN, details=replace(DETAILS, attention_texts=(), proposed=(), actions=(), refunds=RefundsBox()))


@pytest.mark.parametrize(
    ("find", "after"),
    [
        (alert, replace(OPEN, checking=True)),
        (alert, SETTLED),
        (alert, LESS),
        (alert, BARE),
        (refund, SETTLED),
        (refund, LESS),
        (ask, replace(OPEN, asking=True)),
        (ask, NO_REFUNDS),
        (ask, LESS),
        (note_done, NO_REFUNDS),
        (copy, BARE),
        (raw_copy, OPEN),
        (copy, replace(OPEN, details=None, problem="The disk is full.")),
        (alert, replace(OPEN, details=None, problem="The disk is full.")),
    ],
)
def test_the_drawer_keeps_the_keyboard_and_no_other_button_gets_it(
    drawer: PaymentDrawer, find: Callable[[PaymentDrawer], QWidget], after: DrawerState
) -> None:
    """A second press of the same key must not press the button that happens to be next."""
    button = find(drawer)
    button.setFocus()
    assert has_keyboard(button)
    drawer.show_state(after)
    assert has_keyboard(drawer)


@pytest.mark.parametrize(("find", "waits"), [(alert, replace(OPEN, checking=True)), (ask, replace(OPEN, asking=True))])
def test_the_button_gets_the_keyboard_back_when_the_operator_answered(
    drawer: PaymentDrawer, find: Callable[[PaymentDrawer], QWidget], waits: DrawerState
) -> None:
    button = find(drawer)
    button.setFocus()
    drawer.show_state(waits)
    drawer.show_state(replace(waits, support_json="{}"))
    drawer.show_state(OPEN)
    assert has_keyboard(button)


def test_a_person_who_moved_on_is_left_alone(drawer: PaymentDrawer) -> None:
    alert(drawer).setFocus()
    drawer.show_state(replace(OPEN, checking=True))
    drawer.close_button.setFocus()
    drawer.show_state(OPEN)
    assert has_keyboard(drawer.close_button)


def test_a_drawer_that_has_no_keyboard_takes_none(window: QWidget, drawer: PaymentDrawer) -> None:
    chip = window.findChild(QPushButton)
    assert chip is not None
    chip.setFocus()
    for state in (replace(OPEN, checking=True), BARE, OPEN):
        drawer.show_state(state)
        assert has_keyboard(chip)


def test_the_keyboard_is_in_the_drawer_again_after_its_form(drawer: PaymentDrawer) -> None:
    settle = drawer.alerts.buttons.button(Action.SETTLE)
    settle.setFocus()
    drawer.show_state(replace(OPEN, form=FORM))
    drawer.show_state(SETTLED)
    focused = drawer.window().focusWidget()
    assert focused is drawer


# The dialog


@pytest.fixture
def dialog(window: QWidget, theme: Theme) -> FormDialog:
    made = FormDialog(theme, Texts("en"), window)
    made.show_form(FORM)
    return made


@pytest.mark.parametrize("name", ["yes", "confirm", "no", "show_latest", "chips", "reason", "amount"])
def test_a_form_that_is_sent_and_fails_gives_the_keyboard_back(dialog: FormDialog, name: str) -> None:
    notice = "News came." if name == "show_latest" else ""
    dialog.show_form(replace(FORM, notice=notice))
    part = dialog.chips[0] if name == "chips" else getattr(dialog, name)
    control = part.line if name in ("reason", "amount") else part
    control.setFocus()
    assert has_keyboard(control)
    dialog.show_form(replace(SENDING, notice=notice))
    assert has_keyboard(dialog), "nothing else can be used meanwhile"
    dialog.show_form(replace(FORM, notice=notice, problem="The disk is full."))
    assert has_keyboard(control)


@pytest.mark.parametrize("name", ["yes", "confirm"])
def test_an_answer_that_is_not_possible_any_more_leaves_the_keyboard_in_the_form(dialog: FormDialog, name: str) -> None:
    getattr(dialog, name).setFocus()
    dialog.show_form(replace(FORM, can_send=False, confirm=""))
    assert has_keyboard(dialog.reason.line)


def test_what_came_meanwhile_was_looked_at_and_the_keyboard_is_at_the_reason(dialog: FormDialog) -> None:
    """The button vanishes; the next one would be the answer, or even the one that makes it paid."""
    dialog.show_form(replace(FORM, notice="News came."))
    dialog.show_latest.setFocus()
    dialog.show_form(FORM)
    assert has_keyboard(dialog.reason.line)


def test_typing_is_not_interrupted_by_a_button_that_comes_back(dialog: FormDialog) -> None:
    dialog.show_form(replace(FORM, notice="News came."))
    dialog.show_latest.setFocus()
    dialog.show_form(FORM)
    dialog.show_form(replace(FORM, notice="More news came."))
    assert has_keyboard(dialog.reason.line)


def test_a_sum_that_is_not_suggested_any_more_leaves_the_keyboard_in_the_form(dialog: FormDialog) -> None:
    dialog.chips[1].setFocus()
    assert FORM.amount is not None
    dialog.show_form(replace(FORM, amount=replace(FORM.amount, chips=())))
    assert has_keyboard(dialog.reason.line)


# The till


@pytest.mark.parametrize("action", [CardAction.COPY, CardAction.CHECK, CardAction.CANCEL])
@pytest.mark.parametrize(
    "after",
    [
        replace(CARD, face=CardFace.PAID, tone="paid", actions=(CardAction.NEW,)),
        replace(CARD, face=CardFace.NOTICE, tone="attention", actions=(CardAction.CONFIRM, CardAction.NEW)),
        replace(CARD, busy=True),
        PaymentCard(),
    ],
    ids=["paid", "attention", "busy", "no payment"],
)
def test_a_card_that_changes_by_itself_gives_the_keyboard_to_the_sum(
    qtbot: QtBot, theme: Theme, after: PaymentCard, action: CardAction
) -> None:
    page = TillPage(theme, Texts("en"))
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.show_state(TillState(card=CARD))
    page.card.actions_view.tiles[action].setFocus(Qt.FocusReason.TabFocusReason)
    page.show_state(TillState(card=after))
    assert page.focusWidget() is page.form.amount.focusProxy()
