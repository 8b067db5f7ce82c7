"""S9, S10 and S12: callbacks, scrolling and a year's chart on a large ledger, without the painting.

PAYDESK_BENCH_LEDGER: a home made by `tests.bench.make_ledger`, of which a copy is used; without it one of
PAYDESK_BENCH_ROWS payments (100,000) is made.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from tests.bench.bench_callbacks import measure_homes
from tests.bench.harness import Row, row
from tests.bench.history_reads import PAGE, history_reads
from tests.bench.make_ledger import make_home

ROOT = Path(__file__).parents[2]
SHARE, GROWTH_MB, CHART_MS, RUNS = 0.9, 40, 100, 7


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    (ROOT / "build").mkdir(exist_ok=True)  # the real disk: a temporary folder may be in memory
    return tempfile.TemporaryDirectory(dir=ROOT / "build")  # deleted at the end of the process


@cache
def _home() -> Path:
    """Return a large home that may be changed."""
    home, ready = Path(_folder().name) / "large", os.environ.get("PAYDESK_BENCH_LEDGER")
    if ready is None:
        make_home(int(os.environ.get("PAYDESK_BENCH_ROWS", "100000")), home)
    elif (Path(ready) / "ledger.sqlite3").is_file():  # opening it would make a new home
        shutil.copytree(ready, home)
    else:
        raise SystemExit(f"bench_large_ledger: {ready} holds no ledger")
    return home


@cache
def _count() -> int:
    return asyncio.run(_rows())


async def _rows() -> int:
    async with history_reads(_home()) as reads:
        return await reads.places()


@row("S12")
def chart_of_a_year() -> Row:
    taken, days = asyncio.run(_charts())
    median = statistics.median(taken)
    return Row(
        f"a year's chart by day, {_count():,} payments <= {CHART_MS} ms",
        f"{median:.1f} ms, {days} days",
        median <= CHART_MS,
    )


async def _charts() -> tuple[list[float], int]:
    async with history_reads(_home()) as reads:
        days, taken = len((await reads.year_by_day()).groups), []
        for _ in range(RUNS):
            began = time.perf_counter()
            await reads.year_by_day()
            taken.append((time.perf_counter() - began) * 1000)
        return taken, days


@row("S10")
def scrolling() -> Row:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        growth = pool.submit(_grown_mb, _home()).result()
    return Row(
        f"memory while {_count():,} rows are read by pages <= {GROWTH_MB} MB", f"{growth:.1f} MB", growth <= GROWTH_MB
    )


def _grown_mb(home: Path) -> float:
    return asyncio.run(_scroll(home))


async def _scroll(home: Path) -> float:
    """Read every page of the list from the newest to the oldest; return by how much the peak exceeds the first page."""
    async with history_reads(home) as reads:
        count = await reads.places()
        await reads.page()
        before = _status_mb("VmRSS")
        for position in range(0, count, PAGE):
            await reads.page(position)
        return _status_mb("VmHWM") - before


def _status_mb(name: str) -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(name)


@row("S9")
def callbacks_beside_many_payments() -> Row:
    count = _count()  # before payments are added
    small = Path(_folder().name) / "small"
    make_home(1, small)  # of the same kind, with the same operator
    empty, full = measure_homes(small, _home())
    share = full.per_s / empty.per_s
    return Row(
        f"callbacks with {count:,} payments >= {SHARE:.0%} of an empty ledger",
        f"{share:.0%}: {full.per_s:,.0f}/s and {empty.per_s:,.0f}/s; p99 {full.p99_ms:.1f} and {empty.p99_ms:.1f} ms",
        share >= SHARE,
    )
