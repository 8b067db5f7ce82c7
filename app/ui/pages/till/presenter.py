"""Presenter of the till: turns a draft into a payment and follows the current payment's changes. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, Final

from app.domain.errors import OperatorError, PaydeskError
from app.domain.ids import PaymentId
from app.domain.payment import PaymentStatus
from app.i18n.formats import short_amount
from app.services.ports.ledger import PaymentHistory
from app.services.sales.till import RENEWABLE, Sale
from app.ui.context import Question, UiContext
from app.ui.drawer.forms import FormController
from app.ui.drawer.state import Action as DrawerAction
from app.ui.pages.till.card import empty_card, payment_card
from app.ui.pages.till.draft import DraftReading, draft_of, read_draft
from app.ui.pages.till.state import Action, Draft, PaymentCard, TillState
from app.ui.pages.till.today import Today
from app.ui.payment import actions as payment_actions
from app.ui.payment.answers import callback_only_text, failed_answer
from app.ui.presenter import UNKNOWN_SEQ, Presenter

NOTHING: frozenset[str] = frozenset()
FORM_ACTIONS: Final = {Action.CONFIRM: DrawerAction.SETTLE, Action.REFUND: DrawerAction.REFUND}
ANY_PAYMENT: frozenset[PaymentId] = frozenset()
KnownReasons = tuple[PaymentId, tuple[str, ...]]
"""A payment with the causes of attention that a person saw: a new one hides the code again."""


class TillPresenter(Presenter[TillState]):
    """`connect` opens the settings when the operator must be set up first."""

    def __init__(self, context: UiContext, show: Callable[[TillState], None], connect: Callable[[], None]) -> None:
        super().__init__("till", context, show)
        self._connect = connect
        self._draft = Draft()
        self._finished: frozenset[str] = NOTHING
        self._current: PaymentHistory | None = None
        self._problem: PaydeskError | None = None
        self._trying: PaymentId | None = None
        self._is_making = False
        self._notified_seq = 0
        self._requested_id: PaymentId | None = None
        self._sent: tuple[PaymentId, Draft] | None = None
        self._today = Today(context)
        self._code_shown: KnownReasons | None = None
        self._selects_amount = False
        self.forms = FormController(context, self._tasks, self.refresh, self._show_result)

    def state(self) -> TillState:
        shop = self._context.shop
        problems = self._read_draft().problems
        creating = self._tasks.runs("create")
        ready = self._context.core is not None and not shop.missing and not creating
        return TillState(
            draft=self._draft,
            problems=problems,
            presets=tuple((typed, typed) for typed in map(short_amount, shop.presets)),
            select_amount=self._selects_amount,
            can_create=ready and bool(self._draft.amount) and not problems.any,
            creating=creating,
            card=self._card(),
            today=self._today.state(),
            form=self.forms.state(),
        )

    # User actions

    def edit(self, field: str, text: str) -> None:
        """Store the text typed into `amount`, `purpose`, `phone` or `email`."""
        typed = replace(self._draft, **{field: text})
        self._draft = Draft() if typed.is_blank else typed  # the next sale is no older payment's order
        self._finished -= {field}
        self._selects_amount = False
        self.refresh()

    def leave(self, field: str) -> None:
        """The field lost the focus: an incomplete value is an error from now on."""
        if getattr(self._draft, field):
            self._finished |= {field}
            self.refresh()

    def create(self) -> None:
        """Create the payment and its link; a second press meanwhile creates no second one."""
        if self._context.core is None or self._context.shop.missing or self._is_empty_again():
            return
        if self._current is not None and self._is_the_same_sale(self._current):
            self._make(partial(self._retry, self._current))
            return
        if (sale := self._read_draft().sale) is not None:
            self._make(partial(self._create, sale, self._draft))
            return
        self._finished = frozenset({"amount", "purpose", "phone", "email"})
        self.refresh()

    def select(self, payment_id: PaymentId) -> None:
        """Make a payment the current one."""
        self._requested_id = payment_id
        self._tasks.start("select", self._select(payment_id))

    def new_payment(self) -> None:
        """Clear the card and the draft; links that are open stay open."""
        self._set_current(None)
        self._clear_draft()
        self.refresh()

    def sell_again(self, history: PaymentHistory) -> None:
        """Begin the sale of an older payment again; it is made only by the cashier's Enter."""
        self._tasks.start_once("sell again", partial(self._sell_again, history))

    def do(self, action: Action) -> None:
        """Run the action of a card's button or its key. An action that the card does not offer now is ignored."""
        if action is Action.NEW:
            self.new_payment()
        elif action not in self._card().actions:
            return
        elif action is Action.CONNECT:
            self._connect()
        elif self._current is not None:
            self._do_with(action, self._current)

    def _do_with(self, action: Action, history: PaymentHistory) -> None:
        if action is Action.COPY:
            payment_actions.copy_link(self._context, history)
        elif action is Action.OPEN:
            payment_actions.open_link(self._context, history)
        elif action is Action.CHECK:
            self._tasks.start_once(f"check {history.payment.id}", partial(self._check, history))
        elif action is Action.CANCEL:
            self._tasks.start_once(f"cancel {history.payment.id}", partial(self._cancel, history))
        elif action is Action.CHANGE_SUM:
            self._tasks.start_once(f"cancel {history.payment.id}", partial(self._change_sum, history))
        elif action in (Action.RETRY, Action.RENEW):
            self._make(partial(self._retry, history))
        elif action is Action.SHOW_CODE:
            self._code_shown = _known_reasons(history)
        elif action in FORM_ACTIONS:
            self.forms.open(FORM_ACTIONS[action], history)
        self.refresh()

    def payment_on_screen(self) -> PaymentId | None:
        return self._current.payment.id if self._current else None

    def go_back(self) -> None:
        self.forms.close()

    # Events from the core

    def load(self) -> None:
        if self._context.core is not None:
            self._tasks.start_again("today", self._read_today)
        self.refresh()

    def on_tick(self) -> None:
        if self._today.is_stale:
            self.load()
        self.refresh()

    def on_changed(self, changed: frozenset[PaymentId], last_seq: int = UNKNOWN_SEQ) -> None:
        self._notified_seq = max(self._notified_seq, last_seq)
        if self._is_making:
            return  # own commits; reading them now would delay the QR code that the customer waits for
        current_id = self._current.payment.id if self._current else None
        if current_id is not None and (not changed or current_id in changed):
            self._tasks.start_again("follow", partial(self._follow, current_id, last_seq))
        self._tasks.start_again("today", partial(self._read_today, last_seq))

    # Work

    def _make(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._tasks.start_once("create", partial(self._run_exclusive, work))
        self.refresh()

    async def _run_exclusive(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._is_making = True
        try:
            await work()
        finally:
            self._is_making = False
            made_at = self._current.as_of if self._current else 0
            # a change that was skipped meanwhile may be the customer's money
            self.on_changed(ANY_PAYMENT, max(self._notified_seq, made_at))

    async def _create(self, sale: Sale, draft: Draft) -> None:
        requested = await self._command(lambda: self._api.till.request_payment(sale))
        self._sent = (requested.payment.id, draft)
        await self._open(requested, lambda: self._api.till.open_link(requested.payment.id, known=requested))

    async def _retry(self, history: PaymentHistory) -> None:
        payment_id, till = history.payment.id, self._api.till
        if history.payment.status(self._now) in RENEWABLE:
            renewed = await self._command(lambda: till.renew(payment_id))
            await self._open(renewed, lambda: till.open_link(payment_id, known=renewed))
        else:
            await self._open(history, lambda: till.resume(payment_id, force=True))

    async def _open(self, history: PaymentHistory, send: Callable[[], Coroutine[Any, Any, PaymentHistory]]) -> None:
        """Send the intent. The draft is cleared only when the link exists and nothing new was typed meanwhile."""
        payment_id = history.payment.id
        self._set_current(history)
        self._trying = payment_id
        self.refresh()
        try:
            opened = await self._command(send)
        except PaydeskError as refusal:
            if self._is_current(payment_id):
                self._problem = refusal
                self._tasks.start_again("follow", partial(self._follow, payment_id))  # the failure is recorded
            else:
                self._context.notices.toast(*failed_answer(history, refusal, self._context))
            return
        finally:
            self._trying = None
        if opened.payment.link.url and self._sent == (payment_id, self._draft):
            self._clear_draft()
        self._update_current(opened)
        self._tasks.start(f"baseline {payment_id}", self._ask_baseline(payment_id))

    async def _ask_baseline(self, payment_id: PaymentId) -> None:
        """Without a baseline, or with a paid one, an inquiry proves nothing: this is shown once (protocol.md A4)."""
        history: PaymentHistory | None
        try:
            history = await self._command(lambda: self._api.status_inquiry.ask(payment_id, baseline=True))
        except OperatorError:
            history = await self._query(lambda: self._api.ledger.payment_history(payment_id))
        else:
            self._update_current(history)
        if (
            history is not None
            and self._api.status_inquiry.proves
            and payment_actions.needs_callback(history.payment, self._now)
        ):
            text = callback_only_text(history.payment, self._texts)
            self._context.notices.toast(text, "attention")

    async def _show_result(self, payment_id: PaymentId, result: PaymentHistory | None) -> None:
        """Show the payment that a form's command returned, or read it."""
        if result is not None:
            self._update_current(result)
        else:
            await self._follow(payment_id)

    async def _check(self, history: PaymentHistory) -> None:
        if (asked := await payment_actions.check(self._context, history)) is not None:
            self._update_current(asked)

    async def _cancel(self, history: PaymentHistory) -> None:
        if (cancelled := await payment_actions.cancel(self._context, history)) is not None:
            self._update_current(cancelled)

    async def _change_sum(self, history: PaymentHistory) -> None:
        draft = draft_of(history)
        if not await self._may_replace_draft(draft):
            return
        try:
            cancelled = await payment_actions.cancel_for_another_sum(self._context, history)
        except PaydeskError:
            self._tasks.start_again("follow", partial(self._follow, history.payment.id))  # what came meanwhile
            raise
        if cancelled is not None:
            self._prefill(draft)

    async def _sell_again(self, history: PaymentHistory) -> None:
        draft = draft_of(history)
        if await self._may_replace_draft(draft):
            self._prefill(draft)

    async def _may_replace_draft(self, draft: Draft) -> bool:
        """Ask before what is typed for another sale is lost."""
        if self._draft.is_blank or self._draft == draft:
            return True
        say = self._texts.say
        question = Question(
            title=say("Replace what is typed at the till?"),
            text=say("A sum or its details are typed already and not sent. They would be lost."),
            yes=say("Replace"),
            no=say("Keep what is typed"),
        )
        return await self._context.desktop.confirm(question)

    def _prefill(self, draft: Draft) -> None:
        """Show a new sale with the sum selected; a link that is being made stays on the card."""
        if self._trying is None:
            self._set_current(None)
        self._draft, self._finished, self._selects_amount = draft, NOTHING, True
        self.refresh()

    async def _follow(self, payment_id: PaymentId, last_seq: int = UNKNOWN_SEQ) -> None:
        """Read the current payment unless it is known as of that fact: a command's result precedes its change event."""
        if self._current is not None and self._is_current(payment_id) and self._current.as_of >= last_seq:
            return
        history = await self._query(lambda: self._api.ledger.payment_history(payment_id))
        if history is not None:
            self._update_current(history)

    async def _select(self, payment_id: PaymentId) -> None:
        history = await self._query(lambda: self._api.ledger.payment_history(payment_id))
        if history is not None and self._requested_id == payment_id:
            self._set_current(history)
            self.refresh()
            # changes that came during this read were handled for another payment
            self._tasks.start_again("follow", partial(self._follow, payment_id, self._notified_seq))

    async def _read_today(self, last_seq: int = UNKNOWN_SEQ) -> None:
        if not self._today.holds(last_seq):
            await self._today.read(self._query, self._api)
            self.refresh()

    def _update_current(self, history: PaymentHistory) -> None:
        """Show a newer read of the current payment; one older than a command's result is dropped."""
        if self._current and self._is_current(history.payment.id) and history.newest_seq >= self._current.newest_seq:
            if history.payment.status(self._now) is PaymentStatus.OPEN:
                self._problem = None
            self._current = history
            self.forms.update(history)
        self.refresh()

    def _set_current(self, history: PaymentHistory | None) -> None:
        """Set the current payment; the poller asks about the one on screen most often (protocol.md A4)."""
        self._current, self._problem, self._code_shown = history, None, None
        self.forms.discard()
        self._requested_id = history.payment.id if history else None  # a pending read of another one is outdated
        if self._context.core is not None:
            self._tasks.start("shown", self._notify_shown(history.payment.id if history else None))

    async def _notify_shown(self, payment_id: PaymentId | None) -> None:
        async def show() -> None:
            self._api.status_poller.show(payment_id)

        await self._query(show)

    def _clear_draft(self) -> None:
        self._draft, self._finished, self._selects_amount = Draft(), NOTHING, False

    def _read_draft(self) -> DraftReading:
        return read_draft(self._draft, self._context.shop, self._texts, self._finished)

    def _is_the_same_sale(self, history: PaymentHistory) -> bool:
        """Enter once more after "no answer" retries this sale and creates no second one."""
        unmade = history.payment.status(self._now) in (PaymentStatus.CREATING, PaymentStatus.NOT_CREATED)
        return unmade and self._sent == (history.payment.id, self._draft)

    def _is_empty_again(self) -> bool:
        """Enter once more after a sale, with an empty draft: no error."""
        return self._current is not None and self._draft == Draft()

    def _is_current(self, payment_id: PaymentId) -> bool:
        return self._current is not None and self._current.payment.id == payment_id

    def _card(self) -> PaymentCard:
        if self._current is None:
            return empty_card(self._context)
        problem = self._texts.error(self._problem) if self._problem else None
        trying = self._trying == self._current.payment.id
        code_shown = self._code_shown == _known_reasons(self._current)
        card = payment_card(self._current, self._context, trying=trying, problem=problem, code_shown=code_shown)
        return replace(card, asking=self._tasks.runs(f"check {self._current.payment.id}"))


def _known_reasons(history: PaymentHistory) -> KnownReasons:
    return history.payment.id, history.payment.attention_causes
