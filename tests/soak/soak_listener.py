"""Check the promises R3 and R4 against a separate `paydesk listen`: `python -m tests.soak.soak_listener`.

Prints the figures; exit code 1 when a promise is broken. `--requests` and `--seconds` shorten it.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from app.bootstrap.core import open_core
from tests.soak.attack import PAN, TAVV, get, malformed, say, statuses
from tests.soak.shop import open_payment, prepare_home, signed_query

ROOT = Path(__file__).parents[2]
MAX_CONCURRENT = 40
MAX_GROWTH_MB = 40.0
ALLOWED = {200, 400, 404, 405, 413}


class Target:
    """The listening process, its address, and a genuine callback for it."""

    def __init__(self, process: asyncio.subprocess.Process, address: str, path: str, query: str) -> None:
        self.process = process
        self.address = address
        self.path = path
        self._good = get(f"{path}?{query}")

    async def good_s(self) -> float:
        """Send a genuine callback; return the seconds until its answer, infinity for any answer but 200."""
        began = time.perf_counter()
        with contextlib.suppress(OSError):
            if statuses(await say(self.address, self._good)) == [200]:
                return time.perf_counter() - began
        return float("inf")

    def rss_mb(self) -> float:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0


@contextlib.asynccontextmanager
async def listening(home: Path, errors: Path) -> AsyncIterator[Target]:
    """Run `paydesk listen` on a new home with one open payment."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    async with open_core(prepare_home(home, key)) as core:
        payment = await open_payment(core)
    with errors.open("wb") as stderr_file:
        command = [sys.executable, "-m", "app", "--home", str(home), "listen", "--port", "0"]
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=stderr_file
        )
    assert process.stdout is not None
    try:
        address = (await process.stdout.readline()).decode().removeprefix("ready ").strip()
        yield Target(process, address, f"/xpay/{payment.link.key}", signed_query(key, "soak"))
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def malformed_requests(target: Target, count: int) -> list[str]:
    """R3. Return what is broken."""
    seen: collections.Counter[int] = collections.Counter()
    leaks = 0
    seeds = iter(range(count))

    async def attacker() -> None:
        nonlocal leaks
        for seed in seeds:
            request = malformed(random.Random(seed), target.path)
            answer = await say(target.address, request, end=seed % 2 == 0)
            seen.update(statuses(answer) or [0])
            leaks += PAN.encode() in answer or TAVV.encode() in answer

    for seed in range(2000):  # warm-up: filling caches and pools is not growth
        await say(target.address, malformed(random.Random(-seed - 1), target.path), end=True)
    before, began = target.rss_mb(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(MAX_CONCURRENT):
            group.create_task(attacker(), name=f"attacker-{number}")
    took = time.perf_counter() - began
    after, good = target.rss_mb(), await target.good_s()
    show(f"R3  {count:,} malformed requests in {took:.0f} s: answers {dict(sorted(seen.items()))} (0: none)")
    show(f"R3  memory {before:.1f} MB before, {after:.1f} MB after; a good callback answered in {good * 1000:.0f} ms")
    return broken(
        {
            f"R3: a status that must not be: {set(seen) - ALLOWED - {0}}": bool(set(seen) - ALLOWED - {0}),
            "R3: card data in an answer": leaks > 0,
            "R3: memory grew": after - before > MAX_GROWTH_MB,
            "R3: a good callback was not answered": good > 1.0,
        }
    )


async def crowds(target: Target, seconds: float) -> list[str]:
    """R4. Return what is broken."""
    before = target.rss_mb()
    taken: list[float] = []
    command = [sys.executable, "-m", "tests.soak.attack", target.address, "500", "100"]
    attackers = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        ends_at = time.perf_counter() + seconds
        while time.perf_counter() < ends_at:
            taken.append(await target.good_s())
            await asyncio.sleep(0.1)
        died = attackers.returncode is not None
    finally:
        with contextlib.suppress(ProcessLookupError):
            attackers.kill()
        await attackers.wait()
    worst, median = max(taken), sorted(taken)[len(taken) // 2]
    show(
        f"R4  500 idle, 100 slow for {seconds:.0f} s: {len(taken)} good callbacks, median {median * 1000:.0f} ms,"
        f" worst {worst * 1000:.0f} ms; memory {before:.1f} MB before, {target.rss_mb():.1f} MB after"
    )
    return broken({"R4: a good callback took more than a second": worst > 1.0, "R4: the attackers died": died})


def traces(home: Path, errors: Path) -> list[str]:
    """Search for tracebacks, and for card data in every file of the home; return what was found."""
    files = [file for file in home.rglob("*") if file.is_file()] + [errors]
    logs = errors.read_bytes() + b"".join(file.read_bytes() for file in home.rglob("*.log*"))
    leaks = [file.name for file in files for secret in (PAN, TAVV) if secret.encode() in file.read_bytes()]
    show(f"R3  {len(files)} files of the home looked through; {len(logs)} bytes of logs")
    return broken(
        {f"R8: card data in {leaks}": bool(leaks), "R3: a traceback": b"Traceback" in logs or b"defect" in logs}
    )


def broken(checks: dict[str, bool]) -> list[str]:
    return [what for what, is_broken in checks.items() if is_broken]


def show(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def play(requests: int, seconds: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        home, errors = Path(folder) / "home", Path(folder) / "stderr"
        async with listening(home, errors) as target:
            found = await malformed_requests(target, requests)
            found += await crowds(target, seconds)
            if target.process.returncode is not None:
                found.append("the listener died")
        found += traces(home, errors)
    for what in found:
        show(f"BROKEN  {what}")
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    os.environ["PAYDESK_KEYRING"] = "off"
    return asyncio.run(play(chosen.requests, chosen.seconds))


if __name__ == "__main__":
    sys.exit(main())
