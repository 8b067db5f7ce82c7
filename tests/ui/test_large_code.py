"""The code of a link on the card and over the whole window: opened, closed, live, never smaller while it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.domain.errors import StorageFull
from app.ui.pages.till.state import CardFace, PaymentCard, TillState
from app.ui.pages.till.view import TillPage
from app.ui.pages.till.widgets.code_overlay import CodeOverlay
from app.ui.theme import Theme
from tests.gallery.cases import CASES
from tests.gallery.gallery_window import GalleryWindow, opened_case
from tests.gallery.sample_sales import FAILED, PAID, nth
from tests.ui.keyboard import has_keyboard

[CASE] = [case for case in CASES if case.name == "till-qr"]
ROOMY, LITTLE = (1366, 768), (911, 512)
DENSE = "https://mapi.xpaydirect.com/checkout/" + "x" * 600
LONG = "The bank has refused the card: try another one, or ask at the bank why this one cannot be used today. " * 2

Play = Callable[[GalleryWindow, TillPage], Awaitable[None]]


def play(theme: Theme, size: tuple[int, int], steps: Play) -> None:
    """Run steps on a till with an open link."""

    async def run() -> None:
        async with opened_case(CASE, theme, "en", size) as gallery:
            await steps(gallery, gallery.view("till"))

    asyncio.run(run())


def overlay(gallery: GalleryWindow) -> CodeOverlay | None:
    """Return the code that lies over the window, if any."""
    gallery.process_events()
    return next((found for found in gallery.window.findChildren(CodeOverlay) if found.isVisible()), None)


def show(gallery: GalleryWindow, page: TillPage, card: PaymentCard) -> None:
    page.show_state(TillState(card=card, presets=page.form._shown_presets))
    gallery.process_events()


def side_of(page: TillPage) -> int:
    return int(page.card.qr.box().width())


@pytest.mark.parametrize("way", ["key", "code", "button"])
def test_the_code_lies_over_the_whole_window(theme: Theme, way: str) -> None:
    async def steps(gallery: GalleryWindow, page: TillPage) -> None:
        if way == "key":
            gallery.window.key_pressed.connect(gallery.pages.key)
            QTest.keyClick(gallery.window, Qt.Key.Key_F3)
        else:
            if way == "button":
                show(gallery, page, replace(page._card, url=DENSE))
            assert page.card.code.large.isVisible() == (way == "button")
            target = page.card.code.large if way == "button" else page.card.qr
            QTest.mouseClick(target, Qt.MouseButton.LeftButton)
        code = overlay(gallery)
        assert code is not None
        assert code.mapTo(gallery.window, QPoint(0, 0)) == QPoint(0, 0)
        assert code.size() == gallery.window.size()
        assert gallery.window.childAt(gallery.window.rect().center()) is code.qr
        assert has_keyboard(code)
        gallery.resize((1024, 600))
        assert code.size() == gallery.window.size()

    play(theme, LITTLE if way == "button" else ROOMY, steps)


@pytest.mark.parametrize("way", ["escape key", "back", "click", "close", "code", "enter"])
def test_it_is_closed_and_the_next_sum_can_be_typed(theme: Theme, way: str) -> None:
    async def steps(gallery: GalleryWindow, page: TillPage) -> None:
        gallery.pages.key("code")
        code = overlay(gallery)
        assert code is not None
        if way == "click":
            QTest.mouseClick(code, Qt.MouseButton.LeftButton)
        elif way == "close":
            QTest.mouseClick(code._close, Qt.MouseButton.LeftButton)
        elif way in ("escape key", "enter"):
            code.keyPressEvent(_key(Qt.Key.Key_Escape if way == "escape key" else Qt.Key.Key_Return))
        else:
            gallery.pages.key(way)
        assert overlay(gallery) is None
        assert page.focusWidget() is page.form.amount.focusProxy()
        assert page.card.qr.isVisible(), "the link stays as it is"

    play(theme, ROOMY, steps)


def test_a_digit_closes_it_and_begins_the_next_sum(theme: Theme) -> None:
    async def steps(gallery: GalleryWindow, page: TillPage) -> None:
        gallery.pages.key("code")
        QTest.keyClick(overlay(gallery), Qt.Key.Key_7)
        assert overlay(gallery) is None
        assert page.form.amount.text() == "7"

    play(theme, ROOMY, steps)


def test_tab_does_not_reach_what_lies_below(theme: Theme) -> None:
    async def steps(gallery: GalleryWindow, page: TillPage) -> None:
        gallery.pages.key("code")
        code = overlay(gallery)
        QTest.keyClick(code, Qt.Key.Key_Tab)
        assert code is not None
        assert has_keyboard(code)

    play(theme, ROOMY, steps)


def test_the_moment_of_paid_shows_the_card(theme: Theme) -> None:
    async def steps(gallery: GalleryWindow, page: TillPage) -> None:
        gallery.pages.key("code")
        assert overlay(gallery) is not None
        gallery.pages.presenter("till").select(nth(PAID))
        await gallery.settle()
        assert overlay(gallery) is None
        assert page.card.big.isVisible()

    play(theme, ROOMY, steps)


def test_another_link_is_shown_in_its_place_and_another_page_without_it(theme: Theme) -> None:
    async def steps(gallery: GalleryWindow, page: TillPage) -> None:
        gallery.pages.key("code")
        code = overlay(gallery)
        assert code is not None
        before = code.qr.grab().toImage()
        gallery.pages.presenter("till").select(nth(FAILED))
        await gallery.settle()
        assert overlay(gallery) is code
        assert code.qr.grab().toImage() != before
        await gallery.open("payments")
        assert overlay(gallery) is None

    play(theme, ROOMY, steps)


def test_without_a_link_there_is_nothing_to_show(theme: Theme) -> None:
    async def steps(gallery: GalleryWindow, page: TillPage) -> None:
        show(gallery, page, PaymentCard())
        gallery.pages.key("code")
        assert overlay(gallery) is None

    play(theme, ROOMY, steps)


@pytest.mark.parametrize("size", [ROOMY, (1024, 600)])
def test_what_appears_below_or_above_does_not_make_the_code_smaller(theme: Theme, size: tuple[int, int]) -> None:
    async def steps(gallery: GalleryWindow, page: TillPage) -> None:
        card = page._card
        show(gallery, page, replace(card, detail=""))
        before = side_of(page)
        for changed in (replace(card, detail=LONG, tone="failed"), replace(card, detail="Short")):
            show(gallery, page, changed)
            assert side_of(page) >= before
        gallery.set_shop(is_demo=True)
        gallery.context.core_problem = gallery.context.texts.error(StorageFull())
        gallery.shell.refresh()
        gallery.process_events()
        assert side_of(page) >= before

    play(theme, size, steps)


def test_an_ordinary_sentence_needs_no_scrolling(theme: Theme) -> None:
    async def steps(gallery: GalleryWindow, page: TillPage) -> None:
        card = page._card
        show(gallery, page, replace(card, detail=""))
        show(gallery, page, replace(card, detail="There is too little money on the card", tone="failed"))
        assert page.height() == _room(page).height()

    play(theme, (1024, 600), steps)


def test_people_may_make_the_window_smaller_and_the_next_link_starts_anew(theme: Theme) -> None:
    async def steps(gallery: GalleryWindow, page: TillPage) -> None:
        card = page._card
        large = side_of(page)
        gallery.resize((1024, 600))
        small = side_of(page)
        assert small < large
        assert page.height() == _room(page).height()
        show(gallery, page, replace(card, detail=LONG))
        assert page.height() > _room(page).height(), "the page scrolls before the code shrinks"
        show(gallery, page, replace(card, detail=LONG, url=f"{card.url}/2", payment_id=nth(FAILED)))
        assert side_of(page) < small
        show(gallery, page, replace(card, face=CardFace.PAID))
        show(gallery, page, replace(card, detail=LONG))
        assert side_of(page) < small, "it had left the screen"

    play(theme, ROOMY, steps)


def _room(page: TillPage) -> QWidget:
    viewport = page.parentWidget()
    assert viewport is not None
    return viewport


def _key(key: Qt.Key) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
