"""One installation's folder: its settings, secrets and keys."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.bootstrap.mode import mode_name
from app.bootstrap.operator_keys import KEY_FILE_SETTING, key_in_file, read_keys
from app.domain.errors import BadKey, KeysExist, NotConfigured, SecretsUnreadable, StorageError
from app.domain.web_addresses import base_url
from app.services.secret_store import Secrets
from app.settings.atomic import write_private
from app.settings.file import SettingsFile
from app.settings.paths import HomePaths, home_dir
from app.settings.reading import read_text
from app.settings.schema import TOKEN_SECRET, Settings

PRIVATE_KEY_SECRET = "private_key_pem"
KEPT_ASIDE = f"{PRIVATE_KEY_SECRET}."
"""Before the moment when a private key was replaced: under this name it stays in the vault."""
log = logging.getLogger(__name__)


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
        return mode_name(self.settings.operator.is_demo)


def open_home(given: str | None, warn: Callable[[str], None]) -> Home:
    """Make the folder if need be and read its settings; `warn` hears codes for `i18n`. Raises StorageError."""
    from app.settings.secrets import VaultSecrets

    paths = HomePaths(home_dir(given))
    paths.ensure()
    file = SettingsFile(paths.settings_file)
    settings = file.load()
    return Home(paths, file, settings, VaultSecrets(paths, warn=warn))


def missing_for_operator(home: Home) -> str | None:
    """Return the first thing that talking to the operator still needs, or None. Raises SecretsUnreadable."""
    if not home.settings.operator.url:
        return "operator.url"
    if not home.secrets.get(PRIVATE_KEY_SECRET):
        return "keys"
    if not home.secrets.get(TOKEN_SECRET):
        return "operator.token"
    if usable_operator_key(home) is None:
        return KEY_FILE_SETTING
    return None


def hindrance(home: Home) -> str | None:
    """Return what `missing_for_operator` does, or `secrets`: lost secrets stop requests, not reading and receiving."""
    try:
        return missing_for_operator(home)
    except SecretsUnreadable as failure:
        log.warning("no requests to the operator: %s", failure)
        return "secrets"


def operator_key_pem(home: Home) -> str | None:
    """Return the key that requests are sealed for: the first that can be used, None when none is set.

    Raises SettingBad when files are set and none of them can be used.
    """
    pems, problems = read_keys(home.settings.operator)
    if problems and not pems:
        raise problems[0]
    return pems[0] if pems else None


def usable_operator_key(home: Home) -> str | None:
    """Return the same or None: a key file that is gone must not keep the program from starting."""
    pems, problems = read_keys(home.settings.operator)
    for problem in problems:
        log.warning("a key of the operator cannot be read: %s", problem)
    return pems[0] if pems else None


def change_setting(home: Home, key: str, text: str) -> None:
    """Check and store a setting given as text; every key file is read before it is believed.

    Raises SettingUnknown, SettingBad, StorageError leaves.
    """
    if key == KEY_FILE_SETTING:
        value = read_text(key, text)
        for named in value if isinstance(value, list) else [value] if value else []:
            key_in_file(str(named))
    home.file.set(key, text, secrets=home.secrets)


def callback_base(home: Home, address: tuple[str, int] | None = None) -> str:
    """Return the public base, else the address of this or the last listener, else the configured one."""
    chosen = home.settings.callbacks
    if chosen.public_url:
        return chosen.public_url
    if address is not None:
        return listener_base(home, address)
    return last_listener_base(home) or listener_base(home, (chosen.host, chosen.port))


def listener_base(home: Home, address: tuple[str, int]) -> str:
    """Return `http[s]://HOST:PORT` of a listener that starts with today's settings at this address."""
    return _base("https" if home.settings.callbacks.has_tls else "http", *address)


