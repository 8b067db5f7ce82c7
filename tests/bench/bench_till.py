"""S4 and S7: the cashier's waiting times, on a virtual screen with the whole program running."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.bench.harness import Row, row
from tests.screen import virtual_screen

ROOT = Path(__file__).parents[2]


@cache
def _measured() -> dict[str, list[float]]:
    with virtual_screen() as screen, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **screen.environment, "PAYDESK_KEYRING": "off"}
        command = [sys.executable, "-m", "tests.bench.till_probe", f"{folder}/home"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    measured: dict[str, list[float]] = json.loads(done.stdout)
    return measured


def _row(name: str, what: str, limit_ms: float) -> Row:
    taken = sorted(_measured()[name])
    p95 = taken[int(0.95 * len(taken))]
    return Row(
        f"{what} p95 <= {limit_ms:.0f} ms", f"{p95:.0f} ms, median {statistics.median(taken):.0f} ms", p95 <= limit_ms
    )


@row("S4")
def enter_to_code() -> Row:
    return _row("enter_to_qr", "Enter to painted QR, without the operator,", 25)


@row("S7")
def commit_to_paid() -> Row:
    return _row("commit_to_paid", "callback committed to painted Paid", 50)
