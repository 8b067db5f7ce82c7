"""Every option of every verb with values that nobody means: a right answer or a refusal in words, never a defect."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from app.cli import paydesk
from app.logs import stop_logging
from app.settings.home.locks import FileLock
from app.settings.home.paths import HomePaths
from tests.forked_verbs import Run, exit_codes
from tests.journeys.conftest import ENVIRONMENT, Shells

ROOT = Path(__file__).parents[2]
ODD = (
    *("", " ", "-1", "0", "1e5", "nan", "1" * 30, "9" * 5000, "１２"),
    *("0001-01-01", "9999-12-31", "2026-02-30", "\udcff", "a\0b", "~nobody1/x", "../" * 2000, "['\"\\%_"),
)
USUAL = {
    "reference": "1",
    "amount": "5",
    "reason": "why",
    "key": "shop.name",
    "value": "Kava",
    "directory": "operator",
    "file": "nothing.pem",
    "kind": "csv",
    "out": "out.csv",
}
A_PORT = ("0", "１２")
PROGRAM = (sys.executable, "-m", "app")
CONTRACT = range(11)
WITHOUT_ENTRY = 54_321


def verbs(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from verbs(command, *path, name)
        else:
            yield (*path, name), command


def arguments(command: click.Command, odd: click.Parameter, value: str, usual: dict[str, str]) -> list[str]:
    """Return a call that would work, but for this value."""
    options, positional = [], ["--"]
    for parameter in command.params:
        given = value if parameter is odd else usual.get(parameter.name or "")
        if given is None or not (parameter.required or parameter is odd):
            continue
        if isinstance(parameter, click.Argument):
            positional.append(given)
        else:
            options.append(f"{parameter.opts[0]}={given}")
    return [*options, *positional]


def cases() -> Iterator[tuple[tuple[str, ...], click.Command, click.Parameter]]:
    for path, command in verbs(paydesk):
        for parameter in command.params:
            if not getattr(parameter, "is_flag", False) and path != ("demo",):
                yield path, command, parameter


CASES = {f"{' '.join(path)} {parameter.name}": (path, command, parameter) for path, command, parameter in cases()}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shells:
    """A shop with one payment whose operator has gone."""
    folder = tmp_path_factory.mktemp("odd values")
    made = Shells(folder / "home", folder / "operator")
    made.start_operator()
    made.run("config", "set", "callbacks.public_url", "http://127.0.0.1:9")  # or `link` warns that nobody listens
    made.run("link", "--amount", "5")
    made.stop()
    return made


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    yield
    stop_logging()


def complaint(result: Result) -> str:
    """Return why this is no answer of contract.md 1; empty when it is one."""
    said = result.stderr
    if result.exception is not None and not isinstance(result.exception, SystemExit | click.UsageError):
        return repr(result.exception)
    if isinstance(result.exception, click.UsageError):
        return ""  # `main` makes one line and 2 of it: see below
    lines = said.splitlines()
    is_error = result.exit_code not in (0, 1)
    return "" if result.exit_code in CONTRACT and (not is_error or len(lines) == 1) else f"{result.exit_code} {lines}"


@pytest.mark.parametrize("case", CASES)
def test_every_option_of_every_verb(shop: Shells, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    path, command, odd = CASES[case]
    monkeypatch.chdir(tmp_path)
    lock = FileLock(HomePaths(shop.home).lock_file)  # `listen` and `simulator` would serve where all is well
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        usual = {**USUAL, "port": str(taken.getsockname()[1])}
        assert lock.acquire()
        try:
            found = {}
            for value in ODD:
                if path == ("simulator",) and odd.name == "port" and value in A_PORT:
                    continue
                line = ["--home", str(shop.home), *path, *arguments(command, odd, value, usual)]
                why = complaint(CliRunner().invoke(paydesk, line, standalone_mode=False))
                if why:
                    found[value[:40]] = why
            assert not found
        finally:
            lock.release()


GONE_FOLDER = 'gone=$(mktemp -d) && cd "$gone" && rmdir "$gone" && '


def below_a_file(tmp_path: Path) -> str:
    (tmp_path / "file").write_text("in the way")
    return f'export PAYDESK_HOME="{tmp_path}/file/home"; '


HOMES: dict[str, tuple[Callable[[Path], str], int]] = {
    "nobody's": (lambda tmp_path: "export PAYDESK_HOME='~nobody1/x'; ", 6),
    "a file": (lambda tmp_path: f'touch "{tmp_path}/f"; export PAYDESK_HOME="{tmp_path}/f"; ', 6),
    "below a file": (below_a_file, 6),
    "below a device": (lambda tmp_path: "export PAYDESK_HOME=/dev/null/home; ", 6),
    "not to be written": (lambda tmp_path: "export PAYDESK_HOME=/proc/paydesk; ", 6),
    "from a folder that is gone": (lambda tmp_path: f"{GONE_FOLDER}export PAYDESK_HOME=home; ", 6),
    "a name that is too long": (lambda tmp_path: f"export PAYDESK_HOME=/tmp/{'x' * 300}; ", 6),
    "not a text": (lambda tmp_path: f"export PAYDESK_HOME={tmp_path}/$'\\xff\\xfe'; ", 0),
    "elsewhere than the folder that is gone": (
        lambda tmp_path: f'{GONE_FOLDER}export PAYDESK_HOME="{tmp_path}/home"; ',
        0,
    ),
}
OPENING = ("payments", "keys show", "config get", "payment 1", "rebuild --check", "statement --kept", "listen --port 0")


@pytest.mark.parametrize("case", HOMES)
def test_a_home_that_cannot_be_used_is_one_line_for_every_verb(tmp_path: Path, case: str) -> None:
    make, expected = HOMES[case]
    verbs = OPENING if expected else ("payments", "config get")
    script = make(tmp_path)
    running = [
        subprocess.Popen(
            ["bash", "-c", f'{script}exec "$@"', "bash", *PROGRAM, *verb.split()],
            env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for verb in verbs
    ]
    try:
        told = [process.communicate(timeout=60) for process in running]
    finally:
        for process in running:
            process.kill()
            process.communicate()
    for verb, process, (out, complaints) in zip(verbs, running, told, strict=True):
        lines = complaints.decode().splitlines()
        assert (process.returncode, len(lines)) == (expected, 1 if expected else 0), (verb, lines)
        assert bool(out) == (not expected)


def test_a_person_without_an_entry_and_without_a_home_gets_one_line(tmp_path: Path) -> None:
    """As in a container that runs with a bare number. Only root can play that; others have an entry."""
    if os.geteuid() != 0:
        return
    environment = {name: text for name, text in ENVIRONMENT.items() if name not in ("HOME", "XDG_DATA_HOME")}
    places = [tmp_path / str(at) for at in range(len(OPENING))]
    runs = [
        Run(tuple(verb.split()), str(place), f"{place}.err", user=WITHOUT_ENTRY)
        for verb, place in zip(OPENING, places, strict=True)
    ]
    assert exit_codes(runs, environment) == [6] * len(runs)
    for place in places:
        assert place.read_text() == ""
        assert len(Path(f"{place}.err").read_text().splitlines()) == 1


def test_what_cannot_be_read_as_a_line_of_verbs_is_one_line(shop: Shells) -> None:
    for line in (("payments", "--limit", "\udcff"), ("\udcff",), ("payments", "--limit", "a\nb"), ("link",)):
        done = subprocess.run(shop.command(*line), env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr
