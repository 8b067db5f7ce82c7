"""The listening socket. aiohttp reads requests; limits, deadlines, caps and error answers are our own."""

from __future__ import annotations

import asyncio
import errno
import logging
from dataclasses import replace
from typing import Any

from aiohttp import web

from app.domain.errors import PortTaken, SettingBad
from app.domain.web_addresses import base_url
from app.listener import heads
from app.listener.addresses import AddressBook
from app.listener.connection import Connection
from app.listener.doors import Doors
from app.listener.routes import Parse, Receiver, make_handler
from app.listener.rules import ListenerCounts, ListenerRules
from app.listener.tls import TlsDoor, TlsFiles

ACCEPTED_AT_ONCE = 64
"""So many are taken in one turn of the loop: each needs a file handle before a crowd can be thinned out."""
BACKLOG = 1024
NEVER_S = 86_400.0
"""aiohttp's own timer of idle connections: ours comes first."""

_silent = logging.getLogger("app.listener.aiohttp")
_silent.disabled = True


class CallbackServer(web.Server):
    """Makes our connections instead of aiohttp's."""

    def __init__(self, handler: Any, doors: Doors) -> None:
        super().__init__(handler, loop=asyncio.get_running_loop())
        self._doors = doors

    def __call__(self) -> Connection:
        return Connection(
            self,
            self._doors,
            loop=asyncio.get_running_loop(),
            access_log=None,
            logger=_silent,
            keepalive_timeout=NEVER_S,
            max_line_size=heads.MAX_HEAD,
            max_field_size=heads.MAX_HEAD,
        )


class Listener:
    """Accepts callbacks on one address until `stop`."""

    def __init__(
        self, receiver: Receiver, parse: Parse, *, host: str, port: int, rules: ListenerRules | None = None
    ) -> None:
        self._receiver = receiver
        self._parse = parse
        self._host = host
        self._port = port
        self._rules = rules or ListenerRules()
        self._tally = ListenerCounts()
        self._doors: Doors | None = None
        self._server: CallbackServer | None = None
        self._socket_server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._tls: TlsFiles | None = None

    async def start(self) -> str:
        """Bind and accept; returns `http://HOST:PORT`, with TLS `https://`. Raises PortTaken, SettingBad."""
        loop = asyncio.get_running_loop()
        rules = self._rules
        self._tls = TlsFiles(rules, loop.time) if rules.has_tls else None
        doors = Doors(rules.limits, _book(rules), self._tally, loop.time)
        server = CallbackServer(make_handler(self._receiver, self._parse, doors), doors)
        self._doors, self._server = doors, server
        self._socket_server = await self._bind(server, doors, self._tls)
        for bound in self._socket_server.sockets:
            _deepen(bound)
        self._port = int(self._socket_server.sockets[0].getsockname()[1])
        self._tasks.add(asyncio.create_task(_sweep(doors), name="listener-sweep"))
        scheme = "https" if self._tls else "http"
        return base_url(scheme, self._host, self._port)

    async def _bind(self, server: CallbackServer, doors: Doors, tls: TlsFiles | None) -> asyncio.Server:
        def make_door() -> asyncio.Protocol:
            return TlsDoor(doors, tls, server, self._tasks) if tls else server()

        try:
            return await asyncio.get_running_loop().create_server(
                make_door, self._host, self._port, backlog=ACCEPTED_AT_ONCE, reuse_address=True
            )
        except OSError as failure:
            if failure.errno in (errno.EADDRINUSE, errno.EACCES):
                raise PortTaken(host=self._host, port=self._port) from failure
            raise SettingBad(key="callbacks.host", reason=failure.strerror or "") from failure

    @property
    def port(self) -> int:
        """The bound port; the asked one before `start`."""
        return self._port

    @property
    def counts(self) -> ListenerCounts:
        """What was refused, closed or unknown since the start."""
        return replace(self._tally, open_now=len(self._doors) if self._doors else 0)

    def use(self, rules: ListenerRules) -> None:
        """Judge addresses by these rules from now on, and serve the certificate of these TLS files.

        Limits wait for the next start, and so does beginning or ending TLS: open links carry the http or https of now.
        """
        if self._doors is not None:
            self._doors.book = _book(rules)
        if self._tls is not None:
            self._tls.use(rules)

    async def stop(self) -> None:
        """Stop accepting, let running requests end, close connections."""
        if self._socket_server is not None:
            self._socket_server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            self._server.pre_shutdown()  # those that ask nothing go at once
            await self._server.shutdown(timeout=2.0)


def _book(rules: ListenerRules) -> AddressBook:
    return AddressBook(rules.allowed_addresses, rules.trusted_proxies)


def _deepen(bound: Any) -> None:
    """Let more connections wait in the kernel than are accepted in one turn; `asyncio` knows one number for both."""
    with bound.dup() as same:
        same.listen(BACKLOG)


async def _sweep(doors: Doors) -> None:
    pause = min(doors.limits.head_s, doors.limits.idle_s, doors.limits.linger_s) / 5
    while True:
        await doors.occupied.wait()
        await asyncio.sleep(pause)
        doors.sweep()
