"""What the world does to the file: full, locked, read-only, damaged. Each has its own error, and passes."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.errors import StorageDamaged, StorageError, StorageFull, StorageLocked, StorageReadOnly
from app.services.ports import LedgerTransaction
from app.storage.engine import storage_errors
from app.storage.ledger import open_ledger
from app.storage.schema import bring_up_to_date


def _number(tx: LedgerTransaction) -> int:
    return tx.next_number()


async def test_a_full_disk_refuses_the_group_and_the_ledger_goes_on(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db", max_pages=60)
    try:
        large = "x" * 1_000_000
        full = ledger.write(lambda tx: tx.remember_contact(large, None))
        results = await asyncio.gather(full, ledger.write(_number), return_exceptions=True)
        assert isinstance(results[0], StorageFull)
        assert results[0].retryable
        assert await ledger.write(_number) in (1, 2)
    finally:
        await ledger.close()


async def test_another_writer_that_holds_the_lock_is_waited_for_then_reported(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db", lock_timeout_s=0.05)
    try:
        with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageLocked):
                await ledger.write(_number)
            assert await ledger.last_seq() == 0  # readers never wait for a writer
            other.execute("ROLLBACK")
            assert await ledger.write(_number) == 1
    finally:
        await ledger.close()


async def test_a_short_lock_is_not_noticed(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db")
    try:
        with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            waiting = asyncio.ensure_future(ledger.write(_number))
            await ledger.last_seq()
            other.execute("ROLLBACK")
            assert await waiting == 1
    finally:
        await ledger.close()


async def test_a_closed_ledger_refuses(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db")
    await ledger.close()
    for refused in (ledger.write(_number), ledger.last_seq(), ledger.data_version()):
        with pytest.raises(StorageError):
            await refused


@pytest.mark.parametrize("content", [b"garbage that is no database" * 200, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(StorageDamaged):
        open_ledger(path)
    assert path.read_bytes() == content


def test_a_place_that_cannot_hold_a_file_is_read_only(tmp_path: Path) -> None:
    # The administrator passes over permissions, so a file in the place of the folder stands for a folder without them.
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "ledger.db", tmp_path / "missing" / "ledger.db"):
        with pytest.raises(StorageReadOnly):
            open_ledger(path)


def test_a_medium_that_refuses_writing_is_read_only(tmp_path: Path) -> None:
    # What a read-only disk answers, to the administrator too.
    path = tmp_path / "ledger.db"
    bring_up_to_date(path)
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection,
        pytest.raises(StorageReadOnly),
        storage_errors(),
    ):
        connection.execute("INSERT INTO meta VALUES ('mode', 'demo')")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind the administrator")
def test_a_file_without_the_right_to_write_is_read_only(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"")
    path.chmod(0o400)
    with pytest.raises(StorageReadOnly):
        open_ledger(path)


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
async def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db")
    try:
        await ledger.write(_number)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("ledger.db*")}
        assert modes == dict.fromkeys(("ledger.db", "ledger.db-wal", "ledger.db-shm"), 0o600)
    finally:
        await ledger.close()
