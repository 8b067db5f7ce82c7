"""Batches journal changes for the window: a burst of callbacks causes one update, not one each."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.domain.ids import PaymentId
from app.services.ports.changes import Changes

OnChanged = Callable[[frozenset[PaymentId], int], None]


class ChangeBatcher:
    """`add` is called on the core's thread, `_flush` on the window's, through `wake`."""

    def __init__(self, wake: Callable[[Callable[[None], None]], Callable[[None], None]], on_changed: OnChanged) -> None:
        """`wake` is `Bridge.to_window`; `on_changed` gets the payments that changed since it was called last,
        and the seq of the newest fact.
        """
        self._on_changed = on_changed
        self._lock = threading.Lock()
        self._changed: set[PaymentId] = set()
        self._last_seq = 0
        self._is_scheduled = False
        self._wake = wake(self._flush)

    def add(self, changes: Changes) -> None:
        """Collect a change published by the bus."""
        with self._lock:
            self._changed |= changes.payments
            self._last_seq = changes.last_seq
            if self._is_scheduled:
                return
            self._is_scheduled = True
        self._wake(None)

    def _flush(self, _: None) -> None:
        with self._lock:
            changed, self._changed = frozenset(self._changed), set()
            last_seq = self._last_seq
            self._is_scheduled = False
        self._on_changed(changed, last_seq)
