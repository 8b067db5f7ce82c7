"""The part of the core that one process per home runs: it listens, asks the operator, finishes what was interrupted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.bootstrap.core import Core
from app.bootstrap.doctor import Hearing
from app.bootstrap.home import Home
from app.bootstrap.mode import StoredMode
from app.bootstrap.operator_keys import WatchedKeys
from app.domain.errors import WrongMode
from app.lifecycle import Receiving
from app.services.answers import IntakePolicy
from app.services.bus import Bus
from app.services.clock_jumps import ClockJumps
from app.services.failures import failures_logged
from app.services.intake import Intake
from app.services.ledger_mode import ModeCheck
from app.services.ports import IncomingCallback, MalformedCallback
from app.services.refund_watch import RefundWatch
from app.settings.locks import FileLock

if TYPE_CHECKING:
    from app.listener.rules import ListenerPolicy
    from app.listener.server import Listener

SILENCE_EVERY = timedelta(minutes=10)
log = logging.getLogger(__name__)


class CallbackParser:
    """Reads callbacks with the operator's keys of the home in use; a key file that is replaced counts at once."""

    def __init__(self, home: Home) -> None:
        self._keys = WatchedKeys(home.settings.operator)
        self._verify_with_keys()

    def use(self, home: Home) -> None:
        """Verify with this home's keys from now on."""
        self._keys.use(home.settings.operator)
        self._verify_with_keys()

    def _verify_with_keys(self) -> None:
        from app.operator_api.signature import SignatureVerifier

        self._verifier = SignatureVerifier(*self._keys.pems)

    def __call__(self, query: str) -> IncomingCallback | MalformedCallback:
        from app.operator_api.callbacks import parse_callback

        if self._keys.refresh():
            self._verify_with_keys()
        return parse_callback(query, self._verifier)


def intake_policy(home: Home) -> IntakePolicy:
    """Return what the settings say about callbacks."""
    chosen = home.settings
    return IntakePolicy(
        accept_unsigned=chosen.callbacks.signature == "optional",
        answer_auth=chosen.operator.answer_auth,
        fixed_address=chosen.callbacks.fixed_address,
        mode=home.mode,
    )


def listener_policy(home: Home) -> ListenerPolicy:
    """Return what the settings say about who may call, and the TLS files."""
    from app.listener.rules import ListenerPolicy

    chosen = home.settings.callbacks
    return ListenerPolicy(
        allowed_addresses=chosen.allowed_addresses,
        trusted_proxies=chosen.trusted_proxies,
        tls_certificate_file=chosen.tls_certificate_file,
        tls_key_file=chosen.tls_key_file,
    )


def make_receiving(
    core: Core, host: str, port: int, tell: Callable[[str | None], None] | None = None
) -> tuple[Receiving, Listener]:
    """Return the part of the core that one process per home runs, and its listener; not bound yet.

    `tell` hears the code of why nothing is believed any more, and None when it is again.
    """
    from app.listener.server import Listener

    intake = Intake(core.ledger, core.clock, intake_policy(core.home))
    errands = Errands(core, tell=tell)
    receiver = Hearing(core.home, intake, errands.is_settled)
    policy = listener_policy(core.home)
    listener = Listener(receiver, CallbackParser(core.home), host=host, port=port, policy=policy)
    return Receiving(FileLock(core.home.paths.lock_file), listener, errands), listener


