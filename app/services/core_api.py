"""The interface of the core for a window. Every coroutine here runs on the core's loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from app.domain.errors import SettingBad
from app.services.bus import Bus
from app.services.checks.doctor import Doctor
from app.services.day.shop_days import ShopDays
from app.services.history.settlement import ManualSettlement
from app.services.ports.clock import Clock
from app.services.ports.ledger import Ledger
from app.services.refunds.refunds import Refunds
from app.services.sales.till import Till
from app.services.status.status_inquiry import StatusInquiry
from app.services.status.status_poller import StatusPoller


@dataclass(frozen=True, slots=True)
class Health:
    """State of the operator, the listener and the data. Problems are codes of `domain.errors`; None: none known.

    `operator_problem` is `code: reason`, so that a refused certificate is not reported as no answer.
    """

    operator_answered_at: datetime | None = None
    operator_latency_ms: float | None = None
    operator_problem: str | None = None
    listener_address: str | None = None
    listener_problem: str | None = None
    listener_setting: SettingBad | None = None
    """Which setting is bad, and why, where `listener_problem` is `setting_bad`."""
    listener_port: int | None = None
    callback_at: datetime | None = None
    reached_at: datetime | None = None
    """When the check-up's own request last came back through the public address."""
    reach_problem: str | None = None
    """Why callbacks cannot be expected: `no_public_address`, or `not_reached` where the last check-up found so."""
    storage_problem: str | None = None
    """The data cannot be written now, or are doubtful after an unclean stop."""
    setting_problems: tuple[SettingBad, ...] = ()
    """What is wrong with the settings file itself; the last good values are in use."""


class Preferences(Protocol):
    """The settings of this home and its key pair. Calls do short file I/O; a change takes effect at once."""

    def values(self) -> dict[str, object]:
        """Return every setting of contract.md 4 by key; secrets as `***`."""
        ...

    async def change(self, values: dict[str, str]) -> None:
        """Store settings given as text. Raises SettingBad, SettingUnknown, StorageError; the first bad one stops."""
        ...

    def missing(self) -> str | None:
        """Return the first setting that requests to the operator still need, or None."""
        ...

    def public_key(self) -> dict[str, str] | None:
        """Return `public_key_pem`, `fingerprint`, `stored_in`, or None while there is no key."""
        ...

    async def make_keys(self) -> None:
        """Make a key pair. Raises KeysExist where there is one."""
        ...

    async def import_key(self, path: Path, *, replace: bool = False) -> None:
        """Import a private key. Raises BadKey, and KeysExist where there is another one and `replace` is false;
        a replaced one is kept as a backup."""
        ...


class ViewChoices(Protocol):
    """What a person chose of how the window shows things, remembered in the home by name."""

    async def get(self, name: str) -> str | None:
        """Return what was kept; None if nothing was, or if it cannot be read."""
        ...

    async def keep(self, name: str, text: str) -> None:
        """Remember a choice in place of the former one. Raises StorageError."""
        ...


class CoreApi(Protocol):
    """The running core as the window sees it."""

    @property
    def till(self) -> Till: ...

    @property
    def status_inquiry(self) -> StatusInquiry: ...

    @property
    def status_poller(self) -> StatusPoller: ...

    @property
    def ledger(self) -> Ledger: ...

    @property
    def refunds(self) -> Refunds: ...

    @property
    def settlement(self) -> ManualSettlement: ...

    @property
    def days(self) -> ShopDays: ...

    @property
    def doctor(self) -> Doctor: ...

    @property
    def bus(self) -> Bus: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def preferences(self) -> Preferences: ...

    @property
    def view_choices(self) -> ViewChoices: ...

    @property
    def is_demo(self) -> bool: ...

    async def write_diagnostics(self, target: Path) -> Path:
        """Write the file for support: nothing secret, nothing personal. Raises StorageError."""
        ...

    def health(self) -> Health: ...

    def on_health_changed(self, listener: Callable[[], None]) -> None:
        """Notify this listener (on the core's thread) whenever the callback listener's state changed."""
        ...

    def on_settings_changed(self, listener: Callable[[], None]) -> None:
        """Call this listener (on the core's thread) after the settings in use changed, whoever changed them."""
        ...
