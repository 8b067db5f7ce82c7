"""A change of the language makes new views on the same presenters: input, selection and scroll position stay."""

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
from tests.gallery.gallery_window import SIZES, GalleryWindow
from tests.gallery.sample_sales import EXPIRED, OPEN, PAID, nth
from tests.gallery.settings_cases import connect
from tests.ui.keyboard import has_keyboard

Script = Callable[[GalleryWindow], Awaitable[None]]
MANY = 40


@pytest.fixture
def play(theme: Theme) -> Callable[[Script], None]:
    """Return a function that runs a script on an English window in the smallest size."""

    def play(script: Script) -> None:
        async def played() -> None:
            gallery = GalleryWindow(theme, "en", SIZES["1024x600"])
            try:
                await script(gallery)
            finally:
                await gallery.close()

        asyncio.run(played())

    return play


Play = Callable[[Script], None]


def delete_later() -> None:
    """Process deferred deletions, as the event loop does."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_a_draft_its_cursor_and_its_selection_stay(play: Play) -> None:
    async def script(gallery: GalleryWindow) -> None:
        await gallery.open("till")
        line = gallery.view("till").form.fields["email"].line
        line.setFocus()
        QTest.keyClicks(line, "anna@shop.ua")
        line.setSelection(9, -5)
        gallery.set_language("uk")
        new = gallery.view("till").form.fields["email"].line
        assert new is not line
        assert gallery.view("till").form.create_button.text() == "Створити посилання"
        assert has_keyboard(new)
        assert (new.text(), new.selectedText(), new.cursorPosition()) == ("anna@shop.ua", "@shop", 4)
        QTest.keyClicks(new, "-")
        assert gallery.pages.presenter("till").state().draft.email == "anna-.ua"

    play(script)


def test_half_a_value_is_not_complained_about_sooner(play: Play) -> None:
    """The old field loses the focus when its view is destroyed: that is no leaving of the field by the person."""

    async def script(gallery: GalleryWindow) -> None:
        await gallery.open("till")
        line = gallery.view("till").form.fields["phone"].line
        line.setFocus()
        QTest.keyClicks(line, "067")
        gallery.set_language("uk")
        delete_later()
        gallery.process_events()
        assert gallery.pages.presenter("till").state().problems.phone is None
        assert gallery.view("till").form.fields["phone"].text() == "067"

    play(script)


def test_what_was_typed_and_not_told_yet_is_not_lost(play: Play) -> None:
    """A search waits until typing pauses."""

    async def script(gallery: GalleryWindow) -> None:
        gallery.sell(MANY)
        presenter = await gallery.open("history")
        search = gallery.view("history").filter.search
        QTest.keyClicks(search, "10")
        gallery.set_language("uk")
        new = gallery.view("history").filter.search
        assert (new.text(), has_keyboard(new)) == ("10", True)
        QTest.keyClicks(new, "42")
        QTest.keyClick(new, Qt.Key.Key_Return)
        assert presenter.state().filter.search == "1042"

    play(script)


def test_a_list_keeps_its_row_its_place_and_its_columns(play: Play) -> None:
    async def script(gallery: GalleryWindow) -> None:
        gallery.sell(MANY)
        await gallery.open("payments")
        table = gallery.view("payments").card.table
        table.setFocus()
        for _ in range(MANY // 2):
            QTest.keyClick(table, Qt.Key.Key_Down)
        await gallery.settle()
        QTest.keyClick(table, Qt.Key.Key_Escape)
        gallery.pages.presenter("payments").go_back()
        gallery.process_events()
        chosen, place = table.chosen(), table.verticalScrollBar().value()
        widths = [table.columnWidth(at) for at in range(8)]
        assert chosen is not None
        assert place > 0
        gallery.set_language("uk")
        new = gallery.view("payments").card.table
        assert new is not table
        assert (new.chosen(), new.verticalScrollBar().value()) == (chosen, place)
        assert [new.columnWidth(at) for at in range(8)] == widths
        assert has_keyboard(new)

    play(script)


def test_an_open_drawer_keeps_its_place_and_its_button(play: Play) -> None:
    async def script(gallery: GalleryWindow) -> None:
        gallery.sell(MANY)
        presenter = await gallery.open("payments")
        presenter.drawer.open(nth(PAID))
        await gallery.settle()
        presenter.drawer.toggle_support_json()
        gallery.process_events()
        drawer = gallery.view("payments").drawer
        drawer._scroll.verticalScrollBar().setValue(200)
        drawer.buttons.button(Action.REFUND).setFocus()
        before = drawer._scroll.verticalScrollBar().value()
        gallery.set_language("uk")
        new = gallery.view("payments").drawer
        assert new.isVisible()
        assert new.support_json.text.toPlainText() == drawer.support_json.text.toPlainText() != ""
        assert new._scroll.verticalScrollBar().value() == before == 200
        assert new.buttons.button(Action.REFUND).text() == "Повернути…"
        assert has_keyboard(new.buttons.button(Action.REFUND))

    play(script)


def test_a_button_is_found_again_though_the_buttons_were_made_in_another_order(play: Play) -> None:
    async def script(gallery: GalleryWindow) -> None:
        gallery.sell(MANY)
        drawer = (await gallery.open("payments")).drawer
        for place in (EXPIRED, OPEN):
            drawer.open(nth(place))
            await gallery.settle()
        buttons = gallery.view("payments").drawer.buttons
        assert Action.COPY in drawer.state().details.actions, "it is made after the one that the first payment had too"
        buttons.button(Action.CHECK).setFocus()
        gallery.set_language("uk")
        assert has_keyboard(gallery.view("payments").drawer.buttons.button(Action.CHECK))

    play(script)


def test_a_typed_refund_stays_with_its_question(play: Play) -> None:
    async def script(gallery: GalleryWindow) -> None:
        gallery.sell(MANY)
        presenter = await gallery.open("payments")
        presenter.drawer.open(nth(PAID))
        await gallery.settle()
        presenter.drawer.do(Action.REFUND)
        gallery.process_events()
        old = gallery.view("payments").drawer.form.dialog()
        QTest.keyClicks(old.amount.line, "12,5")
        old.amount.line.setCursorPosition(2)
        gallery.set_language("uk")
        [dialog] = gallery.dialogs()
        new = gallery.view("payments").drawer.form.dialog()
        assert dialog is new is not old
        assert new.no.text() == "Скасувати"
        assert (new.amount.text(), new.amount.line.cursorPosition()) == ("12,5", 2)
        assert has_keyboard(new.amount.line)
        assert new.amount.error() == "", "the field was not left"
        assert new.window().parentWidget().window() is gallery.window
        QTest.keyClicks(new.amount.line, "3")
        assert presenter.drawer.state().form.amount.text == "123,5"

    play(script)


def test_pages_behind_come_back_as_they_were_left(play: Play) -> None:
    async def script(gallery: GalleryWindow) -> None:
        gallery.sell(MANY)
        connect(gallery)
        await gallery.open("history")
        history = gallery.view("history").card.table
        history.select(nth(MANY - 3))
        history.verticalScrollBar().setValue(333)
        gallery.pages.show("settings")
        await gallery.settle()
        for language in ("uk", "en", "uk"):
            gallery.set_language(language)  # type: ignore[arg-type]
        assert gallery.window.page == "settings"
        gallery.pages.show("history")
        await gallery.settle()
        new = gallery.view("history")
        assert (new.card.table.chosen(), new.card.table.verticalScrollBar().value()) == (nth(MANY - 3), 333)
        assert has_keyboard(new.filter.search)
        assert new.filter.clear.text() == "Очистити"

    play(script)


def test_the_choice_of_the_language_keeps_the_keyboard(play: Play) -> None:
    async def script(gallery: GalleryWindow) -> None:
        connect(gallery)
        presenter = await gallery.open("settings")
        presenter.open_section("look")
        await gallery.settle()
        control = gallery.view("settings").form("look").row("ui.language").editor.control()
        control.setFocus()
        gallery.set_language("uk")
        new = gallery.view("settings").form("look").row("ui.language").editor.control()
        assert new is not control
        assert has_keyboard(new)

    play(script)


def test_the_rail_keeps_the_keyboard(play: Play) -> None:
    async def script(gallery: GalleryWindow) -> None:
        await gallery.open("till")
        gallery.window.frame._rail.item("history").setFocus()
        gallery.set_language("uk")
        assert has_keyboard(gallery.window.frame._rail.item("history"))
        assert gallery.window.frame._operator.text() == "Оператор"

    play(script)


def test_no_view_outlives_its_language(play: Play) -> None:
    """Twenty changes leave as many widgets as one, and nothing calls a view that is gone."""

    async def script(gallery: GalleryWindow) -> None:
        gallery.sell(MANY)
        connect(gallery)
        for page in ("till", "history", "settings", "payments"):
            await gallery.open(page)
        gallery.pages.presenter("payments").drawer.open(nth(PAID))
        await gallery.settle()
        gallery.set_language("uk")
        delete_later()
        gc.collect()
        before = len(QApplication.allWidgets())
        old = [weakref.ref(gallery.window.frame), weakref.ref(gallery.view("payments"))]
        frame = gallery.window.frame
        for _ in range(10):
            gallery.set_language("en")
            gallery.set_language("uk")
            delete_later()
        assert not shiboken6.isValid(frame)
        del frame
        gc.collect()
        assert [ref() for ref in old] == [None, None]
        assert len(QApplication.allWidgets()) == before
        gallery.pages.refresh()
        gallery.pages.on_tick()
        gallery.pages.load()
        await gallery.settle()

    play(script)


def test_news_for_a_page_that_has_no_view_yet_is_shown_with_it(play: Play) -> None:
    async def script(gallery: GalleryWindow) -> None:
        await gallery.open("till")
        await gallery.open("payments")
        gallery.set_language("uk")
        till = gallery.pages.presenter("till")
        till.edit("amount", "5")
        delete_later()
        gallery.pages.show("till")
        assert gallery.view("till").form.amount.text() == "5"

    play(script)
