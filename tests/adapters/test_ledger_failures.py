"""Failures of the ledger file: disk full, locked, read-only, damaged. Each has its own error and is recoverable."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from app.domain.errors import (
    StorageDamaged,
    StorageError,
    StorageFull,
    StorageLocked,
    StorageNewer,
    StorageReadOnly,
)
from app.services.ports.ledger_transaction import LedgerTransaction
from app.storage.engine import storage_errors
from app.storage.integrity.check import CheckStopped, find_corruption
from app.storage.ledger import open_ledger
from app.storage.tables.schema import upgrade_schema
from tests.builders import START
from tests.contracts.sales import payment_of, sell

NOBODY = 65534


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
    for refused in (ledger.write(_number), ledger.last_seq()):
        with pytest.raises(StorageError):
            await refused


@pytest.mark.parametrize("content", [b"garbage that is no database" * 200, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_reported_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(StorageDamaged):
        open_ledger(path)
    assert path.read_bytes() == content


async def test_what_the_last_write_met_is_known_until_one_goes_well(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db", lock_timeout_s=0.01)
    try:
        assert ledger.problem is None
        with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StorageLocked):
                await ledger.write(_number)
            assert ledger.problem == "storage_locked"
            other.execute("ROLLBACK")
        await ledger.write(_number)
        assert ledger.problem is None
    finally:
        await ledger.close()


async def used_ledger(folder: Path, sales: int = 60) -> Path:
    """Return the file of a ledger that was used and closed in order: all data is in the one file."""
    path = folder / "ledger.db"
    ledger = open_ledger(path)
    for number in range(sales):
        await ledger.write(lambda tx, number=number: sell(tx, str(number), after_s=number))  # type: ignore[misc]
    await ledger.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert not path.with_name("ledger.db-wal").exists()
    return path


def spoil_page(path: Path, table: str) -> None:
    """Overwrite a table's root page, in the middle of the file, with garbage."""
    with closing(sqlite3.connect(path)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xa5" * size)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"\x00" * 100 + data[100:],
        lambda data: data[:18] + b"\xff\xff" + data[20:],
        lambda data: data[: len(data) // 2],
        lambda data: data[:4096],
        lambda data: data[:50],
        lambda data: data[:100] + b"\xa5" * 3996 + data[4096:],
    ],
    ids=["no header", "another format", "half", "one page", "fifty bytes", "first page"],
)
async def test_damage_that_shows_at_the_start_is_refused_and_left_alone(
    tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    path = await used_ledger(tmp_path)
    damaged = spoil(path.read_bytes())
    path.write_bytes(damaged)
    with pytest.raises(StorageDamaged):
        open_ledger(path)
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("table", ["event", "payment", "ix_event_payment_id"])
async def test_damage_in_the_middle_is_found_by_the_check_and_left_alone(tmp_path: Path, table: str) -> None:
    path = await used_ledger(tmp_path)
    assert find_corruption(path, START, Event()) is None
    spoil_page(path, table)
    before = path.read_bytes()
    ledger = open_ledger(path)  # reading a large file for four seconds would delay the start
    try:
        assert find_corruption(path, START, Event())
        if table == "event":
            with pytest.raises(StorageDamaged):
                await ledger.tail(0)
    finally:
        await ledger.close()
    assert path.read_bytes() == before


async def test_the_check_compares_the_newest_payments_with_their_journal(tmp_path: Path) -> None:
    path = await used_ledger(tmp_path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE payment SET received_minor = 1 WHERE id = ?", (payment_of("59"),))
        other.commit()
    doubt = find_corruption(path, START, Event())
    assert doubt is not None
    assert "payment 60" in doubt
    assert find_corruption(path, START + timedelta(days=2), Event()) is None
    stop = Event()
    stop.set()
    with pytest.raises(CheckStopped):
        find_corruption(path, START, stop)


async def test_a_wal_of_garbage_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = await used_ledger(tmp_path)
    wal = path.with_name("ledger.db-wal")
    wal.write_bytes(b"\xa5" * 10_000)
    before = path.read_bytes()
    with pytest.raises(StorageDamaged):
        open_ledger(path)
    assert (path.read_bytes(), wal.read_bytes()) == (before, b"\xa5" * 10_000)


@pytest.mark.parametrize("left", [b"", None])
async def test_a_wal_without_its_file_is_not_thrown_away(tmp_path: Path, left: bytes | None) -> None:
    source = open_ledger(tmp_path / "ledger.db")
    await source.write(_number)
    copy = tmp_path / "copy"
    copy.mkdir()
    wal = (tmp_path / "ledger.db-wal").read_bytes()
    await source.close()
    (copy / "ledger.db-wal").write_bytes(wal)
    if left is not None:
        (copy / "ledger.db").write_bytes(left)
    with pytest.raises(StorageDamaged):
        open_ledger(copy / "ledger.db")
    assert (copy / "ledger.db-wal").read_bytes() == wal


async def test_a_wal_that_was_cut_short_gives_what_was_whole(tmp_path: Path) -> None:
    """After a crash every commit is there but the torn one at the end."""
    source = open_ledger(tmp_path / "ledger.db")
    for _ in range(3):
        await source.write(_number)
    copy = tmp_path / "copy"
    copy.mkdir()
    wal = (tmp_path / "ledger.db-wal").read_bytes()
    (copy / "ledger.db").write_bytes((tmp_path / "ledger.db").read_bytes())
    await source.close()
    (copy / "ledger.db-wal").write_bytes(wal[:-100] + b"\xa5" * 3000)
    again = open_ledger(copy / "ledger.db")
    try:
        assert await again.write(_number) == 3
        assert find_corruption(copy / "ledger.db", START, Event()) is None
    finally:
        await again.close()


async def test_a_newer_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = await used_ledger(tmp_path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    before = path.read_bytes()
    with pytest.raises(StorageNewer):
        open_ledger(path)
    assert path.read_bytes() == before


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
        other.commit()
    before = path.read_bytes()
    with pytest.raises(StorageDamaged):
        open_ledger(path)
    assert path.read_bytes() == before  # not even switched to WAL


def test_a_folder_or_a_loop_in_the_place_of_the_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    (tmp_path / "loop.db").symlink_to(tmp_path / "loop.db")
    for name in ("folder.db", "loop.db"):
        with pytest.raises(StorageReadOnly):
            open_ledger(tmp_path / name)


async def test_opening_a_second_time_keeps_the_locks_of_the_first(tmp_path: Path) -> None:
    """Closing any handle on a file drops all locks of the process on it (POSIX): it is opened through SQLite only."""
    first = open_ledger(tmp_path / "ledger.db")
    try:
        upgrade_schema(tmp_path / "ledger.db")
        held = "import fcntl, sys; f = open(sys.argv[1], 'r+b'); fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, "
        program = held + "0x40000002)"
        other = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, str(tmp_path / "ledger.db"), stderr=asyncio.subprocess.DEVNULL
        )
        assert await other.wait() == 1, "no lock of ours was in the way"
    finally:
        await first.close()


def test_a_place_that_cannot_hold_a_file_is_read_only(tmp_path: Path) -> None:
    # Permissions do not bind root, so a file in place of the folder simulates a folder without permissions.
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "ledger.db", tmp_path / "missing" / "ledger.db"):
        with pytest.raises(StorageReadOnly):
            open_ledger(path)


def test_a_medium_that_refuses_writing_is_read_only(tmp_path: Path) -> None:
    # The error of a read-only disk, for root too.
    path = tmp_path / "ledger.db"
    upgrade_schema(path)
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection,
        pytest.raises(StorageReadOnly),
        storage_errors(),
    ):
        connection.execute("INSERT INTO meta VALUES ('mode', 'demo')")


