"""Attacks on the listener: raw sockets, malformed requests by a seed, many idle or slow connections."""

from __future__ import annotations

import asyncio
import contextlib
import random
import ssl
import sys
from collections.abc import AsyncIterator, Callable

PAN = "4111111111111111"
TAVV = "AYKLBHIACh7pJ0eSaLHMAACAAAA"
METHODS = (
    b"POST", b"PUT", b"HEAD", b"OPTIONS", b"TRACE", b"CONNECT", b"PATCH", b"DELETE", b"PRI", b"get", b"G\x00T", b"",
)  # fmt: skip
PATHS = (
    b"/", b"//", b"/xpay", b"/xpay/", b"/xpay/../health", b"/%ff%fe", b"/xpay/%00", b"*", b"http://",
    b"/xpay/" + b"k" * 300,
)  # fmt: skip
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(address: str, context: ssl.SSLContext | None = None) -> Ends:
    """Open a connection to `http://HOST:PORT`."""
    host, _, port = address.partition("//")[2].rpartition(":")
    name = "localhost" if context else None
    return await asyncio.open_connection(host.strip("[]"), int(port), ssl=context, server_hostname=name)


async def say(
    address: str,
    request: bytes,
    *,
    end: bool = False,
    timeout_s: float = 5.0,
    context: ssl.SSLContext | None = None,
) -> bytes:
    """Send bytes and return everything received until the other side closes or is silent for too long.

    `end` closes our direction (half-close). A reset counts as a close.
    """
    answer = b""
    async with asyncio.timeout(10):
        reader, writer = await connect(address, context)
    try:
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(timeout_s):
                writer.write(request)
                await writer.drain()
                if end:
                    writer.write_eof()
                while piece := await reader.read(65536):
                    answer += piece
    finally:
        await hang_up(writer)
    return answer


async def until(true_now: Callable[[], bool], timeout_s: float = 20.0) -> None:
    """Poll for a condition on the other side of a socket, of which no notification comes."""
    async with asyncio.timeout(timeout_s):
        while True:
            if true_now():
                return
            await asyncio.sleep(0.005)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def get(target: str, *headers: str, last: bool = True) -> bytes:
    """Return a request; `last` requests a close after the answer."""
    lines = [f"GET {target} HTTP/1.1", "Host: shop", *headers, *(["Connection: close"] if last else [])]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def statuses(answer: bytes) -> list[int]:
    """Return the status of every answer in the bytes of a connection."""
    return [int(piece[1:4]) for piece in answer.split(b"HTTP/1.1")[1:]]


def malformed(rng: random.Random, path: str) -> bytes:
    """Return one malformed or hostile request. `path` is the known callback path, for the queries."""
    return rng.choice(_KINDS)(rng, path.encode())


def _card(rng: random.Random) -> bytes:
    return rng.choice((b"pan=" + PAN.encode(), b"tavv=" + TAVV.encode(), b"x=1"))


def _garbage(rng: random.Random, path: bytes) -> bytes:
    return rng.randbytes(rng.randrange(1, 2000)) + b"\r\n\r\n"


def _tls_hello(rng: random.Random, path: bytes) -> bytes:
    return b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + rng.randbytes(200)


def _method(rng: random.Random, path: bytes) -> bytes:
    return rng.choice(METHODS) + b" " + path + b"?" + _card(rng) + b" HTTP/1.1\r\nHost: x\r\n\r\n"


