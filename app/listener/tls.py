"""TLS: the certificate from two files, and handshakes that count as connections from their first moment on."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

from app.domain.errors import SettingBad
from app.listener.connection import Connection
from app.listener.doors import Doors, Slot
from app.listener.rules import ListenerRules

CERTIFICATE, KEY = "callbacks.tls_certificate_file", "callbacks.tls_key_file"


def make_context(rules: ListenerRules) -> ssl.SSLContext | None:
    """Return the server's context, None without TLS. Raises SettingBad: one file of two, unreadable, not a pair."""
    files = {CERTIFICATE: rules.tls_certificate_file, KEY: rules.tls_key_file}
    if not any(files.values()):
        return None
    for key, name in files.items():
        if not name:
            raise SettingBad(key=key, reason="tls_needs_both")
        _must_be_readable(key, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(rules.tls_certificate_file, rules.tls_key_file, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as failure:
        raise SettingBad(key=CERTIFICATE, reason="not_a_certificate_pair") from failure
    return context


def _no_password() -> str:
    """An encrypted key would make OpenSSL ask on the terminal: the listener would stand still."""
    raise ValueError


def _must_be_readable(key: str, name: str) -> None:
    try:
        Path(name).read_bytes()
    except OSError as failure:
        raise SettingBad(key=key, reason="unreadable_file") from failure


class TlsDoor(asyncio.Protocol):
    """A connection before its handshake. It has a place among all, so that a crowd of them can be thinned out."""

    def __init__(
        self, doors: Doors, context: ssl.SSLContext, make: Callable[[], Connection], tasks: set[asyncio.Task[None]]
    ) -> None:
        self._doors = doors
        self._context = context
        self._make = make
        self._tasks = tasks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError
        transport.pause_reading()  # the first bytes belong to the handshake
        slot = self._doors.enter(transport)
        task = asyncio.create_task(self._shake_hands(transport, slot), name="tls-handshake")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _shake_hands(self, transport: asyncio.Transport, slot: Slot) -> None:
        connection = self._make()
        try:
            encrypted = await asyncio.get_running_loop().start_tls(
                transport,
                connection,
                self._context,
                server_side=True,
                ssl_handshake_timeout=self._doors.limits.head_s,
                ssl_shutdown_timeout=self._doors.limits.linger_s,
            )
        except (ConnectionAbortedError, TimeoutError):  # the handshake took too long
            self._doors.tally.slow += 1
            self._doors.leave(slot)
        except (OSError, ssl.SSLError):
            self._doors.tally.malformed += 1
            self._doors.leave(slot)
        else:
            if encrypted is None or encrypted.is_closing():
                self._doors.leave(slot)
                return
            slot.transport = encrypted
            slot.rest(self._doors.clock())
            connection.settle_in(encrypted, slot)