class Errands:
    """Implements `lifecycle.Work`. Nothing of it is done while the settings are of the other mode than the ledger."""

    def __init__(self, core: Core, bus: Bus | None = None, tell: Callable[[str | None], None] | None = None) -> None:
        """Without a bus that somebody runs, an own one is run while the errands are.

        `tell` hears `wrong_mode` when the modes part while this runs, and None when they agree again.
        """
        self._stored = StoredMode(core.home.paths)
        self._tell = tell
        self._told: str | None = None
        self._use(core)
        self._refund_watch = RefundWatch(core.refunds, core.clock, core.watch.places)
        self._jumps = ClockJumps(core.clock)
        self._owes_everything = False
        self._silence_told_at: datetime | None = None
        self._own_bus = Bus(core.ledger) if bus is None else None
        self._following: asyncio.Task[None] | None = None
        for followed in (bus, self._own_bus):
            if followed is not None:
                followed.subscribe(core.watcher.hear)

    def use(self, core: Core) -> None:
        """Work with changed settings from now on."""
        self._use(core)
        self._refund_watch.use(core.refunds, core.watch.places)

    def _use(self, core: Core) -> None:
        self._core = core
        self._mode = ModeCheck(core.ledger, core.home.mode)

    def is_settled(self) -> bool:
        """Say whether the settings that this process works with are of the mode of those on the disk."""
        return not self._stored.is_other_than(self._core.home.mode)

    async def before(self) -> None:
        """Refuse to receive with settings of the other mode than the ledger (protocol.md A7). Raises WrongMode."""
        await self._mode.require()
        if not self.is_settled():
            raise WrongMode(settings=self._core.home.mode)

    async def may_work(self) -> bool:
        """Say whether the modes agree; who was given to be told is told when that changes. Raises StorageError."""
        problem: str | None = None
        try:
            await self.before()
        except WrongMode as refusal:
            problem = refusal.code
        if problem != self._told:
            self._told = problem
            self._owes_everything = problem is None  # what was sent meanwhile was turned away
            log.warning("the modes of the settings and the ledger %s", "differ" if problem else "agree again")
            if self._tell is not None:
                self._tell(problem)
        return problem is None

    async def at_start(self) -> None:
        """Ask about everything that is not final, once (protocol.md A4)."""
        if self._own_bus is not None:
            self._following = asyncio.create_task(self._own_bus.run(), name="bus of the errands")
        if not await self.may_work():
            return
        core = self._core
        with failures_logged(log, "noting silence"):
            await core.watch.tell_silence()
        await core.watcher.ask_everything(await core.ledger.unfinished(core.clock.now()))

    async def repeatedly(self) -> None:
        """Ask what is due, then resume intents whose owner is gone: all on one reading, for this is done all day."""
        if not await self.may_work():
            return
        core = self._core
        views = await core.ledger.unfinished(core.clock.now())
        with failures_logged(log, "noting silence"):
            await self._tell_silence()
        with failures_logged(log, "asking about links"):
            await core.watcher.look(views)
        self._refund_watch.look(views)
        await core.watch.resume_all(core.till, views)

    async def _tell_silence(self) -> None:
        """Note it now and then: a listener may run for weeks."""
        now = self._core.clock.now()
        if self._silence_told_at is None or abs(now - self._silence_told_at) >= SILENCE_EVERY:
            await self._core.watch.tell_silence(lately=True)
            self._silence_told_at = now

    async def look_at_clock(self) -> None:
        """Ask about everything once more, as at start, when the machine slept or the clock was set.

        What the operator said meanwhile never came, and pauses that were measured by that clock mean nothing.
        """
        if self._jumps.noticed():
            log.warning("the clock has jumped, or this process stood still: asking about everything")
            self._owes_everything = True
        if not self._owes_everything or not await self.may_work():
            return
        core = self._core
        await core.watch.tell_silence()
        views = await core.ledger.unfinished(core.clock.now())
        await core.watcher.start_everything(views)
        self._refund_watch.look(views, everything=True)
        self._owes_everything = False  # only now: where the disk said no, it is tried again

    async def beside_another(self) -> None:
        """Ask about the link on screen only: another process watches the rest."""
        if await self.may_work():
            await self._core.watcher.look_at_shown()

    async def settled(self) -> None:
        """Wait for the questions that are out."""
        await self._core.watcher.settled()
        await self._refund_watch.settled()

    async def at_end(self) -> None:
        """Drop the questions that are out."""
        if self._own_bus is not None and self._following is not None:
            self._own_bus.stop()
            with failures_logged(log, "following the journal"):
                await self._following
        await self._core.watcher.close()
        await self._refund_watch.close()
