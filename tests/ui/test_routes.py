"""Ways between pages: chips and "Connect XPAY" lead to their section of Settings, Esc leads back."""

from __future__ import annotations

import asyncio

from app.ui.drawer.state import Action as DrawerAction
from app.ui.pages.till.state import Action
from app.ui.theme import Theme
from tests.gallery.gallery_window import SIZES, GalleryWindow
from tests.gallery.sample_sales import PAID, nth


def played(theme: Theme, missing: str | None = None) -> list[tuple[str, str]]:
    """Return the page and the section of Settings after each step."""
    seen: list[tuple[str, str]] = []

    async def play() -> None:
        gallery = GalleryWindow(theme, "en", SIZES["1366x768"])
        try:
            if missing:
                gallery.set_shop(missing=missing)
            await gallery.open("till")
            await gallery.open("history")

            def note() -> None:
                section = gallery.pages.presenter("settings").state().section
                seen.append((gallery.window.page, section.id if section else ""))

            gallery.pages.show_settings("callbacks")
            await gallery.settle()
            note()
            gallery.pages.key("back")
            await gallery.settle()
            note()
            gallery.pages.show("till")
            gallery.pages.presenter("till").do(Action.CONNECT)
            await gallery.settle()
            note()
            gallery.pages.key("back")
            await gallery.settle()
            note()
        finally:
            await gallery.close()

    asyncio.run(play())
    return seen


def test_a_payment_of_the_history_is_sold_again_at_the_till(theme: Theme) -> None:
    seen: list[object] = []

    async def play() -> None:
        gallery = GalleryWindow(theme, "en", SIZES["1366x768"])
        try:
            gallery.sell(5)
            presenter = await gallery.open("history")
            presenter.drawer.open(nth(PAID))
            await gallery.settle()
            presenter.drawer.do(DrawerAction.SELL_AGAIN)
            await gallery.settle()
            till = gallery.view("till")
            seen.extend((gallery.window.page, till.form.amount.text(), till.form.amount.focusProxy().hasSelectedText()))
        finally:
            await gallery.close()

    asyncio.run(play())
    assert seen == ["till", "250", True]


def test_a_section_is_opened_and_left_to_where_one_was(theme: Theme) -> None:
    assert played(theme, missing="operator.token") == [
        ("settings", "callbacks"),
        ("history", "callbacks"),
        ("settings", "operator"),
        ("till", "operator"),
    ]
