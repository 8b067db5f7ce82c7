"""Money that did not move is not counted, and money that moved counts once: signatures, refunds, addresses."""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest

from app.bootstrap import CallbackReceiving, RunningCore, change_setting, make_keys, open_core, open_home, run_core
from app.bootstrap.core import till_policy
from app.bootstrap.home import listener_base, remember_address
from app.domain.errors import WrongMode
from app.domain.ids import LinkKey, RefundId, TransactionId
from app.domain.journal.events import Fact, RefundAnswered, RefundRequested, Source
from app.domain.payment import Attention, LinkState, Payment, PaymentStatus, RefundMark, RefundStatus
from app.services.bus import Bus
from app.services.ports.operator_gateway import LinkAnswer, LinkOrder, StatusAnswer
from app.services.sales.till import Sale, Till
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.simulator.server import Simulator
from tests.wiring.shop import UUID, Shop, open_payment

TXN, DAY = "321455", "202611211015"
SHIFTED_TXN = {"txn_id": TXN[:-1], "uuid": TXN[-1] + UUID}


class Operator:
    """Creates every link and answers [20003] with `status`."""

    def __init__(self, status: int = 1) -> None:
        self.status = status

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        return LinkAnswer("https://mapi.xpaydirect.com/x", UUID, None)

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        return StatusAnswer(self.status, "")


async def other_link(shop: Shop) -> LinkKey:
    """Return the link of another payment of the same sum."""
    return (await open_payment(shop.core)).payment.link.key


async def payment_at(shop: Shop, key: LinkKey) -> Payment:
    payment_id = await shop.core.ledger.payment_of_link(key)
    assert payment_id is not None
    view = await shop.core.ledger.payment(payment_id)
    assert view is not None
    return view.payment


def sign_of(query: str) -> str:
    return httpx.QueryParams(query)["sign"]


# One signature is one fact: it covers neither the command nor where a value ends (protocol.md A3.4, B 5.7).


@pytest.mark.parametrize(
    ("genuine", "moved"),
    [
        ({"sum": "6275"}, SHIFTED_TXN),
        (
            {"txn_date": f"{DAY}12", "sum": "100"},
            {"uuid": UUID[:-13], "txn_date": UUID[-13:] + DAY, "sum": "12100"},
        ),
    ],
)
async def test_a_pay_is_not_counted_again_with_moved_borders(
    shop: Shop, genuine: dict[str, str], moved: dict[str, str]
) -> None:
    first = shop.query(**genuine)
    await shop.send_callback(first)
    await shop.send_callback(shop.query(**{**genuine, **moved, "sign": sign_of(first)}))
    payment = await shop.payment()
    assert payment.received_minor == int(genuine["sum"])
    assert payment.state is PaymentStatus.UNDERPAID


async def test_a_pay_with_moved_borders_pays_no_other_payment(shop: Shop) -> None:
    first = shop.query()
    await shop.send_callback(first)
    other = await other_link(shop)
    await shop.send_callback(shop.query(**SHIFTED_TXN, sign=sign_of(first)), f"/xpay/{other}")
    assert (await payment_at(shop, other)).state is PaymentStatus.OPEN


@pytest.mark.parametrize("changes", [{"sign": "AAAA"}, {"sign": None}, {"txn_id": "replayed"}])
async def test_the_card_of_a_message_that_is_no_money_is_not_shown(shop: Shop, changes: dict[str, str | None]) -> None:
    """Its time is earlier than the genuine one's, and a card number is never signed."""
    await shop.send_callback(shop.query("error", txn_id="replayed", txn_date="20260101000000"))
    await shop.get(shop.query(txn_date="20260101000000", pan="5555555555554444", **changes))
    assert (await shop.payment()).card is None
    await shop.send_callback(shop.query(pan="4242424242424242"))
    payment = await shop.payment()
    assert (payment.state, payment.card) == (PaymentStatus.PAID, "424242******4242")


async def test_a_pay_that_is_believed_without_sign_at_last_leaves_no_doubt_of_itself(shop: Shop) -> None:
    """The operator repeats after the setting was changed: nothing is left for a person to decide."""
    assert (await shop.get(shop.query(sign=None))).status_code == 503
    assert (await shop.payment()).attention == (Attention.UNVERIFIED,)
    await shop.change(callbacks__signature="optional")
    assert await shop.send_callback(shop.query(sign=None)) == ("10", "Ok")
    payment = await shop.payment()
    assert (payment.state, payment.attention) == (PaymentStatus.PAID, ())
    await shop.get(shop.query(sign="AAAA", txn_id="2"))
    await shop.send_callback(shop.query(sign=None, txn_id="2"))
    assert Attention.UNVERIFIED in (await shop.payment()).attention


