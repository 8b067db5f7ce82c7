"""S1 to S3: the window's start, its readiness and its idle cost, on a virtual screen."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

from tests.bench.harness import Row, row
from tests.screen import virtual_screen

ROOT = Path(__file__).parents[2]
RUNS = 7


@cache
def _measured() -> dict[str, float]:
    """Measure bare and full windows alternately, so that a busy machine affects both."""
    bare, painted, ready = [], [], []
    with virtual_screen() as screen, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **screen.environment, "PAYDESK_KEYRING": "off"}
        _probe(folder, environment)  # makes the home, fills the caches
        for _ in range(RUNS):
            started = time.time()
            bare.append(float(_run(environment, "-m", "tests.bench.bare_window")) - started)
            started = time.time()
            probed = _probe(folder, environment)
            painted.append(probed["painted_at"] - started)
            ready.append(probed["ready_at"] - started)
        idle = _probe(folder, environment, "8")
    return {
        "bare": statistics.median(bare),
        "painted": statistics.median(painted),
        "ready": statistics.median(ready),
        "rss_mb": idle["rss_kib"] / 1024,
        "idle_cpu": idle["idle_cpu"],
    }


def _probe(folder: str, environment: dict[str, str], *more: str) -> dict[str, Any]:
    probed: dict[str, Any] = json.loads(_run(environment, "-m", "tests.bench.window_probe", f"{folder}/home", *more))
    return probed


def _run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, check=True)
    return done.stdout.decode()


@row("S1")
def first_painted_window() -> Row:
    seen = _measured()
    ratio = seen["painted"] / seen["bare"]
    measured = f"{seen['painted']:.2f} s; {ratio:.1f}x of {seen['bare']:.2f} s"
    return Row("first paint <= 0.35 s and <= 2.7x a bare window", measured, seen["painted"] <= 0.35 and ratio <= 2.7)


@row("S2")
def ready_to_charge() -> Row:
    seen = _measured()
    return Row("ready to charge <= 0.8 s", f"{seen['ready']:.2f} s", seen["ready"] <= 0.8)


@row("S3")
def cost_of_idling() -> Row:
    seen = _measured()
    measured = f"{seen['rss_mb']:.0f} MB; {seen['idle_cpu']:.2%} CPU"
    return Row("idle <= 160 MB RSS and <= 0.3 % CPU", measured, seen["rss_mb"] <= 160 and seen["idle_cpu"] <= 0.003)
