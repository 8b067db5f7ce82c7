"""The pages of the desk: made when first shown, each with its presenter. A page reaches another only through here.

To add a page: 1. its folder in `pages/`; 2. its key, icon and word in PAGES; 3. its maker in `page_makers.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from app.domain.ids import PaymentId
from app.i18n.marks import _
from app.ui.front import Front
from app.ui.page_makers import Made, Routes, make_history, make_payments, make_settings, make_till
from app.ui.presenter import Presenter
from app.ui.shell.view import DeskWindow
from app.ui.theme import Theme

PAGES: Final[tuple[tuple[str, str, str], ...]] = (
    ("till", "till", _("Till")),
    ("payments", "payments", _("Payments")),
    ("history", "history", _("History")),
    ("settings", "settings", _("Settings")),
)
MAKERS: Final[dict[str, Callable[[Theme, Front, Routes], Made]]] = {
    "till": make_till,
    "payments": make_payments,
    "history": make_history,
    "settings": make_settings,
}
SettingsChanged = Callable[[frozenset[str]], None]


class PageBook:
    """Routes news, seconds, words and keys to the pages that exist."""

    def __init__(self, theme: Theme, front: Front, window: DeskWindow, settings_changed: SettingsChanged) -> None:
        self._theme = theme
        self._front = front
        self._window = window
        self._routes = Routes(self.show, self.show_payment, settings_changed)
        self._presenters: dict[str, Presenter[Any]] = {}
        self._views: dict[str, Any] = {}
        for key, icon, _word in PAGES:
            window.add_page(key, icon, partial(self._open, key))

    def words(self) -> dict[str, str]:
        """Return the word of every page."""
        return {key: self._front.texts.say(word) for key, _icon, word in PAGES}

    def show(self, key: str) -> None:
        """Bring a page to the front."""
        known = key in self._presenters
        self._window.show_page(key)
        if known:
            self._presenters[key].load()

    def show_nth(self, number: int) -> None:
        self.show(PAGES[number - 1][0])

    def show_payment(self, payment_id: PaymentId) -> None:
        """Take a payment to the till."""
        self.show("till")
        self.presenter("till").select(payment_id)

    def presenter(self, key: str) -> Any:
        """Return the presenter of a page that was shown."""
        return self._presenters[key]

    def view(self, key: str) -> Any:
        """Return the view of a page that was shown."""
        return self._views[key]

    def hear(self, changed: frozenset[PaymentId], last_seq: int) -> None:
        """Pass news to the till, which is ready at any time, and to the page in front; others read when shown."""
        for key in {"till", self._window.page}:
            self._presenters[key].hear(changed, last_seq)

    def tick(self) -> None:
        """A second has passed; only what is seen looks at the clock."""
        self._presenters[self._window.page].tick()

    def load(self) -> None:
        for presenter in self._presenters.values():
            presenter.load()

    def retell(self) -> None:
        for presenter in self._presenters.values():
            presenter.retell()

    def show_words(self) -> None:
        for view in self._views.values():
            view.show_words(self._front.texts)

    def key(self, name: str) -> None:
        """Pass a key to the page in front."""
        presenter = self._presenters[self._window.page]
        if name == "back":
            presenter.go_back()
        elif name == "new" and self._window.page != "till":
            self.show("till")
            self._views["till"].take_key(name)
        elif name == "search" and self._window.page != "history":
            self.show("history")
            self._views["history"].focus_search()
        else:
            getattr(self._views[self._window.page], "take_key", _ignore)(name)

    async def settled(self) -> None:
        """Wait until the pages have read what they wanted."""
        for presenter in tuple(self._presenters.values()):
            await presenter.settled()

    def close(self) -> None:
        for presenter in self._presenters.values():
            presenter.close()

    def _open(self, key: str) -> QWidget:
        view, presenter = MAKERS[key](self._theme, self._front, self._routes)
        self._views[key], self._presenters[key] = view, presenter
        presenter.load()
        return view


def _ignore(name: str) -> None:
    """A key that means nothing on this page."""
