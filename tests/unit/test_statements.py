"""Fetching and storing the operator's statement: rows once stored stay; a failed fetch stores nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain.errors import BadValue, OperatorUnreachable
from app.services.history.history import days_period
from app.services.ports.statement_store import Statement, StatementLine
from app.services.statement.statements import Statements
from app.settings.schema import ShopSection
from tests.builders import START
from tests.fakes.clock_and_operator import FakeClock, ScriptedOperator
from tests.fakes.statements import FakeStatementStore

PAID = StatementLine(amount_minor=12550, at=START, txn_id="70001")
BACK = StatementLine(amount_minor=-12550, at=START + timedelta(minutes=1), txn_id="70002")
END = START + timedelta(hours=1)


@pytest.fixture
def operator() -> ScriptedOperator:
    return ScriptedOperator()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def statements(operator: ScriptedOperator, clock: FakeClock) -> Statements:
    return Statements(FakeStatementStore(), operator, clock)


async def test_what_is_fetched_is_kept(statements: Statements, operator: ScriptedOperator) -> None:
    operator.rows = Statement((PAID, BACK), unreadable=3)
    fetched = await statements.fetch(START, END)
    assert ([kept.line for kept in fetched.lines], fetched.new, fetched.unreadable) == ([PAID, BACK], 2, 3)
    assert [kept.line for kept in await statements.kept(START, END)] == [PAID, BACK]


async def test_a_row_that_the_operator_takes_back_stays_and_tells_when_it_was_last_seen(
    statements: Statements, operator: ScriptedOperator, clock: FakeClock
) -> None:
    operator.rows = Statement((PAID, BACK))
    await statements.fetch(START, END)
    clock.pass_time(hours=2)
    operator.rows = Statement((PAID,))
    fetched = await statements.fetch(START, END)
    assert fetched.new == 0
    assert [(kept.line, kept.last_seen_at) for kept in fetched.lines] == [(PAID, clock.now()), (BACK, START)]


async def test_without_an_answer_what_was_kept_stands(statements: Statements, operator: ScriptedOperator) -> None:
    operator.rows = Statement((PAID,))
    await statements.fetch(START, END)
    operator.rows = OperatorUnreachable(host="mapi.xpaydirect.com")
    with pytest.raises(OperatorUnreachable):
        await statements.fetch(START, END)
    assert [kept.line for kept in await statements.kept(START, END)] == [PAID]


def test_days_of_the_shop_are_whole_and_summer_time_is_counted() -> None:
    """The clocks went back on 25 October: that day has 25 hours."""
    start, end = days_period(date(2026, 10, 25), date(2026, 10, 25), ShopSection())
    assert end - start == timedelta(hours=25) - timedelta(seconds=1)


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(BadValue):
        days_period(date(2026, 10, 25), date(2026, 10, 24), ShopSection())


def test_the_ends_of_the_calendar_make_a_period() -> None:
    start, end = days_period(date.min, date.max, ShopSection())
    assert (start.year, end.year) == (1, 9999)
    start, end = days_period(date.max, date.max, ShopSection())
    assert start < end
