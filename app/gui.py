"""The window's composition root: QApplication, the qasync loop, views and presenters wired to the running core.

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
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from app.bootstrap import RunningCore, WindowPlan
from app.domain.errors import Defect, PaydeskError
from app.lifecycle import CoreThread
from app.process_hooks import report_defects, silent_stderr, stop_on_signals
from app.system import SystemClock
from app.ui.window_controller import WindowController

SWITCH_INTERVAL_S = 0.0005
"""For two busy threads: with Python's default of 5 ms the window lags by up to 37 ms (house.md 9)."""
PAINT_TIMEOUT_S = 2.0
"""A hidden window, behind others or on another desktop, is never painted: the core starts after this time."""
COMMANDS_TIMEOUT_S = 3.0
"""Seconds that the shutdown waits for requests to the operator and writes in flight."""
EXIT_HUNG = 70
log = logging.getLogger(__name__)

Script = Callable[[WindowController], Awaitable[None]]


def run_window(
    plan: WindowPlan, script: Script | None = None, *, on_no_display: Callable[[], object] = lambda: None
) -> int:
    """Open the desk, stay until it is closed, return the exit code. A script plays on the open desk, then ends it.

    `on_no_display` is called where Qt finds nothing to show a window on; it ends the process, or Qt does with abort().
    """
    if plan.appearance.scale != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", str(plan.appearance.scale / 100))
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = QApplication.instance() or _new_application(on_no_display)
    assert isinstance(app, QApplication)
    app.setApplicationName("Paydesk")
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(_run(app, plan, script))


def _new_application(on_no_display: Callable[[], object]) -> QApplication:
    with silent_stderr() as end_silence:

        def note(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
            log.warning("Qt: %s", message)
            if kind is QtMsgType.QtFatalMsg:
                end_silence()
                on_no_display()

        before = qInstallMessageHandler(note)
        try:
            app = QApplication(["paydesk"])
        finally:
            qInstallMessageHandler(before)
    if app.primaryScreen() is None:  # a platform that started on nothing
        on_no_display()
    return app


async def _run(app: QApplication, plan: WindowPlan, script: Script | None) -> int:
    loop = asyncio.get_running_loop()
    controller = WindowController(app, plan.appearance.language, plan.appearance.theme, SystemClock().now)
    core = CoreThread(_core_work(plan, controller, loop))
    undo = (
        stop_on_signals(controller.stopping),
        report_defects(partial(loop.call_soon_threadsafe, controller.report_defect)),
    )
    try:
        controller.open()
        await _wait_for_first(controller.painted.wait(), controller.stopping.wait(), timeout_s=PAINT_TIMEOUT_S)
        controller.core_starting(core.start())
        for code in plan.warnings:
            controller.warn(code)
        await _until_stopped(controller, script)
    finally:
        await controller.close(COMMANDS_TIMEOUT_S)
        with ThreadPoolExecutor(1) as waiting:  # qasync's own executor starts ten threads for one task
            stopped = await loop.run_in_executor(waiting, core.stop)
        controller.destroy()
        plan.clean_up()
        for call in undo:
            call()
    return 0 if stopped else _log_thread_stacks()


async def _wait_for_first(*awaitables: Coroutine[Any, Any, object], timeout_s: float | None = None) -> None:
    """Wait for the first of these, or for the timeout; the others are cancelled and awaited."""
    tasks = [asyncio.ensure_future(awaitable) for awaitable in awaitables]
    await asyncio.wait(tasks, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended


async def _until_stopped(controller: WindowController, script: Script | None) -> None:
    """Wait until the window is closed, by a person or the script; an unfinished script is cancelled."""
    playing = (_run_script(script, controller),) if script else ()
    await _wait_for_first(controller.stopping.wait(), *playing)


async def _run_script(script: Script, controller: WindowController) -> None:
    await script(controller)


def _log_thread_stacks() -> int:
    """Log the stacks of all threads. The process may exit: everything acknowledged is on the disk."""
    frames = sys._current_frames()
    for thread in threading.enumerate():
        stack = "".join(traceback.format_stack(frames.get(thread.ident or 0)))
        log.critical("the core does not stop; thread %s:", thread.name, extra={"stack": stack})
    return EXIT_HUNG


def _core_work(
    plan: WindowPlan, controller: WindowController, window_loop: asyncio.AbstractEventLoop
) -> Callable[[asyncio.Event], Awaitable[None]]:
    """Return the work of the core's thread; its results are posted to the window's loop."""

    def post(slot: Callable[..., None], value: object) -> None:
        with contextlib.suppress(RuntimeError):  # the window is closed already
            window_loop.call_soon_threadsafe(slot, value)

    def ready(running: RunningCore) -> None:
        post(controller.core_ready, running)

    async def work(stopping: asyncio.Event) -> None:
        try:
            await plan.work(ready, stopping)
        except PaydeskError as refusal:
            log.warning("the core does not work: %s", refusal)
            post(controller.core_failed, refusal)
        except BaseException:  # boundary: the window shows the error and stays open
            log.exception("the core failed")
            post(controller.core_failed, Defect())
        else:
            if not stopping.is_set():
                log.error("the core ended by itself")
                post(controller.core_failed, Defect())

    return work
