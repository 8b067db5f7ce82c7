"""Many payments settled with one reason: each as it was shown, never as paid; what was done is told on every end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from app.domain.errors import CardNumberTyped, SeqUnknown, SettleReasonMissing, StorageFull
from app.domain.journal.events import PaymentSettled
from app.domain.payment import Attention, PaymentStatus
from app.services.history.settlement import BulkSettlement, ManualSettlement, ShownPayment
from app.services.ports.ledger import PaymentFilter
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.builders import START
from tests.contracts import sales
from tests.contracts.test_attention_inbox import forge
from tests.fakes.clock_and_operator import FakeClock
from tests.fakes.context import CountingEntropy
from tests.fakes.ledger import FakeLedger
from tests.unit.test_settle import HINT

T = TypeVar("T")
NAMES = ("a", "b", "c", "d")


class FillingLedger(FakeLedger):
    """A disk that has room for so many more writes; None: for all."""

    room: int | None = None

    async def write(self, decide: Callable[[LedgerTransaction], T]) -> T:
        if self.room == 0:
            raise StorageFull(path="x")
        if self.room is not None:
            self.room -= 1
        return await super().write(decide)


class Shop:
    def __init__(self) -> None:
        self.ledger = FillingLedger()
        self.settlement = ManualSettlement(self.ledger, FakeClock(), CountingEntropy())
        self.seen = 0

    async def open(self) -> None:
        def decide(tx: LedgerTransaction) -> None:
            for name in NAMES:
                sales.sell(tx, name)
                forge(tx, name)

        await self.ledger.write(decide)
        self.seen = (await self.ledger.attention_inbox()).as_of

    def shown(self, *names: str) -> list[ShownPayment]:
        return [ShownPayment(sales.payment_of(name), self.seen) for name in names]

    async def in_inbox(self) -> set[str]:
        return set(sales.names(await self.ledger.payments(PaymentFilter(now=START, attention=True, limit=0))))

    async def reasons(self) -> list[str]:
        return [entry.fact.reason for entry in await self.ledger.tail(0) if isinstance(entry.fact, PaymentSettled)]


@pytest.fixture
async def shop() -> Shop:
    made = Shop()
    await made.open()
    return made


def ids(*names: str) -> tuple[str, ...]:
    return tuple(map(sales.payment_of, names))


async def test_all_that_was_shown_is_settled_with_the_reason(shop: Shop) -> None:
    done = await shop.settlement.settle_shown(shop.shown("a", "c"), "seen in the cabinet", by="Olena")
    assert done == BulkSettlement(settled=ids("a", "c"))
    assert await shop.in_inbox() == {"b", "d"}
    facts = [entry.fact for entry in await shop.ledger.tail(shop.seen)]
    assert [(f.reason, f.by, f.paid, f.seen) for f in facts if isinstance(f, PaymentSettled)] == [
        ("seen in the cabinet", "Olena", False, shop.seen)
    ] * 2


async def test_news_stay_and_what_somebody_else_settled_is_no_failure(shop: Shop) -> None:
    await shop.ledger.write(lambda tx: forge(tx, "a", "news"))
    await shop.settlement.settle(sales.payment_of("b"), "mine")
    done = await shop.settlement.settle_shown([*shop.shown("a", "b", "c"), *shop.shown("c")], "seen")
    assert (done.newer, done.ended, done.settled) == (ids("a"), ids("b", "c"), ids("c"))
    assert await shop.in_inbox() == {"a", "d"}


async def test_a_reason_that_only_came_later_is_not_settled(shop: Shop) -> None:
    await shop.settlement.settle(sales.payment_of("a"), "mine")
    await shop.ledger.write(lambda tx: forge(tx, "a", "news"))
    done = await shop.settlement.settle_shown(shop.shown("a"), "seen")
    assert done == BulkSettlement(newer=ids("a"))
    assert await shop.reasons() == ["mine"]


async def test_never_paid(shop: Shop) -> None:
    await shop.ledger.write(lambda tx: sales.sell(tx, "sale"))
    await shop.ledger.write(lambda tx: sales.state(tx, "sale", HINT, after_s=90))
    shop.seen = await shop.ledger.last_seq()
    done = await shop.settlement.settle_shown(shop.shown("sale"), "seen")
    view = await shop.ledger.payment(sales.payment_of("sale"))
    assert view is not None
    assert (done.settled, view.payment.state, view.payment.attention) == (ids("sale"), PaymentStatus.OPEN, ())
    assert Attention.OPERATOR_SAYS_PAID not in view.payment.attention


@pytest.mark.parametrize("room", range(4))
async def test_a_full_disk_tells_what_was_done_and_a_second_press_does_the_rest(shop: Shop, room: int) -> None:
    shop.ledger.room = room
    done = await shop.settlement.settle_shown(shop.shown(*NAMES), "seen")
    assert isinstance(done.problem, StorageFull)
    assert (done.settled, done.left) == (ids(*NAMES[:room]), ids(*NAMES[room:]))
    assert await shop.in_inbox() == set(NAMES[room:])
    shop.ledger.room = None
    again = await shop.settlement.settle_shown(shop.shown(*NAMES[room:]), "seen")
    assert again == BulkSettlement(settled=ids(*NAMES[room:]))


async def test_it_can_be_stopped_between_two_payments(shop: Shop) -> None:
    told: list[int] = []

    def go_on(done: BulkSettlement) -> bool:
        told.append(len(done.settled))
        return len(done.settled) < 2

    done = await shop.settlement.settle_shown(shop.shown(*NAMES), "seen", go_on=go_on)
    assert told == [0, 1, 2]
    assert done == BulkSettlement(settled=ids("a", "b"), left=ids("c", "d"))
    assert await shop.in_inbox() == {"c", "d"}


async def test_nothing_is_written_without_a_good_reason_or_with_a_seq_of_the_future(shop: Shop) -> None:
    with pytest.raises(SettleReasonMissing):
        await shop.settlement.settle_shown(shop.shown("a"), " ")
    with pytest.raises(CardNumberTyped):
        await shop.settlement.settle_shown(shop.shown("a"), "card 4111 1111 1111 1111")
    future = ShownPayment(sales.payment_of("b"), shop.seen + 1)
    with pytest.raises(SeqUnknown):
        await shop.settlement.settle_shown([*shop.shown("a"), future], "seen")
    assert await shop.reasons() == []


async def test_nothing_chosen_is_nothing_done(shop: Shop) -> None:
    assert await shop.settlement.settle_shown([], "seen") == BulkSettlement()
