"""Text is parsed into kopecks exactly, or refused with a reason."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import AmountNotNumber, AmountOverLimit, AmountThreeDecimals, AmountZero
from app.domain.money import is_half_typed, parse_amount, parse_amounts
from app.i18n.formats import amount_text, money_text, short_amount, typed_amount


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1250", 125000),
        ("1 250,5", 125050),
        ("1250.50", 125050),
        ("1\u00a0250,00 ₴", 125000),
        ("0,01", 1),
        (".5", 50),
        ("5,", 500),
        (" 007 ", 700),
    ],
)
def test_reads_what_people_type(text: str, minor: int) -> None:
    assert parse_amount(text) == minor


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "12 50", "1e3", "1_000", "١٢", "0x10", ",", "--"])
def test_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(AmountNotNumber):
        parse_amount(text)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1,234.56", 123456),
        ("1.234,56", 123456),
        ("1.234.567", 123456700),
        ("1'234.5", 123450),
        ("1\u202f234\u00a0567,89", 123456789),
        ("₴ 125", 12500),
        ("125.50 грн.", 12550),
        ("UAH 1,234.50", 123450),
        ("\u200b1\u00ad25\u202c", 12500),
        ("\uff11\uff12\uff15\uff0e\uff15", 12550),
    ],
)
def test_reads_what_people_paste(text: str, minor: int) -> None:
    assert parse_amount(text) == minor


@pytest.mark.parametrize(
    "text",
    ["45+30", "125=50", "125:50", "125 50", "125, 50", "125\n250", "1\t250", "125 грн 50", "12грн50", "125₴50", "+125",
     "5²", "\u202e521", "1 234'567", "1,23,456", "1.234,56.7", "$125", "125-50", "125б50", "0 125", "10.12.2026"],
)  # fmt: skip
def test_is_never_another_sum(text: str) -> None:
    with pytest.raises(AmountNotNumber):
        parse_amount(text)


@pytest.mark.parametrize("text", ["1,234.56", "50,100.50", "50; 45+30", "50, 12 50", "\u202e52, 10"])
def test_a_list_that_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(AmountNotNumber):
        parse_amounts(text)


@pytest.mark.parametrize("text", ["0", "0,00", "-5", "\u22125,10"])
def test_refuses_zero_and_less(text: str) -> None:
    with pytest.raises(AmountZero):
        parse_amount(text)


@pytest.mark.parametrize("text", ["1,000", "0.125", "1 250,505"])
def test_refuses_three_decimals(text: str) -> None:
    with pytest.raises(AmountThreeDecimals):
        parse_amount(text)


def test_the_limit_itself_is_allowed() -> None:
    assert parse_amount("100000", limit_minor=10_000_000) == 10_000_000
    with pytest.raises(AmountOverLimit) as refusal:
        parse_amount("100000,01", limit_minor=10_000_000)
    assert refusal.value.details == {"limit_minor": 10_000_000}


def test_a_row_of_digits_does_not_overflow() -> None:
    with pytest.raises(AmountOverLimit):
        parse_amount("9" * 400)


@given(st.integers(min_value=1, max_value=10**13), st.sampled_from([",", "."]))
def test_what_is_printed_reads_back(minor: int, separator: str) -> None:
    for write in (money_text, amount_text, typed_amount, short_amount):
        assert parse_amount(write(minor).replace(",", separator)) == minor


@pytest.mark.parametrize(
    ("minor", "texts"),
    [
        (125000, ("1\u00a0250,00", "1250,00", "1250")),
        (125050, ("1\u00a0250,50", "1250,50", "1250,50")),
        (5, ("0,05", "0,05", "0,05")),
        (100000, ("1\u00a0000,00", "1000,00", "1000")),
    ],
)
def test_a_sum_without_its_currency(minor: int, texts: tuple[str, str, str]) -> None:
    assert (amount_text(minor), typed_amount(minor), short_amount(minor)) == texts


def test_several_sums_in_one_line() -> None:
    assert parse_amounts("50, 100;12,50\n7,5") == (5000, 10000, 1250, 750)


@pytest.mark.parametrize(
    ("text", "is_half"), [("0", True), (" 0, ", True), ("0.0", True), ("0,00", False), ("", False)]
)
def test_a_zero_may_be_on_its_way_to_more(text: str, is_half: bool) -> None:
    assert is_half_typed(text) is is_half


@given(st.text(max_size=30))
def test_no_text_breaks_the_parser(text: str) -> None:
    with suppress(AmountNotNumber, AmountZero, AmountThreeDecimals, AmountOverLimit):
        assert parse_amount(text) > 0
