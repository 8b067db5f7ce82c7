"""Signals that end the process in order, unless whoever started it decided that they are ignored."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from app.process_hooks import stop_on_signals, wait_for_stop_signal


@pytest.fixture
def _ignored() -> Iterator[None]:
    """As a shell ignores SIGINT for what it starts in the background, and `nohup` SIGHUP."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.usefixtures("_ignored")
async def test_what_the_starting_shell_ignores_ends_neither_window_nor_listener() -> None:
    stopping = asyncio.Event()
    listening = asyncio.create_task(wait_for_stop_signal())
    await asyncio.sleep(0)
    undo = stop_on_signals(stopping)
    try:
        for number in (signal.SIGINT, signal.SIGHUP):
            assert signal.getsignal(number) is signal.SIG_IGN
            os.kill(os.getpid(), number)
        assert not stopping.is_set()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(stopping.wait(), 10)
    finally:
        undo()
        listening.cancel()
    for number in (signal.SIGINT, signal.SIGHUP):
        assert signal.getsignal(number) is signal.SIG_IGN


async def test_a_listener_ends_at_a_signal_that_is_not_ignored() -> None:
    listening = asyncio.create_task(wait_for_stop_signal())
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.wait_for(listening, 10)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().remove_signal_handler(number)
