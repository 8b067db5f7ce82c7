"""A home with open payments, `paydesk listen` on it as a process, and an operator that repeats until answered."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from app.bootstrap import open_core, open_home
from app.domain.ids import LinkKey, PaymentId, TransactionId
from app.domain.journal.events import CallbackReceived, LinkCreated, LinkRequested, PaymentRequested, Source
from app.domain.payment import PaymentStatus
from app.services.ports.ledger import Ledger
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.builders import link_requested, requested

ENVIRONMENT = {**os.environ, "PAYDESK_KEYRING": "off", "LANGUAGE": "en", "PYTHONUNBUFFERED": "1"}
MAX_CONCURRENT = 8


class CallbackSigner:
    """The operator's key, and callbacks signed with it."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def public_pem(self) -> str:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self._key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()

    def query(self, txn_id: str, sum_minor: int, command: str = "pay") -> str:
        fields = {"txn_id": txn_id, "uuid": f"u-{txn_id}", "txn_date": "20261121101500", "sum": str(sum_minor)}
        sign = self._key.sign("".join(fields.values()).encode(), padding.PKCS1v15(), hashes.SHA256())
        fields |= {"command": command, "sign": base64.b64encode(sign).decode()}
        return urlencode(fields, quote_via=quote)


@dataclass
class SoldPayment:
    """One open payment and what the operator knows of it."""

    key: LinkKey
    payment_id: PaymentId
    amount_minor: int
    query: str = ""
    acknowledged: int = 0


@dataclass
class ShopProcess:
    """The home, its operator and the payments; `signer` signs the callbacks."""

    folder: Path
    signer: CallbackSigner = field(default_factory=CallbackSigner)
    sold: list[SoldPayment] = field(default_factory=list)
    port: int = 0
    rng: random.Random = field(default_factory=lambda: random.Random(20261121))

    @property
    def home(self) -> Path:
        return self.folder / "home"

    async def open(self, count: int) -> None:
        """Make the home and `count` open payments."""
        self.home.mkdir(parents=True, exist_ok=True)
        key_file = self.folder / "operator.pem"
        key_file.write_text(self.signer.public_pem)
        home = open_home(str(self.home), lambda code: None)
        home.file.set("operator.public_key_file", str(key_file))
        async with open_core(home) as core:
            for start in range(0, count, 100):
                numbers = range(start, min(start + 100, count))
                self.sold += await core.ledger.write(lambda tx, numbers=numbers: [_sell(tx, n) for n in numbers])  # type: ignore[misc]
        for sold in self.sold:
            sold.query = self.signer.query(f"t{sold.key}", sold.amount_minor)

    def start(self) -> subprocess.Popen[str]:
        """Start `listen`, always on the port of the first start. Raises RuntimeError when it does not start."""
        command = [sys.executable, "-m", "app", "--home", str(self.home), "listen", "--port", str(self.port)]
        process = subprocess.Popen(
            command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("ready http://"):
            process.kill()
            raise RuntimeError(f"no start: {line!r} {process.communicate()[1]}")
        self.port = int(line.rpartition(":")[2])
        return process

    def verb(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app", "--home", str(self.home), *words]
        return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)

    async def send(self, client: httpx.AsyncClient, sold: SoldPayment) -> int | None:
        """Send a payment's callback once; count an acknowledgement. Return the HTTP status, None without an answer."""
        try:
            answer = await client.get(f"http://127.0.0.1:{self.port}/xpay/{sold.key}?{sold.query}")
        except httpx.HTTPError:
            return None
        if answer.status_code == 200 and answer.json()["result"] == "10":
            sold.acknowledged += 1
        return answer.status_code

    async def load(self, gone: asyncio.Event) -> None:
        """Send callbacks until `gone` is set: mostly new ones, sometimes one that was answered already."""
        waiting = [sold for sold in self.sold if not sold.acknowledged]
        self.rng.shuffle(waiting)

        async def sender(client: httpx.AsyncClient) -> None:
            while waiting and not gone.is_set():
                again = self.rng.random() < 0.2
                sold = self.rng.choice(self.sold) if again else waiting.pop()
                if await self.send(client, sold) is None:
                    await asyncio.sleep(0.01)

        async with self.client() as client:
            await asyncio.gather(*(sender(client) for _ in range(MAX_CONCURRENT)))

    async def deliver(self) -> list[int | None]:
        """Send each callback not yet acknowledged once, as the operator's repetition; return the HTTP statuses."""
        async with self.client() as client:
            return [await self.send(client, sold) for sold in self.sold if not sold.acknowledged]

    def client(self) -> httpx.AsyncClient:
        """Return a client that is quick to create: it loads no certificates."""
        return httpx.AsyncClient(trust_env=False, timeout=10.0, verify=False)


def _sell(tx: LedgerTransaction, number: int) -> SoldPayment:
    key, payment_id, minor = LinkKey(f"key-{number}"), PaymentId(f"p-{number}"), 100 + number
    opening, asked = requested(number=tx.next_number(), amount_minor=minor), link_requested(key)
    assert isinstance(opening.fact, PaymentRequested)
    assert isinstance(asked.fact, LinkRequested)
    made = LinkCreated(key, TransactionId(f"{key}-1"), "https://mapi.xpaydirect.com/x", None, None)
    for fact in (opening.fact, asked.fact, made):
        tx.append(fact, payment_id=payment_id, source=Source.TILL, at=opening.at)
    return SoldPayment(key, payment_id, minor)


async def stop(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Stop a process in order; return its exit code and its stderr."""
    process.send_signal(signal.SIGTERM)
    errors = (await asyncio.to_thread(process.communicate, timeout=30))[1]
    return process.returncode, errors


async def audit(shop: ShopProcess, ledger: Ledger) -> dict[str, int]:
    """Count errors: lost callbacks, payments counted twice, wrong sums."""
    found = {"lost": 0, "twice": 0, "wrong": 0, "paid": 0}
    for sold in shop.sold:
        view = await ledger.payment(sold.payment_id)
        assert view is not None
        entries = await ledger.entries(sold.payment_id)
        pays = [e for e in entries if isinstance(e.fact, CallbackReceived) and e.fact.command == "pay"]
        is_paid = view.payment.state is PaymentStatus.PAID
        found["paid"] += is_paid
        found["lost"] += bool(sold.acknowledged) and not is_paid
        found["twice"] += len(pays) > 1
        found["wrong"] += view.payment.received_minor != (sold.amount_minor if is_paid else 0)
    return found
