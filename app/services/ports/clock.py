"""The port of the current time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only way to know the time."""

    def now(self) -> datetime:
        """Return the aware UTC time."""
        ...
