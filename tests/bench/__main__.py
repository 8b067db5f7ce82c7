"""Run every row of tests/bench/bench_*.py and print `promise | measured | ok`. Exit code 1 if a promise is broken."""

import importlib
import sys
from pathlib import Path

from tests.bench.harness import ROWS

MARKS = {True: "yes", False: "NO", None: "-"}


def main() -> int:
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        importlib.import_module(f"tests.bench.{path.stem}")
    broken = 0
    sys.stdout.write(f"{'#':<4} | {'promise':<48} | {'measured':<32} | ok\n")
    for number, measure in ROWS:
        result = measure()
        broken += result.ok is False
        sys.stdout.write(f"{number:<4} | {result.promise:<48} | {result.measured:<32} | {MARKS[result.ok]}\n")
        sys.stdout.flush()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
