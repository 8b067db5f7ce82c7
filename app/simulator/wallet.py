"""The demo operator's wallet: payments, refunds [30203], balance [20001] and statement [20002]."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from app.domain.operator_codes import CallbackCommand, Operation, OperationStatus
from app.simulator.callbacks import ZONE, operator_date, signed
from app.simulator.order_callbacks import OrderCallbacks
from app.simulator.orders import WAITING, DemoPayment, Order, OrderStore

WALLET = "UAH000000001"
REFUND_WAIT_S = 4.0
"""Duration of a refund in seconds; `--speed` divides it. Until then [20003] returns 1, afterwards 10."""


@dataclass(frozen=True, slots=True)
class DemoRefund:
    """A requested refund. `status`: DECLINED at once, or done from `done_at` on."""

    operation_id: int
    transaction_id: str
    paid: DemoPayment | None
    amount_minor: int
    status: int
    txn_id: str
    done_at: datetime

    def status_at(self, now: datetime) -> int:
        """Return the status in [20003] at that moment."""
        if self.status == OperationStatus.DECLINED:
            return OperationStatus.DECLINED
        return OperationStatus.DONE if now >= self.done_at else WAITING


class DemoWallet:
    """Returns answers as `Data` members. Its callbacks are sent in its own tasks, until `close`."""

    def __init__(
        self,
        orders: OrderStore,
        callbacks: OrderCallbacks,
        key: RSAPrivateKey,
        speed: float,
        now: Callable[[], datetime],
        kept: Mapping[str, DemoRefund] | None = None,
        note: Callable[[DemoRefund], None] = lambda made: None,
    ) -> None:
        """`kept`: refunds of an earlier process, whose callbacks are not sent again. `note` hears of each new one."""
        self._orders = orders
        self._callbacks = callbacks
        self._key = key
        self._wait_s = REFUND_WAIT_S / speed
        self._now = now
        self._refunds: dict[str, DemoRefund] = dict(kept or {})
        self._note = note
        self._tasks: set[asyncio.Task[None]] = set()

    def refund(self, data: dict[str, Any]) -> dict[str, Any]:
        """Accept a refund, or refuse one that exceeds the rest of its payment or has none. Raises KeyError, ValueError.

        A repeated TransactionID is a new refund, the worst case: the real operator's behaviour is unknown.
        """
        paid = self._orders.paid.get(str(data["TxnID"]))
        left = paid.amount_minor - self._returned(paid) if paid else 0
        amount = int(data["Sum"]) if data.get("Sum") is not None else paid.amount_minor if paid else 0
        taken = 0 < amount <= left
        made = DemoRefund(
            operation_id=self._orders.next_operation_id(),
            transaction_id=str(data["Transaction"]["TransactionID"]),
            paid=paid,
            amount_minor=amount,
            status=WAITING if taken else OperationStatus.DECLINED,
            txn_id=self._orders.next_txn_id(),
            done_at=self._now() + timedelta(seconds=self._wait_s),
        )
        self._refunds[made.transaction_id] = made
        self._note(made)
        if taken and paid is not None:
            self._schedule_callback(paid.order, made)
        return {"OperationID": made.operation_id, "OperationStatus": made.status}

    def status(self, transaction_id: str) -> dict[str, Any] | None:
        """Return the answer to [20003] about a refund of that id; None when there is none."""
        made = self._refunds.get(transaction_id)
        if made is None:
            return None
        return {"OperationID": made.operation_id, "OperationStatus": made.status_at(self._now())}

    def balance(self) -> dict[str, Any]:
        """Return the wallet data of [20001]."""
        total = sum(paid.amount_minor for paid in self._orders.paid.values())
        gone = sum(made.amount_minor for made in self._done())
        moment = self._now().astimezone(ZONE)
        return {"decodedData": {"Sum": total - gone, "ID": WALLET, "DateTime": moment.isoformat(timespec="seconds")}}

    def statement(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the rows of [20002] of a period, oldest first; refunds are negative."""
        rows = [
            (paid.at, self._row(paid.at, paid.txn_id, paid, paid.amount_minor)) for paid in self._orders.paid.values()
        ]
        rows += [
            (made.done_at, self._row(made.done_at, made.txn_id, made.paid, -made.amount_minor))
            for made in self._done()
            if made.paid is not None
        ]
        start, end = _bound(data.get("DateStart"), ""), _bound(data.get("DateFinish"), "9999")
        found = [row for _, row in sorted(rows, key=lambda item: item[0]) if start <= row["DateTime"] <= end]
        return {"decodedData": found}

    async def close(self) -> None:
        """Cancel the callbacks that were not sent yet."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _done(self) -> list[DemoRefund]:
        now = self._now()
        return [made for made in self._refunds.values() if made.status_at(now) == OperationStatus.DONE]

    def _returned(self, paid: DemoPayment) -> int:
        taken = (made for made in self._refunds.values() if made.status != OperationStatus.DECLINED)
        return sum(made.amount_minor for made in taken if made.paid is paid)

    def _row(self, at: datetime, txn_id: str, paid: DemoPayment | None, amount_minor: int) -> dict[str, Any]:
        order = paid.order if paid else None
        return {
            "TxnID": txn_id,
            "uuid": order.uuid if order else "",
            "Sum": amount_minor,
            "OperationType": Operation.CREATE_LINK if amount_minor > 0 else Operation.REFUND,
            "OperationStatus": OperationStatus.DONE,
            "DateTime": at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S"),
            "Purpose": str(order.data.get("Purpose") or "") if order else "",
        }

    def _schedule_callback(self, order: Order, made: DemoRefund) -> None:
        task = asyncio.get_running_loop().create_task(self._send_when_done(order, made), name=f"refund {made.txn_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_when_done(self, order: Order, made: DemoRefund) -> None:
        """Send the signed `refund` when it is done, with the retries of all callbacks (protocol.md A7)."""
        await asyncio.sleep(self._wait_s)
        query = {
            "command": CallbackCommand.REFUND,
            "txn_id": made.txn_id,
            "uuid": order.uuid,
            "account": order.account,
            "sum": str(made.amount_minor),
            "txn_date": operator_date(made.done_at),
            "pay_type": str(order.data.get("PayType") or "1"),
            "locale": order.locale,
        }
        await self._callbacks.send(order, signed(query, self._key))


def _bound(value: object, otherwise: str) -> str:
    """Return a day or a moment as text comparable with a row's; a period's last day is included completely."""
    text = str(value or otherwise)
    return f"{text} 23:59:59" if otherwise and len(text) == len("2026-11-21") else text
