"""Links, their leases and tries, cancelling and asking, on a real ledger (protocol.md A1, A4)."""

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
from app.services.changes import Changes
from app.services.ports.ledger import Ledger, PaymentFilter, PaymentView, Totals
from app.services.ports.operator_gateway import LinkAnswer
from app.services.till import Sale, Till
from app.services.watch import InquiryPolicy, Watch
from app.storage.ledger import open_ledger
from app.system import SystemEntropy
from tests.builders import till_policy
from tests.fakes.world import FakeClock, ScriptedOperator

LINK = LinkAnswer("https://mapi.xpaydirect.com/x", "uuid-1", "11")
SILENT = OperatorUnreachable(reason="timeout")


@dataclass
class Desk:
    ledger: Ledger
    operator: ScriptedOperator
    clock: FakeClock
    till: Till

    async def opened(self, sale: Sale | None = None) -> PaymentView:
        self.operator.links.append(LINK)
        view = await self.till.request_payment(sale or Sale(12550))
        return await self.till.open_link(view.payment.id)

    def watch(self, *, proves: bool) -> Watch:
        return Watch(
            self.ledger, self.operator, self.clock, lambda: InquiryPolicy(proves=proves, mode="demo"), self._wait
        )

    async def _wait(self, seconds: float) -> None:
        self.clock.pass_time(seconds=seconds)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    ledger = open_ledger(tmp_path / "ledger.sqlite3")
    operator, clock = ScriptedOperator(), FakeClock()
    try:
        yield Desk(ledger, operator, clock, Till(ledger, operator, clock, SystemEntropy(), till_policy))
    finally:
        await ledger.close()


async def test_the_intent_is_on_disk_before_the_request_leaves(desk: Desk) -> None:
    view = await desk.till.request_payment(Sale(12550, phone="380671234567"))
    assert desk.operator.orders == []
    assert view.payment.state is PaymentStatus.CREATING
    desk.operator.links.append(LINK)
    opened = await desk.till.open_link(view.payment.id)
    assert opened.payment.state is PaymentStatus.OPEN
    order = desk.operator.orders[0]
    assert (order.account, order.transaction_id) == ("380671234567", view.payment.link.transaction_id)
    assert order.callback_url == f"http://127.0.0.1:8733/xpay/{view.payment.link.key}"


async def test_the_account_is_the_phone_else_the_mail_else_the_number(desk: Desk) -> None:
    await desk.opened(Sale(100, phone="380671234567", email="a@example.com"))
    await desk.opened(Sale(100, email="a@example.com"))
    await desk.opened(Sale(100))
    assert [order.account for order in desk.operator.orders] == ["380671234567", "a@example.com", "3"]


async def test_silence_is_tried_again_only_after_the_lease_and_three_times(desk: Desk) -> None:
    view = await desk.till.request_payment(Sale(12550))
    payment_id = view.payment.id
    desk.operator.links += [SILENT, SILENT, SILENT]
    with pytest.raises(OperatorUnreachable):
        await desk.till.open_link(payment_id)
    assert (await desk.till.resume(payment_id)).payment.link.tries == 1
    for _ in range(2):
        desk.clock.pass_time(seconds=46)
        with pytest.raises(OperatorUnreachable):
            await desk.till.resume(payment_id)
    transactions = [order.transaction_id for order in desk.operator.orders]
    assert len(set(transactions)) == 3
    assert len({order.callback_url for order in desk.operator.orders}) == 1
    desk.clock.pass_time(seconds=46)
    given_up = await desk.till.resume(payment_id)
    assert given_up.payment.state is PaymentStatus.NOT_CREATED


async def test_a_person_need_not_wait_for_a_try_that_ended(desk: Desk) -> None:
    view = await desk.till.request_payment(Sale(12550))
    assert (await desk.till.resume(view.payment.id, insist=True)).payment.link.tries == 1
    desk.operator.links += [SILENT, LINK]
    with pytest.raises(OperatorUnreachable):
        await desk.till.open_link(view.payment.id)
    assert (await desk.till.resume(view.payment.id, insist=True)).payment.state is PaymentStatus.OPEN


async def test_totals_are_those_of_the_filter(desk: Desk) -> None:
    await desk.opened(Sale(100, purpose="tea"))
    await desk.opened(Sale(200, purpose="coffee"))
    now = desk.clock.now()
    assert await desk.ledger.totals(PaymentFilter(now=now)) == Totals(2, 0, 0, 0)
    assert (await desk.ledger.totals(PaymentFilter(now=now, search="tea", limit=1))).count == 1
    assert (await desk.ledger.totals(PaymentFilter(now=now, search="nothing"))).count == 0


async def test_two_who_resume_send_one_request(desk: Desk) -> None:
    view = await desk.till.request_payment(Sale(12550))
    desk.clock.pass_time(seconds=46)
    desk.operator.links += [LINK, LINK]
    await asyncio.gather(desk.till.resume(view.payment.id), desk.till.resume(view.payment.id))
    assert len(desk.operator.orders) == 1


async def test_an_old_intent_is_not_tried_again(desk: Desk) -> None:
    view = await desk.till.request_payment(Sale(12550))
    desk.clock.pass_time(minutes=16)
    assert (await desk.till.resume(view.payment.id)).payment.state is PaymentStatus.NOT_CREATED
    assert desk.operator.orders == []


async def test_a_refusal_is_recorded_with_the_operators_words(desk: Desk) -> None:
    view = await desk.till.request_payment(Sale(12550))
    desk.operator.links.append(OperatorRefused(operator_code="21", message="fail", reason="refused"))
    with pytest.raises(OperatorRefused):
        await desk.till.open_link(view.payment.id)
    found = await desk.ledger.payment(view.payment.id)
    assert found is not None
    assert (found.payment.state, found.payment.last_error) == (PaymentStatus.NOT_CREATED, "fail")


