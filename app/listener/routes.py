"""Routes a request to its response. The raw target is used, so that signatures are checked over the sent bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Protocol
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from aiohttp import web

from app.domain.ids import LinkKey
from app.listener.connection import Connection, log_defect
from app.listener.connection_pool import ConnectionPool
from app.listener.responses import Response
from app.services.callbacks.incoming_callback import IncomingCallback, MalformedCallback
from app.services.callbacks.intake import Reply

ZONE = ZoneInfo("Europe/Kyiv")
HEALTH, PREFIX = "/health", "/xpay/"
FORWARDED = "X-Forwarded-For"
Parse = Callable[[str], IncomingCallback | MalformedCallback]
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ORIGIN = re.compile(r"https?://[^/?#&]*", re.IGNORECASE)


class Receiver(Protocol):
    """What the listener needs from the intake."""

    async def receive(self, key: LinkKey, incoming: IncomingCallback | MalformedCallback) -> Reply: ...


def make_handler(receiver: Receiver, parse: Parse, pool: ConnectionPool) -> Handler:
    """Return the handler of every GET request: `/health`, `/xpay/<callback key>`, `/xpay/` (A6b), and nothing else."""
    counts = pool.counts

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        path, query = split_target(request.raw_path)
        if not _may_call(request, pool, path):
            counts.refused_addresses += 1
            return Response(403)
        if path == HEALTH:
            return _json({"ok": True})
        if not path.startswith(PREFIX):
            counts.unknown_paths += 1
            return Response(404)
        key = unquote(path.removeprefix(PREFIX))
        if key and not _KEY.fullmatch(key):  # never one of ours: no look-up in the ledger
            counts.unknown_keys += 1
            return Response(404)
        try:
            reply = await receiver.receive(LinkKey(key), parse(query))
        except Exception as defect:  # noqa: BLE001 - boundary: the operator retries, and its data is not logged
            log_defect(defect)
            return Response(503)
        counts.unknown_keys += reply.status == 404
        return response_for(reply)

    return handle


def _may_call(request: web.BaseRequest, pool: ConnectionPool, path: str) -> bool:
    """Return whether the client is on the allow-list; this machine may always request the health status."""
    address_filter = pool.address_filter
    if address_filter.allows_all:
        return True
    connection = request.protocol
    peer = connection.slot.peer if isinstance(connection, Connection) else None
    client = address_filter.client(peer, request.headers.getall(FORWARDED, ()))
    if path == HEALTH and client is not None and client.is_loopback:
        return True
    return address_filter.allows(client)


def split_target(target: str) -> tuple[str, str]:
    """Return path and query; a query appended with `&` instead of `?` is split off too (protocol.md A2)."""
    if not target.startswith("/"):
        target = _ORIGIN.sub("", target, count=1)  # absolute-form, as sent to a proxy
    path, _, query = target.partition("?")
    path, glue, glued = path.partition("&")
    if glue:
        query = f"{glued}&{query}" if query else glued
    return path, query


def response_for(reply: Reply) -> web.StreamResponse:
    """Return the response of protocol.md A3.3: all strings, both dates the same, Kyiv time."""
    if reply.status != 200 or reply.at is None:
        return Response(reply.status)
    moment = reply.at.astimezone(ZONE).strftime("%Y%m%d%H%M%S")
    return _json(
        {
            "txn_id": reply.txn_id,
            "result": reply.result,
            "message": reply.message,
            "txn_date": moment,
            "date_time": moment,
        }
    )


def _json(body: dict[str, object]) -> web.StreamResponse:
    return Response(200, json.dumps(body).encode())
