"""`POST /xpay`: opens the envelope, performs the operation, and alters the answer when a fault is on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from app.domain.operator_codes import Operation, OperationStatus
from app.operator_api.envelope import open_packet, verify_packet
from app.simulator.faults import Fault, FaultSwitches
from app.simulator.orders import OrderStore
from app.simulator.wallet import DemoWallet

FORBIDDEN = 403
UNKNOWN_STATUS = 77
SLOW_S = 60.0
HUGE_BYTES = 5_000_000
BAD_PACKET = {"Code": 400, "Message": "bad packet", "Data": None, "KeyAES": "", "Sign": ""}
BAD_TOKEN = {"Code": 401, "Message": "unknown partner token", "Data": None, "KeyAES": "", "Sign": ""}
BAD_SIGN = {"Code": 401, "Message": "wrong signature", "Data": None, "KeyAES": "", "Sign": ""}


class Api:
    """The operator's single API endpoint. Without a merchant key any signature is accepted."""

    def __init__(
        self,
        orders: OrderStore,
        faults: FaultSwitches,
        token: str,
        keys: tuple[RSAPrivateKey, RSAPublicKey | None],
        speed: float,
    ) -> None:
        self._orders = orders
        self._faults = faults
        self._token = token
        self._private_key, self._merchant_key = keys
        self._speed = speed
        self.page_base = ""
        self.wallet: DemoWallet | None = None

    async def handle(self, request: web.Request, now: datetime) -> web.StreamResponse:
        """Answer one packet."""
        answer = self._answer(await request.read(), now)
        return await self._with_faults(request, answer)

    def _answer(self, body: bytes, now: datetime) -> dict[str, Any]:
        try:
            packet = json.loads(body)
            partner = packet["Partner"]
            if partner.get("PartnerToken") != self._token:
                return BAD_TOKEN
            if self._merchant_key is not None and not verify_packet(packet, self._merchant_key):
                return BAD_SIGN
            data = json.loads(open_packet(packet, private_key=self._private_key))
            return self._operate(int(partner["OperationType"]), data, str(partner.get("Locale") or "uk"), now)
        except (ValueError, KeyError, TypeError, AttributeError):
            return BAD_PACKET

    def _operate(self, operation: int, data: dict[str, Any], locale: str, now: datetime) -> dict[str, Any]:
        operations: dict[int, Callable[[], dict[str, Any]]] = {
            Operation.CREATE_LINK: lambda: self._make_link(data, locale, now),
            Operation.GET_STATUS: lambda: self._status(data),
        }
        if self.wallet is not None:
            wallet = self.wallet
            operations |= {
                Operation.GET_BALANCE: lambda: _packet("done", **wallet.balance()),
                Operation.GET_STATEMENT: lambda: _packet("done", **wallet.statement(data)),
                Operation.REFUND: lambda: _outcome_packet(wallet.refund(data)),
            }
        if Fault.REFUSE in self._faults or operation not in operations:
            if operation == Operation.GET_STATUS:  # status 21 would mean that the payment failed
                return {**_packet("refused"), "Code": FORBIDDEN}
            return _packet("fail", OperationID=0, OperationStatus=OperationStatus.DECLINED)
        return operations[operation]()

    def _make_link(self, data: dict[str, Any], locale: str, now: datetime) -> dict[str, Any]:
        order = self._orders.open(data, locale, now)
        uri = f"{self.page_base}/{'en' if locale == 'en' else 'uk'}/frame/widget/{order.uuid}"
        status = OperationStatus.DONE
        return _packet("done", OperationID=order.operation_id, OperationStatus=status, URI=uri, uuid=order.uuid)

    def _status(self, data: dict[str, Any]) -> dict[str, Any]:
        transaction_id = str(data.get("TransactionID"))
        refund = self.wallet.status(transaction_id) if self.wallet else None
        if refund is not None:
            unknown = Fault.UNKNOWN_STATUS in self._faults
            return _outcome_packet({**refund, "OperationStatus": UNKNOWN_STATUS} if unknown else refund)
        order = self._orders.by_transaction.get(transaction_id)
        if order is None:
            return {**_packet("fail"), "Code": 404, "Message": "no such operation"}
        status = UNKNOWN_STATUS if Fault.UNKNOWN_STATUS in self._faults else order.status
        return _packet("done", OperationID=order.operation_id, OperationStatus=status, uuid=order.uuid)

    async def _with_faults(self, request: web.Request, answer: dict[str, Any]) -> web.StreamResponse:
        if Fault.SLOW in self._faults:
            await asyncio.sleep(SLOW_S / self._speed)
        if Fault.DROP in self._faults and request.transport is not None:
            request.transport.abort()
        if Fault.HTML in self._faults:
            return web.Response(text="<html><body><h1>502 Bad Gateway</h1></body></html>", content_type="text/html")
        if Fault.GARBAGE in self._faults:
            return web.Response(body=b'{"Code":200,"Mess\xff\xfe', content_type="application/json")
        if Fault.HUGE in self._faults:
            answer = {**answer, "Padding": "x" * HUGE_BYTES}
        if Fault.STRINGS in self._faults:
            answer = _as_strings(answer)
        return web.json_response(answer)


def _packet(message: str, **data: object) -> dict[str, Any]:
    return {"Code": 200, "Message": message, "Data": data, "KeyAES": "", "Sign": ""}


def _outcome_packet(data: dict[str, Any]) -> dict[str, Any]:
    return _packet("fail" if data["OperationStatus"] == OperationStatus.DECLINED else "done", **data)


def _as_strings(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_strings(item) for name, item in value.items()}
    return str(value) if isinstance(value, int) else value
