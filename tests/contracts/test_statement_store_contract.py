"""The port `StatementStore`: rows of the operator's statement, stored once each, whatever the operator repeats."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.services.ports.statement_store import StatementLine, StatementStore
from app.storage.ledger import open_ledger
from tests.builders import START
from tests.fakes.statements import FakeStatementStore

HOUR = timedelta(hours=1)
LINE = StatementLine(
    amount_minor=12550,
    at=START,
    txn_id="70001",
    uuid="u-1",
    operation_type="10005",
    status=10,
    purpose="Кава",
    raw=(("Wallet", "UAH123"), ("Fee", "25")),
)
RETURNED = StatementLine(amount_minor=-500, at=START + HOUR)
TIMELESS = StatementLine(amount_minor=7)


@pytest.fixture(params=["in memory", "on a file"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[StatementStore]:
    if request.param == "in memory":
        yield FakeStatementStore()
        return
    ledger = open_ledger(tmp_path / "ledger.db")
    yield ledger.statement_store()
    await ledger.close()


async def test_rows_come_back_as_they_were_the_oldest_first(store: StatementStore) -> None:
    assert await store.keep([RETURNED, LINE], START, START + HOUR) == 2
    kept = await store.kept(START, START + HOUR)
    assert [row.line for row in kept] == [LINE, RETURNED]
    assert {(row.first_seen_at, row.last_seen_at) for row in kept} == {(START + HOUR, START + HOUR)}


async def test_a_row_that_is_shown_again_stays_one(store: StatementStore) -> None:
    await store.keep([LINE], START, START + HOUR)
    assert await store.keep([LINE, RETURNED], START, START + 2 * HOUR) == 1
    kept = await store.kept(START, START + HOUR)
    assert [(row.first_seen_at, row.last_seen_at) for row in kept] == [
        (START + HOUR, START + 2 * HOUR),
        (START + 2 * HOUR, START + 2 * HOUR),
    ]


async def test_equal_rows_of_one_statement_are_so_many_rows(store: StatementStore) -> None:
    """Two customers may pay the same sum in the same second; without an id only the count distinguishes them."""
    bare = StatementLine(amount_minor=100, at=START)
    assert await store.keep([bare, bare], START, START) == 2
    assert await store.keep([bare, bare, bare], START, START) == 1
    assert len(await store.kept(START, START)) == 3


async def test_a_row_that_changed_is_another_row(store: StatementStore) -> None:
    await store.keep([LINE], START, START)
    await store.keep([replace(LINE, status=20)], START, START + HOUR)
    assert {row.line.status for row in await store.kept(START, START)} == {10, 20}


async def test_the_period_is_inclusive_and_a_row_without_time_stands_at_its_start(store: StatementStore) -> None:
    await store.keep([TIMELESS, LINE, RETURNED], START - HOUR, START)
    assert [row.line for row in await store.kept(START - HOUR, START)] == [TIMELESS, LINE]
    assert [row.line for row in await store.kept(START + HOUR, START + HOUR)] == [RETURNED]
    assert await store.kept(START + 2 * HOUR, START + 3 * HOUR) == []


async def test_a_long_statement_is_kept_whole(store: StatementStore) -> None:
    lines = [StatementLine(amount_minor=number, at=START) for number in range(1, 1202)]
    assert await store.keep(lines, START, START) == 1201
    assert sum(row.line.amount_minor for row in await store.kept(START, START)) == 1201 * 1202 // 2


async def test_a_row_holds_no_card_number(store: StatementStore) -> None:
    card, mask = "4111/1111/1111/1111", "411111******1111"
    full_row = replace(
        LINE, txn_id="5555555555554444", purpose=card, operation_type=card, raw=(("note", card), (card, "1"))
    )
    await store.keep([full_row], START, START)
    (kept,) = await store.kept(START, START)
    assert kept.line == replace(full_row, purpose=mask, operation_type=mask, raw=(("note", mask), (mask, "1")))
