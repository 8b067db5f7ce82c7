"""The pure part of the charts: the grouping of a period, what lies between, round numbers, words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.i18n.texts import Texts
from app.services.history.history import business_day, day_end, day_start
from app.services.ports.history_values import ShopDay, TotalsBy, TotalsGroup
from app.ui.payment.chart_axis import INTERVALS, count_ticks, money_ticks
from app.ui.payment.chart_groups import (
    MOST_DAYS,
    MOST_MONTHS,
    Grouped,
    grouped,
    hour_bounds,
    hour_keys,
    month_days,
    only_day,
    read_by,
)
from app.ui.payment.chart_texts import chart_state

NBSP = "\u00a0"
KYIV = ShopDay("Europe/Kyiv", "00:00")
NIGHT = ShopDay("Europe/Kyiv", "04:30")
TODAY = date(2026, 11, 21)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
EN, UK = Texts("en"), Texts("uk")


def group(key: str, received_minor: int = 100, count: int = 1, refunded_minor: int = 0) -> TotalsGroup:
    return TotalsGroup(key, count, count, received_minor, refunded_minor)


def keys(found: Grouped) -> list[str | None]:
    return [group.key for group in found.groups]


def bounds_of(key: str, day: date, hours: ShopDay) -> tuple[datetime, datetime]:
    bounds = hour_bounds(key, day, hours)
    assert bounds is not None
    return bounds


# The grouping


@pytest.mark.parametrize(
    ("days", "by"),
    [
        (None, TotalsBy.DAY),
        ((TODAY, TODAY), TotalsBy.HOUR),
        ((TODAY - timedelta(days=1), TODAY), TotalsBy.DAY),
        ((date(2020, 1, 1), TODAY), TotalsBy.DAY),
    ],
)
def test_one_day_is_read_by_hour_and_the_rest_by_day(days: tuple[date, date] | None, by: TotalsBy) -> None:
    assert read_by(days) is by


def test_a_month_has_all_its_days_up_to_today() -> None:
    found = grouped([group("2026-11-03")], TotalsBy.DAY, (date(2026, 11, 1), date(2026, 11, 30)), KYIV, TODAY)
    assert found.by is TotalsBy.DAY
    assert keys(found) == [f"2026-11-{day:02d}" for day in range(1, 22)]
    assert [group.count for group in found.groups] == [0, 0, 1, *[0] * 18]


def test_a_payment_after_today_is_shown_though() -> None:
    """A clock that was wrong may have made it."""
    found = grouped([group("2026-11-25")], TotalsBy.DAY, (date(2026, 11, 20), date(2026, 11, 30)), KYIV, TODAY)
    assert keys(found)[-1] == "2026-11-25"


def test_a_quarter_has_days_and_one_day_more_has_months() -> None:
    first = TODAY - timedelta(days=MOST_DAYS - 1)
    groups = [group(TODAY.isoformat())]
    assert len(grouped(groups, TotalsBy.DAY, (first, TODAY), KYIV, TODAY).groups) == MOST_DAYS
    longer = grouped(groups, TotalsBy.DAY, (first - timedelta(days=1), TODAY), KYIV, TODAY)
    assert (longer.by, keys(longer)) == (TotalsBy.MONTH, ["2026-08", "2026-09", "2026-10", "2026-11"])


def test_all_time_reaches_from_the_first_group_to_the_last() -> None:
    found = grouped([group("2025-12-31"), group("2026-01-02")], TotalsBy.DAY, None, KYIV, TODAY)
    assert keys(found) == ["2025-12-31", "2026-01-01", "2026-01-02"]
    years = grouped([group("2024-12-31"), group("2026-01-02")], TotalsBy.DAY, None, KYIV, TODAY)
    assert (years.by, len(years.groups)) == (TotalsBy.MONTH, 14)


def test_a_range_of_centuries_begins_where_payments_do() -> None:
    days = (date(1, 1, 1), date.max)
    found = grouped([group("2026-02-03"), group("2026-11-03")], TotalsBy.DAY, days, KYIV, TODAY)
    assert keys(found) == [f"2026-{month:02d}" for month in range(2, 12)]
    assert len(found.groups) <= MOST_MONTHS


def test_without_groups_there_are_no_bars() -> None:
    for by in (TotalsBy.HOUR, TotalsBy.DAY, TotalsBy.STATUS):
        assert grouped([], by, (TODAY, TODAY), KYIV, TODAY).groups == ()
    state = chart_state(grouped([], TotalsBy.DAY, None, KYIV, TODAY), EN)
    assert (state.bars, state.ticks, state.total) == ((), (), ())
    assert state.empty == "There is nothing to draw here"


def test_the_hours_of_a_day_are_the_open_ones_and_those_with_payments() -> None:
    found = grouped([group("2026-11-21T06"), group("2026-11-21T12")], TotalsBy.HOUR, (TODAY, TODAY), KYIV, TODAY)
    assert keys(found) == [f"2026-11-21T{hour:02d}" for hour in range(6, 21)]


def test_everything_found_in_one_day() -> None:
    assert only_day([group("2026-11-21")]) == TODAY
    assert only_day([]) is None
    assert only_day([group("2026-11-21"), group("2026-11-22")]) is None


# Changes of the clock, and a day that does not begin at midnight


def test_spring_has_no_fourth_hour_and_autumn_has_it_once() -> None:
    assert [int(key[-2:]) for key in hour_keys(SPRING, KYIV)] == [hour for hour in range(24) if hour != 3]
    assert [int(key[-2:]) for key in hour_keys(AUTUMN, KYIV)] == list(range(24))


def test_the_repeated_hour_lasts_two() -> None:
    begin, end = bounds_of("2026-10-25T03", AUTUMN, KYIV)
    assert (begin, end - begin) == (datetime(2026, 10, 25, 0, tzinfo=UTC), timedelta(hours=2))
    assert hour_bounds("2026-03-29T03", SPRING, KYIV) is None


def test_a_day_that_begins_in_the_night_shares_its_first_hour_with_the_one_before() -> None:
    found = hour_keys(TODAY, NIGHT)
    assert (found[0], found[-1], len(found)) == ("2026-11-21T04", "2026-11-22T04", 25)
    begin, end = bounds_of("2026-11-21T04", TODAY, NIGHT)
    assert (begin, end - begin) == (day_start(TODAY, NIGHT), timedelta(minutes=30))


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)) | st.sampled_from([SPRING, AUTUMN]),
    st.sampled_from([KYIV, NIGHT, ShopDay("Europe/Kyiv", "03:07"), ShopDay("Asia/Kathmandu", "06:15")]),
)
def test_the_hours_of_a_day_are_the_day_without_gap_and_overlap(day: date, hours: ShopDay) -> None:
    bounds = [bounds_of(key, day, hours) for key in hour_keys(day, hours)]
    assert (bounds[0][0], bounds[-1][1]) == (day_start(day, hours), day_end(day, hours))
    assert [end for _, end in bounds[:-1]] == [begin for begin, _ in bounds[1:]]
    assert {business_day(begin, hours) for begin, _ in bounds} == {day}


def test_the_days_of_a_month() -> None:
    assert month_days("2026-12") == (date(2026, 12, 1), date(2026, 12, 31))
    assert month_days("2028-02") == (date(2028, 2, 1), date(2028, 2, 29))


# Whatever is read is shown


def _sums(groups: Sequence[TotalsGroup]) -> tuple[int, ...]:
    names = ("count", "paid", "received_minor", "refunded_minor")
    return tuple(sum(getattr(group, name) for group in groups) for name in names)


_DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))
_FOUND = st.dictionaries(_DAYS, st.tuples(st.integers(1, 9), st.integers(0, 10**14), st.integers(0, 10**9)))


@given(_FOUND, st.none() | st.tuples(_DAYS, _DAYS))
def test_the_bars_add_up_to_the_totals(found: dict[date, tuple[int, int, int]], days: tuple[date, date] | None) -> None:
    chosen = tuple(sorted(days)) if days else None
    inside = sorted(day for day in found if chosen is None or chosen[0] <= day <= chosen[1])
    groups = [group(day.isoformat(), found[day][1], found[day][0], found[day][2]) for day in inside]
    shown = grouped(groups, TotalsBy.DAY, (chosen[0], chosen[1]) if chosen else None, KYIV, TODAY)
    assert _sums(shown.groups) == _sums(groups)
    assert keys(shown) == sorted({group.key for group in shown.groups})
    state = chart_state(shown, EN)
    assert sum(bar.value for bar in state.bars) == sum(group.received_minor for group in groups)
    assert not state.bars or state.ticks[-1].value >= max(bar.value for bar in state.bars)


# Round numbers


@given(st.integers(0, 10**18))
def test_an_axis_has_few_round_steps_and_reaches_the_highest_bar(most: int) -> None:
    values = [tick.value for tick in count_ticks(most, EN)]
    step = values[1]
    assert values == [step * place for place in range(len(values))]
    assert int(str(step)[0]) in (1, 2, 5)
    assert set(str(step)[1:]) <= {"0"}
    assert 1 <= len(values) - 1 <= INTERVALS
    assert max(most, 1) <= values[-1] < most + step + (most == 0)


@given(st.integers(0, 10**19))
def test_no_two_lines_of_an_axis_have_the_same_short_label(most: int) -> None:
    for texts in (EN, UK):
        labels = [tick.label for tick in money_ticks(most, texts)]
        assert len(set(labels)) == len(labels)
        assert most > 10**17 or max(map(len, labels)) <= len("1 000 трлн")


@pytest.mark.parametrize(
    ("most", "labels"),
    [
        (0, ["0,00", "0,01"]),
        (89000, ["0", "500", "1 000"]),
        (239050, ["0", "1 000", "2 000", "3 000"]),
        (90_000_000, ["0", "0,5 M", "1 M"]),
        (60_000_000, ["0", "200 000", "400 000", "600 000"]),
        (170_000_000_000, ["0", "0,5 B", "1 B", "1,5 B", "2 B"]),
    ],
)
def test_the_labels_of_an_axis(most: int, labels: list[str]) -> None:
    assert [tick.label.replace(NBSP, " ") for tick in money_ticks(most, EN)] == labels


# Words


def test_a_bar_tells_its_numbers_in_words() -> None:
    found = grouped([group("2026-11-21T13", 89000, 2, 500)], TotalsBy.HOUR, (TODAY, TODAY), KYIV, TODAY)
    (bar,) = [bar for bar in chart_state(found, EN, "2026-11-21T13").bars if bar.value]
    assert bar.title == f"Sat, 21{NBSP}November{NBSP}2026, 13:00–14:00"
    assert (bar.label, bar.figure, bar.note) == ("13", f"890,00{NBSP}₴", f"2 payments · refunded 5,00{NBSP}₴")
    assert bar.is_current
    assert bar.cells == ("2", "2", f"890,00{NBSP}₴", f"5,00{NBSP}₴")


def test_days_and_months_are_named() -> None:
    days = (date(2026, 9, 30), date(2026, 10, 1))
    labels = [(bar.label, bar.title) for bar in chart_state(_of("2026-09-30", days), UK).bars]
    assert labels[0] == ("30.09", f"ср, 30{NBSP}вересня{NBSP}2026")
    assert [bar.label for bar in chart_state(_of("2026-09-30", (days[0], days[0])), UK).bars] == ["30"]
    months = chart_state(_of("2026-09-30", (date(2026, 1, 1), TODAY)), UK).bars
    assert [(bar.label, bar.title) for bar in months][8] == ("09.26", "вересень 2026")


def _of(key: str, days: tuple[date, date]) -> Grouped:
    return grouped([group(key)], TotalsBy.DAY, days, KYIV, TODAY)


def test_statuses_are_in_their_order_as_high_as_their_count() -> None:
    groups = [group("expired", 0, 5), group("paid", 1000, 2)]
    state = chart_state(grouped(groups, TotalsBy.STATUS, None, KYIV, TODAY), EN)
    assert [(bar.key, bar.value, bar.tone, bar.figure) for bar in state.bars] == [
        ("paid", 2, "paid", "2 payments"),
        ("expired", 5, "ended", "5 payments"),
    ]
    assert [bar.label for bar in state.bars] == ["Paid 2", "Expired 5"]
    assert [bar.note for bar in state.bars] == [f"10,00{NBSP}₴", ""]
    assert state.head == ("Status", "Payments", "Paid", "Received", "Refunded")
    assert state.total == ("In all", "7", "7", f"10,00{NBSP}₴", f"0,00{NBSP}₴")
