"""The demo operator's faults against a real listener and ledger: a payment is paid only by real money."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.payment import Attention, ConfirmedBy, PaymentStatus
from app.operator_api.client import HttpxOperator
from app.operator_api.mapping import OperatorSettings
from app.services.ports.operator_gateway import LinkOrder
from app.services.sales.till import Sale
from app.simulator.payer import Payer
from app.simulator.server import Simulator
from tests.fakes.clock_and_operator import FakeClock
from tests.wiring.shop import Shop, running_shop

PHONE = "380671234567"


class SimulatedSale:
    """A sale whose link leads to the demo operator's page and whose callbacks reach the shop."""

    def __init__(self, shop: Shop, operator: Simulator, url: str) -> None:
        self.shop = shop
        self.operator = operator
        self.payer = Payer(url)
        self.url = url

    async def faults(self, *names: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.post(self.operator.url.replace("/xpay", "/faults"), json=list(names))

    async def page(self) -> str:
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(self.url)).text


async def _sold(
    home: Path, key: rsa.RSAPrivateKey, merchant_pem: str, *, two_step: bool, pay_type: str | None = None
) -> AsyncIterator[SimulatedSale]:
    operator = Simulator(port=0, speed=100_000.0, two_step=two_step)
    await operator.start()
    settings = OperatorSettings(url=operator.url)
    client = HttpxOperator(settings, merchant_pem, operator.token, operator.public_pem, FakeClock())
    try:
        async with running_shop(home, key, pem=operator.public_pem, sale=Sale(12550, phone=PHONE)) as shop:
            order = LinkOrder(
                shop.link.transaction_id,
                12550,
                "UAH",
                PHONE,
                f"{shop.address}{shop.path}",
                "en",
                shop.clock.now(),
                "1",
                pay_type=pay_type,
            )
            made = await client.create_link(order)
            yield SimulatedSale(shop, operator, made.url)
    finally:
        await client.close()
        await operator.stop()


@pytest.fixture
async def sold(home: Path, operator_key: rsa.RSAPrivateKey, merchant_pem: str) -> AsyncIterator[SimulatedSale]:
    async for sale in _sold(home, operator_key, merchant_pem, two_step=False, pay_type="20"):
        yield sale


@pytest.fixture
async def asked(home: Path, operator_key: rsa.RSAPrivateKey, merchant_pem: str) -> AsyncIterator[SimulatedSale]:
    async for sale in _sold(home, operator_key, merchant_pem, two_step=True):
        yield sale


@pytest.mark.parametrize(
    ("faults", "status", "received", "attention"),
    [
        ([], PaymentStatus.PAID, 12550, ()),
        (["duplicate"], PaymentStatus.PAID, 12550, ()),
        (["reorder"], PaymentStatus.PAID, 12550, ()),
        (["duplicate", "reorder"], PaymentStatus.PAID, 12550, ()),
        (["wrong-sum"], PaymentStatus.UNDERPAID, 12549, (Attention.UNDERPAID,)),
        (["unsigned"], PaymentStatus.OPEN, 0, (Attention.UNVERIFIED,)),
        (["bad-sign"], PaymentStatus.OPEN, 0, (Attention.UNVERIFIED,)),
        (["replay"], PaymentStatus.OPEN, 0, (Attention.REPLAY,)),
        (["replay", "duplicate"], PaymentStatus.OPEN, 0, (Attention.REPLAY,)),
        (["no-callback"], PaymentStatus.OPEN, 0, ()),
    ],
)
async def test_a_card_and_a_fault(
    sold: SimulatedSale, faults: list[str], status: PaymentStatus, received: int, attention: tuple[Attention, ...]
) -> None:
    await sold.faults(*faults)
    assert await sold.payer.pay() == "paid"
    payment = await sold.shop.payment()
    assert (payment.state, payment.received_minor, payment.attention) == (status, received, attention)
    assert await sold.shop.core.ledger.rebuild(write=False) == []


async def test_a_late_callback_is_late(sold: SimulatedSale) -> None:
    arrived = asyncio.Event()
    loop = asyncio.get_running_loop()
    await sold.faults("late")
    sold.shop.clock.ahead = timedelta(minutes=21)
    sold.shop.core.ledger.on_commit(lambda: loop.call_soon_threadsafe(arrived.set))
    assert await sold.payer.pay() == "paid"
    async with asyncio.timeout(10):
        while not (await sold.shop.payment()).late:
            await arrived.wait()
            arrived.clear()
    payment = await sold.shop.payment()
    assert (payment.state, payment.attention) == (PaymentStatus.PAID, (Attention.LATE,))


async def test_a_wallet_is_authorised_and_then_paid(sold: SimulatedSale) -> None:
    assert await sold.payer.press("gpay") == "paid"
    payment = await sold.shop.payment()
    assert (payment.state, payment.confirmed_by) == (PaymentStatus.PAID, ConfirmedBy.CALLBACK)
    assert (payment.card, payment.attention) == ("424242******4242", ())
    [(auth, _)], [(pay, _)] = await sold.shop.received("auth"), await sold.shop.received("pay")
    assert auth.uuid == pay.uuid


async def test_a_wallet_refused_is_reported_on_the_page(sold: SimulatedSale) -> None:
    await sold.shop.core.till.cancel(sold.shop.view.payment.id)
    assert await sold.payer.press("applepay") == "refused"
    assert "cancelled" in await sold.page()
    assert (await sold.shop.payment()).received_minor == 0


async def test_only_the_customer_who_was_named_pays_in_two_steps(asked: SimulatedSale) -> None:
    assert await asked.payer.press("contact", account="+380 99 999 99 99") == "refused"
    assert "unknown account" in await asked.page()
    assert await asked.payer.pay() == "refused", "the page still says why, and takes no card"
    assert (await asked.shop.payment()).state is PaymentStatus.OPEN
    assert await asked.payer.press("contact", account="+380 67 123-45-67") is None
    assert await asked.payer.pay() == "paid"
    assert (await asked.shop.payment()).state is PaymentStatus.PAID
    assert [fact.result for fact, _ in await asked.shop.received("check")] == ["21", "10"]