@contextmanager
def ordinary_person() -> Iterator[Path]:
    """Become a user whom permissions bind, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        was = os.geteuid()
        if was == 0:
            os.chown(folder, NOBODY, -1)
            os.seteuid(NOBODY)
        try:
            yield Path(folder)
        finally:
            os.seteuid(was)


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
@pytest.mark.parametrize("mode", [0o400, 0o000])
def test_a_file_without_the_right_to_write_or_to_read_is_read_only(mode: int) -> None:
    with ordinary_person() as folder:
        for content in (b"", b"SQLite format 3\x00"):
            path = folder / f"ledger-{len(content)}.db"
            path.write_bytes(content)
            path.chmod(mode)
            with pytest.raises(StorageReadOnly if mode == 0 or not content else StorageError):
                open_ledger(path)
            assert path.stat().st_size == len(content)


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
async def test_a_folder_that_became_read_only_is_reported(tmp_path: Path) -> None:
    made = open_ledger(tmp_path / "made.db")  # here, where the program's own files can be read
    assert await made.write(_number) == 1
    await made.close()
    content = (tmp_path / "made.db").read_bytes()
    with ordinary_person() as folder:
        (folder / "ledger.db").write_bytes(content)
        folder.chmod(0o555)
        (folder / "ledger.db").chmod(0o444)
        with pytest.raises(StorageReadOnly):
            open_ledger(folder / "ledger.db")
        folder.chmod(0o777)
        (folder / "ledger.db").chmod(0o644)
        again = open_ledger(folder / "ledger.db")
        assert await again.write(_number) == 2
        await again.close()


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
async def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db")
    try:
        await ledger.write(_number)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("ledger.db*")}
        assert modes == dict.fromkeys(("ledger.db", "ledger.db-wal", "ledger.db-shm"), 0o600)
    finally:
        await ledger.close()


async def test_a_row_that_cannot_be_read_holds_no_reader_in_the_past(tmp_path: Path) -> None:
    """A kept exception keeps its frames: a statement left open there would hide every later commit."""
    ledger = open_ledger(tmp_path / "ledger.db")
    try:
        sold = await ledger.write(lambda tx: sell(tx, "a"))
        with closing(sqlite3.connect(tmp_path / "ledger.db")) as other, other:
            other.execute("UPDATE payment SET state = 'of_tomorrow'")
        with pytest.raises(ValueError, match="of_tomorrow") as kept:
            await ledger.payment(sold)
        newest = await ledger.last_seq()
        await ledger.write(lambda tx: sell(tx, "b"))
        seen = [await ledger.last_seq() for _ in range(8)]  # more often than the pool has connections
        assert kept.type is ValueError
        assert min(seen) > newest
    finally:
        await ledger.close()
