"""The payer's actions: each button's attempt, and the callbacks to the shop (protocol.md A7)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from app.domain.operator_codes import CallbackCommand, CallbackResult, OperationStatus
from app.simulator.callbacks import Answer, CallbackSender, operator_date, signed
from app.simulator.faults import Fault, FaultSwitches, altered_sum
from app.simulator.order_callbacks import OrderCallbacks
from app.simulator.orders import LIFE, Order, OrderStore
from app.simulator.page_texts import page_texts

PAYING, PAYING_LATER = "4242424242424242", "4000000000009995"  # any other card is declined
WALLET_CARD, WALLET_EXPIRY = "4242420000004242", "2912"


class Attempts:
    """Carries out the payer's actions; each returns nothing and stores its outcome in the order."""

    def __init__(
        self,
        orders: OrderStore,
        sender: CallbackSender,
        key: RSAPrivateKey,
        faults: FaultSwitches,
        now: Callable[[], datetime],
    ) -> None:
        self._orders = orders
        self._key = key
        self._faults = faults
        self._now = now
        self._callbacks = OrderCallbacks(sender, faults)

    async def pay(self, order: Order, card: str) -> None:
        """Try a card; any number but the test cards is declined."""
        number = re.sub(r"[\s-]", "", card)
        if number == PAYING or (number == PAYING_LATER and order.declines > 0):
            await self._done(order, self._orders.next_txn_id())
        else:
            await self.decline(order)

    async def decline(self, order: Order) -> None:
        """Fail the attempt: `error`, and [20003] returns 21 until a later attempt succeeds."""
        order.declines += 1
        order.status, order.error = OperationStatus.DECLINED, page_texts(order.locale)["card_declined"]
        self._orders.note(order)
        await self._callbacks.send(order, self._failed(order, self._orders.next_txn_id()))

    async def wallet(self, order: Order, gateway: str) -> None:
        """Google or Apple Pay: `auth` until answered; an approval is followed by `pay` with the same uuid (S-AUTH)."""
        txn_id = self._orders.next_txn_id()
        query = {
            **self._about(order, CallbackCommand.AUTH, txn_id),
            "tavv": base64.b64encode(b"demo authorisation value").decode(),
            "pan": WALLET_CARD,
            "exp": WALLET_EXPIRY,
            "gateway": gateway,
        }

        async def answered(answer: Answer | None) -> None:
            order.waiting = False
            if _is_yes(answer):
                await self._done(order, txn_id)
            else:
                _refuse(order, answer)
                self._orders.note(order)

        order.waiting = True
        await self._callbacks.send_until_answered(order, query, answered)

    async def check(self, order: Order, account: str) -> None:
        """Send the two-step protocol's `check` once; no answer or a refusal is a payer's error (protocol.md B 5.2)."""
        order.account = _account(account)
        answer = await self._callbacks.ask(order, self._about(order, CallbackCommand.CHECK, self._orders.next_txn_id()))
        if _is_yes(answer):
            order.checked, order.refused, order.error = True, "", ""
        else:
            _refuse(order, answer)
        self._orders.note(order)

    async def _done(self, order: Order, txn_id: str) -> None:
        order.status, order.error = OperationStatus.DONE, ""
        failed = self._failed(order, self._orders.next_txn_id() if Fault.REORDER in self._faults else txn_id)
        paid = signed(self._money(order, CallbackCommand.PAY, txn_id), self._key)
        self._orders.note_pay(txn_id, order, int(paid["sum"]), self._now())
        if Fault.REPLAY in self._faults:
            # The command is not signed: the same signature is valid for another command.
            await self._callbacks.send(order, failed)
            paid = {**failed, "command": CallbackCommand.PAY}
        await self._callbacks.send(order, paid)
        if Fault.REORDER in self._faults:
            await self._callbacks.send(order, failed)

    def _failed(self, order: Order, txn_id: str) -> dict[str, str]:
        return {
            **signed(self._money(order, CallbackCommand.ERROR, txn_id), self._key),
            "message": page_texts(order.locale)["card_declined"],
        }

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
        spoiled = command == CallbackCommand.PAY and Fault.WRONG_SUM in self._faults
        moment = order.expires_at + (LIFE / 3) if Fault.LATE in self._faults else self._now()
        return {
            **self._about(order, command, txn_id),
            "txn_id_own": order.transaction_id,
            "sum": str(altered_sum(order.amount_minor) if spoiled else order.amount_minor),
            "txn_date": operator_date(moment),
        }


def _account(typed: str) -> str:
    """Return an e-mail as typed, a phone in international format without `+`, as the operator sends it."""
    if "@" in typed:
        return typed.strip()
    digits = re.sub(r"[\s+()-]", "", typed)
    return f"38{digits}" if re.fullmatch("0[0-9]{9}", digits) else digits


def _is_yes(answer: Answer | None) -> bool:
    return answer is not None and str(answer.get("result")) == CallbackResult.ACCEPTED


def _refuse(order: Order, answer: Answer | None) -> None:
    order.refused = str((answer or {}).get("message") or "")
    order.error = "refused"
