"""Every verb on every odd terminal: narrow encodings, closed streams, a full device, a pipe that nobody reads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import httpx
import pytest

from tests.forked_verbs import CLOSED, FULL, GONE, Run, exit_codes
from tests.journeys.conftest import WITHOUT_SCREEN, Shells
from tests.ports import free_port

ENCODINGS = ("latin-1", "cp1251", "ascii", "koi8-u")
PLACES = (CLOSED, FULL, GONE)
PURPOSE = "Кава “з молоком” №7 — ₴"
VERBS: dict[tuple[str, ...], int] = {
    ("payments",): 0,
    ("payment", "1"): 0,
    ("totals", "--by", "status"): 0,
    ("link", "--amount", "5", "--purpose", PURPOSE): 4,
    ("check", "99"): 5,
    ("cancel", "1"): 0,
    ("renew", "1"): 4,
    ("settle", "1", "--reason", PURPOSE): 7,
    ("refund", "1", "--reason", PURPOSE): 7,
    ("rebuild", "--check"): 0,
    ("export", "--format", "csv", "--out", "/dev/null"): 0,
    ("day",): 0,
    ("day", "9999-12-30", "--close"): 7,
    ("keys", "show"): 0,
    ("keys", "make"): 7,
    ("config", "get"): 0,
    ("config", "get", "shop.name"): 0,
    ("config", "set", "shop.name", PURPOSE): 0,
    ("statement", "--kept"): 0,
    ("doctor",): 1,
    ("payment", "99"): 5,
    ("payments", "--from", "вчора"): 2,
    ("payments", "--нема"): 2,
}
WITHOUT_JSON: dict[tuple[str, ...], int] = {
    ("--help",): 0,
    ("--version",): 0,
    ("settle", "--help"): 0,
    ("run",): 2,
    ("listen", "--host", "192.0.2.1"): 2,
    ("simulator", "--port", "0", "--dir", "/dev/null/x"): 6,
}
AS_JSON: dict[tuple[str, ...], int] = {
    (*verb, "--json"): code for verb, code in VERBS.items() if verb[0] in ("payment", "link", "config", "doctor")
}
RUNS = [*VERBS.items(), *AS_JSON.items(), *WITHOUT_JSON.items()]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shells]:
    """A shop with one payment whose operator has gone."""
    folder = tmp_path_factory.mktemp("odd terminals")
    made = Shells(folder / "home", folder / "operator")
    made.start_operator()
    made.run("config", "set", "callbacks.public_url", "http://127.0.0.1:9")  # or `link` warns that nobody listens
    made.run("config", "set", "shop.name", PURPOSE)
    made.run("link", "--amount", "5", "--purpose", PURPOSE)
    made.stop()
    return made


@pytest.fixture(scope="module")
def environment(shop: Shells) -> dict[str, str]:
    return {**WITHOUT_SCREEN, "LANGUAGE": "uk", "PAYDESK_HOME": str(shop.home)}


def decoded(path: Path, encoding: str) -> str:
    return path.read_bytes().decode(encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_verb_prints_in_every_encoding(environment: dict[str, str], tmp_path: Path, encoding: str) -> None:
    runs = [
        Run(verb, str(tmp_path / f"{at}.out"), str(tmp_path / f"{at}.err"), encoding)
        for at, (verb, _) in enumerate(RUNS)
    ]
    codes = exit_codes(runs, environment)
    assert dict(zip((run.verb for run in runs), codes, strict=True)) == dict(RUNS)
    for run, code in zip(runs, codes, strict=True):
        out, complaint = (decoded(Path(place), encoding) for place in (run.stdout, run.stderr))
        assert "Traceback" not in complaint
        assert len(complaint.splitlines()) == (0 if code in (0, 1) else 1), (run.verb, complaint)
        assert bool(out) == (code in (0, 1, 3, 4)), run.verb
        if out and run.verb[-1] == "--json":
            document = json.loads(out)
            if run.verb[:2] == ("payment", "1"):
                assert document["purpose"] == PURPOSE


@pytest.mark.parametrize(("out", "err"), [(FULL, ""), (GONE, ""), (CLOSED, CLOSED), (FULL, FULL)])
def test_a_place_that_takes_nothing_is_no_defect(
    environment: dict[str, str], tmp_path: Path, out: str, err: str
) -> None:
    verbs = {**VERBS, **WITHOUT_JSON}
    told = [tmp_path / f"{at}.err" for at in range(len(verbs))]
    runs = [Run(verb, out, err or str(file)) for verb, file in zip(verbs, told, strict=True)]
    lost = out == FULL
    expected = {verb: 6 if lost and code == 0 else code for verb, code in verbs.items()}
    assert dict(zip((run.verb for run in runs), exit_codes(runs, environment), strict=True)) == expected
    if not err:
        for (verb, code), file in zip(verbs.items(), told, strict=True):
            lines = decoded(file, "utf-8").splitlines()
            assert len(lines) == (1 if lost or code not in (0, 1) else 0), (verb, lines)


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&- <&-", "> /dev/full", "2> /dev/full", "| true"])
def test_a_shell_says_the_same(shop: Shells, environment: dict[str, str], redirection: str) -> None:
    """What a fork plays above is what a real start meets: nothing of ours gets the number of a closed stream."""
    verb = [part for part in shop.command("payments", "--json") if part not in ("--home", str(shop.home))]
    before = (shop.home / "ledger.sqlite3").read_bytes()[:16]
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f'"$@" {redirection}', "bash", *verb],
        env={**environment, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == (6 if redirection.startswith("> /dev/full") else 0), done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr
    assert (shop.home / "ledger.sqlite3").read_bytes()[:16] == before


ANEW = (
    "payments",
    "payment",
    "cancel",
    "renew",
    "settle",
    "refund",
    "rebuild",
    "keys",
    "config",
    "statement",
    "doctor",
)


def test_a_verb_needs_nothing_that_the_forked_ones_find_loaded(shop: Shells, environment: dict[str, str]) -> None:
    """The first call of every verb that test_four_shells does not start."""
    for name in ANEW:
        verb, code = next((verb, code) for verb, code in VERBS.items() if verb[0] == name)
        done = subprocess.run(shop.command(*verb), env=environment, capture_output=True, timeout=60, check=False)
        assert (done.returncode, b"Traceback" in done.stderr) == (code, False), (verb, done.stderr)


def wait_until_healthy(process: subprocess.Popen[bytes], port: int) -> None:
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False, timeout=5).json() == {"ok": True}:
                return
        except httpx.HTTPError:
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"ended with {process.returncode}") from None


def opened(place: str) -> IO[bytes]:
    if place == GONE:
        reading, writing = os.pipe()
        os.close(reading)
        return os.fdopen(writing, "wb")
    return open(place, "wb")  # noqa: PTH123 - handed to a child


@pytest.mark.parametrize("verb", ["listen", "simulator"])
def test_a_server_serves_whatever_its_terminal_is(tmp_path: Path, environment: dict[str, str], verb: str) -> None:
    running: list[tuple[subprocess.Popen[bytes], int]] = []
    try:
        for at, place in enumerate(PLACES):
            shells, port = Shells(tmp_path / f"home{at}", tmp_path / f"operator{at}"), free_port()
            folder = ("--dir", str(shells.operator_dir)) if verb == "simulator" else ()
            command = shells.command(verb, "--port", str(port), *folder)
            running.append((start_on(place, command, environment), port))
        for process, port in running:
            wait_until_healthy(process, port)
            process.send_signal(signal.SIGTERM)
        assert [process.wait(20) for process, _ in running] == [0] * len(PLACES)
    finally:
        for process, _ in running:
            process.kill()
            process.wait(20)


def start_on(place: str, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    if place == CLOSED:
        return subprocess.Popen(["bash", "-c", 'exec "$@" >&- 2>&- <&-', "bash", *command], env=environment)
    with opened(place) as stream:
        return subprocess.Popen(command, env=environment, stdout=stream, stderr=stream)
