"""The verbs on a home that `tests.bench.make_ledger` made, itself started as a program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.journeys.conftest import ENVIRONMENT, Shells

ROOT = Path(__file__).parents[2]
PAYMENTS = 60


def test_the_verbs_that_read_open_a_made_ledger(shells: Shells) -> None:
    command = [sys.executable, "-m", "tests.bench.make_ledger", str(PAYMENTS), str(shells.home)]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    entries = int(done.stdout.splitlines()[-1].split(", ")[1].removesuffix(" entries"))
    listed = shells.json("payments", "--limit", "0")
    assert [payment["number"] for payment in listed] == list(range(PAYMENTS, 0, -1))
    shown = shells.json("payment", "1")
    assert (shown["number"], shown["as_of"]) == (1, entries)
    assert shown["events"][0]["type"] == "payment_requested"
    assert shells.run("rebuild", "--check") == "The list of payments agrees with the journal.\n"
    in_order = {check["check"] for check in shells.json("doctor", code=1) if check["ok"]}
    assert {"key_pair", "token", "operator_key", "ledger", "mode"} <= in_order
    assert subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, timeout=60).returncode == 2
