"""The window's composition root: QApplication, the qasync loop, views and presenters joined to the running core.

Start: window painted first, core after it. Stop: our own event, pages, core, then the loop (house.md 5, 6, 9).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import qasync
from PySide6.QtWidgets import QApplication

from app.bootstrap import RunningCore, WindowPlan
from app.domain.errors import Defect, PaydeskError
from app.lifecycle import CoreThread
from app.process_hooks import stop_at_signals, tell_defects
from app.system import SystemClock
from app.ui.desk_app import DeskApp

SWITCH_INTERVAL_S = 0.0005
"""Two busy threads: with Python's default of 5 ms the window is late by up to 37 ms (house.md 9)."""
PAINTED_WITHIN_S = 2.0
"""A window that nobody sees, behind others or on another desk, is never painted: the core starts all the same."""
COMMANDS_WITHIN_S = 3.0
"""So long the end waits for what is on its way to the operator or the disk."""
HANGS = 70
log = logging.getLogger(__name__)

Script = Callable[[DeskApp], Awaitable[None]]


def run_window(plan: WindowPlan, script: Script | None = None) -> int:
    """Open the desk, stay until it is closed, return the exit code. A script plays on the open desk, then ends it."""
    if plan.look.scale != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", str(plan.look.scale / 100))
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = QApplication.instance() or QApplication(["paydesk"])
    assert isinstance(app, QApplication)
    app.setApplicationName("Paydesk")
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(_live(app, plan, script))


async def _live(app: QApplication, plan: WindowPlan, script: Script | None) -> int:
    loop = asyncio.get_running_loop()
    desk = DeskApp(app, plan.look.language, plan.look.theme, SystemClock().now)
    core = CoreThread(_core_work(plan, desk, loop))
    undo = (stop_at_signals(desk.stopping), tell_defects(partial(loop.call_soon_threadsafe, desk.tell_defect)))
    try:
        desk.open()
        await _first(desk.painted.wait(), desk.stopping.wait(), patience_s=PAINTED_WITHIN_S)
        desk.core_starts(core.start())
        for code in plan.warnings:
            desk.warn(code)
        await _until_stopped(desk, script)
    finally:
        await desk.close(COMMANDS_WITHIN_S)
        with ThreadPoolExecutor(1) as waiting:  # qasync's own executor starts ten threads for one
            stopped = await loop.run_in_executor(waiting, core.stop)
        desk.destroy()
        plan.clean_up()
        for call in undo:
            call()
    return 0 if stopped else _say_where_it_hangs()


async def _first(*ways: Coroutine[Any, Any, object], patience_s: float | None = None) -> None:
    """Wait for one of these, or until the patience is over; the others are cut off and have ended."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    await asyncio.wait(tasks, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended


async def _until_stopped(desk: DeskApp, script: Script | None) -> None:
    """Wait until the desk is closed; a script ends it, too, and is cut off when somebody else did."""
    playing = (_played(script, desk),) if script else ()
    await _first(desk.stopping.wait(), *playing)


async def _played(script: Script, desk: DeskApp) -> None:
    await script(desk)


def _say_where_it_hangs() -> int:
    """Log the stacks of all threads. The process may end: what was acknowledged is on the disk."""
    frames = sys._current_frames()
    for thread in threading.enumerate():
        stack = "".join(traceback.format_stack(frames.get(thread.ident or 0)))
        log.critical("the core does not stop; thread %s:", thread.name, extra={"places": stack})
    return HANGS


def _core_work(
    plan: WindowPlan, desk: DeskApp, window_loop: asyncio.AbstractEventLoop
) -> Callable[[asyncio.Event], Awaitable[None]]:
    """Return the work of the core's thread; what it has to say goes to the window's loop."""

    def tell(hear: Callable[..., None], what: object) -> None:
        with contextlib.suppress(RuntimeError):  # the window has gone meanwhile
            window_loop.call_soon_threadsafe(hear, what)

    def ready(running: RunningCore) -> None:
        tell(desk.core_ready, running)

    async def work(stopping: asyncio.Event) -> None:
        try:
            await plan.work(ready, stopping)
        except PaydeskError as refusal:
            log.warning("the core does not work: %s", refusal)
            tell(desk.core_failed, refusal)
        except BaseException:  # an edge: the window says so and stays
            log.exception("the core failed")
            tell(desk.core_failed, Defect())
        else:
            if not stopping.is_set():
                log.error("the core ended by itself")
                tell(desk.core_failed, Defect())

    return work