async def test_a_refund_replayed_as_pay_is_no_money(shop: Shop) -> None:
    await shop.send_callback(shop.query())
    await shop.send_callback(shop.query("refund", txn_id="R1"))
    await shop.send_callback(shop.query("pay", txn_id="R1"))
    payment = await shop.payment()
    assert (payment.received_minor, payment.refunded_minor) == (12550, 12550)
    assert payment.refund is RefundMark.FULL
    assert Attention.REPLAY in payment.attention


async def test_a_refund_replayed_as_pay_pays_no_other_payment(shop: Shop) -> None:
    await shop.send_callback(shop.query())
    await shop.send_callback(shop.query("refund", txn_id="R1"))
    other = await other_link(shop)
    await shop.send_callback(shop.query("pay", txn_id="R1"), f"/xpay/{other}")
    assert (await payment_at(shop, other)).state is PaymentStatus.OPEN


async def test_an_error_replayed_as_refund_gives_nothing_back(shop: Shop) -> None:
    await shop.send_callback(shop.query("error", txn_id="E1"))
    await shop.send_callback(shop.query())
    await shop.send_callback(shop.query("refund", txn_id="E1"))
    assert (await shop.payment()).refunded_minor == 0


async def test_the_pay_of_another_payment_replayed_as_refund_gives_nothing_back(shop: Shop) -> None:
    await shop.send_callback(shop.query())
    other = await other_link(shop)
    await shop.send_callback(shop.query("pay", txn_id="P2"), f"/xpay/{other}")
    await shop.send_callback(shop.query("refund", txn_id="P2"))
    assert (await shop.payment()).refunded_minor == 0


async def test_a_refund_on_two_links_of_a_payment_counts_once(shop: Shop) -> None:
    await shop.send_callback(shop.query())
    second = (await open_payment(shop.core)).payment.id
    await shop.core.till.cancel(second)
    renewed = (await shop.core.till.renew(second)).payment
    old, new = (f"/xpay/{link.key}" for link in renewed.links)
    await shop.send_callback(shop.query("pay", txn_id="P2"), old)
    await shop.send_callback(shop.query("refund", txn_id="R2", sum="1000"), old)
    await shop.send_callback(shop.query("refund", txn_id="R2", sum="1000"), new)
    assert (await payment_at(shop, renewed.link.key)).refunded_minor == 1000


async def test_a_refund_that_came_back_is_not_booked_on_the_try_that_failed(shop: Shop) -> None:
    """Refused, tried again with the same sum, accepted: only the second moved money."""
    await shop.send_callback(shop.query())
    now = shop.core.clock.now()
    tries: list[tuple[str, str]] = [("r1", "failed"), ("r2", "requested")]
    for place, (name, status) in enumerate(tries):
        asked = RefundRequested(RefundId(name), 1000, TXN, TransactionId(f"t-{name}"), "returned")
        facts: tuple[Fact, ...] = (asked, RefundAnswered(RefundId(name), status, ""))
        at = now + timedelta(seconds=place)
        for fact in facts:
            await shop.core.ledger.write(
                lambda tx, fact=fact, at=at: tx.append(  # type: ignore[misc]
                    fact, payment_id=shop.view.payment.id, source=Source.TILL, at=at
                )
            )
    await shop.send_callback(shop.query("refund", txn_id="R1", sum="1000"))
    payment = await shop.payment()
    assert [refund.status for refund in payment.refunds] == [RefundStatus.FAILED, RefundStatus.DONE]
    assert payment.refund is RefundMark.PARTIAL


# Attention.


async def test_a_no_that_was_said_before_the_pay_contradicts_it_when_said_again(shop: Shop) -> None:
    """A declined attempt, then a payment: [20003] still answers 21, which is a contradiction (protocol.md A3.9)."""
    operator = Operator(21)
    policy = InquiryPolicy(proves=False)
    watch = StatusInquiry(shop.core.ledger, operator, shop.clock, lambda: policy, shop.clock.pause)  # type: ignore[arg-type]
    await watch.ask(shop.view.payment.id)
    await shop.send_callback(shop.query())
    shop.clock.ahead += timedelta(minutes=1)
    await watch.ask(shop.view.payment.id)
    assert Attention.CONTRADICTION in (await shop.payment()).attention


