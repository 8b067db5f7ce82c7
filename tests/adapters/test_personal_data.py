"""No e-mail or phone of a customer reaches the log, whatever fails while processing it."""

from __future__ import annotations

import ast
import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import StatementError

import app
from app.logs import LOG_NAME, set_up_logging, stop_logging
from app.services.ports.ledger import PaymentFilter
from app.storage.engine import connect_writer
from app.storage.ledger import open_ledger
from app.storage.tables.upgrade import migration_engine
from tests.builders import START

EMAIL, PHONE = "olena.shevchenko@example.com", "380671234567"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    names = ("", "sqlalchemy", "alembic", "asyncio")
    levels = {name: logging.getLogger(name).level for name in names}
    set_up_logging(tmp_path / "logs")
    yield tmp_path / "logs" / LOG_NAME
    stop_logging()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


async def test_a_search_that_fails_keeps_what_was_searched_for_to_itself(tmp_path: Path, log: Path) -> None:
    file = tmp_path / "ledger.db"
    ledger = open_ledger(file)
    try:
        with closing(sqlite3.connect(file)) as other:
            other.execute("DROP TABLE contact")
        with pytest.raises(sqlite3.OperationalError) as failed:
            await ledger.payments(PaymentFilter(now=START, search=EMAIL))
        logging.getLogger("app.cli").error("a verb crashed", exc_info=failed.value)
    finally:
        await ledger.close()
    logged = log.read_text("utf-8")
    assert "no such table: contact" in logged
    assert EMAIL not in logged
    assert EMAIL not in str(failed.value)


def test_no_engine_writes_parameters_into_its_errors(tmp_path: Path) -> None:
    open_ledger_file(tmp_path / "ledger.db")
    with closing(connect_writer(tmp_path / "ledger.db")) as connection:
        engine = migration_engine(connection)
        try:
            assert EMAIL not in error_of(engine, "SELECT nothing FROM contact WHERE email = :email")
            assert EMAIL not in error_of(engine, "INSERT INTO contact (phone, phones) VALUES (NULL, :email)")
        finally:
            engine.dispose()


def test_every_engine_of_the_program_is_made_so() -> None:
    """A new engine, such as that of a migration or an export, must not log the parameters again."""
    made = 0
    for path in Path(app.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("create_engine"):
                made += 1
                options = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                assert options.get("hide_parameters") == "True", f"{path}:{node.lineno}"
    assert made


async def test_what_python_itself_says_is_redacted_in_the_log(log: Path) -> None:
    """The repr of a UnicodeEncodeError contains the whole text, and asyncio logs reprs."""

    async def fails() -> None:
        raise UnicodeEncodeError("utf-8", f"{EMAIL} +{PHONE} 0671234567 \udc80", 40, 41, "surrogates not allowed")

    task = asyncio.get_running_loop().create_task(fails(), name="fails")
    with pytest.raises(UnicodeEncodeError) as failed:
        await task
    logging.getLogger("app").error("a task failed: %r", failed.value)
    logged = log.read_text("utf-8")
    assert "UnicodeEncodeError" in logged
    for personal in (EMAIL, "olena", PHONE, "0671234567"):
        assert personal not in logged


def open_ledger_file(path: Path) -> None:
    async def work() -> None:
        await open_ledger(path).close()

    asyncio.run(work())


def error_of(engine: Engine, statement: str) -> str:
    with pytest.raises(StatementError) as failed, engine.connect() as connection:
        connection.execute(text(statement), {"email": EMAIL})
    return str(failed.value)
