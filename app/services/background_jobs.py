"""What the process that receives callbacks does beside it: asks the operator, finishes what was interrupted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from app.domain.errors import WrongMode
from app.services.bus import Bus
from app.services.clock_jumps import ClockJumps
from app.services.failures import failures_logged
from app.services.ledger_mode import ModeCheck
from app.services.ports.clock import Clock
from app.services.ports.ledger import Ledger
from app.services.refund_watch import RefundWatch
from app.services.refunds import Refunds
from app.services.till import Till
from app.services.watch import Watch
from app.services.watcher import Watcher

SILENCE_EVERY = timedelta(minutes=10)
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
    def watch(self) -> Watch: ...

    @property
    def watcher(self) -> Watcher: ...

    @property
    def refunds(self) -> Refunds: ...


class SettingsSource(Protocol):
    """The settings that this process works with, and those on the disk, which another process may change."""

    @property
    def mode(self) -> str:
        """`demo` or `live`: of the settings in use."""
        ...

    def is_settled(self) -> bool:
        """Say whether the settings on the disk are of the same mode."""
        ...

    async def refresh(self) -> None:
        """Work with what another process has written; settings of the other mode wait for the next start."""
        ...


class BackgroundJobs:
    """Implements `lifecycle.Work`. Nothing of it is done while the settings are of the other mode than the ledger."""

    def __init__(
        self,
        services: JobServices,
        settings: SettingsSource,
        bus: Bus | None = None,
        on_problem: Callable[[str | None], None] = lambda problem: None,
    ) -> None:
        """Without a bus that somebody runs, an own one is run while the jobs are.

        `on_problem` gets `wrong_mode` when the modes part while this runs, and None when they agree again.
        """
        self._services = services
        self._settings = settings
        self._ledger_mode = ModeCheck(services.ledger, lambda: settings.mode)
        self._on_problem = on_problem
        self._problem: str | None = None
        self._refund_watch = RefundWatch(services.refunds, services.clock, services.watch.places)
        self._jumps = ClockJumps(services.clock)
        self._owes_everything = False
        self._silence_noted_at: datetime | None = None
        self._own_bus = Bus(services.ledger) if bus is None else None
        self._following: asyncio.Task[None] | None = None
        for followed in (bus, self._own_bus):
            if followed is not None:
                followed.subscribe(services.watcher.hear)

    async def before(self) -> None:
        """Refuse to receive with settings of the other mode than the ledger (protocol.md A7). Raises WrongMode."""
        await self._ledger_mode.require()
        if not self._settings.is_settled():
            raise WrongMode(settings=self._settings.mode)

    async def may_work(self) -> bool:
        """Say whether the modes agree; `on_problem` is called when that changes. Raises StorageError."""
        await self._settings.refresh()
        problem: str | None = None
        try:
            await self.before()
        except WrongMode as refusal:
            problem = refusal.code
        if problem != self._problem:
            self._problem = problem
            self._owes_everything = problem is None  # what was sent meanwhile was turned away
            log.warning("the modes of the settings and the ledger %s", "differ" if problem else "agree again")
            self._on_problem(problem)
        return problem is None

    async def at_start(self) -> None:
        """Ask about everything that is not final, once (protocol.md A4)."""
        if self._own_bus is not None:
            self._following = asyncio.create_task(self._own_bus.run(), name="bus of the background jobs")
        if not await self.may_work():
            return
        services = self._services
        with failures_logged(log, "noting silence"):
            await services.watch.tell_silence()
        await services.watcher.ask_everything(await services.ledger.unfinished(services.clock.now()))

    async def repeatedly(self) -> None:
        """Ask what is due, then resume intents whose owner is gone: all on one reading, for this is done all day."""
        if not await self.may_work():
            return
        services = self._services
        views = await services.ledger.unfinished(services.clock.now())
        with failures_logged(log, "noting silence"):
            await self._note_silence()
        with failures_logged(log, "asking about links"):
            await services.watcher.look(views)
        self._refund_watch.look(views)
        await services.watch.resume_all(services.till, views)

    async def _note_silence(self) -> None:
        """Note it now and then: a listener may run for weeks."""
        now = self._services.clock.now()
        if self._silence_noted_at is None or abs(now - self._silence_noted_at) >= SILENCE_EVERY:
            await self._services.watch.tell_silence(lately=True)
            self._silence_noted_at = now

    async def look_at_clock(self) -> None:
        """Ask about everything once more, as at start, when the machine slept or the clock was set.

        What the operator said meanwhile never came, and pauses that were measured by that clock mean nothing.
        """
        if self._jumps.noticed():
            log.warning("the clock has jumped, or this process stood still: asking about everything")
            self._owes_everything = True
        if not self._owes_everything or not await self.may_work():
            return
        services = self._services
        await services.watch.tell_silence()
        views = await services.ledger.unfinished(services.clock.now())
        await services.watcher.start_everything(views)
        self._refund_watch.look(views, everything=True)
        self._owes_everything = False  # only now: where the disk said no, it is tried again

    async def beside_another(self) -> None:
        """Ask about the link on screen only: another process watches the rest."""
        if await self.may_work():
            await self._services.watcher.look_at_shown()

    async def settled(self) -> None:
        """Wait for the questions that are out."""
        await self._services.watcher.settled()
        await self._refund_watch.settled()

    async def at_end(self) -> None:
        """Drop the questions that are out."""
        if self._own_bus is not None and self._following is not None:
            self._own_bus.stop()
            with failures_logged(log, "following the journal"):
                await self._following
        await self._services.watcher.close()
        await self._refund_watch.close()
