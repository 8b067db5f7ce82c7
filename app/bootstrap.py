"""The composition root of the core, the only maker of adapters. Heavy rooms are imported where they are made."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import BadKey, KeysExist, NotConfigured, SettingBad
from app.domain.ids import TransactionId
from app.lifecycle import Receiving, SystemClock, SystemEntropy
from app.services.intake import Intake, IntakeRules
from app.services.ports import Ledger, LinkAnswer, LinkOrder, OperatorGateway, Secrets, StatusAnswer
from app.services.till import Till, TillRules
from app.services.watch import AskingRules, Watch
from app.settings.file import SettingsFile
from app.settings.locks import FileLock
from app.settings.paths import HomePaths, home_dir
from app.settings.schema import TOKEN_SECRET, Settings

if TYPE_CHECKING:
    from app.listener.server import Listener
    from app.simulator.server import Simulator

PRIVATE_KEY_SECRET = "private_key_pem"
LEASE_MARGIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Home:
    """One installation's folder with what is read at start."""

    paths: HomePaths
    file: SettingsFile
    settings: Settings
    secrets: Secrets

    @property
    def mode(self) -> str:
        """`demo` or `live`; a ledger keeps to one (protocol.md A7)."""
        return "demo" if self.settings.operator.is_demo else "live"


@dataclass(frozen=True, slots=True)
class Core:
    """What the faces of the program call."""

    home: Home
    ledger: Ledger
    operator: OperatorGateway
    till: Till
    watch: Watch
    clock: SystemClock
    entropy: SystemEntropy


def open_home(given: str | None, warn: Callable[[str], None]) -> Home:
    """Make the folder if need be and read its settings; `warn` hears codes for `i18n`. Raises StorageError."""
    from app.settings.secrets import VaultSecrets

    paths = HomePaths(home_dir(given))
    paths.ensure()
    file = SettingsFile(paths.settings_file)
    settings = file.load()
    return Home(paths, file, settings, VaultSecrets(paths, warn=warn))


@asynccontextmanager
async def open_core(home: Home, *, address: tuple[str, int] | None = None) -> AsyncIterator[Core]:
    """Open the ledger and join the services to it; closes in the opposite order. Raises StorageError.

    `address` is the listener's host and port where this process listens itself.
    """
    from app.storage.ledger import open_ledger

    ledger = open_ledger(home.paths.ledger_file)
    clock, entropy = SystemClock(), SystemEntropy()
    operator = make_operator(home, clock)
    try:
        till = Till(ledger, operator, clock, entropy, till_rules(home, address))
        watch = Watch(ledger, operator, clock, AskingRules(proves=home.settings.operator.asking_proves))
        yield Core(home, ledger, operator, till, watch, clock, entropy)
    finally:
        await operator.close()
        await ledger.close()


def make_operator(home: Home, clock: SystemClock) -> OperatorGateway:
    """Return the real client, or a stand-in that says what is not configured."""
    missing = missing_for_operator(home)
    if missing:
        return UnconfiguredOperator(missing)
    from app.operator_api.client import HttpxOperator
    from app.operator_api.mapping import OperatorSettings

    chosen = home.settings
    settings = OperatorSettings(
        url=chosen.operator.url,
        terminal_id=chosen.shop.terminal_id,
        locale=chosen.shop.payer_locale,
        timeout_s=chosen.operator.timeout_s,
        ttl_value=chosen.operator.ttl_value or None,
        success_url=chosen.callbacks.success_url or None,
        fail_url=chosen.callbacks.fail_url or None,
    )
    private_pem = home.secrets.get(PRIVATE_KEY_SECRET) or ""
    token = home.secrets.get(TOKEN_SECRET) or ""
    return HttpxOperator(settings, private_pem, token, operator_key_pem(home) or "", clock)


def missing_for_operator(home: Home) -> str | None:
    """Return the first thing that talking to the operator still needs, or None."""
    if not home.settings.operator.url:
        return "operator.url"
    if not home.secrets.get(PRIVATE_KEY_SECRET):
        return "keys"
    if not home.secrets.get(TOKEN_SECRET):
        return "operator.token"
    if operator_key_pem(home) is None:
        return "operator.public_key_file"
    return None


def operator_key_pem(home: Home) -> str | None:
    """Return the operator's public key: the file that was set, else the published one of the environment."""
    from app.operator_api import keys

    named = home.settings.operator.public_key_file
    if named:
        try:
            return Path(named).expanduser().read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as failure:
            raise SettingBad(key="operator.public_key_file", reason="unreadable_file") from failure
    published = {"test": keys.TEST_OPERATOR_KEY_PEM, "production": keys.PRODUCTION_OPERATOR_KEY_PEM}
    return published.get(home.settings.operator.environment)


