"""Pages and outlines of a `Ledger` in every sort order, with what they were read at."""

from __future__ import annotations

import itertools

import pytest

from app.services.ports.history_values import ANCHOR_STEP, SortColumn, SortOrder
from app.services.ports.ledger import Ledger, PaymentFilter
from app.services.ports.ledger_transaction import LedgerTransaction
from tests.builders import START
from tests.contracts.sales import ask, names, receive, sell

ALL = PaymentFilter(now=START, limit=1)
"""The limit of a filter does not bound pages."""
ORDERED = {
    SortOrder(SortColumn.TIME, True): "gfedcba",
    SortOrder(SortColumn.TIME, False): "abcdefg",
    SortOrder(SortColumn.NUMBER, True): "gfedcba",
    SortOrder(SortColumn.NUMBER, False): "abcdefg",
    SortOrder(SortColumn.AMOUNT, True): "dbgeafc",
    SortOrder(SortColumn.AMOUNT, False): "cfaegbd",
    SortOrder(SortColumn.STATUS, True): "dgfecba",  # underpaid, paid, open, creating
    SortOrder(SortColumn.STATUS, False): "bafecgd",
    SortOrder(SortColumn.PERSON, True): "edbagfc",
    SortOrder(SortColumn.PERSON, False): "abdecfg",
}


async def seven(ledger: Ledger) -> None:
    amounts = {"a": 500, "b": 900, "c": 100, "d": 900, "e": 700, "f": 300, "g": 800}
    people = {"a": "Богдан", "b": "Богдан", "d": "Олена", "e": "Ян"}

    def decide(tx: LedgerTransaction) -> None:
        for place, (name, amount) in enumerate(amounts.items()):
            make = ask if name in "ab" else sell
            make(tx, name, after_s=place, amount_minor=amount, created_by=people.get(name))
        receive(tx, "g", sum_minor=800)
        receive(tx, "d", sum_minor=100)

    await ledger.write(decide)


@pytest.mark.parametrize("order", ORDERED, ids=lambda order: f"{order.column} {order.descending}")
async def test_pages_follow_one_another_in_every_order(ledger: Ledger, order: SortOrder) -> None:
    await seven(ledger)
    expected = ORDERED[order]
    for limit, skip in itertools.product((1, 2, 3, 10), (0, 1)):
        found, anchor = "", None
        while (page := await ledger.page(ALL, order, after=anchor, skip=skip, limit=limit)).last is not None:
            found += "".join(names(list(page.rows)))
            assert page.as_of == await ledger.last_seq()
            anchor = page.last
        assert found == "".join(expected[place] for place in range(7) if place % (limit + skip) >= skip)
    outline = await ledger.outline(ALL, order)
    assert (outline.count, list(outline.anchors)) == (7, [])
    assert outline.as_of == await ledger.last_seq()


async def test_an_outline_has_an_anchor_for_every_thousand_rows(ledger: Ledger) -> None:
    await ledger.write(lambda tx: [ask(tx, f"{number}") for number in range(1, ANCHOR_STEP + 2)])
    outline = await ledger.outline(ALL)
    assert outline.count == ANCHOR_STEP + 1
    (anchor,) = outline.anchors
    page = await ledger.page(ALL, after=anchor)
    assert names(list(page.rows)) == ["1"]
    assert (await ledger.outline(PaymentFilter(now=START, search="nothing"))).anchors == [] == list(outline.anchors)[1:]


async def test_a_page_of_nothing(ledger: Ledger) -> None:
    page = await ledger.page(ALL)
    assert (list(page.rows), page.last) == ([], None)
    await seven(ledger)
    assert (await ledger.page(ALL, skip=7)).last is None
