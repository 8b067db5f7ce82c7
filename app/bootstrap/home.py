"""One installation's folder: its settings, secrets and keys."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap.mode import mode_name
from app.domain.errors import BadKey, KeysExist, NotConfigured, SettingBad
from app.services.ports import Secrets
from app.settings.file import SettingsFile
from app.settings.paths import HomePaths, home_dir
from app.settings.schema import TOKEN_SECRET, Settings

PRIVATE_KEY_SECRET = "private_key_pem"
KEY_FILE_SETTING = "operator.public_key_file"
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
    """Return the first thing that talking to the operator still needs, or None."""
    if not home.settings.operator.url:
        return "operator.url"
    if not home.secrets.get(PRIVATE_KEY_SECRET):
        return "keys"
    if not home.secrets.get(TOKEN_SECRET):
        return "operator.token"
    if usable_operator_key(home) is None:
        return "operator.public_key_file"
    return None


def operator_key_pem(home: Home) -> str | None:
    """Return the operator's public key: the file that was set, else the published one of the environment.

    Raises SettingBad for a file that cannot be read or holds no key.
    """
    from app.operator_api import keys

    named = home.settings.operator.public_key_file
    if named:
        return _key_in_file(named)
    published = {"test": keys.TEST_OPERATOR_KEY_PEM, "production": keys.PRODUCTION_OPERATOR_KEY_PEM}
    return published.get(home.settings.operator.environment)


def usable_operator_key(home: Home) -> str | None:
    """Return the operator's key or None: a key file that is gone must not keep the program from starting."""
    try:
        return operator_key_pem(home)
    except SettingBad as failure:
        log.warning("no operator key: %s", failure)
        return None


def change_setting(home: Home, key: str, text: str) -> None:
    """Check and store a setting given as text; a key file is read before it is believed.

    Raises SettingUnknown, SettingBad, StorageError leaves.
    """
    if key == KEY_FILE_SETTING and text.strip():
        _key_in_file(text.strip())
    home.file.set(key, text, secrets=home.secrets)


def _key_in_file(named: str) -> str:
    from app.operator_api import keys

    try:
        pem = Path(named).expanduser().read_text(encoding="ascii")
        keys.load_public_key(pem)
    except (OSError, UnicodeDecodeError) as failure:
        raise SettingBad(key=KEY_FILE_SETTING, reason="unreadable_file") from failure
    except BadKey as failure:
        raise SettingBad(key=KEY_FILE_SETTING, reason="not_a_key") from failure
    return pem


def callback_base(home: Home, address: tuple[str, int] | None = None) -> str:
    """Return the public base, else the address of this or the last listener, else the configured one."""
    chosen = home.settings.callbacks
    if chosen.public_url:
        return chosen.public_url
    host, port = address or remembered_address(home) or (chosen.host, chosen.port)
    # A listener on all addresses is named by the one that this computer reaches it at.
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    scheme = "https" if chosen.tls_certificate_file else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


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
