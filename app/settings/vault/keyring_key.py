"""The vault's key in the operating system's keyring. Any call may fail or hang, so each has a timeout of 2 s."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable
from typing import Protocol

SERVICE = "paydesk"
TIMEOUT_S = 2.0
_log = logging.getLogger(__name__)


class KeyringBackend(Protocol):
    """The used part of a `keyring` backend."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...


def keyring_is_off() -> bool:
    """Return whether PAYDESK_KEYRING=off: servers without a session, and tests."""
    return os.environ.get("PAYDESK_KEYRING", "").lower() == "off"


class KeyringKey:
    """Stores texts by name. `backend` None: the system's own, found at the first call."""

    def __init__(self, backend: KeyringBackend | None = None, *, timeout_s: float = TIMEOUT_S) -> None:
        self._backend = backend
        self._timeout_s = timeout_s

    def read(self, name: str) -> str | None:
        """Return the text, or None: absent, refused or no answer in time."""
        return self._answer(lambda: self._found().get_password(SERVICE, name))

    def is_locked(self) -> bool:
        """Say whether the keyring would ask a person to unlock it; False where it does not tell."""

        def look() -> str | None:
            return "locked" if _is_locked(self._found()) else None

        return self._answer(look) is not None

    def keep(self, name: str, value: str) -> bool:
        """Return whether the keyring stored the text and returns it."""

        def store_and_read() -> str | None:
            backend = self._found()
            backend.set_password(SERVICE, name, value)
            return backend.get_password(SERVICE, name)

        return self._answer(store_and_read) == value

    def _found(self) -> KeyringBackend:
        if self._backend is None:
            import keyring  # takes 67 ms, and most starts do not need it

            self._backend = keyring.get_keyring()
        return self._backend

    def _answer(self, call: Callable[[], str | None]) -> str | None:
        if self._backend is None and keyring_is_off():
            return None
        answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()

        def run() -> None:
            try:
                answers.put(call())
            except Exception as error:  # noqa: BLE001 - backends pass on any error of their D-Bus or COM layer
                _log.info("keyring refused: %s", type(error).__name__)
                answers.put(None)

        # a daemon thread: a keyring that waits for an invisible dialog must not delay the exit
        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            return answers.get(timeout=self._timeout_s)
        except queue.Empty:
            _log.info("keyring did not answer")
            return None


def _is_locked(backend: object) -> bool:
    """Say so of the Secret Service (GNOME, KDE), the only backend whose reading shows a dialog by itself."""
    if chained := getattr(backend, "backends", None):
        return any(_is_locked(one) for one in list(chained)[:1])
    if not type(backend).__module__.startswith("keyring.backends.SecretService"):
        return False
    import secretstorage

    bus = secretstorage.dbus_init()
    try:
        return bool(secretstorage.get_default_collection(bus).is_locked())
    finally:
        bus.close()
