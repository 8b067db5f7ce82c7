"""Presenter of the drawer: reads one payment with its journal, follows its changes, runs its actions. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.domain.errors import NotFound, PaydeskError
from app.domain.ids import PaymentId
from app.services.ports.ledger import PaymentHistory
from app.ui.context import UiContext
from app.ui.drawer.details import actions_of, details_of
from app.ui.drawer.forms import FORMS, FormController
from app.ui.drawer.state import Action, DrawerState
from app.ui.drawer.support_json import support_json
from app.ui.payment import actions as payment_actions
from app.ui.presenter import UNKNOWN_SEQ, Presenter


class DrawerPresenter(Presenter[DrawerState]):
    """`forms` controls the form over it. `to_till` opens a payment on the till, for its QR code or a new link."""

    def __init__(
        self,
        owner: str,
        context: UiContext,
        show: Callable[[DrawerState], None],
        to_till: Callable[[PaymentId], None],
        sell_again: Callable[[PaymentHistory], None] | None = None,
    ) -> None:
        """`sell_again` begins a payment's sale again on the till; None: no till is at hand, so it is not offered."""
        super().__init__(f"{owner} drawer", context, show)
        self._to_till = to_till
        self._sell_again = sell_again
        self._chosen: PaymentId | None = None
        self._history: PaymentHistory | None = None
        self._problem: PaydeskError | None = None
        self._support_text: str | None = None
        self._wanted: Action | None = None
        self.forms = FormController(context, self._tasks, self.refresh, self._reload)

    @property
    def chosen(self) -> PaymentId | None:
        """The payment shown, or None."""
        return self._chosen

    def state(self) -> DrawerState:
        if self._chosen is None:
            return DrawerState()
        if self._history is None:
            problem = self._texts.error(self._problem) if self._problem else None
            return DrawerState(is_open=True, problem=problem, form=self.forms.state())
        return DrawerState(
            is_open=True,
            details=details_of(self._history, self._context, can_sell=self._can_sell),
            checking=self._tasks.runs(f"check {self._chosen}"),
            asking=self._tasks.runs(f"ask refund {self._chosen}"),
            support_json=self._support_text,
            form=self.forms.state(),
        )

    # User actions

    def open(self, payment_id: PaymentId) -> None:
        """Show a payment; if it is shown already, read it again."""
        if payment_id != self._chosen:
            self._forget()
            self._chosen = payment_id
        if self._context.core is not None:
            self._tasks.start("read", self._read(payment_id))
        self.refresh()

    def open_for(self, payment_id: PaymentId, action: Action) -> None:
        """Show a payment and run an action as soon as it is read; one that is not offered then is ignored."""
        self.open(payment_id)
        self._wanted = action

    def go_back(self) -> None:
        """Close the drawer, or the form over it. Requests sent to the operator continue."""
        if self.forms.is_open:
            self.forms.close()
            return
        self._tasks.cancel("read")
        self._forget()
        self.refresh()

    def do(self, action: Action) -> None:
        """Run the action of a button or its key. An action that is not offered now is ignored."""
        history = self._history
        if history is None or action not in actions_of(history, self._now, can_sell=self._can_sell):
            return
        if action in (Action.TILL, Action.RENEW):
            self._to_till(history.payment.id)
        elif action is Action.SELL_AGAIN and self._sell_again is not None:
            self._sell_again(history)
        elif action is Action.COPY:
            payment_actions.copy_link(self._context, history)
        elif action is Action.OPEN:
            payment_actions.open_link(self._context, history)
        elif action is Action.CHECK:
            self._tasks.start_once(f"check {history.payment.id}", partial(self._check, history))
        elif action is Action.ASK_REFUND:
            self._tasks.start_once(f"ask refund {history.payment.id}", partial(self._ask_refund, history))
        elif action in FORMS:
            self.forms.open(action, history)
        else:
            self._tasks.start_once(f"cancel {history.payment.id}", partial(self._cancel, history))
        self.refresh()

    def toggle_support_json(self) -> None:
        """Expand or collapse the support JSON."""
        if self._history is not None:
            self._support_text = self._support_json(self._history) if self._support_text is None else None
            self.refresh()

    def copy_support_json(self) -> None:
        """Copy the support JSON to the clipboard."""
        if self._history is not None:
            self._context.desktop.copy(self._support_json(self._history))
            self._context.notices.toast(self._texts.say("The raw facts are copied"), "paid")

    # Events from the core

    def load(self) -> None:
        if self._chosen is not None:
            self.open(self._chosen)

    def on_changed(self, changed: frozenset[PaymentId], last_seq: int = UNKNOWN_SEQ) -> None:
        if self._context.core is not None and self._chosen is not None and (not changed or self._chosen in changed):
            self._tasks.start_again("read", partial(self._read_if_newer, self._chosen, last_seq))

    # Work

    async def _read_if_newer(self, payment_id: PaymentId, last_seq: int) -> None:
        """Read, unless what is shown is as new: the result of an own command arrives before its change event."""
        if self._history is None or self._history.as_of < last_seq:
            await self._read(payment_id)
        else:
            self._do_wanted()

    async def _read(self, payment_id: PaymentId) -> None:
        try:
            history = await self._query(lambda: self._api.ledger.payment_history(payment_id))
        except PaydeskError as refusal:
            self._apply_read(payment_id, None, refusal)
        else:
            self._apply_read(payment_id, history, None if history is not None else NotFound(payment=payment_id))

    async def _check(self, history: PaymentHistory) -> None:
        if (asked := await payment_actions.check(self._context, history)) is not None:
            self._apply_read(history.payment.id, asked)

    async def _ask_refund(self, history: PaymentHistory) -> None:
        if (asked := await payment_actions.ask_refund(self._context, history)) is not None:
            self._apply_read(history.payment.id, asked)

    async def _cancel(self, history: PaymentHistory) -> None:
        if (cancelled := await payment_actions.cancel(self._context, history)) is not None:
            self._apply_read(history.payment.id, cancelled)

    async def _reload(self, payment_id: PaymentId, result: PaymentHistory | None) -> None:
        if result is not None:
            self._apply_read(payment_id, result)
        elif payment_id == self._chosen:
            await self._read(payment_id)

    def _apply_read(
        self, payment_id: PaymentId, history: PaymentHistory | None, problem: PaydeskError | None = None
    ) -> None:
        """Show the payment, or the problem if there is none; a read older than a command's result is dropped."""
        if payment_id != self._chosen:
            return
        if history is not None and self._history is not None and history.newest_seq < self._history.newest_seq:
            return
        self._history, self._problem = history, problem
        if history is not None:
            self.forms.update(history)
        if self._support_text is not None:
            self._support_text = self._support_json(history) if history is not None else None
        self._do_wanted()
        self.refresh()

    def _do_wanted(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.do(wanted)

    @property
    def _can_sell(self) -> bool:
        return self._sell_again is not None and self._context.core is not None and not self._context.shop.missing

    def _forget(self) -> None:
        self._chosen, self._history, self._problem, self._support_text = None, None, None, None
        self._wanted = None
        self.forms.discard()

    def _support_json(self, history: PaymentHistory) -> str:
        return support_json(history, self._context)
