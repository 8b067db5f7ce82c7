"""How long the command line takes to be there. Nothing is promised; a heavy import shows in the numbers at once."""

import subprocess
import sys
from pathlib import Path

from tests.bench.harness import Row, median_ms, row

ROOT = Path(__file__).parents[2]


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)


@row("-")
def import_of_the_command_line() -> Row:
    bare = median_ms(lambda: _run("-c", "pass"))
    with_cli = median_ms(lambda: _run("-c", "import app.cli"))
    return Row("import app.cli, without the interpreter's start", f"{with_cli - bare:.0f} ms")


@row("-")
def help_of_the_command_line() -> Row:
    return Row("paydesk --help, wall time", f"{median_ms(lambda: _run('-m', 'app', '--help')):.0f} ms")
