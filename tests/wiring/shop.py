"""A shop with a real listener on a free port and a real ledger, and the signed callbacks of its operator."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from app.bootstrap import CallbackReceiving, Core, open_core, open_home
from app.domain.ids import LinkKey
from app.domain.journal.events import CallbackReceived, LinkCreated, Source
from app.domain.payment import Payment
from app.lifecycle import Receiving
from app.services.ports.ledger import PaymentView
from app.services.sales.till import Sale

UUID = "f3cd72b6-e1ea-406f-9b44-a9b93b401b7f"


class ShiftedClock:
    """The machine's clock with an offset that the test sets."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def pause(self, seconds: float) -> None:
        """Advance the clock at once instead of waiting."""
        self.ahead += timedelta(seconds=seconds)


def public_pem(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def kyiv(moment: datetime) -> str:
    """Return a moment in the format of `txn_date`."""
    return moment.astimezone(ZoneInfo("Europe/Kyiv")).strftime("%Y%m%d%H%M%S")


class Shop:
    """A running listener, an open payment of 125.50, and the operator's signing key."""

    def __init__(self, home: Path, key: rsa.RSAPrivateKey) -> None:
        self.home = home
        self.key = key
        self.clock = ShiftedClock()
        self.core: Core
        self.receiving: Receiving
        self.address = ""
        self.view: PaymentView

    @property
    def link(self) -> Any:
        return self.view.payment.link

    @property
    def path(self) -> str:
        return f"/xpay/{self.link.key}"

    def query(self, command: str = "pay", **changes: str | None) -> str:
        """Return a callback's query, signed unless `sign` is given; None leaves a parameter out."""
        fields: dict[str, str | None] = {
            "command": command,
            "txn_id": "321455",
            "uuid": UUID,
            "account": "380671234567",
            "sum": "12550",
            "txn_date": "20261121101500",
        }
        fields |= changes
        if "sign" not in fields:
            text = "".join(fields[name] or "" for name in ("txn_id", "uuid", "txn_date", "sum"))
            signature = self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
            fields["sign"] = base64.b64encode(signature).decode()
        return urlencode({name: value for name, value in fields.items() if value is not None}, quote_via=quote)

    def unsigned_query(self, command: str, **changes: str | None) -> str:
        """Return the query of a `check` or an `auth`: unsigned, without a date."""
        wallet = {"gateway": "gpay"} if command == "auth" else {}
        return self.query(
            command, **{"txn_date": None, "sign": None, "pay_type": "20", "locale": "uk"} | wallet | changes
        )

    async def get(self, query: str, path: str | None = None) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(f"{self.address}{path or self.path}?{query}")

    async def send_callback(self, query: str, path: str | None = None) -> tuple[str, str]:
        """Send a callback that must be answered with 200; return `result` and `message`."""
        response = await self.get(query, path)
        assert response.status_code == 200, response
        answer = response.json()
        return answer["result"], answer["message"]

    async def now(self) -> PaymentView:
        view = await self.core.ledger.payment(self.view.payment.id)
        assert view is not None
        return view

    async def payment(self) -> Payment:
        return (await self.now()).payment

    async def received(self, command: str) -> list[tuple[CallbackReceived, int]]:
        """Return the journalled callbacks of a command with their repetitions."""
        entries = await self.core.ledger.entries(self.view.payment.id)
        return [
            (entry.fact, entry.repeats)
            for entry in entries
            if isinstance(entry.fact, CallbackReceived) and entry.fact.command == command
        ]

    def configure(self, **settings: str) -> None:
        """Change settings, dots written as two underscores; they apply from the next `listen`."""
        file = open_home(str(self.home), lambda code: None).file
        for name, value in settings.items():
            file.set(name.replace("__", "."), value)

    async def listen(self) -> None:
        """Start the listener with the current settings."""
        opened = open_home(str(self.home), lambda code: None)
        await self.core.current.change(opened)
        self.core = replace(self.core, clock=self.clock)  # type: ignore[arg-type]
        self.receiving, _ = CallbackReceiving(self.core).make("127.0.0.1", 0)
        self.address = await self.receiving.start()

    async def change(self, **settings: str) -> None:
        """Change settings and restart the listener."""
        await self.receiving.stop()
        self.configure(**settings)
        await self.listen()

    async def renewed(self) -> LinkKey:
        """Give the payment a second link, as after the first has expired; return the new key."""
        cancelled = await self.core.till.cancel(self.view.payment.id)
        view = await self.core.till.renew(cancelled.payment.id)
        return view.payment.link.key


async def open_payment(core: Core, sale: Sale | None = None, *, uuid: str | None = None) -> PaymentView:
    """Return a payment whose link the operator has created."""
    view = await core.till.request_payment(sale or Sale(12550))
    link = view.payment.link
    created = LinkCreated(link.key, link.transaction_id, "https://mapi.xpaydirect.com/x", uuid, None)
    now = core.clock.now()
    await core.ledger.write(lambda tx: tx.append(created, payment_id=view.payment.id, source=Source.OPERATOR, at=now))
    opened = await core.ledger.payment(view.payment.id)
    assert opened is not None
    return opened


@asynccontextmanager
async def running_shop(
    home: Path, key: rsa.RSAPrivateKey, *, pem: str | None = None, sale: Sale | None = None, uuid: str | None = None
) -> AsyncIterator[Shop]:
    """Run a shop that trusts the signatures of `key`, or those of another operator's `pem`."""
    shop = Shop(home, key)
    (home.parent / "operator.pem").write_text(pem or public_pem(key))
    shop.configure(operator__public_key_file=str(home.parent / "operator.pem"))
    async with open_core(open_home(str(home), lambda code: None)) as core:
        shop.core = core
        await shop.listen()
        shop.view = await open_payment(core, sale, uuid=uuid)
        try:
            yield shop
        finally:
            await shop.receiving.stop()
