"""The program as people use it: each verb is a separate process."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import change_setting, make_keys, open_home, show_key
from app.domain.errors import KeysExist
from app.storage.tables.schema import upgrade_schema
from tests.forked_verbs import run_verb

ENVIRONMENT = {**os.environ, "PAYDESK_KEYRING": "off", "LANGUAGE": "en", "PYTHONUNBUFFERED": "1"}
WITHOUT_SCREEN = {
    name: value for name, value in ENVIRONMENT.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
}


@dataclass
class Shells:
    """The shells of one shop: its home, the demo operator's folder, and the running processes."""

    home: Path
    operator_dir: Path
    running: list[subprocess.Popen[str]] = field(default_factory=list)
    starts_anew: bool = False
    """Every verb is a new process, as a person starts it."""

    def command(self, *verb: str) -> list[str]:
        return [sys.executable, "-m", "app", "--home", str(self.home), *verb]

    def run(self, *verb: str, code: int = 0) -> str:
        done = self.done(*verb)
        assert done.returncode == code, (verb, done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stdout

    def done(self, *verb: str) -> subprocess.CompletedProcess[str]:
        """Run a verb whatever comes of it; forked, unless these shells start every process anew."""
        if self.starts_anew:
            return subprocess.run(self.command(*verb), env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
        return run_verb(("--home", str(self.home), *verb), ENVIRONMENT)

    def json(self, *verb: str, code: int = 0) -> Any:
        return json.loads(self.run(*verb, "--json", code=code))

    def start(self, *verb: str, before: tuple[str, ...] = ()) -> tuple[subprocess.Popen[str], str]:
        """Start a verb that keeps running; return its process and the address of its `ready` line."""
        process = subprocess.Popen(
            [*before, *self.command(*verb)],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.running.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready http://"), line
        return process, line.split()[1]

    def start_operator(self, *options: str, by_verbs: bool = False) -> str:
        """Start the demo operator and set the home up for it, `by_verbs` or in this process; return its address."""
        _, url = self.start("simulator", "--port", "0", "--dir", str(self.operator_dir), "--speed", "100", *options)
        connect = self.connect_by_verbs if by_verbs else self.connect
        connect(url, self.operator_dir / "operator_public.pem", (self.operator_dir / "token").read_text())
        return url

    def connect(self, url: str, key_file: Path, token: str) -> None:
        """Set the home up for an operator, in this process: most journeys test what comes afterwards.

        The ledger is created, too: creating it doubles the start time of a process, which loads the migrations for it.
        """
        self.make_keys()
        upgrade_schema(self.home / "ledger.sqlite3")
        home = open_home(str(self.home), lambda code: None)
        for key, value in (
            ("operator.url", url),
            ("operator.public_key_file", str(key_file)),
            ("operator.token", token),
        ):
            change_setting(home, key, value)

    def make_keys(self) -> str:
        """Make the home's key pair if it has none, in this process; return the public key as PEM."""
        home = open_home(str(self.home), lambda code: None)
        with suppress(KeysExist):
            make_keys(home)
        return show_key(home)["public_key_pem"]

    def connect_by_verbs(self, url: str, key_file: Path, token: str) -> None:
        """Set the home up for an operator as a person does: each verb is a separate process."""
        if not (self.home / "vault.bin").exists():
            self.run("keys", "make")
        self.run("config", "set", "operator.url", url)
        self.run("config", "set", "operator.public_key_file", str(key_file))
        self.run("config", "set", "operator.token", token)

    def forget_asking(self) -> None:
        """Move the home's inquiry records ten seconds back: an earlier inquiry about a link is not allowed."""
        with closing(sqlite3.connect(self.home / "ledger.sqlite3", timeout=20)) as ledger, ledger:
            ledger.execute("UPDATE inquiry SET asked_at = asked_at - 10000")

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.running:
            process.wait(20)
            if process.stdout:
                process.stdout.close()


@pytest.fixture
def shells(tmp_path: Path) -> Iterator[Shells]:
    shop = Shells(tmp_path / "home", tmp_path / "operator")
    try:
        yield shop
    finally:
        shop.stop()
