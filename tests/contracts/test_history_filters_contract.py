"""Filters of contract.md 1b on a `Ledger`: sums, people, ways of confirming, words of a search, groups of totals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.payment import ConfirmedBy, PaymentStatus
from app.services.ports.history_values import ShopDay, TotalsBy, TotalsGroup
from app.services.ports.ledger import Ledger, PaymentFilter
from tests.builders import START
from tests.contracts.sales import names, receive, refund, sold

KYIV = ShopDay("Europe/Kyiv", "00:00")
NIGHT_BAR = ShopDay("Europe/Kyiv", "05:30")


async def found(ledger: Ledger, **criteria: Any) -> str:
    views = await ledger.payments(PaymentFilter(**{"now": START, "limit": 0, "shop_day": KYIV} | criteria))
    return "".join(names(views))


async def test_sums_are_inclusive_bounds(ledger: Ledger) -> None:
    for name, minor in (("a", 100), ("b", 200), ("c", 300)):
        await sold(ledger, name, amount_minor=minor)
    assert await found(ledger, min_minor=200) == "cb"
    assert await found(ledger, max_minor=200) == "ba"
    assert await found(ledger, min_minor=200, max_minor=200) == "b"
    assert await found(ledger, min_minor=201, max_minor=299) == ""
    assert await found(ledger, min_minor=0) == await found(ledger, max_minor=10**15) == "cba"


async def test_a_person_is_exact_and_no_name_is_none(ledger: Ledger) -> None:
    for name, person in (("a", "Олена"), ("b", "Олена Б."), ("c", None)):
        await sold(ledger, name, created_by=person)
    assert await found(ledger, person="Олена") == "a"
    assert await found(ledger, person="олена") == ""
    assert await found(ledger, person="") == "c"
    for odd in ("\udcff", "Олена\0", "\0"):
        assert await found(ledger, person=odd) == ""
    assert await found(ledger) == "cba"


async def test_the_way_of_confirming(ledger: Ledger) -> None:
    await sold(ledger, "a")
    await sold(ledger, "b")
    await ledger.write(lambda tx: receive(tx, "b"))
    assert await found(ledger, confirmed_by=ConfirmedBy.CALLBACK) == "b"
    assert await found(ledger, confirmed_by=ConfirmedBy.PERSON) == ""


SEARCHES = {
    "кава сік": "a",
    "сік кава": "a",
    "кава": "ca",
    '"кава сік"': "",
    '"велика кава"': "a",
    "кава 99": "c",
    "кава anna": "c",
    "к": "ca",
    "ка ве": "a",
    "а": "c",
    "ан": "c",
    "1 250": "b",
    "кава 1 250": "",
    "0501 1250": "b",
}


@pytest.mark.parametrize("text", SEARCHES)
async def test_every_word_must_match_by_any_reading(ledger: Ledger, text: str) -> None:
    await sold(ledger, "a", purpose="Велика кава і сік")
    await sold(ledger, "b", purpose="чай", amount_minor=125000, phone="380501234567")
    await sold(ledger, "c", purpose="кава", amount_minor=9900, email="anna@example.ua", order="анг")
    assert await found(ledger, search=text) == SEARCHES[text]


async def test_days_are_the_shops(ledger: Ledger) -> None:
    """The 21st begins in Kyiv at 22:00 UTC of the 20th, in the bar that closes at 05:30 at 03:30."""
    for name, hour in (("a", -15), ("b", -12), ("c", -6), ("d", 0)):  # 19:15, 22:15, 04:15, 10:15
        await sold(ledger, name, after_s=hour * 3600)
    assert await found(ledger, search="сьогодні") == "dcb"
    assert await found(ledger, search="20.11") == await found(ledger, search="вчора") == "a"
    assert await found(ledger, search="21.11", shop_day=NIGHT_BAR) == "dc"
    assert await found(ledger, search="вчора", shop_day=NIGHT_BAR) == "ba"
    assert await found(ledger, search="2026-11") == "dcba"
    assert await found(ledger, search="2026-10") == ""


async def grouped(ledger: Ledger, by: TotalsBy, **criteria: Any) -> dict[str | None, tuple[int, int, int, int]]:
    totals = await ledger.totals(PaymentFilter(**{"now": START, "shop_day": KYIV} | criteria), by)
    assert totals.as_of == await ledger.last_seq()
    sums = {g.key: (g.count, g.paid, g.received_minor, g.refunded_minor) for g in totals.groups}
    whole = (totals.count, totals.paid, totals.received_minor, totals.refunded_minor)
    assert tuple(map(sum, zip(*sums.values(), strict=True))) == (whole if sums else ())
    return sums


async def test_groups_are_sorted_and_none_is_empty(ledger: Ledger) -> None:
    for name, person in (("a", "Олена"), ("b", None), ("c", "Богдан"), ("d", "Олена")):
        await sold(ledger, name, created_by=person)
    await ledger.write(lambda tx: [receive(tx, "a"), refund(tx, "a", 550, "done")])
    totals = await ledger.totals(PaymentFilter(now=START), TotalsBy.PERSON)
    assert totals.groups == (
        TotalsGroup("Богдан", 1, 0, 0, 0),
        TotalsGroup("Олена", 2, 1, 12550, 550),
        TotalsGroup(None, 1, 0, 0, 0),
    )
    assert (await ledger.totals(PaymentFilter(now=START))).groups == ()


@pytest.mark.parametrize("narrowed", [{}, {"min_minor": 1}], ids=["kept", "counted"])
async def test_by_status_is_what_is_shown_now(ledger: Ledger, narrowed: dict[str, Any]) -> None:
    for name in "abcd":
        await sold(ledger, name)
    await ledger.write(lambda tx: receive(tx, "a"))
    assert await grouped(ledger, TotalsBy.STATUS, **narrowed) == {"open": (3, 0, 0, 0), "paid": (1, 1, 12550, 0)}
    later = {"now": START + timedelta(hours=1), **narrowed}
    assert await grouped(ledger, TotalsBy.STATUS, **later) == {"expired": (3, 0, 0, 0), "paid": (1, 1, 12550, 0)}
    for now, status, count in ((START, "open", 3), (START, "expired", 0), (later["now"], "expired", 3)):
        chosen = await ledger.totals(PaymentFilter(now=now, status=PaymentStatus(status), **narrowed))
        assert chosen.count == count


@pytest.mark.parametrize("narrowed", [{}, {"min_minor": 1}], ids=["kept", "counted"])
async def test_the_repeated_hour_of_autumn_is_one_key(ledger: Ledger, narrowed: dict[str, Any]) -> None:
    """On 25 October 2026 the clock of Kyiv goes from 04:00 back to 03:00, at 01:00 UTC."""
    moments = {
        "a": (24, 20, 59),
        "b": (24, 21, 0),
        "c": (25, 0, 30),
        "d": (25, 1, 30),
        "e": (25, 2, 0),
        "f": (25, 21, 59),
    }
    for name, (day, hour, minute) in moments.items():
        after = datetime(2026, 10, day, hour, minute, tzinfo=UTC) - START
        await sold(ledger, name, after_s=after.total_seconds())
    hours = await grouped(ledger, TotalsBy.HOUR, **narrowed)
    assert {key: sums[0] for key, sums in hours.items()} == {
        "2026-10-24T23": 1,
        "2026-10-25T00": 1,
        "2026-10-25T03": 2,
        "2026-10-25T04": 1,
        "2026-10-25T23": 1,
    }
    days = await grouped(ledger, TotalsBy.DAY, **narrowed)
    assert {key: sums[0] for key, sums in days.items()} == {"2026-10-24": 1, "2026-10-25": 5}
    night = await grouped(ledger, TotalsBy.DAY, shop_day=ShopDay("Europe/Kyiv", "05:20"), **narrowed)
    assert {key: sums[0] for key, sums in night.items()} == {"2026-10-24": 5, "2026-10-25": 1}
    months = await grouped(ledger, TotalsBy.MONTH, **narrowed)
    assert {key: sums[0] for key, sums in months.items()} == {"2026-10": 6}


async def test_the_hour_that_spring_leaves_out(ledger: Ledger) -> None:
    """On 29 March 2026 the clock of Kyiv goes from 03:00 to 04:00, at 01:00 UTC."""
    for name, hour, minute in (("a", 0, 59), ("b", 1, 0), ("c", 1, 59)):
        after = datetime(2026, 3, 29, hour, minute, tzinfo=UTC) - START
        await sold(ledger, name, after_s=after.total_seconds())
    assert list(await grouped(ledger, TotalsBy.HOUR)) == ["2026-03-29T02", "2026-03-29T04"]
