"""The fault switches of the demo operator (contract.md 5)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Fault(StrEnum):
    """The first seven alter answers; the others alter callbacks and [20003]."""

    SLOW = "slow"
    REFUSE = "refuse"
    DROP = "drop"
    HTML = "html"
    GARBAGE = "garbage"
    STRINGS = "strings"
    HUGE = "huge"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    LATE = "late"
    WRONG_SUM = "wrong-sum"
    UNSIGNED = "unsigned"
    BAD_SIGN = "bad-sign"
    REPLAY = "replay"
    NO_CALLBACK = "no-callback"
    UNKNOWN_STATUS = "unknown-status"


def altered_sum(amount_minor: int) -> int:
    """Return a valid sum that differs by one kopeck."""
    return amount_minor - 1 if amount_minor > 1 else amount_minor + 1


class FaultSwitches:
    """The active faults; they can change while the operator runs."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._on: frozenset[Fault] = frozenset()
        self.replace(names)

    def replace(self, names: Iterable[str]) -> None:
        """Activate exactly these. Raises ValueError for an unknown name, and for a string instead of a list."""
        if isinstance(names, str | dict):
            raise ValueError("a list of names is wanted")
        self._on = frozenset(Fault(name) for name in names)

    def __contains__(self, fault: Fault) -> bool:
        return fault in self._on

    def names(self) -> list[str]:
        return sorted(fault.value for fault in self._on)
