"""The verb export on a home: what is in the files, and what is left where it fails."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from app.bootstrap import open_home, open_home_ledger
from app.bootstrap.export import ExportOrder, export_payments
from app.cli import paydesk
from app.i18n.texts import Texts
from app.services.export.columns import COLUMNS
from app.services.export.control_totals import ControlTotals
from app.services.export.xlsx_file import write_xlsx
from app.services.ports.ledger import PaymentFilter
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.contracts.sales import receive, refund, sell
from tests.hostile import hostile

ROOT = Path(__file__).parents[2]
RICH = "<r>not mark-up</r>"
STARTS = ("=1+1", "+1", "-1", "@x", "\tx", "\rx", 'a;"b"', RICH, "Кава")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"

    def write(tx: LedgerTransaction) -> None:
        tx.set_mode("live")
        for place, purpose in enumerate((*STARTS, hostile(Path("x")))):
            sell(tx, f"{place}", after_s=place, purpose=purpose, phone="380501234567", amount_minor=125_000 + place)
        receive(tx, "8", sum_minor=125_008)
        receive(tx, "7", sum_minor=125_007)
        refund(tx, "7", 7, "done")

    async def fill() -> None:
        async with open_home_ledger(open_home(str(folder), lambda code: None)) as access:
            await access.ledger.write(write)

    asyncio.run(fill())
    return folder


def verb(home: Path, *words: str) -> Result:
    return CliRunner().invoke(paydesk, ["--home", str(home), *words], standalone_mode=False)


def exported(home: Path, kind: str, out: Path, *words: str) -> dict[str, Any]:
    done = verb(home, "export", "--format", kind, "--out", str(out), "--json", *words)
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def listed(home: Path, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(verb(home, "payments", "--json", "--limit", "0", *words).stdout)
    return found


def minor(text: str) -> int:
    whole, kopecks = text.split(",")
    return int(whole) * 100 + int(kopecks)


def test_a_csv_is_what_a_local_excel_reads(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = exported(home, "csv", out)
    content = out.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfTime;Number;Purpose;Sum;Received;Refunded;Status;Confirmed by;")
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert content.count(b"\r\n") >= len(rows) + 1
    payments = listed(home)
    assert [int(row[1]) for row in rows] == [payment["number"] for payment in payments]
    for row, payment in zip(rows, payments, strict=True):
        purpose = payment["purpose"]
        assert row[2] == (f"'{purpose}" if purpose[0] in "=+-@\t\r" else purpose)
        assert [minor(cell) for cell in row[3:6]] == [
            payment["amount_minor"], payment["received_minor"], payment["refunded_minor"],
        ]  # fmt: skip
    assert rows[-1][0] == "2026-11-21 12:15:00"
    assert rows[-1][header.index("Phone")] == "380501234567"
    assert done == {
        "file": str(out),
        "count": len(payments),
        "received_minor": sum(payment["received_minor"] for payment in payments),
        "refunded_minor": sum(payment["refunded_minor"] for payment in payments),
        "bytes": len(content),
    }
    assert out.stat().st_mode & 0o777 == 0o600


def test_json_is_the_list_of_payments(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    for words in ((), ("--status", "paid"), ("--search", "nothing like this")):
        exported(home, "json", out, *words)
        assert json.loads(out.read_bytes()) == listed(home, *words)


def test_an_xlsx_has_typed_cells_and_its_totals(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    done = exported(home, "xlsx", out)
    book = openpyxl.load_workbook(out)
    header, *rows = book.worksheets[0].iter_rows()
    payments = listed(home)
    assert [cell.value for cell in header][:4] == ["Time", "Number", "Purpose", "Sum"]
    assert rows[-1][0].value == datetime(2026, 11, 21, 12, 15, tzinfo=UTC).replace(tzinfo=None)
    assert [row[3].value for row in rows] == [payment["amount_minor"] / 100 for payment in payments]
    assert {row[2].data_type for row in rows} <= {"s", "inlineStr"}
    assert {row[11].value for row in rows} == {"380501234567"}
    purposes = {row[1].value: row[2].value for row in rows}
    assert [purposes[number] for number in (1, 8, 9)] == ["=1+1", RICH, "Кава"]
    totals = {row[0]: row[1:] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert totals["Payments"] == (None, done["count"])
    assert totals["Received"] == ("yes", done["received_minor"] / 100)
    assert totals["Phone"] == ("no", None)


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path: Path) -> None:
    with (tmp_path / "out.xlsx").open("wb") as file:
        rows = [[number] for number in range(5)]
        write_xlsx(file, Texts("uk"), COLUMNS[1:2], rows, ControlTotals(), sheet_rows=2)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    found = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets[:3]]
    assert found == [["Номер", 0, 1], ["Номер", 2, 3], ["Номер", 4]]


def test_columns_are_chosen_and_totals_lie_beside(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = exported(home, "csv", out, "--columns", "number,received", "--totals")
    assert out.read_text("utf-8-sig").splitlines()[0] == "Number;Received"
    beside = (tmp_path / "out.csv.totals.csv").read_text("utf-8-sig")
    received = f"{done['received_minor'] / 100:.2f}".replace(".", ",")
    assert f"Received;yes;{received}\n" in beside.replace("\r\n", "\n")


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_a_file_that_cannot_be_written_is_told_and_the_old_one_stays(home: Path, tmp_path: Path, kind: str) -> None:
    for target, code in ((tmp_path / "none" / "out", 6), (home / "ledger.sqlite3", 7), (home / "logs" / "x", 7)):
        before = target.read_bytes() if target.is_file() else None
        done = verb(home, "export", "--format", kind, "--out", str(target), "--json")
        assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (code, "", 1)
        assert (target.read_bytes() if target.is_file() else None) == before
    with pytest.raises(Exception, match="directory"):
        CliRunner().invoke(
            paydesk,
            ["--home", str(home), "export", "--format", kind, "--out", str(tmp_path)],
            standalone_mode=False,
            catch_exceptions=False,
        )


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_a_disk_that_is_full_leaves_the_old_file(home: Path, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    target = folder / "payments"
    target.write_text("old")
    code = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
    assert os.name == "posix"
    limited = f"{code}; resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024)); from app.cli import main; main()"
    command = [sys.executable, "-c", limited, "--home", str(home)]
    words = ["export", "--format", kind, "--out", str(target)]
    done = subprocess.run([*command, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 6, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert target.read_text() == "old"
    assert list(folder.iterdir()) == [target]


def test_a_link_is_followed(home: Path, tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    link.symlink_to(real)
    exported(home, "csv", link)
    assert link.is_symlink()
    assert real.read_bytes().startswith(b"\xef\xbb\xbf")


async def test_who_breaks_off_finds_nothing_half_written(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    target = folder / "payments.csv"
    target.write_text("old")
    written, stopping = threading.Event(), threading.Event()

    def tell(count: int) -> None:
        written.set()
        assert stopping.wait(20)

    async with open_home_ledger(open_home(str(home), lambda code: None)) as access:
        criteria = PaymentFilter(now=access.clock.now(), limit=0)
        order = ExportOrder("csv", criteria, COLUMNS, target)
        running = asyncio.create_task(export_payments(access, order, Texts("uk"), tell), name="export")
        assert await asyncio.to_thread(written.wait, 20)
        assert len(list(folder.iterdir())) == 2
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        stopping.set()
    assert target.read_text() == "old"
    assert list(folder.iterdir()) == [target]


def test_the_file_for_support_is_none_of_the_homes_own_either(home: Path) -> None:
    before = (home / "ledger.sqlite3").read_bytes()
    assert verb(home, "doctor", "--diagnostics", str(home / "ledger.sqlite3")).exit_code == 7
    assert (home / "ledger.sqlite3").read_bytes()[:16] == before[:16]
