"""Another language makes other views on the same presenters: what a person typed, chose and looked at stays."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.ui.drawer.state import Action
from app.ui.theme import Theme
from tests.gallery.day import EXPIRED, OPEN, PAID, nth
from tests.gallery.settings_scenes import connect
from tests.gallery.stage import SIZES, Stage
from tests.ui.keyboard import has_keyboard

Script = Callable[[Stage], Awaitable[None]]
MANY = 40


@pytest.fixture
def play(theme: Theme) -> Callable[[Script], None]:
    """Play on an English window in the smallest size."""

    def play(script: Script) -> None:
        async def played() -> None:
            stage = Stage(theme, "en", SIZES["1024x700"])
            try:
                await script(stage)
            finally:
                await stage.close()

        asyncio.run(played())

    return play


Play = Callable[[Script], None]


def delete_later() -> None:
    """Let go of what was to be deleted, as the loop does."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_a_draft_its_cursor_and_its_selection_stay(play: Play) -> None:
    async def script(stage: Stage) -> None:
        await stage.open("till")
        line = stage.view("till").form.fields["email"].line
        line.setFocus()
        QTest.keyClicks(line, "anna@shop.ua")
        line.setSelection(9, -5)
        stage.speak("uk")
        new = stage.view("till").form.fields["email"].line
        assert new is not line
        assert stage.view("till").form.create_button.text() == "Створити посилання"
        assert has_keyboard(new)
        assert (new.text(), new.selectedText(), new.cursorPosition()) == ("anna@shop.ua", "@shop", 4)
        QTest.keyClicks(new, "-")
        assert stage.pages.presenter("till").state().draft.email == "anna-.ua"

    play(script)


def test_half_a_value_is_not_complained_about_sooner(play: Play) -> None:
    """The old field loses the keyboard when its view goes: nobody has left it."""

    async def script(stage: Stage) -> None:
        await stage.open("till")
        line = stage.view("till").form.fields["phone"].line
        line.setFocus()
        QTest.keyClicks(line, "067")
        stage.speak("uk")
        delete_later()
        stage.turn()
        assert stage.pages.presenter("till").state().problems.phone is None
        assert stage.view("till").form.fields["phone"].text() == "067"

    play(script)


def test_what_was_typed_and_not_told_yet_is_not_lost(play: Play) -> None:
    """A search waits until the typing rests."""

    async def script(stage: Stage) -> None:
        stage.sell(MANY)
        presenter = await stage.open("history")
        search = stage.view("history").filter.search
        QTest.keyClicks(search, "10")
        stage.speak("uk")
        new = stage.view("history").filter.search
        assert (new.text(), has_keyboard(new)) == ("10", True)
        QTest.keyClicks(new, "42")
        QTest.keyClick(new, Qt.Key.Key_Return)
        assert presenter.state().filter.search == "1042"

    play(script)


