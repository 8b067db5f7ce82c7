"""The walk through all payments of a `Ledger`: the same payments as its list, one snapshot, no matter how many."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from app.domain.payment import PaymentStatus
from app.services.ports.ledger import Ledger, PaymentFilter, PaymentScan, PaymentView
from app.services.ports.ledger_transaction import Contact, LedgerTransaction
from app.services.ports.payment_line import PaymentLine
from tests.builders import START
from tests.contracts.sales import fail, receive, refund, sell, sold

EVERYTHING = PaymentFilter(now=START, limit=0)
MORE_THAN_A_PAGE = 501


def line_of(view: PaymentView) -> PaymentLine:
    payment, contact = view.payment, view.contact or Contact(None, None)
    values: dict[str, Any] = {name: getattr(payment, name, None) for name in PaymentLine._fields}
    return PaymentLine(**values | {"status": payment.status(START), "phone": contact.phone, "email": contact.email})


async def sales(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> None:
        for place in range(MORE_THAN_A_PAGE):
            sell(tx, f"{place}", after_s=place % 7 - 2_000, phone="380501234567" if place % 2 else None)
        receive(tx, "5", after_s=1)
        receive(tx, "6", sum_minor=100, after_s=1)
        receive(tx, "7", "error", error_text="no money", after_s=1)
        receive(tx, "8", after_s=1)
        refund(tx, "8", 12550, "done")

    await ledger.write(decide)


@pytest.mark.parametrize(
    "criteria",
    [
        EVERYTHING,
        PaymentFilter(now=START, limit=3),
        PaymentFilter(now=START, limit=0, status=PaymentStatus.PAID),
        PaymentFilter(now=START, limit=0, search="380501234567"),
        PaymentFilter(now=START, limit=0, attention=True),
        PaymentFilter(now=START, limit=0, search="nothing like this"),
    ],
)
async def test_it_walks_through_the_payments_of_the_list(ledger: Ledger, criteria: PaymentFilter) -> None:
    await sales(ledger)
    listed = await ledger.payments(criteria)
    assert await ledger.scan(criteria, lambda scan: list(scan.views())) == listed
    assert await ledger.scan(criteria, lambda scan: list(scan.lines())) == [line_of(view) for view in listed]


async def test_what_is_seen_of_a_status_depends_on_the_moment(ledger: Ledger) -> None:
    await sold(ledger, "1", after_s=-100_000)
    criteria = PaymentFilter(now=START, limit=0)
    lines = await ledger.scan(criteria, lambda scan: list(scan.lines()))
    assert [line.status for line in lines] == [PaymentStatus.EXPIRED]


async def test_it_is_one_snapshot_and_holds_up_no_write(ledger: Ledger) -> None:
    await sales(ledger)
    begun, written = threading.Event(), threading.Event()

    def walk(scan: PaymentScan) -> int:
        lines = scan.lines()
        next(lines)
        begun.set()
        assert written.wait(20)
        return 1 + sum(1 for _ in lines)

    walking = asyncio.create_task(ledger.scan(EVERYTHING, walk), name="walk")
    assert await asyncio.to_thread(begun.wait, 20)
    await sold(ledger, "in between")
    written.set()
    assert await walking == MORE_THAN_A_PAGE
    assert await ledger.scan(EVERYTHING, walk) == MORE_THAN_A_PAGE + 1


async def test_an_error_of_the_work_ends_it_and_the_next_one_is_whole(ledger: Ledger) -> None:
    await sales(ledger)

    def leave(scan: PaymentScan) -> None:
        next(scan.lines())
        fail(KeyError("left"))

    with pytest.raises(KeyError, match="left"):
        await ledger.scan(EVERYTHING, leave)
    assert await ledger.scan(EVERYTHING, lambda scan: sum(1 for _ in scan.views())) == MORE_THAN_A_PAGE
