"""Rows that this version cannot read, of a newer version or damaged, hide no payment and refuse no money."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from app.domain.events import Source, UnknownFact
from app.domain.payment import PaymentStatus
from app.i18n.texts import Texts
from app.services.payment_json import story_json
from app.services.ports import PaymentFilter
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
    ("status_answered", "asking", "[]"),
]


def write(shop: Shop, payment_id: str | None, kind: str, source: str, data: str) -> None:
    with closing(sqlite3.connect(shop.home / "ledger.sqlite3")) as other, other:
        other.execute(
            "INSERT INTO event (at, payment_id, type, source, data) VALUES (1763700000000, ?, ?, ?, ?)",
            (payment_id, kind, source, data),
        )


@pytest.mark.parametrize(("kind", "source", "data"), STRANGE)
async def test_a_strange_fact_stands_in_nobodys_way(shop: Shop, kind: str, source: str, data: str) -> None:
    payment_id = shop.view.payment.id
    write(shop, payment_id, kind, source, data)
    assert await shop.told(shop.query()) == ("10", "Ok")
    ledger = shop.core.ledger
    history = await ledger.payment_history(payment_id)
    assert history is not None
    assert history.view.payment.state is PaymentStatus.PAID
    told = story_json(history, shop.clock.now(), Texts("en").event)
    [event] = [event for event in told["events"] if event["at"] == "2025-11-21T04:40:00.000Z"]
    assert event["type"] == kind
    assert event["source"] == (source if source in tuple(Source) else "unknown")
    assert event["text"]
    assert await ledger.rebuild(write=False) == []
    assert len(await ledger.tail(0)) == await ledger.last_seq()
    found = await ledger.payments(PaymentFilter(now=shop.clock.now()))
    assert [view.payment.id for view in found] == [payment_id]


async def test_a_fact_of_tomorrow_is_shown_as_it_is(shop: Shop) -> None:
    write(shop, shop.view.payment.id, *STRANGE[0])
    [entry] = [e for e in await shop.core.ledger.entries(shop.view.payment.id) if isinstance(e.fact, UnknownFact)]
    assert entry.fact == UnknownFact("loyalty_earned", {"points": 5})
    assert Texts("en").event(entry) == "An event that this version of Paydesk does not know"


@pytest.mark.parametrize("kind", ["payment_requested", "link_requested"])
async def test_a_payment_whose_beginning_cannot_be_read_is_left_alone(shop: Shop, kind: str) -> None:
    """Its money is an orphan, answered with 404; the list stays as the newer version wrote it."""
    other = await open_payment(shop.core)
    with closing(sqlite3.connect(shop.home / "ledger.sqlite3")) as tampered, tampered:
        tampered.execute("DROP TRIGGER event_is_never_changed")
        changed: dict[str, Any] = {"of": "tomorrow"}
        tampered.execute(
            "UPDATE event SET data = ? WHERE payment_id = ? AND type = ?",
            (json.dumps(changed), other.payment.id, kind),
        )
    assert (await shop.get(shop.query(txn_id="9"), f"/xpay/{other.payment.link.key}")).status_code == 404
    assert [entry.fact.type for entry in await shop.core.ledger.strays()] == ["orphan_received"]
    assert await shop.core.ledger.rebuild(write=True) == []
    assert await shop.core.ledger.payment(other.payment.id) == other
    assert await shop.told(shop.query()) == ("10", "Ok")
