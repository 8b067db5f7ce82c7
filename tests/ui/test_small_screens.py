"""What the pages do where there is little room; that all of it can be reached is tested in `test_every_page.py`."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.ui.drawer.widgets.form_dialog import FormDialog
from app.ui.pages.till.state import Action
from app.ui.theme import Theme
from tests.gallery.cases import CASES
from tests.gallery.gallery_window import SMALL_SIZES, WHOLE_SIZES, GalleryCase, opened_case
from tests.gallery.sample_sales import PAID, nth
from tests.ui.keyboard import has_keyboard


@pytest.mark.parametrize("page", ["payments", "history"])
def test_a_drawer_that_opens_is_scrolled_to(page: str, theme: Theme) -> None:
    async def look() -> None:
        async with opened_case(_case(f"{page}-many"), theme, "en", (819, 480)) as gallery:
            gallery.pages.presenter(page).drawer.open(nth(PAID))
            await gallery.settle()
            drawer = gallery.view(page).drawer
            right = drawer.mapTo(gallery.window, drawer.rect().topRight()).x()
            assert right < gallery.window.width()

    asyncio.run(look())


def test_a_link_that_was_made_is_scrolled_to(theme: Theme) -> None:
    """Where the card stands below the form."""

    async def look() -> None:
        async with opened_case(_case("till-ready"), theme, "en", (683, 384)) as gallery:
            gallery.pages.presenter("till").create()
            await gallery.settle()
            gallery.process_events()
            code = gallery.view("till").card.qr
            assert code.isVisible()
            assert is_whole(code)

    asyncio.run(look())


@pytest.mark.parametrize("size", [(1024, 600), (911, 512), (886, 470), (840, 450), (819, 448), (683, 384), (512, 300)])
def test_the_till_never_scrolls_sideways(size: tuple[int, int], theme: Theme) -> None:
    async def look() -> None:
        async with opened_case(_case("till-demo"), theme, "uk", size) as gallery:
            viewport = gallery.view("till").parentWidget()
            assert gallery.view("till").width() == viewport.width()

    asyncio.run(look())


def test_the_keypad_stays_as_long_as_it_has_room(theme: Theme) -> None:
    async def look() -> None:
        async with opened_case(_case("till-demo"), theme, "uk", WHOLE_SIZES[0]) as gallery:
            keypad = gallery.view("till").form.keypad
            shown = []
            for size in (*WHOLE_SIZES, *SMALL_SIZES, WHOLE_SIZES[-1]):
                gallery.resize(size)
                shown.append(keypad.isVisible())
            assert shown == [True] * len(WHOLE_SIZES) + [False] * len(SMALL_SIZES) + [True]

    asyncio.run(look())


def test_a_field_of_a_dialog_that_gets_the_keyboard_is_scrolled_to(theme: Theme) -> None:
    async def look() -> None:
        async with opened_case(_case("refund-form"), theme, "uk", (683, 384)) as gallery:
            [dialog] = gallery.dialogs()
            assert isinstance(dialog, FormDialog)
            assert not is_whole(dialog.reason.line)
            QTest.keyClick(dialog.amount.line, Qt.Key.Key_Return)
            gallery.process_events()
            assert has_keyboard(dialog.reason.line)
            assert is_whole(dialog.reason.line)
            assert is_whole(dialog.yes)

    asyncio.run(look())


def test_a_digit_after_a_link_was_scrolled_to_shows_the_sum(theme: Theme) -> None:
    async def look() -> None:
        async with opened_case(_case("till-qr"), theme, "uk", (683, 384)) as gallery:
            amount = gallery.view("till").form.amount
            assert not is_whole(amount)
            QTest.keyClick(amount.focusProxy(), Qt.Key.Key_7)
            gallery.process_events()
            assert is_whole(amount)

    asyncio.run(look())


def test_without_a_payment_the_sum_is_in_front(theme: Theme) -> None:
    async def look() -> None:
        async with opened_case(_case("till-three"), theme, "uk", (683, 384)) as gallery:
            amount = gallery.view("till").form.amount
            assert is_whole(amount), "at the start"
            gallery.pages.presenter("till").select(nth(0))
            await gallery.settle()
            assert not is_whole(amount)
            gallery.pages.presenter("till").do(Action.NEW)
            await gallery.settle()
            assert is_whole(amount)

    asyncio.run(look())


def is_whole(widget: QWidget) -> bool:
    """Whether nothing of a widget is cut off."""
    return widget.visibleRegion().boundingRect() == widget.rect()


def _case(name: str) -> GalleryCase:
    return next(case for case in CASES if case.name == name)
