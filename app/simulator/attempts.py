"""What happens when the payer presses a button: the attempt, the callbacks, the faults that spoil them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from app.simulator.callbacks import CallbackSender, operator_date, signed
from app.simulator.faults import Fault, FaultSwitches
from app.simulator.orders import DONE, FAILED, LIFE, Order, OrderBook

PAYING, DECLINED, PAYING_LATER = "4242424242424242", "4000000000000002", "4000000000009995"
WALLET_CARD = "4242420000004242"
DUPLICATES = 10
CARD_DECLINED = "The card was declined"


class Attempts:
    """Carries out the payer's actions; each returns nothing and leaves its outcome in the order."""

    def __init__(
        self,
        book: OrderBook,
        sender: CallbackSender,
        key: RSAPrivateKey,
        faults: FaultSwitches,
        now: Callable[[], datetime],
    ) -> None:
        self._book = book
        self._sender = sender
        self._key = key
        self._faults = faults
        self._now = now

    async def pay(self, order: Order, card: str) -> None:
        """Try a card; other numbers than the test cards are declined."""
        number = re.sub(r"[\s-]", "", card)
        order.attempts += 1
        if number == PAYING or (number == PAYING_LATER and order.attempts > 1):
            await self._done(order, self._book.next_txn_id())
        else:
            await self.decline(order)

    async def decline(self, order: Order) -> None:
        """The attempt fails: `error`, and [20003] says 21 until a later attempt succeeds."""
        order.status, order.error = FAILED, CARD_DECLINED
        query = signed(self._money(order, "error", self._book.next_txn_id()), self._key)
        await self._send(order, {**query, "message": CARD_DECLINED})

    async def wallet(self, order: Order, gateway: str) -> None:
        """Google or Apple Pay: `auth` first; only a yes is followed by `pay` with the same uuid (S-AUTH)."""
        txn_id = self._book.next_txn_id()
        query = {
            **self._about(order, "auth", txn_id),
            "tavv": base64.b64encode(b"demo authorisation value").decode(),
            "pan": WALLET_CARD,
            "exp": "2912",
            "gateway": gateway,
        }
        answer = await self._sender.ask(self._callback_url(order), query)
        if answer is None or answer.get("result") != "10":
            order.refused = str((answer or {}).get("message") or "")
            order.error = "refused"
            return
        await self._done(order, txn_id)

    async def check(self, order: Order, account: str) -> None:
        """The two-step protocol: asked once; no answer or a no is an error for the payer (protocol.md B 5.2)."""
        order.account = re.sub(r"[\s+()-]", "", account) if "@" not in account else account.strip()
        query = self._about(order, "check", self._book.next_txn_id())
        answer = await self._sender.ask(self._callback_url(order), query)
        if answer is not None and answer.get("result") == "10":
            order.checked, order.refused, order.error = True, "", ""
        else:
            order.refused = str((answer or {}).get("message") or "")
            order.error = "refused"

    async def _done(self, order: Order, txn_id: str) -> None:
        order.status, order.error = DONE, ""
        query = signed(self._money(order, "pay", txn_id), self._key)
        if Fault.REORDER in self._faults:
            failed = signed(self._money(order, "error", self._book.next_txn_id()), self._key)
            await self._send(order, query)
            await self._send(order, {**failed, "message": CARD_DECLINED})
            return
        if Fault.REPLAY in self._faults:
            query = {**signed(self._money(order, "error", txn_id), self._key), "message": CARD_DECLINED}
            await self._send(order, query)
            query = {**query, "command": "pay"}
        await self._send(order, query)

    async def _send(self, order: Order, query: dict[str, str]) -> None:
        if Fault.NO_CALLBACK in self._faults or not self._callback_url(order):
            return
        if Fault.UNSIGNED in self._faults:
            query = {name: value for name, value in query.items() if name != "sign"}
        if Fault.BAD_SIGN in self._faults:
            query = {**query, "sign": base64.b64encode(b"\x01" * 256).decode()}
        if Fault.LATE in self._faults:
            self._sender.later(self._callback_url(order), query, _after_the_end())
            return
        for _ in range(DUPLICATES if Fault.DUPLICATE in self._faults else 1):
            await self._sender.send(self._callback_url(order), query)

    def _about(self, order: Order, command: str, txn_id: str) -> dict[str, str]:
        return {
            "command": command,
            "txn_id": txn_id,
            "uuid": order.uuid,
            "account": order.account,
            "sum": str(order.amount_minor),
            "pay_type": str(order.data.get("PayType") or "1"),
            "locale": order.locale,
        }

    def _money(self, order: Order, command: str, txn_id: str) -> dict[str, str]:
        spoiled = Fault.WRONG_SUM in self._faults and command == "pay"
        moment = self._now() + (LIFE + timedelta(minutes=5) if Fault.LATE in self._faults else timedelta())
        return {
            **self._about(order, command, txn_id),
            "sum": str(max(1, order.amount_minor - 1) if spoiled else order.amount_minor),
            "txn_date": operator_date(moment),
        }

    def _callback_url(self, order: Order) -> str:
        return str(order.data.get("CallBackURL") or "")


def _after_the_end() -> Iterator[float]:
    yield LIFE.total_seconds() + 300
    while True:
        yield 600.0
