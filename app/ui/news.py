"""The journal's news for the window, gathered: a storm of callbacks wakes the screen once, not once each."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.domain.ids import PaymentId
from app.services.changes import Changes

Hear = Callable[[frozenset[PaymentId], int], None]


class News:
    """`gather` is called on the core's thread, `tell` on the window's, through `wake`."""

    def __init__(self, wake: Callable[[Callable[[None], None]], Callable[[None], None]], hear: Hear) -> None:
        """`wake` is `Bridge.to_window`; `hear` gets the payments that changed since it was called last,
        and the seq of the newest fact.
        """
        self._hear = hear
        self._lock = threading.Lock()
        self._changed: set[PaymentId] = set()
        self._last_seq = 0
        self._woken = False
        self._wake = wake(self._tell)

    def gather(self, changes: Changes) -> None:
        """Note what the bus tells."""
        with self._lock:
            self._changed |= changes.payments
            self._last_seq = changes.last_seq
            if self._woken:
                return
            self._woken = True
        self._wake(None)

    def _tell(self, _: None) -> None:
        with self._lock:
            changed, self._changed = frozenset(self._changed), set()
            last_seq = self._last_seq
            self._woken = False
        self._hear(changed, last_seq)
