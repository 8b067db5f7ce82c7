"""The ledger of years that measurements use: a home as any other, with everything that can happen to a payment."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_doctor, open_home, open_home_ledger
from app.domain.journal.events import FACTS, CallbackReceived
from app.domain.operator_codes import CallbackCommand
from app.domain.payment import Attention, ConfirmedBy, PaymentFlag, PaymentStatus, RefundStatus
from app.services.ports.ledger import PaymentFilter
from tests.bench.bench_history import LARGE_TOTALS, LIMITS_MS, PLACES, SORT, TOTALS, measure
from tests.bench.make_ledger import Made, main, make_home

UNTIL = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
PAYMENTS = 400
OF_NO_PAYMENT = {"day_closed"}
"""Facts of the shop itself are not in it."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Made]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAYDESK_KEYRING", "off")
        folder = tmp_path_factory.mktemp("years") / "home"
        yield folder, make_home(PAYMENTS, folder, until=UNTIL)


def journal_of(folder: Path) -> list[Any]:
    with closing(sqlite3.connect(folder / "ledger.sqlite3")) as connection:
        rows = connection.execute("SELECT * FROM event ORDER BY seq").fetchall()
        return [*rows, *connection.execute("SELECT * FROM contact ORDER BY id").fetchall()]


async def test_its_projection_is_the_fold_of_its_journal(made: tuple[Path, Made]) -> None:
    async with open_home_ledger(open_home(str(made[0]), lambda code: None)) as opened:
        assert await opened.ledger.rebuild(write=False) == []
        assert await opened.ledger.mode() == "demo"
        assert (await opened.ledger.totals(PaymentFilter(UNTIL))).count == PAYMENTS == made[1].payments
        assert await opened.ledger.last_seq() == made[1].entries


async def test_everything_that_can_happen_is_in_it(made: tuple[Path, Made]) -> None:
    async with open_home_ledger(open_home(str(made[0]), lambda code: None)) as opened:
        ledger = opened.ledger
        entries = await ledger.tail(0, 100_000)
        payments = [view.payment for view in await ledger.payments(PaymentFilter(UNTIL, limit=0))]
        words = (*PaymentStatus, *PaymentFlag)
        shown = [word for word in words if await ledger.payments(PaymentFilter(UNTIL, status=word))]
    assert {entry.fact.type for entry in entries} == set(FACTS) - OF_NO_PAYMENT
    commands = {entry.fact.command for entry in entries if isinstance(entry.fact, CallbackReceived)}
    assert commands > set(CallbackCommand)
    assert any(entry.repeats for entry in entries)
    assert shown == [*words]
    causes = {
        cause.partition(":")[0]
        for entry in entries
        if entry.fact.type == "payment_settled"
        for cause in getattr(entry.fact, "causes", ())
    }
    assert causes | {code for payment in payments for code in payment.attention} == set(Attention)
    assert any(payment.attention for payment in payments)
    assert {payment.confirmed_by for payment in payments} == {*ConfirmedBy, None} - {ConfirmedBy.UNSIGNED_CALLBACK}
    assert {refund.status for payment in payments for refund in payment.refunds} == set(RefundStatus)
    assert max(len(payment.links) for payment in payments) == 2
    assert len({payment.created_by for payment in payments}) > 5


async def test_time_goes_forward_in_it_over_years(made: tuple[Path, Made]) -> None:
    async with open_home_ledger(open_home(str(made[0]), lambda code: None)) as opened:
        moments = [entry.at for entry in await opened.ledger.tail(0, 100_000)]
        payments = [view.payment for view in await opened.ledger.payments(PaymentFilter(UNTIL, limit=0))]
    assert moments == sorted(moments)
    assert (moments[-1] - moments[0]).days > 3 * 365
    assert moments[-1] <= UNTIL
    assert [payment.number for payment in payments] == list(range(PAYMENTS, 0, -1))


async def test_the_checkup_finds_it_in_order(made: tuple[Path, Made]) -> None:
    async with open_doctor(open_home(str(made[0]), lambda code: None)) as doctor:
        found = {result.check: result.code for result in await doctor.run_checks()}
    assert found["ledger"] == "ledger_ok"


async def test_the_next_payment_gets_the_next_number(made: tuple[Path, Made], tmp_path: Path) -> None:
    copy = shutil.copytree(made[0], tmp_path / "home")
    async with open_home_ledger(open_home(str(copy), lambda code: None)) as opened:
        assert await opened.ledger.write(lambda tx: tx.next_number()) == PAYMENTS + 1


def test_the_same_seed_makes_the_same_ledger_another_one_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        make_home(60, tmp_path / name, seed=seed, until=UNTIL)
    assert journal_of(tmp_path / "a") == journal_of(tmp_path / "b")
    assert journal_of(tmp_path / "a") != journal_of(tmp_path / "c")


@pytest.mark.parametrize("payments", [1, 2, 25])
async def test_a_small_one_is_one_as_well(tmp_path: Path, payments: int) -> None:
    await asyncio.to_thread(make_home, payments, tmp_path, until=UNTIL)
    async with open_home_ledger(open_home(str(tmp_path), lambda code: None)) as opened:
        assert len(await opened.ledger.payments(PaymentFilter(UNTIL, limit=0))) == payments
        assert await opened.ledger.rebuild(write=False) == []


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "many", "", "10000001", "１"])
def test_a_wrong_number_is_refused_in_one_line(number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--", number, str(tmp_path / "new")]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "1 to 10,000,000" in said.err
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_something_is_refused_and_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("kept")
    for folder in (tmp_path, tmp_path / "mine"):
        assert main(["10", str(folder)]) == 2
        assert capsys.readouterr().err == f"make_ledger: {folder} is not an empty folder\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["10", str(tmp_path / "file" / "home")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("until", ["soon", "2026-11-25T12:00", "0001-01-01T00:00Z", "9999-12-31T23:59Z"])
def test_a_time_without_a_meaning_is_refused(until: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["10", str(tmp_path), "--until", until]) == 2
    assert until in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_was_made_is_said_in_the_last_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["10", str(tmp_path), "--until", "2026-11-25T12:00Z"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    size = (tmp_path / "ledger.sqlite3").stat().st_size
    assert last.startswith("10 payments, ")
    assert last.endswith(f" s, {size:,} bytes")


async def test_the_reads_of_the_history_are_measured_on_it(made: tuple[Path, Made]) -> None:
    measured = await measure(made[0], most_runs=1)
    assert {case.kind for case in measured.cases} == set(LIMITS_MS) - {LARGE_TOTALS}
    assert {case.kind for case in measured.cases if not case.taken} <= {PLACES, SORT}
    found = {case.name.partition(":")[0]: case.matches for case in measured.cases if case.kind == TOTALS}
    assert found["all time"] == PAYMENTS
    assert found["nothing"] == 0
    texts = ("a number", "a phone", "an e-mail", "an order", "an operation", "the end of a card", "a part of a phone")
    assert all(found[name] for name in texts)
