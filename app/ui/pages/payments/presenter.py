"""Presenter of the payments page: open links, today's payments, those that need attention; the drawer. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.ids import PaymentId
from app.services.history.history import business_day
from app.services.ports.ledger import PaymentHistory, PaymentView
from app.ui.context import UiContext
from app.ui.drawer.list_with_drawer import ListWithDrawerPresenter
from app.ui.drawer.state import DrawerState
from app.ui.pages.payments.inbox import Inbox
from app.ui.pages.payments.live_payments import LIMIT, LivePayments, read_live_payments
from app.ui.pages.payments.state import Chip, ChipState, Notice, PaymentsState
from app.ui.payment.display import PAYABLE
from app.ui.payment.rows import PaymentRows


class PaymentsPresenter(ListWithDrawerPresenter[PaymentsState]):
    """Presents the list and the chips; the drawer has its own presenter."""

    def __init__(
        self,
        context: UiContext,
        show: Callable[[PaymentsState], None],
        show_drawer: Callable[[DrawerState], None],
        to_till: Callable[[PaymentId], None],
        sell_again: Callable[[PaymentHistory], None] | None = None,
    ) -> None:
        super().__init__("payments", context, show, show_drawer, to_till, sell_again)
        self._chip = Chip.TODAY
        self._live: LivePayments | None = None
        self._rows = PaymentRows(context, omit_today=True)
        self.inbox = Inbox(context, self._tasks, self.refresh)

    def state(self) -> PaymentsState:
        rows = self._rows.of(self._chosen_views())
        hidden = self._live.hidden if self._live and self._chip is Chip.TODAY else 0
        foot = self._texts.say("The newest {shown} of {all} are shown", shown=LIMIT, all=LIMIT + hidden)
        return PaymentsState(
            chips=self._chips(),
            rows=rows if self.problem is None else (),
            foot=foot if hidden else "",
            notice=self._notice(),
            inbox=self.inbox.state() if self._chip is Chip.ATTENTION and self._live else None,
        )

    def choose_chip(self, chip: Chip) -> None:
        """Choose which payments are listed."""
        self._chip = chip
        self.refresh()

    def choose_attention(self, payment_id: PaymentId | None = None) -> None:
        """Show what needs attention, as its chip does, and open one of the payments."""
        self.choose_chip(Chip.ATTENTION)
        if payment_id is not None:
            self.drawer.open(payment_id)

    def on_tick(self) -> None:
        if self._live is not None and self._live.day != business_day(self._now, self._context.shop):
            self.load()
        super().on_tick()

    async def read(self) -> None:
        shop, now = self._context.shop, self._now
        self._live = await self._query(lambda: read_live_payments(self._api.ledger, shop, now))
        self.inbox.show(self._live.attention)

    def close(self) -> None:
        self.inbox.form.stop()
        super().close()

    def _chosen_views(self) -> Sequence[PaymentView]:
        if self._live is None:
            return ()
        if self._chip is Chip.ATTENTION:
            return ()
        if self._chip is Chip.WAITING:
            return [view for view in self._live.now if view.payment.status(self._now) in PAYABLE]
        return self._live.now

    def _chips(self) -> tuple[ChipState, ...]:
        say, count = self._texts.say, self.inbox.count
        attention = say("Need attention")
        words = {
            Chip.TODAY: say("Today"),
            Chip.WAITING: say("Waiting"),
            Chip.ATTENTION: f"{attention} · {count}" if count else attention,
        }
        return tuple(ChipState(chip, word, chip is self._chip) for chip, word in words.items())

    def _notice(self) -> Notice | None:
        say = self._texts.say
        if self._context.core_problem:
            return Notice("warning", say("The payments cannot be shown"), self._context.core_problem)
        if self.problem is not None:
            text = self._texts.error(self.problem)
            return Notice("warning", say("The payments cannot be shown"), text, can_retry=True)
        if self._live is None:
            return Notice("clock", say("Reading the payments…"))
        is_empty = not self.inbox.count if self._chip is Chip.ATTENTION else not self._chosen_views()
        return self._empty_notice() if is_empty else None

    def _empty_notice(self) -> Notice:
        say = self._texts.say
        if self._chip is Chip.WAITING:
            return Notice("clock", say("No link is waiting"), say("A link that can still be paid stands here."))
        if self._chip is Chip.ATTENTION:
            text = say("When a payment needs a person's look, it stands here until that is settled.")
            return Notice("check", say("Nothing needs attention"), text)
        text = say("What is made at the till appears here at once, with every step of the payer.")
        return Notice("empty_box", say("No payments today yet"), text)
