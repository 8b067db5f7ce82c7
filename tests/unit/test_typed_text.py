"""What people paste is freed of what cannot be seen: phone, e-mail, number, purpose. What looks alike folds alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BadEmail, BadPhone
from app.domain.text.typed_text import folded, payment_number, phone_digits, visible
from app.services.sales.customers import parse_email, parse_free_text, parse_phone

PHONES = (
    "+38 (067) 123-45-67",
    "067.123.45.67",
    "067\u2011123\u201445\u221267",
    "00380671234567",
    "00 380 67 123 45 67",
    "+380 (0)67 123 45 67",
    "[067] 123/45/67",
    "\u202a+380671234567\u202c",
    "\ufeff0671234567\u200b",
    "067\u00a0123\u202f45\u200967",
    "\uff10\uff16\uff17\uff11\uff12\uff13\uff14\uff15\uff16\uff17",
)


@pytest.mark.parametrize("text", PHONES)
def test_a_phone_is_read_however_it_was_written(text: str) -> None:
    assert parse_phone(text) == "380671234567"


@pytest.mark.parametrize(
    "text", ["067 123 45 6", "phone 0671234567", "0671234567x", "+1 202 555 01 99", "067²123456", ""]
)
def test_what_is_no_phone_is_refused(text: str) -> None:
    with pytest.raises(BadPhone):
        parse_phone(text)


@pytest.mark.parametrize(
    "text", ["\ufeffanna@example.ua\u00a0", "\u202aanna@example.ua\u202c", "an\u00adna@exam\u200bple.ua"]
)
def test_an_email_is_freed_of_what_cannot_be_seen(text: str) -> None:
    assert parse_email(text) == "anna@example.ua"


def test_a_visible_blank_in_an_email_is_refused() -> None:
    with pytest.raises(BadEmail):
        parse_email("anna\u00a0b@example.ua")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1042", 1042),
        ("\u2116\u00a01042", 1042),
        ("#1042\u200b", 1042),
        ("\uff11\uff10", 10),
        ("10 42", None),
        ("p1", None),
    ],
)
def test_a_payments_number(text: str, number: int | None) -> None:
    assert payment_number(text) == number


def test_a_stored_text_stays_as_it_was_typed_without_what_has_no_width() -> None:
    assert parse_free_text("ка\u00adва \u2019ʼ\u2011 \u0438\u0306", "purpose") == "кава \u2019ʼ\u2011 \u0438\u0306"
    assert parse_free_text("a\x00b\u00a0c\u2028d", "purpose") == "a b c d"


@given(st.text(max_size=40))
def test_folding_is_done_at_once(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert folded(visible(text)) == once
    assert folded(text.upper().lower()) == folded(text.lower())


@given(st.text(max_size=40))
def test_no_text_breaks_the_readers(text: str) -> None:
    assert payment_number(text) is None or payment_number(text) == int(visible(text).strip("№# "))
    assert (phone_digits(text) or "0").isdigit()
