"""Checks a customer's phone and e-mail, and that no typed text holds a card number, before they are used."""

from __future__ import annotations

import re

from app.domain.errors import BadEmail, BadPhone, CardNumberTyped, TextTooLong
from app.domain.text.card_numbers import ORDER, TYPED_TEXT, holds_card_number
from app.domain.text.plain_text import without_invisible
from app.domain.text.typed_text import phone_digits, visible

_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})+")
MAX_TEXT = 250
_MAX_READ = 10_000  # a longer text is refused for its length


def normalized_account(account: str) -> str:
    """Return a phone or an e-mail as it is compared: without `+`, spaces and case (protocol.md A3.6)."""
    return "".join(account.replace("+", "").split()).casefold()


def parse_phone(text: str) -> str:
    """Return `380XXXXXXXXX` of `+380 67 123 45 67`, `0671234567` and the like. Raises BadPhone."""
    digits = phone_digits(text) or ""
    if len(digits) == 10 and digits.startswith("0"):
        digits = f"38{digits}"
    if not re.fullmatch("380[0-9]{9}", digits):
        raise BadPhone(text=text)
    return digits


def parse_email(text: str) -> str:
    """Return the address without spaces around it. Raises BadEmail, CardNumberTyped."""
    stripped = visible(text)
    _refuse_card_number(stripped, "email")
    if len(stripped) > 254 or not _EMAIL.fullmatch(stripped):
        raise BadEmail(text=text)
    return stripped


def parse_free_text(text: str | None, field: str) -> str | None:
    """Return one line of at most 250 characters, or None for nothing. Raises TextTooLong, CardNumberTyped.

    In `order` an undivided run of 8, 12, 13 or 14 digits is a barcode, whatever its check digit.
    """
    line = " ".join("".join(ch if ch.isprintable() else " " for ch in without_invisible(text or "")).split())
    _refuse_card_number(line, field)
    if len(line) > MAX_TEXT:
        raise TextTooLong(field=field, limit=MAX_TEXT)
    return line or None


def _refuse_card_number(line: str, field: str) -> None:
    if holds_card_number(line[:_MAX_READ], ORDER if field == "order" else TYPED_TEXT):
        raise CardNumberTyped(field=field)
