"""The client against a real HTTP server on loopback: valid, invalid, slow and missing answers."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BadKey, NotConfigured, OperatorRefused, OperatorUnreachable, SettingBad
from app.domain.ids import TransactionId
from app.operator_api.client import MAX_BODY, HttpxOperator
from app.operator_api.envelope import open_packet, seal, verify_packet
from app.operator_api.keys import load_private_key, public_pem
from app.operator_api.mapping import OperatorSettings, is_allowed_link, link_data
from app.services.ports.operator_gateway import LinkAnswer, LinkOrder, StatusAnswer

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "envelope.json").read_text("utf-8"))
OPERATOR = load_private_key(VECTORS["operator_private_key"])
MERCHANT = load_private_key(VECTORS["merchant_private_key"])
TOKEN = "11111111-2222-4333-8444-555555555555"
PAN = "4111111111111111"
NOW = datetime(2026, 11, 21, 8, 15, tzinfo=UTC)
LINK = "https://mapi.xpaydirect.com/uk/frame/widget/abc"
GOOD = {"Code": 200, "Message": "done", "Data": {"OperationID": 11, "OperationStatus": 10, "URI": LINK, "uuid": "u-1"}}
ORDER = LinkOrder(
    transaction_id=TransactionId("t-1"),
    amount_minor=12550,
    currency="UAH",
    account="17",
    callback_url="https://shop.example/xpay/key",
    locale="en",
    requested_at=NOW,
    terminal_id="7",
)


class FixedClock:
    def now(self) -> datetime:
        return NOW


class Operator:
    """A loopback HTTP server; `reply` gets the request's body and returns raw bytes to send, or None to disconnect."""

    def __init__(self, reply: Callable[[bytes], Awaitable[bytes | None]]) -> None:
        self.reply = reply
        self.heads: list[str] = []
        self.packets: list[dict[str, Any]] = []
        self.url = ""

    @property
    def data(self) -> dict[str, Any]:
        plain: dict[str, Any] = json.loads(open_packet(self.packets[-1], private_key=OPERATOR))
        return plain

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(head.lower().partition("content-length:")[2].partition("\r\n")[0])
            body = await reader.readexactly(length)
            self.heads.append(head)
            self.packets.append(json.loads(body))
            writer.write(await self.reply(body) or b"")
            await writer.drain()
        except (ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _until_end(reader: asyncio.StreamReader) -> None:
    """Read until the client has disconnected."""
    try:
        while await reader.read(1 << 16):
            pass
    except ConnectionError:
        pass


def http(body: bytes | str | dict[str, Any], status: str = "200 OK", headers: str = "") -> bytes:
    content = json.dumps(body).encode() if isinstance(body, dict) else body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n{headers}\r\n"
    return head.encode() + content


@asynccontextmanager
async def operator(reply: Callable[[bytes], Awaitable[bytes | None]] | bytes | None) -> AsyncIterator[Operator]:
    async def fixed(_: bytes) -> bytes | None:
        assert reply is None or isinstance(reply, bytes)
        return reply

    played = Operator(reply if callable(reply) else fixed)
    server = await asyncio.start_server(played.serve, "127.0.0.1", 0)
    played.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/xpay"
    try:
        yield played
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def client(url: str, timeout_s: float = 5.0) -> AsyncIterator[HttpxOperator]:
    settings = OperatorSettings(url=url, timeout_s=timeout_s)
    made = HttpxOperator(settings, VECTORS["merchant_private_key"], TOKEN, public_pem(OPERATOR), FixedClock())
    try:
        yield made
    finally:
        await made.close()


async def refusal(reply: bytes) -> dict[str, object]:
    """Return the details with which an answer is refused."""
    async with operator(reply) as played, client(played.url) as asking:
        with pytest.raises(OperatorRefused) as refused:
            await asking.create_link(ORDER)
        return refused.value.details


async def test_a_link_is_made() -> None:
    async with operator(http(GOOD)) as played, client(played.url) as asking:
        assert asking.last_answer_at is None
        assert await asking.create_link(ORDER) == LinkAnswer(url=LINK, uuid="u-1", operation_id="11")
        assert asking.last_answer_at == NOW
        assert asking.last_latency_ms is not None
        assert asking.last_latency_ms > 0
    packet = played.packets[0]
    assert packet["Partner"] == {"PartnerToken": TOKEN, "OperationType": 10005, "Locale": "en"}
    assert verify_packet(packet, MERCHANT.public_key())
    assert played.data == {
        "PaymentSum": 12550,
        "Account": "17",
        "CallBackURL": "https://shop.example/xpay/key",
        "Transaction": {"TransactionID": "t-1", "TerminalID": "7", "DateTime": "20261121 10:15:00"},
    }
    assert played.heads[0].startswith("POST /xpay HTTP/1.1\r\n")
    assert "content-type: application/json; charset=utf-8" in played.heads[0].lower()


def test_everything_an_order_can_say() -> None:
    order = replace(
        ORDER, phone="380671234567", email="a@b.ua", order="1234A", purpose="Кава", pay_type="20", currency="USD"
    )
    settings = OperatorSettings(
        url="x", ttl_value="900", success_url="https://s.example/ok", fail_url="https://s.example/no"
    )
    data = link_data(replace(order, locale="uk"), settings)
    assert data["PaymentInfo"] == [
        {"Caption": "Замовлення", "Value": "1234A"},
        {"Caption": "Призначення", "Value": "Кава"},
    ]
    assert data["Callback"] == {
        "PaySuccess": {"URL": "https://s.example/ok"},
        "PayFail": {"URL": "https://s.example/no"},
    }
    expected = {"Phone": "380671234567", "Email": "a@b.ua", "Order": "1234A", "Purpose": "Кава", "PayType": "20"}
    assert expected.items() <= data.items()
    assert {"Currency": "USD", "TTL": "900"}.items() <= data.items()
    assert link_data(order, settings)["PaymentInfo"][0]["Caption"] == "Order"


def test_summer_time_of_kyiv() -> None:
    order = replace(ORDER, requested_at=datetime(2026, 7, 21, 22, 0, 5, tzinfo=UTC))
    assert link_data(order, OperatorSettings(url="x"))["Transaction"]["DateTime"] == "20260722 01:00:05"


@pytest.mark.parametrize(
    "answer",
    [
        {"Code": "200", "Data": {"OperationStatus": "10", "URI": LINK}},
        {"Code": 200, "Data": json.dumps({"OperationStatus": 10, "uri": LINK}), "KeyAES": "", "Sign": ""},
        {"Code": 200, "Data": {"OperationStatus": 10, "URI": None, "URL": LINK}},
        {"Code": 200, "Data": {"OperationStatus": 10, "Url": LINK, "uuid": None, "OperationID": [1]}},
    ],
)
async def test_answers_are_read_tolerantly(answer: dict[str, Any]) -> None:
    async with operator(http(answer)) as played, client(played.url) as asking:
        assert await asking.create_link(ORDER) == LinkAnswer(url=LINK, uuid=None, operation_id=None)


async def test_a_sealed_answer_is_opened() -> None:
    sealed = seal(
        json.dumps(GOOD["Data"]).encode(),
        token="",
        operation_type=0,
        locale=None,
        operator_key=MERCHANT.public_key(),
        merchant_key=OPERATOR,
    )
    async with operator(http({**GOOD, **sealed})) as played, client(played.url) as asking:
        assert (await asking.create_link(ORDER)).url == LINK
    damaged = http({**GOOD, **sealed, "KeyAES": VECTORS["envelopes"][0]["KeyAES"]})
    assert (await refusal(damaged))["reason"] == "bad_answer"


async def test_the_operators_no_keeps_its_words() -> None:
    no = {"Code": 403, "Message": f"IP is not\nallowed {PAN} " + "x" * 400, "Data": None}
    details = await refusal(http(no))
    assert details["operator_code"] == "403"
    assert details["reason"] == "refused"
    message = str(details["message"])
    assert message.startswith("IP is not allowed 411111******1111 xxx")
    assert len(message) == 300


async def test_a_failed_operation_names_its_status() -> None:
    details = await refusal(http({"Code": 200, "Message": "fail", "Data": {"OperationStatus": 21, "URI": LINK}}))
    assert details == {"operator_code": "21", "message": "fail", "reason": "refused"}


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Bad gateway</body></html>",
        b"",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"[" * 100_000,
        b'{"Code": ' + b"9" * 5000 + b"}",
        b"{}",
        b'{"Code": true, "Data": {"OperationStatus": 10}}',
        b'{"Code": 200, "Data": null}',
        b'{"Code": 200, "Data": {"OperationStatus": 10}}',
        b'{"Code": 200, "KeyAES": "AAAA", "Data": "AAAA"}',
        b"x" * (MAX_BODY + 1),
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_nonsense_is_a_refusal(body: bytes) -> None:
    assert await refusal(http(body)) == {"operator_code": None, "message": "bad_answer", "reason": "bad_answer"}


async def test_a_body_without_end_is_left() -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * (2 * MAX_BODY)
    assert (await refusal(endless))["reason"] == "bad_answer"


@pytest.mark.parametrize("status", ["500 Oops", "403 Forbidden", "201 Created"])
async def test_another_http_status_is_a_refusal_whatever_the_body_says(status: str) -> None:
    details = await refusal(http(GOOD, status))
    assert details == {"operator_code": "200", "message": "done", "reason": "http_status", "status": int(status[:3])}
    assert (await refusal(http("<html>", status)))["message"] == "http_status"


async def test_a_redirect_is_not_followed() -> None:
    async with operator(http(GOOD)) as elsewhere:
        details = await refusal(http("", "307 Moved", f"Location: {elsewhere.url}\r\n"))
        assert details["reason"] == "http_status"
        assert elsewhere.packets == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/pay",
        "http://mapi.xpaydirect.com/pay",
        "https://xpaydirect.com.evil.example/",
        "https://evilxpaydirect.com/",
        "https://a@mapi.xpaydirect.com/",
        "https://mapi.xpaydirect.com:x/",
        "https://mapi.xpaydirect.com@evil.example/",
        "https://evil.example\\.xpaydirect.com/",
        "https://evil.example\\@mapi.xpaydirect.com/",
        "https://mapi.xpaydirect.com./",
        "https://evil.example/.xpaydirect.com",
        "https://evil.example#.xpaydirect.com",
        "https://evil.example%2f.xpaydirect.com/",
        "https://mapi.xpaydirect.com/ x",
        "https://mapi.xpaydirect.com\t/",
        "https://mаpi.xpaydirect.com/",
        "https:///mapi.xpaydirect.com",
        "https://[::1]/",
        "javascript:alert(1)//.xpaydirect.com",
        "//mapi.xpaydirect.com/",
        "ftp://mapi.xpaydirect.com/",
        5,
        ["https://mapi.xpaydirect.com/"],
    ],
)
async def test_a_foreign_address_is_never_shown(url: object) -> None:
    details = await refusal(http({"Code": 200, "Data": {"OperationStatus": 10, "URI": url}}))
    assert details == {"operator_code": None, "message": "foreign_address", "reason": "foreign_address"}


