"""Journals of older versions: every payment stays what it was (protocol.md A5, A3.9).

`journals/journal_0003.sql` is a ledger written by the version of 24 November 2026, `journal_0003.json` its view of
the payments: among them those whose rules have changed since, and they keep the old ones.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.ids import LinkKey, PaymentId, RefundId, TransactionId
from app.domain.journal.events import (
    VERDICT_VERSION,
    CallbackReceived,
    PaymentSettled,
    RefundRequested,
    SignatureCheck,
    Source,
)
from app.domain.payment import Attention, RefundStatus
from app.domain.payment_fold.fold import fold
from app.domain.payment_fold.movements import Direction
from app.services.history.payment_json import payment_history_json
from app.services.ports.history_values import TotalsBy
from app.services.ports.ledger import PaymentFilter, PaymentView
from app.services.ports.ledger_transaction import Contact
from app.storage.ledger import SqlLedger, open_ledger
from app.storage.tables import schema
from app.storage.tables.schema import REVISIONS, upgrade_schema
from tests.builders import START, UUID
from tests.fakes.history import added_up, is_chosen

JOURNALS = Path(__file__).parent / "journals"
NOW = START + timedelta(days=30)
LATER = START + timedelta(hours=2)
OLDER = REVISIONS[: REVISIONS.index("0003") + 1]
"""Schemas that the kept journal fits into; every later revision has to carry it on."""


def recorded_views() -> list[dict[str, Any]]:
    document: list[dict[str, Any]] = json.loads((JOURNALS / "journal_0003.json").read_text("utf-8"))
    return document


def write_older(path: Path, revision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a ledger file of an older schema with everything of the stored journal that this schema supports."""
    with monkeypatch.context() as yesterday:
        yesterday.setattr(schema, "HEAD", revision)
        upgrade_schema(path)
    lines = (JOURNALS / "journal_0003.sql").read_text("utf-8")
    with closing(sqlite3.connect(path)) as connection, connection:
        known = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for line in lines.splitlines():
            table = line.removeprefix('INSERT INTO "').partition('"')[0]
            if line.startswith("INSERT INTO") and table in known - {"alembic_version", "sqlite_sequence"}:
                connection.execute(line)


@pytest.fixture(params=OLDER)
async def older(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SqlLedger]:
    write_older(tmp_path / "ledger.db", request.param, monkeypatch)
    ledger = open_ledger(tmp_path / "ledger.db", tmp_path / "backups")
    try:
        yield ledger
    finally:
        await ledger.close()


async def details_of_payment(ledger: SqlLedger, view: PaymentView) -> dict[str, Any]:
    history = await ledger.payment_history(view.payment.id)
    assert history is not None
    assert PaymentView(history.payment, history.contact) == view
    details = payment_history_json(history, NOW, lambda entry: "")
    details.pop("as_of", None)
    for event in details["events"]:
        del event["text"]
    document: dict[str, Any] = json.loads(json.dumps({**details, "attention_causes": view.payment.attention_causes}))
    return document


async def view_of(ledger: SqlLedger, name: str) -> PaymentView:
    view = await ledger.payment(PaymentId(f"p-{name}"))
    assert view is not None
    return view


async def test_every_payment_of_an_older_journal_is_what_it_was(older: SqlLedger, tmp_path: Path) -> None:
    views = sorted(await older.payments(PaymentFilter(now=NOW, limit=0)), key=lambda view: view.payment.number)
    assert len(list((tmp_path / "backups").iterdir())) == 1
    assert [await details_of_payment(older, view) for view in views] == recorded_views()
    assert await older.rebuild(write=False) == []
    assert await older.statement_store().kept(START, START) == []
    for view in views:
        assert fold(reversed(await older.entries(view.payment.id))) == view.payment


async def test_an_older_journal_is_searched_and_added_up_as_a_new_one(older: SqlLedger) -> None:
    """Revision 0005 fills its columns, its index and the kept totals from the rows that are there."""
    views = await older.payments(PaymentFilter(now=NOW, limit=0))
    for criteria in (PaymentFilter(now=NOW), PaymentFilter(now=NOW, min_minor=0)):  # kept, and counted
        for by in TotalsBy:
            assert await older.totals(criteria, by) == added_up([v.payment for v in views], criteria, by, 0)
    for view in views:
        contact = view.contact or Contact(None, None)
        links = (link.operation_id for link in view.payment.links)
        texts = (view.payment.purpose, view.payment.order, view.payment.txn_id, contact.phone, contact.email, *links)
        for text in filter(None, texts):
            criteria = PaymentFilter(now=NOW, limit=0, search=f'"{text}"')
            found = await older.payments(criteria)
            assert view in found
            assert found == [other for other in views if is_chosen(other, criteria)]


