"""The demo operator's callbacks: GET with a signed query, retried until answered (protocol.md A7, B 5)."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from app.domain.web_addresses import read_web_address

ZONE = ZoneInfo("Europe/Kyiv")
FIRST_TRIES, FIRST_WAIT_S, LATER_WAIT_S = 3, 20.0, 600.0
log = logging.getLogger(__name__)
Query = Mapping[str, str]
Answer = Mapping[str, object]
Answered = Callable[[Answer | None], Awaitable[None]]
Pause = Callable[[float], Awaitable[None]]


def retry_waits() -> Iterator[float]:
    """Yield the waits in seconds before each retry: three tries in all, 20 s apart, then every ten minutes."""
    yield from [FIRST_WAIT_S] * (FIRST_TRIES - 1)
    while True:
        yield LATER_WAIT_S


def delayed_waits(wait_s: float) -> Iterator[float]:
    """Yield a wait before the first try, then those of `retry_waits`."""
    yield wait_s
    yield from retry_waits()


def operator_date(moment: datetime) -> str:
    """Return `YYYYMMDDHHMMSS` in Kyiv time."""
    return moment.astimezone(ZONE).strftime("%Y%m%d%H%M%S")


def signed(query: Query, key: RSAPrivateKey) -> dict[str, str]:
    """Return the query with `sign` over txn_id+uuid+txn_date+sum (protocol.md B 5.7)."""
    text = "".join(query[name] for name in ("txn_id", "uuid", "txn_date", "sum"))
    signature = key.sign(text.encode(), PKCS1v15(), hashes.SHA256())
    return {**query, "sign": base64.b64encode(signature).decode()}


def own_address(url: str) -> str | None:
    """Return an address on this machine as requests carry it, else None: demo callbacks go nowhere else."""
    address = read_web_address(url)
    if address is None or not (address.is_loopback and address.is_sendable):
        return None
    return replace(address, query="", fragment="").wire_text


class CallbackSender:
    """Sends callbacks, each in an owned task, until answered or stopped. `speed` divides the waits."""

    def __init__(self, speed: float, pause: Pause = asyncio.sleep) -> None:
        self._speed = speed
        self._pause = pause
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(trust_env=False, timeout=10.0)

    async def ask(self, url: str, query: Query) -> Answer | None:
        """Send once and return the answer; None when there was none (check, and the first try of the others)."""
        address = own_address(url)
        if address is None:
            return None
        try:
            response = await self._client.get(f"{address}?{urlencode(query, quote_via=quote)}")
            answer = response.json() if response.status_code == 200 else None
        except (httpx.HTTPError, json.JSONDecodeError, UnicodeDecodeError) as failure:
            log.info("callback %s: %s", query.get("command"), type(failure).__name__)
            return None
        return answer if isinstance(answer, dict) and "result" in answer else None

    async def send(self, url: str, query: Query) -> None:
        """Send now; without an answer, retry in the background."""
        await self.send_until_answered(url, query, _ignore_answer)

    async def send_until_answered(self, url: str, query: Query, answered: Answered) -> None:
        """Send now and, without an answer, retry in the background; then `answered` gets the answer.

        It gets None at once for an address that is not allowed.
        """
        answer = await self.ask(url, query)
        if answer is None and own_address(url):
            self.send_later(url, query, retry_waits(), answered)
        else:
            await answered(answer)

    def send_later(self, url: str, query: Query, waits: Iterator[float], answered: Answered | None = None) -> None:
        """Send after the first wait, and retry after each further wait until answered."""
        trying = self._keep_trying(url, query, waits, answered or _ignore_answer)
        task = asyncio.create_task(trying, name=f"callback {query.get('command')}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop all sending."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    async def _keep_trying(self, url: str, query: Query, waits: Iterator[float], answered: Answered) -> None:
        for wait_s in waits:
            await self._pause(wait_s / self._speed)
            answer = await self.ask(url, query)
            if answer is not None:
                await answered(answer)
                return


async def _ignore_answer(answer: Answer | None) -> None:
    """Do nothing: the operator ignores the content of answers to `pay`, `error` and `refund`."""
