"""The core in a window's process: ledger, bus, listener with retries, settings that take effect at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.bootstrap.core import Core, open_core
from app.bootstrap.doctor import make_doctor
from app.bootstrap.home import Home, open_home
from app.bootstrap.listening import CallbackReceiving
from app.bootstrap.setup import (
    as_error,
    change_setting,
    check_tls_setting,
    import_key,
    make_keys,
    setup_problem,
    show_key,
)
from app.domain.errors import NotConfigured, PaydeskError, SettingBad, StorageError
from app.lifecycle import Receiving
from app.services.bus import Bus
from app.services.checks.doctor import Doctor
from app.services.core_api import Health
from app.services.day.shop_days import ShopDays
from app.services.failures import failures_logged
from app.services.history.settlement import ManualSettlement
from app.services.ports.clock import Clock
from app.services.ports.ledger import Ledger
from app.services.refunds.refunds import Refunds
from app.services.sales.till import Till
from app.services.status.status_inquiry import StatusInquiry
from app.services.status.status_poller import StatusPoller
from app.settings.view_choices import ViewChoicesFile

TRY_AGAIN_S = 2.0
REACHED = frozenset({"reach_ok", "reach_filtered", "address_name", "address_public"})
"""What the check-up finds where callbacks can be expected to arrive."""
log = logging.getLogger(__name__)


class RunningCore:
    """Implements `services.core_api.CoreApi`. Made and used on the core's loop only."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.bus = Bus(core.ledger)
        self.preferences = HomePreferences(self)
        self.view_choices = ViewChoicesFile(core.home.paths.view_choices_file)
        self.doctor: Doctor = make_doctor(lambda: core.home, lambda: core.operator)
        self._address: str | None = None
        self._listener_problem: PaydeskError | None = None
        self._mode_problem: str | None = None
        self._health_listeners: list[Callable[[], None]] = []
        core.storage.on_change(lambda _: self._notify_health())
        self._callbacks = CallbackReceiving(core, self.bus, self._set_mode_problem)

    @property
    def till(self) -> Till:
        return self._core.till

    @property
    def status_inquiry(self) -> StatusInquiry:
        return self._core.status_inquiry

    @property
    def status_poller(self) -> StatusPoller:
        return self._core.status_poller

    @property
    def refunds(self) -> Refunds:
        return self._core.refunds

    @property
    def settlement(self) -> ManualSettlement:
        return self._core.settlement

    @property
    def days(self) -> ShopDays:
        return self._core.days

    @property
    def ledger(self) -> Ledger:
        return self._core.ledger

    @property
    def clock(self) -> Clock:
        return self._core.clock

    @property
    def home(self) -> Home:
        return self._core.home

    @property
    def is_demo(self) -> bool:
        return self._core.home.mode == "demo"

    async def write_diagnostics(self, target: Path) -> Path:
        """Write the file for support, including the doctor's results. Raises StorageError."""
        from app.bootstrap.diagnostics import write_diagnostics

        results = await self.doctor.run_checks()
        return await asyncio.to_thread(write_diagnostics, self.home, results, target)

    def health(self) -> Health:
        """Return the current health of the operator's API, the callback listener and the storage."""
        operator, problem = self._core.operator, self._listener_problem
        return Health(
            operator_answered_at=operator.last_answer_at,
            operator_latency_ms=operator.last_latency_ms,
            operator_problem=operator.problem,
            listener_address=self._address,
            listener_problem=self._mode_problem or (problem.code if problem else None),
            listener_setting=problem if isinstance(problem, SettingBad) else None,
            listener_port=self.home.settings.callbacks.port,
            callback_at=self._callbacks.intake.last_callback_at,
            reached_at=self.doctor.checked_at if "reach_ok" in self._address_results() else None,
            reach_problem=self._reach_problem(),
            storage_problem=self._core.storage.problem,
            setting_problems=tuple(map(as_error, self._core.current.setting_problems)),
        )

    def _address_results(self) -> frozenset[str]:
        """Return what the last check-up found about the public address of now; nothing if it was about another one."""
        public_url = self.home.settings.callbacks.public_url.rstrip("/")
        return frozenset(one.code for one in self.doctor.last_results if one.details.get("url") == public_url)

    def _reach_problem(self) -> str | None:
        if self.is_demo:
            return None
        if not self.home.settings.callbacks.public_url:
            return "no_public_address"
        found = self._address_results()
        return "not_reached" if any(code.startswith(("reach_", "address_")) for code in found - REACHED) else None

    def on_health_changed(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the state of the callback listener or of the storage has changed."""
        self._health_listeners.append(listener)

    def on_settings_changed(self, listener: Callable[[], None]) -> None:
        """Call this listener after the settings in use changed, whoever changed them."""
        self._core.current.on_change(listener)

    async def change_settings(self, home: Home) -> None:
        """Apply changed settings; the listener keeps its address until the next start."""
        await self._core.current.change(home)
        with suppress(StorageError):  # retried within seconds
            await self._callbacks.jobs.check_may_work()

    async def listen(self, stopping: asyncio.Event) -> None:
        """Receive callbacks until `stopping` is set. A taken port or home is reported and retried (house rule).

        Until the first success each attempt uses the address of the current settings: no link contains one yet.
        """
        while not stopping.is_set():
            chosen = self.home.settings.callbacks
            try:
                receiving, address = await self._callbacks.start(chosen.host, chosen.port)
            except PaydeskError as failure:
                log.warning("the listener does not start: %s", failure.code)
                self._set_listener(problem=failure)
                await self._ask_shown()
                await _pause(stopping, TRY_AGAIN_S)
                continue
            self._set_listener(address=address)
            await _until(stopping, receiving)
        self._set_listener()

    async def _ask_shown(self) -> None:
        with failures_logged(log, "asking about the link on screen"):
            await self._callbacks.jobs.run_as_follower()

    def _set_listener(self, *, address: str | None = None, problem: PaydeskError | None = None) -> None:
        self._address, self._listener_problem = address, problem
        self._notify_health()

    def _set_mode_problem(self, problem: str | None) -> None:
        self._mode_problem = problem
        self._notify_health()

    def _notify_health(self) -> None:
        for listener in self._health_listeners:
            listener()


async def _until(stopping: asyncio.Event, receiving: Receiving) -> None:
    try:
        await stopping.wait()
    finally:
        await receiving.stop()


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return


class HomePreferences:
    """Implements `services.core_api.Preferences` on the home's settings file and vault."""

    def __init__(self, running: RunningCore) -> None:
        self._running = running

    def values(self) -> dict[str, object]:
        home = self._running.home
        return home.file.as_dict(home.settings, home.secrets)

    async def change(self, values: dict[str, str]) -> None:
        """Store the settings one by one, then apply them."""
        home = self._running.home
        try:
            for key, text in values.items():
                check_tls_setting(key, text)
                change_setting(home, key, text)
        finally:
            await self._reload()

    def missing(self) -> str | None:
        return setup_problem(self._running.home)

    def public_key(self) -> dict[str, str] | None:
        try:
            return show_key(self._running.home)
        except NotConfigured:
            return None

    async def make_keys(self) -> None:
        make_keys(self._running.home)
        await self._reload()

    async def import_key(self, path: Path, *, replace: bool = False) -> None:
        import_key(self._running.home, path, replace=replace)
        await self._reload()

    async def _reload(self) -> None:
        home = self._running.home
        await self._running.change_settings(open_home(str(home.paths.home), log.warning))


async def run_core(home: Home, on_ready: Callable[[RunningCore], None], stopping: asyncio.Event) -> None:
    """Run the core until `stopping` is set; `on_ready` is called on the core's thread once the ledger is open."""
    async with open_core(home) as core, core.storage.running():
        running = RunningCore(core)
        following = asyncio.create_task(running.bus.run(), name="bus")
        listening = asyncio.create_task(running.listen(stopping), name="listening")
        stop_signal = asyncio.create_task(stopping.wait(), name="stop signal")
        on_ready(running)
        try:
            done, _ = await asyncio.wait({stop_signal, following, listening}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop_signal.cancel()
            stopping.set()
            running.bus.stop()
            await asyncio.gather(following, listening, return_exceptions=True)
        for task in done - {stop_signal}:
            task.result()  # the bus or the listener ended by itself: raise its error
