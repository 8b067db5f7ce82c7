"""The check-up section's view: how states are shown, and the signal of its one button."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.i18n.texts import Texts
from app.ui.pages.settings.state import (
    CheckRow,
    CheckupState,
    FieldKind,
    FieldState,
    Note,
    PageMode,
    SectionState,
    SectionTab,
    SettingsState,
)
from app.ui.pages.settings.view import SettingsPage
from app.ui.pages.settings.widgets.checkup_box import CheckupBox
from app.ui.theme import Theme

TABS = (SectionTab("shop", "Shop", "shop"), SectionTab("checkup", "Check-up", "search"))
NEW = CheckupState("It looks at everything.", "Check now", empty="Not checked yet")
ROWS = (
    CheckRow("The settings can be read.", "", "check", "paid", "Well"),
    CheckRow("No answer.", "Check the router.", "cross", "failed", "Wrong"),
)
DONE = CheckupState(
    "It looks at everything.",
    "Check now",
    checked="Checked at 14:02",
    summary=Note("1 thing needs a look.", "attention", "warning"),
    rows=ROWS,
)


def shown(checkup: CheckupState | None) -> SettingsState:
    section = SectionState("checkup", "Check-up", checkup=checkup, instant=True)
    return SettingsState(PageMode.FORM, tabs=TABS, section=section)


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> SettingsPage:
    made = SettingsPage(theme, Texts("en"))
    qtbot.addWidget(made)
    made.resize(932, 640)
    made.show_state(shown(NEW))
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def box(page: SettingsPage) -> CheckupBox:
    return page.form("checkup").findChildren(CheckupBox)[0]


def lines(box: CheckupBox) -> list[tuple[str, str]]:
    return [line.texts() for line in box.lines if line.isVisible()]


def test_before_the_first_one(page: SettingsPage, box: CheckupBox) -> None:
    assert box.isVisible()
    assert box.empty.isVisible()
    assert lines(box) == []
    assert not box.summary.isVisible()


def test_the_button_asks(qtbot: QtBot, page: SettingsPage, box: CheckupBox) -> None:
    with qtbot.waitSignal(page.check_requested):
        qtbot.mouseClick(box.check, Qt.MouseButton.LeftButton)


def test_findings_are_read_with_their_advice(page: SettingsPage, box: CheckupBox) -> None:
    page.show_state(shown(DONE))
    assert lines(box) == [("The settings can be read.", ""), ("No answer.", "Check the router.")]
    assert box.checked.text() == "Checked at 14:02"
    assert box.summary.texts() == ["1 thing needs a look."]
    assert not box.empty.isVisible()


def test_fewer_findings_leave_no_old_lines(page: SettingsPage, box: CheckupBox) -> None:
    page.show_state(shown(DONE))
    page.show_state(shown(replace(DONE, rows=ROWS[1:])))
    assert lines(box) == [("No answer.", "Check the router.")]


def test_a_mark_is_reported_as_a_word_too(page: SettingsPage, box: CheckupBox) -> None:
    page.show_state(shown(DONE))
    names = [label.accessibleName() for line in box.lines for label in line.findChildren(type(box.intro))]
    assert "Wrong: No answer." in names


def test_while_it_looks_the_button_waits(qtbot: QtBot, page: SettingsPage, box: CheckupBox) -> None:
    page.show_state(shown(replace(DONE, button="Checking…", running=True)))
    assert (box.check.text(), box.check.isEnabled()) == ("Checking…", False)
    with qtbot.assertNotEmitted(page.check_requested, wait=20):
        qtbot.mouseClick(box.check, Qt.MouseButton.LeftButton)


def test_other_sections_have_none(page: SettingsPage) -> None:
    page.show_state(SettingsState(PageMode.FORM, tabs=TABS, section=SectionState("shop", "Shop")))
    assert not page.form("shop").findChildren(CheckupBox)[0].isVisible()


def test_a_finding_leads_to_its_field(qtbot: QtBot, page: SettingsPage, box: CheckupBox) -> None:
    leading = replace(ROWS[1], field="callbacks.public_url", open="Open")
    page.show_state(shown(replace(DONE, rows=(ROWS[0], leading))))
    assert not box.lines[0].open.isVisible()
    assert box.lines[1].open.isVisible()
    assert box.lines[1].open.accessibleName() == "Open: No answer."
    with qtbot.waitSignal(page.field_requested) as asked:
        qtbot.mouseClick(box.lines[1].open, Qt.MouseButton.LeftButton)
    assert asked.args == ["callbacks.public_url"]


def test_a_field_that_a_person_was_led_to_gets_the_keyboard_once(qtbot: QtBot, page: SettingsPage) -> None:
    fields = tuple(
        FieldState(f"shop.{name}", FieldKind.TEXT, name, value="") for name in ("name", "terminal", "address")
    )
    section = SectionState("shop", "Shop", fields=fields, focus="shop.address")
    page.show_state(SettingsState(PageMode.FORM, tabs=TABS, section=section))
    control = page.form("shop").row("shop.address").editor.control()
    assert page.form("shop").focusWidget() is control
    other = page.form("shop").row("shop.name").editor.control()
    other.setFocus()
    page.show_state(SettingsState(PageMode.FORM, tabs=TABS, section=replace(section, changed=True)))
    assert page.form("shop").focusWidget() is other
