"""The inbox of what needs attention: each payment once, under its gravest reason, newest first, of one snapshot."""

from __future__ import annotations

import asyncio
import random

import pytest

from app.domain.journal.events import SignatureCheck
from app.domain.payment import GRAVEST_FIRST, Attention
from app.services.history.settlement import ManualSettlement, ShownPayment
from app.services.ports.ledger import AttentionInbox, Ledger, PaymentFilter
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.builders import START
from tests.contracts import sales
from tests.fakes.clock_and_operator import FakeClock
from tests.fakes.context import CountingEntropy

KINDS = ("paid", "open", "late", "under", "over", "forged", "late and under", "strange")


def make(tx: LedgerTransaction, kind: str, name: str, *, after_s: float = 0) -> None:
    sales.sell(tx, name, after_s=after_s)
    if kind in ("paid", "late"):
        sales.receive(tx, name, late=kind == "late", after_s=after_s + 60)
    if kind in ("under", "over", "late and under"):
        sum_minor = 20_000 if kind == "over" else 100
        sales.receive(tx, name, sum_minor=sum_minor, late=kind.startswith("late"), after_s=after_s + 60)
    if kind == "forged":
        forge(tx, name)
    if kind == "strange":
        sales.receive(tx, name, "nonsense", counts=False, signature=None, after_s=after_s + 60)


def forge(tx: LedgerTransaction, name: str, txn_id: str = "forged") -> None:
    sales.receive(tx, name, txn_id=txn_id, signed=SignatureCheck.WRONG, counts=False, signature=f"s-{name}-{txn_id}")


def shown(inbox: AttentionInbox) -> dict[Attention, list[str]]:
    return {group.reason: sales.names(list(group.views)) for group in inbox.groups}


async def listed(ledger: Ledger) -> set[str]:
    return set(sales.names(await ledger.payments(PaymentFilter(now=START, attention=True, limit=0))))


async def test_nothing_needs_attention(ledger: Ledger) -> None:
    inbox = await ledger.attention_inbox()
    assert (inbox.groups, inbox.count, inbox.as_of) == ([], 0, 0)
    await sales.sold(ledger, "a")
    inbox = await ledger.attention_inbox()
    assert (inbox.groups, inbox.count, inbox.as_of) == ([], 0, await ledger.last_seq())


def test_every_reason_has_its_place() -> None:
    assert sorted(GRAVEST_FIRST) == sorted(Attention)


async def test_a_payment_stands_under_its_gravest_reason_newest_first(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> None:
        for place, kind in enumerate(KINDS):
            make(tx, kind, f"{kind}1", after_s=place)
        make(tx, "late", "late2", after_s=100)

    await ledger.write(decide)
    inbox = await ledger.attention_inbox()
    assert shown(inbox) == {
        Attention.OVERPAID: ["over1"],
        Attention.UNDERPAID: ["late and under1", "under1"],
        Attention.LATE: ["late2", "late1"],
        Attention.UNVERIFIED: ["forged1"],
        Attention.UNKNOWN_COMMAND: ["strange1"],
    }
    assert [group.reason for group in inbox.groups] == [r for r in GRAVEST_FIRST if r in shown(inbox)]
    assert (inbox.count, inbox.as_of) == (7, await ledger.last_seq())


async def test_a_long_group_is_counted_and_its_newest_are_read(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> None:
        for number in range(7):
            make(tx, "late", f"{number}", after_s=number)
        make(tx, "under", "one")

    await ledger.write(decide)
    inbox = await ledger.attention_inbox(per_group=3)
    assert shown(inbox) == {Attention.UNDERPAID: ["one"], Attention.LATE: ["6", "5", "4"]}
    assert [group.count for group in inbox.groups] == [1, 7]


@pytest.mark.parametrize("seed", range(6))
async def test_groups_add_up_to_the_list_and_bulk_settling_leaves_exactly_the_news(ledger: Ledger, seed: int) -> None:
    """Whatever comes between the look and the settling, during it too, still stands in the inbox afterwards."""
    draw = random.Random(seed)
    kinds = {f"{number:02}": draw.choice(KINDS) for number in range(24)}
    await ledger.write(lambda tx: [make(tx, kind, name, after_s=float(name)) for name, kind in kinds.items()])
    inbox = await ledger.attention_inbox()
    names = [name for group in shown(inbox).values() for name in group]
    assert len(names) == len(set(names)) == inbox.count
    assert set(names) == await listed(ledger)

    news = draw.sample(sorted(kinds), 6)
    before, during = news[:3], news[3:]
    await ledger.write(lambda tx: [forge(tx, name, "news") for name in before])
    chosen = draw.sample(names, len(names) // 2)
    settlement = ManualSettlement(ledger, FakeClock(), CountingEntropy())
    pairs = [ShownPayment(sales.payment_of(name), inbox.as_of) for name in chosen]
    writing = asyncio.create_task(_write_each(ledger, during))
    done = await settlement.settle_shown(pairs, "seen in the cabinet")
    await writing

    assert sorted((*done.settled, *done.newer)) == sorted(pair.payment_id for pair in pairs)
    assert (done.left, done.ended, done.problem) == ((), (), None)
    assert set(before) & set(chosen) <= set(map(_name, done.newer)) <= set(news)
    after = await ledger.attention_inbox()
    left = {name for group in shown(after).values() for name in group}
    assert left == (set(names) - set(chosen)) | set(news)
    assert left == await listed(ledger)


async def _write_each(ledger: Ledger, names: list[str]) -> None:
    for name in names:
        await ledger.write(lambda tx, name=name: forge(tx, name, "news"))  # type: ignore[misc]


def _name(payment_id: str) -> str:
    return payment_id.removeprefix("p-")
