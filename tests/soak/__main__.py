"""Run the rows of tests/soak/soak_*.py, all or those named, and print `promise | measured | ok`. Exit 1 if broken.

A file that registers no row is a program with its own output: it is run as such, and its exit code counts.
"""

import importlib
import subprocess
import sys
from pathlib import Path

from app.logs import set_up_logging
from tests.soak.harness import ROWS, Row

PREFIX = "soak_"


def by_itself(name: str) -> Row:
    """Run a file as a separate program."""
    code = subprocess.run([sys.executable, "-m", f"tests.soak.{PREFIX}{name}"], check=False).returncode
    return Row("what the lines above say", f"exit {code}", code == 0)


def main(names: list[str]) -> int:
    known = [path.stem.removeprefix(PREFIX) for path in sorted(Path(__file__).parent.glob(f"{PREFIX}*.py"))]
    unknown = set(names) - set(known)
    if unknown:
        sys.stderr.write(f"no such soak: {', '.join(sorted(unknown))}; there are: {', '.join(known)}\n")
        return 2
    set_up_logging(None)  # the program's log of the failures does not belong in the table
    for name in known:
        importlib.import_module(f"tests.soak.{PREFIX}{name}")
    broken = 0
    for name in names or known:
        rows = [(number, play) for number, owner, play in ROWS if owner == name]
        for number, play in rows or [("-", lambda name=name: by_itself(name))]:
            result = play()
            broken += not result.ok
            mark = "yes" if result.ok else "NO"
            sys.stdout.write(f"{number:<4} | {result.promise} | {result.measured} | {mark}\n")
            sys.stdout.flush()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
