"""The part of the core that one process per home runs: it listens, asks the operator, finishes what was interrupted."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from app.bootstrap.core import Core
from app.bootstrap.doctor import Hearing
from app.bootstrap.home import Home, usable_operator_key
from app.lifecycle import Receiving
from app.services.answers import IntakeRules
from app.services.bus import Bus
from app.services.failures import failures_logged
from app.services.intake import Intake
from app.services.ports import IncomingCallback, MalformedCallback
from app.services.refund_watch import RefundWatch
from app.settings.locks import FileLock

if TYPE_CHECKING:
    from app.listener.rules import ListenerRules
    from app.listener.server import Listener

log = logging.getLogger(__name__)


class CallbackParser:
    """Reads callbacks with the operator's key of the home in use."""

    def __init__(self, home: Home) -> None:
        self.use(home)

    def use(self, home: Home) -> None:
        """Verify with this home's key from now on."""
        from app.operator_api.signature import SignatureVerifier

        self._verifier = SignatureVerifier(usable_operator_key(home))

    def __call__(self, query: str) -> IncomingCallback | MalformedCallback:
        from app.operator_api.callbacks import parse_callback

        return parse_callback(query, self._verifier)


def intake_rules(home: Home) -> IntakeRules:
    """Return what the settings say about callbacks."""
    chosen = home.settings
    return IntakeRules(
        accept_unsigned=chosen.callbacks.signature == "optional", answer_auth=chosen.operator.answer_auth
    )


def listener_rules(home: Home) -> ListenerRules:
    """Return what the settings say about who may call, and the TLS files."""
    from app.listener.rules import ListenerRules

    chosen = home.settings.callbacks
    return ListenerRules(
        allowed_addresses=chosen.allowed_addresses,
        trusted_proxies=chosen.trusted_proxies,
        tls_certificate_file=chosen.tls_certificate_file,
        tls_key_file=chosen.tls_key_file,
    )


def make_receiving(core: Core, host: str, port: int) -> tuple[Receiving, Listener]:
    """Return the part of the core that one process per home runs, and its listener; not bound yet."""
    from app.listener.server import Listener

    intake = Intake(core.ledger, core.clock, intake_rules(core.home))
    listener = Listener(
        Hearing(core.home, intake), CallbackParser(core.home), host=host, port=port, rules=listener_rules(core.home)
    )
    lock = FileLock(core.home.paths.lock_file)
    errands = Errands(core)
    receiving = Receiving(lock, listener, errands.at_start, errands.repeatedly, errands.at_end)
    return receiving, listener


class Errands:
    """Done by `lifecycle.Receiving`: `at_start` once, `repeatedly` every few seconds, `at_end`."""

    def __init__(self, core: Core, bus: Bus | None = None) -> None:
        """Without a bus that somebody runs, an own one is run while the errands are."""
        self._core = core
        self._refund_watch = RefundWatch(core.refunds, core.clock)
        self._own_bus = Bus(core.ledger) if bus is None else None
        self._following: asyncio.Task[None] | None = None
        for followed in (bus, self._own_bus):
            if followed is not None:
                followed.subscribe(core.watcher.hear)

    def use(self, core: Core) -> None:
        """Work with changed settings from now on."""
        self._core = core
        self._refund_watch.use(core.refunds)

    async def at_start(self) -> None:
        """Ask about everything that is not final, once (protocol.md A4)."""
        if self._own_bus is not None:
            self._following = asyncio.create_task(self._own_bus.run(), name="bus of the errands")
        core = self._core
        with failures_logged(log, "noting silence"):
            await core.watch.tell_silence()
        await core.watcher.ask_everything(await core.ledger.unfinished(core.clock.now()))

    async def repeatedly(self) -> None:
        """Ask what is due, then resume intents whose owner is gone: all on one reading, for this is done all day."""
        core = self._core
        views = await core.ledger.unfinished(core.clock.now())
        with failures_logged(log, "asking about links"):
            await core.watcher.look(views)
        self._refund_watch.look(views)
        await core.watch.resume_all(core.till, views)

    async def beside_another(self) -> None:
        """Ask about the link on screen only: another process watches the rest."""
        await self._core.watcher.look_at_shown()

    async def at_end(self) -> None:
        """Drop the questions that are out."""
        if self._own_bus is not None and self._following is not None:
            self._own_bus.stop()
            with failures_logged(log, "following the journal"):
                await self._following
        await self._core.watcher.close()
        await self._refund_watch.close()
