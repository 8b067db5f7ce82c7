"""Refunds in the window: the refund dialog, and the refunds section of the drawer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.i18n.texts import Texts
from app.ui.drawer.state import Action, AmountInput, FormState, RefundLine, RefundsBox
from app.ui.drawer.widgets.form_dialog import FormDialog
from app.ui.drawer.widgets.form_dialog_host import FormDialogHost
from app.ui.drawer.widgets.refund_view import RefundsView
from app.ui.payment.display import StatusBadge
from app.ui.theme import Theme
from tests.ui.keyboard import has_keyboard

FORM = FormState(
    title="Refund of payment No. 1042",
    text="This cannot be undone.",
    yes="Refund 125,50 ₴",
    example="For example: returned",
    reason="returned",
    amount=AmountInput("125,50", "", "Left: 125,50 ₴", (("24,50 ₴", "24,50"), ("125,50 ₴", "125,50"))),
    danger=True,
    can_send=True,
)


@pytest.fixture
def place(window: QWidget, theme: Theme) -> FormDialogHost:
    return FormDialogHost(theme, Texts("en"), window)


def asked(place: FormDialogHost, form: FormState = FORM) -> FormDialog:
    place.show_form(form)
    QApplication.processEvents()
    return place.dialog()


def test_nothing_is_made_before_it_is_needed(place: FormDialogHost, window: QWidget) -> None:
    place.show_form(None)
    assert not window.findChildren(FormDialog)


def test_it_stands_over_the_window_with_the_sum_ready_to_be_typed_over(place: FormDialogHost) -> None:
    dialog = asked(place)
    assert dialog.isVisible()
    assert dialog.isModal()
    assert dialog.windowTitle() == dialog.accessibleName() == "Refund of payment No. 1042"
    assert has_keyboard(dialog.amount.line)
    assert dialog.amount.line.selectedText() == "125,50"
    assert (dialog.yes.text(), dialog.yes.property("kind")) == ("Refund 125,50 ₴", "danger")
    assert dialog.rest.text() == "Left: 125,50 ₴"
    place.show_form(None)
    assert not dialog.isVisible()


def test_what_is_typed_is_reported_with_its_field(qtbot: QtBot, place: FormDialogHost) -> None:
    dialog = asked(place)
    with qtbot.waitSignal(place.edited) as emitted:
        qtbot.keyClicks(dialog.amount.line, "7")
    assert emitted.args == ["amount", "7"]
    with qtbot.waitSignal(place.edited) as emitted:
        qtbot.keyClicks(dialog.reason.line, "x")
    assert emitted.args == ["reason", "returnedx"]


def test_a_field_that_is_left_is_reported(qtbot: QtBot, place: FormDialogHost) -> None:
    dialog = asked(place)
    with qtbot.waitSignal(place.left) as emitted:
        dialog.reason.line.setFocus(Qt.FocusReason.TabFocusReason)
    assert emitted.args == ["amount"]


def test_a_likely_sum_is_taken_with_a_click(qtbot: QtBot, place: FormDialogHost) -> None:
    dialog = asked(place)
    assert [chip.text() for chip in dialog.chips if chip.isVisible()] == ["24,50 ₴", "125,50 ₴"]
    with qtbot.waitSignal(place.edited) as emitted:
        qtbot.mouseClick(dialog.chips[0], Qt.MouseButton.LeftButton)
    assert emitted.args == ["amount", "24,50"]


def test_errors_stand_beside_their_fields_and_find_their_room(place: FormDialogHost) -> None:
    dialog = asked(place)
    before = dialog.height()
    assert FORM.amount is not None
    amount = replace(FORM.amount, text="999", error="At most 125,50 ₴")
    problem = "A refund of this payment is still on its way. Wait until it is known what became of it. " * 2
    wrong = replace(FORM, amount=amount, reason="a", reason_error="At least three", problem=problem, can_send=False)
    dialog = asked(place, wrong)
    QApplication.processEvents()
    assert (dialog.amount.error(), dialog.reason.error()) == ("At most 125,50 ₴", "At least three")
    assert dialog.problem.text() == problem
    assert not dialog.yes.isEnabled()
    assert dialog.height() > before + 80, "nothing is squeezed"
    asked(place)
    QApplication.processEvents()
    assert dialog.height() == before


def test_enter_goes_from_field_to_field_and_never_sends_by_itself(qtbot: QtBot, place: FormDialogHost) -> None:
    dialog = asked(place)
    sent: list[bool] = []
    place.send_requested.connect(lambda: sent.append(True))
    qtbot.keyClick(dialog.amount.line, Qt.Key.Key_Return)
    assert has_keyboard(dialog.reason.line)
    qtbot.keyClick(dialog.reason.line, Qt.Key.Key_Return)
    assert has_keyboard(dialog.yes)
    assert sent == []
    qtbot.keyClick(dialog.yes, Qt.Key.Key_Return)
    assert sent == [True]


def test_enter_on_the_other_answer_sends_nothing(qtbot: QtBot, place: FormDialogHost) -> None:
    dialog = asked(place)
    dialog.no.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.assertNotEmitted(place.send_requested), qtbot.waitSignal(place.close_requested):
        qtbot.keyClick(dialog.no, Qt.Key.Key_Return)


def test_a_form_that_is_not_ready_cannot_be_sent(qtbot: QtBot, place: FormDialogHost) -> None:
    dialog = asked(place, replace(FORM, can_send=False))
    with qtbot.assertNotEmitted(place.send_requested, wait=20):
        qtbot.keyClick(dialog.reason.line, Qt.Key.Key_Return)
        qtbot.mouseClick(dialog.yes, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("gesture", ["escape", "button", "close"])
def test_leaving_is_a_wish(qtbot: QtBot, place: FormDialogHost, gesture: str) -> None:
    dialog = asked(place)
    with qtbot.waitSignal(place.close_requested):
        if gesture == "escape":
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        elif gesture == "button":
            qtbot.mouseClick(dialog.no, Qt.MouseButton.LeftButton)
        else:
            dialog.close()
    assert dialog.isVisible(), "only its state shuts it"


def test_while_it_is_sent_nothing_can_be_pressed(qtbot: QtBot, place: FormDialogHost) -> None:
    dialog = asked(place, replace(FORM, yes="Sending…", sending=True, can_send=False))
    assert not any(part.isEnabled() for part in (dialog.yes, dialog.no, dialog.amount, dialog.reason, *dialog.chips))
    with qtbot.assertNotEmitted(place.close_requested, wait=20), qtbot.assertNotEmitted(place.send_requested):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


# In the drawer

UNKNOWN = StatusBadge("Outcome not known", "attention", "warning")
BOX = RefundsBox(
    lines=(RefundLine("25,50 ₴", UNKNOWN, "14:02:11 · returned"),),
    note="Whether it went back is not known.",
    tone="attention",
    actions=(Action.ASK_REFUND, Action.REFUND_DONE, Action.REFUND_NOT),
)


@pytest.fixture
def refunds(window: QWidget, theme: Theme) -> RefundsView:
    made = RefundsView(theme, Texts("en"), 318, window)
    made.show_box(BOX, ())
    return made


def shown(view: QWidget) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisible()]


def test_every_refund_has_its_line(refunds: RefundsView) -> None:
    assert {"Refunds", "25,50 ₴", "14:02:11 · returned", "Whether it went back is not known."} <= set(shown(refunds))
    assert refunds.note.property("tone") == "attention"


@pytest.mark.parametrize("action", BOX.actions)
def test_what_can_be_done_is_reported(qtbot: QtBot, refunds: RefundsView, action: Action) -> None:
    with qtbot.waitSignal(refunds.action_requested) as emitted:
        qtbot.mouseClick(refunds.note.buttons.button(action), Qt.MouseButton.LeftButton)
    assert emitted.args == [action]


def test_the_button_waits_while_the_operator_is_asked(refunds: RefundsView) -> None:
    refunds.show_box(BOX, {Action.ASK_REFUND})
    asking = refunds.note.buttons.button(Action.ASK_REFUND)
    assert (asking.text(), asking.isEnabled()) == ("Asking…", False)
    refunds.show_box(BOX, ())
    assert asking.isEnabled()


def test_without_refunds_there_is_nothing(refunds: RefundsView) -> None:
    refunds.show_box(RefundsBox(), ())
    assert not refunds.isVisible()
    refunds.show_box(RefundsBox(note="Only in the cabinet.", tone="ended"), ())
    assert shown(refunds) == ["Only in the cabinet."]
