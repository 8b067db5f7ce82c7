"""Runs verbs in children forked from a process that has loaded the program: a start costs a fiftieth of a second.

A process of its own costs a fifth. That verbs start as people start them is what test_four_shells and the redirections
of test_odd_terminals show.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Final

CLOSED, GONE, FULL = "closed", "gone", "/dev/full"
CRASHED: Final = 111
TIMEOUT_S: Final = 60
LOADED: Final = (
    *(
        "tests.forked_verbs",
        "tomlkit",
        "click.shell_completion",
        "app.bootstrap.core",
        "app.bootstrap.doctor",
        "app.bootstrap.launch_plans",
        "app.logs",
    ),
    *("app.services.history.payment_json", "app.storage.ledger", "app.storage.integrity.checkup"),
    *("app.operator_api.client", "app.operator_api.probe", "app.listener.server", "app.simulator.server"),
)


@dataclass(frozen=True)
class Run:
    """`stdout` and `stderr`: a file, /dev/full, `closed`, or `gone` for a pipe that nobody reads."""

    verb: tuple[str, ...]
    stdout: str
    stderr: str
    encoding: str = "utf-8"
    user: int | None = None
    """The number of another user to be, where this one is root."""


def exit_codes(runs: list[Run], environment: Mapping[str, str]) -> list[int]:
    """Return the exit code of each run, one after the other; CRASHED where an exception came out of the program."""
    return [_exit_code(_start(run, environment)) for run in runs]


def run_verb(verb: tuple[str, ...], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one verb; what `subprocess.run` returns of it."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        [code] = exit_codes([Run(verb, str(out), str(err))], environment)
        return subprocess.CompletedProcess(verb, code, out.read_bytes().decode(), err.read_bytes().decode())


@cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))
    return context


def _start(run: Run, environment: Mapping[str, str]) -> ForkServerProcess:
    started = _server().Process(target=_run_and_end, args=(run, dict(environment), str(Path.cwd())))
    started.start()
    return started


def _exit_code(started: ForkServerProcess) -> int:
    started.join(TIMEOUT_S)
    code = started.exitcode
    if code is None:
        started.kill()
        started.join()
        raise subprocess.TimeoutExpired("paydesk", TIMEOUT_S)
    started.close()
    return code


def _connect(number: int, place: str, encoding: str) -> io.TextIOWrapper | None:
    """Make what the interpreter makes of a standard stream at its start."""
    os.close(number)
    if place == CLOSED:
        return None
    if place == GONE:
        reading, opened = os.pipe()
        os.close(reading)
    else:
        opened = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    errors = "strict" if number == 1 else "backslashreplace"
    return io.TextIOWrapper(io.BufferedWriter(io.FileIO(number, "w", closefd=False)), encoding, errors)


def _run(run: Run) -> int:
    from app.cli import main

    sys.stdout = _connect(1, run.stdout, run.encoding)  # type: ignore[assignment]
    sys.stderr = _connect(2, run.stderr, run.encoding)  # type: ignore[assignment]
    sys.argv = ["paydesk", *run.verb]
    if run.user is not None:
        os.chdir("/")
        os.setuid(run.user)
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else CRASHED
    return CRASHED


def _run_and_end(run: Run, environment: Mapping[str, str], folder: str) -> None:
    code = CRASHED
    try:
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        code = _run(run)
    finally:
        os._exit(code)
