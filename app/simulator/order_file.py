"""The demo operator's orders, pays and refunds on the disk, so that links live on after a restart: a line a change.

What is written of a payer is redacted. A file that cannot be read or written costs old links, nothing else.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from app.domain.text.redaction import redact_text
from app.simulator.orders import DemoPayment, Order, OrderStore
from app.simulator.wallet import DemoRefund

KEPT_DATA: Final = ("PaymentSum", "CallBackURL", "PayType", "Callback", "Purpose")
KEPT_FIELDS: Final = ("operation_id", "uuid", "transaction_id", "locale", "status", "declines", "checked")
REDACTED_FIELDS: Final = ("account", "error", "refused")
Refunds = dict[str, DemoRefund]
log = logging.getLogger(__name__)


class OrderFile:
    """`path` None: nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def note(self, changed: Order | DemoPayment | DemoRefund) -> None:
        """Keep what changed, as it is now."""
        if self._path is None:
            return
        line = json.dumps(_written(changed), default=str) + "\n"
        try:
            with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
                file.write(line)
        except OSError as failure:
            log.warning("an order is not kept: %s", failure.strerror)

    def restore(self, orders: OrderStore) -> Refunds:
        """Put what was kept into the store; returns the refunds by their TransactionID."""
        refunds: Refunds = {}
        for line in self._lines():
            try:
                _read(json.loads(line), orders, refunds)
            except (ValueError, KeyError, TypeError):  # cut off by an end that was no orderly one
                log.warning("a line of the kept orders makes no sense")
        return refunds

    def _lines(self) -> list[str]:
        try:
            return [] if self._path is None else self._path.read_text("utf-8", "replace").splitlines()
        except OSError:
            return []


def _written(changed: Order | DemoPayment | DemoRefund) -> dict[str, Any]:
    if isinstance(changed, Order):
        data = {name: changed.data[name] for name in KEPT_DATA if name in changed.data}
        data["Purpose"] = redact_text(str(data.get("Purpose") or ""))
        fields = {name: getattr(changed, name) for name in KEPT_FIELDS}
        fields |= {name: redact_text(getattr(changed, name)) for name in REDACTED_FIELDS}
        return {"kind": "order", "data": data, "expires_at": changed.expires_at.isoformat(), **fields}
    if isinstance(changed, DemoPayment):
        paid = {"txn_id": changed.txn_id, "uuid": changed.order.uuid, "amount_minor": changed.amount_minor}
        return {"kind": "pay", "at": changed.at.isoformat(), **paid}
    names = ("operation_id", "transaction_id", "amount_minor", "status", "txn_id")
    paid_by = changed.paid.txn_id if changed.paid else None
    return {
        "kind": "refund",
        "paid": paid_by,
        "done_at": changed.done_at.isoformat(),
        **{name: getattr(changed, name) for name in names},
    }


def _read(line: dict[str, Any], orders: OrderStore, refunds: Refunds) -> None:
    readers: dict[str, Callable[[], None]] = {
        "order": lambda: orders.put_back(_order(line)),
        "pay": lambda: orders.put_back_pay(
            DemoPayment(
                line["txn_id"], orders.by_uuid[line["uuid"]], line["amount_minor"], datetime.fromisoformat(line["at"])
            )
        ),
        "refund": lambda: refunds.update({line["transaction_id"]: _refund(line, orders)}),
    }
    readers[line["kind"]]()


def _order(line: dict[str, Any]) -> Order:
    fields = {name: line[name] for name in (*KEPT_FIELDS, *REDACTED_FIELDS)}
    return Order(data=line["data"], expires_at=datetime.fromisoformat(line["expires_at"]), **fields)


def _refund(line: dict[str, Any], orders: OrderStore) -> DemoRefund:
    orders.skip_operation_id(line["operation_id"])
    return DemoRefund(
        operation_id=line["operation_id"],
        transaction_id=line["transaction_id"],
        paid=orders.paid.get(line["paid"]),
        amount_minor=line["amount_minor"],
        status=line["status"],
        txn_id=line["txn_id"],
        done_at=datetime.fromisoformat(line["done_at"]),
    )
