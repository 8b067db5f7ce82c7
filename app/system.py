"""The clock and the random values of the real world."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from app.domain.ids import LinkKey, PaymentId, TransactionId


class SystemClock:
    """The port Clock on the machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SystemEntropy:
    """The port Entropy on the operating system's generator."""

    def link_key(self) -> LinkKey:
        return LinkKey(secrets.token_urlsafe(16))

    def payment_id(self) -> PaymentId:
        return PaymentId(f"p{secrets.token_hex(10)}")

    def transaction_id(self) -> TransactionId:
        return TransactionId(secrets.token_hex(12))

    def nonce(self) -> str:
        return secrets.token_hex(8)
