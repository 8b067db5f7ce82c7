"""`payments` and `totals` with the filters of contract.md 1b, on a ledger that was written in this process."""

from __future__ import annotations

from typing import Any

import pytest

from app.services.ports.ledger_transaction import LedgerTransaction
from app.storage.ledger import open_ledger
from tests.contracts.sales import receive, refund, sell
from tests.journeys.conftest import Shells
from tests.journeys.test_cli_errors import complaint

WHOLE = {
    "count": 4,
    "paid_count": 2,
    "received_minor": 12550 + 9900 + 100,
    "refunded_minor": 550,
    "net_minor": 12550 + 9900 + 100 - 550,
}
NOTHING = dict.fromkeys(WHOLE, 0)


@pytest.fixture
async def shop(shells: Shells) -> Shells:
    """Four sales of 21 November 2026, 12:15 in Kyiv, and of the days before; all links have run out."""
    shells.make_keys()
    ledger = open_ledger(shells.home / "ledger.sqlite3")

    def decide(tx: LedgerTransaction) -> None:
        for name, days, person in (("a", 0, "Олена"), ("b", 0, None), ("c", 1, "Олена"), ("d", 30, "Ян")):
            changes: dict[str, Any] = (
                {"amount_minor": 9900, "purpose": "сік"} if name == "b" else {"purpose": "Велика кава"}
            )
            sell(tx, name, after_s=-days * 86400, created_by=person, phone="380501234567", **changes)
        receive(tx, "a", card="412345******3217")
        refund(tx, "a", 550, "done")
        receive(tx, "b", sum_minor=9900)
        receive(tx, "c", sum_minor=100)

    await ledger.write(decide)
    await ledger.close()
    return shells


async def test_totals_are_what_the_contract_says(shop: Shells) -> None:
    whole = shop.json("totals")
    assert list(whole) == ["as_of", *WHOLE, "groups"]
    assert whole["as_of"] == shop.json("payment", "1")["as_of"]
    assert {name: whole[name] for name in WHOLE} == WHOLE
    assert whole["groups"] == []
    assert shop.json("totals", "--search", "нема") == {"as_of": whole["as_of"], **NOTHING, "groups": []}

    by_day = shop.json("totals", "--by", "day")["groups"]
    assert [group["key"] for group in by_day] == ["2026-10-22", "2026-11-20", "2026-11-21"]
    assert by_day[-1] == {
        "key": "2026-11-21",
        "count": 2,
        "paid_count": 2,
        "received_minor": 22450,
        "refunded_minor": 550,
        "net_minor": 21900,
    }
    keys = {by: [g["key"] for g in shop.json("totals", "--by", by)["groups"]] for by in ("hour", "month")}
    assert keys == {
        "hour": ["2026-10-22T13", "2026-11-20T12", "2026-11-21T12"],
        "month": ["2026-10", "2026-11"],
    }
    by_status = shop.json("totals", "--by", "status")["groups"]
    assert [(g["key"], g["count"]) for g in by_status] == [("expired", 1), ("paid", 2), ("underpaid", 1)]
    by_person = shop.json("totals", "--by", "person")["groups"]
    assert [(g["key"], g["count"]) for g in by_person] == [("Олена", 2), ("Ян", 1), (None, 1)]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ((), [2, 1, 3, 4]),
        (("--min", "99,00", "--max", "100"), [2]),
        (("--min", "0", "--max", "0"), []),
        (("--person", "Олена"), [1, 3]),
        (("--person", ""), [2]),
        (("--confirmed-by", "callback"), [2, 1, 3]),
        (("--confirmed-by", "person"), []),
        (("--status", "partly_refunded"), [1]),
        (("--status", "refunded"), []),
        (("--status", "expired"), [4]),
        (("--status", "paid", "--search", "кава"), [1]),
        (("--search", "3217"), [1]),
        (("--search", "велика 125,50", "--from", "2026-11-20"), [1, 3]),
        (("--search", "21.11.2026"), [2, 1]),
        (("--search", "2026-10"), [4]),
        (("--search", '"кава велика"'), []),
        (("--search", "с"), [2]),
        (("--from", "2026-11-20", "--to", "2026-11-20"), [3]),
    ],
)
async def test_payments_and_totals_choose_alike(shop: Shells, options: tuple[str, ...], numbers: list[int]) -> None:
    assert [payment["number"] for payment in shop.json("payments", *options)] == numbers
    assert shop.json("totals", *options)["count"] == len(numbers)


async def test_totals_for_people(shop: Shells) -> None:
    lines = shop.run("totals", "--by", "status").splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("Expired")
    assert "paid 2 of 4" in lines[-1]


@pytest.mark.parametrize(
    "options", [("--min", "ten"), ("--max", "1,234"), ("--confirmed-by", "magic"), ("--by", "week"), ("--to", "21.11")]
)
def test_a_filter_that_cannot_be_meant_is_two(shells: Shells, options: tuple[str, ...]) -> None:
    assert complaint(shells, "totals", *options, code=2)
