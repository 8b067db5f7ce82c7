"""A payer without a browser: fetches the demo operator's page and posts its plain forms. For the tour and tests."""

from __future__ import annotations

import re

import httpx

RESULT = re.compile(r'data-status="(paid|declined|refused|expired)"')
PAYING_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"


class Payer:
    """A payer with a link. `url` is the checkout link; every method returns the page's result word or None."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def open_page(self) -> str | None:
        """Open the page; return its result if there is one."""
        return await self._ask("GET", {})

    async def pay(self, card: str = PAYING_CARD) -> str | None:
        """Enter a card and press Pay."""
        return await self._ask("POST", {"action": "pay", "card": card})

    async def press(self, action: str, **fields: str) -> str | None:
        """Press another button: `gpay`, `applepay`, `decline`, `contact`."""
        return await self._ask("POST", {"action": action, **fields})

    async def _ask(self, method: str, form: dict[str, str]) -> str | None:
        async with httpx.AsyncClient(trust_env=False, timeout=30.0) as client:
            response = await client.request(method, self._url, data=form or None)
        found = RESULT.search(response.text)
        return found.group(1) if found else None
