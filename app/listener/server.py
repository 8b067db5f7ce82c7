"""The listening socket. aiohttp parses requests; limits, deadlines, caps and error answers are our own."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from app.domain.errors import ListenerFailed, PaydeskError, PortTaken, SettingBad
from app.domain.web_addresses import base_url
from app.listener import request_head
from app.listener.connection import Connection
from app.listener.connection_pool import ConnectionPool
from app.listener.policy import ListenerCounts, ListenerPolicy
from app.listener.routes import Parse, Receiver, make_handler
from app.listener.tls import TlsFiles, TlsHandshake

FIRST_FREE_PORT = 1024
"""Ports below need rights of their own on Unix systems."""
ACCEPT_BATCH = 64
"""Connections accepted per loop iteration: each needs a file handle before others can be evicted."""
BACKLOG = 1024
NEVER_S = 86_400.0
"""aiohttp's own timeout of idle connections, longer than ours."""

_silent = logging.getLogger("app.listener.aiohttp")
_silent.disabled = True


class CallbackServer(web.Server):
    """Creates our connections instead of aiohttp's."""

    def __init__(self, handler: Any, pool: ConnectionPool) -> None:
        super().__init__(handler, loop=asyncio.get_running_loop())
        self._pool = pool

    def __call__(self) -> Connection:
        return Connection(
            self,
            self._pool,
            loop=asyncio.get_running_loop(),
            access_log=None,
            logger=_silent,
            keepalive_timeout=NEVER_S,
            max_line_size=request_head.MAX_HEAD,
            max_field_size=request_head.MAX_HEAD,
        )


class Listener:
    """Accepts callbacks on one address until `stop`."""

    def __init__(
        self,
        receiver: Receiver,
        parse: Parse,
        *,
        host: str,
        port: int,
        policy: Callable[[], ListenerPolicy] = ListenerPolicy,
    ) -> None:
        """`policy` returns the current policy: its addresses and TLS files take effect at once.

        Limits, and switching TLS on or off, take effect at the next start: open links contain the current scheme.
        """
        self._receiver = receiver
        self._parse = parse
        self._host = host
        self._port = port
        self._policy = policy
        self._counts = ListenerCounts()
        self._pool: ConnectionPool | None = None
        self._server: CallbackServer | None = None
        self._socket_server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._tls: TlsFiles | None = None

    async def start(self) -> str:
        """Bind and accept; returns `http://HOST:PORT`, with TLS `https://`. Raises Occupied leaves, SettingBad."""
        loop = asyncio.get_running_loop()
        self._tls = TlsFiles(self._policy, loop.time) if self._policy().has_tls else None
        pool = ConnectionPool(self._policy, self._counts, loop.time)
        server = CallbackServer(make_handler(self._receiver, self._parse, pool), pool)
        self._pool, self._server = pool, server
        self._socket_server = await self._bind(server, pool, self._tls)
        for bound in self._socket_server.sockets:
            _set_backlog(bound)
        self._port = int(self._socket_server.sockets[0].getsockname()[1])
        self._tasks.add(asyncio.create_task(_sweep(pool), name="listener-sweep"))
        scheme = "https" if self._tls else "http"
        return base_url(scheme, self._host, self._port)

    async def _bind(self, server: CallbackServer, pool: ConnectionPool, tls: TlsFiles | None) -> asyncio.Server:
        def make_protocol() -> asyncio.Protocol:
            return TlsHandshake(pool, tls, server, self._tasks) if tls else server()

        try:
            return await asyncio.get_running_loop().create_server(
                make_protocol, self._host, self._port, backlog=ACCEPT_BATCH, reuse_address=True
            )
        except (OSError, ValueError, OverflowError) as failure:
            raise _bind_refusal(failure, self._host, self._port) from failure

    @property
    def port(self) -> int:
        """The bound port; before `start`, the requested one."""
        return self._port

    @property
    def counts(self) -> ListenerCounts:
        """The counts of refused, closed and unknown requests since the start."""
        return replace(self._counts, open_now=len(self._pool) if self._pool else 0)

    async def stop(self) -> None:
        """Stop accepting, let running requests finish, close connections."""
        if self._socket_server is not None:
            self._socket_server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            self._server.pre_shutdown()  # closes idle connections at once
            await self._server.shutdown(timeout=2.0)


def _bind_refusal(failure: OSError | ValueError | OverflowError, host: str, port: int) -> PaydeskError:
    """Return what the system's refusal of an address means for the person who set it."""
    if isinstance(failure, socket.gaierror) or not isinstance(failure, OSError):
        return SettingBad(key="callbacks.host", reason="host_unknown")
    if failure.errno in (errno.EACCES, errno.EPERM) and 0 < port < FIRST_FREE_PORT and sys.platform != "win32":
        return SettingBad(key="callbacks.port", reason=f"port_needs_rights:{FIRST_FREE_PORT}")
    if failure.errno in (errno.EADDRINUSE, errno.EACCES):  # on Windows the latter is a port in another's exclusive use
        return PortTaken(host=host, port=port)
    if failure.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL):
        return SettingBad(key="callbacks.host", reason="not_this_computer")
    return ListenerFailed(reason=failure.strerror or str(failure))


def _set_backlog(bound: Any) -> None:
    """Queue more connections in the kernel than one iteration accepts; `asyncio` uses one number for both."""
    with bound.dup() as same:
        same.listen(BACKLOG)


async def _sweep(pool: ConnectionPool) -> None:
    pause = min(pool.limits.head_s, pool.limits.idle_s, pool.limits.linger_s) / 5
    while True:
        await pool.not_empty.wait()
        await asyncio.sleep(pause)
        pool.sweep()
