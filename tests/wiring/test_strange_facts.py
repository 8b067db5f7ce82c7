"""Rows that this version cannot read, newer or damaged, hide no payment and refuse no money."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from app.domain.journal.events import Source, UnknownFact
from app.domain.payment import PaymentStatus
from app.i18n.texts import Texts
from app.services.history.payment_json import payment_history_json
from app.services.ports.ledger import PaymentFilter
from app.storage.integrity.checkup import check_ledger_file
from tests.wiring.shop import Shop, open_payment

STRANGE: list[tuple[str, str, str]] = [
    ("loyalty_earned", "till", '{"points":5}'),
    ("callback_received", "callback", '{"link_key":"k","command":"pay","signed":"by_quantum_key","sum_minor":1}'),
    ("callback_received", "callback", '{"link_key":"k","command":"pay","signed":"verified","sum_minor":"1"}'),
    ("refund_answered", "operator", '{"refund_id":"r","status":"partly"}'),
    ("refund_requested", "till", '{"amount_minor":1}'),
    ("link_requested", "till", '{"link_key":"x","transaction_id":"t","expires_at":1e99,"lease_until":1}'),
    ("payment_settled", "robot", '{"causes":[1],"reason":null}'),
    ("link_cancelled", "robot", '{"link_key":"nobody"}'),
    ("status_answered", "asking", "not even JSON"),
    ("callback_received", "callback", "not even JSON"),
    ("callback_received", "callback", '{"counts":"perhaps","command":"pay"}'),
    ("status_answered", "asking", "[]"),
    ("refund_requested", "till", '{"refund_id":"r","amount_minor":1%s,"txn_id":"1","transaction_id":"t"}' % ("0" * 20)),
    ("refund_requested", "till", '{"refund_id":"r","amount_minor":-1,"txn_id":"1","transaction_id":"t"}'),
    ("refund_requested", "till", '{"refund_id":"r","amount_minor":1,"txn_id":"\\ud800","transaction_id":"t"}'),
    ("payment_requested", "till", '{"number":9,"amount_minor":0,"currency":"UAH","terminal_id":"1","locale":"uk"}'),
    ("link_requested", "till", '{"link_key":"x","transaction_id":"t","expires_at":-249999999999999,"lease_until":1}'),
    ("loyalty_earned", "till", '{"points":NaN,"most":1e999}'),
    ("loyalty_earned", "till", '{"\\ud800":"\\udfff"}'),
]
COUNTED: dict[str, Any] = {
    "command": "pay",
    "txn_id": "before",
    "uuid": "u",
    "txn_date": "20200101000000",
    "signed": "verified",
    "result": "10",
    "message": "Ok",
    "counts": True,
}


def write(shop: Shop, payment_id: str | None, kind: Any, source: Any, data: str, at: Any = 1763700000000) -> None:
    with closing(sqlite3.connect(shop.home / "ledger.sqlite3")) as other, other:
        other.execute(
            "INSERT INTO event (at, payment_id, type, source, data) VALUES (?, ?, ?, ?, ?)",
            (at, payment_id, kind, source, data),
        )


@pytest.mark.parametrize(("kind", "source", "data"), STRANGE)
async def test_an_unknown_fact_blocks_nothing(shop: Shop, kind: str, source: str, data: str) -> None:
    payment_id = shop.view.payment.id
    write(shop, payment_id, kind, source, data)
    assert await shop.send_callback(shop.query()) == ("10", "Ok")
    ledger = shop.core.ledger
    history = await ledger.payment_history(payment_id)
    assert history is not None
    assert history.payment.state is PaymentStatus.PAID
    document = payment_history_json(history, shop.clock.now(), Texts("en").event)
    [event] = [event for event in document["events"] if event["at"] == "2025-11-21T04:40:00.000Z"]
    assert event["type"] == kind
    assert event["source"] == (source if source in tuple(Source) else "unknown")
    assert event["text"]
    json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    assert await ledger.rebuild(write=False) == []
    assert len(await ledger.tail(0)) == await ledger.last_seq()
    changes = await ledger.changed_since(0)
    assert (changes.last_seq, changes.payments) == (await ledger.last_seq(), {shop.view.payment.id})
    assert await ledger.uncounted_callbacks(0) == []
    found = await ledger.payments(PaymentFilter(now=shop.clock.now()))
    assert [view.payment.id for view in found] == [payment_id]


@pytest.mark.parametrize("at", [10**18, -(10**18), "soon", b"\xff"])
@pytest.mark.parametrize("kind", ["loyalty_earned", "link_cancelled", b"\xff"])
async def test_a_fact_without_a_time_that_can_be_read_means_nothing(shop: Shop, at: Any, kind: Any) -> None:
    write(shop, shop.view.payment.id, kind, b"\xff", json.dumps({"link_key": shop.link.key}), at)
    assert await shop.send_callback(shop.query()) == ("10", "Ok")
    history = await shop.core.ledger.payment_history(shop.view.payment.id)
    assert history is not None
    assert (history.payment.state, history.payment.link.cancelled) == (PaymentStatus.PAID, False)
    document = payment_history_json(history, shop.clock.now(), Texts("en").event)
    json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    assert await shop.core.ledger.rebuild(write=False) == []


@pytest.mark.parametrize("sum_minor", [-500, 10**25])
async def test_what_is_no_sum_of_money_counts_as_none(shop: Shop, sum_minor: int) -> None:
    data = json.dumps(COUNTED | {"link_key": shop.link.key, "sum_minor": sum_minor})
    write(shop, shop.view.payment.id, "callback_received", "callback", data)
    assert await shop.send_callback(shop.query()) == ("10", "Ok")
    payment = await shop.payment()
    assert (payment.state, payment.received_minor) == (PaymentStatus.PAID, 12550)


async def test_an_answer_that_fits_no_column_does_not_stop_the_sale(shop: Shop) -> None:
    answer = {"link_key": shop.link.key, "transaction_id": "t", "operation_status": 10**30, "baseline": True}
    write(shop, shop.view.payment.id, "status_answered", "asking", json.dumps({**answer, "message": "x"}))
    assert await shop.send_callback(shop.query()) == ("10", "Ok")


async def test_money_of_a_link_that_a_newer_version_wrote_is_an_orphan(shop: Shop) -> None:
    """The payment is readable, one link of it is not: nothing crashes, and the money is reported."""
    with closing(sqlite3.connect(shop.home / "ledger.sqlite3")) as other, other:
        other.execute(
            "INSERT INTO event (at, payment_id, link_key, type, source, data) VALUES (1, ?, 'new', ?, 'till', '{}')",
            (shop.view.payment.id, "link_requested"),
        )
    assert (await shop.get(shop.query(), "/xpay/new")).status_code == 404
    assert [entry.fact.type for entry in await shop.core.ledger.unmatched_entries()] == ["orphan_received"]


async def test_a_fact_of_no_payment_stops_no_comparison(shop: Shop) -> None:
    write(shop, "p-nobody", "link_cancelled", "person", '{"link_key":"nobody"}')
    assert await shop.core.ledger.rebuild(write=False) == []
    assert await shop.core.ledger.rebuild(write=True) == []
    assert await shop.core.ledger.payment(shop.view.payment.id) == shop.view


@pytest.mark.parametrize("column", ["type", "source", "data"])
async def test_a_text_that_is_no_text_hides_no_payment(shop: Shop, column: str) -> None:
    values = {"type": "'loyalty_earned'", "source": "'till'", "data": "'{}'"} | {column: "CAST(x'ff7b' AS TEXT)"}
    with closing(sqlite3.connect(shop.home / "ledger.sqlite3")) as other, other:
        other.executemany(
            f"INSERT INTO event (at, payment_id, {', '.join(values)}) VALUES (1, ?, {', '.join(values.values())})",
            [(shop.view.payment.id,), (None,)],
        )
    assert await shop.send_callback(shop.query()) == ("10", "Ok")
    ledger = shop.core.ledger
    entries = await ledger.entries(shop.view.payment.id)
    assert [entry.fact.type for entry in entries if entry.seq > 3][-1] == "callback_received"
    assert await ledger.rebuild(write=False) == []
    assert len(await ledger.tail(0)) == await ledger.last_seq()
    changes = await ledger.changed_since(0)
    assert (changes.last_seq, changes.payments) == (await ledger.last_seq(), {shop.view.payment.id})
    assert await ledger.uncounted_callbacks(0) == []
    assert len(await ledger.unmatched_entries()) == 1
    assert len(check_ledger_file(shop.home / "ledger.sqlite3", shop.clock.now()).unmatched_at) == 1


async def test_a_fact_of_tomorrow_is_shown_as_it_is(shop: Shop) -> None:
    write(shop, shop.view.payment.id, *STRANGE[0])
    [entry] = [e for e in await shop.core.ledger.entries(shop.view.payment.id) if isinstance(e.fact, UnknownFact)]
    assert entry.fact == UnknownFact("loyalty_earned", {"points": 5})
    assert Texts("en").event(entry) == "An event that this version of Paydesk does not know"


@pytest.mark.parametrize("kind", ["payment_requested", "link_requested"])
async def test_a_payment_whose_beginning_cannot_be_read_is_left_alone(shop: Shop, kind: str) -> None:
    """Its callback is an orphan, answered with 404; the list stays as the newer version wrote it."""
    other = await open_payment(shop.core)
    with closing(sqlite3.connect(shop.home / "ledger.sqlite3")) as tampered, tampered:
        tampered.execute("DROP TRIGGER event_is_never_changed")
        changed: dict[str, Any] = {"of": "tomorrow"}
        tampered.execute(
            "UPDATE event SET data = ? WHERE payment_id = ? AND type = ?",
            (json.dumps(changed), other.payment.id, kind),
        )
    assert (await shop.get(shop.query(txn_id="9"), f"/xpay/{other.payment.link.key}")).status_code == 404
    assert [entry.fact.type for entry in await shop.core.ledger.unmatched_entries()] == ["orphan_received"]
    assert await shop.core.ledger.rebuild(write=True) == []
    assert await shop.core.ledger.payment(other.payment.id) == other
    assert await shop.send_callback(shop.query()) == ("10", "Ok")
