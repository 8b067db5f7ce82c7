"""Detects that the machine slept, that this process was stopped, or that the clock was set."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.services.ports.clock import Clock

MAX_STEP = timedelta(seconds=20)
"""Ten times the interval of the calls: a busy machine is late by less."""


class ClockJumpDetector:
    """Called every few seconds, by a task that does nothing else, so that a slow operator is not taken for a jump."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: datetime | None = None

    def has_jumped(self) -> bool:
        """Say whether more than `MAX_STEP` of wall-clock time passed since the last call, or less than none."""
        now, seen = self._clock.now(), self._seen
        self._seen = now
        return seen is not None and not timedelta() <= now - seen <= MAX_STEP
