"""The window's pages: created when first shown, each with its presenter. Pages reach each other only through here.

A view has one fixed language: a language change creates a new view for the same presenter.
To add a page: 1. its folder in `pages/`; 2. its key, icon and word in PAGES; 3. its factory in `page_factories.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from app.domain.ids import PaymentId
from app.i18n.marks import _
from app.services.ports.ledger import PaymentHistory
from app.ui.context import UiContext
from app.ui.page_factories import FACTORIES, Routes
from app.ui.presenter import Presenter
from app.ui.shell.presenter import ShellPresenter
from app.ui.shell.view import MainWindow
from app.ui.theme import Theme
from app.ui.widgets.view_state import ViewState, restore_view_state, view_state

PAGES: Final[tuple[tuple[str, str, str], ...]] = (
    ("till", "till", _("Till")),
    ("payments", "payments", _("Payments")),
    ("history", "history", _("History")),
    ("day", "day", _("Day")),
    ("settings", "settings", _("Settings")),
)
SETTINGS: Final = "settings"
SettingsChanged = Callable[[frozenset[str]], None]


class PageRegistry:
    """Routes changes, ticks, languages and keys to the pages created so far."""

    def __init__(self, theme: Theme, context: UiContext, window: MainWindow, settings_changed: SettingsChanged) -> None:
        self._theme = theme
        self._context = context
        self._window = window
        self._routes = Routes(
            self.show_settings, self.show_payment, self.sell_again, self.show_attention, settings_changed
        )
        self._presenters: dict[str, Presenter[Any]] = {}
        self._views: dict[str, Any] = {}
        self._view_states: dict[str, ViewState] = {}
        self._before_settings = PAGES[0][0]

    def show(self, key: str) -> None:
        """Bring a page to the front."""
        if key == SETTINGS and self._window.page not in ("", SETTINGS):
            self._before_settings = self._window.page
        self._show_page(key)
        self._presenters[key].load()

    def show_settings(self, section: str) -> None:
        """Open a section of the settings."""
        self.show(SETTINGS)
        self.presenter(SETTINGS).open_section(section)

    def show_nth(self, number: int) -> None:
        self.show(PAGES[number - 1][0])

    def show_payment(self, payment_id: PaymentId) -> None:
        """Open a payment on the till page."""
        self.show("till")
        self.presenter("till").select(payment_id)

    def sell_again(self, history: PaymentHistory) -> None:
        """Begin the sale of an older payment again on the till page; nothing is made."""
        self.show("till")
        self.presenter("till").sell_again(history)

    def show_attention(self, payment_id: PaymentId | None = None) -> None:
        """Open the payments that need attention, and one of them in the drawer."""
        self.show("payments")
        self.presenter("payments").choose_attention(payment_id)

    def payment_on_screen(self) -> PaymentId | None:
        """Return the payment that the page in front shows in detail, if any."""
        presenter = self._presenters.get(self._window.page)
        return presenter.payment_on_screen() if presenter is not None else None

    def presenter(self, key: str) -> Any:
        """Return the presenter of a page that was shown."""
        return self._presenters[key]

    def view(self, key: str) -> Any:
        """Return the view of a page that was shown in the current language."""
        return self._views[key]

    def on_changed(self, changed: frozenset[PaymentId], last_seq: int) -> None:
        """Pass changes to the till, which is always current, and to the page in front; others read when shown."""
        for key in {"till", self._window.page}:
            self._presenters[key].on_changed(changed, last_seq)

    def on_tick(self) -> None:
        """A second has passed; only the visible page is updated."""
        self._presenters[self._window.page].on_tick()

    def load(self) -> None:
        for presenter in self._presenters.values():
            presenter.load()

    def refresh(self) -> None:
        for presenter in self._presenters.values():
            presenter.refresh()

    def rebuild(self, shell: ShellPresenter) -> None:
        """Recreate the window's views in the language of the context; `shell` refreshes the frame around the pages.

        Drafts and choices are kept by the presenters. Pages other than the one in front are recreated when next shown.
        """
        in_front = self._window.page
        state = view_state(self._window.frame)
        for key, view in self._views.items():
            self._presenters[key].detach()
            if key != in_front:
                self._view_states[key] = view_state(view)
        self._views.clear()
        self._window.rebuild(self._context.texts)
        shell.attach(self._window.show_state)
        self._show_page(in_front)
        restore_view_state(self._window.frame, state)

    def key(self, name: str) -> None:
        """Pass a key to the page in front."""
        presenter = self._presenters[self._window.page]
        if name == "back" and getattr(self._views[self._window.page], "close_code", _nothing_closed)():
            return
        if name == "back" and self._window.page == SETTINGS:
            self.show(self._before_settings)
        elif name == "back":
            presenter.go_back()
        elif name == "new" and self._window.page != "till":
            self.show("till")
            self._views["till"].handle_key(name)
        elif name == "search" and self._window.page != "history":
            self.show("history")
            self._views["history"].focus_search()
        else:
            getattr(self._views[self._window.page], "handle_key", _ignore)(name)

    async def wait_until_idle(self) -> None:
        """Wait until the pages' reads have ended."""
        for presenter in tuple(self._presenters.values()):
            await presenter.wait_until_idle()

    def close(self) -> None:
        for presenter in self._presenters.values():
            presenter.close()

    def _show_page(self, key: str) -> None:
        if key not in self._views:
            self._make_view(key)
        self._window.show_page(key)
        if (state := self._view_states.pop(key, None)) is not None:
            restore_view_state(self._views[key], state)

    def _make_view(self, key: str) -> None:
        factory = FACTORIES[key]
        if key not in self._presenters:
            self._presenters[key] = factory.make_presenter(self._context, self._routes)
        view = factory.make_view(self._theme, self._context.texts)
        self._views[key] = view
        self._window.add_page(key, view)  # before it is connected: a dialog over the page needs its window
        factory.join(view, self._presenters[key])


def _ignore(name: str) -> None:
    """Ignore a key that this page does not use."""


def _nothing_closed() -> bool:
    """A page without anything that lies over the window."""
    return False
