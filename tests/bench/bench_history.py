"""S8: the reads of the history on a large ledger, without the painting. Medians and 95th percentiles.

PAYDESK_BENCH_LEDGER: a home made by `tests.bench.make_ledger`, which is opened as by the program; without it one of
PAYDESK_BENCH_ROWS payments (100,000) is made. Manually, with every case: `python -m tests.bench.bench_history [HOME]`.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

from app.domain.payment import PaymentFlag, PaymentStatus
from tests.bench.harness import Row, row
from tests.bench.history_reads import MORE_FILTERS, SORTS, HistoryReads, NotOffered, history_reads
from tests.bench.make_ledger import make_home

ROOT = Path(__file__).parents[2]
LEAST_RUNS, MOST_RUNS, ENOUGH_S = 5, 40, 1.0
TOO_SLOW_S = 5.0
"""What takes longer is measured once: no further run would change the answer."""
EASY_MATCHES = 200_000
FIRST_PAGE, PLACES, JUMP, SORT, FILTER, SEARCH, TOTALS, LARGE_TOTALS = (
    "first page",
    "places to jump to",
    "jump",
    "sort",
    "filter",
    "search",
    "totals, <= 200,000 or a period",
    "totals, more",
)
LIMITS_MS = {
    FIRST_PAGE: 50,
    PLACES: inf,
    JUMP: 100,
    SORT: 150,
    FILTER: 100,
    SEARCH: 100,
    TOTALS: 400,
    LARGE_TOTALS: 1200,
}
WORDS = {
    "a word": "торт",
    "a part of a word": "ївськ",
    "one letter": "к",
    "two letters": "ка",
    "two words": "букет марії",
    "a sum": "250",
    "nothing": "дирижабль",
}


@dataclass(frozen=True)
class Case:
    """One read, how long its runs took (ms; none: not offered), and how many payments matched where that is known."""

    kind: str
    name: str
    taken: tuple[float, ...]
    matches: int | None = None

    @property
    def p95(self) -> float:
        return sorted(self.taken)[int(0.95 * len(self.taken))] if self.taken else inf

    @property
    def text(self) -> str:
        if not self.taken:
            return "not offered"
        once = "" if len(self.taken) > 1 else " (once)"
        return f"p95 {self.p95:.1f} ms, median {statistics.median(self.taken):.1f}{once}"


@dataclass
class Measuring:
    """Collects the cases of one ledger."""

    reads: HistoryReads
    payments: int
    most_runs: int
    cases: list[Case] = field(default_factory=list)

    async def add(self, kind: str, name: str, read: Callable[[], Awaitable[Any]], matches: int | None = None) -> None:
        try:
            taken = await _timed(read, self.most_runs)
        except NotOffered:
            taken = ()
        self.cases.append(Case(kind, name, taken, matches))


async def _timed(read: Callable[[], Awaitable[Any]], most_runs: int) -> tuple[float, ...]:
    """Return the times of many runs in ms, after one that is not counted unless it is far too slow."""
    first = await _once(read)
    if first > TOO_SLOW_S * 1000:
        return (first,)
    taken: list[float] = []
    began = time.monotonic()
    while len(taken) < min(LEAST_RUNS, most_runs) or (len(taken) < most_runs and time.monotonic() - began < ENOUGH_S):
        taken.append(await _once(read))
    return tuple(taken)


async def _once(read: Callable[[], Awaitable[Any]]) -> float:
    began = time.perf_counter()
    await read()
    return (time.perf_counter() - began) * 1000


async def measure(folder: Path, *, most_runs: int = MOST_RUNS) -> Measuring:
    """Measure every read of a home's history."""
    async with history_reads(folder) as reads:
        measuring = Measuring(reads, (await reads.totals()).count, most_runs)
        await _pages(measuring)
        for name, chosen in _filters(reads):
            await measuring.add(FILTER, name, lambda chosen=chosen: reads.page(**chosen))
            await _totals(measuring, name, chosen, is_period=set(chosen) <= {"first_day", "last_day"})
        for name, text in [*WORDS.items(), *await _known_texts(measuring)]:
            await measuring.add(SEARCH, f"{name}: {text}", lambda text=text: reads.page(search=text))
            await _totals(measuring, f"{name}: {text}", {"search": text}, is_period=False)
        return measuring


