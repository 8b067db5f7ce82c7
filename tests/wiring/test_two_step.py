"""`check` answered from the ledger, row by row (protocol.md A3.6), and the demo operator that sends it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.payment import PaymentStatus
from app.services.sales.till import Sale
from tests.wiring.shop import Shop, open_payment, running_shop

PHONE, EMAIL = "380671234567", "Olena@Example.com"


@pytest.fixture
async def known(home: Path, operator_key: rsa.RSAPrivateKey) -> AsyncIterator[Shop]:
    """A shop whose cashier entered the customer's phone and e-mail."""
    async with running_shop(home, operator_key, sale=Sale(12550, phone=PHONE, email=EMAIL)) as running:
        yield running


@pytest.mark.parametrize("account", ["380671234567", "+380 67 123 45 67", "olena@example.COM", " Olena@Example.com "])
async def test_either_contact_may_match(known: Shop, account: str) -> None:
    assert await known.send_callback(known.unsigned_query("check", account=account)) == ("10", "Ok")
    [(fact, _)] = await known.received("check")
    assert (fact.result, fact.counts) == ("10", False)
    assert (await known.payment()).state is PaymentStatus.OPEN


@pytest.mark.parametrize("account", ["380671234568", "0671234567", "olena@example.org", "", None])
async def test_another_account_is_refused(known: Shop, account: str | None) -> None:
    assert await known.send_callback(known.unsigned_query("check", account=account)) == ("21", "unknown account")


@pytest.mark.parametrize("account", ["380999999999", None])
async def test_where_the_cashier_gave_nobody_anybody_may_pay(shop: Shop, account: str | None) -> None:
    assert await shop.send_callback(shop.unsigned_query("check", account=account)) == ("10", "Ok")


@pytest.mark.parametrize(
    ("sale", "account"), [(Sale(12550, phone=PHONE), EMAIL), (Sale(12550, email=EMAIL), PHONE)], ids=["phone", "email"]
)
async def test_the_contact_that_was_not_given_does_not_match(shop: Shop, sale: Sale, account: str) -> None:
    shop.view = await open_payment(shop.core, sale)
    assert await shop.send_callback(shop.unsigned_query("check", account=account)) == ("21", "unknown account")


@pytest.mark.parametrize(("sum_text", "answer"), [("12550", "10"), (None, "10"), ("12549", "21"), ("12551", "21")])
async def test_the_sum_equals_if_it_is_sent(shop: Shop, sum_text: str | None, answer: str) -> None:
    result, message = await shop.send_callback(shop.unsigned_query("check", sum=sum_text))
    assert (result, message) == (answer, "Ok" if answer == "10" else "wrong sum")


@pytest.mark.parametrize(("seconds", "answer"), [(-1, "10"), (118, "10"), (122, "21")])
async def test_two_minutes_of_grace_after_the_end(shop: Shop, seconds: int, answer: str) -> None:
    shop.clock.ahead = timedelta(minutes=15, seconds=seconds)
    result, message = await shop.send_callback(shop.unsigned_query("check"))
    assert (result, message) == (answer, "Ok" if answer == "10" else "expired")


async def test_paid_is_final_and_underpaid_is_not(shop: Shop) -> None:
    await shop.send_callback(shop.query(sum="50"))
    assert await shop.send_callback(shop.unsigned_query("check", txn_id="1")) == ("10", "Ok")
    await shop.send_callback(shop.query(sum="12500", txn_id="rest"))
    assert await shop.send_callback(shop.unsigned_query("check", txn_id="2")) == ("21", "already paid")


async def test_a_cancelled_link_is_refused_and_the_new_one_is_not(shop: Shop) -> None:
    second = await shop.renewed()
    assert await shop.send_callback(shop.unsigned_query("check")) == ("21", "cancelled")
    assert await shop.send_callback(shop.unsigned_query("check"), f"/xpay/{second}") == ("10", "Ok")


async def test_a_yes_is_repeated_as_it_was(shop: Shop) -> None:
    first = await shop.get(shop.unsigned_query("check"))
    await shop.send_callback(shop.query())
    assert (await shop.get(shop.unsigned_query("check"))).content == first.content
    assert [(fact.result, repeats) for fact, repeats in await shop.received("check")] == [("10", 1)]


async def test_a_no_is_judged_anew(known: Shop) -> None:
    wrong = known.unsigned_query("check", account="380999999999")
    for _ in range(3):
        assert await known.send_callback(wrong) == ("21", "unknown account")
    assert await known.send_callback(known.unsigned_query("check", sum="1")) == ("21", "wrong sum")
    assert await known.send_callback(known.unsigned_query("check")) == ("10", "Ok")
    assert await known.send_callback(wrong) == ("10", "Ok"), "the same request: its answer was yes"
    found = [(fact.message, repeats) for fact, repeats in await known.received("check")]
    assert found == [("unknown account", 2), ("wrong sum", 0), ("Ok", 1)]
    assert await known.core.ledger.rebuild(write=False) == []
