"""Attention in the window: its box in the drawer with the proposed actions, and the settle dialog."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.domain.ids import PaymentId
from app.domain.payment import Attention, PaymentStatus
from app.i18n.texts import Texts
from app.services.ports.ledger import PaymentView
from app.ui.drawer.state import Action, Details, DrawerState, FormState
from app.ui.drawer.view import PaymentDrawer
from app.ui.drawer.widgets.details_view import AlertBox
from app.ui.payment.display import StatusBadge
from app.ui.theme import Theme
from tests.gallery.gallery_window import SIZES, opened_case
from tests.gallery.refund_cases import CASES as ALL
from tests.gallery.sample_sales import EXPIRED, nth
from tests.ui.keyboard import has_keyboard

CASES = {case.name: case for case in ALL}

DETAILS = Details(
    payment_id=PaymentId("a"),
    number="№ 1042",
    status=StatusBadge("Paid", "attention", "warning"),
    sum="250,00 ₴",
    purpose="Coffee",
    attention_texts=("More came than was asked. Refund the difference.",),
    facts=(),
    actions=(Action.CHECK,),
    timeline=(),
    proposed=(Action.REFUND, Action.SETTLE),
)
OPEN = DrawerState(is_open=True, details=DETAILS)
FORM = FormState(
    "Settle it?", "The mark goes away.", "Mark as settled", "For example: seen", reason="seen", can_send=True
)


@pytest.fixture
def texts() -> Texts:
    return Texts("en")


@pytest.fixture
def drawer(window: QWidget, theme: Theme, texts: Texts) -> PaymentDrawer:
    made = PaymentDrawer(theme, texts, window)
    made.resize(made.width(), 600)
    made.show_state(OPEN)
    return made


def test_the_foot_says_what_is_settled_while_there_is_something(drawer: PaymentDrawer) -> None:
    assert not drawer.only_seen.isHidden()
    drawer.show_state(replace(OPEN, details=replace(DETAILS, attention_texts=(), proposed=())))
    assert drawer.only_seen.isHidden()
    drawer.show_state(replace(OPEN, details=None, problem="The disk is full."))
    assert drawer.only_seen.isHidden()


def test_the_box_offers_what_its_sentence_proposes(qtbot: QtBot, drawer: PaymentDrawer) -> None:
    assert drawer.alerts.isVisible()
    for action in (Action.REFUND, Action.SETTLE):
        made = drawer.alerts.buttons.button(action)
        assert made.isVisible()
        with qtbot.waitSignal(drawer.action_requested) as emitted:
            qtbot.mouseClick(made, Qt.MouseButton.LeftButton)
        assert emitted.args == [action]
    assert not drawer.buttons.button(Action.REFUND).isVisible(), "a button stands in one place"


def test_without_attention_there_is_no_box(drawer: PaymentDrawer) -> None:
    drawer.show_state(replace(OPEN, details=replace(DETAILS, attention_texts=(), proposed=())))
    assert not drawer.alerts.isVisible()


@pytest.mark.parametrize("texts", [Texts("uk"), Texts("en")])
@pytest.mark.parametrize("actions", [tuple(Action), (Action.CHECK, Action.SETTLE), (Action.CONFIRM,)])
def test_every_button_has_room_for_its_word(drawer: PaymentDrawer, actions: tuple[Action, ...]) -> None:
    drawer.show_state(replace(OPEN, details=replace(DETAILS, proposed=actions)))
    QApplication.processEvents()
    for action in actions:
        made = drawer.alerts.buttons.button(action)
        assert made.isVisible()
        assert made.accessibleName() == made.text() != ""
        assert made.width() >= made.sizeHint().width(), action
        assert made.height() >= 44


def test_the_question_wants_a_reason_and_no_sum(qtbot: QtBot, drawer: PaymentDrawer) -> None:
    drawer.show_state(replace(OPEN, form=FORM))
    dialog = drawer.form.dialog()
    QApplication.processEvents()
    assert dialog.isVisible()
    assert not dialog.amount.isVisible()
    assert not any(chip.isVisible() for chip in dialog.chips)
    assert has_keyboard(dialog.reason.line)
    assert dialog.reason.line.placeholderText() == "For example: seen"
    assert dialog.yes.property("kind") == "primary"
    with qtbot.waitSignal(drawer.form.send_requested):
        qtbot.mouseClick(dialog.yes, Qt.MouseButton.LeftButton)
    drawer.show_state(OPEN)
    assert not dialog.isVisible()


@pytest.mark.parametrize("texts", [Texts("uk")])
def test_the_question_speaks_the_language_of_the_drawer(drawer: PaymentDrawer) -> None:
    drawer.show_state(replace(OPEN, form=FORM))
    assert drawer.form.dialog().no.text() == "Скасувати"


def test_a_drawer_that_is_read_again_keeps_the_question(drawer: PaymentDrawer) -> None:
    drawer.show_state(replace(OPEN, form=FORM))
    drawer.form.dialog().reason.line.setCursorPosition(1)
    drawer.show_state(replace(OPEN, form=replace(FORM, problem="The disk is full.")))
    assert drawer.form.dialog().reason.line.cursorPosition() == 1
    assert drawer.form.dialog().problem.text() == "The disk is full."


DOUBT = replace(
    FORM,
    causes=("A message without a signature came. (× 2)", "The operator says paid."),
    yes="Settle without marking paid",
    confirm="Confirm as paid",
)


def sentences(box: AlertBox) -> list[str]:
    return [label.text() for label in box.findChildren(QLabel) if label.isVisible() and label.text()]


def test_the_question_lists_its_causes(drawer: PaymentDrawer) -> None:
    drawer.show_state(replace(OPEN, form=DOUBT))
    QApplication.processEvents()
    dialog = drawer.form.dialog()
    assert sentences(dialog.causes) == list(DOUBT.causes)
    assert not dialog.notice.isVisible()
    assert not dialog.show_latest.isVisible()
    drawer.show_state(replace(OPEN, form=FORM))
    assert not dialog.causes.isVisible()


def test_paid_has_a_button_of_its_own_and_the_other_one_steps_back(qtbot: QtBot, drawer: PaymentDrawer) -> None:
    drawer.show_state(replace(OPEN, form=FORM))
    dialog = drawer.form.dialog()
    assert not dialog.confirm.isVisible()
    drawer.show_state(replace(OPEN, form=DOUBT))
    QApplication.processEvents()
    assert (dialog.confirm.text(), dialog.confirm.property("kind")) == ("Confirm as paid", "primary")
    assert (dialog.yes.text(), dialog.yes.property("kind")) == ("Settle without marking paid", "plain")
    with qtbot.waitSignal(drawer.form.confirm_requested), qtbot.assertNotEmitted(drawer.form.send_requested):
        qtbot.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(drawer.form.send_requested), qtbot.assertNotEmitted(drawer.form.confirm_requested):
        qtbot.mouseClick(dialog.yes, Qt.MouseButton.LeftButton)
    drawer.show_state(replace(OPEN, form=replace(DOUBT, can_send=False)))
    assert not dialog.confirm.isEnabled()


def test_enter_never_marks_as_paid(qtbot: QtBot, drawer: PaymentDrawer) -> None:
    drawer.show_state(replace(OPEN, form=DOUBT))
    dialog = drawer.form.dialog()
    QApplication.processEvents()
    with qtbot.assertNotEmitted(drawer.form.confirm_requested), qtbot.waitSignal(drawer.form.send_requested):
        qtbot.keyClick(dialog.reason.line, Qt.Key.Key_Return)
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)


def test_what_came_meanwhile_can_be_looked_at(qtbot: QtBot, drawer: PaymentDrawer) -> None:
    drawer.show_state(replace(OPEN, form=replace(FORM, notice="Something new.")))
    QApplication.processEvents()
    dialog = drawer.form.dialog()
    assert sentences(dialog.notice) == ["Something new."]
    assert dialog.show_latest.text() == dialog.show_latest.accessibleName() == "Look again"
    with qtbot.waitSignal(drawer.form.show_latest_requested):
        qtbot.mouseClick(dialog.show_latest, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("texts", [Texts("uk"), Texts("en")])
def test_the_answers_have_room_for_their_words(drawer: PaymentDrawer, texts: Texts) -> None:
    words = replace(DOUBT, yes=texts.say("Settle without marking paid"), confirm=texts.say("Confirm as paid"))
    drawer.show_state(replace(OPEN, form=replace(words, notice=texts.say("Look again"))))
    QApplication.processEvents()
    dialog = drawer.form.dialog()
    for made in (dialog.confirm, dialog.yes, dialog.no, dialog.show_latest):
        assert made.isVisible()
        assert made.width() >= made.sizeHint().width(), made.text()
        assert made.height() >= 44


def through_the_window(theme: Theme, case: str, *pressed: str) -> PaymentView:
    """Set up a gallery case, press buttons of its dialog one after the other; return the resulting payment."""

    async def press() -> PaymentView:
        async with opened_case(CASES[case], theme, "en", SIZES["1024x600"]) as gallery:
            dialog = gallery.view("payments").drawer.form.dialog()
            for name in pressed:
                getattr(dialog, name).click()
                await gallery.settle()
            view = await gallery.ledger.payment(nth(EXPIRED))
            assert view is not None
            return view

    return asyncio.run(press())


@pytest.mark.parametrize(
    ("case", "pressed", "status", "attention"),
    [
        ("settle-form_several", ("confirm",), PaymentStatus.PAID, ()),
        ("settle-form_several", ("yes",), PaymentStatus.OPEN, ()),
        ("settle-form_newer", ("yes",), PaymentStatus.OPEN, (Attention.OPERATOR_SAYS_PAID,)),
        ("settle-form_newer", ("show_latest", "yes"), PaymentStatus.OPEN, ()),
        ("settle-form_newer", ("show_latest", "confirm"), PaymentStatus.PAID, ()),
    ],
)
def test_each_button_does_what_it_says(
    theme: Theme, case: str, pressed: tuple[str, ...], status: PaymentStatus, attention: tuple[Attention, ...]
) -> None:
    payment = through_the_window(theme, case, *pressed).payment
    assert (payment.state, payment.attention) == (status, attention)
