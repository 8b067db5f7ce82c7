"""The real listener, intake and ledger under malformed requests (R3, small) and card data in them (R8)."""

from __future__ import annotations

import asyncio
import logging
import random
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.bootstrap.home import callback_base, open_home
from app.domain.errors import SettingBad
from app.domain.payment import PaymentStatus
from tests.soak.attack import PAN, TAVV, get, malformed, say, statuses
from tests.soak.shop import Shop, open_shop

REQUESTS, MAX_CONCURRENT = 2_000, 20


@pytest.fixture(scope="session")
def operator_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
async def shop(home: Path, operator_key: rsa.RSAPrivateKey) -> AsyncIterator[Shop]:
    async with open_shop(home, operator_key) as opened:
        yield opened


async def attack(shop: Shop, seeds: range) -> list[bytes]:
    gate = asyncio.Semaphore(MAX_CONCURRENT)

    async def one(seed: int) -> bytes:
        async with gate:
            return await say(shop.address, malformed(random.Random(seed), shop.path), end=seed % 2 == 0)

    return list(await asyncio.gather(*(one(seed) for seed in seeds)))


async def test_two_thousand_malformed_requests(shop: Shop, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("asyncio").setLevel(logging.INFO)  # pytest's own loop in debug mode logs every socket
    await attack(shop, range(200))  # warm-up
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        answers = await attack(shop, range(200, 200 + REQUESTS))
        grown = tracemalloc.get_traced_memory()[0] - before - sum(map(len, answers))
    finally:
        tracemalloc.stop()
    seen = {status for answer in answers for status in statuses(answer)}
    assert seen <= {200, 400, 404, 405, 413}
    assert {200, 400, 404, 405, 413} <= seen
    assert all(secret.encode() not in answer for secret in (PAN, TAVV) for answer in answers)
    loud = [record for record in caplog.records if record.levelno >= logging.WARNING or record.exc_info]
    # the shop has no operator: if the attack takes longer than two seconds, its status poller's inquiry fails
    assert {record.getMessage() for record in loud} <= {"asking about payment 1: not_configured"}
    assert PAN not in caplog.text
    assert TAVV not in caplog.text
    assert grown < 8_000_000
    assert (await shop.pay()) == [200]
    assert (await shop.payment()).state is PaymentStatus.PAID
    assert_no_card_data(home)


def assert_no_card_data(home: Path) -> None:
    for file in home.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert PAN.encode() not in content, file
            assert TAVV.encode() not in content, file


@pytest.mark.parametrize(
    "request_bytes",
    [
        f"GET /xpay/x?pan={PAN}&tavv={TAVV} HTTP/9.9\r\n\r\n".encode(),
        f"GET /xpay/x HTTP/1.1\r\nX-Card: {PAN}\0{TAVV}\r\n\r\n".encode(),
        f"POST /xpay/x?pan={PAN} HTTP/1.1\r\nContent-Length: 40\r\n\r\ntavv={TAVV}".encode(),
        f"{PAN} {TAVV}\r\n\r\n".encode(),
        f"GET /xpay/x?pan={PAN}&tavv={TAVV}".encode(),
        get(f"/xpay/unknown?pan={PAN}&tavv={TAVV}"),
        get(f"/{PAN}/{TAVV}"),
    ],
)
async def test_card_data_of_a_bad_request_is_nowhere(
    shop: Shop, home: Path, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = await say(shop.address, request_bytes, end=True)
    for secret in (PAN, TAVV):
        assert secret.encode() not in answer
        assert secret not in caplog.text
    assert_no_card_data(home)


async def test_settings_reach_the_listener(home: Path, operator_key: rsa.RSAPrivateKey) -> None:
    rules = {"callbacks.allowed_addresses": "192.0.2.0/24", "callbacks.trusted_proxies": "127.0.0.1"}
    async with open_shop(home, operator_key, rules) as shop:
        assert await shop.pay() == [403]
        assert (await shop.payment()).state is PaymentStatus.OPEN
        assert await shop.pay("X-Forwarded-For: 192.0.2.7") == [200]
        assert (await shop.payment()).state is PaymentStatus.PAID


async def test_bad_tls_files_stop_the_start(home: Path, operator_key: rsa.RSAPrivateKey) -> None:
    rules = {"callbacks.tls_certificate_file": str(home / "none.pem"), "callbacks.tls_key_file": str(home / "none.pem")}
    with pytest.raises(SettingBad) as caught:
        async with open_shop(home, operator_key, rules):
            pass
    assert caught.value.details["reason"] == "missing_file"
    assert callback_base(open_home(str(home), lambda code: None)).startswith("https://")
