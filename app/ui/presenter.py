"""The base class of all presenters: holds a state, shows it when it changed, owns its tasks, receives changes."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from app.domain.errors import Defect, PaydeskError
from app.domain.ids import PaymentId
from app.i18n.texts import Texts
from app.services.core_api import CoreApi
from app.ui.context import UiContext
from app.ui.tasks import PageTasks

UNKNOWN_SEQ: Final = 2**63 - 1
"""The seq of changes that may be newer than anything shown."""
S = TypeVar("S")
T = TypeVar("T")


class Presenter(Generic[S]):
    """Turns the core's results into states of one page. Free of Qt: `show` is the view's `show_state`."""

    def __init__(self, owner: str, context: UiContext, show: Callable[[S], None]) -> None:
        self._context = context
        self._show = show
        self._shown: S | None = None
        self._tasks = PageTasks(owner, self.on_refusal, self._on_defect, self.refresh)

    def attach(self, show: Callable[[S], None]) -> None:
        """Show the state in this view now and from now on; each language has its own view."""
        self._show, self._shown = show, None
        self.refresh()

    def detach(self) -> None:
        """Show the state nowhere until the next `attach`."""
        self._show = without_view

    def state(self) -> S:
        """Return what the page shows now, in the current language. Subclasses implement it."""
        raise NotImplementedError

    def load(self) -> None:
        """Read what the page needs; called when the core is ready, the page opens or the shop's settings changed."""

    def on_changed(self, changed: frozenset[PaymentId], last_seq: int = UNKNOWN_SEQ) -> None:
        """Handle payments with new facts; the empty set means anything may have changed.

        `last_seq`: the seq of the newest fact. A read at that seq or later, such as the result of an own command,
        contains it already.
        """

    def on_refusal(self, error: PaydeskError) -> None:
        """Show an error that no other code handled."""
        self._context.notices.toast(self._texts.error(error), "failed")

    def on_tick(self) -> None:
        """A second has passed: texts that depend on the clock may have changed."""
        self.refresh()

    def refresh(self) -> None:
        """Show the state if it differs from what is shown."""
        state = self.state()
        if state != self._shown:
            self._shown = state
            self._show(state)

    def go_back(self) -> None:
        """Esc: close what is open on the page. Nothing is undone."""

    def payment_on_screen(self) -> PaymentId | None:
        """Return the payment that the page shows in detail now, if any."""
        return None

    async def wait_until_idle(self) -> None:
        """Wait until the page's tasks have ended."""
        await self._tasks.wait_until_idle()

    def close(self) -> None:
        """Cancel the running tasks. Commands that the core has accepted continue there."""
        self._tasks.close()

    @property
    def _texts(self) -> Texts:
        return self._context.texts

    @property
    def _now(self) -> datetime:
        return self._context.now()

    @property
    def _api(self) -> CoreApi:
        if self._context.core is None:
            raise Defect(wanted="the running core")
        return self._context.core.api

    async def _query(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        if self._context.core is None:
            raise Defect(wanted="the running core")
        return await self._context.core.bridge.query(work)

    async def _command(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        if self._context.core is None:
            raise Defect(wanted="the running core")
        return await self._context.core.bridge.command(work)

    def _on_defect(self, error: BaseException) -> None:
        self._context.notices.toast(self._texts.error(Defect()), "failed")


def without_view(state: object) -> None:
    """The `show` of a presenter without a view: does nothing."""
