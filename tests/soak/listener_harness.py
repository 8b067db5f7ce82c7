"""A listener with a fake intake behind it, for tests over raw sockets."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from app.domain.ids import LinkKey
from app.listener.policy import Limits, ListenerCounts, ListenerPolicy
from app.listener.server import Listener
from app.services.callbacks.incoming_callback import IncomingCallback, MalformedCallback
from app.services.callbacks.intake import Reply
from tests.soak.attack import get, say, statuses

KEY = "known-key_1"
PATH = f"/xpay/{KEY}"
AT = datetime(2026, 11, 21, 8, 15, tzinfo=UTC)


class FakeReceiver:
    """Knows one link key; can be set to wait or to fail."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.failure: Exception | None = None
        self.reply = Reply(200, "1", "10", "Ok", AT)
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.waiting = asyncio.Event()

    async def receive(self, key: LinkKey, incoming: IncomingCallback | MalformedCallback) -> Reply:
        self.keys.append(key)
        self.waiting.set()
        await self.go_on.wait()
        if self.failure:
            raise self.failure
        return self.reply if key == KEY else Reply(404)


class ListenerHarness:
    """A running listener and what its receiver was given."""

    def __init__(self, policy: ListenerPolicy) -> None:
        self.policy = policy
        self.receiver = FakeReceiver()
        self.queries: list[str] = []
        self.listener = Listener(self.receiver, self._parse, host="127.0.0.1", port=0, policy=lambda: self.policy)
        self.address = ""

    def _parse(self, query: str) -> MalformedCallback:
        self.queries.append(query)
        return MalformedCallback("missing", "command")

    @property
    def counts(self) -> ListenerCounts:
        return self.listener.counts

    async def say(self, request: bytes, *, end: bool = False, context: ssl.SSLContext | None = None) -> bytes:
        return await say(self.address, request, end=end, context=context)

    async def is_responsive(self) -> bool:
        return statuses(await self.say(get(PATH))) == [200]


QUICK = Limits(head_s=0.3, idle_s=0.6, linger_s=0.3, answer_s=5.0)


@asynccontextmanager
async def running_listener(policy: ListenerPolicy) -> AsyncIterator[ListenerHarness]:
    """Run a listener with this policy."""
    made = ListenerHarness(policy)
    made.address = await made.listener.start()
    try:
        yield made
    finally:
        made.receiver.go_on.set()
        await made.listener.stop()
