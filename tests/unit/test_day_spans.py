"""The expression that adds quarters up to the shop's days, against the days themselves."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.timestamps import to_millis
from app.services.history.time_keys import QUARTER_MS, time_key
from app.services.ports.history_values import ShopDay, TotalsBy
from app.storage.history.day_spans import MOST_DAYS, day_of_quarter

DAY = 96
FIRST = to_millis(datetime(2023, 1, 1, tzinfo=UTC)) // QUARTER_MS
SHOPS = [
    ShopDay("Europe/Kyiv", "00:00"),
    ShopDay("Europe/Kyiv", "03:30"),
    ShopDay("Europe/Kyiv", "06:15"),
    ShopDay("Asia/Kathmandu", "05:00"),
    ShopDay("Australia/Lord_Howe", "02:15"),
]


def _days(quarters: list[int], shop_day: ShopDay) -> list[tuple[str, int]]:
    day = day_of_quarter("t.quarter", min(quarters), max(quarters), shop_day)
    assert day is not None
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (quarter INTEGER)")
        connection.executemany("INSERT INTO t VALUES (?)", [(quarter,) for quarter in quarters])
        rows = connection.execute(f"SELECT {day}, count(*) FROM t GROUP BY 1 ORDER BY 1").fetchall()
    key_of = time_key(TotalsBy.DAY, shop_day)
    return [(key_of(start * QUARTER_MS), count) for start, count in rows]


def _expected(quarters: list[int], shop_day: ShopDay) -> list[tuple[str, int]]:
    key_of = time_key(TotalsBy.DAY, shop_day)
    keys = [key_of(quarter * QUARTER_MS) for quarter in sorted(quarters)]
    return [(key, keys.count(key)) for key in dict.fromkeys(keys)]


@given(st.lists(st.integers(FIRST, FIRST + 3 * 366 * DAY), min_size=1, max_size=60), st.sampled_from(SHOPS))
def test_every_quarter_is_in_its_day(quarters: list[int], shop_day: ShopDay) -> None:
    assert _days(quarters, shop_day) == _expected(quarters, shop_day)


@pytest.mark.parametrize("shop_day", SHOPS)
def test_every_quarter_of_a_year_with_both_changes_of_the_clock(shop_day: ShopDay) -> None:
    quarters = list(range(FIRST, FIRST + 366 * DAY))
    found = _days(quarters, shop_day)
    assert found == _expected(quarters, shop_day)
    lengths = {count for _, count in found[1:-1]}
    assert (len(lengths) > 1) == (shop_day.timezone != "Asia/Kathmandu")


def test_so_many_days_that_a_clock_must_be_wrong_are_left_to_the_quarters() -> None:
    assert day_of_quarter("t.quarter", FIRST, FIRST + (MOST_DAYS + 1) * DAY, SHOPS[0]) is None
