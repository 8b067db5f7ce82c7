"""Settling many is killed on its way: what was settled is on the disk, the rest still stands in the inbox."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from app.domain.journal.events import PaymentSettled
from app.services.history.settlement import BulkSettlement, ManualSettlement, ShownPayment
from app.storage.ledger import open_ledger
from tests.contracts import sales
from tests.contracts.test_attention_inbox import make
from tests.fakes.clock_and_operator import FakeClock
from tests.fakes.context import CountingEntropy

KILLED_AFTER, PAYMENTS = 3, 7
STATUS = 17
CHILD = "import sys; from tests.adapters.test_settle_killed import settle_until_killed as run; run(sys.argv[1])"


def settle_until_killed(path: str) -> None:
    """Settle all that needs attention; the process ends at once before the fourth payment."""

    def go_on(done: BulkSettlement) -> bool:
        if len(done.settled) == KILLED_AFTER:
            os._exit(STATUS)
        return True

    async def settle() -> None:
        ledger = open_ledger(Path(path))
        inbox = await ledger.attention_inbox()
        shown = [ShownPayment(view.payment.id, inbox.as_of) for group in inbox.groups for view in group.views]
        await ManualSettlement(ledger, FakeClock(), CountingEntropy()).settle_shown(shown, "seen", go_on=go_on)

    asyncio.run(settle())


async def test_what_was_settled_before_the_kill_stays_settled_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = open_ledger(path)
    await ledger.write(lambda tx: [make(tx, "late", f"{number}", after_s=number) for number in range(PAYMENTS)])
    await ledger.close()

    child = subprocess.run([sys.executable, "-c", CHILD, str(path)], timeout=50, check=False)
    assert child.returncode == STATUS

    ledger = open_ledger(path)
    inbox = await ledger.attention_inbox()
    (group,) = inbox.groups
    assert sales.names(list(group.views)) == ["3", "2", "1", "0"], "the newest were settled first"
    settled = [entry.payment_id for entry in await ledger.tail(0) if isinstance(entry.fact, PaymentSettled)]
    assert settled == [sales.payment_of(name) for name in ("6", "5", "4")]
    assert await ledger.rebuild(write=False) == []
    await ledger.close()