async def _pages(measuring: Measuring) -> None:
    reads, last = measuring.reads, max(measuring.payments - 200, 0)
    await measuring.add(FIRST_PAGE, "newest first", reads.page)
    await measuring.add(PLACES, "newest first", reads.places)
    await measuring.add(JUMP, "to the middle", lambda: reads.page(last // 2))
    await measuring.add(JUMP, "to the end", lambda: reads.page(last))
    for sort in SORTS:
        for descending in (True, False):
            name = f"by {sort}, {'descending' if descending else 'ascending'}"
            await measuring.add(
                SORT, name, lambda sort=sort, descending=descending: reads.sorted_page(sort, descending=descending)
            )


async def _totals(measuring: Measuring, name: str, chosen: dict[str, Any], *, is_period: bool) -> None:
    count = (await measuring.reads.totals(**chosen)).count
    kind = TOTALS if is_period or count <= EASY_MATCHES else LARGE_TOTALS
    await measuring.add(kind, name, lambda: measuring.reads.totals(**chosen), count)


def _filters(reads: HistoryReads) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every filter that the history offers, by its name."""
    today = reads.now.date()
    periods = {"today": 0, "this week": 6, "this month": 30, "this quarter": 91, "this year": 365, "all time": None}
    for name, days in periods.items():
        first = {} if days is None else {"first_day": (today - timedelta(days=days)).isoformat()}
        yield name, first | ({} if days is None else {"last_day": today.isoformat()})
    for word in (*PaymentStatus, *PaymentFlag):
        yield word, {"status": word}
    yield "needs attention", {"attention": True}
    yield from MORE_FILTERS.items()
    yield "paid, this year", {"status": "paid", "first_day": (today - timedelta(days=365)).isoformat()}


async def _known_texts(measuring: Measuring) -> list[tuple[str, str]]:
    """Return what one would search for payments in the middle: a number, a phone, a card, and so on, with its name."""
    found: dict[str, str] = {}
    for number in range(max(measuring.payments // 2, 1), measuring.payments + 1):
        view = await measuring.reads.payment(number)
        if view is None or len(found) == 7:
            break
        payment, contact = view.payment, view.contact
        found.setdefault("a number", str(number))
        for name, text in {
            "a phone": contact.phone if contact else None,
            "a part of a phone": contact.phone[-7:] if contact and contact.phone else None,
            "an e-mail": contact.email if contact else None,
            "an order": payment.order,
            "an operation": payment.txn_id,
            "the end of a card": payment.card[-4:] if payment.card else None,
        }.items():
            if text:
                found.setdefault(name, text)
    return [*found.items()]


@cache
def _measured() -> Measuring:
    ready = os.environ.get("PAYDESK_BENCH_LEDGER")
    if ready:
        if not (Path(ready) / "ledger.sqlite3").is_file():  # opening it would make a new home
            raise SystemExit(f"bench_history: {ready} holds no ledger")
        return asyncio.run(measure(Path(ready)))
    (ROOT / "build").mkdir(exist_ok=True)  # the real disk: a temporary folder may be in memory
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        make_home(int(os.environ.get("PAYDESK_BENCH_ROWS", "100000")), Path(folder) / "home")
        return asyncio.run(measure(Path(folder) / "home"))


def _row(kind: str) -> Row:
    measured = _measured()
    cases = [case for case in measured.cases if case.kind == kind]
    limit_ms = LIMITS_MS[kind]
    promise = f"history of {measured.payments:,}: {kind}" + (f" p95 <= {limit_ms} ms" if limit_ms < inf else "")
    if not cases:
        return Row(promise, "no such case")
    worst = max(cases, key=lambda case: case.p95)
    if limit_ms == inf:
        return Row(promise, worst.text)
    within = sum(case.p95 <= limit_ms for case in cases)
    return Row(promise, f"{worst.text}: {worst.name}; {within} of {len(cases)} within", within == len(cases))


@row("S8")
def first_page() -> Row:
    return _row(FIRST_PAGE)


@row("-")
def places_to_jump_to() -> Row:
    return _row(PLACES)


@row("S8")
def jumps() -> Row:
    return _row(JUMP)


@row("S8")
def sorts() -> Row:
    return _row(SORT)


@row("S8")
def filters() -> Row:
    return _row(FILTER)


@row("S8")
def searches() -> Row:
    return _row(SEARCH)


@row("S8")
def totals() -> Row:
    return _row(TOTALS)


@row("S8")
def totals_of_many() -> Row:
    return _row(LARGE_TOTALS)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.environ["PAYDESK_BENCH_LEDGER"] = sys.argv[1]
    for one in _measured().cases:
        mark = "" if one.p95 <= LIMITS_MS[one.kind] else "  over"
        matches = "" if one.matches is None else f"  ({one.matches:,} payments)"
        sys.stdout.write(f"{one.kind:<32} {LIMITS_MS[one.kind]:>5} ms | {one.name}: {one.text}{matches}{mark}\n")
