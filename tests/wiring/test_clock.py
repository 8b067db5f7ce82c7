"""R12: a clock set back or forward, daylight saving and midnight in Kyiv. Nothing stays stuck."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OperatorUnreachable, RefundInFlight
from app.domain.payment import PaymentStatus, RefundStatus
from app.services.history.history import business_day, day_start, payment_filter
from app.services.ports.ledger_transaction import LedgerTransaction
from app.services.refunds.refunds import RefundPolicy, Refunds
from app.services.sales.till import Sale
from app.services.status.status_poller import StatusPoller
from app.storage.ledger import open_ledger
from app.system import SystemEntropy
from tests.contracts.sales import names, payment_of, receive, sell
from tests.wiring.test_till import LINK, SILENT, ServiceFixture, services

__all__ = ["services"]

KYIV = ZoneInfo("Europe/Kyiv")
BACK = {"an hour": timedelta(hours=-1), "ten years": timedelta(days=-3650)}
Back = pytest.mark.parametrize("shift", BACK.values(), ids=BACK.keys())


@dataclass(frozen=True)
class Hours:
    timezone: str = "Europe/Kyiv"
    day_starts_at: str = "00:00"


NIGHT_BAR = Hours(day_starts_at="05:30")
HALF_PAST_THREE = Hours(day_starts_at="03:30")  # an hour that is missing in March and there twice in October


def kyiv(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KYIV, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 21), 24), (date(2026, 3, 28), 24)],
)
def test_a_day_has_as_many_hours_as_the_clock_on_the_wall(day: date, hours: int) -> None:
    length = day_start(day + timedelta(days=1), Hours()) - day_start(day, Hours())
    assert length == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("moment", "hours", "day"),
    [
        (kyiv("2026-11-21T00:00:00"), Hours(), date(2026, 11, 21)),
        (kyiv("2026-11-20T23:59:59.999999"), Hours(), date(2026, 11, 20)),
        (kyiv("2026-03-29T02:59:59"), Hours(), date(2026, 3, 29)),
        (kyiv("2026-03-29T00:00:00"), Hours(), date(2026, 3, 29)),
        (kyiv("2026-10-25T03:30:00"), Hours(), date(2026, 10, 25)),
        (kyiv("2026-10-25T03:30:00", fold=1), Hours(), date(2026, 10, 25)),
        (kyiv("2026-10-25T23:59:59"), Hours(), date(2026, 10, 25)),
        (kyiv("2026-10-25T05:29:59"), NIGHT_BAR, date(2026, 10, 24)),
        (kyiv("2026-10-25T05:30:00"), NIGHT_BAR, date(2026, 10, 25)),
        (kyiv("2026-03-29T05:29:59"), NIGHT_BAR, date(2026, 3, 28)),
        (kyiv("2026-12-31T23:59:59"), Hours(), date(2026, 12, 31)),
    ],
)
def test_the_day_of_a_moment(moment: datetime, hours: Hours, day: date) -> None:
    assert business_day(moment, hours) == day


@given(st.integers(0, 15 * 365 * 86400), st.sampled_from([Hours(), NIGHT_BAR, HALF_PAST_THREE]))
def test_every_moment_lies_in_its_day_and_in_no_other(after_s: int, hours: Hours) -> None:
    moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=after_s)
    day = business_day(moment, hours)
    assert day_start(day, hours) <= moment < day_start(day + timedelta(days=1), hours)


MOMENTS = {
    "before midnight": kyiv("2026-10-24T23:59:59.999"),
    "midnight": kyiv("2026-10-25T00:00:00"),
    "first half past three": kyiv("2026-10-25T03:30:00"),
    "second half past three": kyiv("2026-10-25T03:30:00", fold=1),
    "last": kyiv("2026-10-25T23:59:59.999"),
    "next": kyiv("2026-10-26T00:00:00"),
}


async def test_days_and_totals_over_the_change_of_october(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db")
    start = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)  # of tests.builders
    try:
        for name, moment in MOMENTS.items():
            after = (moment - start).total_seconds()

            def decide(tx: LedgerTransaction, name: str = name, after: float = after) -> None:
                sell(tx, name, after_s=after)
                receive(tx, name, after_s=after)

            await ledger.write(decide)
        criteria = payment_filter(start, Hours(), first_day="2026-10-25", last_day="2026-10-25")
        listed = names(await ledger.payments(criteria))
        assert sorted(listed) == sorted(set(MOMENTS) - {"before midnight", "next"})
        totals = await ledger.totals(criteria)
        assert (totals.count, totals.received_minor) == (4, 4 * 12550)
        night = payment_filter(start, NIGHT_BAR, first_day="2026-10-24", last_day="2026-10-24")
        assert len(await ledger.payments(night)) == 4
        assert await ledger.payment(payment_of("next")) is not None
    finally:
        await ledger.close()


@Back
async def test_an_interrupted_intent_is_finished_after_the_clock_was_set_back(
    services: ServiceFixture, shift: timedelta
) -> None:
    view = await services.till.request_payment(Sale(12550))
    services.clock.moment += shift
    if shift > timedelta(days=-1):
        services.clock.pass_time(seconds=46)
    services.operator.links.append(LINK)
    resumed = await services.till.resume(view.payment.id)
    assert resumed.payment.state is PaymentStatus.OPEN
    order = services.operator.orders[0]
    assert order.transaction_id == resumed.payment.link.transaction_id != view.payment.link.transaction_id
    assert resumed.payment.link.tries == 2


async def test_no_transaction_is_used_twice_though_the_clock_jumps(services: ServiceFixture) -> None:
    view = await services.till.request_payment(Sale(12550))
    services.operator.links += [SILENT, SILENT, SILENT]
    with pytest.raises(OperatorUnreachable):
        await services.till.open_link(view.payment.id)
    for shift in (timedelta(hours=-2), timedelta(hours=-3)):
        services.clock.moment += shift
        with pytest.raises(OperatorUnreachable):
            await services.till.resume(view.payment.id)
    assert len({order.transaction_id for order in services.operator.orders}) == 3
    services.clock.pass_time(minutes=11)
    assert (await services.till.resume(view.payment.id)).payment.state is PaymentStatus.NOT_CREATED


async def test_a_lease_of_this_moment_is_kept(services: ServiceFixture) -> None:
    view = await services.till.request_payment(Sale(12550))
    for _ in range(4):
        services.clock.pass_time(seconds=-3)  # a correction by the time service
        assert (await services.till.resume(view.payment.id)).payment.link.tries == 1
    assert services.operator.orders == []


@Back
async def test_a_renewed_link_is_the_newest_after_the_clock_was_set_back(
    services: ServiceFixture, shift: timedelta
) -> None:
    first = await services.opened()
    await services.till.cancel(first.payment.id)
    services.clock.moment += shift
    services.operator.links.append(LINK)
    renewed = await services.till.open_link((await services.till.renew(first.payment.id)).payment.id)
    assert renewed.payment.link.key != first.payment.link.key
    assert renewed.payment.status(services.clock.now()) is PaymentStatus.OPEN
    services.clock.pass_time(minutes=15)
    assert renewed.payment.status(services.clock.now()) is PaymentStatus.EXPIRED


async def test_a_clock_set_forward_ends_links_and_money_still_counts(services: ServiceFixture) -> None:
    view = await services.opened()
    services.clock.pass_time(days=1, hours=1)
    assert (await services.till.resume(view.payment.id)).payment.status(services.clock.now()) is PaymentStatus.EXPIRED
    assert await services.ledger.unfinished(services.clock.now()) == []
    services.clock.pass_time(days=-1, hours=-1)
    assert len(await services.ledger.unfinished(services.clock.now())) == 1
    assert view.payment.status(services.clock.now()) is PaymentStatus.OPEN


@Back
async def test_asking_goes_on_after_the_clock_was_set_back(services: ServiceFixture, shift: timedelta) -> None:
    view = await services.opened()
    watch = services.watch(proves=False)
    services.operator.statuses += [1, 1, 1]
    await watch.ask(view.payment.id)
    services.clock.moment += shift
    poller = StatusPoller(services.ledger, watch, services.clock)
    await poller.ask_all(await services.ledger.unfinished(services.clock.now()))
    assert len(services.operator.asked) == 2
    services.clock.pass_time(seconds=61)
    await poller.ask_all(await services.ledger.unfinished(services.clock.now()))
    assert len(services.operator.asked) == 3


@Back
async def test_a_refund_without_an_answer_can_be_decided_after_the_clock_was_set_back(
    services: ServiceFixture, shift: timedelta
) -> None:
    def paid(tx: LedgerTransaction) -> None:
        sell(tx, "sold")
        receive(tx, "sold")

    await services.ledger.write(paid)
    max_transit = RefundPolicy(timedelta(seconds=45), "demo", "1")
    refunds = Refunds(services.ledger, services.operator, services.clock, SystemEntropy(), lambda: max_transit)
    services.operator.answers.append(RuntimeError("the process ends here"))
    with pytest.raises(RuntimeError):
        await refunds.refund(payment_of("sold"), None, "wrong size")
    view = await services.ledger.payment(payment_of("sold"))
    assert view is not None
    refund_id = view.payment.refunds[0].id
    with pytest.raises(RefundInFlight):
        await refunds.conclude(payment_of("sold"), refund_id, done=True, reason="seen")
    services.clock.moment += shift
    ended = await refunds.conclude(payment_of("sold"), refund_id, done=True, reason="seen in the cabinet")
    assert ended.payment.refunds[0].status is RefundStatus.DONE
