"""Start and stop order of the running core: lock, listener, background work; and its thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import Protocol

from app.domain.errors import Defect, HomeTaken
from app.services.failures import failures_logged

RESUME_EVERY_S = 2.0
Step = Callable[[], Awaitable[None]]
log = logging.getLogger(__name__)


class Lock(Protocol):
    def acquire(self, blocking: bool = False) -> bool: ...

    def release(self) -> None: ...


class Listening(Protocol):
    async def start(self) -> str: ...

    async def stop(self) -> None: ...


class BackgroundWork(Protocol):
    """The work in addition to listening. `at_start` and `run_cycle` may fail."""

    async def check_mode(self) -> None:
        """Check the mode before anything is locked or bound. Raises WrongMode, StorageError."""
        ...

    async def at_start(self) -> None:
        """Run once after binding."""
        ...

    async def run_cycle(self) -> None:
        """Run every few seconds."""
        ...

    async def check_clock(self) -> None:
        """Handle a jump of the clock; called every few seconds, even while the others wait."""
        ...

    async def at_end(self) -> None: ...


class Receiving:
    """The part of the core that one process per home runs: it listens, and completes interrupted work."""

    def __init__(
        self, lock: Lock, listener: Listening, work: BackgroundWork, *, every_s: float = RESUME_EVERY_S
    ) -> None:
        self._lock = lock
        self._listener = listener
        self._work = work
        self._every_s = every_s
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    async def start(self) -> str:
        """Acquire the home's lock and bind; returns the address.

        Raises WrongMode, HomeTaken, PortTaken, SettingBad, StorageError.
        """
        await self._work.check_mode()
        if not self._lock.acquire():
            raise HomeTaken()
        try:
            address = await self._listener.start()
        except BaseException:
            self._lock.release()
            raise
        self._tasks = [
            asyncio.create_task(self._run_jobs(), name="watch"),
            asyncio.create_task(self._repeat(self._work.check_clock), name="watch of the clock"),
        ]
        return address

    async def stop(self) -> None:
        """Stop the background work, then the listener; the lock is released last."""
        self._stopping.set()
        if self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._guarded(self._work.at_end)  # the listener and the lock must be released even if this fails
        await self._listener.stop()
        self._lock.release()

    async def _run_jobs(self) -> None:
        await self._guarded(self._work.at_start)
        await self._repeat(self._work.run_cycle)

    async def _repeat(self, work: Step) -> None:
        while not self._stopping.is_set():
            await self._guarded(work)
            try:
                async with asyncio.timeout(self._every_s):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    async def _guarded(self, work: Step) -> None:
        with failures_logged(log, "watching"):
            await work()


class CoreThread:
    """The core's own thread and loop, which continue when the window hangs or fails."""

    def __init__(self, work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
        """`work` gets an event that is set at the stop; it runs until then."""
        self._work = work
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        # Daemon: a core that does not stop must not keep the process alive; everything acknowledged is on the disk.
        self._thread = threading.Thread(target=self._run, name="core", daemon=True)

    def start(self) -> asyncio.AbstractEventLoop:
        """Start and return the core's loop, already running."""
        self._thread.start()
        self._ready.wait()
        if self._loop is None:
            raise Defect(thread="core")
        return self._loop

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Request the core to stop and wait; False when it did not stop in time."""
        if not self._thread.is_alive():
            return True
        if self._loop is not None and self._stopping is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        # Its own loop factory: the window's runner must not provide a Qt loop through the global policy.
        with asyncio.Runner(loop_factory=_core_loop) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._ready.set()
        await self._work(self._stopping)


def _core_loop() -> asyncio.AbstractEventLoop:
    return asyncio.SelectorEventLoop()
