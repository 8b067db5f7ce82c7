"""Checks of single setting values. Each takes a TOML value and returns the normalized one, or raises InvalidValue."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.text.card_numbers import TYPED_TEXT, holds_card_number
from app.domain.web_addresses import WebAddress, read_host, read_web_address

Check = Callable[[object], object]
_MOST_BITS = 64
_UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")
"""Unicode's categories of control characters, halves of a character, separators of lines and paragraphs."""


class InvalidValue(Exception):
    """An unusable value. `reason` is a code; `i18n` has its sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= _MOST_BITS:
        return str(value)  # people write `terminal_id = 1`
    if not isinstance(value, str):
        raise InvalidValue("not_text")
    if any(unicodedata.category(char) in _UNPRINTABLE for char in value):  # a bad byte in argv is a surrogate
        raise InvalidValue("control_characters")
    return value.strip()


def free_text(value: object) -> str:
    """Free text; a card number is rejected (protocol.md A3.7)."""
    clean = text(value)
    if holds_card_number(clean, TYPED_TEXT):
        raise InvalidValue("card_number")
    return clean


def required_text(value: object) -> str:
    clean = text(value)
    if not clean:
        raise InvalidValue("empty")
    return clean


def required_free_text(value: object) -> str:
    return required_text(free_text(value))


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidValue("not_true_or_false")
    return value


def one_of(*words: str) -> Check:
    def check(value: object) -> str:
        clean = text(value)
        if clean not in words:
            raise InvalidValue("one_of:" + ", ".join(words))
        return clean

    return check


def whole(low: int, high: int) -> Check:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise InvalidValue("not_whole_number")
        if not low <= value <= high:
            raise InvalidValue(f"range:{low}..{high}")
        return value

    return check


def seconds(low: float, high: float) -> Check:
    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidValue("not_number")
        if not low <= value <= high:  # false for nan too
            raise InvalidValue(f"range:{low:g}..{high:g}")
        return value

    return check


def list_of(item: Check, *, most: int) -> Check:
    def check(value: object) -> tuple[object, ...]:
        if not isinstance(value, list | tuple):
            raise InvalidValue("not_list")
        if len(value) > most:
            raise InvalidValue(f"too_many:{most}")
        return tuple(item(one) for one in value)

    return check


def path_or_paths(*, most: int) -> Check:
    """A path, or a list of distinct paths. A single one stays a text, an empty list becomes an empty text."""
    several = list_of(required_free_text, most=most)

    def check(value: object) -> object:
        if not isinstance(value, list | tuple):
            return free_text(value)
        found = tuple(dict.fromkeys(cast(tuple[str, ...], several(value))))
        return found if len(found) > 1 else "".join(found)

    return check


def network(value: object) -> str:
    clean = required_text(value)
    try:
        ipaddress.ip_network(clean, strict=False)
    except ValueError as error:
        raise InvalidValue("not_address") from error
    return clean


def zone(value: object) -> str:
    clean = required_text(value)
    try:
        ZoneInfo(clean)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidValue("not_zone") from error
    return clean


def day_time(value: object) -> str:
    """A time of the day, `HH:MM`, a full quarter of an hour: kept totals are of quarters."""
    clean = text(value)
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", clean):
        raise InvalidValue("not_time")
    if int(clean[3:]) % 15:
        raise InvalidValue("not_quarter")
    return clean


def host(value: object) -> str:
    """A name or an IP literal that a socket can be bound to; a literal is kept in its plain spelling."""
    found = read_host(required_text(value))
    if found is None:
        raise InvalidValue("not_host")
    return found


def operator_url(value: object) -> str:
    """https, or http on loopback only (contract.md 4). Empty: the address of the environment."""
    clean = text(value)
    if not clean:
        return ""
    address = _web_address(clean)
    if not address.is_unambiguous:  # what the client would refuse to send to
        raise InvalidValue("not_plain_url")
    if address.fragment:
        raise InvalidValue("no_query")
    if not address.is_trustworthy:
        raise InvalidValue("http_on_loopback_only")
    return address.wire_text


def base_url(value: object) -> str:
    """An address that callback paths are added to: no query, no fragment, no slash at the end."""
    clean = text(value)
    if not clean:
        return ""
    address = _web_address(clean)
    if "?" in clean or "#" in clean:
        raise InvalidValue("no_query")
    return address.wire_text.rstrip("/")


def page_url(value: object) -> str:
    clean = text(value)
    return _web_address(clean).wire_text if clean else ""


def _web_address(clean: str) -> WebAddress:
    """Return an address that every reader reads the same once it is written in its `wire_text`."""
    address = read_web_address(clean)
    if address is None:
        raise InvalidValue("not_url")
    if address.has_login:
        raise InvalidValue("no_login_in_url")
    if not address.is_sendable:
        raise InvalidValue("not_plain_url")
    if any(holds_card_number(part, TYPED_TEXT) for part in (address.path, address.query, address.fragment)):
        raise InvalidValue("card_number")
    return address
