"""The real world: the clock, random values, and who owns a file."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from app.domain.ids import LinkKey, PaymentId, TransactionId


class SystemClock:
    """The port Clock on the system clock."""

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


def take_owner(new: Path, other: Path) -> None:
    """Give what was just made to the owner of `other`: root must not take a shop its own files. Others change nothing.

    Raises OSError.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        owner = other.stat()
        os.chown(new, owner.st_uid, owner.st_gid)
