"""Named secrets, encrypted in the home's vault (AES-GCM). The vault's key is in the keyring or in a 0600 file."""

from __future__ import annotations

import base64
import json
import os
import secrets as random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from app.domain.errors import SecretsUnreadable
from app.settings.home.atomic import write_private
from app.settings.home.locks import FileLock
from app.settings.home.marker import HomeMarker
from app.settings.home.paths import HomePaths
from app.settings.vault.keyring_key import KeyringBackend, KeyringKey, keyring_is_off

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = 1
REFUSED_S = 5.0
"""So long a keyring that refused or did not answer is not asked again."""


@dataclass(frozen=True, slots=True)
class _Vault:
    """`id` names the key in the keyring: it moves with the home, whatever folder the home is in."""

    id: str
    sealed: dict[str, str]

    def to_bytes(self) -> bytes:
        return json.dumps({"version": _VERSION, "id": self.id, "secrets": self.sealed}).encode()


class VaultSecrets:
    """The port `Secrets`. `stored_in` says where the vault's key is; final after the first get or put."""

    def __init__(
        self,
        paths: HomePaths,
        *,
        warn: Callable[[str], None],
        backend: KeyringBackend | None = None,
        timeout_s: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
        is_locked: Callable[[], bool] | None = None,
    ) -> None:
        """`clock` in seconds; `is_locked` says so of the keyring without asking a person."""
        self._paths = paths
        self._marker = HomeMarker(paths)
        self._warn = warn
        self._keyring = KeyringKey(backend, timeout_s=timeout_s)
        self._is_locked = is_locked or self._keyring.is_locked
        self._clock = clock
        self._refused_until: float | None = None
        self._key: bytes | None = None
        off = backend is None and keyring_is_off()
        self.stored_in: str = "file" if off or paths.secrets_file.exists() else "keyring"

    def get(self, name: str) -> str | None:
        """Return a secret, or None when there is none. Raises SecretsUnreadable."""
        vault = self._vault()
        if vault is None or name not in vault.sealed:
            return None
        return self._open(name, vault.sealed[name], self._known_key(vault))

    def names(self) -> frozenset[str]:
        """Return the names of the stored secrets, without looking up the key. Raises SecretsUnreadable."""
        vault = self._vault()
        return frozenset() if vault is None else frozenset(vault.sealed)

    def put(self, name: str, value: str) -> None:
        """Store a secret, replacing an earlier value. Raises SecretsUnreadable rather than lose existing ones."""
        with self.edit() as kept:
            kept[name] = value

    @contextmanager
    def edit(self) -> Iterator[dict[str, str]]:
        """Yield all secrets by name to read and change, under the lock; stored at the end unless the body raises.

        Decisions that depend on a secret belong in the body. Raises SecretsUnreadable rather than lose existing ones.
        """
        with FileLock(self._paths.vault_file.with_suffix(".lock")):
            vault = self._vault()
            before = {} if vault is None else self._opened(vault)
            kept = dict(before)
            yield kept
            if kept == before:
                return
            key = self._known_key(vault) if vault else None
            vault = vault or _Vault(random.token_hex(8), {})
            key = key or self._new_key(vault.id)
            sealed = {
                name: vault.sealed[name] if before.get(name) == value else _seal(name, value, key)
                for name, value in kept.items()
            }
            write_private(self._paths.vault_file, replace(vault, sealed=sealed).to_bytes())
            self._marker.note(has_vault=True)

    def is_available(self) -> bool:
        """Say whether the vault can be opened now; no person is asked, and no refused keyring before its pause is over.

        May take as long as a keyring that does not answer: not for a loop's thread.
        """
        try:
            vault = self._vault()
            if vault is None or self._key is not None:
                return True
            if not self._paths.secrets_file.exists() and self._is_locked():
                return False
            self._known_key(vault)
        except SecretsUnreadable:
            return False
        return True

    def _opened(self, vault: _Vault) -> dict[str, str]:
        key = self._known_key(vault)
        # a wrong key must not split the vault in two
        return {name: self._open(name, sealed, key) for name, sealed in vault.sealed.items()}

    def _vault(self) -> _Vault | None:
        try:
            raw = json.loads(self._paths.vault_file.read_bytes())
            if raw["version"] != _VERSION:
                raise SecretsUnreadable(reason="vault_version")
            return _Vault(str(raw["id"]), {str(name): str(text) for name, text in raw["secrets"].items()})
        except FileNotFoundError:
            if (notes := self._marker.notes()) and notes.has_vault:
                raise SecretsUnreadable(reason="vault_gone") from None
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise SecretsUnreadable(reason="vault_damaged") from error

    def _known_key(self, vault: _Vault) -> bytes:
        if self._key is None:
            text = self._key_file_text()
            self.stored_in = "keyring" if text is None else "file"
            self._key = _decoded(self._key_of_keyring(vault.id) if text is None else text)
        return self._key

    def _key_of_keyring(self, vault_id: str) -> str | None:
        """Return what the keyring gives, None while it refuses: each question may take seconds or show a dialog."""
        if self._refused_until is not None and self._clock() < self._refused_until:
            return None
        text = self._keyring.read(vault_id)
        self._refused_until = self._clock() + REFUSED_S if text is None else None
        return text

    def _key_file_text(self) -> str | None:
        try:
            return self._paths.secrets_file.read_text("ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise SecretsUnreadable(reason="key_file_damaged") from error

    def _new_key(self, vault_id: str) -> bytes:
        text = self._key_file_text()  # left by a start that was killed before the vault was written
        if text is None:
            text = base64.b64encode(random.token_bytes(KEY_BYTES)).decode()
            if self._keyring.keep(vault_id, text):
                self.stored_in = "keyring"
                self._key = _decoded(text)
                return self._key
            write_private(self._paths.secrets_file, text.encode() + b"\n")
            self._warn("secrets_in_file")
        self.stored_in = "file"
        self._key = _decoded(text)
        return self._key

    def _open(self, name: str, sealed: str, key: bytes) -> str:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            packed = base64.b64decode(sealed, validate=True)
            return AESGCM(key).decrypt(packed[:_NONCE_BYTES], packed[_NONCE_BYTES:], name.encode()).decode()
        except (InvalidTag, ValueError) as error:
            self._key = None  # another process may have repaired it
            raise SecretsUnreadable(reason="wrong_key") from error


def _seal(name: str, value: str, key: bytes) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, value.encode(), name.encode())).decode()


def _decoded(text: str | None) -> bytes:
    try:
        key = base64.b64decode(text or "", validate=True)
    except ValueError as error:
        raise SecretsUnreadable(reason="key_damaged") from error
    if len(key) != KEY_BYTES:
        raise SecretsUnreadable(reason="key_lost")
    return key
