"""Hooks of the process: signals for an orderly exit; uncaught exceptions are logged and reported. No Qt."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Final

ENDING: Final = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")
log = logging.getLogger(__name__)
Undo = Callable[[], None]


async def wait_for_stop_signal() -> None:
    """Return at SIGTERM or SIGINT (Windows: Ctrl+C and Ctrl+Break)."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is None or _is_ignored(number):
            continue
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    await stop.wait()


def stop_on_signals(stopping: asyncio.Event) -> Undo:
    """Set the event at SIGTERM, Ctrl+C and a closed terminal; returns the call that undoes it.

    Python runs handlers between bytecode instructions only: the window's timers make sure that these soon run.
    """
    loop = asyncio.get_running_loop()
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, name) for name in ENDING if hasattr(signal, name)):
            if _is_ignored(number):
                continue
            before[number] = signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopping.set))

    def undo() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    return undo


def _is_ignored(number: int) -> bool:
    """Whoever started us decided so: `nohup` ignores SIGHUP, a shell SIGINT of what it starts in the background."""
    return signal.getsignal(number) is signal.SIG_IGN


@contextmanager
def silent_stderr() -> Iterator[Callable[[], object]]:
    """Drop what libraries in C write to stderr; gives the call that ends this early."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield partial(os.dup2, kept, 2)
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def report_defects(notify: Callable[[], object]) -> Undo:
    """Log exceptions of slots and threads, and notify once per kind; returns the call that undoes it.

    Without this, Qt prints them to stderr, which is not visible in a window.
    """
    known: set[tuple[type[BaseException], str]] = set()
    before = sys.excepthook, threading.excepthook

    def note(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        place = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
        if (kind, place) not in known:
            known.add((kind, place))
            log.critical("a defect", exc_info=error)
            notify()

    def in_slot(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            before[0](kind, error, trace)
        else:
            note(kind, error, trace)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        note(args.exc_type, args.exc_value, args.exc_traceback)

    def undo() -> None:
        sys.excepthook, threading.excepthook = before

    sys.excepthook, threading.excepthook = in_slot, in_thread
    return undo