async def test_another_part_of_the_money_needs_attention_again(shop: Shop) -> None:
    await shop.send_callback(shop.query(sum="100"))
    await shop.core.settlement.settle(shop.view.payment.id, "the customer brings the rest")
    await shop.send_callback(shop.query(txn_id="P2", sum="200"))
    assert Attention.UNDERPAID in (await shop.payment()).attention


# Demo money never mixes with live money (protocol.md A7).


@pytest.mark.parametrize("what", ["renew", "resume"])
async def test_a_link_of_play_money_is_not_made_again_by_live_settings(shop: Shop, what: str) -> None:
    core = shop.core
    policy = replace(till_policy(core.home), mode="demo", lease=timedelta())
    demo, live = (
        Till(core.ledger, Operator(), core.clock, core.entropy, partial(replace, policy, mode=mode))  # type: ignore[arg-type]
        for mode in ("demo", "live")
    )
    await core.ledger.write(lambda tx: tx.set_mode("demo"))
    view = await demo.request_payment(Sale(100))
    if what == "renew":
        view = await demo.cancel(view.payment.id)
    with suppress(WrongMode):
        await getattr(live, what)(view.payment.id)
    after = await core.ledger.payment(view.payment.id)
    assert after is not None
    assert after.payment.links == view.payment.links


# Without `callbacks.public_url` the base of callbacks is the listener's own address (contract.md 4).


async def test_the_window_beside_a_listener_tells_the_listeners_address(home: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    stopping = asyncio.Event()
    ready: asyncio.Future[RunningCore] = asyncio.get_running_loop().create_future()
    async with AsyncExitStack() as running:
        core = await running.enter_async_context(open_core(opened))
        receiving, listener = CallbackReceiving(core).make("127.0.0.1", 0)
        address = await receiving.start()
        running.push_async_callback(receiving.stop)
        remember_address(opened, "127.0.0.1", listener.port)
        window = asyncio.create_task(run_core(opened, ready.set_result, stopping))
        try:
            view = await (await ready).till.request_payment(Sale(100))
        finally:
            stopping.set()
            await window
    assert view.payment.link.callback_url.startswith(f"{address}/xpay/")


async def test_a_listener_on_a_port_of_chance_tries_again_with_that_port(home: Path, tmp_path: Path) -> None:
    """`listen --port 0` also creates the links that another process left unfinished."""
    operator = Simulator(port=0, directory=tmp_path / "operator")
    await operator.start()
    opened = open_home(str(home), lambda code: None)
    make_keys(opened)
    key_file = str(tmp_path / "operator" / "operator_public.pem")
    settings = {"url": operator.url, "token": operator.token, "public_key_file": key_file}
    for name, value in settings.items():
        change_setting(opened, f"operator.{name}", value)
    opened = open_home(str(home), lambda code: None)
    news = asyncio.Event()
    async with open_core(opened) as core:
        policy = replace(till_policy(opened), lease=timedelta())
        left = await Till(core.ledger, core.operator, core.clock, core.entropy, lambda: policy).request_payment(
            Sale(100)
        )
        bus = Bus(core.ledger)
        bus.subscribe(lambda changes: news.set())
        following = asyncio.create_task(bus.run())
        command = (sys.executable, "-m", "app", "--home", str(home), "listen", "--port", "0")
        listen = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        try:
            async with asyncio.timeout(20):
                assert listen.stdout is not None
                address = (await listen.stdout.readline()).decode().split()[1]
                view = await core.ledger.payment(left.payment.id)
                while view is None or view.payment.link.state is not LinkState.CREATED:
                    await news.wait()
                    news.clear()
                    view = await core.ledger.payment(left.payment.id)
        finally:
            listen.terminate()
            await listen.wait()
            bus.stop()
            await following
            await operator.stop()
    assert view is not None
    assert view.payment.link.callback_url.startswith(f"{address}/xpay/")


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
async def test_the_base_of_a_listener_on_all_addresses_is_one_it_hears(home: Path) -> None:
    opened = open_home(str(home), lambda code: None)
    async with open_core(opened) as core:
        receiving, listener = CallbackReceiving(core).make("::", 0)
        await receiving.start()
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                answer = await client.get(f"{listener_base(opened, ('::', listener.port))}/health")
        finally:
            await receiving.stop()
    assert answer.json() == {"ok": True}
