"""Schema migrations: the models match what the migrations make, backups come first, newer files are refused.

The upgrade of payments from every older revision is in `test_older_journals.py`.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from app.domain.errors import StorageDamaged, StorageNewer
from app.storage.tables import rows
from app.storage.tables.schema import HEAD, REVISIONS, upgrade_schema


def _execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def _is_a_models_table(name: str | None, kind: str, parents: object) -> bool:
    """Leave out the full-text index: a virtual table and those behind it."""
    return kind != "table" or not (name or "").startswith("payment_words")


def test_models_equal_the_migrated_schema(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    upgrade_schema(path)
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            options = {"compare_type": True, "include_name": _is_a_models_table}
            context = MigrationContext.configure(connection, opts=options)
            assert "event" in {table.name for table in rows.tables()}
            assert compare_metadata(context, SQLModel.metadata) == []
    finally:
        engine.dispose()


def test_every_revision_has_its_file() -> None:
    folder = Path(rows.__file__).parents[1] / "migrations" / "versions"
    numbers = sorted(path.name[:4] for path in folder.glob("[0-9]*.py"))
    assert tuple(numbers) == REVISIONS


def test_an_older_file_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    _execute(
        path,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "CREATE TABLE kept (words TEXT)",
        "INSERT INTO kept VALUES ('so it was')",
    )
    upgrade_schema(path, tmp_path / "backups")
    (copy,) = (tmp_path / "backups").iterdir()
    assert copy.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copy)) as before, closing(sqlite3.connect(path)) as after:
        assert before.execute("SELECT words FROM kept").fetchall() == [("so it was",)]
        assert before.execute("SELECT count(*) FROM sqlite_master WHERE name = 'event'").fetchone() == (0,)
        assert after.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size there")
def test_a_copy_that_does_not_fit_is_not_left_half_done(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    _execute(
        path,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "CREATE TABLE kept (words BLOB)",
        "INSERT INTO kept VALUES (zeroblob(400000))",
    )
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(sqlite3.OperationalError):
            upgrade_schema(path, tmp_path / "backups")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_failed_migration_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    _execute(
        path,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "CREATE TABLE meta (in_the_way TEXT)",  # the last table of the first revision
    )
    with pytest.raises(Exception, match="already exists"):
        upgrade_schema(path, tmp_path / "backups")
    with closing(sqlite3.connect(path)) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert names == {"alembic_version", "meta"}


def test_revisions_that_make_less_than_the_models_declare_are_rolled_back(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from sqlmodel import Field, SQLModel\n"
        "class Later(SQLModel, table=True):\n    __tablename__ = 'later'\n    id: int = Field(primary_key=True)\n"
        "from app.storage.tables.schema import upgrade_schema; upgrade_schema(Path(sys.argv[1]))"
    )
    path = tmp_path / "ledger.db"
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False)
    assert "Defect" in done.stderr.splitlines()[-1]
    assert "later: id" in done.stderr.splitlines()[-1]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    upgrade_schema(path)
    _execute(path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageNewer):
        upgrade_schema(path)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    _execute(path, "CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StorageDamaged):
        upgrade_schema(path)


def test_alembic_is_imported_only_when_the_schema_is_behind(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from app.storage.tables.schema import upgrade_schema; "
        "upgrade_schema(Path(sys.argv[1])); print(*({'alembic', 'sqlalchemy', 'sqlmodel'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "ledger.db")]
    outputs = [subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() for _ in range(2)]
    assert [sorted(words) for words in outputs] == [["alembic", "sqlalchemy", "sqlmodel"], []]
