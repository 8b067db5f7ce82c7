"""Parameter names that carry card data and other secrets, and the values that follow such names in a text. Stdlib only.

A name is judged by its words, whatever its case and punctuation: `threeDS_tavv`, `payment.card.pan`, `card[exp_month]`
and `data%5Bpan%5D` say what they hold, `account`, `expires`, `card_mask` and `company` hold nothing secret. A new
secret: its word into `_WORDS`, or into `_PARTS` where it may also be inside a longer word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, auto
from itertools import pairwise
from typing import Final

from app.domain.text.escapes import decoded

HIDDEN: Final = "***"


class Secret(Enum):
    """What a name says about its value."""

    NONE = auto()
    CARD_NUMBER = auto()
    """A card number: its mask may be kept."""
    HIDDEN = auto()
    """Nothing of the value may be kept."""


_CARD_WORDS: Final = frozenset({"pan", "dpan", "fpan", "ccnumber", "ccnum", "ccno"})
_CARD_PAIRS: Final = frozenset((card, word) for card in ("card", "cc") for word in ("number", "num", "no", "nr"))
_CARD_PARTS: Final = re.compile("cardn(?:umber|um|o|r)|cardpan|primaryaccountnumber|maskedpan|panmask|(?:^|card)pan$")
_WORDS: Final = frozenset(
    {"exp", "expiry", "expiration", "emv", "track", "csc", "cvn", "pin", "pinblock", "token", "cardholder"}
)
_PAIRS: Final = frozenset({("card", "holder"), ("card", "owner"), ("valid", "thru"), ("valid", "through")})
_PARTS: Final = re.compile(
    "tavv|cavv|cvv|cvc|cryptogram|expdate|expmonth|expyear|expiry|expiration|cardexp|track[123]|trackdata|emvdata"
    "|cardholder|validthru|pinblock|partnertoken|cardtoken"
)
_WHOLE: Final = frozenset({"sign", "keyaes"})
_WORD: Final = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_NAME: Final = re.compile(r"(?<![\w.\[\]-])([\w.\[\]-]+)\\{0,8}[\"']?\s{0,8}[=:]\s{0,8}\\{0,8}([\"']?)")
_DIGITS: Final = re.compile(r"[0-9](?:[ \-+]?[0-9])+(?![^&\s\"',;\\}])")
_PLAIN_VALUE: Final = re.compile(r"[^&\s\"',;\\}]+")
_GROUP: Final = re.compile(r"[\[{][^\]}]*[\]}]?")
_MAY_HIDE_NAMES: Final = re.compile(r"(?=[\s\S]*[=:35]|[\s\S]*(?:equals|colon))[^%&\\]*[%&\\]")
_MAY_BE_PROSE: Final = frozenset({"pin", "track", "token"})


def secret_of(name: str) -> Secret:
    """Return what the name of a parameter or of a JSON field says about its value."""
    if name.isascii() and name.isalpha() and name.islower():
        words = [name]  # most names: no need to take them apart
    else:
        words = [word.lower() for word in _WORD.findall(decoded(name))]
    joined = "".join(words)
    pairs = set(pairwise(words))
    if _CARD_WORDS.intersection(words) or pairs & _CARD_PAIRS or _CARD_PARTS.search(joined):
        return Secret.CARD_NUMBER
    if _WORDS.intersection(words) or pairs & _PAIRS or _PARTS.search(joined) or joined in _WHOLE:
        return Secret.HIDDEN
    return Secret.NONE


def is_card(name: str) -> bool:
    """Return whether a name ends in `card` and may so hold a number, a mask, or the card's kind."""
    if "card" not in name.lower() and "%" not in name:
        return False
    return [word.lower() for word in _WORD.findall(decoded(name))][-1:] == ["card"]


def hide_named_values(text: str, mask: Callable[[str], str | None]) -> str:
    """Return the text without the values that follow a secret name; `mask` says what is kept of a card number.

    `name=value`, `name: value`, JSON, and JSON in JSON. A text that only shows such a name once it is decoded is
    returned decoded.
    """
    hidden = _hide(text, mask)
    if _MAY_HIDE_NAMES.match(hidden):
        plain = decoded(hidden)
        matched = _hide(plain, mask)
        if matched != plain:
            return matched
    return hidden


def _hide(text: str, mask: Callable[[str], str | None]) -> str:
    if "=" not in text and ":" not in text:
        return text
    out: list[str] = []
    written = position = 0
    while found := _NAME.search(text, position):
        position = found.end()
        secret = secret_of(found[1])
        if secret is Secret.NONE:
            continue
        is_card_number = secret is Secret.CARD_NUMBER
        if is_card_number and text[position : position + 1] in ("{", "["):
            continue  # what is inside has names of its own
        end = _value_end(text, position, quote=found[2])
        value = text[position:end]
        if end == position or _is_prose(found[1], found[0], value):
            continue
        out += [text[written:position], (mask(value) if is_card_number else None) or HIDDEN]
        written = position = end
    return "".join(out) + text[written:]


def _value_end(text: str, position: int, quote: str) -> int:
    """Return where a value ends: at its closing quote, its bracket, or where a plain one does."""
    closing = text.find(quote, position) if quote else -1
    if closing >= 0:
        return position + len(text[position:closing].rstrip("\\"))
    for form in (_GROUP, _DIGITS, _PLAIN_VALUE):
        found = form.match(text, position)
        if found:
            return found.end()
    return position


def _is_prose(name: str, matched: str, value: str) -> bool:
    """Say whether these are words for people: "PIN: incorrect" holds no PIN."""
    return name.lower() in _MAY_BE_PROSE and ": " in matched and value.isalpha()
