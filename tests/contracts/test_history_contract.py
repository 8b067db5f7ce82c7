"""The history queries of a `Ledger`: filters, search, totals, and what still needs a status inquiry."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.ids import TransactionId
from app.domain.journal.events import LinkCreated
from app.domain.payment import AUTHORISED_GRACE, Payment, PaymentFlag, PaymentStatus
from app.services.ports.ledger import Ledger, PaymentFilter, Totals
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.builders import START
from tests.contracts.sales import ask, cancel, key_of, names, receive, refund, sell, sold, state

TTL = timedelta(minutes=15)
MICRO = timedelta(microseconds=1)
AGES = (timedelta(), TTL - timedelta(milliseconds=1), TTL, TTL + AUTHORISED_GRACE, timedelta(hours=30))
KINDS = ("creating", "open", "auth", "paid", "under", "cancelled")


async def found(ledger: Ledger, **criteria: Any) -> list[str]:
    return names(await ledger.payments(PaymentFilter(**{"now": START, "limit": 0} | criteria)))


def make(tx: LedgerTransaction, kind: str, name: str, *, after_s: float) -> None:
    if kind == "creating":
        ask(tx, name, after_s=after_s)
        return
    sell(tx, name, after_s=after_s)
    if kind == "auth":
        receive(tx, name, "auth", after_s=after_s)
    if kind in ("paid", "under"):
        receive(tx, name, sum_minor=12550 if kind == "paid" else 100, after_s=after_s)
    if kind == "cancelled":
        cancel(tx, name, after_s=after_s)


async def history(ledger: Ledger) -> list[Payment]:
    """Add payments of every kind and age; return them as the ledger lists them."""

    def decide(tx: LedgerTransaction) -> None:
        for kind, (place, age) in itertools.product(KINDS, enumerate(AGES)):
            make(tx, kind, f"{kind}{place}", after_s=-age.total_seconds())

    await ledger.write(decide)
    return [view.payment for view in await ledger.payments(PaymentFilter(now=START, limit=0))]


async def test_the_history_is_newest_first_and_bounded(ledger: Ledger) -> None:
    listed = await history(ledger)
    order = [(payment.created_at, payment.number) for payment in listed]
    assert order == sorted(order, reverse=True)
    ids = [payment.id for payment in listed]
    for limit, expected in ((1, 1), (7, 7), (0, 30), (-1, 30), (99, 30)):
        views = await ledger.payments(PaymentFilter(now=START, limit=limit))
        assert [view.payment.id for view in views] == ids[:expected]


async def test_fifty_unless_told(ledger: Ledger) -> None:
    await ledger.write(lambda tx: [ask(tx, f"{number}") for number in range(1, 52)])
    views = await ledger.payments(PaymentFilter(now=START))
    assert [view.payment.number for view in views] == list(range(51, 1, -1))
    assert len(await found(ledger)) == 51


async def test_the_status_filter_is_the_domain_rule_at_every_moment(ledger: Ledger) -> None:
    listed = await history(ledger)
    moments = (START, START - MICRO, START + MICRO, START + TTL, START + TTL + AUTHORISED_GRACE)
    for now, status in itertools.product(moments, PaymentStatus):
        expected = [payment.id.removeprefix("p-") for payment in listed if payment.status(now) is status]
        assert await found(ledger, now=now, status=status) == expected, (now, status)


async def test_what_has_run_out_is_expired_or_was_never_created(ledger: Ledger) -> None:
    await ledger.write(lambda tx: [make(tx, kind, kind, after_s=0) for kind in KINDS])

    async def shown(status: PaymentStatus, after: timedelta) -> list[str]:
        return await found(ledger, now=START + after, status=status)

    early = TTL - MICRO
    assert await shown(PaymentStatus.EXPIRED, early) == await shown(PaymentStatus.NOT_CREATED, early) == []
    assert await shown(PaymentStatus.CREATING, early) == ["creating"]
    assert await shown(PaymentStatus.CREATING, TTL) == await shown(PaymentStatus.OPEN, TTL) == []
    assert await shown(PaymentStatus.NOT_CREATED, TTL) == ["creating"]
    assert await shown(PaymentStatus.EXPIRED, TTL) == ["open"]
    assert await shown(PaymentStatus.AUTHORISED, TTL + AUTHORISED_GRACE - MICRO) == ["auth"]
    assert await shown(PaymentStatus.AUTHORISED, TTL + AUTHORISED_GRACE) == []
    assert await shown(PaymentStatus.EXPIRED, TTL + AUTHORISED_GRACE) == ["auth", "open"]
    assert await shown(PaymentStatus.PAID, timedelta(days=99)) == ["paid"]


async def test_attention_leaves_only_what_a_person_must_look_at(ledger: Ledger) -> None:
    listed = await history(ledger)
    needing_attention = [payment.id.removeprefix("p-") for payment in listed if payment.attention]
    assert needing_attention == ["under0", "under1", "under2", "under3", "under4"]
    assert await found(ledger, attention=True) == needing_attention


async def test_dates_are_from_inclusive_to_exclusive(ledger: Ledger) -> None:
    for name, after_s in (("old", -60.001), ("from", -60), ("middle", -1), ("to", 0)):
        await sold(ledger, name, after_s=after_s)
    minute_ago = START - timedelta(minutes=1)
    assert await found(ledger, created_from=minute_ago, created_to=START) == ["middle", "from"]
    assert await found(ledger, created_from=minute_ago) == ["to", "middle", "from"]
    assert await found(ledger, created_to=minute_ago) == ["old"]
    assert await found(ledger, created_from=minute_ago + MICRO) == ["to", "middle"]
    assert await found(ledger, created_from=minute_ago - MICRO) == ["to", "middle", "from"]
    assert await found(ledger, created_to=minute_ago + MICRO) == ["from", "old"]
    assert await found(ledger, created_from=START, created_to=START) == []


async def searchable_payments(ledger: Ledger) -> None:
    """Add three payments with every text that a search covers; number 3 is the newest."""

    def decide(tx: LedgerTransaction) -> None:
        sell(tx, "a", purpose="Велика кава", phone="380501234567", order="A-77/x")
        sell(tx, "b", purpose="сік 100%", amount_minor=9900, email="Anna_B@Example.ua")
        sell(tx, "c", purpose="Straße \\ міст", amount_minor=125000, order="2")
        receive(tx, "b", sum_minor=9900, txn_id="Txn-00055", card="412345******3217")

    await ledger.write(decide)


SEARCHES = {
    "": "cba",
    "   ": "cba",
    '""': "cba",
    "« »": "cba",
    "1": "ba",  # a number, and a part of 100%
    "№1": "a",
    "# 1": "a",
    "01": "a",
    "2": "cb",  # an order is named 2
    "4": "",
    "125,50": "a",
    "125.5": "a",
    "99": "b",
    "99 ₴": "b",
    "1 250": "c",
    "12550": "",
    "0": "b",
    "-99": "",
    "КАВА": "a",
    "  велика КА ": "a",
    "strasse": "c",
    "STRAßE": "c",
    "100%": "b",
    "0%0": "",
    "%": "b",
    "_": "b",
    "\\": "c",
    "a-77/X": "a",
    "TXN-0005": "b",
    "00055": "b",
    "anna_b@example": "b",
    "anna-b": "",
    "380501234567": "a",
    "+38 (050) 123-45": "a",
    "501": "a",
    "50": "",
    "'; DROP TABLE payment; --": "",
}


@pytest.mark.parametrize("text", SEARCHES)
async def test_search(ledger: Ledger, text: str) -> None:
    await searchable_payments(ledger)
    assert "".join(await found(ledger, search=text)) == SEARCHES[text]


ALIKE = [
    ("Їжа й м’ята", "їжа\u00a0й  м'ЯТА"),
    ("Їжа й м'ята", "\u0456\u0308жа \u0438\u0306 м\u02bcята"),
    ("\u0456\u0308жа \u0438\u0306", "їжа й"),
    ("тел\u2011сервіс", "тел-сервіс"),
    ("тел-сервіс", "тел\u2014сервіс"),
    ("Подарунок \U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
    ("Подарунок \U0001f468 \U0001f469", "\U0001f468\u200d\U0001f469"),
    ("серце \u2764\ufe0f", "\u2764"),
    ("стіл 12", "стіл \uff11\uff12"),
    ("Ґанок", "ґАНОК"),
    ("STRASSE", "straße"),
    ("кава", "ка\u00adва"),
    ("\u200fкава", "\u202bкава\u202c"),
    ("кава\ufeff", "\u200bкава\u2060"),
    ("«Кава»", '"кава"'),
    ("Кава  та\u00a0 сік", "кава та сік"),
]


@pytest.mark.parametrize(("stored", "text"), ALIKE)
async def test_what_looks_alike_is_found(ledger: Ledger, stored: str, text: str) -> None:
    await sold(ledger, "a", purpose=stored)
    await sold(ledger, "b", purpose="чай")
    assert await found(ledger, search=text) == ["a"]


@pytest.mark.parametrize("text", ["\u200b", "\u00ad", "\u202e\u200f", "\u3164"])
async def test_what_cannot_be_seen_is_no_search(ledger: Ledger, text: str) -> None:
    await searchable_payments(ledger)
    assert "".join(await found(ledger, search=text)) == "cba"


@pytest.mark.parametrize(
    "text",
    [
        "050.123.45.67",
        "+38 (050) 123–45–67",
        "00380501234567",
        "00 38 050 123",
        "+380 (0)50 123 45 67",
        "[050] 123/45/67",
        "050\u2011123",
        "\u202a+380501234567\u202c",
        "\uff10\uff15\uff10\uff11\uff12\uff13",
    ],
)
async def test_a_phone_is_found_however_it_is_written(ledger: Ledger, text: str) -> None:
    await searchable_payments(ledger)
    assert await found(ledger, search=text) == ["a"]


async def test_the_card_and_the_operation_are_found(ledger: Ledger) -> None:
    await searchable_payments(ledger)
    for text in ("3217", "*3217", "\u2022\u2022\u2022\u2022 3217", "4123\u00a045** **** 3217"):
        assert await found(ledger, search=text) == ["b"], text
    for text in ("217", "4123", "321", "7", "3218"):
        assert "b" not in await found(ledger, search=text), text

    def decide(tx: LedgerTransaction) -> None:
        for name, operation in (("d", "Op-778899"), ("e", "87")):
            ask(tx, name)
            state(tx, name, LinkCreated(key_of(name), TransactionId(f"{key_of(name)}-1"), "https://x", "u", operation))

    await ledger.write(decide)
    for text in ("Op-778899", " oP-778899\u200b", "7788", "op\u2011778"):
        assert await found(ledger, search=text) == ["d"], text
    assert await found(ledger, search="87") == ["e"]


@pytest.mark.parametrize("text", ["125б50", "125Ю5", "125,50 грн", "₴ 125.50", "125.50", "\uff11\uff12\uff15,5"])
async def test_a_sum_is_found_however_it_is_typed(ledger: Ledger, text: str) -> None:
    await searchable_payments(ledger)
    assert await found(ledger, search=text) == ["a"]


@pytest.mark.parametrize("text", ["45+30", "125 50", "1 2 5", "125=50"])
async def test_what_is_no_sum_finds_no_sum(ledger: Ledger, text: str) -> None:
    for name, minor in (("a", 453000), ("b", 1255000), ("c", 12500)):
        await sold(ledger, name, amount_minor=minor)
    assert await found(ledger, search=text) == []


async def test_what_a_payment_shows_beside_its_status_is_a_filter(ledger: Ledger) -> None:
    def decide(tx: LedgerTransaction) -> None:
        for name in ("open", "failed", "gone", "paid", "late", "asked", "part", "whole"):
            sell(tx, name, after_s=-99_999 if name == "gone" else 0)
        for name in ("failed", "gone"):
            receive(tx, name, "error", after_s=-99_990 if name == "gone" else 60, error_text="no money")
        for name in ("paid", "asked", "part", "whole"):
            receive(tx, name)
        receive(tx, "late", after_s=99_999, late=True)
        refund(tx, "asked", 550)
        refund(tx, "part", 550, "done")
        refund(tx, "whole", 12550, "done")

    await ledger.write(decide)
    assert {flag: await found(ledger, status=flag) for flag in PaymentFlag} == {
        "attempt_failed": ["failed"],
        "paid_late": ["late"],
        "refund_requested": ["asked"],
        "partly_refunded": ["part"],
        "refunded": ["whole"],
    }
    assert await found(ledger, status=PaymentStatus.PAID) == ["whole", "part", "asked", "late", "paid"]


async def test_the_conditions_of_a_filter_all_hold(ledger: Ledger) -> None:
    await history(ledger)
    await sold(ledger, "wanted", after_s=-1, purpose="кава")
    await sold(ledger, "too-new", purpose="кава")
    await sold(ledger, "under5", after_s=-1, purpose="кава")
    await ledger.write(lambda tx: receive(tx, "under5", sum_minor=100))
    criteria: dict[str, Any] = {"search": "кава", "created_to": START}
    assert await found(ledger, **criteria) == ["under5", "wanted"]
    assert await found(ledger, **criteria, status=PaymentStatus.OPEN) == ["wanted"]
    assert await found(ledger, **criteria, attention=True) == ["under5"]
    assert await found(ledger, **criteria, status=PaymentStatus.OPEN, attention=True) == []
    assert await found(ledger, **criteria, created_from=START - timedelta(minutes=1), limit=1) == ["under5"]


async def test_totals_of_nothing(ledger: Ledger) -> None:
    assert await ledger.totals(PaymentFilter(now=START)) == Totals(0, 0, 0, 0)
    await sold(ledger, "a")
    assert await ledger.totals(PaymentFilter(now=START, search="nothing")) == Totals(0, 0, 0, 0)


async def test_totals_add_up_what_the_filter_finds_whatever_its_limit(ledger: Ledger) -> None:
    await searchable_payments(ledger)
    await ledger.write(lambda tx: receive(tx, "a"))
    await ledger.write(lambda tx: refund(tx, "a", 550, "done"))
    await ledger.write(lambda tx: receive(tx, "c", sum_minor=300))
    assert await ledger.totals(PaymentFilter(now=START, limit=1)) == Totals(3, 2, 12550 + 9900 + 300, 550)
    assert await ledger.totals(PaymentFilter(now=START, search="380501234567")) == Totals(1, 1, 12550, 550)
    assert await ledger.totals(PaymentFilter(now=START, attention=True)) == Totals(1, 0, 300, 0)
    assert await ledger.totals(PaymentFilter(now=START, status=PaymentStatus.PAID)) == Totals(2, 2, 22450, 550)
    assert await ledger.totals(PaymentFilter(now=START, created_to=START)) == Totals(0, 0, 0, 0)


@pytest.mark.parametrize("status", [None, *PaymentStatus])
async def test_totals_agree_with_the_list(ledger: Ledger, status: PaymentStatus | None) -> None:
    await history(ledger)
    for now in (START, START + TTL):
        criteria = PaymentFilter(now=now, status=status, created_from=START - TTL, limit=0)
        listed = [view.payment for view in await ledger.payments(criteria)]
        paid = sum(payment.state is PaymentStatus.PAID for payment in listed)
        received = sum(payment.received_minor for payment in listed)
        assert await ledger.totals(criteria) == Totals(len(listed), paid, received, 0)


async def test_what_stays_to_be_asked_about(ledger: Ledger) -> None:
    listed = await history(ledger)
    expected = {"creating0", "creating1", *(f"under{place}" for place in range(5))}
    expected |= {f"{kind}{place}" for kind in ("open", "auth", "cancelled") for place in range(4)}
    order = [payment.id.removeprefix("p-") for payment in listed]
    assert names(await ledger.unfinished(START)) == [name for name in order if name in expected]


async def test_asking_ends_a_day_after_the_end(ledger: Ledger) -> None:
    await ledger.write(lambda tx: [make(tx, kind, kind, after_s=0) for kind in KINDS])

    async def asked(now: datetime) -> set[str]:
        return set(names(await ledger.unfinished(now)))

    day = timedelta(hours=24)
    assert await asked(START + TTL - MICRO) == {"creating", "open", "auth", "under", "cancelled"}
    assert await asked(START + TTL) == {"open", "auth", "under", "cancelled"}
    assert await asked(START + day - MICRO) == {"open", "auth", "under", "cancelled"}
    assert await asked(START + day) == {"open", "auth", "under"}
    assert await asked(START + day + TTL - MICRO) == {"open", "auth", "under"}
    assert await asked(START + day + TTL) == {"under"}


async def test_a_link_cancelled_late_is_watched_from_then(ledger: Ledger) -> None:
    await sold(ledger, "a", after_s=-200_000)
    await ledger.write(lambda tx: cancel(tx, "a", after_s=-60))
    assert names(await ledger.unfinished(START)) == ["a"]


async def test_money_on_its_way_back_is_asked_about(ledger: Ledger) -> None:
    long_after = START + timedelta(days=40)
    statuses: dict[str, list[str]] = {"asked": [], "requested": ["requested"], "unknown": ["unknown"]}
    statuses |= {"done": ["requested", "done"], "failed": ["unknown", "failed"]}

    def decide(tx: LedgerTransaction) -> None:
        for name, answers in statuses.items():
            sell(tx, name)
            receive(tx, name)
            refund(tx, name, 550, *answers)

    await ledger.write(decide)
    assert names(await ledger.unfinished(long_after)) == ["unknown", "requested", "asked"]
    await ledger.write(lambda tx: receive(tx, "asked", "refund", sum_minor=550, txn_id="back"))
    assert names(await ledger.unfinished(long_after)) == ["unknown", "requested"]


async def test_a_limit_of_any_size_is_a_limit(ledger: Ledger) -> None:
    listed = await history(ledger)
    for limit in (2**63 - 1, 2**63, 10**30):
        assert len(await ledger.payments(PaymentFilter(now=START, limit=limit))) == len(listed)


async def test_what_cannot_be_stored_is_not_found(ledger: Ledger) -> None:
    await history(ledger)
    for text in ("\udcff", "\udcff\udcfe", "creating0\udcff", "\ud800"):
        assert await found(ledger, search=text) == []
    assert await found(ledger, search="\0") == []


async def test_the_ends_of_the_calendar_bound_as_any_moment(ledger: Ledger) -> None:
    listed = await history(ledger)
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert len(await found(ledger, created_from=first, created_to=last)) == len(listed)
    assert await found(ledger, created_from=last) == await found(ledger, created_to=first) == []
