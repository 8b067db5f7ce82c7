"""Whom to ask when: the link on screen, the open ones, those that ended lately (protocol.md A4)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from app.domain.events import CallbackReceived, JournalEntry, Signed
from app.domain.ids import LinkKey, PaymentId
from app.domain.payment import Link
from app.services import pace
from app.services.failures import failures_logged
from app.services.ports import Clock, Ledger, PaymentView
from app.services.questions import Questions
from app.services.watch import Watch

log = logging.getLogger(__name__)


class Watcher:
    """Starts the questions that are due and lets them run. `look` and `look_at_shown` are called every second or two.

    The process that holds the home's listener lock looks at everything, any other at the link that it shows.
    """

    def __init__(self, ledger: Ledger, watch: Watch, clock: Clock) -> None:
        self._ledger = ledger
        self._watch = watch
        self._clock = clock
        self._shown: PaymentId | None = None
        self._urgent: set[PaymentId] = set()
        self._questions: Questions[LinkKey] = Questions("payment")

    def use(self, watch: Watch) -> None:
        """Ask through another client from now on."""
        self._watch = watch

    def show(self, payment_id: PaymentId | None) -> None:
        """Say which payment's link is on screen."""
        self._shown = payment_id

    def hear(self, entry: JournalEntry) -> None:
        """Take notice of a fact: a message that may not be believed is a reason to ask at once (protocol.md A3.6)."""
        fact = entry.fact
        if entry.payment_id is None or not isinstance(fact, CallbackReceived):
            return
        doubtful = fact.command in ("pay", "refund") and fact.signed is not Signed.VERIFIED and not fact.counts
        if doubtful or fact.replay:
            self._urgent.add(entry.payment_id)

    async def ask_everything(self, views: Sequence[PaymentView]) -> None:
        """Ask about these payments once: at start. Waits for the answers; failures are logged."""
        await self._start_due(views, everything=True)
        await self._questions.settled()

    async def look(self, views: Sequence[PaymentView]) -> None:
        """Start the questions that are due about these payments. Raises StorageError."""
        await self._start_due(views, everything=False)

    async def look_at_shown(self) -> None:
        """Start the question about the link on screen when it is due. Raises StorageError."""
        view = await self._ledger.payment(self._shown) if self._shown else None
        await self.look([view] if view else [])

    async def settled(self) -> None:
        """Wait for the questions that are out."""
        await self._questions.settled()

    async def close(self) -> None:
        """Drop the questions that are out."""
        await self._questions.close()

    async def _start_due(self, views: Sequence[PaymentView], *, everything: bool) -> None:
        now = self._clock.now()
        watched: list[tuple[PaymentView, Link]] = []
        for view in views:
            with failures_logged(log, f"watching payment {view.payment.number}"):
                watched += [(view, link) for link in pace.links_to_watch(view.payment, now)]
        known = await self._ledger.inquiries([link.key for _, link in watched])
        for view, link in watched:
            with failures_logged(log, f"watching payment {view.payment.number}"):
                asked = known.get(link.key)
                self._start_if_due(view, link, asked.asked_at if asked else None, everything=everything)

    def _start_if_due(self, view: PaymentView, link: Link, asked_at: datetime | None, *, everything: bool) -> None:
        now, payment_id, is_newest = self._clock.now(), view.payment.id, link is view.payment.link
        wanted = everything or (is_newest and payment_id in self._urgent)
        due = pace.is_due(link, asked_at, now, shown=is_newest and payment_id == self._shown)
        if (wanted or due) and link.key not in self._questions and not pace.turn(asked_at, now):
            self._urgent.discard(payment_id)
            question = partial(self._watch.ask, payment_id, key=link.key)
            self._questions.start(link.key, str(view.payment.number), question)
