"""Shows a notice for a payment that was paid, or is said to be, while it was not on screen. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from app.domain.ids import PaymentId
from app.domain.payment import Attention, PaymentStatus
from app.i18n.formats import money_text
from app.services.ports.ledger import PaymentView
from app.ui.context import UiContext
from app.ui.payment.answers import says_paid_text
from app.ui.payment.display import COUNTED, operator_says_paid
from app.ui.tasks import PageTasks

LATELY: Final = timedelta(minutes=2)
"""Older money gets no notice: a restored ledger would show hundreds."""
MOST_AT_ONCE: Final = 5
"""A burst of callbacks must not cover the window with notices; the list shows them all."""


class PaidNotices:
    """`on_screen` returns the payment that a person sees now, if any; that one needs no notice."""

    def __init__(self, context: UiContext, tasks: PageTasks, on_screen: Callable[[], PaymentId | None]) -> None:
        self._context = context
        self._tasks = tasks
        self._on_screen = on_screen
        self._shown: set[tuple[PaymentId, str]] = set()
        self._pending: set[PaymentId] = set()

    def on_changed(self, changed: frozenset[PaymentId]) -> None:
        """Look at payments with new facts; a change that names none is not looked into."""
        done = {payment_id for payment_id, told in self._shown if told == PaymentStatus.PAID}
        self._pending |= changed - done - {self._on_screen()}
        if self._pending and self._context.core is not None:
            self._tasks.start_again("paid notices", self._notify)

    async def _notify(self) -> None:
        if (core := self._context.core) is None:
            return
        pending, self._pending = self._pending, set()
        for payment_id in sorted(pending)[:MOST_AT_ONCE]:
            view = await core.bridge.query(partial(core.api.ledger.payment, payment_id))
            if view is not None and _news_of(view) not in self._shown and self._is_news(view):
                self._shown.add(_news_of(view))
                self._show(view)

    def _is_news(self, view: PaymentView) -> bool:
        payment, now = view.payment, self._context.now()
        if payment.id == self._on_screen():
            return False
        if payment.state not in COUNTED:
            return operator_says_paid(payment, payment.status(now))
        return payment.confirmed_at is not None and now - payment.confirmed_at <= LATELY

    def _show(self, view: PaymentView) -> None:
        payment, texts = view.payment, self._context.texts
        if payment.state not in COUNTED:
            self._context.notices.toast(says_paid_text(payment, texts), "attention")
            return
        amount = money_text(payment.received_minor, payment.currency)
        tone = "attention" if payment.attention else "paid"
        word = texts.status(payment.state, payment.late)
        text = texts.say("{status}: No. {number}, {sum}", status=word, number=payment.number, sum=amount)
        self._context.notices.toast(text, tone)


def _news_of(view: PaymentView) -> tuple[PaymentId, str]:
    """Return what is told once: money after the operator's word, or the rest of an underpaid sum, is news again."""
    return view.payment.id, view.payment.state if view.payment.state in COUNTED else Attention.OPERATOR_SAYS_PAID
