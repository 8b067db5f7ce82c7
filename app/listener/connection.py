"""One connection. Heads are collected, limited and validated here; aiohttp's parser gets one valid head at a time."""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import Any

from aiohttp import web

from app.listener import request_head
from app.listener.connection_pool import ConnectionPool, ConnectionSlot
from app.listener.responses import Response, closing_response

log = logging.getLogger(__name__)


class Connection(web.RequestHandler):
    """Pipelined requests wait unparsed in `_buffer`, which is bounded by pausing reads."""

    __slots__ = ("_buffer", "_is_half_closed", "_paused_by_us", "_pool", "_slot")

    def __init__(self, server: web.Server, pool: ConnectionPool, **options: Any) -> None:
        super().__init__(server, **options)
        self._pool = pool
        self._slot: ConnectionSlot | None = None
        self._buffer = b""
        self._is_half_closed = False
        self._paused_by_us = False

    @property
    def slot(self) -> ConnectionSlot:
        """This connection's slot in the pool; only after `connection_made`."""
        if self._slot is None:
            raise ConnectionResetError
        return self._slot

    def attach(self, transport: asyncio.Transport, slot: ConnectionSlot) -> None:
        """Attach to a slot acquired earlier, as during a TLS handshake; process data that arrived early."""
        self._slot = slot
        super().connection_made(transport)
        if self._buffer:
            self._process_buffer()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError
        self.attach(transport, self._pool.add(transport))

    def connection_lost(self, exc: BaseException | None) -> None:
        self._buffer = b""
        if self._slot is not None:  # else the handshake failed before the connection started
            self._pool.remove(self._slot)
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        slot = self._slot
        if slot is not None and slot.ends_at is not None:
            return  # refused: further data is discarded until the peer closes
        self._buffer = self._buffer + data if self._buffer else data
        if slot is None or slot.busy:
            self._pause_when_full()
        elif self._buffer:
            self._process_buffer()

    def eof_received(self) -> bool | None:  # type: ignore[override]  # asyncio allows it: stay open for writing
        """A peer that has closed its sending side still gets its answer. (TLS has no half-closed connections.)"""
        slot = self._slot
        if slot is None or not slot.busy or not slot.transport.can_write_eof():
            return None
        self._is_half_closed = True
        return True

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Write the answer, then process the next waiting request."""
        done = await super().finish_response(request, resp, start_time)
        if self._slot is not None:
            self._slot.finish_request(self._pool.clock())
            if resp.keep_alive:
                self._next()
        return done

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer without a body; a defect of ours is 503, so that the operator retries."""
        if status < 500:
            self._pool.counts.malformed += 1
            return Response(400, last=True)
        log_defect(exc)
        return Response(503, last=True)

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Log only the defect: aiohttp's own message may quote the request."""
        log_defect(kw.get("exc_info"))

    def _process_buffer(self) -> None:
        buffered = self._buffer.lstrip(b"\r\n") if self._buffer[0] in b"\r\n" else self._buffer
        end = buffered.find(request_head.END)
        if end < 0:
            self._buffer = buffered
            if self.slot.head_since is None:
                self.slot.head_since = self._pool.clock()
            if buffered and request_head.is_malformed(buffered):
                self._refuse(400)
            return
        head, self._buffer = buffered[: end + len(request_head.END)], buffered[end + len(request_head.END) :]
        status = request_head.refusal_status(head)
        if status is not None:
            self._refuse(status)
            return
        self.slot.start_request(self._pool.clock())
        super().data_received(request_head.percent_encoded(head))

    def _next(self) -> None:
        if self._paused_by_us and self._slot is not None:
            self._paused_by_us = False
            self._slot.transport.resume_reading()
        if self._buffer:
            self._process_buffer()
        if self._is_half_closed and not self.slot.busy:
            self.close()

    def _pause_when_full(self) -> None:
        if len(self._buffer) > request_head.MAX_HEAD and self._slot is not None and not self._paused_by_us:
            self._paused_by_us = True
            self._slot.transport.pause_reading()

    def _refuse(self, status: int) -> None:
        """Answer, then let the peer read it: closing with unread bytes would reset the connection first."""
        transport = self.transport
        if transport is None:
            return
        self._pool.counts.malformed += 1
        self._buffer = b""
        self._pool.end(self.slot)
        transport.write(closing_response(status))
        if transport.can_write_eof():
            transport.write_eof()
        else:
            transport.close()


def log_defect(failure: object) -> None:
    """Log the location of a defect, without the text of the failure: it may quote a request."""
    if isinstance(failure, BaseException):
        stack = "".join(traceback.format_tb(failure.__traceback__))
        log.error("defect in the listener: %s", type(failure).__name__, extra={"stack": stack})
    else:
        log.error("defect in the listener")
