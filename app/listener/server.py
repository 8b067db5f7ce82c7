"""The listening socket, with our own limits and error answers. aiohttp's would echo what was sent, a PAN included."""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import Any

from aiohttp import web

from app.domain.errors import PortTaken, SettingBad
from app.listener.routes import Parse, Receiver, empty, make_handler

KEEPALIVE_S = 30.0
BACKLOG = 512


class CallbackProtocol(web.RequestHandler):
    """One connection. Header deadline and connection caps belong here as well."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer without a body and without a log line; a defect of ours is 503, so that the operator comes again."""
        response = empty(503 if status >= 500 else 400)
        response.force_close()
        return response


class CallbackServer(web.Server):
    def __call__(self) -> web.RequestHandler:
        return CallbackProtocol(self, loop=asyncio.get_running_loop(), **self._kwargs)


class Listener:
    """Accepts callbacks on one address until `stop`."""

    def __init__(self, receiver: Receiver, parse: Parse, *, host: str, port: int) -> None:
        self._handler = make_handler(receiver, parse)
        self._host = host
        self._port = port
        self._server: CallbackServer | None = None
        self._socket_server: asyncio.Server | None = None

    async def start(self) -> str:
        """Bind and accept; returns `http://HOST:PORT`. Raises PortTaken, SettingBad for an address not ours."""
        loop = asyncio.get_running_loop()
        options: dict[str, Any] = {"access_log": None, "keepalive_timeout": KEEPALIVE_S}
        self._server = CallbackServer(self._handler, loop=loop, **options)
        try:
            self._socket_server = await loop.create_server(
                self._server, self._host, self._port, backlog=BACKLOG, reuse_address=True
            )
        except OSError as failure:
            if failure.errno in (errno.EADDRINUSE, errno.EACCES):
                raise PortTaken(host=self._host, port=self._port) from failure
            raise SettingBad(key="callbacks.host", reason=failure.strerror or "") from failure
        self._port = _port_of(self._socket_server.sockets[0])
        return f"http://{_bracketed(self._host)}:{self._port}"

    @property
    def port(self) -> int:
        """The bound port; the asked one before `start`."""
        return self._port

    async def stop(self) -> None:
        """Stop accepting, let running requests end, close connections."""
        if self._socket_server is not None:
            self._socket_server.close()
        if self._server is not None:
            await self._server.shutdown(timeout=2.0)


def _port_of(bound: socket.socket) -> int:
    return int(bound.getsockname()[1])


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
