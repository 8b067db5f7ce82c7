"""Controller of the form open over the drawer, if any: editing, closing, sending once. No Qt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Final

from app.domain.errors import PaydeskError
from app.domain.ids import PaymentId
from app.services.ports.ledger import PaymentHistory
from app.ui.context import UiContext
from app.ui.drawer.refund_form import RefundForm
from app.ui.drawer.settle_form import ConcludeForm, Form, SettleForm
from app.ui.drawer.state import Action, FormState
from app.ui.payment.answers import failed_answer
from app.ui.tasks import PageTasks

FORMS: Final[Mapping[Action, Callable[[UiContext, PaymentHistory], Form]]] = {
    Action.REFUND: RefundForm,
    Action.REFUND_DONE: partial(ConcludeForm, done=True),
    Action.REFUND_NOT: partial(ConcludeForm, done=False),
    Action.CONFIRM: SettleForm,
    Action.SETTLE: SettleForm,
}
"""Actions that need a reason first."""
Answer = Callable[[], Coroutine[Any, Any, PaymentHistory | None]]
Reload = Callable[[PaymentId, PaymentHistory | None], Awaitable[None]]


class FormController:
    """`reload` shows the payment that a command returned, or reads it; `refresh` shows what changed here."""

    def __init__(self, context: UiContext, tasks: PageTasks, refresh: Callable[[], None], reload: Reload) -> None:
        self._context = context
        self._tasks = tasks
        self._refresh = refresh
        self._reload = reload
        self._open: Form | None = None

    @property
    def is_open(self) -> bool:
        return self._open is not None

    def state(self) -> FormState | None:
        """Return the state of the open form, or None."""
        return self._state_of(self._open) if self._open else None

    def open(self, action: Action, history: PaymentHistory) -> None:
        """Open the form of an action."""
        self._open = FORMS[action](self._context, history)

    def update(self, history: PaymentHistory) -> None:
        """Take a newer reading of the payment while the form is open."""
        if self._open is not None:
            self._open.history = history

    def discard(self) -> None:
        """Discard the form: its payment is not shown any more."""
        self._open = None

    def edit(self, field: str, text: str) -> None:
        """Store the typed text."""
        if self._open is not None:
            self._open.edit(field, text)
            self._refresh()

    def leave(self, field: str) -> None:
        """A field lost the focus."""
        if self._open is not None:
            self._open.leave(field)
            self._refresh()

    def close(self) -> None:
        """Close the form unless it is being sent."""
        if self._open is None or not self._is_sending(self._open):
            self._open = None
            self._refresh()

    def show_latest(self) -> None:
        """Update the form to the payment as it is now."""
        if self._open is not None and not self._is_sending(self._open):
            self._open.show_latest()
            self._refresh()

    def send(self) -> None:
        """Send the form: once, however often it is pressed."""
        if (form := self._open) is not None and self._state_of(form).can_send:
            self._start(form, form.send)

    def confirm(self) -> None:
        """Send the second answer, where the form has one; once, as `send`."""
        if (form := self._open) is not None and (state := self._state_of(form)).can_send and state.confirm:
            self._start(form, form.confirm)

    def _state_of(self, form: Form) -> FormState:
        return form.state(sending=self._is_sending(form))

    def _is_sending(self, form: Form) -> bool:
        return self._tasks.runs(_task_of(form))

    def _start(self, form: Form, answer: Answer) -> None:
        self._tasks.start_once(_task_of(form), partial(self._send, form, answer))
        self._refresh()

    async def _send(self, form: Form, answer: Answer) -> None:
        result: PaymentHistory | None = None
        try:
            result = await answer()
        except PaydeskError as refusal:
            form.problem = refusal
            if self._open is not form:
                self._context.notices.toast(*failed_answer(form.history, refusal, self._context))
        else:
            if self._open is form:  # another payment's form may be open by now
                self._open = None
        await self._reload(form.history.payment.id, result)


def _task_of(form: Form) -> str:
    """Return the task's name: one answer at a time about a payment, whatever is sent about others."""
    return f"send {form.history.payment.id}"