def test_loopback_links_belong_to_a_loopback_operator() -> None:
    here, real = "http://127.0.0.1:8080/xpay", "https://papi.xpaydirect.com/xpay"
    for link in ("http://127.0.0.1:9/pay/1", "http://localhost/pay", "http://[::1]:9/"):
        assert is_allowed_link(link, here)
        assert not is_allowed_link(link, real)
    assert not is_allowed_link("http://192.168.0.2/", here)
    assert is_allowed_link("HTTPS://MAPI.XPAY.COM.UA:488/uk?a=b", real)


async def test_a_dropped_connection_and_no_server_are_unknown_outcomes() -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
    for reply in (None, half, b"not http at all\r\n\r\n"):
        async with operator(reply) as played, client(played.url) as asking:
            with pytest.raises(OperatorUnreachable) as lost:
                await asking.create_link(ORDER)
            assert lost.value.details == {"reason": "connection"}
            assert asking.last_answer_at is None
    async with client(played.url) as asking:  # the server has stopped by now
        with pytest.raises(OperatorUnreachable):
            await asking.ask_status(TransactionId("t-1"), "7")


async def test_a_silent_operator_is_left_at_the_deadline() -> None:
    release = asyncio.Event()

    async def silent(_: bytes) -> bytes | None:
        await release.wait()
        return None

    async with operator(silent) as played, client(played.url, timeout_s=0.2) as asking:
        with pytest.raises(OperatorUnreachable) as lost:
            await asking.create_link(ORDER)
        assert lost.value.details == {"reason": "timeout"}
        release.set()


