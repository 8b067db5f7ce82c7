"""The bench harness: a row is a function that measures one thing; `python -m tests.bench` runs them all.

To add a row: write a function in a file `tests/bench/bench_<subject>.py`, decorate it with `@row("S5")` (the number of
the promise, or "-" where nothing is promised) and return a `Row`. `ok` is None where there is only a number.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table: what was promised, what was measured, and whether it holds (None: nothing promised)."""

    promise: str
    measured: str
    ok: bool | None = None


ROWS: list[tuple[str, Callable[[], Row]]] = []


def row(number: str) -> Callable[[Callable[[], Row]], Callable[[], Row]]:
    """Register a measuring function under the number of its promise."""

    def register(function: Callable[[], Row]) -> Callable[[], Row]:
        ROWS.append((number, function))
        return function

    return register


def median_ms(action: Callable[[], object], runs: int = 7) -> float:
    """Return the median wall time of `action` in milliseconds, after one warm-up run."""
    action()
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        action()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)