async def test_a_rule_refuses_before_anything_is_written(desk: Desk) -> None:
    with pytest.raises(AmountOverLimit):
        await desk.till.request_payment(Sale(10_000_001))
    assert await desk.ledger.last_seq() == 0


async def test_play_money_never_meets_live_money(desk: Desk) -> None:
    await desk.opened()
    live = Till(desk.ledger, desk.operator, desk.clock, SystemEntropy(), lambda: till_policy("live"))
    with pytest.raises(WrongMode):
        await live.request_payment(Sale(100))


async def test_cancel_and_renew_keep_the_number(desk: Desk) -> None:
    opened = await desk.opened()
    payment_id = opened.payment.id
    with pytest.raises(NotRenewable):
        await desk.till.renew(payment_id)
    assert (await desk.till.cancel(payment_id)).payment.state is PaymentStatus.CANCELLED
    assert (await desk.till.cancel(payment_id)).payment.state is PaymentStatus.CANCELLED
    desk.clock.pass_time(seconds=5)
    renewed = await desk.till.renew(payment_id)
    assert (renewed.payment.number, len(renewed.payment.links)) == (1, 2)
    assert renewed.payment.links[0].key != renewed.payment.link.key


async def test_a_payment_that_was_not_created_cannot_be_cancelled(desk: Desk) -> None:
    view = await desk.till.request_payment(Sale(12550))
    desk.operator.links.append(OperatorRefused(message="fail"))
    with pytest.raises(OperatorRefused):
        await desk.till.open_link(view.payment.id)
    with pytest.raises(NotCancellable):
        await desk.till.cancel(view.payment.id)


async def test_only_a_change_from_the_baseline_settles(desk: Desk) -> None:
    opened = await desk.opened()
    watch = desk.watch(proves=True)
    desk.operator.statuses += [1, 1, 10]
    desk.clock.pass_time(seconds=1)
    assert (await watch.ask(opened.payment.id, baseline=True)).payment.link.baseline == 1
    desk.clock.pass_time(seconds=10)
    assert (await watch.ask(opened.payment.id)).payment.state is PaymentStatus.OPEN
    assert await desk.ledger.last_seq() == 4
    paid = await watch.ask(opened.payment.id)
    assert (paid.payment.state, paid.payment.confirmed_by) == (PaymentStatus.PAID, ConfirmedBy.ASKING)


async def test_a_link_that_is_made_at_a_later_try_has_its_baseline(desk: Desk) -> None:
    """The operator was away for a minute: nobody had the link before it came, so the first answer compares."""
    watch = desk.watch(proves=True)
    view = await desk.till.request_payment(Sale(12550))
    desk.operator.links.append(SILENT)
    with pytest.raises(OperatorUnreachable):
        await desk.till.open_link(view.payment.id)
    desk.clock.pass_time(seconds=60)
    desk.operator.links.append(LINK)
    desk.operator.statuses += [1, 10]
    await watch.resume_all(desk.till, await desk.ledger.unfinished(desk.clock.now()))
    opened = await desk.ledger.payment(view.payment.id)
    assert opened is not None
    assert (opened.payment.state, opened.payment.link.baseline) == (PaymentStatus.OPEN, 1)
    paid = await watch.ask(view.payment.id)
    assert (paid.payment.state, paid.payment.confirmed_by) == (PaymentStatus.PAID, ConfirmedBy.ASKING)


async def test_a_ten_without_a_baseline_is_only_a_hint(desk: Desk) -> None:
    opened = await desk.opened()
    desk.operator.statuses.append(10)
    desk.clock.pass_time(seconds=30)
    asked = await desk.watch(proves=True).ask(opened.payment.id)
    assert (asked.payment.state, asked.payment.attention) == (
        PaymentStatus.OPEN,
        (Attention.OPERATOR_SAYS_PAID,),
    )


async def test_live_asking_is_a_hint_even_with_a_baseline(desk: Desk) -> None:
    opened = await desk.opened()
    watch = desk.watch(proves=False)
    desk.operator.statuses += [1, 10]
    await watch.ask(opened.payment.id, baseline=True)
    asked = await watch.ask(opened.payment.id)
    assert (asked.payment.state, asked.payment.attention) == (
        PaymentStatus.OPEN,
        (Attention.OPERATOR_SAYS_PAID,),
    )


async def test_news_of_another_connection_arrives_in_order_and_once(desk: Desk, tmp_path: Path) -> None:
    other = open_ledger(tmp_path / "ledger.sqlite3")
    bus = Bus(other, poll_s=0.01)
    heard: list[Changes] = []
    enough = asyncio.Event()

    def hear(changes: Changes) -> None:
        heard.append(changes)
        if changes.last_seq >= 3:
            enough.set()

    def fail(changes: Changes) -> None:
        raise RuntimeError(changes.last_seq)

    bus.subscribe(fail)
    bus.subscribe(hear)
    following = asyncio.create_task(bus.run(after_seq=0))
    try:
        opened = await desk.opened()
        async with asyncio.timeout(10):
            await enough.wait()
        journal = await other.tail(0)
    finally:
        bus.stop()
        await following
        await other.close()
    assert [entry.fact.type for entry in journal] == ["payment_requested", "link_requested", "link_created"]
    assert [changes.after_seq for changes in heard] == [0, *(changes.last_seq for changes in heard[:-1])]
    assert heard[-1].last_seq == journal[-1].seq
    assert {changes.payments for changes in heard} == {frozenset({opened.payment.id})}
