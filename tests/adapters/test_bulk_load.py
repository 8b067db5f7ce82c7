"""Filling a new ledger at once gives what ordinary transactions give, rows, indexes and all."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Defect
from app.domain.ids import ContactId, LinkKey, PaymentId
from app.domain.journal.events import JournalEntry, LinkCancelled
from app.services.ports.ledger_transaction import Contact, InquiryRecord, LedgerTransaction
from app.storage.bulk import PreparedPayment, bulk_load, prepare
from app.storage.ledger import open_ledger
from tests import builders
from tests.contracts.sales import ORPHAN

SOON = builders.START + timedelta(seconds=90)
PHONE = Contact("380671234567", None)
INQUIRY = InquiryRecord(3, SOON, SOON)


def key_of(number: int) -> LinkKey:
    return LinkKey(f"key-{number}")


def sale(number: int, *, at_s: float, contact_id: int | None = None, purpose: str = "Кава") -> list[JournalEntry]:
    """Return the facts of a paid payment that begins so many seconds after the first one."""
    key = key_of(number)
    known = None if contact_id is None else ContactId(contact_id)
    entries = [
        builders.requested(number=number, contact_id=known, purpose=purpose),
        builders.link_requested(key),
        builders.link_created(key),
        builders.callback(link_key=key, txn_id=f"txn-{number}", signature=f"s-{number}"),
    ]
    payment_id = PaymentId(f"p{number:020}")
    return [replace(e, payment_id=payment_id, at=e.at + timedelta(seconds=at_s)) for e in entries]


SALES = [sale(1, at_s=0, contact_id=1), sale(2, at_s=30, purpose="картка 4242424242424242"), sale(3, at_s=300)]
CANCELLED = replace(SALES[1][0], fact=LinkCancelled(key_of(2)), at=SALES[2][-1].at + timedelta(seconds=1))
STRAY = replace(SALES[0][0], fact=ORPHAN, payment_id=None, at=SOON)


def prepared() -> list[PreparedPayment]:
    return [
        prepare(SALES[0], contact=PHONE, inquiries=[(key_of(1), INQUIRY)]),
        prepare([*SALES[1], CANCELLED]),
        prepare([STRAY]),
        prepare(SALES[2]),
    ]


def fill(path: Path, *pieces: Sequence[PreparedPayment]) -> None:
    with bulk_load(path, "demo") as load:
        for piece in pieces:
            load.add(piece, min(one.payment.created_at for one in piece if one.payment))


def contents(path: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(path)) as connection:
        # a virtual table may not be read by itself; what it keeps is in tables of its own
        named = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        tables = [row[0] for row in connection.execute(named)]
        rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
        found = {table: sorted(of_table, key=repr) for table, of_table in rows.items()}
        found["schema"] = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
        found["journal mode"] = connection.execute("PRAGMA journal_mode").fetchall()
        found["integrity"] = connection.execute("PRAGMA integrity_check").fetchall()
    return found


async def test_the_file_is_what_transactions_make(tmp_path: Path) -> None:
    def state(tx: LedgerTransaction) -> None:
        tx.set_mode("demo")
        for entry in sorted([*SALES[0], *SALES[1], *SALES[2], STRAY, CANCELLED], key=lambda entry: entry.at):
            if entry.fact.type == "payment_requested":
                assert tx.next_number() <= 3
            if entry is SALES[0][0]:
                assert tx.remember_contact(PHONE.phone, PHONE.email) == 1
            tx.append(entry.fact, payment_id=entry.payment_id, source=entry.source, at=entry.at)
        tx.save_inquiry(key_of(1), INQUIRY)

    ledger = open_ledger(tmp_path / "usual.sqlite3")
    await ledger.write(state)
    await ledger.close()
    fill(tmp_path / "bulk.sqlite3", prepared())
    assert contents(tmp_path / "bulk.sqlite3") == contents(tmp_path / "usual.sqlite3")


async def test_pieces_make_the_same_file_as_all_at_once(tmp_path: Path) -> None:
    fill(tmp_path / "once.sqlite3", prepared())
    fill(tmp_path / "pieces.sqlite3", prepared()[:1], prepared()[1:3], prepared()[3:])
    assert contents(tmp_path / "pieces.sqlite3") == contents(tmp_path / "once.sqlite3")


async def test_the_filled_ledger_takes_the_next_fact_and_agrees_with_its_journal(tmp_path: Path) -> None:
    fill(tmp_path / "bulk.sqlite3", prepared())
    ledger = open_ledger(tmp_path / "bulk.sqlite3")
    more = sale(4, at_s=900)

    def state(tx: LedgerTransaction) -> None:
        for entry in [*more, *SALES[0]]:  # the second ones are repetitions
            tx.append(entry.fact, payment_id=entry.payment_id, source=entry.source, at=entry.at)

    await ledger.write(state)
    assert await ledger.rebuild(write=False) == []
    assert len(await ledger.tail(0)) == 14 + len(more)
    await ledger.close()


def test_a_ledger_with_facts_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "bulk.sqlite3"
    fill(path, prepared())
    before = contents(path)
    with pytest.raises(Defect), bulk_load(path, "demo"):
        pytest.fail("a ledger in use was opened for filling")
    assert contents(path) == before


def test_facts_that_are_stated_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Defect):
        fill(tmp_path / "bulk.sqlite3", [prepare([*SALES[0], SALES[0][-1]], contact=PHONE)])