async def test_a_dripping_operator_meets_the_total_deadline() -> None:
    """Each byte arrives within the read timeout; only a total deadline ends this."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            rest = asyncio.ensure_future(_until_end(reader))
            while not rest.done():
                writer.write(b" ")
                await writer.drain()
                await asyncio.wait({rest}, timeout=0.05)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server, client(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", timeout_s=0.4) as asking:
        with pytest.raises(OperatorUnreachable) as lost:
            await asking.create_link(ORDER)
        assert lost.value.details == {"reason": "timeout"}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"Code": 200, "Message": "done", "Data": {"OperationStatus": "10"}}, StatusAnswer(10, "done")),
        ({"Code": "200", "Message": "fail", "Data": {"OperationStatus": 21}}, StatusAnswer(21, "fail")),
        ({"Code": 200, "Data": {"OperationStatus": 1}}, StatusAnswer(1, "")),
        ({"Code": 200, "Message": 5, "Data": None}, StatusAnswer(None, "")),
        ({"Code": 200, "Data": {"OperationStatus": "soon"}}, StatusAnswer(None, "")),
    ],
)
async def test_asking(answer: dict[str, Any], status: StatusAnswer) -> None:
    async with operator(http(answer)) as played, client(played.url) as asking:
        assert await asking.ask_status(TransactionId("t-9"), "7") == status
    assert played.data == {"TransactionID": "t-9", "TerminalID": "7"}
    assert played.packets[0]["Partner"] == {"PartnerToken": TOKEN, "OperationType": 20003, "Locale": "uk"}


async def test_a_refused_question() -> None:
    async with operator(http({"Code": 404, "Message": "no such"})) as played, client(played.url) as asking:
        with pytest.raises(OperatorRefused) as refused:
            await asking.ask_status(TransactionId("t-9"), "7")
    assert refused.value.details == {"operator_code": "404", "message": "no such", "reason": "refused"}


@pytest.mark.parametrize(
    "url", ["http://papi.xpaydirect.com/xpay", "", "ftp://x/", "https://a:b@x.example/", "http://10.0.0.1/"]
)
def test_addresses_that_would_send_in_clear(url: str) -> None:
    with pytest.raises(SettingBad):
        HttpxOperator(OperatorSettings(url=url), None, None, None, FixedClock())


async def test_what_is_not_configured_is_named() -> None:
    key, public = VECTORS["merchant_private_key"], VECTORS["operator_public_key"]
    settings = OperatorSettings(url="https://papi.xpaydirect.com/xpay")
    for values, name in [
        ((key, None, public), "operator.token"),
        ((None, TOKEN, public), "keys"),
        ((key, TOKEN, ""), "operator.public_key_file"),
    ]:
        asking = HttpxOperator(settings, *values, FixedClock())
        with pytest.raises(NotConfigured) as refused:
            await asking.create_link(ORDER)
        assert refused.value.details == {"setting": name}
        await asking.close()
    with pytest.raises(BadKey):
        HttpxOperator(settings, "nonsense", TOKEN, public, FixedClock())


async def test_the_log_holds_no_word_of_request_or_answer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="app.operator_api")
    no = {"Code": 403, "Message": "secret words", "Data": None}
    async with operator(http(no)) as played, client(played.url) as asking:
        with pytest.raises(OperatorRefused):
            await asking.create_link(ORDER)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("app.")]
    assert len(ours) == 1
    assert ours[0].startswith("operation 10005: HTTP 200 in ")


async def test_many_at_once_and_again_after_closing() -> None:
    async with operator(http(GOOD)) as played, client(played.url) as asking:
        answers = await asyncio.gather(*(asking.create_link(ORDER) for _ in range(20)))
        assert {answer.url for answer in answers} == {LINK}
        await asking.close()
        assert (await asking.create_link(ORDER)).url == LINK
    assert len({packet["KeyAES"] for packet in played.packets}) == 21
