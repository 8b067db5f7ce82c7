"""Background jobs of the process that receives callbacks: status inquiries, finishing what was interrupted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from app.domain.errors import WrongMode
from app.services.bus import Bus
from app.services.failures import failures_logged
from app.services.ledger_mode import ModeCheck
from app.services.ports.clock import Clock
from app.services.ports.ledger import Ledger
from app.services.refunds.refund_poller import RefundPoller
from app.services.refunds.refunds import Refunds
from app.services.sales.till import Till
from app.services.status.clock_jumps import ClockJumpDetector
from app.services.status.status_inquiry import StatusInquiry
from app.services.status.status_poller import StatusPoller

SILENCE_CHECK_INTERVAL = timedelta(minutes=10)
log = logging.getLogger(__name__)


class JobServices(Protocol):
    """The services that the jobs work with; all on one ledger and one client."""

    @property
    def ledger(self) -> Ledger: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def till(self) -> Till: ...

    @property
    def status_inquiry(self) -> StatusInquiry: ...

    @property
    def status_poller(self) -> StatusPoller: ...

    @property
    def refunds(self) -> Refunds: ...


class SettingsSource(Protocol):
    """The settings that this process works with, and those on the disk, which another process may change."""

    @property
    def mode(self) -> str:
        """`demo` or `live`: of the settings in use."""
        ...

    def mode_agrees(self) -> bool:
        """Say whether the settings on the disk are of the same mode."""
        ...

    async def refresh(self) -> None:
        """Load what another process has written; settings of the other mode wait for the next start."""
        ...


class BackgroundJobs:
    """Implements `lifecycle.BackgroundWork`. Does nothing while settings and ledger are of different modes."""

    def __init__(
        self,
        services: JobServices,
        settings: SettingsSource,
        bus: Bus | None = None,
        on_problem: Callable[[str | None], None] = lambda problem: None,
    ) -> None:
        """Without a bus that the caller runs, the jobs run one of their own.

        `on_problem` gets `wrong_mode` when the modes differ while this runs, and None when they agree again.
        """
        self._services = services
        self._settings = settings
        self._ledger_mode = ModeCheck(services.ledger, lambda: settings.mode)
        self._on_problem = on_problem
        self._problem: str | None = None
        self._refund_poller = RefundPoller(services.refunds, services.clock, services.status_inquiry.slots)
        self._jumps = ClockJumpDetector(services.clock)
        self._poll_all_pending = False
        self._silence_noted_at: datetime | None = None
        self._own_bus = Bus(services.ledger) if bus is None else None
        self._following: asyncio.Task[None] | None = None
        for followed in (bus, self._own_bus):
            if followed is not None:
                followed.subscribe(services.status_poller.on_changed)

    async def check_mode(self) -> None:
        """Refuse to receive with settings of the other mode than the ledger (protocol.md A7). Raises WrongMode."""
        await self._ledger_mode.require()
        if not self._settings.mode_agrees():
            raise WrongMode(settings=self._settings.mode)

    async def check_may_work(self) -> bool:
        """Say whether the modes agree; `on_problem` is called when that changes. Raises StorageError."""
        await self._settings.refresh()
        problem: str | None = None
        try:
            await self.check_mode()
        except WrongMode as refusal:
            problem = refusal.code
        if problem != self._problem:
            self._problem = problem
            self._poll_all_pending = problem is None  # what was sent meanwhile was refused
            log.warning("the modes of the settings and the ledger %s", "differ" if problem else "agree again")
            self._on_problem(problem)
        return problem is None

    async def at_start(self) -> None:
        """Ask about everything that is not final, once (protocol.md A4)."""
        if self._own_bus is not None:
            self._following = asyncio.create_task(self._own_bus.run(), name="bus of the background jobs")
        if not await self.check_may_work():
            return
        services = self._services
        with failures_logged(log, "noting silence"):
            await services.status_inquiry.record_silence()
        await services.status_poller.ask_all(await services.ledger.unfinished(services.clock.now()))

    async def run_cycle(self) -> None:
        """Poll what is due, then resume intents whose owner has ended: all on one read, since cycles are frequent."""
        if not await self.check_may_work():
            return
        services = self._services
        views = await services.ledger.unfinished(services.clock.now())
        with failures_logged(log, "noting silence"):
            await self._note_silence()
        with failures_logged(log, "asking about links"):
            await services.status_poller.poll(views)
        self._refund_poller.poll(views)
        await services.status_inquiry.resume_all(services.till, views)

    async def _note_silence(self) -> None:
        """Record silence at intervals: a listener may run for weeks."""
        now = self._services.clock.now()
        if self._silence_noted_at is None or abs(now - self._silence_noted_at) >= SILENCE_CHECK_INTERVAL:
            await self._services.status_inquiry.record_silence(recent_only=True)
            self._silence_noted_at = now

    async def check_clock(self) -> None:
        """Ask about everything once more, as at start, when the machine slept or the clock was set.

        What the operator sent meanwhile was not received, and pauses measured by that clock are not valid.
        """
        if self._jumps.has_jumped():
            log.warning("the clock has jumped, or this process stood still: asking about everything")
            self._poll_all_pending = True
        if not self._poll_all_pending or not await self.check_may_work():
            return
        services = self._services
        await services.status_inquiry.record_silence()
        views = await services.ledger.unfinished(services.clock.now())
        await services.status_poller.start_all(views)
        self._refund_poller.poll(views, everything=True)
        self._poll_all_pending = False  # only now: after a storage error it is tried again

    async def run_as_follower(self) -> None:
        """Ask about the link on screen only: another process polls the rest."""
        if await self.check_may_work():
            await self._services.status_poller.poll_shown()

    async def wait_until_idle(self) -> None:
        """Wait for the pending inquiries."""
        await self._services.status_poller.wait_until_idle()
        await self._refund_poller.wait_until_idle()

    async def at_end(self) -> None:
        """Cancel the pending inquiries."""
        if self._own_bus is not None and self._following is not None:
            self._own_bus.stop()
            with failures_logged(log, "following the journal"):
                await self._following
        await self._services.status_poller.close()
        await self._refund_poller.close()
