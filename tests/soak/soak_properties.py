"""R2 and every other property of `make test`, with the promised number of examples."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.soak.harness import Row, row

TIMEOUT_S = 1_800
COMMAND = ("pytest", "-n", "auto", "--maxprocesses", "4", "--hypothesis-profile", "soak", "-m", "hypothesis")


@row("R2")
def every_property() -> Row:
    asked = [sys.executable, "-m", *COMMAND, "--timeout", str(TIMEOUT_S)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    passed = re.search(r"(\d+) passed", done.stdout)
    if done.returncode:
        sys.stderr.write(done.stdout)
    measured = f"{passed[1] if passed else 0} properties hold, exit {done.returncode}"
    return Row("any order and repetition: the same; 10,000 examples", measured, done.returncode == 0 and bool(passed))
