"""Builders of valid facts; a test overrides the fields that it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.ids import LinkKey, PaymentId, TransactionId
from app.domain.journal.events import (
    VERDICT_VERSION,
    CallbackReceived,
    Fact,
    JournalEntry,
    LinkCreated,
    LinkRequested,
    PaymentRequested,
    SignatureCheck,
    Source,
)
from app.services.sales.till import TillPolicy

START = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)
KEY = LinkKey("key-of-the-first-link")
PAYMENT = PaymentId("p00000000000000000001")
UUID = "f3cd72b6-e1ea-406f-9b44-a9b93b401b7f"


def till_policy(mode: str = "demo") -> TillPolicy:
    return TillPolicy(
        callback_base="http://127.0.0.1:8733",
        terminal_id="1",
        payer_locale="uk",
        ttl=timedelta(minutes=15),
        max_amount_minor=10_000_000,
        lease=timedelta(seconds=45),
        mode=mode,
        owner="test:1",
    )


def entry(fact: Fact, *, after_s: float = 0, seq: int = 0) -> JournalEntry:
    return JournalEntry(seq, START + timedelta(seconds=after_s), PAYMENT, Source.TILL, fact)


def requested(amount_minor: int = 12550, **changes: Any) -> JournalEntry:
    values: dict[str, Any] = {
        "number": 1,
        "amount_minor": amount_minor,
        "currency": "UAH",
        "terminal_id": "1",
        "locale": "uk",
    }
    return entry(PaymentRequested(**values | changes))


def link_requested(key: LinkKey = KEY, *, after_s: float = 0, tries: str = "1") -> JournalEntry:
    at = START + timedelta(seconds=after_s)
    fact = LinkRequested(
        link_key=key,
        transaction_id=TransactionId(f"{key}-{tries}"),
        callback_url=f"http://127.0.0.1:8733/xpay/{key}",
        expires_at=at + timedelta(minutes=15),
        lease_until=at + timedelta(seconds=45),
        owner="till:1",
    )
    return entry(fact, after_s=after_s)


def link_created(key: LinkKey = KEY, *, after_s: float = 1, tries: str = "1") -> JournalEntry:
    fact = LinkCreated(key, TransactionId(f"{key}-{tries}"), "https://mapi.xpaydirect.com/x", UUID, "11")
    return entry(fact, after_s=after_s)


def callback(command: str = "pay", *, after_s: float = 60, **changes: Any) -> JournalEntry:
    values: dict[str, Any] = {
        "link_key": KEY,
        "command": command,
        "txn_id": "321455",
        "uuid": UUID,
        "txn_date": "20261121121600",
        "sum_minor": 12550,
        "signed": SignatureCheck.VERIFIED,
        "result": "10",
        "message": "Ok",
        "counts": command == "pay",
        "signature": f"{command}-signature",
        "verdict_version": VERDICT_VERSION,
    }
    return entry(CallbackReceived(**values | changes), after_s=after_s)


def open_payment(amount_minor: int = 12550) -> list[JournalEntry]:
    return [requested(amount_minor), link_requested(), link_created()]
