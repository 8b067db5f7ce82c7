"""Links, their leases and attempts, cancelling and status inquiries, on a real ledger (protocol.md A1, A4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.errors import (
    AmountOverLimit,
    NotCancellable,
    NotRenewable,
    OperatorRefused,
    OperatorUnreachable,
    WrongMode,
)
from app.domain.payment import Attention, ConfirmedBy, PaymentStatus
from app.services.bus import Bus
from app.services.ports.changes import Changes
from app.services.ports.ledger import Ledger, PaymentFilter, PaymentView, Totals
from app.services.ports.operator_gateway import LinkAnswer
from app.services.sales.till import Sale, Till
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.storage.ledger import open_ledger
from app.system import SystemEntropy
from tests.builders import till_policy
from tests.fakes.clock_and_operator import FakeClock, ScriptedOperator

LINK = LinkAnswer("https://mapi.xpaydirect.com/x", "uuid-1", "11")
SILENT = OperatorUnreachable(reason="timeout")


@dataclass
class ServiceFixture:
    ledger: Ledger
    operator: ScriptedOperator
    clock: FakeClock
    till: Till

    async def opened(self, sale: Sale | None = None) -> PaymentView:
        self.operator.links.append(LINK)
        view = await self.till.request_payment(sale or Sale(12550))
        return await self.till.open_link(view.payment.id)

    def watch(self, *, proves: bool) -> StatusInquiry:
        return StatusInquiry(
            self.ledger, self.operator, self.clock, lambda: InquiryPolicy(proves=proves, mode="demo"), self._wait
        )

    async def _wait(self, seconds: float) -> None:
        self.clock.pass_time(seconds=seconds)


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[ServiceFixture]:
    ledger = open_ledger(tmp_path / "ledger.sqlite3")
    operator, clock = ScriptedOperator(), FakeClock()
    try:
        yield ServiceFixture(ledger, operator, clock, Till(ledger, operator, clock, SystemEntropy(), till_policy))
    finally:
        await ledger.close()


async def test_the_intent_is_on_disk_before_the_request_leaves(services: ServiceFixture) -> None:
    view = await services.till.request_payment(Sale(12550, phone="380671234567"))
    assert services.operator.orders == []
    assert view.payment.state is PaymentStatus.CREATING
    services.operator.links.append(LINK)
    opened = await services.till.open_link(view.payment.id)
    assert opened.payment.state is PaymentStatus.OPEN
    order = services.operator.orders[0]
    assert (order.account, order.transaction_id) == ("380671234567", view.payment.link.transaction_id)
    assert order.callback_url == f"http://127.0.0.1:8733/xpay/{view.payment.link.key}"


async def test_the_account_is_the_phone_else_the_mail_else_the_number(services: ServiceFixture) -> None:
    await services.opened(Sale(100, phone="380671234567", email="a@example.com"))
    await services.opened(Sale(100, email="a@example.com"))
    await services.opened(Sale(100))
    assert [order.account for order in services.operator.orders] == ["380671234567", "a@example.com", "3"]


async def test_silence_is_tried_again_only_after_the_lease_and_three_times(services: ServiceFixture) -> None:
    view = await services.till.request_payment(Sale(12550))
    payment_id = view.payment.id
    services.operator.links += [SILENT, SILENT, SILENT]
    with pytest.raises(OperatorUnreachable):
        await services.till.open_link(payment_id)
    assert (await services.till.resume(payment_id)).payment.link.tries == 1
    for _ in range(2):
        services.clock.pass_time(seconds=46)
        with pytest.raises(OperatorUnreachable):
            await services.till.resume(payment_id)
    transactions = [order.transaction_id for order in services.operator.orders]
    assert len(set(transactions)) == 3
    assert len({order.callback_url for order in services.operator.orders}) == 1
    services.clock.pass_time(seconds=46)
    given_up = await services.till.resume(payment_id)
    assert given_up.payment.state is PaymentStatus.NOT_CREATED


async def test_a_person_need_not_wait_for_a_try_that_ended(services: ServiceFixture) -> None:
    view = await services.till.request_payment(Sale(12550))
    assert (await services.till.resume(view.payment.id, force=True)).payment.link.tries == 1
    services.operator.links += [SILENT, LINK]
    with pytest.raises(OperatorUnreachable):
        await services.till.open_link(view.payment.id)
    assert (await services.till.resume(view.payment.id, force=True)).payment.state is PaymentStatus.OPEN


async def test_totals_are_those_of_the_filter(services: ServiceFixture) -> None:
    await services.opened(Sale(100, purpose="tea"))
    await services.opened(Sale(200, purpose="coffee"))
    now = services.clock.now()
    assert await services.ledger.totals(PaymentFilter(now=now)) == Totals(2, 0, 0, 0)
    assert (await services.ledger.totals(PaymentFilter(now=now, search="tea", limit=1))).count == 1
    assert (await services.ledger.totals(PaymentFilter(now=now, search="nothing"))).count == 0


async def test_two_who_resume_send_one_request(services: ServiceFixture) -> None:
    view = await services.till.request_payment(Sale(12550))
    services.clock.pass_time(seconds=46)
    services.operator.links += [LINK, LINK]
    await asyncio.gather(services.till.resume(view.payment.id), services.till.resume(view.payment.id))
    assert len(services.operator.orders) == 1


async def test_an_old_intent_is_not_tried_again(services: ServiceFixture) -> None:
    view = await services.till.request_payment(Sale(12550))
    services.clock.pass_time(minutes=16)
    assert (await services.till.resume(view.payment.id)).payment.state is PaymentStatus.NOT_CREATED
    assert services.operator.orders == []


async def test_a_refusal_is_recorded_with_the_operators_words(services: ServiceFixture) -> None:
    view = await services.till.request_payment(Sale(12550))
    services.operator.links.append(OperatorRefused(operator_code="21", message="fail", reason="refused"))
    with pytest.raises(OperatorRefused):
        await services.till.open_link(view.payment.id)
    found = await services.ledger.payment(view.payment.id)
    assert found is not None
    assert (found.payment.state, found.payment.last_error) == (PaymentStatus.NOT_CREATED, "fail")


async def test_a_rule_refuses_before_anything_is_written(services: ServiceFixture) -> None:
    with pytest.raises(AmountOverLimit):
        await services.till.request_payment(Sale(10_000_001))
    assert await services.ledger.last_seq() == 0


async def test_play_money_never_meets_live_money(services: ServiceFixture) -> None:
    await services.opened()
    live = Till(services.ledger, services.operator, services.clock, SystemEntropy(), lambda: till_policy("live"))
    with pytest.raises(WrongMode):
        await live.request_payment(Sale(100))


async def test_cancel_and_renew_keep_the_number(services: ServiceFixture) -> None:
    opened = await services.opened()
    payment_id = opened.payment.id
    with pytest.raises(NotRenewable):
        await services.till.renew(payment_id)
    assert (await services.till.cancel(payment_id)).payment.state is PaymentStatus.CANCELLED
    assert (await services.till.cancel(payment_id)).payment.state is PaymentStatus.CANCELLED
    services.clock.pass_time(seconds=5)
    renewed = await services.till.renew(payment_id)
    assert (renewed.payment.number, len(renewed.payment.links)) == (1, 2)
    assert renewed.payment.links[0].key != renewed.payment.link.key


async def test_a_payment_that_was_not_created_cannot_be_cancelled(services: ServiceFixture) -> None:
    view = await services.till.request_payment(Sale(12550))
    services.operator.links.append(OperatorRefused(message="fail"))
    with pytest.raises(OperatorRefused):
        await services.till.open_link(view.payment.id)
    with pytest.raises(NotCancellable):
        await services.till.cancel(view.payment.id)


async def test_only_a_change_from_the_baseline_settles(services: ServiceFixture) -> None:
    opened = await services.opened()
    watch = services.watch(proves=True)
    services.operator.statuses += [1, 1, 10]
    services.clock.pass_time(seconds=1)
    assert (await watch.ask(opened.payment.id, baseline=True)).payment.link.baseline == 1
    services.clock.pass_time(seconds=10)
    assert (await watch.ask(opened.payment.id)).payment.state is PaymentStatus.OPEN
    assert await services.ledger.last_seq() == 4
    paid = await watch.ask(opened.payment.id)
    assert (paid.payment.state, paid.payment.confirmed_by) == (PaymentStatus.PAID, ConfirmedBy.INQUIRY)


async def test_a_link_that_is_made_at_a_later_try_has_its_baseline(services: ServiceFixture) -> None:
    """The operator was away for a minute: no customer had the link before, so the first answer is the baseline."""
    watch = services.watch(proves=True)
    view = await services.till.request_payment(Sale(12550))
    services.operator.links.append(SILENT)
    with pytest.raises(OperatorUnreachable):
        await services.till.open_link(view.payment.id)
    services.clock.pass_time(seconds=60)
    services.operator.links.append(LINK)
    services.operator.statuses += [1, 10]
    await watch.resume_all(services.till, await services.ledger.unfinished(services.clock.now()))
    opened = await services.ledger.payment(view.payment.id)
    assert opened is not None
    assert (opened.payment.state, opened.payment.link.baseline) == (PaymentStatus.OPEN, 1)
    paid = await watch.ask(view.payment.id)
    assert (paid.payment.state, paid.payment.confirmed_by) == (PaymentStatus.PAID, ConfirmedBy.INQUIRY)


async def test_a_ten_without_a_baseline_is_only_a_hint(services: ServiceFixture) -> None:
    opened = await services.opened()
    services.operator.statuses.append(10)
    services.clock.pass_time(seconds=30)
    asked = await services.watch(proves=True).ask(opened.payment.id)
    assert (asked.payment.state, asked.payment.attention) == (
        PaymentStatus.OPEN,
        (Attention.OPERATOR_SAYS_PAID,),
    )


async def test_live_asking_is_a_hint_even_with_a_baseline(services: ServiceFixture) -> None:
    opened = await services.opened()
    watch = services.watch(proves=False)
    services.operator.statuses += [1, 10]
    await watch.ask(opened.payment.id, baseline=True)
    asked = await watch.ask(opened.payment.id)
    assert (asked.payment.state, asked.payment.attention) == (
        PaymentStatus.OPEN,
        (Attention.OPERATOR_SAYS_PAID,),
    )


async def test_news_of_another_connection_arrives_in_order_and_once(services: ServiceFixture, tmp_path: Path) -> None:
    other = open_ledger(tmp_path / "ledger.sqlite3")
    bus = Bus(other, poll_s=0.01)
    notified: list[Changes] = []
    enough = asyncio.Event()

    def hear(changes: Changes) -> None:
        notified.append(changes)
        if changes.last_seq >= 3:
            enough.set()

    def fail(changes: Changes) -> None:
        raise RuntimeError(changes.last_seq)

    bus.subscribe(fail)
    bus.subscribe(hear)
    following = asyncio.create_task(bus.run(after_seq=0))
    try:
        opened = await services.opened()
        async with asyncio.timeout(10):
            await enough.wait()
        journal = await other.tail(0)
    finally:
        bus.stop()
        await following
        await other.close()
    assert [entry.fact.type for entry in journal] == ["payment_requested", "link_requested", "link_created"]
    assert [changes.after_seq for changes in notified] == [0, *(changes.last_seq for changes in notified[:-1])]
    assert notified[-1].last_seq == journal[-1].seq
    assert {changes.payments for changes in notified} == {frozenset({opened.payment.id})}
