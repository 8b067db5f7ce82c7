"""Whatever the operator sends, each call of the client returns a value or raises an OperatorError (R9)."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import OperatorError, OperatorRefused, OperatorUnreachable
from app.domain.ids import TransactionId
from app.operator_api.client import HttpxOperator, _Reply, http_date
from app.operator_api.wire import Answer
from app.services.ports.operator_gateway import RefundOrder, StatusAnswer
from tests.adapters.test_operator_client import GOOD, NOW, ORDER, client, http
from tests.loopback import loopback

REFUND = RefundOrder(TransactionId("r-1"), "321455", None, NOW, "7")
CALLS: dict[str, Callable[[HttpxOperator], Awaitable[object]]] = {
    "10005": lambda asking: asking.create_link(ORDER),
    "20001": lambda asking: asking.test_connection(),
    "20002": lambda asking: asking.statement(NOW, NOW),
    "20003": lambda asking: asking.ask_status(TransactionId("t-1"), "7"),
    "30203": lambda asking: asking.refund(REFUND),
}
DIGITS = b"9" * 5000
DEEP = b"[" * 900 + b"]" * 900


class RawOperator:
    """A loopback socket that sends `answer` to every request, byte for byte. `stays`: it keeps the connection open."""

    def __init__(self) -> None:
        self.answer = b""
        self.stays = False
        self.heads: list[str] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(head.lower().partition("content-length:")[2].partition("\r\n")[0])
            await reader.readexactly(length)
            self.heads.append(head)
            writer.write(self.answer)
            await writer.drain()
            if not self.stays:
                break


@asynccontextmanager
async def raw_operator(answer: bytes = b"", *, stays: bool = False) -> AsyncIterator[RawOperator]:
    played = RawOperator()
    played.answer, played.stays = answer, stays
    async with loopback(played.serve) as port:
        played.url = f"http://127.0.0.1:{port}/xpay"
        yield played


async def _outcome(call: Awaitable[object]) -> object:
    """Return a call's value or its OperatorError; any other exception fails the test."""
    try:
        return await call
    except OperatorError as error:
        return error


async def _still_works(played: RawOperator, asking: HttpxOperator) -> None:
    """After an invalid answer the same client accepts a valid one."""
    played.answer, played.stays = http(GOOD), False
    assert await asking.ask_status(TransactionId("t-2"), "7") == StatusAnswer(10, "done")
    assert asking.problem is None


def data(inner: bytes) -> bytes:
    return b'{"Code": 200, "Message": "done", "Data": ' + inner + b"}"


HEADS: dict[str, bytes] = {
    "a date that overflows": http(GOOD, headers="Date: Fri, 31 Dec 9999 23:59:59 -1200\r\n"),
    "a date before all time": http(GOOD, headers="Date: Mon, 01 Jan 0001 00:00:00 +1200\r\n"),
    "a date of digits": http(GOOD, headers=f"Date: Fri, 31 Dec {'9' * 5000} 23:59:59 GMT\r\n"),
    "two dates": http(GOOD, headers="Date: Sat, 21 Nov 2026 08:14:00 GMT\r\nDate: x\r\n"),
    "a cookie": http(GOOD, headers="Set-Cookie: a=b; Max-Age=99999999999999999999\r\n"),
    "a location": http("", "302 Found", "Location: http://[::1\r\n"),
    "another location": http("", "307 Found", "Location: https://xn--/\\@\r\n"),
    "an encoding": http(GOOD, headers="Content-Encoding: gzip, br, zstd, odd\r\n"),
    "a content type": http(GOOD, headers="Content-Type: text/html; charset=\xff\r\n"),
}
HEADS |= {
    "a cookie over 0x7f": http(GOOD).replace(
        b"\r\n\r\n", b"\r\nSet-Cookie: \xff\xfe=\xd0\xb0; Expires=\xe9\r\n\r\n", 1
    ),
    "a date over 0x7f": http(GOOD).replace(b"\r\n\r\n", b"\r\nDate: \xff\xfe\r\n\r\n", 1),
    "an odd reason": http(GOOD).replace(b"200 OK", b"200 \xff\xfe\xd0"),
    "many headers": http(GOOD, headers="".join(f"Set-Cookie: c{n}=v\r\n" for n in range(3000))),
}
"""Answers that are valid apart from an unneeded header."""

BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "no http": b"SSH-2.0-OpenSSH\r\n\r\n",
    "a NUL in a header": http(GOOD, headers="X: a\0b\r\n"),
    "a header name over 0x7f": http(GOOD).replace(b"Connection", b"C\xffnnection"),
    "two lengths": http(GOOD, headers="Content-Length: 1\r\n"),
    "a length of digits": b"HTTP/1.1 200 OK\r\nContent-Length: " + DIGITS + b"\r\n\r\n{}",
    "a length below zero": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
    "a coding nobody knows": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{}",
    "a chunk of digits": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + DIGITS + b"\r\n{}",
    "status 000": b"HTTP/1.1 000 OK\r\nContent-Length: 2\r\n\r\n{}",
    "status 99999": b"HTTP/1.1 99999 OK\r\nContent-Length: 2\r\n\r\n{}",
    "status 101": b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n{}",
    "only 1xx": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 3000,
    "headers without end": b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000,
}

BODIES: dict[str, bytes] = {
    "1e400": data(b'{"OperationStatus": 1e400, "decodedData": [{"Sum": 1e400}]}'),
    "NaN": data(b'{"OperationStatus": NaN, "URI": Infinity, "decodedData": [{"Sum": -Infinity}]}'),
    "5000 digits": data(b'{"OperationStatus": ' + DIGITS + b"}"),
    "4000 digits": data(b'{"OperationStatus": 10, "uuid": ' + DIGITS[:4000] + b', "URI": ' + DIGITS[:4000] + b"}"),
    "5000 digits in a text": data(b'{"decodedData": "[' + DIGITS + b']"}'),
    "a code of digits": b'{"Code": ' + DIGITS[:4000] + b', "Message": ' + DIGITS[:4000] + b"}",
    "deep": data(b'{"OperationStatus": 10, "URI": ' + DEEP + b', "decodedData": [{"Sum": 5, "x": ' + DEEP + b"}]}"),
    "too deep": b'{"Code": ' + b"[" * 200_000,
    "lone surrogates": data(rb'{"OperationStatus": "\ud800", "URI": "\ud800", "uuid": "\udfff", "TxnID": "\ud800"}'),
    "a message of surrogates": rb'{"Code": "\ud800", "Message": "\ud800\udfff\u0000x"}',
    "surrogates in utf-8": b'{"Code": 21, "Message": "\xed\xa0\x80"}',
    "surrogates in a statement": data(
        rb'{"decodedData": [{"Sum": 5, "\ud800": ["\udfff"], "Purpose": "a\ud800\u0000"}]}'
    ),
    "NUL": b'{"Code": 21, "Message": "a\\u0000b\\u001b[2J"}',
    "utf-16": json.dumps(GOOD).encode("utf-16"),
    "lists": data(b'{"OperationStatus": [10], "URI": [{}], "uuid": {}, "OperationID": [[]], "decodedData": {"a": 5}}'),
    "true": b'{"Code": true, "Message": true, "Data": true}',
    "true inside": data(b'{"OperationStatus": true, "uuid": true, "decodedData": [{"Sum": true}]}'),
    "sealed with nonsense": b'{"Code": 200, "KeyAES": "\\ud800", "Data": "\\ud800"}',
    "a key of a list": b'{"Code": 200, "KeyAES": [1], "Data": {"OperationStatus": 10}}',
    "a key without data": b'{"Code": 200, "KeyAES": "' + b"A" * 344 + b'"}',
    "a time at the end of time": data(b'{"decodedData": [{"Sum": 5, "DateTime": "9999-12-31T23:59:59-12:00"}]}'),
    "names twice": b'{"Code": 21, "Code": 200, "Data": {"OperationStatus": 21, "OperationStatus": 10}}',
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("answer", HEADS.values(), ids=HEADS)
async def test_no_header_harms_an_answer(answer: bytes, call: Callable[[HttpxOperator], Awaitable[object]]) -> None:
    async with raw_operator(answer) as played, client(played.url) as asking:
        outcome = await _outcome(call(asking))
        assert not isinstance(outcome, OperatorUnreachable)
        await _still_works(played, asking)


@pytest.mark.parametrize("name", [name for name in HEADS if "location" not in name])
async def test_a_good_answer_under_odd_headers_is_a_good_answer(name: str) -> None:
    async with raw_operator(HEADS[name]) as played, client(played.url) as asking:
        assert await asking.ask_status(TransactionId("t-1"), "7") == StatusAnswer(10, "done")
        assert not (await asking.refund(REFUND)).failed


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
async def test_what_is_no_http_is_an_error_of_the_operator(
    answer: bytes, call: Callable[[HttpxOperator], Awaitable[object]]
) -> None:
    async with raw_operator(answer) as played, client(played.url) as asking:
        assert isinstance(await _outcome(call(asking)), OperatorError)
        await _still_works(played, asking)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_no_json_is_more_than_an_error_of_the_operator(
    body: bytes, call: Callable[[HttpxOperator], Awaitable[object]]
) -> None:
    async with raw_operator(http(body)) as played, client(played.url) as asking:
        outcome = await _outcome(call(asking))
        shown = f"{outcome!r} {outcome}"
        assert "\0" not in shown
        assert shown.encode("utf-8"), "what is kept can be stored and printed"
        await _still_works(played, asking)


@pytest.mark.parametrize("name", ["10005", "20001", "20002", "20003", "30203"])
async def test_an_answer_that_contradicts_itself_is_none(name: str) -> None:
    async with raw_operator(http(BODIES["names twice"])) as played, client(played.url) as asking:
        with pytest.raises(OperatorRefused) as refused:
            await CALLS[name](asking)
        assert refused.value.details["reason"] == "bad_answer"


async def test_a_name_said_twice_alike_does_no_harm() -> None:
    twice = b'{"Code": 200, "Message": "done", "Code": 200, "Data": {"OperationStatus": 1, "OperationStatus": 1}}'
    async with raw_operator(http(twice)) as played, client(played.url) as asking:
        assert await asking.ask_status(TransactionId("t-1"), "7") == StatusAnswer(1, "done")


async def test_no_cookie_is_kept_or_sent() -> None:
    cookie = http(GOOD, headers="Set-Cookie: session=secret; Path=/\r\n")
    async with raw_operator(cookie) as played, client(played.url) as asking:
        for _ in range(2):
            await asking.ask_status(TransactionId("t-1"), "7")
    assert len(played.heads) == 2
    assert all("cookie" not in head.lower() for head in played.heads)


async def test_what_follows_an_answer_is_not_the_next_answer() -> None:
    """Two answers in one segment: the second one belongs to no request."""
    paid = json.dumps({"Code": 200, "Message": "paid", "Data": {"OperationStatus": 10}}).encode()
    open_ = json.dumps({"Code": 200, "Message": "open", "Data": {"OperationStatus": 1}}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
    both = head % len(open_) + open_ + head % len(paid) + paid
    async with raw_operator(both, stays=True) as played, client(played.url) as asking:
        for _ in range(2):
            assert await asking.ask_status(TransactionId("t-1"), "7") == StatusAnswer(1, "open")


async def test_an_unforeseen_error_in_reading_is_a_refusal_and_logged_without_content(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def read(answer: Answer) -> None:
        raise LookupError(f"no place for {answer.message}")

    caplog.set_level(logging.DEBUG, "app")
    async with client("http://127.0.0.1:9/xpay") as asking:
        with pytest.raises(OperatorRefused) as refused:
            asking._interpret(_Reply(200, json.dumps({"Code": 200, "Message": "content"}).encode(), None), read)
    assert refused.value.details["reason"] == "bad_answer"
    assert "LookupError at test_operator_border.py:" in caplog.text
    assert "content" not in caplog.text


async def test_a_fault_before_anything_is_sent_stays_a_fault_of_ours() -> None:
    async with raw_operator(http(GOOD)) as played, client(played.url) as asking:
        with pytest.raises(AttributeError):
            await asking.create_link(None)  # type: ignore[arg-type]
    assert played.heads == []


async def test_a_question_that_is_dropped_is_dropped() -> None:
    reached = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        reached.set()
        while await reader.read(1 << 16):
            pass

    async with loopback(silent) as port, client(f"http://127.0.0.1:{port}/xpay") as asking:
        question = asyncio.create_task(asking.ask_status(TransactionId("t-1"), "7"))
        await reached.wait()
        question.cancel()
        with pytest.raises(asyncio.CancelledError):
            await question
        assert asking.problem is None


async def test_many_lost_questions_use_up_nothing() -> None:
    """More concurrent requests than connections, each lost at its deadline; then one more is answered."""
    silent = True

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if not silent:
            writer.write(http(GOOD))
        while await reader.read(1 << 16):
            pass

    async with loopback(serve) as port, client(f"http://127.0.0.1:{port}/xpay", timeout_s=0.3) as asking:
        questions = [_outcome(asking.ask_status(TransactionId(f"t-{n}"), "7")) for n in range(15)]
        assert {type(outcome) for outcome in await asyncio.gather(*questions)} == {OperatorUnreachable}
        silent = False
        assert await asking.ask_status(TransactionId("t-2"), "7") == StatusAnswer(10, "done")


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Sat, 21 Nov 2026 08:14:00 +9999999",
        "Sat, 21 Nov " + "9" * 5000 + " 08:14:00 GMT",
        "Sat, 21 Nov 2026 08:14:00 GMT, Sat, 21 Nov 2026 08:14:00 GMT" + " " * 100_000,
        "\x00\ud800",
    ],
    ids=lambda text: text[:40],
)
def test_an_impossible_date_is_no_date(text: str) -> None:
    assert http_date(text) is None


def test_a_date_in_another_zone_is_the_same_instant() -> None:
    assert http_date("Sat, 21 Nov 2026 10:14:00 +0200") == datetime(2026, 11, 21, 8, 14, tzinfo=UTC)


NAMES = st.sampled_from(
    [b"Date", b"Set-Cookie", b"Location", b"Content-Length", b"Transfer-Encoding", b"Content-Encoding", b"Connection"]
)
VALUES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"chunked", b"gzip", b"close", b"keep-alive", b"0", b"7", b"Fri, 31 Dec 9999 23:59:59 -1200"]),
)
STATUSES = st.one_of(
    st.sampled_from([b"HTTP/1.1 200 OK", b"HTTP/1.1 302 Found", b"HTTP/1.0 200 OK", b"HTTP/1.1 100 Continue"]),
    st.binary(max_size=30),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=()), max_size=20),
    st.sampled_from([10, "10", 21, 200, "https://mapi.xpaydirect.com/x", "9999-12-31T23:59:59-12:00", "20261121"]),
)
FIELDS = st.sampled_from(
    ["OperationStatus", "URI", "uuid", "OperationID", "decodedData", "Sum", "DateTime", "TxnID", "Purpose", "KeyAES"]
)
VALUE = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=6))
PACKET = st.fixed_dictionaries(
    {"Code": st.sampled_from([200, "200"]) | SCALARS, "Data": VALUE},
    optional={"Message": VALUE, "KeyAES": VALUE, "Sign": VALUE},
)
BODY = st.one_of(PACKET.map(json.dumps).map(str.encode), st.binary(max_size=60))


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Return an answer that is sometimes nearly valid, and sometimes arbitrary."""
    body = draw(BODY)
    lines = [draw(STATUSES), *(b"%s: %s" % pair for pair in draw(st.lists(st.tuples(NAMES, VALUES), max_size=4)))]
    if draw(st.booleans()):
        lines = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *lines[1:]]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body + draw(st.binary(max_size=20))


async def _all_calls(answer: bytes) -> None:
    async with raw_operator(answer) as played, client(played.url) as asking:
        for call in CALLS.values():
            played.answer = answer
            shown = repr(await _outcome(call(asking)))
            assert shown.encode("utf-8")
            assert "\0" not in shown
            await _still_works(played, asking)


@settings(max_examples=150, deadline=None)
@given(answers())
def test_any_bytes_are_an_answer_or_an_error_of_the_operator(answer: bytes) -> None:
    asyncio.run(_all_calls(answer))
