"""What a `Ledger` tells about a period, and the service that reads and closes the shop's days (contract.md 1b)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.errors import DayAlreadyClosed, DayNotStarted
from app.domain.ids import TransactionId
from app.domain.journal.events import DayClosed, PaymentSettled, Source, StatusAnswered
from app.domain.payment import PaymentStatus
from app.services.day.shop_days import ShopDays, day_json
from app.services.ports.ledger import Ledger, PaymentFilter, PeriodRecord
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.builders import START
from tests.contracts.sales import append_orphan, cancel, key_of, receive, refund, sell, state

DAY_S = 86_400.0
KYIV_DAY = date(2026, 11, 21)


@dataclass
class Now:
    moment: datetime = START + timedelta(hours=5)

    def now(self) -> datetime:
        return self.moment


@dataclass
class Hours:
    timezone: str = "Europe/Kyiv"
    day_starts_at: str = "00:00"


@dataclass
class Shop:
    ledger: Ledger
    clock: Now = field(default_factory=Now)
    hours: Hours = field(default_factory=Hours)

    @property
    def days(self) -> ShopDays:
        return ShopDays(self.ledger, self.clock, lambda: self.hours)

    async def json(self, day: date | None = None) -> dict[str, Any]:
        return day_json(await self.days.day(day))


@pytest.fixture
def shop(ledger: Ledger) -> Shop:
    return Shop(ledger)


def proved(tx: LedgerTransaction, name: str, *, after_s: float) -> None:
    fact = StatusAnswered(key_of(name), TransactionId("t"), 10, "done", proves=True, nonce="1")
    state(tx, name, fact, after_s=after_s)


def a_day(tx: LedgerTransaction) -> None:
    sell(tx, "coffee", created_by="Olena")
    receive(tx, "coffee")
    sell(tx, "tea", created_by="Ihor", amount_minor=5000)
    receive(tx, "tea", sum_minor=5000, after_s=3600)
    sell(tx, "asked", amount_minor=700)
    proved(tx, "asked", after_s=3700)
    sell(tx, "short", created_by="Olena", amount_minor=900)
    receive(tx, "short", sum_minor=400, after_s=200)
    sell(tx, "open", after_s=17_900)
    sell(tx, "gone", created_by="Olena")
    sell(tx, "cancelled")
    cancel(tx, "cancelled")
    sell(tx, "before", after_s=-DAY_S, created_by="Olena")
    receive(tx, "before", after_s=-DAY_S)
    refund(tx, "before", 2550, "done", after_s=100)
    refund(tx, "tea", 100, "unknown", after_s=4000)


async def test_the_figures_of_a_day(shop: Shop) -> None:
    await shop.ledger.write(a_day)
    assert await shop.json() == {
        "date": "2026-11-21",
        "from": "2026-11-20T22:00:00.000Z",
        "to": "2026-11-21T22:00:00.000Z",
        "taken_count": 4,
        "taken_minor": 12550 + 5000 + 700 + 400,
        "returned_count": 1,
        "returned_minor": 2550,
        "net_minor": 12550 + 5000 + 700 + 400 - 2550,
        "created_count": 7,
        "by_status": {"cancelled": 1, "expired": 1, "open": 1, "paid": 3, "underpaid": 1},
        "by_person": (
            {"name": "Ihor", "taken_count": 1, "taken_minor": 5000, "returned_minor": 0},
            {"name": "Olena", "taken_count": 2, "taken_minor": 12950, "returned_minor": 0},
            {"name": None, "taken_count": 1, "taken_minor": 700, "returned_minor": 2550},
        ),
        "by_hour": (
            {"hour": "2026-11-21T12", "taken_minor": 12950},
            {"hour": "2026-11-21T13", "taken_minor": 5700},
        ),
        "by_confirmation": (
            {"confirmed_by": "asking", "taken_count": 1, "taken_minor": 700},
            {"confirmed_by": "callback", "taken_count": 3, "taken_minor": 17950},
        ),
        "open": 1,
        "attention": 1,
        "closed": None,
    }
    before = await shop.json(KYIV_DAY - timedelta(days=1))
    assert (before["taken_minor"], before["returned_minor"], before["created_count"]) == (12550, 0, 1)
    assert (before["open"], before["attention"]) == (1, 1)  # of all payments


async def test_a_person_confirms_on_the_day_of_the_confirmation(shop: Shop) -> None:
    def decide(tx: LedgerTransaction) -> None:
        sell(tx, "a", after_s=-DAY_S)
        settled = PaymentSettled(("operator_says_paid",), "seen", paid=True, by="Olena", nonce="n")
        state(tx, "a", settled, after_s=10)

    await shop.ledger.write(decide)
    day = await shop.json()
    assert day["by_confirmation"] == ({"confirmed_by": "person", "taken_count": 1, "taken_minor": 12550},)
    assert day["created_count"] == 0


async def test_the_end_of_a_day_is_the_beginning_of_the_next(shop: Shop) -> None:
    shop.hours.day_starts_at = "05:30"
    start = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)

    def decide(tx: LedgerTransaction) -> None:
        for name, moment in (("last", start - timedelta(milliseconds=1)), ("first", start)):
            sell(tx, name, after_s=(moment - START).total_seconds(), amount_minor=100)
            receive(tx, name, sum_minor=100, after_s=(moment - START).total_seconds())

    await shop.ledger.write(decide)
    for day, hour in ((KYIV_DAY, "2026-11-21T05"), (KYIV_DAY - timedelta(days=1), "2026-11-21T05")):
        found = await shop.json(day)
        assert (found["taken_minor"], found["created_count"]) == (100, 1)
        assert found["by_hour"] == ({"hour": hour, "taken_minor": 100},)


async def test_a_closing_keeps_what_was_known_and_what_came_after_is_seen(shop: Shop) -> None:
    await shop.ledger.write(a_day)
    live = await shop.json()
    closed = await shop.days.close(by="Olena")
    assert closed.closing is not None
    assert (closed.closing.at, closed.closing.by, closed.closing.figures) == (shop.clock.now(), "Olena", closed.figures)
    shown = day_json(closed)["closed"]
    assert shown.keys() == {"at", "by", "snapshot"}
    assert list(shown["snapshot"]) == [name for name in live if name not in ("date", "from", "to", "closed")]

    def later(tx: LedgerTransaction) -> None:  # a sale is never refused because its day is closed
        sell(tx, "late", after_s=18_100)
        receive(tx, "late", after_s=18_200)

    await shop.ledger.write(later)
    shop.clock.moment += timedelta(hours=1)
    again = await shop.days.day(KYIV_DAY)
    assert again.closing == closed.closing
    assert again.figures.taken_minor == closed.figures.taken_minor + 12550
    yesterday = await shop.days.day(KYIV_DAY - timedelta(days=1))
    assert yesterday.closing is None


async def test_a_day_is_closed_once(shop: Shop) -> None:
    first = await shop.days.close()
    with pytest.raises(DayAlreadyClosed):
        await shop.days.close()
    assert (await shop.days.day()).closing == first.closing
    assert [entry.repeats for entry in await shop.ledger.tail(0)] == [0]
    both = await asyncio.gather(*(shop.days.close(date(2026, 11, 3)) for _ in range(5)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in both) == ["DayAlreadyClosed"] * 4 + ["ShopDay"]


async def test_a_future_day_cannot_be_closed(shop: Shop) -> None:
    with pytest.raises(DayNotStarted):
        await shop.days.close(KYIV_DAY + timedelta(days=1))
    shop.clock.moment = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
    await shop.days.close(KYIV_DAY + timedelta(days=1))
    assert len(await shop.ledger.tail(0)) == 1


@pytest.mark.parametrize("day", [date.min, date.max, date(1969, 7, 20)])
async def test_days_at_the_ends_of_the_calendar(shop: Shop, day: date) -> None:
    await shop.ledger.write(a_day)
    found = await shop.json(day)
    assert (found["date"], found["taken_minor"], found["open"]) == (day.isoformat(), 0, 1)
    if day < KYIV_DAY:
        assert (await shop.days.close(day)).closing is not None


async def test_a_closing_is_no_message_of_an_unknown_payment(shop: Shop) -> None:
    await shop.ledger.write(append_orphan)
    await shop.days.close()
    assert [entry.fact.type for entry in await shop.ledger.unmatched_entries()] == ["orphan_received"]


async def test_a_closing_that_cannot_be_read_is_a_closing(shop: Shop) -> None:
    closing = DayClosed("2026-11-21", 0, "", "", {"of": "tomorrow"})
    await shop.days.close(date(2026, 11, 1))

    def decide(tx: LedgerTransaction) -> None:
        tx.append(closing, payment_id=None, source=Source.PERSON, at=START)

    await shop.ledger.write(decide)
    day = await shop.days.day()
    assert day.closing is not None
    assert (day.closing.figures, dict(day.closing.snapshot)) == (None, {"of": "tomorrow"})


async def test_the_statuses_of_a_period_are_the_domain_rule(shop: Shop) -> None:
    await shop.ledger.write(a_day)
    start, end = START - timedelta(days=2), START + timedelta(days=1)
    views = [view.payment for view in await shop.ledger.payments(PaymentFilter(now=START, limit=0))]
    for now in (START, START + timedelta(minutes=15), START + timedelta(minutes=17), START + timedelta(hours=5)):
        record: PeriodRecord = await shop.ledger.period_record(start, end, now, "2026-11-21")
        expected = [payment.status(now) for payment in views]
        assert {s: n for s, n in record.created.items() if n} == {s: expected.count(s) for s in set(expected)}
        assert record.open_count == expected.count(PaymentStatus.OPEN)
    assert record.as_of == await shop.ledger.last_seq()
