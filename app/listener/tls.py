"""TLS: a certificate from two renewable files, and handshakes that count as connections from the start."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable

from app.domain.errors import Defect, SettingBad
from app.listener.connection import Connection
from app.listener.connection_pool import ConnectionPool, ConnectionSlot
from app.listener.policy import ListenerPolicy
from app.settings.file_stamp import Stamp, stamp_of
from app.settings.tls_files import server_context

RETRY_S = 5.0
"""Retry interval for failures that are not due to the files (no file handle left, an unreachable share)."""
log = logging.getLogger(__name__)


Stamps = tuple[tuple[str, Stamp | None], ...]
Load = Callable[[ListenerPolicy], ssl.SSLContext | None]


def make_context(policy: ListenerPolicy) -> ssl.SSLContext | None:
    """Return the server's context, None without TLS. Raises SettingBad: one file of two, unreadable, not a pair."""
    if not policy.has_tls:
        return None
    return server_context(policy.tls_certificate_file, policy.tls_key_file)


class TlsFiles:
    """The context for the next handshake. Certificates are renewed every few weeks; the listener runs for months.

    Each handshake checks the file stamps, which takes microseconds. Changed files
    get a new context, so that connections keep the one they began with. While a pair is half written or broken,
    the last good one stays in use.
    """

    def __init__(
        self, policy: Callable[[], ListenerPolicy], clock: Callable[[], float], load: Load = make_context
    ) -> None:
        """`policy` returns the current policy; one without TLS files changes nothing. `clock` in seconds.

        Raises SettingBad: at the start there is no last good pair to fall back to.
        """
        self._current = policy
        self._policy = policy()
        self._clock = clock
        self._load = load
        self._seen = self._stamps()
        context = load(self._policy)
        if context is None:
            raise Defect(reason="no TLS files")
        self._context = context
        self._problem: str | None = None
        self._retry_at = 0.0

    def context(self) -> ssl.SSLContext:
        """Return the context of the latest good pair."""
        policy = self._current()
        if policy.has_tls:
            self._policy = policy
        stamps = self._stamps()
        try_again = self._problem is not None and self._clock() >= self._retry_at
        if stamps != self._seen or try_again:
            self._renew(stamps)
        return self._context

    def _renew(self, stamps: Stamps) -> None:
        has_changed, self._seen = stamps != self._seen, stamps
        try:
            self._context = self._load(self._policy) or self._context
        except SettingBad as failure:
            self._retry_at = self._clock() + RETRY_S
            if has_changed or str(failure) != self._problem:
                log.warning("the new TLS files cannot be used, the certificate in use stays: %s", failure)
            self._problem = str(failure)
        else:
            self._problem = None
            log.info("the new TLS files are in use")

    def _stamps(self) -> Stamps:
        names = self._policy.tls_certificate_file, self._policy.tls_key_file
        return tuple((name, stamp_of(name)) for name in names)


class TlsHandshake(asyncio.Protocol):
    """A connection during its handshake. It has a slot in the pool, so that it counts and can be evicted."""

    def __init__(
        self, pool: ConnectionPool, tls: TlsFiles, make: Callable[[], Connection], tasks: set[asyncio.Task[None]]
    ) -> None:
        self._pool = pool
        self._tls = tls
        self._make = make
        self._tasks = tasks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError
        transport.pause_reading()  # the first bytes belong to the handshake
        slot = self._pool.add(transport)
        task = asyncio.create_task(self._handshake(transport, slot), name="tls-handshake")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _handshake(self, transport: asyncio.Transport, slot: ConnectionSlot) -> None:
        connection = self._make()
        try:
            encrypted = await asyncio.get_running_loop().start_tls(
                transport,
                connection,
                self._tls.context(),
                server_side=True,
                ssl_handshake_timeout=self._pool.limits.head_s,
                ssl_shutdown_timeout=self._pool.limits.linger_s,
            )
        except (ConnectionAbortedError, TimeoutError):  # the handshake took too long
            self._pool.counts.slow += 1
            self._pool.remove(slot)
        except (OSError, ssl.SSLError):
            self._pool.counts.malformed += 1
            self._pool.remove(slot)
        else:
            if encrypted is None or encrypted.is_closing():
                self._pool.remove(slot)
                return
            slot.transport = encrypted
            slot.finish_request(self._pool.clock())
            connection.attach(encrypted, slot)
