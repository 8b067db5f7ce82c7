"""What the journal may keep of a fact: the last net over everything that is written (protocol.md A3.7). Stdlib only.

A new text field of a fact is redacted by itself. One whose form is checked before it comes here, and which a mask
would spoil, goes into `CHECKED`; ids with a type of their own (`LinkKey`, `TransactionId`, ...) need no line.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Final

from app.domain.journal.events import FACTS, Fact
from app.domain.text.card_numbers import FOREIGN_TEXT, holds_card_number
from app.domain.text.redaction import FIELD_RULES, mask_pan, redact_text, redacted_value

CHECKED: Final = frozenset(
    {
        # the operator's values, taken only in their sane form (A3.4): a signature and our keys hang on every character
        *("txn_id", "txn_id_own", "uuid", "txn_date", "operation_id"),
        # what the operator's page and our listener are reached by: a changed address is no address
        *("url", "callback_url"),
        # ours: made by this program of random or fixed characters
        *("signature", "nonce", "owner", "day"),
    }
)
"""Fields that are kept letter by letter, by name and never by luck."""
_TEXTS: Final = frozenset({"str", "str | None", "dict[str, str]"})
_FREE: Final[dict[str, tuple[str, ...]]] = {
    kind: tuple(spec.name for spec in fields(cls) if str(spec.type) in _TEXTS and spec.name not in CHECKED)
    for kind, cls in FACTS.items()
}


def redacted_fact(fact: Fact) -> Fact:
    """Return the fact as it may be written; the same object where nothing had to go."""
    changed = {}
    for name in _FREE[fact.type]:
        value = getattr(fact, name)
        if value:
            kept = _kept(name, value)
            if kept != value:
                changed[name] = kept
    return replace(fact, **changed) if changed else fact


def _kept(name: str, value: Any) -> Any:
    if name == "card":
        return mask_pan(value)
    return redact_text(value, FIELD_RULES.get(name, FOREIGN_TEXT)) if isinstance(value, str) else _parameters(value)


def _parameters(values: dict[str, str]) -> dict[str, str]:
    """Return redacted parameters; none of them where a card number lies over several."""
    kept: dict[str, str] = redacted_value(values)
    return {} if holds_card_number("=".join(part for pair in kept.items() for part in pair)) else kept
