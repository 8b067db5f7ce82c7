"""Every widget follows the theme while it exists and is not called after its destruction."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import shiboken6
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.controls.buttons import Button, HintButton
from app.ui.widgets.controls.field import Field
from app.ui.widgets.controls.nav_rail import NavRail
from app.ui.widgets.feedback.banner import Banner
from app.ui.widgets.feedback.countdown import Countdown
from app.ui.widgets.feedback.empty_state import EmptyState
from app.ui.widgets.feedback.health_chip import HealthChip
from app.ui.widgets.feedback.paid_view import PaidView
from app.ui.widgets.feedback.status_pill import StatusPill
from app.ui.widgets.feedback.stepper import Stepper
from app.ui.widgets.money.amount import AmountField
from app.ui.widgets.money.keypad import Keypad
from app.ui.widgets.qr.qr_view import QrView

Factory = Callable[[Theme, QWidget | None], QWidget]
FACTORIES: tuple[Factory, ...] = (
    lambda theme, parent: AmountField(theme, "Sum", parent),
    Banner,
    Button,
    Countdown,
    EmptyState,
    Field,
    HealthChip,
    lambda theme, parent: HintButton(theme, "New payment", "F2", parent=parent),
    lambda theme, parent: Keypad(theme, {}, parent),
    lambda theme, parent: NavRail(theme, [("till", "till", "Till")], parent),
    PaidView,
    QrView,
    StatusPill,
    Stepper,
)


@pytest.mark.parametrize("make", FACTORIES)
def test_a_widget_takes_theme_and_parent_and_survives_a_change(qtbot: QtBot, theme: Theme, make: Factory) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    made = make(theme, page)
    assert made.parent() is page
    theme.choose("dark")
    assert not made.grab().isNull()
    theme.choose("light")


@pytest.mark.parametrize("make", FACTORIES)
def test_a_deleted_widget_is_left_alone(qtbot: QtBot, theme: Theme, make: Factory) -> None:
    made = make(theme, None)
    shiboken6.delete(made)
    with qtbot.captureExceptions() as raised:
        theme.choose("dark")
        theme.choose("light")
    assert raised == []
