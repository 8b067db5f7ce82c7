"""The ledger on a real file: journal, projection, group commits, several processes, history queries."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.errors import AmountZero
from app.domain.ids import LinkKey, PaymentId, TransactionId
from app.domain.journal.events import (
    CallbackReceived,
    LinkCancelled,
    LinkCreated,
    LinkRequested,
    OrphanReceived,
    PaymentRequested,
    SignatureCheck,
    Source,
)
from app.domain.payment import Payment, PaymentStatus
from app.services.ports.ledger import PaymentFilter
from app.services.ports.ledger_transaction import LedgerTransaction
from app.storage.ledger import SqlLedger, open_ledger
from tests.contracts.sales import append_orphan

NOW = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)
TTL = timedelta(minutes=15)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    opened = open_ledger(tmp_path / "ledger.db")
    yield opened
    await opened.close()


def sell(
    tx: LedgerTransaction,
    name: str,
    *,
    at: datetime = NOW,
    amount: int = 12550,
    purpose: str | None = None,
    phone: str | None = None,
    created: bool = True,
) -> PaymentId:
    payment_id, key, transaction = PaymentId(f"p-{name}"), LinkKey(f"key-{name}"), TransactionId(f"t-{name}")
    asked = PaymentRequested(
        tx.next_number(), amount, "UAH", "1", "uk", purpose=purpose, contact_id=tx.remember_contact(phone, None)
    )
    tx.append(asked, payment_id=payment_id, source=Source.TILL, at=at)
    url = f"http://127.0.0.1/xpay/{key}"
    intent = LinkRequested(key, transaction, url, at + TTL, at + timedelta(seconds=30), "me")
    tx.append(intent, payment_id=payment_id, source=Source.TILL, at=at)
    if created:
        made = LinkCreated(key, transaction, "https://pay.xpaydirect.com/x", f"u-{name}", "7")
        tx.append(made, payment_id=payment_id, source=Source.OPERATOR, at=at)
    return payment_id


def callback(name: str, command: str = "pay", amount: int = 12550, txn: str | None = None) -> CallbackReceived:
    return CallbackReceived(
        link_key=LinkKey(f"key-{name}"),
        command=command,
        txn_id=txn or f"txn-{name}",
        uuid=f"u-{name}",
        txn_date="20261121121600",
        sum_minor=amount,
        signed=SignatureCheck.VERIFIED,
        result="10",
        message="ok",
        counts=command == "pay",
        signature=f"sig-{name}",
        card="412345******3217",
    )


def receive(tx: LedgerTransaction, name: str, command: str = "pay", amount: int = 12550) -> bool:
    fact = callback(name, command, amount)
    at = NOW + timedelta(minutes=1)
    return tx.append(fact, payment_id=PaymentId(f"p-{name}"), source=Source.CALLBACK, at=at).is_new


async def test_a_decision_is_stored_with_its_projection(ledger: SqlLedger) -> None:
    payment_id = await ledger.write(lambda tx: sell(tx, "a", purpose="Кава", phone="380501234567"))
    await ledger.write(lambda tx: receive(tx, "a"))
    view = await ledger.payment(payment_id)
    assert view is not None
    assert view.contact is not None
    assert view.contact.phone == "380501234567"
    assert (view.payment.state, view.payment.received_minor) == (PaymentStatus.PAID, 12550)
    folded = await ledger.write(lambda tx: tx.payment(payment_id))
    assert view.payment == folded
    assert await ledger.payment_by_number(1) == view
    assert await ledger.payment_of_link(LinkKey("key-a")) == payment_id
    assert await ledger.payment(PaymentId("p-none")) is None
    assert [entry.seq for entry in await ledger.tail(1)] == [2, 3, 4]
    assert [entry.seq for entry in await ledger.tail(0, 2)] == [1, 2]
    assert await ledger.last_seq() == 4


async def test_a_repeated_fact_only_moves_a_counter(ledger: SqlLedger) -> None:
    payment_id = await ledger.write(lambda tx: sell(tx, "a"))
    assert await ledger.write(lambda tx: receive(tx, "a"))
    before = await ledger.payment(payment_id)
    assert not await ledger.write(lambda tx: receive(tx, "a"))
    assert not await ledger.write(lambda tx: receive(tx, "a"))
    assert await ledger.payment(payment_id) == before
    assert [entry.repeats for entry in await ledger.entries(payment_id)] == [0, 0, 0, 2]
    found = await ledger.write(lambda tx: tx.find(callback("a").dedupe() or ""))
    assert found is not None
    assert (found.fact, found.repeats) == (callback("a"), 2)
    assert await ledger.rebuild(write=False) == []


async def test_what_a_decision_may_ask(ledger: SqlLedger) -> None:
    def decide(tx: LedgerTransaction) -> None:
        payment_id = sell(tx, "a")
        receive(tx, "a")
        assert tx.payment_of_link(LinkKey("key-a")) == payment_id
        assert tx.payments_with_txn("txn-a") == {payment_id}
        assert tx.payments_with_txn("other") == frozenset()
        assert [(fact.command, fact.counts) for fact in tx.callbacks_with_signature("sig-a")] == [("pay", True)]
        assert tx.remember_contact(None, None) is None
        assert tx.contact(None) is None
        assert tx.mode() is None
        tx.set_mode("demo")
        assert tx.mode() == "demo"
        payment = tx.payment(payment_id)
        assert payment is not None
        assert payment.state is PaymentStatus.PAID

    await ledger.write(decide)


async def test_an_orphan_belongs_to_no_payment(ledger: SqlLedger) -> None:
    fact = OrphanReceived("pay", "txn", "u", "20261121121600", 100)
    for expected in (True, False):
        added = await ledger.write(lambda tx: tx.append(fact, payment_id=None, source=Source.CALLBACK, at=NOW))
        assert added.is_new is expected
    assert (await ledger.tail(0))[0].fact == fact


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET at = 0",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event (seq, at, type, source, data) VALUES (1, 0, 'x', 'x', '{}')",
    ],
)
async def test_the_journal_is_append_only(ledger: SqlLedger, tmp_path: Path, statement: str) -> None:
    await ledger.write(lambda tx: sell(tx, "a"))
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        other.execute("PRAGMA recursive_triggers=ON")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            other.execute(statement)


async def test_one_bad_decision_refuses_only_itself(ledger: SqlLedger) -> None:
    refusal, wrong_file = AmountZero(), OSError("not the ledger's")

    def bad(tx: LedgerTransaction, error: Exception) -> None:
        sell(tx, "bad")
        raise error

    results = await asyncio.gather(
        ledger.write(lambda tx: sell(tx, "a")),
        ledger.write(lambda tx: bad(tx, refusal)),
        ledger.write(lambda tx: bad(tx, wrong_file)),
        ledger.write(lambda tx: bad(tx, StopIteration())),
        ledger.write(lambda tx: sell(tx, "b")),
        return_exceptions=True,
    )
    assert results[1] is refusal
    assert results[2] is wrong_file
    assert isinstance(results[3], RuntimeError)
    stored = await ledger.payments(PaymentFilter(now=NOW, limit=0))
    assert [(view.payment.id, view.payment.number) for view in stored] == [("p-b", 2), ("p-a", 1)]


def test_a_loop_that_ended_does_not_stop_the_writer(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db")

    async def leave() -> None:
        task = asyncio.ensure_future(ledger.write(lambda tx: sell(tx, "a")))
        await asyncio.sleep(0)
        task.cancel()

    async def look() -> None:
        assert await ledger.write(lambda tx: tx.payment(PaymentId("p-a"))) is not None
        await ledger.close()
        await ledger.close()

    asyncio.run(leave())
    asyncio.run(look())


async def test_two_ledgers_on_one_file_see_each_other(ledger: SqlLedger, tmp_path: Path) -> None:
    other = open_ledger(tmp_path / "ledger.db")
    try:
        for writer, watcher in ((ledger, other), (other, ledger), (ledger, ledger)):
            seq = await watcher.last_seq()
            await writer.write(lambda tx: sell(tx, f"{tx.next_number()}"))
            assert len(await watcher.tail(seq)) == 3
            changes = await watcher.changed_since(seq)
            assert (len(changes.payments), changes.last_seq) == (1, seq + 3)
    finally:
        await other.close()


async def test_what_watchers_look_at_moves_with_each_change_and_only_then(ledger: SqlLedger, tmp_path: Path) -> None:
    changes: list[Callable[[LedgerTransaction], object]] = [
        append_orphan,
        append_orphan,
        lambda tx: tx.next_number(),
        lambda tx: tx.set_mode("demo"),
        lambda tx: tx.remember_contact("380501234567", None),
    ]
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as watcher:

        def version() -> int:
            return int(watcher.execute("PRAGMA data_version").fetchone()[0])

        seen = version()
        for change in changes:
            await ledger.write(change)
            assert version() != seen
            seen = version()
        await ledger.write(lambda tx: (tx.mode(), tx.payment(PaymentId("p-a")), tx.remember_contact(None, None)))
        assert version() == seen


_SELLER = """
import asyncio, sys
from pathlib import Path
from app.storage.ledger import open_ledger

