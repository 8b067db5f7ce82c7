"""The drawer's mind: reads one payment with its journal, follows its news, does what its buttons say. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.domain.errors import NotFound, PaydeskError
from app.domain.ids import PaymentId
from app.services.ports.ledger import PaymentHistory
from app.ui import payment_actions
from app.ui.drawer.details import actions_of, details_of
from app.ui.drawer.forms import FORMS, Forms
from app.ui.drawer.raw import support_json
from app.ui.drawer.state import Action, DrawerState
from app.ui.front import Front
from app.ui.presenter import UNKNOWN_SEQ, Presenter


class DrawerPresenter(Presenter[DrawerState]):
    """`forms` is the question over it. `to_till` brings a payment to the till, for its code or a new link."""

    def __init__(
        self, owner: str, front: Front, show: Callable[[DrawerState], None], to_till: Callable[[PaymentId], None]
    ) -> None:
        super().__init__(f"{owner} drawer", front, show)
        self._to_till = to_till
        self._chosen: PaymentId | None = None
        self._story: PaymentHistory | None = None
        self._problem: PaydeskError | None = None
        self._raw: str | None = None
        self.forms = Forms(front, self._tasks, self.retell, self._follow)

    @property
    def chosen(self) -> PaymentId | None:
        """The payment it is open on."""
        return self._chosen

    def state(self) -> DrawerState:
        if self._chosen is None:
            return DrawerState()
        if self._story is None:
            problem = self._texts.error(self._problem) if self._problem else None
            return DrawerState(is_open=True, problem=problem, form=self.forms.state())
        return DrawerState(
            is_open=True,
            details=details_of(self._story, self._front),
            checking=self._tasks.runs("check"),
            asking=self._tasks.runs("ask refund"),
            raw=self._raw,
            form=self.forms.state(),
        )

    # What the person does

    def open(self, payment_id: PaymentId) -> None:
        """Show a payment; one that is shown already is read again."""
        if payment_id != self._chosen:
            self._forget()
            self._chosen = payment_id
        if self._front.link is not None:
            self._tasks.start("read", self._read(payment_id))
        self.retell()

    def go_back(self) -> None:
        """Shut the drawer, or the question over it. What was sent to the operator goes on."""
        if self.forms.is_open:
            self.forms.close()
            return
        self._tasks.cancel("read")
        self._forget()
        self.retell()

    def do(self, action: Action) -> None:
        """Do what a button, or its key, says. What is not offered now is left alone."""
        story = self._story
        if story is None or action not in actions_of(story, self._now):
            return
        if action in (Action.TILL, Action.RENEW):
            self._to_till(story.payment.id)
        elif action is Action.COPY:
            payment_actions.copy_link(self._front, story)
        elif action is Action.OPEN:
            payment_actions.open_link(self._front, story)
        elif action is Action.CHECK:
            self._tasks.start_once("check", partial(self._check, story))
        elif action is Action.ASK_REFUND:
            self._tasks.start_once("ask refund", partial(self._ask_refund, story))
        elif action in FORMS:
            self.forms.ask(action, story)
        else:
            self._tasks.start_once("cancel", partial(self._cancel, story))
        self.retell()

    def toggle_raw(self) -> None:
        """Unfold or fold the facts for support."""
        if self._story is not None:
            self._raw = self._support_json(self._story) if self._raw is None else None
            self.retell()

    def copy_raw(self) -> None:
        """Put the facts for support on the clipboard."""
        if self._story is not None:
            self._front.desktop.copy(self._support_json(self._story))
            self._front.notices.toast(self._texts.say("The raw facts are copied"), "paid")

    # What the core says

    def load(self) -> None:
        if self._chosen is not None:
            self.open(self._chosen)

    def hear(self, changed: frozenset[PaymentId], last_seq: int = UNKNOWN_SEQ) -> None:
        if self._front.link is not None and self._chosen is not None and (not changed or self._chosen in changed):
            self._tasks.start_again("read", partial(self._read_news, self._chosen, last_seq))

    # Work

    async def _read_news(self, payment_id: PaymentId, last_seq: int) -> None:
        """Read, unless what is shown is as new: the result of one's own command is here before its news."""
        if self._story is None or self._story.as_of < last_seq:
            await self._read(payment_id)

    async def _read(self, payment_id: PaymentId) -> None:
        try:
            story = await self._query(lambda: self._desk.ledger.payment_history(payment_id))
        except PaydeskError as refusal:
            self._take(payment_id, None, refusal)
        else:
            self._take(payment_id, story, None if story is not None else NotFound(payment=payment_id))

    async def _check(self, story: PaymentHistory) -> None:
        self._take(story.payment.id, await payment_actions.check(self._front, story))

    async def _ask_refund(self, story: PaymentHistory) -> None:
        self._take(story.payment.id, await payment_actions.ask_refund(self._front, story))

    async def _cancel(self, story: PaymentHistory) -> None:
        if (cancelled := await payment_actions.cancel(self._front, story)) is not None:
            self._take(story.payment.id, cancelled)

    async def _follow(self, payment_id: PaymentId, result: PaymentHistory | None) -> None:
        if result is not None:
            self._take(payment_id, result)
        elif payment_id == self._chosen:
            await self._read(payment_id)

    def _take(self, payment_id: PaymentId, story: PaymentHistory | None, problem: PaydeskError | None = None) -> None:
        """Show the payment, or without it the problem; a reading that a command's result has overtaken is dropped."""
        if payment_id != self._chosen:
            return
        if story is not None and self._story is not None and story.newest_seq < self._story.newest_seq:
            return
        self._story, self._problem = story, problem
        if story is not None:
            self.forms.take(story)
        if self._raw is not None:
            self._raw = self._support_json(story) if story is not None else None
        self.retell()

    def _forget(self) -> None:
        self._chosen, self._story, self._problem, self._raw = None, None, None, None
        self.forms.drop()

    def _support_json(self, story: PaymentHistory) -> str:
        return support_json(story, self._front)
