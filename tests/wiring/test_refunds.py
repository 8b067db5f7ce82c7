"""Refunds over real HTTP: our core, its listener, and the demo operator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app.bootstrap import CallbackReceiving, Core, change_setting, make_keys, open_core, open_home
from app.domain.errors import OperatorRefused, RefundInFlight, RefundUnknown
from app.domain.ids import TransactionId
from app.domain.journal.events import Source
from app.domain.payment import Payment, RefundMark, RefundStatus
from app.services.bus import Bus
from app.services.ports.ledger import PaymentView
from app.services.ports.operator_gateway import RefundOrder
from app.services.sales.till import Sale
from app.simulator.faults import Fault
from app.simulator.payer import Payer
from app.simulator.server import Simulator

FAILURE_TEXTS = (Fault.HTML, Fault.GARBAGE, Fault.HUGE, Fault.DROP)


@dataclass
class Shop:
    core: Core
    operator: Simulator
    bus: Bus

    async def sold(self, amount_minor: int = 12550) -> PaymentView:
        """Return a payment that is paid, its callback received."""
        view = await self.core.till.request_payment(Sale(amount_minor))
        opened = await self.core.till.open_link(view.payment.id)
        assert await Payer(str(opened.payment.link.url)).pay() == "paid"
        return await self.view(view)

    async def view(self, view: PaymentView) -> PaymentView:
        found = await self.core.ledger.payment(view.payment.id)
        assert found is not None
        return found

    async def refund(self, view: PaymentView, amount_minor: int | None = None) -> PaymentView:
        return await self.core.refunds.refund(view.payment.id, amount_minor, "returned")

    async def until(self, view: PaymentView, condition: Callable[[Payment], bool]) -> Payment:
        """Wait until the payment satisfies the condition."""
        news = asyncio.Event()
        forget = self.bus.subscribe(lambda changes: news.set())
        try:
            async with asyncio.timeout(20):
                while not condition(payment := (await self.view(view)).payment):
                    await news.wait()
                    news.clear()
            return payment
        finally:
            forget()

    async def returned(self, view: PaymentView) -> Payment:
        """Wait for the operator's refund callback."""
        return await self.until(view, lambda payment: payment.refund is not RefundMark.REQUESTED)

    async def spoil(self, *faults: Fault) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.post(self.operator.url.replace("/xpay", "/faults"), json=[fault.value for fault in faults])


@pytest.fixture
async def shop(home: Path, tmp_path: Path) -> AsyncIterator[Shop]:
    operator = Simulator(port=0, directory=tmp_path / "operator", speed=100)
    await operator.start()
    opened = open_home(str(home), lambda code: None)
    make_keys(opened)
    for key, value in {
        "operator.url": operator.url,
        "operator.public_key_file": str(tmp_path / "operator" / "operator_public.pem"),
        "operator.token": operator.token,
        "operator.timeout_s": "5",
    }.items():
        change_setting(opened, key, value)
    opened = open_home(str(home), lambda code: None)
    async with open_core(opened) as first:
        receiving, listener = CallbackReceiving(first).make("127.0.0.1", 0)
        await receiving.start()
        async with open_core(opened) as core:
            core.current.listener_base = f"http://127.0.0.1:{listener.port}"
            bus = Bus(core.ledger)
            following = asyncio.create_task(bus.run(after_seq=0))
            try:
                yield Shop(core, operator, bus)
            finally:
                bus.stop()
                await following
                await receiving.stop()
                await operator.stop()


async def test_a_part_and_then_the_rest_come_back_by_signed_callbacks(shop: Shop) -> None:
    sold = await shop.sold()
    first = await shop.refund(sold, 5000)
    assert (first.payment.refund, first.payment.refunded_minor) == (RefundMark.REQUESTED, 0)
    with pytest.raises(RefundInFlight):
        await shop.refund(sold, 1)
    part = await shop.returned(sold)
    assert (part.refund, part.refunds[0].status, part.refunded_minor) == (RefundMark.PARTIAL, RefundStatus.DONE, 5000)
    await shop.refund(sold)
    payment = await shop.returned(sold)
    assert (payment.refund, payment.refunded_minor, payment.attention) == (RefundMark.FULL, 12550, ())
    report = await shop.core.operator.test_connection()
    assert report.balance_minor == 0


async def test_a_whole_refund_in_one(shop: Shop) -> None:
    sold = await shop.sold()
    await shop.refund(sold)
    payment = await shop.returned(sold)
    assert (payment.refund, payment.refunds[0].amount_minor) == (RefundMark.FULL, 12550)


