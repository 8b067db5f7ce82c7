"""The soak harness: a row is a function that causes one failure for minutes; `python -m tests.soak` runs them all.

To add a row: write a function in a file `tests/soak/soak_<subject>.py`, decorate it with `@row("R1")` (the number of
the promise) and return a `Row`. The amount of load is a constant of that file, or SOAK_... of the environment.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table: the promise, what was measured, and whether it holds."""

    promise: str
    measured: str
    ok: bool


ROWS: list[tuple[str, str, Callable[[], Row]]] = []


def row(number: str) -> Callable[[Callable[[], Row]], Callable[[], Row]]:
    """Register a function under the number of its promise; its row is selected by the name of its file."""

    def register(function: Callable[[], Row]) -> Callable[[], Row]:
        ROWS.append((number, function.__module__.rpartition("soak_")[2], function))
        return function

    return register


def amount(name: str, usual: int) -> int:
    """Return the amount of load: SOAK_<NAME>, else `usual`."""
    return int(os.environ.get(f"SOAK_{name}", usual))
