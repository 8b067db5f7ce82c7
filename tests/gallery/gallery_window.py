"""The real window with real presenters on a core in memory, set up by a case for a picture or a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QDialog, QWidget

from app.domain.errors import PaydeskError
from app.domain.ids import TransactionId
from app.i18n.language import Language
from app.i18n.texts import Texts
from app.services.core_api import Health
from app.services.ports.operator_gateway import LinkAnswer, LinkOrder, RefundAnswer, RefundOrder, StatusAnswer
from app.ui.desktop_services import QtDesktopServices
from app.ui.page_registry import PAGES, PageRegistry
from app.ui.shell.presenter import ShellPresenter
from app.ui.shell.view import MainWindow
from app.ui.theme import Theme
from tests.fakes.clock_and_operator import ScriptedOperator
from tests.fakes.context import FakeCoreApi, make_context
from tests.fakes.ledger import FakeLedger
from tests.gallery.sale_writer import LINK, MOMENT
from tests.gallery.sample_sales import sample_ledger

SHOP = "Кав’ярня на розі"
SIZES = {"1024x600": (1024, 600), "1366x768": (1366, 768)}
WHOLE_SIZES = ((1366, 768), (1093, 614), (1024, 600))
"""Logical pixels from which on nothing of a page is hidden: a screen of 1366x768 at 100 and 125 %, and the least."""
SMALL_SIZES = ((911, 512), (781, 439), (683, 384), (512, 300))
"""A screen of 1366x768 at 150, 175 and 200 %, and one of 1024x600 at 200 %."""
ROUNDS = 4
"""Iterations of Qt's event loop until a change of texts has reached every layout."""
HEALTHY = Health(
    operator_answered_at=MOMENT,
    operator_latency_ms=184,
    listener_address="http://127.0.0.1:8733",
    callback_at=MOMENT,
)


def afternoon(moment: datetime) -> str:
    """Return a zone in which it is two in the afternoon: countdowns run by the real clock, days do not."""
    ahead = 14 - moment.hour
    return f"Etc/GMT{-ahead:+d}"


class Operator(ScriptedOperator):
    """Creates a link at once, unless it has an `answer` or is set never to answer."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs = False
        self.answer: PaydeskError | None = None

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        if self.hangs:
            await asyncio.Event().wait()
        if self.answer is not None:
            raise self.answer
        return LinkAnswer(LINK.format(1043), "uuid", "11")

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        if self.hangs:
            await asyncio.Event().wait()
        return RefundAnswer(failed=False, message="done")

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        if self.hangs:
            await asyncio.Event().wait()
        return StatusAnswer(1, "done")


class GalleryWindow:
    """What a case needs: `context` to prepare, `open` to begin, then presenters to drive."""

    def __init__(self, theme: Theme, language: Language, size: tuple[int, int]) -> None:
        self.operator = Operator()
        self.ledger = FakeLedger()
        self.context = make_context(
            self.ledger, self.operator, language=language, name=SHOP, timezone=afternoon(MOMENT)
        )
        self.api.clock.moment = MOMENT
        self.context.now = self.api.clock.now
        self.api.state = HEALTHY
        self.api.is_demo = False
        self.window = MainWindow(theme, self.context.texts, PAGES)
        self.window.resize(*size)
        self.context.notices = self.window
        self.context.desktop = QtDesktopServices(self.window)
        self.shell = ShellPresenter(self.context, self.window.show_state)
        self.pages = PageRegistry(theme, self.context, self.window, _nobody)

    @property
    def api(self) -> FakeCoreApi:
        """The core in memory."""
        assert self.context.core is not None
        return self.context.core.api  # type: ignore[return-value]

    def set_shop(self, **shop: Any) -> None:
        """Change the shop's data."""
        self.context.shop = replace(self.context.shop, **shop)

    def sell(self, count: int, step: float = 12) -> None:
        """Add a day of sales to the ledger."""
        self.ledger.kept = sample_ledger(count, step)

    async def open(self, page: str) -> Any:
        """Show the window on a page, wait until it has loaded, and return the page's presenter."""
        self.pages.show(page)
        self.shell.load()
        self.window.show()
        await self.settle()
        return self.pages.presenter(page)

    async def settle(self) -> None:
        """Wait until the page has loaded and the layouts are final."""
        await self.shell.wait_until_idle()
        await self.pages.wait_until_idle()
        self.process_events()

    async def let_tasks_start(self) -> None:
        """Let tasks start that will not end."""
        for _ in range(20):
            await asyncio.sleep(0)
        self.process_events()

    def set_language(self, language: Language) -> None:
        """Switch the language as the settings do."""
        self.context.texts = Texts(language)
        self.pages.rebuild(self.shell)
        self.process_events()

    def resize(self, size: tuple[int, int]) -> None:
        self.window.resize(*size)
        self.process_events()

    def process_events(self, milliseconds: int = 0) -> None:
        """Let Qt lay out and, for `milliseconds`, animate."""
        for _ in range(ROUNDS):
            QApplication.sendPostedEvents()
            QApplication.processEvents()
        if milliseconds:
            QTest.qWait(milliseconds)

    def view(self, page: str) -> Any:
        return self.pages.view(page)

    def scroll_areas(self, inside: QWidget) -> list[QAbstractScrollArea]:
        return inside.findChildren(QAbstractScrollArea)

    def dialogs(self) -> list[QDialog]:
        """The dialogs that are open over the window."""
        return [dialog for dialog in self.window.findChildren(QDialog) if dialog.isVisible()]

    def roots(self) -> list[QWidget]:
        """What a person sees: the window, or the dialogs in front of it."""
        return [*self.dialogs()] or [self.window]

    async def close(self) -> None:
        """Stop the tasks, then destroy the window."""
        self.pages.close()
        self.shell.close()
        await self.let_tasks_start()  # cancelled tasks end while the window still exists
        self.window.hide()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


Build = Callable[[GalleryWindow], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class GalleryCase:
    """`name`: page-state. `is_lasting`: its texts follow a change of the language (a toast keeps its own)."""

    name: str
    build: Build
    is_lasting: bool = True


@asynccontextmanager
async def opened_case(
    case: GalleryCase, theme: Theme, language: Language, size: tuple[int, int]
) -> AsyncIterator[GalleryWindow]:
    """Set up a case, yield it, close it."""
    gallery = GalleryWindow(theme, language, size)
    try:
        await case.build(gallery)
        gallery.process_events()
        yield gallery
    finally:
        await gallery.close()


def _nobody(keys: frozenset[str]) -> None:
    """Ignore changed settings."""
