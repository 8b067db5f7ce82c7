"""A process that opens the window and prints measurements: `python -m tests.bench.window_probe HOME [idle seconds]`.

Prints one JSON object: wall clock times (`painted_at`, `ready_at`: core up, listener bound, today's list shown), the
modules loaded before the core started (so before the first paint was over), memory in KiB and the idle share of a CPU.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.bootstrap.launch_plans import Ready, live_plan
from app.gui import run_window
from tests.ports import free_port

if TYPE_CHECKING:
    from app.ui.window_controller import WindowController

LOOK_EVERY_S = 0.005


def main(home: str, idle_s: float) -> None:
    measured: dict[str, Any] = {}
    settings = Path(home) / "settings.toml"
    if not settings.exists():  # before anything is loaded, and not on the port of a running program
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(f"[callbacks]\nport = {free_port()}\n", encoding="utf-8")
    plan = live_plan(home)

    async def work(on_ready: Ready, stopping: asyncio.Event) -> None:
        measured["modules"] = sorted(sys.modules)
        await plan.work(on_ready, stopping)

    async def script(controller: WindowController) -> None:
        measured["painted_at"] = time.time()
        await controller.ready.wait()
        while not await _is_listening(controller):  # noqa: ASYNC110 - the answer is on another thread
            await asyncio.sleep(LOOK_EVERY_S)
        measured["ready_at"] = time.time()
        if idle_s:
            measured.update(await _idle(idle_s))

    run_window(replace(plan, work=work), script)
    sys.stdout.write(json.dumps(measured))


async def _is_listening(controller: WindowController) -> bool:
    core = controller.context.core
    assert core is not None

    async def address() -> str | None:
        return core.api.health().listener_address

    return await core.bridge.query(address) is not None


async def _idle(seconds: float) -> dict[str, float]:
    await asyncio.sleep(2)  # work left over from the start is not idle time
    before = time.process_time()
    await asyncio.sleep(seconds)
    return {"idle_cpu": (time.process_time() - before) / seconds, "rss_kib": _rss_kib()}


def _rss_kib() -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0.0)