@pytest.mark.parametrize("between", REVISIONS[REVISIONS.index("0003") : -1])
async def test_money_movements_are_made_from_the_journal_of_every_older_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    """What moved when is in no older table: the fold says it, once, with the upgrade."""
    path = tmp_path / "ledger.db"
    write_older(path, "0003", monkeypatch)
    with monkeypatch.context() as yesterday:
        yesterday.setattr(schema, "HEAD", between)
        upgrade_schema(path)
    ledger = open_ledger(path)
    try:
        record = await ledger.period_record(START - timedelta(days=1), NOW, NOW, "2026-11-21")
        assert await ledger.rebuild(write=False) == []
    finally:
        await ledger.close()
    views = recorded_views()
    sums = [sum(item.amount_minor for item in record.movements if item.direction is way) for way in Direction]
    assert sums == [sum(view[name] for view in views) for name in ("received_minor", "refunded_minor")]
    assert sums[0] > sums[1] > 0
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM meta WHERE key = 'unfilled'").fetchone() == (0,)


async def test_a_new_request_is_not_settled_by_an_old_callback(older: SqlLedger) -> None:
    """50 of 100 were refunded in the operator's cabinet and settled: a new request waits for its own callback."""
    asked = RefundRequested(
        RefundId("new"), 3000, "x-two-cabinet", TransactionId("new-1"), "x", None, "7", VERDICT_VERSION
    )
    name = PaymentId("p-two-cabinet")
    await older.write(lambda tx: tx.append(asked, payment_id=name, source=Source.TILL, at=LATER))
    refunds = (await view_of(older, "two-cabinet")).payment.refunds
    assert [refund.status for refund in refunds if refund.id == "new"] == [RefundStatus.REQUESTED]


@pytest.mark.parametrize(
    ("name", "code", "changes"),
    [
        ("forged", Attention.UNVERIFIED, {"signed": SignatureCheck.WRONG, "sum_minor": 778}),
        ("odd", Attention.UNKNOWN_COMMAND, {"command": "capture", "txn_id": "zz", "result": "21"}),
        ("two-cabinet", Attention.REFUNDED_ELSEWHERE, {"command": "refund", "sum_minor": 111}),
    ],
)
async def test_what_comes_after_an_old_settling_raises_it_again(
    older: SqlLedger, name: str, code: Attention, changes: dict[str, Any]
) -> None:
    assert code not in (await view_of(older, name)).payment.attention
    values: dict[str, Any] = {
        "link_key": LinkKey(f"key-{name}-1"),
        "command": "pay",
        "txn_id": f"x-{name}",
        "uuid": UUID,
        "txn_date": "20261121121600",
        "sum_minor": 10000,
        "signed": SignatureCheck.VERIFIED,
        "result": "10",
        "message": "Ok",
        "signature": "of today",
        "verdict_version": VERDICT_VERSION,
    }
    fact = CallbackReceived(**values | changes)
    payment_id = PaymentId(f"p-{name}")
    await older.write(lambda tx: tx.append(fact, payment_id=payment_id, source=Source.CALLBACK, at=LATER))
    assert code in (await view_of(older, name)).payment.attention
    assert await older.rebuild(write=False) == []


async def test_more_money_before_an_old_settled_excess_is_reported(older: SqlLedger) -> None:
    payment_id = PaymentId("p-over")
    [cause] = (await view_of(older, "over")).payment.attention_causes
    settled = PaymentSettled((cause,), "given back in cash", nonce="n")
    await older.write(lambda tx: tx.append(settled, payment_id=payment_id, source=Source.PERSON, at=LATER))
    assert (await view_of(older, "over")).payment.attention == ()
    more = CallbackReceived(
        link_key=LinkKey("key-over-1"),
        command="pay",
        txn_id="before",
        uuid=UUID,
        txn_date="20261121000000",
        sum_minor=100,
        signed=SignatureCheck.VERIFIED,
        result="10",
        message="Ok",
        counts=True,
        verdict_version=VERDICT_VERSION,
    )
    await older.write(lambda tx: tx.append(more, payment_id=payment_id, source=Source.CALLBACK, at=LATER))
    assert Attention.OVERPAID in (await view_of(older, "over")).payment.attention
    assert await older.rebuild(write=False) == []
