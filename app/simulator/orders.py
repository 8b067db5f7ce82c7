"""What the demo operator remembers: orders in memory, each with its attempts. No card number is kept, only its mask."""

from __future__ import annotations

import itertools
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

LIFE = timedelta(minutes=15)
WAITING, DONE, FAILED = 1, 10, 21


@dataclass(slots=True)
class Order:
    """One checkout link. `status` is what [20003] answers."""

    operation_id: int
    uuid: str
    data: dict[str, Any]
    locale: str
    expires_at: datetime
    status: int = WAITING
    attempts: int = 0
    account: str = ""
    error: str = ""
    refused: str = ""
    checked: bool = False

    @property
    def amount_minor(self) -> int:
        return int(self.data["PaymentSum"])

    @property
    def pays_by_wallet(self) -> bool:
        """Google and Apple Pay are offered when PayType is 20 (contract.md 5)."""
        return str(self.data.get("PayType", "")) == "20"

    def return_url(self, outcome: str) -> str | None:
        """Return `Callback.PaySuccess.URL` or `Callback.PayFail.URL` when it is a web address."""
        block = self.data.get("Callback")
        part = block.get(outcome) if isinstance(block, dict) else None
        url = part.get("URL") if isinstance(part, dict) else None
        return url if isinstance(url, str) and url.startswith(("http://", "https://")) else None


@dataclass(slots=True)
class OrderBook:
    """All orders, by the page's uuid and by our TransactionID. A repeated id is a new request (protocol.md A7)."""

    by_uuid: dict[str, Order] = field(default_factory=dict)
    by_transaction: dict[str, Order] = field(default_factory=dict)
    _operations: itertools.count[int] = field(default_factory=lambda: itertools.count(11))
    _txn_ids: itertools.count[int] = field(default_factory=lambda: itertools.count(10**7 + secrets.randbelow(10**9)))

    def open(self, data: dict[str, Any], locale: str, now: datetime) -> Order:
        """Return a new order. Raises KeyError, TypeError, ValueError when the two needed fields are not there."""
        if int(data["PaymentSum"]) <= 0:
            raise ValueError("PaymentSum")
        transaction_id = str(data["Transaction"]["TransactionID"])
        order = Order(next(self._operations), str(uuid.uuid4()), data, locale, now + LIFE)
        order.account = str(data.get("Account") or data.get("Phone") or data.get("Email") or "")
        self.by_uuid[order.uuid] = order
        self.by_transaction[transaction_id] = order
        return order

    def next_txn_id(self) -> str:
        """Return a new id; every attempt has its own."""
        return str(next(self._txn_ids))
