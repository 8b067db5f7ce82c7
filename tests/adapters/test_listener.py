"""What the listener accepts, refuses and closes, over raw sockets. The intake is a fake."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.listener.policy import ListenerPolicy
from app.services.callbacks.intake import Reply
from tests.soak.attack import PAN, connect, get, hang_up, statuses, until
from tests.soak.listener_harness import KEY, PATH, QUICK, ListenerHarness, running_listener


@pytest.fixture
async def harness() -> AsyncIterator[ListenerHarness]:
    async with running_listener(ListenerPolicy(limits=QUICK)) as made:
        yield made


def head_of(answer: bytes) -> dict[str, str]:
    lines = answer.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


async def cut_off(reader: asyncio.StreamReader) -> None:
    """Wait for the end of the connection: a reset where some of our bytes were not read."""
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""


async def test_an_answer_is_small_and_says_nothing_about_the_program(harness: ListenerHarness) -> None:
    answer = await harness.say(get(PATH))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert set(head_of(answer)) == {"date", "cache-control", "content-type", "content-length", "connection"}
    body = answer.partition(b"\r\n\r\n")[2]
    assert body == (
        b'{"txn_id": "1", "result": "10", "message": "Ok", "txn_date": "20261121101500", "date_time": "20261121101500"}'
    )
    assert int(head_of(answer)["content-length"]) == len(body)


async def test_health_is_exactly_ok(harness: ListenerHarness) -> None:
    answer = await harness.say(get("/health"))
    assert answer.partition(b"\r\n\r\n")[2] == b'{"ok": true}'
    assert head_of(answer)["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    "method", ["POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "PROPFIND"]
)
@pytest.mark.parametrize("path", [PATH, "/health", "/nothing"])
async def test_other_methods_are_refused_without_a_body(harness: ListenerHarness, method: str, path: str) -> None:
    answer = await harness.say(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert statuses(answer) == [405]
    assert answer.endswith(b"\r\n\r\n")
    assert head_of(answer)["allow"] == "GET"
    assert "server" not in head_of(answer)
    assert harness.receiver.keys == []


BAD = {
    "version": f"GET /xpay/x?pan={PAN} HTTP/9.9\r\n\r\n".encode(),
    "no version": f"GET /xpay/x?pan={PAN}\r\n\r\n".encode(),
    "no line": f"BAD {PAN}\r\n\r\n".encode(),
    "small letters": f"get /xpay/x?pan={PAN} HTTP/1.1\r\n\r\n".encode(),
    "long line": f"GET /xpay/x?pan={PAN}&{'a' * 20_000} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "endless line": f"GET /xpay/x?pan={PAN}&{'a' * 60_000}".encode(),
    "many headers": b"GET / HTTP/1.1\r\n" + f"X: {PAN}\r\n".encode() * 65 + b"\r\n",
    "big header": b"GET / HTTP/1.1\r\nX: " + PAN.encode() * 1100 + b"\r\n\r\n",
    "endless headers": b"GET / HTTP/1.1\r\n" + f"X: {PAN}\r\n".encode() * 3000,
    "NUL in a header": f"GET / HTTP/1.1\r\nX: {PAN}\0\r\n\r\n".encode(),
    "NUL in the path": f"GET /\0?pan={PAN} HTTP/1.1\r\n\r\n".encode(),
    "no colon": f"GET / HTTP/1.1\r\n{PAN}\r\n\r\n".encode(),
    "folded": f"GET / HTTP/1.1\r\nA: b\r\n {PAN}\r\n\r\n".encode(),
    "bare line feeds": f"GET /?pan={PAN} HTTP/1.1\nHost: x\r\n\r\n".encode(),
    "space in a name": f"GET / HTTP/1.1\r\nA b: {PAN}\r\n\r\n".encode(),
    "garbage": b"\x80\x81\x82" + PAN.encode() + b"\r\n\r\n",
    "TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)),
}


@pytest.mark.parametrize("request_bytes", BAD.values(), ids=BAD.keys())
async def test_what_cannot_be_read_is_400_and_leaves_no_word(
    harness: ListenerHarness, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = await harness.say(request_bytes)
    assert statuses(answer) == [400]
    assert answer.endswith(b"\r\n\r\n")
    assert set(head_of(answer)) == {"date", "cache-control", "content-length", "connection"}
    assert PAN.encode() not in answer
    own_records = [record for record in caplog.records if record.name != "asyncio"]
    assert own_records == []
    assert harness.counts.malformed == 1
    assert await harness.is_responsive()


BODIES = {
    "length": b"Content-Length: 5\r\n\r\nhello",
    "chunked": b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "huge": b"content-length : 99999999999999999999\r\n\r\n",
    "negative": b"Content-Length: -1\r\n\r\n",
    "smuggled": b"Content-Length: 0\r\nContent-Length: 40\r\n\r\nGET /health HTTP/1.1\r\n\r\n",
    "more than is read": b"Content-Length: 500000\r\n\r\n" + b"x" * 500_000,
}


@pytest.mark.parametrize("rest", BODIES.values(), ids=BODIES.keys())
async def test_a_body_is_refused_unread(harness: ListenerHarness, rest: bytes) -> None:
    answer = await harness.say(f"GET {PATH} HTTP/1.1\r\nHost: x\r\n".encode() + rest)
    assert statuses(answer) == [413]
    assert harness.receiver.keys == []


async def test_an_empty_body_is_none(harness: ListenerHarness) -> None:
    assert statuses(await harness.say(get(PATH, "Content-Length: 0"))) == [200]


@pytest.mark.parametrize(
    ("target", "status", "query"),
    [
        (f"{PATH}?%ff%fe=1", 200, "%ff%fe=1"),
        (f"{PATH}?a=%00&a=2", 200, "a=%00&a=2"),
        (f"{PATH}?\xd0\x9d=\x80", 200, "%D0%9D=%80"),
        (f"{PATH}?a?b?c", 200, "a?b?c"),
        (f"{PATH}&a=1?b=2", 200, "a=1&b=2"),
        (f"{PATH}?a=" + "x" * 8300, 200, None),
        (f"http://shop:99{PATH}?a=1", 200, "a=1"),
        (f"HTTPS://shop{PATH}&a=1", 200, "a=1"),
        ("/xpay/known%2Dkey_1?a=1", 200, "a=1"),
        ("http://", 400, None),
        ("http://shop", 404, None),
        (f"/{PATH}", 404, None),
        ("/xpay/", 404, None),
        ("/xpay", 404, None),
        (f"{PATH}/", 404, None),
        (f"/xpay/../xpay/{KEY}", 404, None),
        ("/xpay/" + "k" * 65, 404, None),
        ("/xpay/%00", 404, None),
        ("/xpay/unknown", 404, ""),
        ("*", 400, None),
    ],
)
async def test_targets(harness: ListenerHarness, target: str, status: int, query: str | None) -> None:
    answer = await harness.say(get(target))
    assert statuses(answer) == [status]
    if query is not None:
        assert harness.queries == [query]


async def test_unknown_keys_and_paths_are_counted(harness: ListenerHarness) -> None:
    for target in ("/xpay/unknown", "/xpay/" + "k" * 99, "/favicon.ico"):
        await harness.say(get(target))
    assert (harness.counts.unknown_keys, harness.counts.unknown_paths) == (2, 1)
    assert harness.receiver.keys == ["unknown"]


async def test_pipelined_requests_are_answered_in_order(harness: ListenerHarness) -> None:
    requests = get("/health", last=False) + get("/no", last=False) + b"\r\n" + get(PATH, last=False) + get("/no")
    assert statuses(await harness.say(requests)) == [200, 404, 200, 404]


async def test_a_bad_request_behind_good_ones_is_answered_last(harness: ListenerHarness) -> None:
    requests = get("/health", last=False) * 3 + f"BAD {PAN}\r\n\r\n".encode() + get(PATH)
    assert statuses(await harness.say(requests)) == [200, 200, 200, 400]
    assert harness.receiver.keys == []


async def test_a_flood_of_pipelined_requests_waits_in_the_kernel(harness: ListenerHarness) -> None:
    harness.receiver.go_on.clear()
    _, writer = await connect(harness.address)
    try:
        writer.write(get(PATH, last=False))
        await harness.receiver.waiting.wait()
        writer.write(get("/no", last=False) * 1_200_000)
        for _ in range(150):  # loop iterations in which it could be read
            assert statuses(await harness.say(get("/health"))) == [200]
        assert writer.transport.get_write_buffer_size() > 20_000_000
    finally:
        writer.transport.abort()


async def test_one_who_asks_and_never_reads_is_cut_off() -> None:
    async with running_listener(ListenerPolicy(limits=replace(QUICK, answer_s=0.5))) as harness:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        # The peer's buffer is sized for large segments: filling it would take some 30,000 answers, ten seconds.
        narrow.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 200)
        narrow.setblocking(False)
        await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", harness.listener.port))
        _, writer = await asyncio.open_connection(sock=narrow)
        try:
            writer.transport.pause_reading()
            writer.write(get("/health", last=False) * 200_000)
            await until(lambda: harness.counts.open_now == 1)
            await until(lambda: harness.counts.open_now == 0)
        finally:
            writer.transport.abort()  # a socket left open would fail the next test


async def test_half_closed_still_gets_its_answer(harness: ListenerHarness) -> None:
    harness.receiver.go_on.clear()
    asking = asyncio.ensure_future(harness.say(get(PATH, last=False), end=True))
    await harness.receiver.waiting.wait()
    harness.receiver.go_on.set()
    assert statuses(await asking) == [200]


async def test_half_a_request_and_half_a_close_is_nothing(harness: ListenerHarness) -> None:
    assert await harness.say(f"GET {PATH} HTTP/1.1\r\nHost".encode(), end=True) == b""
    assert harness.receiver.keys == []


async def test_a_request_in_pieces_is_put_together(harness: ListenerHarness) -> None:
    reader, writer = await connect(harness.address)
    for byte in get(PATH):
        writer.write(bytes([byte]))
        await writer.drain()
    assert statuses(await reader.read()) == [200]
    await hang_up(writer)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("connection", ["close", "keep-alive"])
async def test_connections_are_kept_as_asked(harness: ListenerHarness, version: str, connection: str) -> None:
    reader, writer = await connect(harness.address)
    request = f"GET /health HTTP/{version}\r\nHost: x\r\nConnection: {connection}\r\n\r\n".encode()
    for _ in range(2 if connection == "keep-alive" else 1):
        writer.write(request)
        head = head_of(await reader.readuntil(b"\r\n\r\n"))
        await reader.readexactly(int(head["content-length"]))
    if connection == "close":
        assert head["connection"] == "close"
        assert await reader.read() == b""
    await hang_up(writer)


async def test_an_upgrade_is_not_done(harness: ListenerHarness) -> None:
    headers = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    answer = await harness.say(get(PATH, *headers, last=False) + get(PATH, last=True))
    assert statuses(answer) == [200, 200]


async def test_a_slow_head_is_cut_at_the_deadline(harness: ListenerHarness) -> None:
    reader, writer = await connect(harness.address)
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def drip() -> None:
        for byte in get(PATH) * 1000:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.05)

    dripping = asyncio.ensure_future(drip())
    await cut_off(reader)
    dripping.cancel()
    assert QUICK.head_s <= loop.time() - began < 5
    assert harness.counts.slow == 1
    assert harness.receiver.keys == []
    writer.transport.abort()


async def test_blank_lines_do_not_move_the_deadline(harness: ListenerHarness) -> None:
    reader, writer = await connect(harness.address)
    writer.write(b"\r\n\r\n\r\n")
    await cut_off(reader)
    assert harness.counts.slow == 1
    writer.transport.abort()


async def test_an_idle_connection_is_closed(harness: ListenerHarness) -> None:
    reader, writer = await connect(harness.address)
    assert await reader.read() == b""
    writer.write(get(PATH))
    await hang_up(writer)
    assert harness.counts.slow == 0


async def test_an_idle_connection_is_closed_after_an_answer_too(harness: ListenerHarness) -> None:
    assert statuses(await harness.say(get(PATH, last=False))) == [200]


async def test_a_refused_one_that_does_not_close_is_cut(harness: ListenerHarness) -> None:
    reader, writer = await connect(harness.address)
    writer.write(b"BAD\r\n\r\n")
    assert statuses(await reader.read()) == [400]
    writer.write(b"x" * 100_000)
    await until(lambda: harness.counts.open_now == 0)
    writer.transport.abort()


async def test_a_defect_is_503_and_its_words_are_not_logged(
    harness: ListenerHarness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.receiver.failure = ValueError(f"pan={PAN}")
    answer = await harness.say(get(f"{PATH}?pan={PAN}"))
    assert statuses(answer) == [503]
    assert answer.endswith(b"\r\n\r\n")
    assert "defect in the listener: ValueError" in caplog.text
    assert PAN not in caplog.text


async def test_what_could_not_be_kept_is_503_without_a_word(
    harness: ListenerHarness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.receiver.reply = Reply(503)
    answer = await harness.say(get(f"{PATH}?pan={PAN}"))
    assert statuses(answer) == [503]
    assert answer.endswith(b"\r\n\r\n")
    assert "listener" not in caplog.text


async def test_stop_lets_a_running_request_end(harness: ListenerHarness) -> None:
    harness.receiver.go_on.clear()
    asking = asyncio.ensure_future(harness.say(get(PATH, last=False)))
    await harness.receiver.waiting.wait()
    stopping = asyncio.ensure_future(harness.listener.stop())
    await asyncio.sleep(0)
    harness.receiver.go_on.set()
    assert statuses(await asking) == [200]
    await stopping
