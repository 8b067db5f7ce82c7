"""A payment that was paid while nobody looked at it is told once; the one on screen, and old money, are not."""

from __future__ import annotations

import pytest

from app.domain.ids import PaymentId, TransactionId
from app.domain.journal.events import StatusAnswered
from app.ui.paid_notices import PaidNotices
from app.ui.tasks import PageTasks
from tests.contracts import sales
from tests.fakes.context import FakeCoreApi, FakeNotices, make_context
from tests.fakes.ledger import FakeLedger

SALE, OTHER = sales.payment_of("sale"), sales.payment_of("other")


class Window:
    def __init__(self) -> None:
        self.ledger = FakeLedger()
        self.context = make_context(self.ledger)
        self.on_screen: PaymentId | None = None
        tasks = PageTasks("test", lambda error: None, lambda error: None)
        self.tasks = tasks
        self.notices = PaidNotices(self.context, tasks, lambda: self.on_screen)

    @property
    def toasts(self) -> list[tuple[str, str]]:
        assert isinstance(self.context.notices, FakeNotices)
        return self.context.notices.toasts

    async def pay(self, name: str, **changes: object) -> None:
        await sales.sold(self.ledger, name)
        await self.ledger.write(lambda tx: sales.receive(tx, name, **changes))

    async def change(self, *payments: PaymentId) -> None:
        self.notices.on_changed(frozenset(payments))
        await self.tasks.wait_until_idle()


@pytest.fixture
async def window() -> Window:
    return Window()


async def test_a_payment_elsewhere_is_told_once_with_number_and_sum(window: Window) -> None:
    await window.pay("sale")
    await window.change(SALE)
    await window.change(SALE)
    assert window.toasts == [("Paid: No. 1, 125,50\u00a0₴", "paid")]


async def test_the_payment_on_screen_needs_no_notice(window: Window) -> None:
    await window.pay("sale")
    window.on_screen = SALE
    await window.change(SALE)
    assert window.toasts == []


async def test_what_is_not_paid_is_not_told(window: Window) -> None:
    await sales.sold(window.ledger, "sale")
    await window.change(SALE)
    await window.change()
    assert window.toasts == []


async def test_money_that_needs_a_look_is_amber(window: Window) -> None:
    await window.pay("sale", sum_minor=13000)
    await window.change(SALE)
    assert window.toasts == [("Paid: No. 1, 130,00\u00a0₴", "attention")]


async def test_late_money_is_told_as_the_row_tells_it(window: Window) -> None:
    await window.pay("sale", late=True)
    await window.change(SALE)
    assert window.toasts == [("Paid late: No. 1, 125,50\u00a0₴", "attention")]


async def test_a_part_and_then_the_rest_are_both_news(window: Window) -> None:
    await window.pay("sale", sum_minor=5000)
    await window.change(SALE)
    await window.change(SALE)
    await window.ledger.write(lambda tx: sales.receive(tx, "sale", sum_minor=7550, txn_id="rest", signature="rest"))
    await window.change(SALE)
    await window.change(SALE)
    assert window.toasts == [
        ("Underpaid: No. 1, 50,00\u00a0₴", "attention"),
        ("Paid: No. 1, 125,50\u00a0₴", "paid"),
    ]


async def test_what_the_operator_calls_paid_is_told_once_and_the_money_after_it(window: Window) -> None:
    await sales.sold(window.ledger, "sale")
    hint = StatusAnswered(sales.key_of("sale"), TransactionId("t"), 10, "", hint=True, nonce="1")
    await window.ledger.write(lambda tx: sales.state(tx, "sale", hint, after_s=30))
    window.on_screen = SALE
    await window.change(SALE)
    assert window.toasts == []
    window.on_screen = None
    for _again in range(2):
        await window.change(SALE)
    await window.ledger.write(lambda tx: sales.receive(tx, "sale"))
    await window.change(SALE)
    assert window.toasts == [
        ("Payment No. 1: the operator says: paid. A person must confirm it", "attention"),
        ("Paid: No. 1, 125,50\u00a0₴", "paid"),
    ]


async def test_money_of_long_ago_is_no_news(window: Window) -> None:
    await window.pay("sale")
    assert window.context.core is not None
    api = window.context.core.api
    assert isinstance(api, FakeCoreApi)
    api.clock.pass_time(seconds=600)
    await window.change(SALE)
    assert window.toasts == []


async def test_changes_that_follow_one_another_are_all_looked_into(window: Window) -> None:
    """The second one comes while the first is being read."""
    await window.pay("sale")
    await window.pay("other")
    window.notices.on_changed(frozenset({OTHER, SALE}))
    window.notices.on_changed(frozenset({OTHER}))
    await window.tasks.wait_until_idle()
    assert sorted(text for text, _ in window.toasts) == ["Paid: No. 1, 125,50\u00a0₴", "Paid: No. 2, 125,50\u00a0₴"]
