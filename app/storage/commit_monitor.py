"""Detects other processes' commits: a thread reads SQLite's counter, since a read would wake the loop four times."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from app.domain.errors import StorageError

log = logging.getLogger(__name__)


class CommitMonitor:
    """Calls `notify` once at the start and after every read at which `version` has changed."""

    def __init__(self, version: Callable[[], int], notify: Callable[[], None], every_s: float) -> None:
        self._version = version
        self._notify = notify
        self._every_s = every_s
        self._ended = threading.Event()
        self._last: int | None = None
        # Daemon: a program that forgot to stop it must still be able to end; it only reads.
        self._thread = threading.Thread(target=self._run, name="ledger-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop reading; a read in progress ends by itself. Calling it again does nothing."""
        self._ended.set()

    def join(self) -> None:
        """Stop, and wait for the end of the thread: then the counter is not read any more."""
        self.stop()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._check_version()
            if self._ended.wait(self._every_s):
                return

    def _check_version(self) -> None:
        try:
            version = self._version()
        except StorageError as failure:  # temporary, and then the counter shows what was missed
            log.debug("watching for commits: %s", failure.code)
            return
        except Exception:  # an edge: without this thread no commit of other processes would be noticed
            log.exception("watching for commits")
            return
        if version != self._last:
            self._last = version
            self._notify()
