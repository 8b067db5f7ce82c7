"""An operator written from protocol.md B 2 and B 5 alone: it imports nothing of `app`, so it shares no mistakes."""

from __future__ import annotations

import base64
import json
import os
import uuid
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import quote, urlencode

import httpx
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN = "11111111-2222-3333-4444-555555555555"


class IndependentOperator:
    """Serves [10005], [20003] and [30203], keeps every decoded request, and sends callbacks on request."""

    def __init__(self, merchant_public_pem: str) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._merchant: Any = serialization.load_pem_public_key(merchant_public_pem.encode())
        self.orders: list[dict[str, Any]] = []
        self.refunds: list[dict[str, Any]] = []
        self.packets: list[dict[str, Any]] = []
        self.status = 1
        self.answer_with: Callable[[dict[str, Any]], web.Response] | None = None
        self.url = ""

    @property
    def public_pem(self) -> str:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self._key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/xpay", self._serve)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/xpay"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        packet = await request.json()
        data = self._opened(packet)
        self.packets.append(packet)
        operation = packet["Partner"]["OperationType"]
        if operation == 10005:
            self.orders.append(data)
        if operation == 30203:
            self.refunds.append(data)
        if self.answer_with is not None:
            return self.answer_with(data)
        if operation == 30203:
            return self.packet({"OperationID": 8, "OperationStatus": 1})
        if operation == 20003:
            return self.packet({"OperationID": 7, "OperationStatus": self.status})
        uri = f"{self.url.removesuffix('/xpay')}/page/{len(self.orders)}"
        made = {"OperationID": 7, "OperationStatus": 10, "URI": uri, "uuid": str(uuid.uuid4())}
        return self.packet(made)

    @staticmethod
    def packet(data: Any, code: int = 200, message: str = "done") -> web.Response:
        return web.json_response({"Code": code, "Message": message, "Data": data, "KeyAES": "", "Sign": ""})

    def _opened(self, packet: dict[str, Any]) -> dict[str, Any]:
        """Decode a packet as B 2.2 says; any deviation raises, and the client gets a 500."""
        assert packet["Partner"]["PartnerToken"] == TOKEN
        wrapped = base64.b64decode(packet["KeyAES"], validate=True)
        signature = base64.b64decode(packet["Sign"], validate=True)
        try:
            self._merchant.verify(signature, wrapped, rsa_padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature as wrong:
            raise AssertionError("the packet's signature is wrong") from wrong
        key = self._key.decrypt(wrapped, rsa_padding.PKCS1v15())
        sealed = base64.b64decode(packet["Data"], validate=True)
        decryptor = Cipher(algorithms.AES128(key), modes.CBC(sealed[:16])).decryptor()
        padded = decryptor.update(sealed[16:]) + decryptor.finalize()
        unpadder = padding.PKCS7(128).unpadder()
        opened: dict[str, Any] = json.loads(unpadder.update(padded) + unpadder.finalize())
        return opened

    def query(self, command: str, **fields: str | None) -> str:
        """Return a callback's query, signed unless `sign` is given (None leaves a field out)."""
        values: dict[str, str | None] = {
            "command": command,
            "txn_id": str(int.from_bytes(os.urandom(4))),
            "uuid": str(uuid.uuid4()),
            "account": "380671234567",
            "sum": "12550",
            "txn_date": "20261121101500",
            **fields,
        }
        if "sign" not in values:
            text = "".join(values[name] or "" for name in ("txn_id", "uuid", "txn_date", "sum"))
            signature = self._key.sign(text.encode(), rsa_padding.PKCS1v15(), hashes.SHA256())
            values["sign"] = base64.b64encode(signature).decode()
        return urlencode({name: value for name, value in values.items() if value is not None}, quote_via=quote)

    async def send(self, callback_url: str, query: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(f"{callback_url}?{query}")
