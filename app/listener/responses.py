"""HTTP responses: no `Server` header, nothing of the request, a body only where intended."""

from __future__ import annotations

import time
from email.utils import formatdate
from http import HTTPStatus

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

_ALLOW = "Allow: GET\r\n"
_CLOSE, _KEEP = "Connection: close\r\n", "Connection: keep-alive\r\n"
_date: tuple[int, str] = (0, "")


def response_bytes(status: int, body: bytes = b"", connection: str = "") -> bytes:
    """Return the bytes of an answer. `connection` is a complete header line or nothing."""
    kind = "Content-Type: application/json; charset=utf-8\r\n" if body else ""
    allow = _ALLOW if status == 405 else ""
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nDate: {_now()}\r\nCache-Control: no-store\r\n"
        f"{kind}{allow}Content-Length: {len(body)}\r\n{connection}\r\n"
    )
    return head.encode("ascii") + body


def closing_response(status: int) -> bytes:
    """Return the bytes of an empty answer that closes the connection."""
    return response_bytes(status, connection=_CLOSE)


def _now() -> str:
    global _date
    second = int(time.time())
    if _date[0] != second:
        _date = (second, formatdate(second, usegmt=True))
    return _date[1]


class Response(web.StreamResponse):
    """A complete answer in one write. aiohttp's own response always adds a `Server` header."""

    def __init__(self, status: int, body: bytes = b"", *, last: bool = False) -> None:
        """`last`: the connection is closed afterwards, whatever the peer requested."""
        super().__init__(status=status)
        self._bytes = body
        self._keeps_alive = not last

    @property
    def keep_alive(self) -> bool:
        return self._keeps_alive

    def force_close(self) -> None:
        self._keeps_alive = False

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write head and body. Raises ConnectionResetError when the peer is gone."""
        self._keeps_alive = self._keeps_alive and request.keep_alive
        connection = _CLOSE if not self._keeps_alive else _KEEP if request.version.minor == 0 else ""
        transport = request.transport
        if transport is None:
            raise ConnectionResetError
        transport.write(response_bytes(self.status, self._bytes, connection))
        if request.protocol.writing_paused:  # a peer that sends without reading must not fill our memory
            await request.writer.drain()
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: `prepare` has written everything."""
