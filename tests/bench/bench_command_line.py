"""The start time of the command line; a heavy import shows in the numbers at once."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from app.bootstrap import open_home, open_home_ledger
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.bench.harness import Row, median_ms, row
from tests.contracts.sales import receive, sell

ROOT = Path(__file__).parents[2]
PAYMENTS = 1_000
LIMIT_S = 0.35


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


async def _fill(folder: str) -> None:
    def write(tx: LedgerTransaction) -> None:
        tx.set_mode("live")
        for place in range(PAYMENTS):
            sell(tx, f"{place:04}", after_s=place, phone="380501234567", purpose="Кава")
            if place % 2:
                receive(tx, f"{place:04}", after_s=place + 60)

    async with open_home_ledger(open_home(folder, lambda code: None)) as access:
        await access.ledger.write(write)


@row("S13")
def verbs_that_read() -> Row:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_fill(folder))
        bare = median_ms(lambda: _run("-c", "pass"))
        verbs = {"payments": ("payments", "--json"), "payment": ("payment", "500", "--json")}
        taken = {
            name: median_ms(lambda verb=verb: _run("-m", "app", "--home", folder, *verb))
            for name, verb in verbs.items()
        }
    measured = ", ".join(f"{name} {ms:.0f} ms" for name, ms in taken.items())
    worst = max(taken.values())
    return Row(
        f"a verb that reads, {PAYMENTS} payments <= {LIMIT_S} s",
        f"{measured}; python {bare:.0f}",
        worst <= LIMIT_S * 1000,
    )
