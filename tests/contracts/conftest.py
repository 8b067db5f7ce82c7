"""Each port's suite runs on the fake and on the real adapter, so that both are known to behave alike."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.ids import PaymentId
from app.services.ports.ledger import Ledger
from app.storage.ledger import open_ledger
from tests.fakes.ledger import FakeLedger

Spoil = Callable[[PaymentId, int], None]


@pytest.fixture(params=["in memory", "on a file"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    opened: Ledger = FakeLedger() if request.param == "in memory" else open_ledger(tmp_path / "ledger.db")
    yield opened
    await opened.close()


@pytest.fixture
def spoil(ledger: Ledger, tmp_path: Path) -> Spoil:
    """Return a function that stores a wrong received sum in a payment's projection, bypassing the ledger."""

    def in_memory(payment_id: PaymentId, received_minor: int) -> None:
        assert isinstance(ledger, FakeLedger)
        wrong = replace(ledger.kept.payments[payment_id], received_minor=received_minor)
        ledger.kept.payments[payment_id] = wrong

    def on_a_file(payment_id: PaymentId, received_minor: int) -> None:
        with closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
            other.execute("UPDATE payment SET received_minor = ? WHERE id = ?", (received_minor, payment_id))
            other.commit()

    return in_memory if isinstance(ledger, FakeLedger) else on_a_file
