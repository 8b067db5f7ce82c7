"""The day against its journal: random shops, both changes of the clock in Kyiv, cut-offs, two processes."""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import DayAlreadyClosed
from app.domain.ids import PaymentId, RefundId, TransactionId
from app.domain.journal.events import (
    JournalEntry,
    PaymentSettled,
    RefundAnswered,
    RefundRequested,
    SignatureCheck,
    StatusAnswered,
)
from app.domain.payment import RefundStatus
from app.domain.payment_fold.fold import fold
from app.services.day.shop_days import ShopDays, day_json
from app.services.ports.ledger import PaymentFilter
from app.services.ports.ledger_transaction import LedgerTransaction
from app.storage import period_record
from app.storage.integrity.checkup import check_ledger_file
from app.storage.ledger import SqlLedger, open_ledger
from tests.builders import START
from tests.contracts.sales import append_orphan, cancel, key_of, payment_of, receive, sell, state
from tests.contracts.test_day_contract import Hours, Now

KYIV = ZoneInfo("Europe/Kyiv")
CUT_OFFS = ("00:00", "03:30", "05:15", "23:45")
AUTUMN, SPRING = date(2026, 10, 25), date(2026, 3, 29)


@dataclass
class Sale:
    """What happens to one payment: (kind, minutes after its creation, kopecks)."""

    created: datetime
    amount_minor: int
    person: str | None
    events: list[tuple[str, int, int]] = field(default_factory=list)


MOMENTS = st.sampled_from([AUTUMN, SPRING]).flatmap(
    lambda day: st.integers(-26 * 60, 50 * 60).map(
        lambda minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes, milliseconds=7)
    )
)
EVENTS = st.tuples(
    st.sampled_from(["pay", "unsigned", "again", "proof", "person", "refund", "elsewhere", "cancel"]),
    st.integers(0, 2000),
    st.sampled_from([100, 2500, 5000, 5001]),
)
SALES = st.builds(
    Sale, MOMENTS, st.sampled_from([100, 5000, 5001]), st.sampled_from([None, "Olena", "Ihor"]),
    st.lists(EVENTS, max_size=5),
)  # fmt: skip


def write_sale(tx: LedgerTransaction, name: str, sale: Sale) -> None:
    begin = (sale.created - START).total_seconds()
    sell(tx, name, after_s=begin, amount_minor=sale.amount_minor, created_by=sale.person)
    for place, (kind, minutes, minor) in enumerate(sale.events):
        write_event(tx, name, kind, begin + minutes * 60, minor, place)


def write_event(tx: LedgerTransaction, name: str, kind: str, after_s: float, minor: int, place: int) -> None:
    values: dict[str, Any] = {"txn_id": f"{name}-{place}", "signature": f"{name}{place}", "after_s": after_s}
    match kind:
        case "pay":
            receive(tx, name, sum_minor=minor, **values)
        case "unsigned":
            receive(tx, name, sum_minor=minor, signed=SignatureCheck.MISSING, **values)
        case "again":  # another sum under the txn_id of the payment's first fact
            receive(tx, name, sum_minor=minor, **(values | {"txn_id": f"{name}-0"}))
        case "proof":
            proof = StatusAnswered(key_of(name), TransactionId("t"), 10, "done", proves=True, nonce=str(place))
            state(tx, name, proof, after_s=after_s)
        case "person":
            settled = PaymentSettled(("operator_says_paid",), "seen", paid=True, nonce=str(place))
            state(tx, name, settled, after_s=after_s)
        case "refund":
            asked = RefundId(f"r{place}")
            request = RefundRequested(asked, minor, f"{name}-0", TransactionId(f"{name}{place}"), "x", "Olena")
            state(tx, name, request, after_s=after_s)
            state(tx, name, RefundAnswered(asked, "done", "ok"), after_s=after_s + 3600)
        case "elsewhere":
            receive(tx, name, "refund", sum_minor=minor, **values)
        case _:
            cancel(tx, name, after_s=after_s)


@dataclass(frozen=True)
class Moved:
    is_taken: bool
    at: datetime
    person: str | None
    minor: int


def recomputed(journal: Sequence[JournalEntry]) -> list[Moved]:
    """Return from the journal alone what each fact added when it came, and each refund when it was done.

    Written without the program's movements: what a payment received until a moment is the fold of the facts until then.
    """
    found: list[Moved] = []
    for payment_id in {entry.payment_id for entry in journal if entry.payment_id is not None}:
        entries = [entry for entry in journal if entry.payment_id == payment_id]
        payment, before = fold(entries), 0
        for at in sorted({entry.at for entry in entries}):
            after = fold([entry for entry in entries if entry.at <= at]).received_minor
            found.append(Moved(True, at, payment.created_by, after - before))
            before = after
        asked = {e.fact.refund_id: e.fact.by for e in entries if isinstance(e.fact, RefundRequested)}
        done = [(r.done_at, r) for r in payment.refunds if r.done_at and r.status is RefundStatus.DONE]
        left = payment.refunded_minor
        for at, refund in sorted(done, key=lambda pair: (pair[0], pair[1].id)):
            found.append(Moved(False, at, asked.get(refund.id), min(left, refund.amount_minor)))
            left -= found[-1].minor
    return found


