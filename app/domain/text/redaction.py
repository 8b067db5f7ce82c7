"""Masks what must never reach disk, logs or screens, by name and by pattern (protocol.md A3.7). Stdlib only.

Use `redact_text` for any single text, `redacted_value` for a document that is composed later (each
value by itself: several numbers of a list are no card number), `redacted_fact` in `fact_redaction` for the journal.
Card numbers are found by `card_numbers`, names by `secret_names`; tests/unit/test_redaction.py shows what must not
survive and what must.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from app.domain.text.card_numbers import (
    FOREIGN_TEXT,
    LONGEST_PAN,
    ORDER,
    SHORTEST_PAN,
    TYPED_TEXT,
    MaskingRule,
    mask_card_numbers,
    masked_digits,
)
from app.domain.text.escapes import decoded
from app.domain.text.secret_names import HIDDEN, Secret, hide_named_values, secret_of

_MASKED_PAN: Final = re.compile(r"([0-9]{6})[*xX.•]{2,9}([0-9]{4})")
FIELD_RULES: Final = {
    "order": ORDER,
    **dict.fromkeys(("purpose", "reason", "by", "created_by", "terminal_id"), TYPED_TEXT),
}
"""Fields typed by the shop's staff; input with a card number was refused."""
_PEM: Final = re.compile(
    r"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----.*?(?:-----END \1-----|\Z)",
    re.DOTALL,
)
_EMAIL: Final = re.compile(r"[^\s@\"'<>(),;:=/\\\[\]&?]{1,64}(?:@|%40)[^\s@\"'<>(),;:=/\\\[\]&?]{1,190}\.\w{2,}")
_PHONE: Final = re.compile(
    r"(?<![\w.])(?:(?:\+?38[\s\-]?)?\(?0\d{2}\)?[\s\-]?\d{3}[\s\-]?\d{2}[\s\-]?\d{2}|\+\d{9,15})(?!\w)", re.ASCII
)


def redact_text(text: str, rule: MaskingRule = FOREIGN_TEXT) -> str:
    """Return the text without card numbers, private keys and values of secret names; card numbers keep 6 + 4 digits.

    Guaranteed: no 13 to 19 decimal digits that pass Luhn are left, divided by up to four characters that are neither
    letters, digits nor line ends, whether or not digits and separators are escaped. Linear in the length of the text.
    Masked, too: other numbers that happen to pass Luhn. A value whose form was checked (`txn_id`, a key, a digest)
    is therefore never given to this function; its writer exempts it by the name of its field.
    `rule`: which undivided runs are spared in text typed by the shop's staff.
    """
    if len(text) < SHORTEST_PAN and "=" not in text and ":" not in text:
        return text  # most values: they cannot contain a secret
    if "PRIVATE KEY" in text:
        text = _PEM.sub("[private key]", text)
    return mask_card_numbers(hide_named_values(text, mask_pan), rule)


def redacted_value(value: Any, name: str = "", *, exempt: Collection[str] = ()) -> Any:
    """Return a JSON value with each text in it redacted by itself, and without the values of secret names.

    `exempt`: names of fields whose form was checked and that are left as they are.
    """
    if value is None or name in exempt:
        return value
    secret = secret_of(name) if name else Secret.NONE
    if secret is not Secret.NONE:
        kept = mask_pan(value) if secret is Secret.CARD_NUMBER and isinstance(value, str) else None
        return kept or HIDDEN
    if isinstance(value, dict):
        return {
            redact_text(key) if isinstance(key, str) else key: redacted_value(part, str(key), exempt=exempt)
            for key, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted_value(part, name, exempt=exempt) for part in value]
    return redact_text(value, FIELD_RULES.get(name, FOREIGN_TEXT)) if isinstance(value, str) else value


def redact_personal(text: str) -> str:
    """Return the text without e-mail addresses and phone numbers: for logs and for the diagnostics file.

    The journal and the screens need both, so this is no part of `redact_text`.
    """
    return _PHONE.sub("[phone]", _EMAIL.sub("[e-mail]", text))


def mask_pan(text: str) -> str | None:
    """Return `412345******3217` for a card number of 13-19 digits, masked already or not; None for anything else."""
    plain = decoded(text)
    masked = _MASKED_PAN.fullmatch(re.sub(r"[\s+\-]", "", plain))
    if masked:
        return f"{masked[1]}******{masked[2]}"
    bare = "".join(str(int(char)) if char.isdecimal() else char for char in plain if char.isalnum())
    if re.fullmatch(rf"[0-9]{{{SHORTEST_PAN},{LONGEST_PAN}}}", bare):
        return masked_digits(bare)
    return None
