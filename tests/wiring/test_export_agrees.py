"""The export agrees with the list and the totals to the kopeck, for any filter; any text that was sold comes back."""

from __future__ import annotations

import asyncio
import csv
import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.payment import PaymentFlag, PaymentStatus
from app.i18n.texts import Texts
from app.services.export.columns import COLUMNS, Kind, row_values
from app.services.export.control_totals import ControlTotals, counted
from app.services.export.csv_file import write_csv
from app.services.ports.ledger import Ledger, PaymentFilter, PaymentScan
from app.services.ports.ledger_transaction import LedgerTransaction
from app.storage.ledger import open_ledger
from tests.builders import START
from tests.contracts.sales import receive, refund, sell

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)
STATUSES = st.sampled_from([None, *PaymentStatus, *PaymentFlag])
SALES = st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 2)), max_size=12)


async def _sold(ledger: Ledger, sales: list[tuple[int, int]]) -> None:
    def write(tx: LedgerTransaction) -> None:
        for place, (amount, what) in enumerate(sales):
            sell(tx, f"{place}", after_s=place, amount_minor=amount)
            if what:
                receive(tx, f"{place}", sum_minor=amount)
            if what == 2:
                refund(tx, f"{place}", amount, "done")

    await ledger.write(write)


def _table(scan: PaymentScan) -> tuple[list[list[str]], ControlTotals]:
    file, totals = io.BytesIO(), ControlTotals()
    rows = map(row_values(COLUMNS, Texts("uk"), UTC), counted(scan.lines(), lambda line: line, totals, lambda n: None))
    write_csv(file, [column.word for column in COLUMNS], COLUMNS, rows)
    text = io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=";"))[1:], totals


def _minor(cell: str) -> int:
    return int(cell.replace(",", ""))


@given(sales=SALES, status=STATUSES, attention=st.booleans())
@settings(max_examples=60, deadline=None)
def test_sums_agree_to_the_kopeck(sales: list[tuple[int, int]], status: PaymentStatus | None, attention: bool) -> None:
    async def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            ledger = open_ledger(Path(folder) / "ledger.db")
            await _sold(ledger, sales)
            criteria = PaymentFilter(now=START, status=status, attention=attention, limit=0)
            rows, counted_totals = await ledger.scan(criteria, _table)
            totals, listed = await ledger.totals(criteria), await ledger.payments(criteria)
            await ledger.close()
        assert [int(row[1]) for row in rows] == [view.payment.number for view in listed]
        assert (len(rows), sum(_minor(row[4]) for row in rows), sum(_minor(row[5]) for row in rows)) == (
            totals.count, totals.received_minor, totals.refunded_minor,
        )  # fmt: skip
        assert counted_totals.received_minor == totals.received_minor
        assert counted_totals.sum_minor == sum(view.payment.amount_minor for view in listed)

    asyncio.run(work())


@given(text=TEXTS)
def test_any_text_comes_back_and_none_begins_like_a_formula(text: str) -> None:
    file = io.BytesIO()
    column = next(column for column in COLUMNS if column.kind is Kind.TEXT)
    write_csv(file, ["x", "y"], (column, column), [[text, "end"]])
    rows = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[1:] == [[f"'{text}" if text[:1] in tuple("=+-@\t\r") else text, "end"]]


def test_a_time_is_the_shops() -> None:
    column = COLUMNS[0]
    file = io.BytesIO()
    moment = datetime(2026, 1, 31, 9, 5, tzinfo=UTC).replace(tzinfo=None)
    write_csv(file, ["t"], (column,), [[moment]])
    assert file.getvalue().splitlines()[1] == b"2026-01-31 09:05:00"
