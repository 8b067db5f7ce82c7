"""From a request line to an answer. The raw target is read, so that signatures are checked over what was sent."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Protocol
from zoneinfo import ZoneInfo

from aiohttp import web

from app.domain.ids import LinkKey
from app.services.intake import Reply
from app.services.ports import IncomingCallback, MalformedCallback

ZONE = ZoneInfo("Europe/Kyiv")
PREFIX = "/xpay/"
HEADERS = {"Server": "paydesk", "Cache-Control": "no-store"}
Parse = Callable[[str], IncomingCallback | MalformedCallback]


class Receiver(Protocol):
    """What the listener needs from the intake."""

    async def receive(self, key: LinkKey, incoming: IncomingCallback | MalformedCallback) -> Reply: ...


def make_handler(receiver: Receiver, parse: Parse) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    """Return the handler of every request: `/health`, `/xpay/<callback key>`, and nothing else."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        path, query = split_target(request.raw_path)
        if path == "/health":
            return _json({"ok": True}) if request.method == "GET" else empty(405)
        if not path.startswith(PREFIX):
            return empty(404)
        if request.method != "GET":
            return empty(405)
        reply = await receiver.receive(LinkKey(path.removeprefix(PREFIX)), parse(query))
        return answer(reply)

    return handle


def split_target(target: str) -> tuple[str, str]:
    """Return path and query; a query glued on with `&` instead of `?` is split off too (protocol.md A2)."""
    path, _, query = target.partition("?")
    path, glue, glued = path.partition("&")
    if glue:
        query = f"{glued}&{query}" if query else glued
    return path, query


def answer(reply: Reply) -> web.Response:
    """Return the response of protocol.md A3.3: all strings, both dates the same, Kyiv time."""
    if reply.status != 200 or reply.at is None:
        return empty(reply.status)
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


def empty(status: int) -> web.Response:
    """Return an answer without a body: nothing of the request may come back or be logged."""
    headers = {**HEADERS, "Allow": "GET"} if status == 405 else HEADERS
    return web.Response(status=status, headers=headers)


def _json(body: dict[str, object]) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), content_type="application/json", headers=HEADERS)