def starts(day: date, hours: Hours) -> datetime:
    """Return the first minute whose wall clock is not before the day's start; searched, not computed."""
    wanted = datetime.fromisoformat(f"{day.isoformat()}T{hours.day_starts_at}")
    minute = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=4)
    while minute.astimezone(KYIV).replace(tzinfo=None) < wanted:
        minute += timedelta(minutes=15)
    return minute


@pytest.fixture(scope="module")
def new_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a ledger without payments: to make one takes longer than to compare its days."""
    path = tmp_path_factory.mktemp("new") / "ledger.db"
    asyncio.run(open_ledger(path).close())
    return path


@settings(max_examples=100)
@given(sales=st.lists(SALES, min_size=1, max_size=5), cut_off=st.sampled_from(CUT_OFFS))
def test_a_day_is_a_plain_recomputation_of_the_journal(new_ledger: Path, sales: list[Sale], cut_off: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        shutil.copyfile(new_ledger, path)
        asyncio.run(compare_days(path, sales, Hours(day_starts_at=cut_off)))


async def compare_days(path: Path, sales: list[Sale], hours: Hours) -> None:
    ledger = open_ledger(path)
    try:
        await ledger.write(lambda tx: [write_sale(tx, f"s{place}", sale) for place, sale in enumerate(sales)])
        journal = await ledger.tail(0, 10_000)
        days = ShopDays(ledger, Now(), lambda: hours)
        moved, net, created = recomputed(journal), 0, 0
        first = min(entry.at for entry in journal).astimezone(KYIV).date() - timedelta(days=1)
        last = max(entry.at for entry in journal).astimezone(KYIV).date()
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            found = day_json(await days.day(day))
            bounds = starts(day, hours), starts(day + timedelta(days=1), hours)
            require_day(found, [item for item in moved if bounds[0] <= item.at < bounds[1]])
            net += found["net_minor"]
            created += found["created_count"]
        payments = [view.payment for view in await ledger.payments(PaymentFilter(now=START, limit=0))]
        assert net == sum(payment.received_minor - payment.refunded_minor for payment in payments)
        assert created == len(payments)
        assert await ledger.rebuild(write=False) == []
    finally:
        await ledger.close()


def require_day(found: dict[str, Any], moved: Sequence[Moved]) -> None:
    by_hour: dict[str, int] = defaultdict(int)
    taken: dict[str | None, int] = defaultdict(int)
    returned: dict[str | None, int] = defaultdict(int)
    for item in moved:
        (taken if item.is_taken else returned)[item.person] += item.minor
        by_hour[item.at.astimezone(KYIV).strftime("%Y-%m-%dT%H")] += item.minor if item.is_taken else 0
    assert (found["taken_minor"], found["returned_minor"]) == (sum(taken.values()), sum(returned.values()))
    assert found["net_minor"] == found["taken_minor"] - found["returned_minor"]
    told_hours = {row["hour"]: row["taken_minor"] for row in found["by_hour"] if row["taken_minor"]}
    assert told_hours == {hour: minor for hour, minor in by_hour.items() if minor}
    for row in found["by_person"]:
        assert (row["taken_minor"], row["returned_minor"]) == (taken[row["name"]], returned[row["name"]])
    names = [row["name"] for row in found["by_person"]]
    assert names == sorted(filter(None, names)) + [None] * (None in names)
    for part in ("by_person", "by_hour", "by_confirmation"):
        assert sum(row["taken_minor"] for row in found[part]) == found["taken_minor"]
    assert sum(row["returned_minor"] for row in found["by_person"]) == found["returned_minor"]
    for part in ("by_person", "by_confirmation"):
        assert sum(row["taken_count"] for row in found[part]) == found["taken_count"]
    assert sum(found["by_status"].values()) == found["created_count"]


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    opened = open_ledger(tmp_path / "ledger.db")
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("day", "cut_off", "first", "last", "hours"),
    [
        (AUTUMN, "00:00", "2026-10-24T21:00:00.000Z", "2026-10-25T22:00:00.000Z", 25),
        (AUTUMN, "03:30", "2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z", 25),
        (AUTUMN - timedelta(days=1), "03:30", "2026-10-24T00:30:00.000Z", "2026-10-25T00:30:00.000Z", 24),
        (AUTUMN - timedelta(days=1), "05:15", "2026-10-24T02:15:00.000Z", "2026-10-25T03:15:00.000Z", 25),
        (SPRING, "00:00", "2026-03-28T22:00:00.000Z", "2026-03-29T21:00:00.000Z", 23),
        (SPRING - timedelta(days=1), "05:15", "2026-03-28T03:15:00.000Z", "2026-03-29T02:15:00.000Z", 23),
    ],
)
async def test_the_bounds_of_a_day_over_the_changes_of_the_clock(
    ledger: SqlLedger, day: date, cut_off: str, first: str, last: str, hours: int
) -> None:
    found = await ShopDays(ledger, Now(), lambda: Hours(day_starts_at=cut_off)).day(day)
    told = day_json(found)
    assert (told["from"], told["to"], (found.end - found.start) / timedelta(hours=1)) == (first, last, hours)


async def test_the_repeated_hour_of_autumn_is_one(ledger: SqlLedger) -> None:
    def decide(tx: LedgerTransaction) -> None:
        for place, hour in enumerate((0, 1, 2)):  # 03:00 of summer, 03:00 of winter, 04:00
            after = (datetime(2026, 10, 25, hour, 20, tzinfo=UTC) - START).total_seconds()
            sell(tx, str(place), after_s=after)
            receive(tx, str(place), after_s=after)

    await ledger.write(decide)
    told = day_json(await ShopDays(ledger, Now(), Hours).day(AUTUMN))
    assert told["by_hour"] == (
        {"hour": "2026-10-25T03", "taken_minor": 25100},
        {"hour": "2026-10-25T04", "taken_minor": 12550},
    )


async def test_a_closing_raises_no_warning_of_the_check_up(ledger: SqlLedger, tmp_path: Path) -> None:
    await ledger.write(append_orphan)
    await ShopDays(ledger, Now(), Hours).close()
    assert check_ledger_file(tmp_path / "ledger.db", START).unmatched_at == (START,)


async def test_rebuild_finds_and_mends_a_wrong_movement(ledger: SqlLedger, tmp_path: Path) -> None:
    def decide(tx: LedgerTransaction) -> None:
        sell(tx, "a")
        receive(tx, "a")

    await ledger.write(decide)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other, other:
        other.execute("UPDATE money_movement SET amount_minor = 1")
    (wrong,) = await ledger.rebuild(write=False)
    assert (wrong.column, wrong.stored, wrong.folded) == ("movements[0].amount_minor", 1, 12550)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other, other:
        other.execute("DELETE FROM money_movement")
        other.execute("INSERT INTO money_movement VALUES (?, 0, 'taken', 5, 5, 1, 'x', NULL, 'callback')", ("nobody",))
    assert {item.payment_id for item in await ledger.rebuild(write=True)} == {payment_of("a"), PaymentId("nobody")}
    assert await ledger.rebuild(write=False) == []
    assert (await ShopDays(ledger, Now(), Hours).day()).figures.taken_minor == 12550


async def test_a_signed_pay_after_an_inquiry_moves_nothing_of_the_day_before(ledger: SqlLedger) -> None:
    days = ShopDays(ledger, Now(START + timedelta(days=2)), Hours)

    def asked(tx: LedgerTransaction) -> None:
        sell(tx, "a")
        state(tx, "a", StatusAnswered(key_of("a"), TransactionId("t"), 10, "d", proves=True, nonce="1"), after_s=70)

    await ledger.write(asked)
    before = await days.close(date(2026, 11, 21))
    await ledger.write(lambda tx: receive(tx, "a", sum_minor=12600, after_s=86_400))
    after, next_day = await days.day(date(2026, 11, 21)), await days.day(date(2026, 11, 22))
    assert (before.figures.taken_minor, before.figures.taken_count) == (12550, 1)
    assert (after.figures.taken_minor, after.figures.taken_count) == (12550, 1)
    assert (next_day.figures.taken_minor, next_day.figures.taken_count) == (50, 0)
    assert [row.confirmed_by for row in after.figures.by_confirmation] == ["callback"]
    assert after.closing == before.closing


def close_in_a_process(path: Path, ready: Any, won: Any) -> None:
    async def close() -> None:
        ledger = open_ledger(path)
        try:
            ready.wait()
            await ShopDays(ledger, Now(), Hours).close()
            won.put("closed")
        except DayAlreadyClosed:
            won.put("refused")
        finally:
            await ledger.close()

    asyncio.run(close())


def test_of_two_processes_that_close_at_once_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    asyncio.run(open_ledger(path).close())
    context = multiprocessing.get_context("spawn")
    ready, won = context.Barrier(2), context.Queue()
    closers = [context.Process(target=close_in_a_process, args=(path, ready, won)) for _ in range(2)]
    for closer in closers:
        closer.start()
    told = sorted(won.get(timeout=50) for _ in closers)
    for closer in closers:
        closer.join(timeout=50)
    assert told == ["closed", "refused"]


@pytest.mark.parametrize(
    ("query", "values", "index"),
    [
        (period_record.MOVED, (0, 1), "ix_money_movement_at"),
        (period_record.CREATED, (0, 1), "created_at"),
        (period_record.OPEN, (0,), "ix_payment_state"),
    ],
)
async def test_no_table_is_read_from_end_to_end(
    ledger: SqlLedger, tmp_path: Path, query: str, values: tuple[int, ...], index: str
) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    assert any(line.startswith("SEARCH") and index in line for line in plan), plan
    assert not any(line.startswith("SCAN") for line in plan), plan
