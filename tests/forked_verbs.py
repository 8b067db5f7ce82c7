"""Runs verbs on odd terminals, each in a forked child: `python -m tests.forked_verbs < RUNS`, a JSON list of `Run`.

A program of its own costs a fifth of a second, a child of one that has loaded everything a fiftieth.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Final

CLOSED, GONE, FULL = "closed", "gone", "/dev/full"
CRASHED: Final = 111
LOADED: Final = (
    *(
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


def exit_codes(runs: list[Run], environment: dict[str, str]) -> list[int]:
    """Return the exit code of each run; CRASHED where an exception came out of the program."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.forked_verbs"],
        input=json.dumps([asdict(run) for run in runs]),
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    found: list[int] = json.loads(done.stdout)
    return found


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


def _forked(run: Run) -> int:
    child = os.fork()
    if child == 0:
        code = CRASHED
        try:
            code = _run(run)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _load() -> None:
    """Load what most verbs need, so that the children need not."""
    for name in LOADED:
        import_module(name)


if __name__ == "__main__":
    _load()
    wanted = [Run(**{**raw, "verb": tuple(raw["verb"])}) for raw in json.load(sys.stdin)]
    sys.stdout.write(json.dumps([_forked(run) for run in wanted]))