def test_a_list_keeps_its_row_its_place_and_its_columns(play: Play) -> None:
    async def script(stage: Stage) -> None:
        stage.sell(MANY)
        await stage.open("payments")
        table = stage.view("payments").card.table
        table.setFocus()
        for _ in range(MANY // 2):
            QTest.keyClick(table, Qt.Key.Key_Down)
        await stage.settle()
        QTest.keyClick(table, Qt.Key.Key_Escape)
        stage.pages.presenter("payments").go_back()
        stage.turn()
        chosen, place = table.chosen(), table.verticalScrollBar().value()
        widths = [table.columnWidth(at) for at in range(8)]
        assert chosen is not None
        assert place > 0
        stage.speak("uk")
        new = stage.view("payments").card.table
        assert new is not table
        assert (new.chosen(), new.verticalScrollBar().value()) == (chosen, place)
        assert [new.columnWidth(at) for at in range(8)] == widths
        assert has_keyboard(new)

    play(script)


def test_an_open_drawer_keeps_its_place_and_its_button(play: Play) -> None:
    async def script(stage: Stage) -> None:
        stage.sell(MANY)
        presenter = await stage.open("payments")
        presenter.drawer.open(nth(PAID))
        await stage.settle()
        presenter.drawer.toggle_raw()
        stage.turn()
        drawer = stage.view("payments").drawer
        drawer._scroll.verticalScrollBar().setValue(200)
        drawer.buttons.button(Action.REFUND).setFocus()
        before = drawer._scroll.verticalScrollBar().value()
        stage.speak("uk")
        new = stage.view("payments").drawer
        assert new.isVisible()
        assert new.raw.text.toPlainText() == drawer.raw.text.toPlainText() != ""
        assert new._scroll.verticalScrollBar().value() == before == 200
        assert new.buttons.button(Action.REFUND).text() == "Повернути…"
        assert has_keyboard(new.buttons.button(Action.REFUND))

    play(script)


def test_a_button_is_found_again_though_the_buttons_were_made_in_another_order(play: Play) -> None:
    async def script(stage: Stage) -> None:
        stage.sell(MANY)
        drawer = (await stage.open("payments")).drawer
        for place in (EXPIRED, OPEN):
            drawer.open(nth(place))
            await stage.settle()
        buttons = stage.view("payments").drawer.buttons
        assert Action.COPY in drawer.state().details.actions, "it is made after the one that the first payment had too"
        buttons.button(Action.CHECK).setFocus()
        stage.speak("uk")
        assert has_keyboard(stage.view("payments").drawer.buttons.button(Action.CHECK))

    play(script)


def test_a_typed_refund_stays_with_its_question(play: Play) -> None:
    async def script(stage: Stage) -> None:
        stage.sell(MANY)
        presenter = await stage.open("payments")
        presenter.drawer.open(nth(PAID))
        await stage.settle()
        presenter.drawer.do(Action.REFUND)
        stage.turn()
        old = stage.view("payments").drawer.form.dialog()
        QTest.keyClicks(old.amount.line, "12,5")
        old.amount.line.setCursorPosition(2)
        stage.speak("uk")
        [dialog] = stage.dialogs()
        new = stage.view("payments").drawer.form.dialog()
        assert dialog is new is not old
        assert new.no.text() == "Скасувати"
        assert (new.amount.text(), new.amount.line.cursorPosition()) == ("12,5", 2)
        assert has_keyboard(new.amount.line)
        assert new.amount.error() == "", "the field was not left"
        assert new.window().parentWidget().window() is stage.window
        QTest.keyClicks(new.amount.line, "3")
        assert presenter.drawer.state().form.amount.text == "123,5"

    play(script)


def test_pages_behind_come_back_as_they_were_left(play: Play) -> None:
    async def script(stage: Stage) -> None:
        stage.sell(MANY)
        connect(stage)
        await stage.open("history")
        history = stage.view("history").card.table
        history.select(nth(MANY - 3))
        history.verticalScrollBar().setValue(333)
        stage.pages.show("settings")
        await stage.settle()
        for language in ("uk", "en", "uk"):
            stage.speak(language)  # type: ignore[arg-type]
        assert stage.window.page == "settings"
        stage.pages.show("history")
        await stage.settle()
        new = stage.view("history")
        assert (new.card.table.chosen(), new.card.table.verticalScrollBar().value()) == (nth(MANY - 3), 333)
        assert has_keyboard(new.filter.search)
        assert new.filter.clear.text() == "Очистити"

    play(script)


def test_the_choice_of_the_language_keeps_the_keyboard(play: Play) -> None:
    async def script(stage: Stage) -> None:
        connect(stage)
        presenter = await stage.open("settings")
        presenter.open_section("look")
        await stage.settle()
        control = stage.view("settings").form("look").row("ui.language").editor.control()
        control.setFocus()
        stage.speak("uk")
        new = stage.view("settings").form("look").row("ui.language").editor.control()
        assert new is not control
        assert has_keyboard(new)

    play(script)


def test_the_rail_keeps_the_keyboard(play: Play) -> None:
    async def script(stage: Stage) -> None:
        await stage.open("till")
        stage.window.frame._rail.item("history").setFocus()
        stage.speak("uk")
        assert has_keyboard(stage.window.frame._rail.item("history"))
        assert stage.window.frame._operator.text() == "Оператор"

    play(script)


def test_no_view_outlives_its_language(play: Play) -> None:
    """Twenty changes leave as many widgets as one, and nothing calls a view that is gone."""

    async def script(stage: Stage) -> None:
        stage.sell(MANY)
        connect(stage)
        for page in ("till", "history", "settings", "payments"):
            await stage.open(page)
        stage.pages.presenter("payments").drawer.open(nth(PAID))
        await stage.settle()
        stage.speak("uk")
        delete_later()
        gc.collect()
        before = len(QApplication.allWidgets())
        old = [weakref.ref(stage.window.frame), weakref.ref(stage.view("payments"))]
        frame = stage.window.frame
        for _ in range(10):
            stage.speak("en")
            stage.speak("uk")
            delete_later()
        assert not shiboken6.isValid(frame)
        del frame
        gc.collect()
        assert [ref() for ref in old] == [None, None]
        assert len(QApplication.allWidgets()) == before
        stage.pages.retell()
        stage.pages.tick()
        stage.pages.load()
        await stage.settle()

    play(script)


def test_news_for_a_page_that_has_no_view_yet_is_shown_with_it(play: Play) -> None:
    async def script(stage: Stage) -> None:
        await stage.open("till")
        await stage.open("payments")
        stage.speak("uk")
        till = stage.pages.presenter("till")
        till.edit("amount", "5")
        delete_later()
        stage.pages.show("till")
        assert stage.view("till").form.amount.text() == "5"

    play(script)
