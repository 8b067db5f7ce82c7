"""Sends the callbacks of an order to the shop, altered by the active faults (contract.md 5)."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable

from app.simulator.callbacks import Answer, CallbackSender, delayed_waits
from app.simulator.faults import Fault, FaultSwitches
from app.simulator.orders import LIFE, Order

DUPLICATES = 10
LATE_S = (LIFE + LIFE / 3).total_seconds()
"""Delay of a late callback after the payment, in seconds: five minutes after the page has expired."""


class OrderCallbacks:
    """Sends an order's callbacks to its `CallBackURL`. The faults at the time of sending apply."""

    def __init__(self, sender: CallbackSender, faults: FaultSwitches) -> None:
        self._sender = sender
        self._faults = faults

    async def send(self, order: Order, query: dict[str, str]) -> None:
        """Send `pay`, `error` or `refund`, and retry on the schedule of `retry_waits` until answered."""
        url = order.callback_url
        if Fault.NO_CALLBACK in self._faults:
            return
        query = self._with_signature_faults(query)
        for _ in range(self._times()):
            if Fault.LATE in self._faults:
                self._sender.send_later(url, query, delayed_waits(LATE_S))
            else:
                await self._sender.send(url, query)

    async def ask(self, order: Order, query: dict[str, str]) -> Answer | None:
        """Send `check` once; None without an answer."""
        if Fault.NO_CALLBACK in self._faults:
            return None
        return await self._sender.ask(order.callback_url, query)

    async def send_until_answered(
        self, order: Order, query: dict[str, str], answered: Callable[[Answer | None], Awaitable[None]]
    ) -> None:
        """Send `auth` until answered, then call `answered`; with None for an address that is not allowed."""
        if Fault.NO_CALLBACK in self._faults:
            await answered(None)
            return
        await self._sender.send_until_answered(order.callback_url, query, answered)
        for _ in range(self._times() - 1):
            await self._sender.ask(order.callback_url, query)

    def _times(self) -> int:
        return DUPLICATES if Fault.DUPLICATE in self._faults else 1

    def _with_signature_faults(self, query: dict[str, str]) -> dict[str, str]:
        if Fault.UNSIGNED in self._faults:
            return {name: value for name, value in query.items() if name != "sign"}
        if Fault.BAD_SIGN in self._faults:
            return {**query, "sign": base64.b64encode(b"\x01" * 256).decode()}
        return query
