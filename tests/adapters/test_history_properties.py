"""The history of a real file against a plain recomputation of its journal, for filters and orders drawn at random.

The bounds below which payments count as few are drawn, too: every way of finding them must find the same ones.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import PaymentId
from app.domain.payment import ConfirmedBy, PaymentFlag, PaymentStatus
from app.domain.payment_fold.fold import fold
from app.services.history.history import day_end, day_start
from app.services.ports.history_values import ShopDay, SortColumn, SortOrder, TotalsBy
from app.services.ports.ledger import PaymentFilter, PaymentView
from app.services.ports.ledger_transaction import LedgerTransaction
from app.storage.engine import connect_reader
from app.storage.history import reading
from app.storage.history.sources import Bounds
from app.storage.ledger import open_ledger
from app.storage.projection import entries_of
from app.storage.transaction import contact_of
from tests.builders import START
from tests.contracts.sales import ask, cancel, receive, refund, sell
from tests.fakes.history import added_up, is_chosen, sorted_views

SALES = 160
FIRST = datetime(2026, 10, 24, 18, tzinfo=UTC) - START
"""The sales lie around the night in which the clock of Kyiv is set back."""
WORDS = ("кава", "Велика кава", "сік", "чай 250", "Straße-бар", "№ 7", "100%", "")
PEOPLE = ("Олена", "Богдан", "Ян", None)
PHONES = ("380501234567", "380671112233", None)
EMAILS = ("anna_b@example.ua", "іван@пошта.укр", None)
AMOUNTS = (100, 2500, 9900, 12550, 125000)


def _write(tx: LedgerTransaction, draw: random.Random, number: int) -> None:
    name, after = f"{number:03}", FIRST.total_seconds() + draw.choice((0, 1, 2)) * 43200 + draw.randrange(0, 40) * 900
    amount = draw.choice(AMOUNTS)
    changes: dict[str, Any] = {
        "amount_minor": amount,
        "purpose": draw.choice(WORDS) or None,
        "order": draw.choice(("A-77", "1042", None)),
        "created_by": draw.choice(PEOPLE),
        "phone": draw.choice(PHONES),
        "email": draw.choice(EMAILS),
    }
    kind = draw.choice(("asked", "open", "failed", "cancelled", "under", *("paid",) * 5))
    (ask if kind == "asked" else sell)(tx, name, after_s=after, **changes)
    if kind == "failed":
        receive(tx, name, "error", after_s=after, error_text="no money")
    if kind == "cancelled":
        cancel(tx, name, after_s=after)
    if kind in ("under", "paid"):
        card = draw.choice(("412345******3217", "5123 45** **** 1042", None))
        late = draw.random() < 0.2
        receive(tx, name, sum_minor=amount if kind == "paid" else 50, after_s=after + 60, card=card, late=late)
    if kind == "paid" and draw.random() < 0.4:
        part = draw.choice((amount, 50))
        refund(tx, name, part, *draw.choice(((), ("done",), ("failed",))), after_s=after + 120)


@pytest.fixture(scope="module")
def ledger_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("history") / "ledger.db"

    async def make() -> None:
        ledger, draw = open_ledger(path), random.Random(20261121)
        for number in range(SALES):
            await ledger.write(lambda tx, number=number: _write(tx, draw, number))  # type: ignore[misc]
        assert await ledger.rebuild(write=False) == []
        await ledger.close()

    asyncio.run(make())
    return path


@pytest.fixture(scope="module")
def connection(ledger_file: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect_reader(ledger_file)) as opened:
        yield opened


@pytest.fixture(scope="module")
def folds(connection: sqlite3.Connection) -> list[PaymentView]:
    """Every payment as its facts say, newest first."""
    ids = [PaymentId(row[0]) for row in connection.execute("SELECT DISTINCT payment_id FROM event").fetchall()]
    payments = [fold(entries_of(connection, payment_id)) for payment_id in ids]
    payments.sort(key=lambda payment: (payment.created_at, payment.number), reverse=True)
    return [PaymentView(payment, contact_of(connection, payment.contact_id)) for payment in payments]


MOMENTS = st.integers(0, 40).map(lambda quarters: START + FIRST + timedelta(minutes=15 * quarters))
DAYS = st.dates(datetime(2026, 10, 23, tzinfo=UTC).date(), datetime(2026, 10, 28, tzinfo=UTC).date())
SEARCHED = st.sampled_from(
    [
        *("кава", "ка", "к", "велика", "stras", "бар", "%", "7", "№ 7", "25", "250", "1 250", "99,00", "1042", "3217"),
        *("*1042", "0501", "+380 (67) 111", "anna", "an", "пошта", "укр", "a-77", "77", "txn-0", "24.10", "25.10.2026"),
        *("2026-10", "вчора", "сьогодні", '"велика кава"', '"кава велика"', "нема", "-", "\\"),
    ]
)


@st.composite
def criteria_of(draw: st.DrawFn) -> PaymentFilter:
    shop_day = ShopDay("Europe/Kyiv", draw(st.sampled_from(["00:00", "05:00", "03:20"])))
    days = draw(st.none() | st.tuples(DAYS, DAYS))
    bounds = draw(st.none() | st.sampled_from([AMOUNTS[1], AMOUNTS[3]]))
    return PaymentFilter(
        now=draw(MOMENTS),
        status=draw(st.none() | st.sampled_from([*PaymentStatus, *PaymentFlag])),
        attention=draw(st.integers(0, 5)) == 0,
        created_from=day_start(min(days), shop_day) if days else None,
        created_to=day_end(max(days), shop_day) if days else draw(st.none() | MOMENTS),
        search=" ".join(draw(st.lists(SEARCHED, max_size=2))) or None,
        min_minor=bounds,
        max_minor=draw(st.none() | st.just(AMOUNTS[3])),
        person=draw(st.none() | st.sampled_from([*(person or "" for person in PEOPLE), "олена"])),
        confirmed_by=draw(st.none() | st.sampled_from(list(ConfirmedBy))),
        shop_day=shop_day,
    )


ORDERS = st.builds(SortOrder, st.sampled_from(list(SortColumn)), st.booleans())
BOUNDS = st.builds(
    Bounds, st.sampled_from([0, 5, 20_000]), st.sampled_from([1, 30, 20_000]), st.sampled_from([7, 1000])
)


def _numbers(views: Any) -> list[int]:
    return [view.payment.number for view in views]


@given(criteria=criteria_of(), order=ORDERS, bounds=BOUNDS)
def test_pages_are_the_folds_that_the_filter_chooses_in_their_order(
    connection: sqlite3.Connection,
    folds: list[PaymentView],
    criteria: PaymentFilter,
    order: SortOrder,
    bounds: Bounds,
) -> None:
    expected = _numbers(sorted_views([view for view in folds if is_chosen(view, criteria)], criteria, order))
    found, anchor = [], None
    while True:
        page = reading.page(connection, criteria, order, anchor, 0, 13, bounds)
        found += _numbers(page.rows)
        if page.last is None:
            break
        anchor = page.last
    assert found == expected
    outline = reading.outline(connection, criteria, order, bounds)
    assert outline.count == len(expected)
    step = bounds.anchor_step
    assert len(outline.anchors) == len(expected) // step
    for place, anchor in enumerate(outline.anchors, start=1):
        page = reading.page(connection, criteria, order, anchor, 2, 5, bounds)
        assert _numbers(page.rows) == expected[place * step + 2 :][:5]


@given(criteria=criteria_of(), by=st.none() | st.sampled_from(list(TotalsBy)), bounds=BOUNDS)
def test_totals_and_lists_are_those_of_the_folds(
    connection: sqlite3.Connection,
    folds: list[PaymentView],
    criteria: PaymentFilter,
    by: TotalsBy | None,
    bounds: Bounds,
) -> None:
    chosen = [view for view in folds if is_chosen(view, criteria)]
    found = reading.totals_of(connection, criteria, by, bounds)
    assert found == added_up([view.payment for view in chosen], criteria, by, found.as_of)
    batches = list(reading.number_batches(connection, criteria, 50, bounds))
    assert [number for batch in batches for number in batch] == [view.payment.number for view in chosen]


@given(
    criteria=st.builds(
        PaymentFilter,
        now=MOMENTS,
        status=st.none() | st.sampled_from(list(PaymentStatus)),
        created_from=st.none() | MOMENTS,
        created_to=st.none() | MOMENTS,
        person=st.none() | st.sampled_from([person or "" for person in PEOPLE]),
        shop_day=st.sampled_from([ShopDay("Europe/Kyiv", "00:00"), ShopDay("Asia/Kathmandu", "04:45")]),
    ),
    by=st.none() | st.sampled_from(list(TotalsBy)),
)
def test_kept_totals_are_those_of_the_folds(
    connection: sqlite3.Connection, folds: list[PaymentView], criteria: PaymentFilter, by: TotalsBy | None
) -> None:
    chosen = [view.payment for view in folds if is_chosen(view, criteria)]
    found = reading.totals_of(connection, criteria, by)
    assert found == added_up(chosen, criteria, by, found.as_of)
