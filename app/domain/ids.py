"""Identifiers and dedupe keys. Random ids are made by the users of the entropy port, never here."""

from __future__ import annotations

import hashlib
from typing import NewType

PaymentId = NewType("PaymentId", str)
"""Ours, one per sale, `p` and 20 hex digits: never all digits, so that it cannot be mistaken for a number."""

LinkKey = NewType("LinkKey", str)
"""The callback key of a link, 128 random bits, url-safe (protocol.md A2). It names the link everywhere."""

TransactionId = NewType("TransactionId", str)
"""Ours, one per request to the operator, at most 32 of `[A-Za-z0-9_-]`, never reused (protocol.md A1.1)."""

ContactId = NewType("ContactId", int)
RefundId = NewType("RefundId", str)


def dedupe_key(*parts: object) -> str:
    """Return a fixed-length key for a fact: the SHA-256 of its parts, each framed by its length."""
    framed = "".join(f"{len(text)}:{text}" for text in map(str, parts))
    return hashlib.sha256(framed.encode()).hexdigest()


def short_digest(key: str | None) -> str:
    """Return eight characters of a dedupe key: enough to tell apart the facts of one payment."""
    return (key or "")[:8]
