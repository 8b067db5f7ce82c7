"""What is kept beside the payments: totals, the full-text index, forms of e-mails; and reads that are cancelled."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.payment import PaymentStatus
from app.services.ports.history_values import TotalsBy
from app.services.ports.ledger import PaymentFilter, Totals
from app.services.ports.ledger_transaction import LedgerTransaction
from app.storage.ledger import SqlLedger, open_ledger
from app.storage.readers import READERS, Readers
from tests.builders import START
from tests.contracts.sales import fail, names, receive, refund, sell, sold

ALL = PaymentFilter(now=START, limit=0)
ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
async def ledger(path: Path) -> AsyncIterator[SqlLedger]:
    opened = open_ledger(path)
    await opened.write(lambda tx: [sell(tx, name, purpose=f"кава {name}") for name in ("a", "b", "c")])
    yield opened
    await opened.close()


def spoil(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        for statement in statements:
            other.execute(statement)


async def test_totals_follow_every_change_of_a_payment(ledger: SqlLedger) -> None:
    await ledger.write(lambda tx: [receive(tx, "a"), receive(tx, "b", sum_minor=100)])
    assert await ledger.totals(ALL) == Totals(3, 1, 12650, 0)
    assert await ledger.rebuild(write=False) == []


@pytest.mark.parametrize(
    "statements",
    [
        ("UPDATE payment_total SET received_minor = received_minor + 1",),
        ("DELETE FROM payment_total",),
        ("INSERT INTO payment_total VALUES (7, 'paid', 1, 100, 0)",),
        ("INSERT INTO payment_words (payment_words) VALUES ('delete-all')",),
        ("INSERT INTO payment_words (rowid, text) VALUES (44, 'what nobody sold')",),
    ],
)
async def test_what_is_kept_is_compared_and_made_again(
    ledger: SqlLedger, path: Path, statements: tuple[str, ...]
) -> None:
    before = await ledger.totals(ALL, TotalsBy.DAY)
    spoil(path, *statements)
    assert len(await ledger.rebuild(write=False)) == 1
    assert len(await ledger.rebuild(write=True)) == 1
    assert await ledger.rebuild(write=False) == []
    assert await ledger.totals(ALL, TotalsBy.DAY) == before
    for name in ("a", "b", "c"):
        assert names(await ledger.payments(PaymentFilter(now=START, search=f'"кава {name}"'))) == [name]


async def test_a_text_that_another_writer_changed_is_reported_and_indexed_with_the_next_commit(
    ledger: SqlLedger, path: Path
) -> None:
    spoil(path, "UPDATE payment SET words = 'sponge cake' WHERE number = 1")
    assert "pending_words" in [found.column for found in await ledger.rebuild(write=False)]
    await sold(ledger, "d")
    found = [difference.column for difference in await ledger.rebuild(write=False)]
    assert found == ["words"]  # the payment's own, no longer the index's
    assert names(await ledger.payments(PaymentFilter(now=START, search="sponge"))) == ["a"]
    assert names(await ledger.payments(PaymentFilter(now=START, search="кава"))) == ["c", "b"]


@pytest.mark.parametrize(
    ("statement", "different", "found"),
    [
        ("UPDATE payment SET number = 9 WHERE number = 1", ["number"], ["a", "c", "b"]),
        ("UPDATE payment SET words = number || ' кава ' WHERE number = 2", ["words"], ["c", "b", "a"]),
        ("DELETE FROM payment WHERE number = 2", None, ["c", "a"]),
    ],
)
async def test_the_index_follows_a_changed_number_and_a_deleted_payment(
    ledger: SqlLedger, path: Path, statement: str, different: list[str] | None, found: list[str]
) -> None:
    spoil(path, statement)
    await sold(ledger, "d")
    differences = {difference.column for difference in await ledger.rebuild(write=False)}
    assert not differences & {"payment_words", "pending_words"}
    assert different is None or sorted(differences) == different
    assert sorted(names(await ledger.payments(PaymentFilter(now=START, search="кава")))) == sorted(found)
    await ledger.rebuild(write=True)
    assert await ledger.rebuild(write=False) == []
    assert names(await ledger.payments(PaymentFilter(now=START, search="кава"))) == ["c", "b", "a"]


@pytest.mark.parametrize(
    "write",
    [
        lambda tx: sell(tx, "d", purpose="торт"),
        lambda tx: receive(tx, "a", txn_id="Txn-00055"),
        lambda tx: [receive(tx, "a", txn_id="Txn-00055"), refund(tx, "a", 100, "requested", "done")],
        lambda tx: [sell(tx, name, purpose="торт") for name in ("d", "e", "f")],
    ],
)
async def test_no_text_waits_for_its_index_after_a_commit(
    ledger: SqlLedger, path: Path, write: Callable[[LedgerTransaction], object]
) -> None:
    await ledger.write(write)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM pending_words").fetchone() == (0,)
    assert await ledger.rebuild(write=False) == []


async def test_a_decision_that_fails_leaves_its_group_searchable(ledger: SqlLedger) -> None:
    def fails(tx: LedgerTransaction) -> None:
        receive(tx, "a", txn_id="Txn-00011")
        sell(tx, "lost", purpose="сирник")
        fail(ValueError("no"))

    done = await asyncio.gather(
        sold(ledger, "d", purpose="торт"),
        ledger.write(fails),
        sold(ledger, "e", purpose="торт"),
        ledger.rebuild(write=True),
        return_exceptions=True,
    )
    assert isinstance(done[1], ValueError)
    assert done[3] == []
    assert await ledger.rebuild(write=False) == []
    assert names(await ledger.payments(PaymentFilter(now=START, search="торт"))) == ["e", "d"]
    for search in ("сирник", "00011"):
        assert await ledger.payments(PaymentFilter(now=START, search=search)) == []


async def test_a_callback_writes_only_what_it_changes(ledger: SqlLedger, path: Path) -> None:
    """A statement that names a column writes its indexes, also where the value stays."""
    refused = "BEGIN SELECT RAISE(ABORT, 'not changed'); END"
    spoil(
        path,
        f"CREATE TRIGGER a AFTER UPDATE OF number, amount_minor, created_by, contact_id ON payment {refused}",
        f"CREATE TRIGGER b AFTER UPDATE ON link {refused}",
    )
    await ledger.write(lambda tx: receive(tx, "a"))
    assert (await ledger.totals(ALL)).received_minor == 12550


async def test_a_payment_that_is_made_again_is_found_once(ledger: SqlLedger, path: Path) -> None:
    await ledger.write(lambda tx: receive(tx, "a", txn_id="Txn-00055"))
    spoil(path, "UPDATE payment SET words = 'other', txn_words = '', state = 'open' WHERE number = 1")
    differences = await ledger.rebuild(write=True)
    assert sorted(difference.column for difference in differences) == ["state", "txn_words", "words"]
    assert await ledger.rebuild(write=False) == []
    for search in ("кава a", "00055", "txn"):
        assert names(await ledger.payments(PaymentFilter(now=START, search=search))) == ["a"], search
    assert await ledger.payments(PaymentFilter(now=START, search="other")) == []
    assert (await ledger.totals(PaymentFilter(now=START, status=PaymentStatus.PAID))).count == 1


async def test_a_forgotten_customer_is_in_no_index(ledger: SqlLedger, path: Path) -> None:
    await sold(ledger, "d", email="anna-k@example.ua", phone="380509998877")
    for search in ("anna-k", "9998877"):
        assert names(await ledger.payments(PaymentFilter(now=START, search=search))) == ["d"]
    spoil(path, "PRAGMA secure_delete = ON", "UPDATE contact SET phone = NULL, email = NULL")
    for search in ("anna-k", "9998877"):
        assert await ledger.payments(PaymentFilter(now=START, search=search)) == []
    await ledger.close()
    spoil(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    stored = path.read_bytes()
    assert b"anna" not in stored
    assert b"380509998877" not in stored


async def test_cancelling_a_read_ends_its_query(ledger: SqlLedger, path: Path) -> None:
    readers, begun = Readers(path), threading.Semaphore(0)

    def endless(connection: sqlite3.Connection) -> None:
        begun.release()
        connection.execute(ENDLESS).fetchone()

    running = [asyncio.create_task(readers.read(endless)) for _ in range(READERS)]
    for _ in running:
        await asyncio.to_thread(begun.acquire)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    # every thread was busy: this one waits until a query has ended
    assert await readers.read(lambda connection: connection.execute("SELECT count(*) FROM payment").fetchone()) == (3,)
    await asyncio.to_thread(readers.close)
