"""Hostile text for any field: mark-up that opens a file, and characters that are interpreted, not shown."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

from app.domain.journal.events import Fact

ACTING: Final = (
    "\x1b[2J\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\"  # clears a terminal, makes a hyperlink
    "\x9b31m\x07\x08\r\n2026-01-01T00:00:00.000+00:00 INFO forged\u2028FORGED\x85FORGED\x0bFORGED"
    "\u202egnp.exe\u202c\u2066\u2069\u200b\u200d\ufeff\u00ad\x00\x7f"
)
"""Escape sequences, line breaks of every kind, reading direction, characters without a width."""
NAMES: Final = "R&D &amp; &lt;"
ENDLESS: Final = f" {'Щ' * 80} {'שלום' * 10} {'кава з молоком ' * 5}"
"""A word that no line holds, one that is read from right to left, and more words than any line."""

WORDS: Final = frozenset(
    {
        "purpose", "order", "created_by", "url", "uuid", "operation_id", "txn_id", "message", "operator_code",
        "reason", "by", "error_text", "card", "account", "gateway", "pay_type", "parameter", "terminal_id",
    }
)  # fmt: skip
"""The fields of facts that hold foreign text; the others are keys, numbers and codes."""


def hostile(file: Path) -> str:
    """Return the text: it begins with a tag, so that Qt would take it for mark-up and open `file`."""
    return f'<b>PAID</b><img src="{file}"><img src="file://{file}">{NAMES}{ACTING}END'


def acting(text: str) -> list[str]:
    """Return the characters of a text that control a terminal, begin a line or change the reading direction."""
    return [char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


def in_hostile_words(fact: Fact, text: str) -> Fact:
    """Return a fact of an old journal with `text` in every foreign field; keys and codes stay as they are."""
    held = {field.name: getattr(fact, field.name) for field in fields(fact)}
    words: dict[str, Any] = {name: text for name, value in held.items() if name in WORDS and isinstance(value, str)}
    if "txn_id" in words:
        words["txn_id"] = f"{text}{held['txn_id']}"  # two transactions of one payment remain two
    if fact.type == "payment_requested":
        words |= dict.fromkeys(("purpose", "order", "created_by"), text)
    if fact.type == "callback_received":
        words["other"] = {text: text}
    return replace(fact, **words)
