"""The real window with real presenters on a core in memory. A scene sets it up; a picture or a test looks at it."""

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
from app.services.desk import Health
from app.services.ports.operator_gateway import LinkAnswer, LinkOrder, RefundAnswer, RefundOrder, StatusAnswer
from app.ui.desktop import QtDesktop
from app.ui.page_book import PAGES, PageBook
from app.ui.shell.presenter import ShellPresenter
from app.ui.shell.view import DeskWindow
from app.ui.theme import Theme
from tests.fakes.front import FakeDesk, make_front
from tests.fakes.ledger import FakeLedger
from tests.fakes.world import ScriptedOperator
from tests.gallery.day import day
from tests.gallery.sold import LINK, MOMENT

SHOP = "Кав’ярня на розі"
SIZES = {"1024x700": (1024, 700), "1366x768": (1366, 768)}
ROUNDS = 4
"""Turns of Qt's loop until a change of texts has reached every layout."""
WELL = Health(
    operator_answered_at=MOMENT,
    operator_latency_ms=184,
    listener_address="http://127.0.0.1:8733",
    callback_at=MOMENT,
)


def afternoon(moment: datetime) -> str:
    """Return a zone in which the clock says two in the afternoon: countdowns run by the real clock, days do not."""
    ahead = 14 - moment.hour
    return f"Etc/GMT{-ahead:+d}"


class Operator(ScriptedOperator):
    """Makes a link at once, unless it has an `answer` of its own or is told to think for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.thinks = False
        self.answer: PaydeskError | None = None

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        if self.thinks:
            await asyncio.Event().wait()
        if self.answer is not None:
            raise self.answer
        return LinkAnswer(LINK.format(1043), "uuid", "11")

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        if self.thinks:
            await asyncio.Event().wait()
        return RefundAnswer(failed=False, message="done")

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        if self.thinks:
            await asyncio.Event().wait()
        return StatusAnswer(1, "done")


class Stage:
    """What a scene needs: `front` to prepare, `open` to begin, then presenters to drive."""

    def __init__(self, theme: Theme, language: Language, size: tuple[int, int]) -> None:
        self.operator = Operator()
        self.ledger = FakeLedger()
        self.front = make_front(self.ledger, self.operator, language=language, name=SHOP, timezone=afternoon(MOMENT))
        self.desk.clock.moment = MOMENT
        self.front.now = self.desk.clock.now
        self.desk.state = WELL
        self.desk.is_demo = False
        self.window = DeskWindow(theme, self.front.texts, PAGES)
        self.window.resize(*size)
        self.front.notices = self.window
        self.front.desktop = QtDesktop(self.window)
        self.shell = ShellPresenter(self.front, self.window.show_state)
        self.pages = PageBook(theme, self.front, self.window, _nobody)

    @property
    def desk(self) -> FakeDesk:
        """The core in memory."""
        assert self.front.link is not None
        return self.front.link.desk  # type: ignore[return-value]

    def be(self, **shop: Any) -> None:
        """Change the shop's facts."""
        self.front.shop = replace(self.front.shop, **shop)

    def sell(self, count: int, step: float = 12) -> None:
        """Put a day of sales into the ledger."""
        self.ledger.kept = day(count, step)

    async def open(self, page: str) -> Any:
        """Show the window on a page, wait until it has read, and return the page's presenter."""
        self.pages.show(page)
        self.shell.load()
        self.window.show()
        await self.settle()
        return self.pages.presenter(page)

    async def settle(self) -> None:
        """Wait until the page has read what it wanted and the layouts stand."""
        await self.shell.settled()
        await self.pages.settled()
        self.turn()

    async def linger(self) -> None:
        """Let tasks begin that will not end."""
        for _ in range(20):
            await asyncio.sleep(0)
        self.turn()

    def speak(self, language: Language) -> None:
        """Switch the language as the settings do."""
        self.front.texts = Texts(language)
        self.pages.rebuild(self.shell)
        self.turn()

    def resize(self, size: tuple[int, int]) -> None:
        self.window.resize(*size)
        self.turn()

    def turn(self, milliseconds: int = 0) -> None:
        """Let Qt lay out and, if told, animate."""
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
        """Stop what runs, then let go of the window."""
        self.pages.close()
        self.shell.close()
        await self.linger()  # what was cancelled ends while there still is a window
        self.window.hide()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


Build = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scene:
    """`name`: page-state. `is_lasting`: its words change with the language (a toast keeps the one it was said in)."""

    name: str
    build: Build
    is_lasting: bool = True


@asynccontextmanager
async def staged(scene: Scene, theme: Theme, language: Language, size: tuple[int, int]) -> AsyncIterator[Stage]:
    """Set up a scene, hand it out, clear it away."""
    stage = Stage(theme, language, size)
    try:
        await scene.build(stage)
        stage.turn()
        yield stage
    finally:
        await stage.close()


def _nobody(keys: frozenset[str]) -> None:
    """Nobody wants to know that settings changed."""
