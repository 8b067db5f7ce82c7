"""Which links to poll, and when: the link on screen, the open ones, those that ended lately (protocol.md A4)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from app.domain.ids import LinkKey, PaymentId
from app.domain.journal.events import CallbackReceived, SignatureCheck
from app.domain.operator_codes import FINAL_COMMANDS, CallbackCommand
from app.domain.payment import Link
from app.services.failures import failures_logged
from app.services.ports.changes import Changes
from app.services.ports.clock import Clock
from app.services.ports.ledger import Ledger, PaymentView
from app.services.status import poll_schedule
from app.services.status.inquiry_tasks import InquiryTasks
from app.services.status.status_inquiry import StatusInquiry

log = logging.getLogger(__name__)


class StatusPoller:
    """Starts the inquiries that are due, without waiting. `poll` and `poll_shown` are called every second or two.

    The process that holds the home's listener lock polls everything, any other the link that it shows.
    """

    def __init__(self, ledger: Ledger, inquiry: StatusInquiry, clock: Clock) -> None:
        self._ledger = ledger
        self._inquiry = inquiry
        self._clock = clock
        self._shown: PaymentId | None = None
        self._urgent: dict[LinkKey, PaymentId] = {}
        self._read_to: int | None = None
        self._last_seq = 0
        """Doubtful messages were read up to the first seq; the journal is known to reach the second."""
        self._pending: set[LinkKey] = set()
        """Polled again when the pending inquiry has ended: it may have been sent before the machine slept."""
        self._inquiry_tasks: InquiryTasks[LinkKey] = InquiryTasks("payment")

    def show(self, payment_id: PaymentId | None) -> None:
        """Set which payment's link is on screen."""
        self._shown = payment_id

    def on_changed(self, changes: Changes) -> None:
        """Note that the journal grew: the next poll reads the new messages that prove nothing."""
        if self._read_to is None:
            self._read_to = changes.after_seq
        self._last_seq = changes.last_seq

    async def ask_all(self, views: Sequence[PaymentView]) -> None:
        """Ask about these payments once: at start. Waits for the answers; failures are logged."""
        await self.start_all(views)
        await self._inquiry_tasks.wait_until_idle()

    async def start_all(self, views: Sequence[PaymentView]) -> None:
        """Start one inquiry about each of these payments, whenever the last one was. Raises StorageError."""
        await self._start_due(views, everything=True)

    async def poll(self, views: Sequence[PaymentView]) -> None:
        """Start the inquiries that are due about these payments, and the urgent ones. Raises StorageError."""
        await self._start_due(views, everything=False)
        await self._start_urgent()

    async def poll_shown(self) -> None:
        """Start the inquiry about the link on screen when it is due. Raises StorageError."""
        view = await self._ledger.payment(self._shown) if self._shown else None
        await self.poll([view] if view else [])

    async def wait_until_idle(self) -> None:
        """Wait for the pending inquiries."""
        await self._inquiry_tasks.wait_until_idle()

    async def close(self) -> None:
        """Cancel the pending inquiries."""
        await self._inquiry_tasks.close()

    async def _start_due(self, views: Sequence[PaymentView], *, everything: bool) -> None:
        now = self._clock.now()
        to_poll: list[tuple[PaymentView, Link]] = []
        for view in views:
            with failures_logged(log, f"watching payment {view.payment.number}"):
                to_poll += [(view, link) for link in poll_schedule.links_to_poll(view.payment, now)]
        known = await self._ledger.inquiries([link.key for _, link in to_poll])
        for view, link in to_poll:
            with failures_logged(log, f"watching payment {view.payment.number}"):
                asked = known.get(link.key)
                self._start_if_due(view, link, asked.asked_at if asked else None, everything=everything)

    def _start_if_due(self, view: PaymentView, link: Link, asked_at: datetime | None, *, everything: bool) -> None:
        now, is_shown = self._clock.now(), link is view.payment.link and view.payment.id == self._shown
        if everything and link.key in self._inquiry_tasks:
            self._pending.add(link.key)
        due = everything or link.key in self._pending or poll_schedule.is_due(link, asked_at, now, shown=is_shown)
        if due and not poll_schedule.wait_before(asked_at, now):
            self._start(view, link.key)

    async def _start_urgent(self) -> None:
        """Ask about the links of doubtful messages, whatever the status of their payments: paid ones, too."""
        await self._read_doubtful()
        if not self._urgent:
            return
        now, known = self._clock.now(), await self._ledger.inquiries(list(self._urgent))
        for key, payment_id in list(self._urgent.items()):
            with failures_logged(log, f"watching payment {payment_id}"):
                asked = known.get(key)
                view = await self._ledger.payment(payment_id)
                if view is None:
                    del self._urgent[key]
                elif not poll_schedule.wait_before(asked.asked_at if asked else None, now):
                    self._start(view, key)

    async def _read_doubtful(self) -> None:
        """Note the links with messages that are a reason to ask at once."""
        last_seq = self._last_seq
        if self._read_to is None or self._read_to == last_seq:
            return
        for entry in await self._ledger.uncounted_callbacks(self._read_to):
            fact = entry.fact
            if entry.seq > last_seq or entry.payment_id is None:
                continue  # newer entries are published later, and asked about once
            if isinstance(fact, CallbackReceived) and _is_doubtful(fact):
                self._urgent[fact.link_key] = entry.payment_id
        self._read_to = last_seq

    def _start(self, view: PaymentView, key: LinkKey) -> None:
        if key not in self._inquiry_tasks:
            self._urgent.pop(key, None)
            self._pending.discard(key)
            inquiry = partial(self._inquiry.ask, view.payment.id, key=key)
            self._inquiry_tasks.start(key, str(view.payment.number), inquiry)


def _is_doubtful(fact: CallbackReceived) -> bool:
    """Say whether a message proves nothing, so that only the operator can settle it (protocol.md A3.6, A6b)."""
    moves_money = fact.command in (CallbackCommand.PAY, CallbackCommand.REFUND)
    unsigned = moves_money and fact.signed is not SignatureCheck.VERIFIED and not fact.counts
    unaddressed = fact.at_fixed_address and fact.command in FINAL_COMMANDS
    return unsigned or unaddressed or fact.replay
