"""A home with one open payment, its running listener, and the operator's signing key."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from app.bootstrap.core import Core, open_core
from app.bootstrap.home import Home, open_home
from app.bootstrap.listening import CallbackParser, CallbackReceiving
from app.domain.ids import PaymentId
from app.domain.journal.events import LinkCreated, Source
from app.domain.payment import Payment
from app.services.sales.till import Sale
from tests.soak.attack import get, say, statuses

AMOUNT = 12550


def signed_query(key: rsa.RSAPrivateKey, txn_id: str) -> str:
    """Return the query of a genuine `pay` (protocol.md B 5.7)."""
    fields = {"txn_id": txn_id, "uuid": f"u-{txn_id}", "txn_date": "20261121101500", "sum": str(AMOUNT)}
    signature = key.sign("".join(fields.values()).encode(), padding.PKCS1v15(), hashes.SHA256())
    rest = {"command": "pay", "account": "380671234567", "sign": base64.b64encode(signature).decode()}
    return urlencode(fields | rest, quote_via=quote)


def prepare_home(home: Path, key: rsa.RSAPrivateKey, rules: Mapping[str, str] | None = None) -> Home:
    """Make a home that knows the operator's public key; `rules` are lists or texts of settings."""
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    opened = open_home(str(home), lambda code: None)
    (home / "operator.pem").write_bytes(pem)
    for name, value in {"operator.public_key_file": str(home / "operator.pem"), **(rules or {})}.items():
        opened.file.set(name, value)
    return open_home(str(home), lambda code: None)


async def open_payment(core: Core) -> Payment:
    """Make a payment whose link the operator has answered."""
    view = await core.till.request_payment(Sale(AMOUNT))
    link = view.payment.link
    created = LinkCreated(link.key, link.transaction_id, "https://mapi.xpaydirect.com/x", None, None)
    now = core.clock.now()
    await core.ledger.write(lambda tx: tx.append(created, payment_id=view.payment.id, source=Source.OPERATOR, at=now))
    return view.payment


class Shop:
    """A running listener and one open payment."""

    def __init__(self, core: Core, address: str, key: rsa.RSAPrivateKey, payment: Payment) -> None:
        self._core = core
        self._key = key
        self._id: PaymentId = payment.id
        self.address = address
        self.path = f"/xpay/{payment.link.key}"
        self.parser = CallbackParser(lambda: core.home.settings.operator)

    async def pay(self, *headers: str) -> list[int]:
        """Send a genuine `pay`; return the HTTP statuses."""
        return statuses(await say(self.address, get(f"{self.path}?{signed_query(self._key, 'good')}", *headers)))

    async def payment(self) -> Payment:
        view = await self._core.ledger.payment(self._id)
        assert view is not None
        return view.payment


@asynccontextmanager
async def open_shop(home: Path, key: rsa.RSAPrivateKey, rules: Mapping[str, str] | None = None) -> AsyncIterator[Shop]:
    """Run the core and the listener on a new home."""
    async with open_core(prepare_home(home, key, rules)) as core:
        receiving, _ = CallbackReceiving(core).make("127.0.0.1", 0)
        address = await receiving.start()
        try:
            yield Shop(core, address, key, await open_payment(core))
        finally:
            await receiving.stop()
