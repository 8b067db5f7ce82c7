"""One installation: its folder with settings and secrets, the listener's address, and its ledger."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.errors import StorageError
from app.domain.web_addresses import base_url, read_host, read_ip
from app.services.ports.secret_store import Secrets
from app.settings.file import SettingsFile
from app.settings.file_stamp import Stamp, stamp_of
from app.settings.home.atomic import write_private
from app.settings.home.marker import HomeMarker
from app.settings.home.paths import HomePaths, home_dir
from app.settings.home.process_marker import ProcessMarker
from app.settings.schema import Settings
from app.system import SystemClock

if TYPE_CHECKING:
    from app.storage.ledger import SqlLedger


@dataclass(frozen=True, slots=True)
class Home:
    """One installation's folder with the settings and secrets read at start.

    `stamps`: of the files with settings and secrets, taken before reading them.
    """

    paths: HomePaths
    file: SettingsFile
    settings: Settings
    secrets: Secrets
    stamps: tuple[Stamp | None, ...]

    @property
    def mode(self) -> str:
        """`demo` or `live`; a ledger has one mode for life (protocol.md A7)."""
        return self.settings.operator.mode


def open_home(given: str | None, warn: Callable[[str], None]) -> Home:
    """Create the folder if necessary and read its settings; `warn` gets codes for `i18n`. Raises StorageError."""
    from app.settings.vault.secrets import VaultSecrets

    paths = HomePaths(home_dir(given))
    paths.ensure()
    stamps = home_stamps(paths)
    file = SettingsFile(paths.settings_file)
    settings = file.load()
    return Home(paths, file, settings, VaultSecrets(paths, warn=warn), stamps)


def home_stamps(paths: HomePaths) -> tuple[Stamp | None, ...]:
    """Return the stamps of the settings and secrets files, which change with every write."""
    return tuple(stamp_of(str(path)) for path in (paths.settings_file, paths.vault_file))


@dataclass(frozen=True, slots=True)
class HomeLedger:
    """All that a read-only verb needs. `process_marker`: the marker of this process in the home."""

    home: Home
    ledger: SqlLedger
    clock: SystemClock
    process_marker: ProcessMarker


@asynccontextmanager
async def open_home_ledger(home: Home) -> AsyncIterator[HomeLedger]:
    """Open the home's ledger; closes in reverse order. Raises StorageError leaves."""
    from app.storage.ledger import open_ledger

    async with AsyncExitStack() as opened:
        process_marker = ProcessMarker(home.paths.process_marker_dir)
        process_marker.create()
        opened.callback(process_marker.remove)
        marker = HomeMarker(home.paths)
        ledger = open_ledger(home.paths.ledger_file, marker=marker)
        opened.push_async_callback(ledger.close)
        marker.note(operator_url=home.settings.operator.url or None, has_vault=home.paths.vault_file.exists())
        yield HomeLedger(home, ledger, SystemClock(), process_marker)


def callback_base(home: Home, running: str | None = None) -> str:
    """Return the public base, else `running` (this process's listener), else the last listener's, else the settings'.

    A running listener keeps the scheme of its start, http or https, even when the settings have changed.
    """
    chosen = home.settings.callbacks
    configured = listener_base(home, (chosen.host, chosen.port))
    return chosen.public_url or running or last_listener_base(home) or configured


def listener_base(home: Home, address: tuple[str, int]) -> str:
    """Return `http[s]://HOST:PORT` of a listener that starts with the current settings at this address."""
    return _base("https" if home.settings.callbacks.has_tls else "http", *address)


def last_listener_base(home: Home) -> str | None:
    """Return `http[s]://HOST:PORT` of the last listener, with the scheme of its start; None before the first."""
    address = remembered_address(home)
    if address is None:
        return None
    scheme = _listener_state(home).get("scheme")
    return _base(str(scheme), *address) if scheme in ("http", "https") else listener_base(home, address)


def _base(scheme: str, host: str, port: int) -> str:
    # A listener on all addresses is named by the one that this computer reaches it at.
    literal = read_ip(host)
    if not host or (literal is not None and literal.is_unspecified):
        host = "::1" if literal is not None and literal.version == 6 else "127.0.0.1"
    return base_url(scheme, host, port)


def remembered_address(home: Home) -> tuple[str, int] | None:
    """Return the address of the last listener on this home, or None before the first."""
    try:
        state = _listener_state(home)
        host, port = read_host(str(state["host"])), int(str(state["port"]))
    except (ValueError, KeyError):
        return None
    return (host, port) if host is not None and 0 < port < 65536 else None


def _listener_state(home: Home) -> dict[str, object]:
    try:
        state = json.loads(home.paths.state_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def remember_address(home: Home, host: str, port: int) -> None:
    """Store the listener's address for `link`. On a full disk the listener runs, and the settings' address is used."""
    scheme = "https" if home.settings.callbacks.has_tls else "http"
    with suppress(StorageError):
        write_private(home.paths.state_file, json.dumps({"host": host, "port": port, "scheme": scheme}).encode())
