"""The callback listener: parser, probe filter and socket; with the intake, run by one process per home.

Used by the verb `listen`, the window's core and the check-up's temporary listener.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap.core import Core, CurrentSettings
from app.bootstrap.home import Home, home_stamps, listener_base, open_home, remember_address
from app.bootstrap.setup import own_key_fingerprint
from app.domain.errors import StorageError
from app.domain.ids import LinkKey
from app.lifecycle import Receiving
from app.services.background_jobs import BackgroundJobs
from app.services.bus import Bus
from app.services.callbacks.callback_verdict import IntakePolicy
from app.services.callbacks.incoming_callback import IncomingCallback, MalformedCallback
from app.services.callbacks.intake import RETRY_LATER, UNKNOWN_KEY, Intake, Reply
from app.settings.file_stamp import stamp_of
from app.settings.home.locks import FileLock
from app.settings.home.self_probe import is_self_probe
from app.settings.schema import OperatorSection
from app.settings.stored_mode import StoredMode

if TYPE_CHECKING:
    from app.listener.policy import ListenerPolicy
    from app.listener.routes import Receiver
    from app.listener.server import Listener
log = logging.getLogger(__name__)


class CallbackParser:
    """Parses callbacks with the operator's current keys; a replaced key file takes effect at once."""

    def __init__(self, section: Callable[[], OperatorSection], own: Callable[[], str | None] = lambda: None) -> None:
        """`section` returns that of this moment, `own` the fingerprint of the shop's own key, never the operator's."""
        from app.operator_api.key_files import WatchedKeys
        from app.operator_api.signature import SignatureVerifier

        self._keys = WatchedKeys(section, stamp_of, own=own)
        self._verifier = SignatureVerifier(*self._keys.pems)

    def __call__(self, query: str) -> IncomingCallback | MalformedCallback:
        from app.operator_api.callbacks import parse_callback
        from app.operator_api.signature import SignatureVerifier

        if self._keys.refresh():
            self._verifier = SignatureVerifier(*self._keys.pems)
        return parse_callback(query, self._verifier)


class ProbeFilter:
    """A receiver that answers our own check-up even while callbacks are not accepted or cannot be stored.

    Otherwise the intake itself tests whether an unknown key is the check-up's: other callbacks do not wait for that.
    """

    def __init__(self, folder: Path, receiver: Receiver, may_accept: Callable[[], bool] = lambda: True) -> None:
        """`may_accept`: while it returns False, no callback reaches `receiver`, and the operator must retry."""
        self._folder = folder
        self._receiver = receiver
        self._may_accept = may_accept

    async def receive(self, key: LinkKey, incoming: IncomingCallback | MalformedCallback) -> Reply:
        reply = await self._receiver.receive(key, incoming) if self._may_accept() else RETRY_LATER
        if reply.status == RETRY_LATER.status and is_self_probe(self._folder, key):
            return UNKNOWN_KEY
        return reply


class TemporaryReceiver:
    """The receiver of a temporary listener: a genuine callback must be retried, not lost."""

    async def receive(self, key: LinkKey, incoming: IncomingCallback | MalformedCallback) -> Reply:
        return RETRY_LATER


class ListenerFactory:
    """Creates listeners for a receiver from the current settings; not bound yet."""

    def __init__(
        self, home: Callable[[], Home], receiver: Receiver, may_accept: Callable[[], bool] = lambda: True
    ) -> None:
        self._home = home
        self._receiver = ProbeFilter(home().paths.home, receiver, may_accept)
        self._parse = CallbackParser(lambda: home().settings.operator, lambda: own_key_fingerprint(home()))

    def make(self, host: str, port: int) -> Listener:
        from app.listener.server import Listener

        return Listener(self._receiver, self._parse, host=host, port=port, policy=lambda: listener_policy(self._home()))


class CallbackReceiving:
    """The part of a core that one process per home runs; `start` may be retried while another process runs it."""

    def __init__(
        self, core: Core, bus: Bus | None = None, on_problem: Callable[[str | None], None] = lambda problem: None
    ) -> None:
        """As for `BackgroundJobs`; `bus` must be running if given.

        `on_problem` gets the code of why callbacks are no longer accepted, and None when they are again.
        """
        folder = core.home.paths.home
        settings = HomeSettings(core.current)
        self._core = core
        self.intake = Intake(
            core.ledger, core.clock, lambda: intake_policy(core.home), lambda key: is_self_probe(folder, key)
        )
        self.jobs = BackgroundJobs(core, settings, bus, on_problem)
        self._listeners = ListenerFactory(lambda: core.home, self.intake, settings.mode_agrees)

    def make(self, host: str, port: int) -> tuple[Receiving, Listener]:
        """Return a new attempt and its listener; nothing is locked or bound yet."""
        listener = self._listeners.make(host, port)
        return Receiving(FileLock(self._core.home.paths.lock_file), listener, self.jobs), listener

    async def start(self, host: str, port: int) -> tuple[Receiving, str]:
        """Receive, and publish the address for links and other processes; return the object to stop, and the address.

        Raises WrongMode, HomeTaken, PortTaken, SettingBad, StorageError.
        """
        receiving, listener = self.make(host, port)
        address = await receiving.start()
        current = self._core.current
        current.listener_base = listener_base(current.home, (host, listener.port))
        remember_address(current.home, host, listener.port)
        return receiving, address


class HomeSettings:
    """Implements `background_jobs.SettingsSource` for a core."""

    def __init__(self, current: CurrentSettings) -> None:
        self._current = current
        self._stored = StoredMode(current.home.paths)
        self._seen = current.home.stamps

    @property
    def mode(self) -> str:
        return self._current.home.mode

    def mode_agrees(self) -> bool:
        return not self._stored.is_other_than(self.mode)

    async def refresh(self) -> None:
        """Work with what another process has written, unless it is of the other mode or cannot be used whole.

        A keyring that was locked is looked at again, too.
        """
        home = self._current.home
        stamps = home_stamps(home.paths)
        if stamps == home.stamps:  # as they were, perhaps again
            self._seen, self._current.setting_problems = stamps, home.file.problems
        if stamps in (self._seen, home.stamps) or not self.mode_agrees():
            if self._current.lacks_secrets and await asyncio.to_thread(home.secrets.is_available):
                log.info("keys and token can be read again")
                await self._current.change(home)
            return
        try:
            changed = open_home(str(home.paths.home), log.warning)
        except StorageError as failure:  # retried: the current settings stay until then
            log.warning("the settings cannot be read again: %s", failure.code)
            return
        self._seen = changed.stamps
        if changed.file.problems:
            log.warning("the settings file has a problem: the settings in use stay")
            self._current.setting_problems = changed.file.problems
        elif changed.mode == self.mode:
            log.info("another process has changed settings or secrets: they are in use now")
            await self._current.change(changed)


def intake_policy(home: Home) -> IntakePolicy:
    """Return the intake's settings of callbacks."""
    chosen = home.settings
    return IntakePolicy(
        accept_unsigned=chosen.callbacks.signature == "optional",
        answer_auth=chosen.operator.answer_auth,
        fixed_address=chosen.callbacks.fixed_address,
        mode=home.mode,
    )


def listener_policy(home: Home) -> ListenerPolicy:
    """Return the listener's settings: the allowed addresses and the TLS files."""
    from app.listener.policy import ListenerPolicy

    chosen = home.settings.callbacks
    return ListenerPolicy(
        allowed_addresses=chosen.allowed_addresses,
        trusted_proxies=chosen.trusted_proxies,
        tls_certificate_file=chosen.tls_certificate_file,
        tls_key_file=chosen.tls_key_file,
    )
