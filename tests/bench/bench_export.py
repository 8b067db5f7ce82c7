"""The export of many payments: time and memory of the verb, in a process of its own."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.bench.bench_command_line import PAYMENTS, ROOT, _fill
from tests.bench.harness import Row, row

CSV_ROWS, CSV_LIMIT_S = 1_000_000, 20
XLSX_ROWS, XLSX_LIMIT_S = 100_000, 10
MEMORY_LIMIT_MB = 60
CHANGED = {
    "payment": {"id": "id || '-' || ?1", "number": "number + ?1", "created_at": "created_at + ?1 * 1000"},
    "link": {name: f"{name} || '-' || ?1" for name in ("key", "payment_id", "transaction_id")},
}


def _grow(folder: str, rows: int) -> None:
    """Repeat the home's payments until there are so many; only the projection, which is all that an export reads."""
    asyncio.run(_fill(folder))
    with closing(sqlite3.connect(Path(folder) / "ledger.sqlite3", isolation_level=None)) as ledger:
        ledger.execute("PRAGMA synchronous=OFF")
        ledger.execute("BEGIN")
        for table, changed in CHANGED.items():
            names = [found[1] for found in ledger.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(changed.get(name, name) for name in names)
            ledger.execute(f"CREATE TEMP TABLE first_{table} AS SELECT * FROM {table}")
            for more in range(PAYMENTS, rows, PAYMENTS):
                ledger.execute(f"INSERT INTO {table} SELECT {values} FROM first_{table}", (more,))
        ledger.execute("COMMIT")


def _export(home: str, kind: str) -> tuple[float, float]:
    """Return the wall time in seconds and the process's largest memory in MB."""
    verb = (sys.executable, "-m", "app", "--home", home, "export", "--format", kind, "--out", f"{home}/out.{kind}")
    started = time.perf_counter()
    running = subprocess.Popen((*verb, "--json"), cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    return time.perf_counter() - started, used.ru_maxrss / 1024


def _measured(kind: str, rows: int, limit_s: float) -> Row:
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as small:
        asyncio.run(_fill(small))
        _grow(folder, rows)
        _, before_mb = _export(small, kind)
        taken_s, most_mb = _export(folder, kind)
    return Row(
        f"export, {rows} rows to {kind.upper()} <= {limit_s} s, +60 MB",
        f"{taken_s:.1f} s, +{most_mb - before_mb:.0f} MB",
        taken_s <= limit_s and most_mb - before_mb <= MEMORY_LIMIT_MB,
    )


@row("S11")
def export_to_csv() -> Row:
    return _measured("csv", CSV_ROWS, CSV_LIMIT_S)


@row("S11")
def export_to_xlsx() -> Row:
    return _measured("xlsx", XLSX_ROWS, XLSX_LIMIT_S)
