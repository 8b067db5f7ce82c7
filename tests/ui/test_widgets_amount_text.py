"""How sums are parsed while typed and when pasted, and the cursor position afterwards."""

import pytest

from app.domain.money import pasted_raw, typed_raw
from app.i18n.formats import NBSP
from app.ui.widgets.money.amount_text import count_significant, cursor_after, grouped


@pytest.mark.parametrize(
    ("typed", "raw"),
    [
        ("", ""),
        ("1", "1"),
        ("1250", "1250"),
        (f"1{NBSP}250", "1250"),
        ("12.", "12,"),
        ("12,345", "12,345"),
        (",", "0,"),
        ("007", "7"),
        ("0", "0"),
        ("00", "0"),
        ("0,05", "0,05"),
        ("123456789", "123456789"),
        ("0123456789", "123456789"),
    ],
)
def test_typing(typed: str, raw: str) -> None:
    assert typed_raw(typed) == raw


@pytest.mark.parametrize("typed", ["1a", "-1", "12,,", "12,5,", "12,3.4", "12,3456", "1234567890", "1e5"])
def test_typing_that_is_refused(typed: str) -> None:
    assert typed_raw(typed) is None


@pytest.mark.parametrize(
    ("pasted", "raw"),
    [
        ("1 250,00 ₴", "1250,00"),
        ("1\u202f250,00\u00a0₴", "1250,00"),
        ("1,250.00", "1250,00"),
        ("1.250,00", "1250,00"),
        ("1'250.50", "1250,50"),
        ("1,250,000", "1250000"),
        ("1.250.000,5", "1250000,5"),
        ("250 грн.", "250"),
        ("250,00 UAH", "250,00"),
        (" 1250.5\n", "1250,5"),
        ("1,250", "1,250"),
        ("12,34567", "12,345"),
        ("123 456 789", "123456789"),
    ],
)
def test_pasting(pasted: str, raw: str) -> None:
    assert pasted_raw(pasted) == raw


@pytest.mark.parametrize(
    "pasted",
    ["abc", "-5", "1250,00 $", "12,34,56", "1,25.00", "1.250,00.0", "1 234 567 890", "4111-1111", "10.12.2026"],
)
def test_pasting_that_is_refused(pasted: str) -> None:
    assert pasted_raw(pasted) is None


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("", ""), ("0", "0"), ("250", "250"), ("1250,5", "1 250,5"), ("1234567,", "1 234 567,"), ("0,05", "0,05")],
)
def test_grouping(raw: str, shown: str) -> None:
    assert grouped(raw) == shown.replace(" ", NBSP)


@pytest.mark.parametrize(("right", "place"), [(0, 7), (1, 6), (2, 5), (5, 1), (6, 0)])
def test_the_cursor_keeps_what_is_right_of_it(right: int, place: int) -> None:
    assert cursor_after(grouped("1250,5"), right) == place


def test_spaces_are_no_signs() -> None:
    assert count_significant(grouped("1250,5")) == 6