async def main():
    ledger = open_ledger(Path(sys.argv[1]))
    for _ in range(60):
        print(await ledger.write(lambda tx: tx.next_number()))
    await ledger.close()

asyncio.run(main())
"""


def test_processes_that_start_and_write_together_never_share_a_number(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _SELLER, str(tmp_path / "ledger.db")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    printed = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert sorted(map(int, "".join(printed).split())) == list(range(1, 181))


async def _history(ledger: SqlLedger) -> list[Payment]:
    """Add payments of every kind, made at different times before NOW; return them."""
    ages = [timedelta(), TTL - timedelta(milliseconds=1), TTL, TTL + timedelta(minutes=2), timedelta(hours=30)]
    kinds = ("creating", "open", "auth", "paid", "under", "cancelled")

    def make(tx: LedgerTransaction) -> None:
        for kind, (index, age) in itertools.product(kinds, enumerate(ages)):
            name = f"{kind}{index}"
            payment_id = sell(tx, name, at=NOW - age, created=kind != "creating")
            if kind == "auth":
                receive(tx, name, "auth")
            if kind in ("paid", "under"):
                receive(tx, name, amount=12550 if kind == "paid" else 100)
            if kind == "cancelled":
                fact = LinkCancelled(LinkKey(f"key-{name}"))
                tx.append(fact, payment_id=payment_id, source=Source.PERSON, at=NOW - age)

    await ledger.write(make)
    return [view.payment for view in await ledger.payments(PaymentFilter(now=NOW, limit=0))]


async def test_the_status_filter_is_the_domain_rule(ledger: SqlLedger) -> None:
    history = await _history(ledger)
    assert len(history) == 30
    micro = timedelta(microseconds=1)
    for moment, status in itertools.product((NOW, NOW - micro, NOW + micro, NOW + TTL), PaymentStatus):
        found = await ledger.payments(PaymentFilter(now=moment, status=status, limit=0))
        assert [v.payment.id for v in found] == [p.id for p in history if p.status(moment) is status], (moment, status)


async def test_history_is_newest_first_and_bounded(ledger: SqlLedger) -> None:
    history = await _history(ledger)
    order = [(payment.created_at, payment.number) for payment in history]
    assert order == sorted(order, reverse=True)
    assert len(await ledger.payments(PaymentFilter(now=NOW, limit=7))) == 7
    criteria = PaymentFilter(now=NOW, created_from=NOW - TTL, created_to=NOW, limit=0)
    found = await ledger.payments(criteria)
    assert [v.payment.id for v in found] == [p.id for p in history if NOW - TTL <= p.created_at < NOW]
    needing_attention = await ledger.payments(PaymentFilter(now=NOW, attention=True, limit=0))
    assert [v.payment.id for v in needing_attention] == [p.id for p in history if p.attention]
    assert needing_attention


async def test_what_stays_to_be_asked_about(ledger: SqlLedger) -> None:
    await _history(ledger)
    found = {view.payment.id.removeprefix("p-") for view in await ledger.unfinished(NOW)}
    expected = {"creating0", "creating1", *(f"under{index}" for index in range(5))}
    expected |= {f"{kind}{index}" for kind in ("open", "auth", "cancelled") for index in range(4)}
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", ["p-b"]),
        ("№2", ["p-b"]),
        ("125,50", ["p-a"]),
        ("КАВА", ["p-a"]),
        ("100%", ["p-b"]),
        ("0%0", []),
        ("_", []),
        ("+38 (050) 123", ["p-a"]),
        ("TXN-B", ["p-b"]),
        ("   ", ["p-b", "p-a"]),
    ],
)
async def test_search(ledger: SqlLedger, text: str, expected: list[str]) -> None:
    await ledger.write(lambda tx: sell(tx, "a", purpose="Велика кава", phone="380501234567"))
    await ledger.write(lambda tx: sell(tx, "b", purpose="сік 100%", amount=9900))
    await ledger.write(lambda tx: receive(tx, "b", amount=9900))
    found = await ledger.payments(PaymentFilter(now=NOW, search=text))
    assert [view.payment.id for view in found] == expected


async def test_rebuild_finds_and_mends_a_corrupted_projection(ledger: SqlLedger, tmp_path: Path) -> None:
    payment_id = await ledger.write(lambda tx: sell(tx, "a"))
    await ledger.write(lambda tx: sell(tx, "b"))
    right = await ledger.payment(payment_id)
    assert await ledger.rebuild(write=False) == []
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        other.execute("UPDATE payment SET received_minor = 7 WHERE id = 'p-a'")
        other.execute("UPDATE link SET url = 'http://evil' WHERE payment_id = 'p-a'")
        other.execute("DELETE FROM link WHERE payment_id = 'p-b'")
        other.commit()
    found = {(item.payment_id, item.column, item.stored, item.folded) for item in await ledger.rebuild(write=False)}
    assert ("p-a", "received_minor", 7, 0) in found
    assert ("p-a", "links[0].url", "http://evil", "https://pay.xpaydirect.com/x") in found
    assert ("p-b", "links[0].key", None, "key-b") in found
    assert await ledger.rebuild(write=True)
    assert await ledger.rebuild(write=False) == []
    assert await ledger.payment(payment_id) == right


async def test_rebuild_mends_payments_that_took_each_others_place(ledger: SqlLedger, tmp_path: Path) -> None:
    for name in ("a", "b"):
        await ledger.write(lambda tx, name=name: sell(tx, name))  # type: ignore[misc]
    right = await ledger.payments(PaymentFilter(now=NOW))
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        for number, payment_id in ((-1, "p-a"), (1, "p-b"), (2, "p-a")):
            other.execute("UPDATE payment SET number = ? WHERE id = ?", (number, payment_id))
        other.execute("UPDATE link SET payment_id = 'p-b', position = 1 WHERE key = 'key-a'")
        other.execute("INSERT INTO refund SELECT 'p-none', 0, 'r', 1, 'done', NULL, NULL, NULL, NULL, NULL, NULL")
        other.commit()
    assert await ledger.rebuild(write=True)
    assert await ledger.rebuild(write=False) == []
    assert await ledger.payments(PaymentFilter(now=NOW)) == right


async def test_rebuild_works_without_contacts(ledger: SqlLedger, tmp_path: Path) -> None:
    payment_id = await ledger.write(lambda tx: sell(tx, "a", phone="380501234567"))
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        other.execute("DELETE FROM contact")
        other.commit()
    view = await ledger.payment(payment_id)
    assert view is not None
    assert view.contact is None
    assert await ledger.rebuild(write=True) == []
