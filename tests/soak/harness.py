"""The soak harness: a row is a function that plays one trouble for minutes; `python -m tests.soak` runs them all.

To add a row: write a function in a file `tests/soak/soak_<subject>.py`, decorate it with `@row("R1")` (the number of
the promise) and return a `Row`. How much is played is a constant of that file, or SOAK_... of the environment.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table: what was promised, what was seen, and whether it holds."""

    promise: str
    measured: str
    ok: bool


ROWS: list[tuple[str, str, Callable[[], Row]]] = []


def row(number: str) -> Callable[[Callable[[], Row]], Callable[[], Row]]:
    """Register a function under the number of its promise; its file's name is what it is called by."""

    def register(function: Callable[[], Row]) -> Callable[[], Row]:
        ROWS.append((number, function.__module__.rpartition("soak_")[2], function))
        return function

    return register


def amount(name: str, usual: int) -> int:
    """Return how much of a trouble is played: SOAK_<NAME>, else the usual."""
    return int(os.environ.get(f"SOAK_{name}", usual))
