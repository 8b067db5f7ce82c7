"""The language of the search box: how words are parted, and every way each of them is read (contract.md 1b)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.search_words import SearchWord, parse_search
from app.domain.text.typed_text import needle, search_form

TODAY = date(2026, 11, 21)


def words(text: str) -> list[SearchWord]:
    return [word for term in parse_search(text, TODAY).terms for word in term.words]


def only(text: str) -> SearchWord:
    (word,) = words(text)
    return word


def joined(text: str) -> SearchWord | None:
    (term,) = parse_search(text, TODAY).terms
    return term.joined


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("велика кава", ["велика", "кава"]),
        ('"велика кава" сік', ["велика кава", "сік"]),
        ("«велика кава»сік", ["велика кава", "сік"]),
        ('"велика ка', ["велика ка"]),  # the second mark is still to be typed
        ('5" труба', ['5"', "труба"]),  # inside a word it is a sign as others
        ('""', []),
        ("  \u200b ", []),
        ("кава\u00a0\u2003сік", ["кава", "сік"]),
    ],
)
def test_words_stand_between_blanks_and_quoted_text_is_one(text: str, expected: list[str]) -> None:
    assert [word.text for word in words(text)] == expected


def test_a_quoted_word_knows_that_it_was() -> None:
    assert [word.is_quoted for word in words('"кава" сік')] == [True, False]


@pytest.mark.parametrize(
    ("text", "number", "amount_minor", "phone", "card"),
    [
        ("1042", 1042, 104200, "1042", "1042"),
        ("№1042", 1042, None, None, None),
        ("250", 250, 25000, "250", None),
        ("25", 25, 2500, None, None),
        ("250,00", None, 25000, None, None),
        ("125.50", None, 12550, None, None),
        ("125б50", None, 12550, None, None),
        ("0501234567", 501234567, 50123456700, "0501234567", None),
        ("+380501234567", None, None, "380501234567", None),
        ("*3217", None, None, None, "*3217"),
        ("кава", None, None, None, None),
    ],
)
def test_one_word_is_read_in_every_way_it_can(
    text: str, number: int | None, amount_minor: int | None, phone: str | None, card: str | None
) -> None:
    word = only(text)
    assert (word.number, word.amount_minor, word.phone, word.card) == (number, amount_minor, phone, card)


def test_figures_with_blanks_are_read_as_one_too() -> None:
    for text, field, value in [
        ("№ 1042", "number", 1042),
        ("1 250", "amount_minor", 125000),
        ("125,50 грн", "amount_minor", 12550),
        ("+38 (050) 123-45", "phone", "3805012345"),
        ("4123 45** **** 3217", "card", "412345******3217"),
    ]:
        found = joined(text)
        assert found is not None, text
        assert getattr(found, field) == value
        assert found.needles == ()


@pytest.mark.parametrize("text", ["кава 250", "125 50", '"1" 250', "50 кава 30"])
def test_what_is_no_figure_together_is_looked_for_word_by_word(text: str) -> None:
    assert [term.joined for term in parse_search(text, TODAY).terms] == [None] * len(words(text))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("вчора", "2026-11-20", "2026-11-20"),
        ("Сьогодні", "2026-11-21", "2026-11-21"),
        ("yesterday", "2026-11-20", "2026-11-20"),
        ("15.11", "2026-11-15", "2026-11-15"),
        ("21.11", "2026-11-21", "2026-11-21"),
        ("22.11", "2025-11-22", "2025-11-22"),  # this year's is still to come
        ("29.02", "2024-02-29", "2024-02-29"),
        ("5/1/26", "2026-01-05", "2026-01-05"),
        ("15.11.2027", "2027-11-15", "2027-11-15"),  # said in full, it is that day
        ("2026-11-15", "2026-11-15", "2026-11-15"),
        ("2026-11", "2026-11-01", "2026-11-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("11.2026", "2026-11-01", "2026-11-30"),
    ],
)
def test_days_and_months(text: str, first: str, last: str) -> None:
    assert only(text).days == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("text", ["1511", "31.02.2026", "32.11", "2026-13", "0000-11", "15-11", "125.5", "9999-12"])
def test_what_is_no_day(text: str) -> None:
    assert only(text).days is None


@pytest.mark.parametrize("text", ["\0", "кава\udcff", "\ud800"])
def test_what_cannot_be_stored_cannot_be_found(text: str) -> None:
    assert not parse_search(text, TODAY).is_possible


@given(st.text(), st.dates())
def test_nothing_that_is_typed_fails(text: str, today: date) -> None:
    for term in parse_search(text, today).terms:
        assert term.words
        for word in term.words:
            assert all(len(part) >= 3 for part in word.needles), word
            assert word.days is None or word.days[0] <= word.days[1]


@given(st.text(), st.integers(0, 20), st.integers(3, 20))
def test_every_part_of_a_stored_text_finds_it(text: str, start: int, length: int) -> None:
    part = search_form(text)[start : start + length].strip()
    if len(part) >= 3:
        assert needle(part) in search_form(text)


@given(st.text(alphabet="кава-_.% 12їґ\"'", min_size=1))
def test_the_first_letters_of_every_word_find_it(text: str) -> None:
    for word in search_form(text).split():
        for length in (1, 2):
            assert needle(word[:length]) in search_form(text)


def test_one_or_two_letters_are_the_start_of_a_word() -> None:
    stored = search_form("Велика кава-бар 100%")
    assert [letters for letters in ("к", "ка", "ба", "%", "10", "а", "ав", "00") if needle(letters) in stored] == [
        *("к", "ка", "ба", "%", "10"),
    ]