async def test_the_operator_that_refuses_leaves_a_failed_refund(shop: Shop) -> None:
    sold = await shop.sold()
    await shop.spoil(Fault.REFUSE)
    with pytest.raises(OperatorRefused):
        await shop.refund(sold)
    payment = (await shop.view(sold)).payment
    assert [refund.status for refund in payment.refunds] == [RefundStatus.FAILED]
    assert payment.refund is RefundMark.NONE
    await shop.spoil()
    await shop.refund(sold)
    assert (await shop.returned(sold)).refund is RefundMark.FULL


@pytest.mark.parametrize("fault", FAILURE_TEXTS)
async def test_nonsense_or_silence_is_unknown_until_the_callback(shop: Shop, fault: Fault) -> None:
    sold = await shop.sold()
    await shop.spoil(fault, Fault.NO_CALLBACK)
    with pytest.raises(RefundUnknown):
        await shop.refund(sold, 100)
    payment = (await shop.view(sold)).payment
    assert payment.refunds[0].status is RefundStatus.UNKNOWN
    with pytest.raises(RefundInFlight):
        await shop.refund(sold, 100)


async def test_an_unknown_one_is_cleared_up_by_asking(shop: Shop) -> None:
    sold = await shop.sold()
    await shop.spoil(Fault.HTML, Fault.NO_CALLBACK)
    with pytest.raises(RefundUnknown):
        await shop.refund(sold, 100)
    await shop.spoil(Fault.UNKNOWN_STATUS)
    assert (await shop.core.refunds.ask(sold.payment.id)).payment.refunds[0].status is RefundStatus.UNKNOWN
    await shop.spoil(Fault.STRINGS)
    asked = await shop.core.refunds.ask(sold.payment.id)
    async with asyncio.timeout(20):
        while asked.payment.refunds[0].status is RefundStatus.UNKNOWN:
            asked = await shop.core.refunds.ask(sold.payment.id)
    assert (await shop.view(sold)).payment.refunded_minor == 100


async def test_an_unsigned_refund_changes_nothing_but_is_seen(shop: Shop) -> None:
    sold = await shop.sold()
    await shop.spoil(Fault.UNSIGNED)
    await shop.refund(sold, 100)
    payment = await shop.until(sold, lambda payment: bool(payment.attention))
    assert [code.value for code in payment.attention] == ["unverified_refund"]
    assert payment.refunded_minor == 0


async def test_two_windows_on_one_home_send_one(shop: Shop) -> None:
    sold = await shop.sold()
    async with open_core(shop.core.home) as other:
        calls = [core.refunds.refund(sold.payment.id, 100, "twice") for core in (shop.core, other)]
        ended = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(type(end).__name__ for end in ended) == ["PaymentHistory", "RefundInFlight"]
    assert len((await shop.view(sold)).payment.refunds) == 1


async def test_the_operator_itself_refuses_more_than_was_paid(shop: Shop) -> None:
    sold = await shop.sold()
    gateway, now = shop.core.operator, shop.core.clock.now()
    txn_id = str(sold.payment.txn_id)
    asked = [(txn_id, 12551), (txn_id, 12550), (txn_id, None), ("nobody", 1), (txn_id, 0)]
    answers = [
        await gateway.refund(RefundOrder(TransactionId(f"r{number}"), name, amount, now, "1"))
        for number, (name, amount) in enumerate(asked)
    ]
    assert [answer.failed for answer in answers] == [True, False, True, True, True]
    assert (await gateway.ask_status(TransactionId("r0"), "7")).operation_status == 21


async def test_the_statement_lists_what_was_paid_and_went_back(shop: Shop) -> None:
    sold = await shop.sold()
    await shop.refund(sold, 5000)
    await shop.returned(sold)
    now = shop.core.clock.now()
    read = await shop.core.operator.statement(now - timedelta(hours=1), now + timedelta(minutes=1))
    assert [(line.amount_minor, line.status) for line in read.lines] == [(12550, 10), (-5000, 10)]
    assert (read.lines[0].txn_id, read.unreadable) == (sold.payment.txn_id, 0)
    later = await shop.core.operator.statement(now + timedelta(days=1), now + timedelta(days=2))
    assert later.lines == ()
    await shop.spoil(Fault.STRINGS)
    again = await shop.core.operator.statement(now - timedelta(hours=1), now + timedelta(minutes=1))
    assert [line.amount_minor for line in again.lines] == [12550, -5000]


async def test_whoever_listens_asks_about_refunds_whose_callback_never_comes(shop: Shop) -> None:
    sold = await shop.sold()
    await shop.spoil(Fault.NO_CALLBACK)
    await shop.refund(sold)
    payment = await shop.returned(sold)
    assert (payment.refund, payment.refunded_minor) == (RefundMark.FULL, 12550)
    answers = [e for e in await shop.core.ledger.entries(payment.id) if e.fact.type == "refund_answered"]
    assert [entry.source for entry in answers] == [Source.OPERATOR, Source.INQUIRY]
