"""Setup of a shop: checked settings, its key pair, the operator's keys, and which of them are still missing."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from app.bootstrap.home import Home
from app.domain.errors import BadKey, KeysExist, NotConfigured, SecretsUnreadable, SettingBad
from app.settings.reading import SettingProblem, read_text
from app.settings.schema import TOKEN_SECRET

KEY_FILE_SETTING = "operator.public_key_file"
"""As in `operator_api.key_files`, which is loaded only where a key is read."""
PRIVATE_KEY_SECRET = "private_key_pem"
REPLACED_KEY_PREFIX = f"{PRIVATE_KEY_SECRET}."
"""Prefix of the vault names of replaced private keys; the time of the replacement follows."""
log = logging.getLogger(__name__)


SECRETS = "secrets"
"""What is missing where keys and token are there and cannot be read."""


def missing_for_operator(home: Home) -> str | None:
    """Return the first missing requirement of requests to the operator, or None. Raises SecretsUnreadable."""
    if not home.settings.operator.url:
        return "operator.url"
    if not home.secrets.get(PRIVATE_KEY_SECRET):
        return "keys"
    if not home.secrets.get(TOKEN_SECRET):
        return "operator.token"
    if usable_operator_key(home) is None:
        return KEY_FILE_SETTING
    return None


def setup_problem(home: Home) -> str | None:
    """Return as `missing_for_operator`, or `secrets`: lost secrets stop requests, not reading and receiving."""
    try:
        return missing_for_operator(home)
    except SecretsUnreadable as failure:
        log.warning("no requests to the operator: %s", failure)
        return SECRETS


def operator_key_pem(home: Home) -> str | None:
    """Return the key that requests are sealed for: the first usable one, None when none is set.

    Raises SettingBad when files are set and none of them is usable.
    """
    from app.operator_api.key_files import read_keys

    pems, problems = read_keys(home.settings.operator, own_key_fingerprint(home))
    if problems and not pems:
        raise problems[0]
    return pems[0] if pems else None


def usable_operator_key(home: Home) -> str | None:
    """Return the same, but None for SettingBad: a missing key file must not prevent the start."""
    from app.operator_api.key_files import read_keys

    pems, problems = read_keys(home.settings.operator, own_key_fingerprint(home))
    for problem in problems:
        log.warning("a key of the operator cannot be read: %s", problem)
    return pems[0] if pems else None


def change_setting(home: Home, key: str, text: str) -> None:
    """Check and store a setting given as text; every key file is validated first.

    Raises SettingUnknown, SettingBad, StorageError leaves.
    """
    if key == KEY_FILE_SETTING:
        from app.operator_api.key_files import key_in_file

        value, own = read_text(key, text), own_key_fingerprint(home)
        for named in value if isinstance(value, list) else [value] if value else []:
            key_in_file(str(named), own)
    home.file.set(key, text, secrets=home.secrets)


def check_tls_setting(key: str, text: str) -> None:
    """Refuse a TLS file that a person names and no listener could use; whether the two fit is seen at its start.

    Raises SettingBad.
    """
    from app.settings import tls_files

    if key in (tls_files.CERTIFICATE, tls_files.KEY) and (named := read_text(key, text)):
        tls_files.check_file(key, str(named))


def as_error(problem: SettingProblem) -> SettingBad:
    """Return what is wrong with the settings file as the error that has a sentence."""
    return SettingBad(key=problem.key, line=problem.line, reason=problem.reason)


def make_keys(home: Home) -> None:
    """Generate and store a key pair; an existing one is never overwritten. Raises KeysExist, SecretsUnreadable."""
    from app.operator_api.keys import make_private_key_pem

    if home.secrets.get(PRIVATE_KEY_SECRET):
        raise KeysExist()
    made = make_private_key_pem()
    with home.secrets.edit() as kept:
        if kept.get(PRIVATE_KEY_SECRET):  # another process was faster
            raise KeysExist()
        kept[PRIVATE_KEY_SECRET] = made


def import_key(home: Home, path: Path, *, replace: bool = False) -> str | None:
    """Store the private key of a PEM file, PKCS#1 or PKCS#8; importing the current key changes nothing.

    With `replace`, a different existing key is archived and its fingerprint returned; else returns None.
    Raises BadKey, KeysExist, SecretsUnreadable.
    """
    from app.operator_api.key_text import read_private_key

    pem, _ = read_private_key(path)
    with home.secrets.edit() as kept:
        old = kept.get(PRIVATE_KEY_SECRET)
        if old and _key_fingerprint(old) == _key_fingerprint(pem):
            return None
        if old and not replace:
            raise KeysExist(reason="import")
        kept[PRIVATE_KEY_SECRET] = pem
        if not old:
            return None
        kept[f"{REPLACED_KEY_PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"] = old
        return _key_fingerprint(old)


def own_key_fingerprint(home: Home) -> str | None:
    """Return the fingerprint of the shop's own key; None without one, or while the secrets cannot be read."""
    try:
        pem = home.secrets.get(PRIVATE_KEY_SECRET)
    except SecretsUnreadable:
        return None
    return _key_fingerprint(pem) or None if pem else None


def replaced_keys(home: Home) -> list[tuple[datetime, str]]:
    """Return the replacement time and fingerprint of earlier key pairs, oldest first. Raises SecretsUnreadable."""
    with home.secrets.edit() as kept:
        replaced = {
            name.removeprefix(REPLACED_KEY_PREFIX): pem
            for name, pem in kept.items()
            if name.startswith(REPLACED_KEY_PREFIX)
        }
    return [(datetime.strptime(at, "%Y%m%dT%H%M%S%f%z"), _key_fingerprint(replaced[at])) for at in sorted(replaced)]


def _key_fingerprint(private_pem: str) -> str:
    """Return the fingerprint of the public key; empty for a text that is not a key."""
    from app.operator_api import keys

    try:
        return keys.fingerprint(keys.load_private_key(private_pem).public_key())
    except BadKey:
        return ""


def show_key(home: Home) -> dict[str, str]:
    """Return the public key in the form of contract.md 1. Raises NotConfigured."""
    from app.operator_api import keys

    pem = home.secrets.get(PRIVATE_KEY_SECRET)
    if not pem:
        raise NotConfigured(setting="keys")
    public = keys.public_pem(keys.load_private_key(pem))
    shown = keys.fingerprint(keys.load_public_key(public))
    return {"public_key_pem": public, "fingerprint": shown, "stored_in": home.secrets.stored_in}
