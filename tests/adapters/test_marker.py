"""The home's marker and the ledger: lost, emptied, truncated or older, the home is never taken for a new one."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.errors import StorageDamaged
from app.settings.home.marker import SIZE, HomeMarker, HomeNotes
from app.settings.home.paths import HomePaths
from app.storage.ledger import open_ledger
from app.storage.tables.schema import LEDGER_GONE
from tests.contracts.sales import sell


@pytest.fixture
def paths(tmp_path: Path) -> HomePaths:
    return HomePaths(tmp_path)


async def sales(paths: HomePaths, *names: str) -> None:
    ledger = open_ledger(paths.ledger_file, marker=HomeMarker(paths))
    for name in names:
        await ledger.write(lambda tx, name=name: sell(tx, name))  # type: ignore[misc]
    await ledger.close()


async def next_number(paths: HomePaths) -> int:
    ledger = open_ledger(paths.ledger_file, marker=HomeMarker(paths))
    try:
        return await ledger.write(lambda tx: tx.next_number())
    finally:
        await ledger.close()


def header_only(path: Path) -> None:
    """Leave what remains when the WAL of a first day is deleted: a database without a table."""
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    assert path.stat().st_size > 0


SPOILED: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "one byte": lambda path: path.write_bytes(b"S"),
    "no tables": header_only,
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "one page": lambda path: path.write_bytes(path.read_bytes()[:4096]),
    "all pages but one": lambda path: path.write_bytes(path.read_bytes()[:-4096]),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
async def test_a_ledger_that_lost_what_it_had_is_refused_and_left_alone(
    paths: HomePaths, spoil: Callable[[Path], object]
) -> None:
    await sales(paths, "a", "b")
    spoil(paths.ledger_file)
    before = paths.ledger_file.read_bytes() if paths.ledger_file.exists() else None
    for _ in range(2):
        with pytest.raises(StorageDamaged):
            open_ledger(paths.ledger_file, marker=HomeMarker(paths))
    assert (paths.ledger_file.read_bytes() if paths.ledger_file.exists() else None) == before


@pytest.mark.parametrize("marker", [b"", b"{", b"[]", b'{"version": 1}', bytes(SIZE), b"\xff" * 7])
async def test_a_damaged_marker_still_tells_of_a_used_home_and_is_made_anew(paths: HomePaths, marker: bytes) -> None:
    await sales(paths, "a", "b")
    content = paths.ledger_file.read_bytes()
    paths.marker_file.write_bytes(marker)
    paths.ledger_file.write_bytes(b"")
    with pytest.raises(StorageDamaged) as refused:
        open_ledger(paths.ledger_file, marker=HomeMarker(paths))
    assert refused.value.details["reason"] == LEDGER_GONE
    paths.ledger_file.write_bytes(content)
    assert await next_number(paths) == 3
    assert HomeMarker(paths).notes() == HomeNotes(last_number=3, operator_url="")


@pytest.mark.parametrize("sign", ["listener.json", "ledger-before-0003-20260101T000000.sqlite3"])
def test_without_a_marker_what_only_a_used_home_holds_is_a_sign(paths: HomePaths, sign: str) -> None:
    (paths.home / sign).write_bytes(b"")
    with pytest.raises(StorageDamaged):
        open_ledger(paths.ledger_file, marker=HomeMarker(paths))
    assert not paths.ledger_file.exists()


async def test_a_first_start_that_was_killed_starts_again(paths: HomePaths) -> None:
    paths.ledger_file.write_bytes(b"")
    assert not HomeMarker(paths).had_ledger()
    assert await next_number(paths) == 1
    assert HomeMarker(paths).had_ledger()


def test_a_file_of_one_byte_is_never_ours(paths: HomePaths) -> None:
    paths.ledger_file.write_bytes(b"S")
    with pytest.raises(StorageDamaged):
        open_ledger(paths.ledger_file, marker=HomeMarker(paths))
    assert paths.ledger_file.read_bytes() == b"S"


async def test_a_refused_migration_leaves_no_marker(paths: HomePaths) -> None:
    paths.ledger_file.write_bytes(b"no database" * 100)
    with pytest.raises(StorageDamaged):
        open_ledger(paths.ledger_file, marker=HomeMarker(paths))
    assert HomeMarker(paths).notes() is None


async def test_an_older_copy_gives_out_no_number_again(paths: HomePaths) -> None:
    await sales(paths, "a", "b")
    older = paths.ledger_file.read_bytes()
    await sales(paths, "c", "d", "e")
    paths.ledger_file.write_bytes(older)
    assert await next_number(paths) == 6
    assert await next_number(paths) == 7


async def test_a_wal_that_was_deleted_gives_out_no_number_again(paths: HomePaths, tmp_path: Path) -> None:
    await sales(paths, "a")
    ledger = open_ledger(paths.ledger_file, marker=HomeMarker(paths))
    for _ in range(3):
        await ledger.write(lambda tx: tx.next_number())
    copy = HomePaths(tmp_path / "copy")
    copy.home.mkdir()
    for file in (paths.ledger_file, paths.marker_file):
        (copy.home / file.name).write_bytes(file.read_bytes())
    await ledger.close()
    assert await next_number(copy) == 5


async def test_the_number_is_noted_before_anybody_hears_of_it(paths: HomePaths) -> None:
    """No orderly close is needed: the state after a kill is correct."""
    ledger = open_ledger(paths.ledger_file, marker=HomeMarker(paths))
    try:
        for number in (1, 2, 3):
            assert await ledger.write(lambda tx: tx.next_number()) == number
            assert HomeMarker(paths).last_number() == number
        assert paths.marker_file.stat().st_size == SIZE
    finally:
        await ledger.close()


async def test_a_marker_that_is_behind_follows_the_ledger(paths: HomePaths) -> None:
    await sales(paths, "a")
    behind = paths.marker_file.read_bytes()
    await sales(paths, "b")
    paths.marker_file.write_bytes(behind)
    open_again = open_ledger(paths.ledger_file, marker=HomeMarker(paths))
    await open_again.close()
    assert HomeMarker(paths).last_number() == 2


async def test_a_marker_that_cannot_be_written_costs_no_sale(paths: HomePaths) -> None:
    ledger = open_ledger(paths.ledger_file, marker=HomeMarker(paths))
    try:
        paths.marker_file.unlink()
        paths.marker_file.mkdir()
        assert await ledger.write(lambda tx: tx.next_number()) == 1
    finally:
        await ledger.close()
    assert HomeMarker(paths).had_ledger()
    assert await next_number(paths) == 2


def test_notes_are_only_raised_and_only_a_ledger_makes_the_marker(paths: HomePaths) -> None:
    marker = HomeMarker(paths)
    marker.note(operator_url="https://example.com/xpay", has_vault=True)
    assert marker.notes() is None
    marker.note_ledger(0)
    assert marker.notes() == HomeNotes()
    marker.note(operator_url="https://example.com/xpay", has_vault=True)
    marker.note(has_vault=False)
    marker.note_ledger(5)
    HomeMarker(paths).note_ledger(3)
    assert marker.notes() == HomeNotes(5, "https://example.com/xpay", has_vault=True)
    marker.note(operator_url="https://example.com/" + "x" * SIZE)
    marker.note(operator_url="https://example.org/xpay")
    assert HomeMarker(paths).notes() == HomeNotes(5, "https://example.org/xpay", has_vault=True)


def test_many_processes_lose_no_number(paths: HomePaths) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from app.settings.home.marker import HomeMarker; from app.settings.home.paths import HomePaths\n"
        "paths, first = HomePaths(Path(sys.argv[1])), int(sys.argv[2])\n"
        "marker = HomeMarker(paths); marker.note_ledger(0); sys.stdin.readline()\n"
        "for number in range(first, 4000, 4):\n"
        "    marker.note_ledger(number)\n"
        "    assert HomeMarker(paths).last_number() >= number, number\n"
    )
    command = [sys.executable, "-c", program, str(paths.home)]
    running = [subprocess.Popen([*command, str(first)], stdin=subprocess.PIPE, text=True) for first in range(1, 5)]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.close()
    assert [process.wait(60) for process in running] == [0] * 4
    assert HomeMarker(paths).last_number() == 3999
