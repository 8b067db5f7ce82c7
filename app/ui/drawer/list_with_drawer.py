"""Base presenter of a page with a list and the drawer: forwards changes and ticks to the drawer. No Qt."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TypeVar

from app.domain.errors import PaydeskError
from app.domain.ids import PaymentId
from app.services.ports.ledger import PaymentHistory
from app.ui.context import UiContext
from app.ui.drawer.presenter import DrawerPresenter
from app.ui.drawer.state import DrawerState
from app.ui.presenter import UNKNOWN_SEQ, Presenter

S = TypeVar("S")


class ListWithDrawerPresenter(Presenter[S]):
    """Reads its list on `load` and on changes; the error of a failed read is kept in `problem` to be shown."""

    def __init__(
        self,
        owner: str,
        context: UiContext,
        show: Callable[[S], None],
        show_drawer: Callable[[DrawerState], None],
        to_till: Callable[[PaymentId], None],
        sell_again: Callable[[PaymentHistory], None] | None = None,
    ) -> None:
        super().__init__(owner, context, show)
        self.drawer = DrawerPresenter(owner, context, show_drawer, to_till, sell_again)
        self.problem: PaydeskError | None = None

    @abstractmethod
    async def read(self) -> None:
        """Read the page's list. Raises PaydeskError."""

    def load(self) -> None:
        self._read_again()
        self.drawer.load()
        self.refresh()

    def on_changed(self, changed: frozenset[PaymentId], last_seq: int = UNKNOWN_SEQ) -> None:
        self._read_again()
        self.drawer.on_changed(changed, last_seq)

    def payment_on_screen(self) -> PaymentId | None:
        return self.drawer.chosen

    def go_back(self) -> None:
        self.drawer.go_back()

    async def wait_until_idle(self) -> None:
        await super().wait_until_idle()
        await self.drawer.wait_until_idle()

    def refresh(self) -> None:
        self.drawer.refresh()
        super().refresh()

    def detach(self) -> None:
        self.drawer.detach()
        super().detach()

    def close(self) -> None:
        self.drawer.close()
        super().close()

    def _read_again(self) -> None:
        if self._context.core is not None:
            self._tasks.start_again("read", self._read)

    async def _read(self) -> None:
        try:
            await self.read()
        except PaydeskError as refusal:
            self.problem = refusal
        else:
            self.problem = None
        self.refresh()