def last_listener_base(home: Home) -> str | None:
    """Return the same of the last listener, which keeps the http or https of its start; None before the first."""
    address = remembered_address(home)
    if address is None:
        return None
    scheme = _listener_state(home).get("scheme")
    return _base(str(scheme), *address) if scheme in ("http", "https") else listener_base(home, address)


def _base(scheme: str, host: str, port: int) -> str:
    # A listener on all addresses is named by the one that this computer reaches it at.
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return base_url(scheme, host, port)


def remembered_address(home: Home) -> tuple[str, int] | None:
    """Return the address of the last listener on this home, or None before the first."""
    try:
        state = _listener_state(home)
        return str(state["host"]), int(str(state["port"]))
    except (ValueError, KeyError):
        return None


def _listener_state(home: Home) -> dict[str, object]:
    try:
        state = json.loads(home.paths.state_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def remember_address(home: Home, host: str, port: int) -> None:
    """Keep the listener's address for `link`. A full disk must not stop the listener: losing it costs a setting."""
    scheme = "https" if home.settings.callbacks.has_tls else "http"
    with suppress(StorageError):
        write_private(home.paths.state_file, json.dumps({"host": host, "port": port, "scheme": scheme}).encode())


def make_keys(home: Home) -> None:
    """Make and keep a key pair; one that is there is never overwritten. Raises KeysExist, SecretsUnreadable."""
    from app.operator_api.keys import make_private_key_pem

    if home.secrets.get(PRIVATE_KEY_SECRET):
        raise KeysExist()
    made = make_private_key_pem()
    with home.secrets.edit() as kept:
        if kept.get(PRIVATE_KEY_SECRET):  # another process was quicker
            raise KeysExist()
        kept[PRIVATE_KEY_SECRET] = made


def import_key(home: Home, path: Path, *, replace: bool = False) -> str | None:
    """Keep the private key of a PEM file, PKCS#1 or PKCS#8; the key that is there already changes nothing.

    With `replace` another key that is there is kept aside; returns its fingerprint then, else None.
    Raises BadKey, KeysExist, SecretsUnreadable.
    """
    from app.operator_api.keys import load_private_key

    try:
        pem = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as failure:
        raise BadKey(reason="unreadable_file") from failure
    load_private_key(pem)
    with home.secrets.edit() as kept:
        old = kept.get(PRIVATE_KEY_SECRET)
        if old and _key_fingerprint(old) == _key_fingerprint(pem):
            return None
        if old and not replace:
            raise KeysExist(reason="import")
        kept[PRIVATE_KEY_SECRET] = pem
        if not old:
            return None
        kept[f"{KEPT_ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"] = old
        return _key_fingerprint(old)


def keys_aside(home: Home) -> list[tuple[datetime, str]]:
    """Return when each earlier key pair was replaced and its fingerprint, oldest first. Raises SecretsUnreadable."""
    with home.secrets.edit() as kept:
        aside = {name.removeprefix(KEPT_ASIDE): pem for name, pem in kept.items() if name.startswith(KEPT_ASIDE)}
    return [(datetime.strptime(at, "%Y%m%dT%H%M%S%f%z"), _key_fingerprint(aside[at])) for at in sorted(aside)]


def _key_fingerprint(private_pem: str) -> str:
    """Return the fingerprint of the public half; empty for a text that is no key."""
    from app.operator_api import keys

    try:
        return keys.fingerprint(keys.load_private_key(private_pem).public_key())
    except BadKey:
        return ""


def show_key(home: Home) -> dict[str, str]:
    """Return the public half as contract.md 1 shows it. Raises NotConfigured."""
    from app.operator_api import keys

    pem = home.secrets.get(PRIVATE_KEY_SECRET)
    if not pem:
        raise NotConfigured(setting="keys")
    public = keys.public_pem(keys.load_private_key(pem))
    shown = keys.fingerprint(keys.load_public_key(public))
    return {"public_key_pem": public, "fingerprint": shown, "stored_in": home.secrets.stored_in}
