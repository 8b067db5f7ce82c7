"""The controller of the window: starts and stops it, routes the core's changes and the keys to the pages."""

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
from app.services.core_api import CoreApi
from app.ui.bridge import Bridge
from app.ui.change_batcher import ChangeBatcher
from app.ui.context import CoreConnection, Question, UiContext, read_shop
from app.ui.desktop_services import QtDesktopServices
from app.ui.garbage_collection import UiThreadCollector
from app.ui.page_registry import PAGES, PageRegistry
from app.ui.paid_notices import PaidNotices
from app.ui.payment.display import PAYABLE
from app.ui.qt_translations import QtTranslations
from app.ui.shell.presenter import ShellPresenter
from app.ui.shell.view import MainWindow
from app.ui.tasks import PageTasks
from app.ui.theme import Theme
from app.ui.widgets.qr.qr_matrix import qr_modules

TICK_MS = 1000
CORE_ANSWERS_WITHIN_S = 1.0
log = logging.getLogger(__name__)


class WindowController:
    """Created and used on the window's loop. `ready` is set when the till can charge and shows today's list."""

    def __init__(self, app: QApplication, language: str, theme: str, now: Callable[[], datetime]) -> None:
        """`language` and `theme` are the settings `ui.language` and `ui.theme`."""
        self.painted = asyncio.Event()
        self.ready = asyncio.Event()
        self.stopping = asyncio.Event()
        self.theme = Theme(app, theme)
        texts = Texts(chosen_language(language))
        self._qt_translations = QtTranslations(app)
        self._qt_translations.set_language(texts.language)
        self.window = MainWindow(self.theme, texts, PAGES)
        self.context = UiContext(texts, self.window, QtDesktopServices(self.window), now)
        self._shell = ShellPresenter(self.context, self.window.show_state)
        self.pages = PageRegistry(self.theme, self.context, self.window, self.settings_changed)
        self._tasks = PageTasks("window", self._on_refusal, self._on_defect)
        self._paid_notices = PaidNotices(self.context, self._tasks, self.pages.payment_on_screen)
        self._changed_settings: frozenset[str] = frozenset()
        self._core_loop: asyncio.AbstractEventLoop | None = None
        self._timer = QTimer(self.window)
        self._garbage = UiThreadCollector(app)
        self._connect_signals()

    def _connect_signals(self) -> None:
        window = self.window
        window.painted.connect(self.painted.set)
        window.page_requested.connect(self.pages.show)
        window.section_requested.connect(self.pages.show_settings)
        window.attention_requested.connect(self.pages.show_attention)
        window.key_pressed.connect(self._on_key)
        window.close_requested.connect(self._ask_to_close)
        self._timer.timeout.connect(self._on_tick)

    # Start and stop

    def open(self) -> None:
        """Show the window with the till."""
        self._garbage.start()
        self.pages.show("till")
        self._shell.refresh()
        self.window.show()
        self._timer.start(TICK_MS)

    def core_starting(self, core_loop: asyncio.AbstractEventLoop) -> None:
        self._core_loop = core_loop

    def core_ready(self, api: CoreApi) -> None:
        """The ledger is open: connect the pages to it."""
        if self._core_loop is None or self.stopping.is_set():
            return
        core = CoreConnection(api, Bridge(self._core_loop, asyncio.get_running_loop()))
        self._tasks.start("connect", self._connect(core))

    def core_failed(self, error: PaydeskError) -> None:
        """The core failed to start, or stopped: show it on every page."""
        self.context.core = None
        self.context.core_problem = self.context.texts.error(error)
        self._refresh()
        self.ready.set()

    async def close(self, timeout_s: float) -> None:
        """Cancel every task, wait for commands sent; the caller then stops the core and calls `destroy`."""
        self._timer.stop()
        self._tasks.close()
        self.pages.close()
        self._shell.close()
        self.window.hide()
        if self.context.core is not None and not await self.context.core.bridge.wait_for_commands(timeout_s):
            log.warning("the desk is closed while something is still on its way")

    def destroy(self) -> None:
        """Delete the window and its objects on its own thread."""
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self._qt_translations.close()
        self._garbage.close()
        self._garbage.deleteLater()

    def report_defect(self) -> None:
        """Show that an internal error occurred."""
        self.window.toast(self.context.texts.problem("defect"), "failed")

    def warn(self, code: str) -> None:
        """Show a warning from the start-up."""
        self.window.toast(self.context.texts.warning(code), "attention")

    async def _connect(self, core: CoreConnection) -> None:
        changes = ChangeBatcher(core.bridge.to_window, self._on_changed)
        health = core.bridge.to_window(self._on_health_changed)
        settings = core.bridge.to_window(self._on_settings_changed)

        async def subscribe() -> None:
            core.api.bus.subscribe(changes.add)
            core.api.on_health_changed(partial(health, None))
            core.api.on_settings_changed(partial(settings, None))

        await core.bridge.query(subscribe)
        self.context.shop = await read_shop(core)
        self.context.core = core
        self._load()
        await self.pages.wait_until_idle()
        self.ready.set()
        # The first sale must not wait for imports. On the core's loop: a qasync executor would start nine more threads.
        await core.bridge.query(partial(asyncio.to_thread, qr_modules, "https://mapi.xpaydirect.com"))
        self._garbage.freeze()

    # Changes

    def _on_changed(self, changed: frozenset[PaymentId], last_seq: int) -> None:
        self._shell.load()
        self.pages.on_changed(changed, last_seq)
        self._paid_notices.on_changed(changed)

    def _on_health_changed(self, _: None) -> None:
        self._shell.load()

    def _on_settings_changed(self, _: None) -> None:
        self.settings_changed(frozenset())

    def _on_tick(self) -> None:
        self._shell.on_tick()
        self.pages.on_tick()

    def settings_changed(self, keys: frozenset[str]) -> None:
        """Apply stored settings: language and theme change at once."""
        self._changed_settings |= keys
        self._tasks.start_again("settings", self._apply_settings)

    async def _apply_settings(self) -> None:
        if (core := self.context.core) is None:
            return
        keys, self._changed_settings = self._changed_settings, frozenset()
        self.context.shop = await read_shop(core)
        values = await core.bridge.query(partial(_values, core.api))
        if "ui.theme" in keys:
            self.theme.choose(str(values["ui.theme"]))
        if "ui.language" in keys:
            self.set_language(str(values["ui.language"]))
        self._load()

    def set_language(self, language: str) -> None:
        """Switch to the language of the setting `ui.language`."""
        self.context.texts = Texts(chosen_language(language))
        self._qt_translations.set_language(self.context.texts.language)
        self.pages.rebuild(self._shell)

    # Keys and closing

    def _on_key(self, name: str) -> None:
        if name == "help":
            self.window.show_help()
        elif name == "history":
            self.pages.show("history")
        elif name.startswith("page "):
            self.pages.show_nth(int(name.removeprefix("page ")))
        else:
            self.pages.key(name)

    def _ask_to_close(self) -> None:
        self._tasks.start_once("close", self._close_if_confirmed)

    async def _close_if_confirmed(self) -> None:
        open_links = await self._count_open()
        if not open_links or await self.context.desktop.confirm(self._closing_question(open_links)):
            self.stopping.set()

    async def _count_open(self) -> int:
        """Return how many links can still be paid; 0 when the core does not answer: the window must close."""
        core, now = self.context.core, self.context.now()
        if core is None:
            return 0
        try:
            async with asyncio.timeout(CORE_ANSWERS_WITHIN_S):
                views = await core.bridge.query(partial(core.api.ledger.unfinished, now))
        except Exception:  # boundary: closing must work whatever is wrong with the core
            log.exception("the core does not answer")
            return 0
        return sum(view.payment.status(now) in PAYABLE for view in views)

    def _closing_question(self, open_links: int) -> Question:
        texts = self.context.texts
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

    def _refresh(self) -> None:
        self._shell.refresh()
        self.pages.refresh()

    def _on_refusal(self, error: PaydeskError) -> None:
        self.window.toast(self.context.texts.error(error), "failed")

    def _on_defect(self, error: BaseException) -> None:
        self.report_defect()


async def _values(api: CoreApi) -> dict[str, object]:
    return api.preferences.values()
