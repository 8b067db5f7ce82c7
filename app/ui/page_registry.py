"""The pages of the desk: made when first shown, each with its presenter. A page reaches another only through here.

A view speaks one language for life: in another language there is another view on the same presenter.
To add a page: 1. its folder in `pages/`; 2. its key, icon and word in PAGES; 3. its factory in `page_factories.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from app.domain.ids import PaymentId
from app.i18n.marks import _
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
    ("settings", "settings", _("Settings")),
)
SettingsChanged = Callable[[frozenset[str]], None]


class PageRegistry:
    """Routes news, seconds, words and keys to the pages that exist."""

    def __init__(self, theme: Theme, context: UiContext, window: MainWindow, settings_changed: SettingsChanged) -> None:
        self._theme = theme
        self._context = context
        self._window = window
        self._routes = Routes(self.show, self.show_payment, settings_changed)
        self._presenters: dict[str, Presenter[Any]] = {}
        self._views: dict[str, Any] = {}
        self._view_states: dict[str, ViewState] = {}

    def show(self, key: str) -> None:
        """Bring a page to the front."""
        self._bring(key)
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
        """Return the view of a page that was shown in the present language."""
        return self._views[key]

    def on_changed(self, changed: frozenset[PaymentId], last_seq: int) -> None:
        """Pass news to the till, which is ready at any time, and to the page in front; others read when shown."""
        for key in {"till", self._window.page}:
            self._presenters[key].on_changed(changed, last_seq)

    def on_tick(self) -> None:
        """A second has passed; only what is seen looks at the clock."""
        self._presenters[self._window.page].on_tick()

    def load(self) -> None:
        for presenter in self._presenters.values():
            presenter.load()

    def refresh(self) -> None:
        for presenter in self._presenters.values():
            presenter.refresh()

    def rebuild(self, shell: ShellPresenter) -> None:
        """Make the window's views anew in the language of the context; `shell` tells what stands around the pages.

        Drafts and choices are with the presenters. Other pages than the one in front are made when shown next.
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
        self._bring(in_front)
        restore_view_state(self._window.frame, state)

    def key(self, name: str) -> None:
        """Pass a key to the page in front."""
        presenter = self._presenters[self._window.page]
        if name == "back":
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
        """Wait until the pages have read what they wanted."""
        for presenter in tuple(self._presenters.values()):
            await presenter.wait_until_idle()

    def close(self) -> None:
        for presenter in self._presenters.values():
            presenter.close()

    def _bring(self, key: str) -> None:
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
        self._window.add_page(key, view)  # before it is joined: a question over the page needs the window below it
        factory.join(view, self._presenters[key])


def _ignore(name: str) -> None:
    """A key that means nothing on this page."""
