"""Every page in every state on small screens and at large scales: everything is in the window or can be scrolled to."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QSize

from app.i18n.language import Language
from app.ui.theme import Theme
from tests.gallery.cases import CASES
from tests.gallery.gallery_window import GalleryCase, opened_case
from tests.gallery.reach_checks import needs_scrolling, out_of_reach
from tests.gallery.sample_sales import PAID, nth

WHOLE = ((1366, 768), (1093, 614), (1024, 600))
"""Logical pixels from which on nothing of a page is hidden: screens of 1366x768 at 100 and 125 %, and the least."""
SMALL = ((911, 512), (819, 480), (781, 439), (683, 384), (512, 300))
"""1366x768 at 150, 175 and 200 %, 1024x600 at 125 and 200 %."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("language", ["uk", "en"])
def test_everything_can_be_reached(case: GalleryCase, theme: Theme, language: Language) -> None:
    faults: list[str] = []

    async def look() -> None:
        async with opened_case(case, theme, language, WHOLE[0]) as gallery:
            for size in (*WHOLE, *SMALL):
                gallery.resize(size)
                if size in WHOLE:
                    faults.extend(f"{size} {fault}" for fault in needs_scrolling(gallery.window))
                for root in gallery.roots():
                    faults.extend(f"{size} {fault}" for fault in out_of_reach(root, QSize(*size)))

    asyncio.run(look())
    assert not faults, "\n".join(faults)


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
            assert code.visibleRegion().boundingRect() == code.rect()

    asyncio.run(look())


def test_the_keypad_stays_as_long_as_it_has_room(theme: Theme) -> None:
    async def look() -> None:
        async with opened_case(_case("till-demo"), theme, "uk", WHOLE[0]) as gallery:
            keypad = gallery.view("till").form.keypad
            shown = []
            for size in (*WHOLE, *SMALL, WHOLE[-1]):
                gallery.resize(size)
                shown.append(keypad.isVisible())
            assert shown == [True] * len(WHOLE) + [False] * len(SMALL) + [True]

    asyncio.run(look())


def _case(name: str) -> GalleryCase:
    return next(case for case in CASES if case.name == name)
