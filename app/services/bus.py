"""Follows the journal by seq and publishes which payments changed, whichever process of the home wrote it, and when."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from app.domain.errors import StorageError
from app.services.ports.changes import Changes
from app.services.ports.ledger import Ledger

POLL_S = 0.2
Listener = Callable[[Changes], None]
log = logging.getLogger(__name__)


class Bus:
    """Notifies its listeners which payments changed: in order, once, with one call for what was committed together."""

    def __init__(self, ledger: Ledger, *, poll_s: float = POLL_S) -> None:
        self._ledger = ledger
        self._poll_s = poll_s
        self._listeners: list[Listener] = []
        self._seq = 0
        self._stop = asyncio.Event()
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        ledger.on_commit(self._wake_loop)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; returns the call that removes it. One that fails is logged and does not stop the others."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def run(self, *, after_seq: int | None = None) -> None:
        """Follow the journal until `stop`; from `after_seq`, else from its present end.

        Commits of this process are published at once, those of another within `poll_s`.
        """
        self._loop = asyncio.get_running_loop()
        start = after_seq
        stop_watching = self._ledger.watch_commits(self._wake_loop, self._poll_s)
        try:
            while not self._stop.is_set():
                self._wake.clear()
                try:
                    if start is None:
                        start = await self._ledger.last_seq()
                    self._seq = max(self._seq, start)
                    await self._publish()
                except StorageError as failure:
                    log.warning("following the journal: %s", failure.code)
                    await self._pause()
                else:
                    await self._wake.wait()
        finally:
            stop_watching()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()

    def _wake_loop(self) -> None:
        """On a thread of the ledger's: wake the loop, which may just be closing."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._wake.set)

    async def _publish(self) -> None:
        changes = await self._ledger.changed_since(self._seq)
        if changes.last_seq == self._seq:
            return
        self._seq = changes.last_seq
        for listener in tuple(self._listeners):
            self._notify(listener, changes)

    def _notify(self, listener: Listener, changes: Changes) -> None:
        try:
            listener(changes)
        except Exception:  # an edge: one failing listener must not stop the others
            log.exception("a listener failed on what was written up to seq %s", changes.last_seq)

    async def _pause(self) -> None:
        """Wait before another try; for changes that could not be read no other signal will come."""
        try:
            async with asyncio.timeout(self._poll_s):
                await self._wake.wait()
        except TimeoutError:
            return
