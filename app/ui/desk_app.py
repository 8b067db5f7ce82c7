"""The window alive: pages joined to presenters, the core's news to pages, keys to both. The only router."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

from app.domain.errors import PaydeskError
from app.domain.ids import PaymentId
from app.i18n.language import chosen_language
from app.i18n.texts import Texts
from app.services.desk import Desk
from app.ui.bridge import Bridge
from app.ui.desktop import QtDesktop
from app.ui.front import CoreLink, Front, Question, read_shop
from app.ui.garbage import WindowGarbage
from app.ui.news import News
from app.ui.page_book import PAGES, PageBook
from app.ui.payment_looks import LIVE
from app.ui.shell.presenter import ShellPresenter
from app.ui.shell.view import DeskWindow
from app.ui.tasks import PageTasks
from app.ui.theme import Theme
from app.ui.widgets.qr_matrix import qr_modules

TICK_MS = 1000
CORE_ANSWERS_WITHIN_S = 1.0
log = logging.getLogger(__name__)


class DeskApp:
    """Made and used on the window's loop. `ready` is set when the till can charge and shows today's list."""

    def __init__(self, app: QApplication, language: str, theme: str, now: Callable[[], datetime]) -> None:
        """`language` and `theme` are the settings `ui.language` and `ui.theme`."""
        self.painted = asyncio.Event()
        self.ready = asyncio.Event()
        self.stopping = asyncio.Event()
        self.theme = Theme(app, theme)
        texts = Texts(chosen_language(language))
        self.window = DeskWindow(self.theme, texts, PAGES)
        self.front = Front(texts, self.window, QtDesktop(self.window), now)
        self._shell = ShellPresenter(self.front, self.window.show_state)
        self.pages = PageBook(self.theme, self.front, self.window, self.settings_changed)
        self._tasks = PageTasks("desk", self._refused, self._broke)
        self._changed_settings: frozenset[str] = frozenset()
        self._core_loop: asyncio.AbstractEventLoop | None = None
        self._timer = QTimer(self.window)
        self._garbage = WindowGarbage(app)
        self._join()

    def _join(self) -> None:
        window = self.window
        window.painted.connect(self.painted.set)
        window.page_requested.connect(self.pages.show)
        window.key_pressed.connect(self._key)
        window.close_requested.connect(self._ask_to_close)
        self._timer.timeout.connect(self._tick)

    # Life

    def open(self) -> None:
        """Show the window with the till."""
        self._garbage.take_over()
        self.pages.show("till")
        self._shell.retell()
        self.window.show()
        self._timer.start(TICK_MS)

    def core_starts(self, core_loop: asyncio.AbstractEventLoop) -> None:
        self._core_loop = core_loop

    def core_ready(self, desk: Desk) -> None:
        """The ledger is open: join the pages to it."""
        if self._core_loop is None or self.stopping.is_set():
            return
        link = CoreLink(desk, Bridge(self._core_loop, asyncio.get_running_loop()))
        self._tasks.start("connect", self._connect(link))

    def core_failed(self, error: PaydeskError) -> None:
        """The core did not come up, or went down: say so wherever one looks."""
        self.front.link = None
        self.front.core_problem = self.front.texts.error(error)
        self._retell()
        self.ready.set()

    async def close(self, patience_s: float) -> None:
        """Let go of every task, wait for commands that were sent; then the core is stopped, then `destroy` comes."""
        self._timer.stop()
        self._tasks.close()
        self.pages.close()
        self._shell.close()
        self.window.hide()
        if self.front.link is not None and not await self.front.link.bridge.settled(patience_s):
            log.warning("the desk is closed while something is still on its way")

    def destroy(self) -> None:
        """End the window on its own thread, with whatever hung on it."""
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self._garbage.close()
        self._garbage.deleteLater()

    def tell_defect(self) -> None:
        """Say that something went wrong that is not the person's fault."""
        self.window.toast(self.front.texts.problem("defect"), "failed")

    def warn(self, code: str) -> None:
        """Show a warning of the start."""
        self.window.toast(self.front.texts.warning(code), "attention")

    async def _connect(self, link: CoreLink) -> None:
        news = News(link.bridge.to_window, self._hear)
        health = link.bridge.to_window(self._hear_health)

        async def subscribe() -> None:
            link.desk.bus.subscribe(news.gather)
            link.desk.on_health(partial(health, None))

        await link.bridge.query(subscribe)
        self.front.shop = await read_shop(link)
        self.front.link = link
        self._load()
        await self.pages.settled()
        self.ready.set()
        # The first sale must not wait for imports. On the core's loop: a thread of qasync's would bring nine others.
        await link.bridge.query(partial(asyncio.to_thread, qr_modules, "https://mapi.xpaydirect.com"))
        self._garbage.settle()

    # News

    def _hear(self, changed: frozenset[PaymentId], last_seq: int) -> None:
        self._shell.load()
        self.pages.hear(changed, last_seq)

    def _hear_health(self, _: None) -> None:
        self._shell.load()

    def _tick(self) -> None:
        self._shell.tick()
        self.pages.tick()

    def settings_changed(self, keys: frozenset[str]) -> None:
        """Take notice of stored settings: language and look change at once."""
        self._changed_settings |= keys
        self._tasks.start_again("settings", self._take_settings)

    async def _take_settings(self) -> None:
        if (link := self.front.link) is None:
            return
        keys, self._changed_settings = self._changed_settings, frozenset()
        self.front.shop = await read_shop(link)
        values = await link.bridge.query(partial(_values, link.desk))
        if "ui.theme" in keys:
            self.theme.choose(str(values["ui.theme"]))
        if "ui.language" in keys:
            self.speak(str(values["ui.language"]))
        self._load()

    def speak(self, language: str) -> None:
        """Speak the language of the setting `ui.language` from now on."""
        self.front.texts = Texts(chosen_language(language))
        self.pages.rebuild(self._shell)

    # Wishes

    def _key(self, name: str) -> None:
        if name == "help":
            self.window.show_help()
        elif name == "history":
            self.pages.show("history")
        elif name.startswith("page "):
            self.pages.show_nth(int(name.removeprefix("page ")))
        else:
            self.pages.key(name)

    def _ask_to_close(self) -> None:
        self._tasks.start_once("close", self._close_if_wanted)

    async def _close_if_wanted(self) -> None:
        open_links = await self._count_open()
        if not open_links or await self.front.desktop.confirm(self._closing_question(open_links)):
            self.stopping.set()

    async def _count_open(self) -> int:
        """Return how many links can still be paid; none when the core does not say: a window must close."""
        link, now = self.front.link, self.front.now()
        if link is None:
            return 0
        try:
            async with asyncio.timeout(CORE_ANSWERS_WITHIN_S):
                views = await link.bridge.query(partial(link.desk.ledger.unfinished, now))
        except Exception:  # an edge: whatever is wrong with the core, closing is the way out
            log.exception("the core does not answer")
            return 0
        return sum(view.payment.status(now) in LIVE for view in views)

    def _closing_question(self, open_links: int) -> Question:
        texts = self.front.texts
        return Question(
            title=texts.say("Close Paydesk?"),
            text=texts.n(
                "{n} link is still open. A payment that comes while Paydesk is closed shows at the next start.",
                "{n} links are still open. Payments that come while Paydesk is closed show at the next start.",
                open_links,
            ),
            yes=texts.say("Close"),
            no=texts.say("Stay"),
        )

    def _load(self) -> None:
        self._shell.load()
        self.pages.load()

    def _retell(self) -> None:
        self._shell.retell()
        self.pages.retell()

    def _refused(self, error: PaydeskError) -> None:
        self.window.toast(self.front.texts.error(error), "failed")

    def _broke(self, error: BaseException) -> None:
        self.tell_defect()


async def _values(desk: Desk) -> dict[str, object]:
    return desk.preferences.values()
