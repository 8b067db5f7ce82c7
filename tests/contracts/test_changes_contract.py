"""What a `Ledger` reports of new journal entries, without the facts, and which callbacks are uncounted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import AmountZero, StorageError
from app.services.ports.changes import Changes
from app.services.ports.ledger import Ledger
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.contracts.sales import ORPHAN, append_orphan, callback, fail, payment_of, receive, sold, state


async def test_changes_name_the_payments_and_the_last_seq(ledger: Ledger) -> None:
    assert await ledger.changed_since(0) == Changes(0, 0, frozenset())
    await sold(ledger, "a")
    await sold(ledger, "b")
    both = frozenset({payment_of("a"), payment_of("b")})
    assert await ledger.changed_since(0) == Changes(0, 6, both)
    assert await ledger.changed_since(2) == Changes(2, 6, both)
    assert await ledger.changed_since(3) == Changes(3, 6, frozenset({payment_of("b")}))
    assert await ledger.changed_since(6) == Changes(6, 6, frozenset())
    assert await ledger.changed_since(99) == Changes(99, 99, frozenset())


async def test_a_fact_of_no_payment_moves_the_seq_alone(ledger: Ledger) -> None:
    await sold(ledger, "a")
    await ledger.write(append_orphan)
    assert await ledger.changed_since(3) == Changes(3, 4, frozenset())
    await ledger.write(lambda tx: receive(tx, "a"))
    assert await ledger.changed_since(3) == Changes(3, 5, frozenset({payment_of("a")}))


async def test_what_changes_nothing_is_no_change(ledger: Ledger) -> None:
    await sold(ledger, "a")
    await ledger.write(lambda tx: receive(tx, "a"))
    await ledger.write(lambda tx: receive(tx, "a"))
    with pytest.raises(AmountZero):
        await ledger.write(lambda tx: (receive(tx, "a", "auth"), fail(AmountZero())))
    assert await ledger.changed_since(4) == Changes(4, 4, frozenset())


async def test_a_storm_is_reported_of_at_once(ledger: Ledger) -> None:
    facts = [replace(ORPHAN, txn_id=f"txn-{number}") for number in range(1500)]
    await ledger.write(lambda tx: [append_orphan(tx, fact) for fact in facts])
    assert (await ledger.changed_since(0)).last_seq == 1500


async def test_callbacks_that_brought_no_money_are_found_oldest_first(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> list[int]:
        receive(tx, "a")
        kept = [receive(tx, "a", "check", counts=False), receive(tx, "a", txn_id="unsigned", counts=False)]
        append_orphan(tx)
        kept.append(append_orphan(tx, callback("a", txn_id="of no payment", counts=False)))
        kept.append(state(tx, "b", callback("b", "refund", counts=False)))
        return [added.entry.seq for added in kept]

    for name in ("a", "b"):
        await sold(ledger, name)
    seqs = await ledger.write(decide)
    found = await ledger.uncounted_callbacks(0)
    assert [entry.seq for entry in found] == seqs
    assert found == [entry for entry in await ledger.tail(0) if entry.seq in seqs]
    assert [entry.seq for entry in await ledger.uncounted_callbacks(seqs[1])] == seqs[2:]
    assert await ledger.uncounted_callbacks(seqs[-1]) == []


async def test_a_closed_ledger_tells_nothing(ledger: Ledger) -> None:
    await ledger.close()
    with pytest.raises(StorageError):
        await ledger.changed_since(0)
    with pytest.raises(StorageError):
        await ledger.uncounted_callbacks(0)
