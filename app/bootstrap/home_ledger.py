"""A home's ledger, opened: all that a verb needs which only reads, and the first step of the core."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.bootstrap.home import Home
from app.settings.marker import HomeMarker
from app.settings.presence import Presence
from app.system import SystemClock

if TYPE_CHECKING:
    from app.storage.ledger import SqlLedger


@dataclass(frozen=True, slots=True)
class HomeLedger:
    """`presence`: the sign that this process works with the home."""

    home: Home
    ledger: SqlLedger
    clock: SystemClock
    presence: Presence


@asynccontextmanager
async def open_home_ledger(home: Home) -> AsyncIterator[HomeLedger]:
    """Open the home's ledger; closes in the opposite order. Raises StorageError leaves."""
    from app.storage.ledger import open_ledger

    async with AsyncExitStack() as opened:
        presence = Presence(home.paths.presence_dir)
        presence.enter()
        opened.callback(presence.leave)
        marker = HomeMarker(home.paths)
        ledger = open_ledger(home.paths.ledger_file, marker=marker)
        opened.push_async_callback(ledger.close)
        marker.note(operator_url=home.settings.operator.url or None, has_vault=home.paths.vault_file.exists())
        yield HomeLedger(home, ledger, SystemClock(), presence)
