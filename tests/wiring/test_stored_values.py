"""A payment's stored values count, not today's settings; a status of one link is not applied to another (A6b)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_core, open_home
from app.bootstrap.core import till_policy
from app.domain.journal.events import SignatureCheck
from app.domain.payment import Attention, ConfirmedBy, Payment, PaymentStatus
from app.services.ports.operator_gateway import LinkAnswer, LinkOrder, RefundAnswer, RefundOrder, StatusAnswer
from app.services.refunds.refunds import RefundPolicy, Refunds
from app.services.sales.till import Sale, Till
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.system import SystemEntropy
from tests.wiring.shop import UUID, Shop


class Operator:
    """Creates every link and accepts every refund; answers [20003] by link with `statuses`, else 1."""

    def __init__(self) -> None:
        self.orders: list[LinkOrder] = []
        self.refunds: list[RefundOrder] = []
        self.asked: list[tuple[str, str]] = []
        self.statuses: dict[str, int] = {}

    async def create_link(self, order: LinkOrder) -> LinkAnswer:
        self.orders.append(order)
        return LinkAnswer(f"https://mapi.xpaydirect.com/{len(self.orders)}", f"{UUID}-{len(self.orders)}", None)

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        self.refunds.append(order)
        return RefundAnswer(False, "done", 10)

    async def ask_status(self, transaction_id: str, terminal_id: str) -> StatusAnswer:
        self.asked.append((transaction_id, terminal_id))
        return StatusAnswer(self.statuses.get(transaction_id, 1), "")


class Counter:
    """A till, its status inquiries and its refunds with a terminal number that may change."""

    def __init__(self, shop: Shop, operator: Operator) -> None:
        self.shop, self.operator = shop, operator
        gateway: Any = operator
        self.status_inquiry = StatusInquiry(
            shop.core.ledger, gateway, shop.clock, lambda: InquiryPolicy(proves=False), shop.clock.pause
        )
        self.use("1")

    def use(self, terminal_id: str) -> None:
        core, gateway = self.shop.core, self.operator
        policy = replace(till_policy(core.home), terminal_id=terminal_id)
        clock, chance = self.shop.clock, SystemEntropy()
        self.till = Till(core.ledger, gateway, clock, chance, lambda: policy)  # type: ignore[arg-type]
        refunding = RefundPolicy(timedelta(seconds=45), policy.mode, terminal_id)
        self.refunds = Refunds(core.ledger, gateway, clock, chance, lambda: refunding)  # type: ignore[arg-type]

    async def sell(self, **sale: Any) -> Payment:
        view = await self.till.request_payment(Sale(12550, **sale))
        self.shop.view = await self.till.open_link(view.payment.id)
        return self.shop.view.payment

    async def renew(self, payment: Payment) -> Payment:
        await self.till.cancel(payment.id)
        intent = await self.till.renew(payment.id)
        self.shop.view = await self.till.open_link(payment.id, known=intent)
        return self.shop.view.payment


@pytest.fixture
def counter(shop: Shop) -> Counter:
    return Counter(shop, Operator())


async def test_a_link_is_asked_about_with_the_terminal_that_it_was_made_with(counter: Counter) -> None:
    payment = await counter.sell()
    counter.use("2")
    await counter.status_inquiry.ask(payment.id)
    renewed = await counter.renew(payment)
    counter.use("3")
    for link in renewed.links:
        counter.shop.clock.ahead += timedelta(seconds=11)
        await counter.status_inquiry.ask(payment.id, key=link.key)
    old, new = (link.transaction_id for link in renewed.links)
    assert counter.operator.asked == [(old, "1"), (old, "1"), (new, "2")]
    assert [order.terminal_id for order in counter.operator.orders] == ["1", "2"]


async def test_a_refund_is_asked_about_with_its_own_terminal(counter: Counter) -> None:
    payment = await counter.sell()
    await counter.shop.send_callback(counter.shop.query(uuid=f"{UUID}-1"))
    counter.use("2")
    await counter.refunds.refund(payment.id, 100, "returned")
    counter.use("3")
    await counter.refunds.ask(payment.id)
    [order] = counter.operator.refunds
    assert (order.terminal_id, counter.operator.asked) == ("2", [(order.transaction_id, "2")])


async def test_the_terminal_survives_a_restart(counter: Counter, home: Path) -> None:
    payment = await counter.sell()
    counter.use("2")
    async with open_core(open_home(str(home), lambda code: None)) as again:
        view = await again.ledger.payment(payment.id)
    assert view is not None
    assert view.payment.link.terminal_id == "1"


async def test_a_renewed_link_lives_as_long_as_was_chosen_for_the_sale(counter: Counter) -> None:
    chosen = await counter.renew(await counter.sell(ttl=timedelta(hours=5)))
    usual = await counter.renew(await counter.sell())
    assert [p.link.expires_at - p.link.created_at for p in (chosen, usual)] == [
        timedelta(hours=5),
        timedelta(minutes=15),
    ]


async def test_a_no_about_one_link_contradicts_no_pay_of_another(counter: Counter) -> None:
    payment = await counter.renew(await counter.sell())
    old, new = payment.links
    await counter.shop.send_callback(counter.shop.query(uuid=f"{UUID}-2"), f"/xpay/{new.key}")
    counter.operator.statuses = {old.transaction_id: 21}
    await counter.status_inquiry.ask(payment.id, key=old.key)
    paid = await counter.shop.payment()
    assert (paid.state, paid.attention) == (PaymentStatus.PAID, ())
    counter.operator.statuses = {new.transaction_id: 21}
    await counter.status_inquiry.ask(payment.id, key=new.key)
    assert (await counter.shop.payment()).attention == (Attention.CONTRADICTION,)


async def test_a_no_that_was_asked_before_the_pay_contradicts_nothing(counter: Counter) -> None:
    payment = await counter.sell()
    operator = counter.operator

    class Slow(Operator):
        async def ask_status(self, transaction_id: str, terminal_id: str) -> StatusAnswer:
            await counter.shop.send_callback(counter.shop.query(uuid=f"{UUID}-1"))
            return StatusAnswer(21, "the attempt before")

    watch = StatusInquiry(counter.shop.core.ledger, Slow(), counter.shop.clock, lambda: InquiryPolicy(proves=False))  # type: ignore[arg-type]
    await watch.ask(payment.id)
    paid = await counter.shop.payment()
    assert (paid.state, paid.attention, operator.asked) == (PaymentStatus.PAID, (), [])


async def test_a_contradiction_that_was_settled_is_not_told_twice_but_a_new_one_is(counter: Counter) -> None:
    payment = await counter.sell()
    await counter.shop.send_callback(counter.shop.query(uuid=f"{UUID}-1"))
    attention = []
    for status in (21, 21, 1, 21):
        counter.operator.statuses = {payment.link.transaction_id: status}
        counter.shop.clock.ahead += timedelta(seconds=11)
        await counter.status_inquiry.ask(payment.id)
        attention.append((await counter.shop.payment()).attention)
        if attention[-1]:
            await counter.shop.core.settlement.settle(payment.id, "asked the operator")
    assert attention == [(Attention.CONTRADICTION,), (), (), (Attention.CONTRADICTION,)]


@pytest.mark.parametrize("unsigned_first", [True, False])
@pytest.mark.parametrize("date", ["20261121101400", "20261121101600"])
async def test_of_an_unsigned_and_a_signed_sum_the_signed_one_counts(
    shop: Shop, unsigned_first: bool, date: str
) -> None:
    await shop.change(callbacks__signature="optional")
    unsigned, signed = shop.query(sign=None, txn_date=date), shop.query(sum="100")
    for query in (unsigned, signed) if unsigned_first else (signed, unsigned):
        await shop.send_callback(query)
    payment = await shop.payment()
    assert (payment.received_minor, payment.state) == (100, PaymentStatus.UNDERPAID)
    assert payment.confirmed_by is ConfirmedBy.CALLBACK


async def test_a_sum_that_is_signed_in_part_is_not_called_signed(shop: Shop) -> None:
    await shop.change(callbacks__signature="optional")
    await shop.send_callback(shop.query(sign=None, sum="12450"))
    await shop.send_callback(shop.query(sum="100", txn_id="2"))
    payment = await shop.payment()
    assert (payment.received_minor, payment.confirmed_by) == (12550, ConfirmedBy.UNSIGNED_CALLBACK)
    await shop.send_callback(shop.query(sum="12450"))
    payment = await shop.payment()
    assert (payment.received_minor, payment.confirmed_by) == (12550, ConfirmedBy.CALLBACK)
    assert {fact.signed for fact, _ in await shop.received("pay")} == {SignatureCheck.MISSING, SignatureCheck.VERIFIED}


@pytest.mark.parametrize("more", ["&a=1" * 60, "".join(f"&n{n}=v" for n in range(900))])
async def test_a_pay_is_not_refused_for_what_it_carries_besides(shop: Shop, more: str) -> None:
    assert await shop.send_callback(shop.query() + more) == ("10", "Ok")
    assert (await shop.payment()).state is PaymentStatus.PAID
