"""R5: a small disk that becomes full, a ledger locked by another process, a file system that becomes read-only.

The disk is a separate tmpfs, which only root may mount; without that right this row says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.bootstrap import open_core, open_home
from tests.soak.harness import Row, row
from tests.soak.shop_process import ShopProcess, audit, stop

DISK_MB = 32
PAYMENTS = 1_500
LOCKED_S = 5.0
LOCKING = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
held.execute("BEGIN " + sys.argv[2])
print("held", flush=True)
sys.stdin.readline()
"""


def can_mount() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0


@asynccontextmanager
async def small_disk(folder: Path) -> AsyncIterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "paydesk-soak", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def sent(shop: ShopProcess, count: int) -> Counter[int | None]:
    """Send the next callbacks that were not acknowledged yet; return the answers."""
    answers: Counter[int | None] = Counter()
    async with shop.client() as client:
        for sold in [sold for sold in shop.sold if not sold.acknowledged][:count]:
            answers[await shop.send(client, sold)] += 1
    return answers


async def until_accepted(shop: ShopProcess) -> float:
    """Send until something is acknowledged again; return the seconds it took."""
    begun = time.monotonic()
    while not (await sent(shop, 1))[200]:
        if time.monotonic() - begun > 30:
            return float("inf")
    return time.monotonic() - begun


async def full(shop: ShopProcess) -> tuple[str, bool]:
    filler = shop.folder / "filler"
    with filler.open("wb") as file:
        free = os.statvfs(shop.folder)
        with contextlib.suppress(OSError):  # the ledger writes meanwhile and may have used the last of it
            file.write(b"x" * max(free.f_bavail * free.f_frsize - 200_000, 0))
            file.flush()
    answers = await sent(shop, 400)
    filler.unlink()
    back_s = await until_accepted(shop)
    ok = answers[503] > 0 and set(answers) <= {200, 503} and back_s < 30
    return f"full: {answers[200]} kept, {answers[503]} x 503, well {back_s:.1f} s after", ok


async def locked(shop: ShopProcess, kind: str) -> tuple[str, bool]:
    ledger = str(shop.home / "ledger.sqlite3")
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LOCKING, ledger, kind, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    await holder.stdout.readline()
    begun = time.monotonic()
    answers: Counter[int | None] = Counter()
    while time.monotonic() - begun < LOCKED_S:
        answers += await sent(shop, 1)
    await holder.communicate(b"\n")
    back_s = await until_accepted(shop)
    return f"locked {kind} {LOCKED_S:.0f} s: {answers[503]} x 503, well {back_s:.1f} s after", set(answers) == {
        503
    } and back_s < 30


async def read_only(shop: ShopProcess) -> tuple[str, bool]:
    """A disk with an open file cannot be remounted read-only: a start on a read-only one is tested instead."""
    subprocess.run(["mount", "-o", "remount,ro", str(shop.folder)], check=True)
    refused = await asyncio.to_thread(shop.verb, "listen", "--port", str(shop.port))
    subprocess.run(["mount", "-o", "remount,rw", str(shop.folder)], check=True)
    lines = refused.stderr.strip().splitlines()
    ok = refused.returncode == 6 and len(lines) == 1 and "Traceback" not in refused.stderr
    return f"read-only: exit {refused.returncode}, “{lines[-1] if lines else ''}”", ok


async def play_disk(folder: Path) -> tuple[str, bool]:
    async with small_disk(folder):
        shop = ShopProcess(folder)
        await shop.open(PAYMENTS)
        process = await asyncio.to_thread(shop.start)
        parts = [await full(shop), await full(shop)]
        parts += [await locked(shop, "IMMEDIATE"), await locked(shop, "EXCLUSIVE")]
        await shop.deliver()
        code, errors = await stop(process)
        parts.append(await read_only(shop))
        rebuilt = await asyncio.to_thread(shop.verb, "rebuild", "--check")
        async with open_core(open_home(str(shop.home), lambda code: None)) as core:
            found = await audit(shop, core.ledger)
        reported = "disk is full" in errors and "Another program holds" in errors
        wrong = found["lost"] + found["twice"] + found["wrong"] + (PAYMENTS - found["paid"])
        parts.append(
            (f"then {found['paid']:,} of {PAYMENTS:,} paid, rebuild --check exit {rebuilt.returncode}", not wrong)
        )
        parts.append(
            ("reported on stderr" if reported else f"not reported: {errors!r}", reported and "Traceback" not in errors)
        )
        ok = all(good for _, good in parts) and code == 0 and rebuilt.returncode == 0
    return "; ".join(text for text, _ in parts), ok


@row("R5")
def play() -> Row:
    promise = "disk full, locked, read-only: 503, reported, recovers without a restart"
    if not can_mount():
        return Row(promise, "not played: mounting a small disk needs the administrator", ok=False)
    with tempfile.TemporaryDirectory() as folder:
        measured, ok = asyncio.run(play_disk(Path(folder)))
    return Row(promise, measured, ok)
