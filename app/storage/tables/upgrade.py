"""Runs the missing revisions with Alembic, and compares the result with the models of `rows.py`.

Imported only when a ledger's schema is behind: with it come Alembic, SQLAlchemy and SQLModel.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from app.domain.errors import Defect, StorageDamaged
from app.storage.engine import retry_while_locked
from app.storage.projection import fill
from app.storage.tables import rows

_MIGRATIONS = Path(__file__).parents[1] / "migrations"


def upgrade(connection: sqlite3.Connection, head: str, is_done: Callable[[], bool], *, is_newest: bool) -> None:
    """Run the revisions up to `head` in one transaction; blocking. The models are those of the newest revision.

    It locks out a process that starts at the same time: `is_done` says whether that one has finished first. Raises
    StorageDamaged, Defect where models and schema differ, raw errors of SQLite; nothing is changed then.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with _driver_errors(), migration_engine(connection).begin() as transaction:
        if is_done():
            return
        config.attributes["connection"] = transaction
        command.upgrade(config, head)
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise StorageDamaged(reason="rows without their parents")
        if is_newest:
            _require_models(connection)
            fill(connection)


def migration_engine(connection: sqlite3.Connection) -> Engine:
    """Return an engine on one writing connection whose transaction locks out every other writer."""
    # hide_parameters: SQLAlchemy's errors would quote e-mails and phones, and errors are logged
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def begin(_: Connection) -> None:
        retry_while_locked(lambda: connection.execute("BEGIN IMMEDIATE"))

    return engine


def _require_models(connection: sqlite3.Connection) -> None:
    """Raise Defect for a table or column that the models declare and the revisions did not make.

    The program's statements are written against the models: it must not run on anything less.
    """
    for table in rows.tables():
        made = {row[1] for row in connection.execute(f"PRAGMA table_info({table.name})").fetchall()}
        missing = [column.name for column in table.columns if column.name not in made]
        if missing:
            raise Defect(reason=f"the revisions did not make {table.name}: {', '.join(missing)}")


@contextmanager
def _driver_errors() -> Iterator[None]:
    """Raise the driver's own error instead of SQLAlchemy's, which wraps it."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from error
        raise
