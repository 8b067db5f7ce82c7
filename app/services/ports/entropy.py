"""The port of random values: ids and keys."""

from __future__ import annotations

from typing import Protocol

from app.domain.ids import LinkKey, PaymentId, TransactionId


class Entropy(Protocol):
    """The only source of random values."""

    def link_key(self) -> LinkKey:
        """Return 128 random bits, url-safe, without padding (protocol.md A2)."""
        ...

    def payment_id(self) -> PaymentId: ...

    def transaction_id(self) -> TransactionId: ...

    def nonce(self) -> str: ...