def _path(rng: random.Random, path: bytes) -> bytes:
    return b"GET " + rng.choice(PATHS) + b"?" + _card(rng) + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def _query(rng: random.Random, path: bytes) -> bytes:
    pieces = (
        b"command=pay", b"command=pay", b"txn_id=1", b"uuid=%ff%fe", b"sum=0x1", b"sum=-1", b"sum=" + b"9" * 40,
        b"sign=%%%", b"txn_date=%00", b"=", b"&&&", b"command=%E0%A4%A", b"\xff\xfe=\x80", b"a" * 3000,
        b"txn_id[]=1", _card(rng),
    )  # fmt: skip
    query = b"&".join(rng.choice(pieces) for _ in range(rng.randrange(1, 80)))
    return b"GET " + path + b"?" + query + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def _size(rng: random.Random, path: bytes) -> bytes:
    return b"GET " + path + b"?" + _card(rng) + b"&a=" + b"a" * rng.randrange(8000, 60000) + b" HTTP/1.1\r\n\r\n"


def _flood(rng: random.Random, path: bytes) -> bytes:
    count = rng.randrange(60, 3000)
    return b"GET " + path + b" HTTP/1.1\r\n" + (b"X-A: " + PAN.encode() + b"\r\n") * count + b"\r\n"


def _header(rng: random.Random, path: bytes) -> bytes:
    lines = (
        b"Host",
        b": x",
        b"A\x00: 1",
        b"A b: 1",
        b"A: \x00" + PAN.encode(),
        b" folded",
        b"A:\rB",
        b"H: \x80\xff",
        b"Host: a\r\nHost: b",
    )
    return b"GET " + path + b" HTTP/1.1\r\n" + rng.choice(lines) + b"\r\nConnection: close\r\n\r\n"


def _version(rng: random.Random, path: bytes) -> bytes:
    version = rng.choice((b"HTTP/9.9", b"HTTP/2.0", b"HTTP/1.1 x", b"HTTP", b"", b"http/1.1", b"HTTP/0.9"))
    return b"GET " + path + b"?" + _card(rng) + b" " + version + b"\r\nConnection: close\r\n\r\n"


def _body(rng: random.Random, path: bytes) -> bytes:
    kinds = (
        b"Content-Length: 5\r\n\r\nhello", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: 99999999999999999999\r\n\r\n", b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        b"Transfer-Encoding: gzip\r\n\r\n", b"Content-Length: 0\r\nContent-Length: 7\r\n\r\nGET / x",
    )  # fmt: skip
    return b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n" + rng.choice(kinds)


def _pipeline(rng: random.Random, path: bytes) -> bytes:
    many = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * rng.randrange(2, 60)
    return many + _method(rng, path)


def _upgrade(rng: random.Random, path: bytes) -> bytes:
    kind = rng.choice((b"websocket", b"h2c", b"TLS/1.0"))
    return b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: " + kind + b"\r\n\r\n\x00\x01"


_KINDS = (_garbage, _tls_hello, _method, _path, _query, _size, _flood, _header, _version, _body, _pipeline, _upgrade)


@contextlib.asynccontextmanager
async def crowd(address: str, *, idle: int, slow: int, every_s: float = 1.0) -> AsyncIterator[None]:
    """Keep `idle` silent connections and `slow` ones that send a byte every `every_s`; all reconnect when closed.

    It shares the caller's loop: to measure answer times meanwhile, run `python -m tests.soak.attack` instead.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_idle(address, every_s), name="idle") for _ in range(idle)]
        tasks += [group.create_task(_slow(address, every_s), name="slow") for _ in range(slow)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


async def _idle(address: str, every_s: float) -> None:
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await connect(address)
            try:
                await reader.read()
            finally:
                writer.transport.abort()
        await asyncio.sleep(every_s / 10)


async def _slow(address: str, every_s: float) -> None:
    request = get("/xpay/slow?pan=" + PAN) * 100
    while True:
        with contextlib.suppress(OSError):
            _, writer = await connect(address)
            try:
                for place in range(len(request)):
                    writer.write(request[place : place + 1])
                    await writer.drain()
                    await asyncio.sleep(every_s)
            finally:
                writer.transport.abort()


async def _attack_until_killed(address: str, idle: int, slow: int) -> None:
    async with crowd(address, idle=idle, slow=slow):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_attack_until_killed(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
