"""Callbacks through real HTTP into a real ledger (protocol.md A2, A3), signed with an operator's key."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest

from app.bootstrap import CallbackReceiving, open_core, open_home
from app.domain.errors import HomeTaken, PortTaken
from app.domain.journal.events import CallbackMalformed, CallbackReceived, OrphanReceived
from app.domain.payment import Attention, ConfirmedBy, PaymentStatus
from tests.wiring.shop import Shop, open_payment

PAN = "4111111111111111"


async def test_a_signed_pay_is_paid_and_answered_as_documented(shop: Shop) -> None:
    response = await shop.get(shop.query())
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/json")
    answer = response.json()
    assert set(answer) == {"txn_id", "result", "message", "txn_date", "date_time"}
    assert all(isinstance(value, str) for value in answer.values())
    assert (answer["txn_id"], answer["result"]) == ("321455", "10")
    assert answer["txn_date"] == answer["date_time"]
    assert len(answer["txn_date"]) == 14
    payment = (await shop.now()).payment
    assert (payment.state, payment.confirmed_by) == (PaymentStatus.PAID, ConfirmedBy.CALLBACK)


async def test_the_same_callback_ten_times_is_one_payment_and_one_answer(shop: Shop) -> None:
    query = shop.query()
    first = await shop.get(query)
    again = await asyncio.gather(*(shop.get(query) for _ in range(9)))
    assert {response.text for response in again} == {first.text}
    entries = await shop.core.ledger.entries(shop.view.payment.id)
    received = [entry for entry in entries if isinstance(entry.fact, CallbackReceived)]
    assert [entry.repeats for entry in received] == [9]
    assert (await shop.now()).payment.received_minor == 12550


@pytest.mark.parametrize("sign", [None, "AAAA", base64.b64encode(b"x" * 256).decode()])
async def test_a_forged_pay_is_not_paid_and_comes_again(shop: Shop, sign: str | None) -> None:
    response = await shop.get(shop.query(sign=sign))
    assert (response.status_code, response.content) == (503, b"")
    payment = (await shop.now()).payment
    assert (payment.state, payment.attention) == (PaymentStatus.OPEN, (Attention.UNVERIFIED,))
    assert (await shop.get(shop.query())).json()["result"] == "10"
    assert (await shop.now()).payment.state is PaymentStatus.PAID


@pytest.mark.parametrize("change", [{"sum": "1"}, {"uuid": "other"}, {"txn_date": "20261121101501"}, {"txn_id": "9"}])
async def test_what_was_signed_cannot_be_changed(shop: Shop, change: dict[str, str]) -> None:
    genuine = dict(httpx.QueryParams(shop.query()))
    response = await shop.get(urlencode(genuine | change, quote_via=quote))
    assert response.status_code == 503
    assert (await shop.now()).payment.state is PaymentStatus.OPEN


async def test_a_smaller_sum_is_underpaid(shop: Shop) -> None:
    assert (await shop.get(shop.query(sum="12549"))).json()["result"] == "10"
    payment = (await shop.now()).payment
    assert (payment.state, payment.received_minor) == (PaymentStatus.UNDERPAID, 12549)


async def test_an_error_keeps_the_link_open_and_does_not_undo_paid(shop: Shop) -> None:
    await shop.get(shop.query("error", txn_id="1", message="No money"))
    payment = (await shop.now()).payment
    assert (payment.state, payment.last_error) == (PaymentStatus.OPEN, "No money")
    await shop.get(shop.query())
    assert (await shop.get(shop.query("error", txn_id="2"))).json()["result"] == "10"
    assert (await shop.now()).payment.state is PaymentStatus.PAID


async def test_an_error_replayed_as_pay_is_no_money(shop: Shop) -> None:
    query = shop.query("error")
    await shop.get(query)
    assert (await shop.get(query.replace("command=error", "command=pay"))).json()["result"] == "10"
    payment = (await shop.now()).payment
    assert (payment.state, payment.attention) == (PaymentStatus.OPEN, (Attention.REPLAY,))


async def test_one_txn_pays_one_payment(shop: Shop) -> None:
    await shop.get(shop.query())
    second = await open_payment(shop.core)
    await shop.get(shop.query(), path=f"/xpay/{second.payment.link.key}")
    found = await shop.core.ledger.payment(second.payment.id)
    assert found is not None
    assert (found.payment.state, found.payment.attention) == (PaymentStatus.OPEN, (Attention.TXN_REUSED,))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "command=pay",
        "command=pay&txn_id=1&uuid=u&txn_date=20261121101500&sum=012",
        "command=pay&command=pay&txn_id=1",
        "command=pay&txn_id=%00&uuid=u",
        "%ff%fe=1",
    ],
)
async def test_a_malformed_callback_is_refused_and_kept(shop: Shop, query: str) -> None:
    response = await shop.get(query)
    assert (response.status_code, response.json()["result"]) == (200, "21")
    entries = await shop.core.ledger.entries(shop.view.payment.id)
    assert any(isinstance(entry.fact, CallbackMalformed) for entry in entries)
    assert (await shop.now()).payment.state is PaymentStatus.OPEN


async def test_only_the_first_twenty_malformed_ones_are_kept(shop: Shop) -> None:
    for _ in range(25):
        await shop.get("command=pay")
    entries = await shop.core.ledger.entries(shop.view.payment.id)
    malformed = [entry for entry in entries if isinstance(entry.fact, CallbackMalformed)]
    assert len(malformed) == 20
    assert sum(entry.repeats for entry in malformed) == 5


async def test_an_unknown_key_is_404_without_a_word(shop: Shop) -> None:
    response = await shop.get(shop.query(sign="AAAA"), path="/xpay/unknown")
    assert (response.status_code, response.content) == (404, b"")


async def test_signed_money_for_an_unknown_key_is_kept_as_an_orphan(shop: Shop) -> None:
    for _ in range(2):
        assert (await shop.get(shop.query(), path="/xpay/unknown")).status_code == 404
    tail = await shop.core.ledger.tail(0)
    assert [entry.payment_id for entry in tail if isinstance(entry.fact, OrphanReceived)] == [None]


async def test_a_query_glued_on_with_an_ampersand_is_read(shop: Shop) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.get(f"{shop.address}{shop.path}&{shop.query()}")
    assert response.json()["result"] == "10"


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_only_get_is_served(shop: Shop, method: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.request(method, f"{shop.address}{shop.path}?{shop.query()}")
    assert (response.status_code, response.content) == (405, b"")
    assert (await shop.now()).payment.state is PaymentStatus.OPEN


async def test_health_says_ok_and_nothing_else(shop: Shop) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.get(f"{shop.address}/health")
    assert (response.status_code, response.json()) == (200, {"ok": True})


@pytest.mark.parametrize(
    "head",
    [
        f"GET /xpay/x?pan={PAN} HTTP/9.9\r\n\r\n",
        f"BAD {PAN}\r\n\r\n",
        f"GET /xpay/x?pan={PAN}&{'a' * 20000} HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
async def test_an_unreadable_request_is_not_echoed(shop: Shop, head: str) -> None:
    host, port = shop.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.encode())
    await writer.drain()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.split()[1] == b"400"
    assert answer.endswith(b"\r\n\r\n")
    assert PAN.encode() not in answer


async def test_card_data_never_reaches_the_disk(shop: Shop, home: Path) -> None:
    await shop.get(shop.query(pan=PAN, exp="2912", tavv="SECRETTAVV=", note=f"card {PAN}"))
    assert (await shop.now()).payment.card == "411111******1111"
    for file in home.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert PAN.encode() not in content, file
            assert b"SECRETTAVV" not in content, file


async def test_one_listener_a_home(shop: Shop) -> None:
    receiving, _ = CallbackReceiving(shop.core).make("127.0.0.1", 0)
    with pytest.raises(HomeTaken):
        await receiving.start()


async def test_a_taken_port_is_reported(shop: Shop, tmp_path: Path) -> None:
    other = open_home(str(tmp_path / "other"), lambda code: None)
    port = int(shop.address.rpartition(":")[2])
    async with open_core(other) as core:
        receiving, _ = CallbackReceiving(core).make("127.0.0.1", port)
        with pytest.raises(PortTaken):
            await receiving.start()