class UnconfiguredOperator:
    """The gateway of a home that cannot talk to the operator yet: every call says what is missing."""

    def __init__(self, missing: str) -> None:
        self._missing = missing

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        raise NotConfigured(setting=self._missing)

    async def ask_status(self, transaction_id: TransactionId) -> StatusAnswer:
        raise NotConfigured(setting=self._missing)

    async def close(self) -> None:
        """Nothing is open."""


def till_rules(home: Home, address: tuple[str, int] | None = None) -> TillRules:
    """Return what the settings say about links."""
    chosen = home.settings
    return TillRules(
        callback_base=callback_base(home, address),
        terminal_id=chosen.shop.terminal_id,
        payer_locale=chosen.shop.payer_locale,
        ttl=timedelta(minutes=chosen.till.ttl_minutes),
        max_amount_minor=chosen.till.max_amount_minor,
        lease=timedelta(seconds=chosen.operator.timeout_s + LEASE_MARGIN_S),
        mode=home.mode,
        owner=f"{socket.gethostname()}:{os.getpid()}",
    )


def callback_base(home: Home, address: tuple[str, int] | None = None) -> str:
    """Return the public base, else the address of this or the last listener, else the configured one."""
    chosen = home.settings.callbacks
    if chosen.public_url:
        return chosen.public_url
    host, port = address or remembered_address(home) or (chosen.host, chosen.port)
    if host in ("", "0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def remembered_address(home: Home) -> tuple[str, int] | None:
    """Return the address of the last listener on this home, or None before the first."""
    try:
        state = json.loads(home.paths.state_file.read_text(encoding="utf-8"))
        return str(state["host"]), int(state["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember_address(home: Home, host: str, port: int) -> None:
    """Keep the listener's address for `link`. A full disk must not stop the listener: losing it costs a setting."""
    try:
        home.paths.state_file.write_text(json.dumps({"host": host, "port": port}), encoding="utf-8")
    except OSError:
        return


def make_listener(core: Core, host: str, port: int) -> Listener:
    """Return the callback listener joined to the ledger; it is not bound yet."""
    from app.listener.server import Listener
    from app.operator_api.callbacks import parse_callback
    from app.operator_api.signature import SignatureVerifier

    home = core.home
    rules = IntakeRules(accept_unsigned=home.settings.callbacks.signature == "optional")
    intake = Intake(core.ledger, core.clock, core.entropy, rules)
    verifier = SignatureVerifier(operator_key_pem(home))
    return Listener(intake, lambda query: parse_callback(query, verifier), host=host, port=port)


def make_receiving(core: Core, host: str, port: int) -> tuple[Receiving, Listener]:
    """Return the part of the core that one process per home runs."""
    listener = make_listener(core, host, port)
    return Receiving(FileLock(core.home.paths.lock_file), listener, core.till, core.watch), listener


def make_keys(home: Home) -> None:
    """Make and keep a key pair; one that is there is never overwritten. Raises KeysExist."""
    from app.operator_api.keys import make_private_key_pem

    if home.secrets.get(PRIVATE_KEY_SECRET):
        raise KeysExist()
    home.secrets.put(PRIVATE_KEY_SECRET, make_private_key_pem())


def import_key(home: Home, path: Path) -> None:
    """Keep the private key of a PEM file, PKCS#1 or PKCS#8. Raises BadKey."""
    from app.operator_api.keys import load_private_key

    try:
        pem = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as failure:
        raise BadKey(reason="unreadable_file") from failure
    load_private_key(pem)
    home.secrets.put(PRIVATE_KEY_SECRET, pem)


def show_key(home: Home) -> dict[str, str]:
    """Return the public half as contract.md 1 shows it. Raises NotConfigured."""
    from app.operator_api import keys

    pem = home.secrets.get(PRIVATE_KEY_SECRET)
    if not pem:
        raise NotConfigured(setting="keys")
    public = keys.public_pem(keys.load_private_key(pem))
    shown = keys.fingerprint(keys.load_public_key(public))
    return {"public_key_pem": public, "fingerprint": shown, "stored_in": home.secrets.stored_in}


def make_simulator(
    *,
    port: int,
    directory: Path,
    speed: float,
    merchant_key: Path | None = None,
    operator_key: Path | None = None,
    faults: Sequence[str] = (),
    two_step: bool = False,
) -> Simulator:
    """Return the demo operator, not yet bound. Raises BadKey, OSError for files that cannot be read."""
    from app.simulator.server import Simulator

    return Simulator(
        port=port,
        directory=directory,
        speed=speed,
        merchant_public_pem=merchant_key.read_text(encoding="ascii") if merchant_key else None,
        operator_private_pem=operator_key.read_text(encoding="ascii") if operator_key else None,
        faults=tuple(faults),
        two_step=two_step,
    )
