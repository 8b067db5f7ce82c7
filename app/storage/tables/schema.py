"""Brings a database file to the newest schema. Alembic is imported only when the schema is behind.

To add a revision: 1. write `migrations/versions/NNNN_name.py`; 2. add its number to REVISIONS; 3. test it with data.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from app.domain.errors import StorageDamaged, StorageNewer
from app.storage.engine import (
    connect_inspector,
    connect_writer,
    create_private,
    file_errors,
    retry_while_locked,
    storage_errors,
)
from app.storage.transaction import mode_of
from app.system import take_owner

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
HEAD = REVISIONS[-1]
LEDGER_GONE = "ledger_gone"
"""The reason of StorageDamaged that has its own sentence."""
SMALLEST = 100  # SQLite's header
WAL_HEAD = 32
WAL_MAGIC = frozenset(bytes.fromhex(magic + "002de218") for magic in ("377f0682", "377f0683"))
"""How a WAL begins: one of two magic numbers, and the version 3007000."""


def upgrade_schema(
    path: Path, backup_dir: Path | None = None, max_pages: int | None = None, *, ledger_expected: bool = False
) -> None:
    """Make or upgrade the file; with `ledger_expected` nothing new is made.

    Raises StorageNewer, StorageDamaged, and raw errors of SQLite and the file system.
    """
    refuse_unusable(path, ledger_expected=ledger_expected)
    create_private(path)
    with closing(connect_writer(path, max_pages)) as connection:
        if _revision(connection) == HEAD:
            return
        if _has_tables(connection):
            _back_up(connection, path, backup_dir or path.parent)
        from app.storage.tables.upgrade import upgrade

        upgrade(connection, HEAD, lambda: _revision(connection) == HEAD, is_newest=REVISIONS[-1] == HEAD)


def refuse_unusable(path: Path, *, ledger_expected: bool = False) -> None:
    """Check the existing files before anything may write to them. Raises StorageDamaged, StorageNewer.

    `ledger_expected`: the home has had a ledger; a missing or empty file, or one without tables, is refused.
    Find that out before this reads the file: another process may be making the first ledger.
    """
    wal = path.with_name(path.name + "-wal")
    if not path.exists() or path.stat().st_size == 0:
        if ledger_expected:
            raise StorageDamaged(reason=LEDGER_GONE)
        if wal.exists() and wal.stat().st_size > 0:  # SQLite would start a new file and delete it
            raise StorageDamaged(reason="the data file is empty or gone, its WAL is not")
        return
    if path.is_file() and path.stat().st_size < SMALLEST:  # SQLite takes a file of one byte for an empty one
        path.read_bytes()  # one that may not be read is another error
        raise StorageDamaged(reason=LEDGER_GONE if ledger_expected else "not a ledger of ours")
    head = _head(wal)
    if len(head) == WAL_HEAD and any(head) and head[:8] not in WAL_MAGIC:  # SQLite would overwrite it silently
        raise StorageDamaged(reason="the WAL is none")
    if path.is_file():
        with closing(connect_inspector(path)) as connection:
            if _revision(connection) is None and ledger_expected:
                raise StorageDamaged(reason=LEDGER_GONE)


def mode_of_file(path: Path) -> str | None:
    """Return the mode of a ledger without opening it for work: `demo`, `live`, None where there is no payment yet.

    No file is made or changed; where the ledger has a WAL SQLite may add its index. Raises StorageError leaves.
    """
    with storage_errors(), file_errors():
        wal = path.with_name(path.name + "-wal")
        has_wal = wal.exists() and wal.stat().st_size > 0
        if not path.exists() or path.stat().st_size == 0:
            if has_wal:
                raise StorageDamaged(reason="the data file is empty or gone, its WAL is not")
            return None
        with closing(connect_inspector(path, alone=not has_wal)) as connection:
            return None if _revision(connection) is None else mode_of(connection)


def _head(wal: Path) -> bytes:
    try:
        with wal.open("rb") as file:
            return file.read(WAL_HEAD)
    except FileNotFoundError:
        return b""


def _has_tables(connection: sqlite3.Connection) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' LIMIT 1").fetchone()
    return found is not None


def _revision(connection: sqlite3.Connection) -> str | None:
    """Return the schema's revision, None for a new file or one from before the first revision."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    if known is None:
        if _has_tables(connection):
            raise StorageDamaged(reason="not a ledger of ours")
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        return None
    revision = str(row[0])
    if revision not in REVISIONS:
        raise StorageNewer(revision=revision, known=HEAD)
    return revision


def _back_up(connection: sqlite3.Connection, path: Path, folder: Path) -> None:
    # VACUUM INTO takes one snapshot; a stepped backup never ends while others write.
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
        take_owner(folder, folder.parent)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    target = folder / f"{path.stem}-before-{HEAD}-{stamp}{path.suffix}"
    create_private(target)  # VACUUM INTO accepts an empty file and keeps its mode
    try:
        retry_while_locked(lambda: connection.execute("VACUUM INTO ?", (str(target),)))
    except BaseException:
        target.unlink(missing_ok=True)  # half a copy must not be taken for one later
        raise
