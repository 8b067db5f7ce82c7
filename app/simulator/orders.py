"""The demo operator's orders, in memory, each with its attempts. No card number is kept, only its mask."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from app.domain.web_addresses import read_web_address

LIFE = timedelta(minutes=15)
WAITING: Final = 1
"""The status in [20003] before there is an outcome; our own choice (protocol.md A7)."""


@dataclass(slots=True)
class Order:
    """One checkout link. `status` is the status in [20003]; `waiting`: the shop has not answered `auth` yet.

    `busy` is held by the running action: pressing a button twice pays once.
    """

    operation_id: int
    uuid: str
    transaction_id: str
    data: dict[str, Any]
    locale: str
    expires_at: datetime
    status: int = WAITING
    declines: int = 0
    account: str = ""
    error: str = ""
    refused: str = ""
    checked: bool = False
    waiting: bool = False
    busy: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False, compare=False)

    @property
    def amount_minor(self) -> int:
        return int(self.data["PaymentSum"])

    @property
    def pays_by_wallet(self) -> bool:
        """Google and Apple Pay are offered when PayType is 20 (contract.md 5)."""
        return str(self.data.get("PayType", "")) == "20"

    @property
    def callback_url(self) -> str:
        return str(self.data.get("CallBackURL") or "")

    def return_url(self, outcome: str) -> str | None:
        """Return `Callback.PaySuccess.URL` or `Callback.PayFail.URL` when it is a web address."""
        block = self.data.get("Callback")
        part = block.get(outcome) if isinstance(block, dict) else None
        address = read_web_address(part.get("URL")) if isinstance(part, dict) else None
        return address.wire_text if address is not None and address.is_sendable else None


@dataclass(frozen=True, slots=True)
class DemoPayment:
    """The payment of one attempt: [30203] identifies it by its txn_id."""

    txn_id: str
    order: Order
    amount_minor: int
    at: datetime


@dataclass(slots=True)
class OrderStore:
    """All orders, by the page's uuid and by our TransactionID. A repeated id makes a new order (protocol.md A7)."""

    note: Callable[[Order | DemoPayment], None] = lambda changed: None
    """Hears of what changed, to keep it beyond the process."""
    by_uuid: dict[str, Order] = field(default_factory=dict)
    by_transaction: dict[str, Order] = field(default_factory=dict)
    paid: dict[str, DemoPayment] = field(default_factory=dict)
    _operations: itertools.count[int] = field(default_factory=lambda: itertools.count(11))
    _txn_ids: itertools.count[int] = field(default_factory=lambda: itertools.count(10**7 + secrets.randbelow(10**9)))

    def open(self, data: dict[str, Any], locale: str, now: datetime) -> Order:
        """Return a new order. Raises KeyError, TypeError, ValueError when a required field is missing."""
        if int(data["PaymentSum"]) <= 0:
            raise ValueError("PaymentSum")
        transaction_id = str(data["Transaction"]["TransactionID"])
        order = Order(next(self._operations), str(uuid.uuid4()), transaction_id, data, locale, now + LIFE)
        order.account = str(data.get("Account") or data.get("Phone") or data.get("Email") or "")
        self._add(order)
        self.note(order)
        return order

    def put_back(self, order: Order) -> None:
        """Take over an order of an earlier process; the newest of an id counts."""
        self.skip_operation_id(order.operation_id)
        self._add(order)

    def put_back_pay(self, paid: DemoPayment) -> None:
        """Take over the money of an attempt of an earlier process."""
        self.paid[paid.txn_id] = paid

    def skip_operation_id(self, used: int) -> None:
        """Give out greater ids than this from now on."""
        self._operations = itertools.count(max(used + 1, next(self._operations)))

    def _add(self, order: Order) -> None:
        self.by_uuid[order.uuid] = order
        self.by_transaction[order.transaction_id] = order

    def next_operation_id(self) -> int:
        """Return a new id; every operation has its own."""
        return next(self._operations)

    def note_pay(self, txn_id: str, order: Order, amount_minor: int, at: datetime) -> None:
        """Record the payment of an attempt."""
        self.paid[txn_id] = DemoPayment(txn_id, order, amount_minor, at)
        self.note(order)
        self.note(self.paid[txn_id])

    def next_txn_id(self) -> str:
        """Return a new id; every attempt has its own."""
        return str(next(self._txn_ids))
