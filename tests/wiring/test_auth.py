"""`auth` of Google and Apple Pay from end to end (protocol.md A3.6, A3.7; the seed's parameter table)."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.payment import Attention, PaymentStatus
from app.services.sales.till import Sale
from tests.wiring.shop import UUID, Shop, open_payment

PAN, EXPIRY, TAVV = "4242420000004242", "2312", "AYKLBHIACh7p/J0eSaLHMAACAAA="
MASK = "424242******4242"


def auth(shop: Shop, **changes: str | None) -> str:
    return shop.unsigned_query("auth", **{"pan": PAN, "exp": EXPIRY, "tavv": TAVV} | changes)


@pytest.mark.parametrize("gateway", ["gpay", "applepay"])
async def test_a_wallet_is_authorised_then_paid(shop: Shop, gateway: str) -> None:
    assert await shop.send_callback(auth(shop, gateway=gateway)) == ("10", "Ok")
    payment = await shop.payment()
    assert (payment.state, payment.card, payment.received_minor) == (PaymentStatus.AUTHORISED, MASK, 0)
    assert await shop.send_callback(shop.query()) == ("10", "Ok")
    payment = await shop.payment()
    assert (payment.state, payment.card, payment.attention) == (PaymentStatus.PAID, MASK, ())


async def test_the_operation_of_an_auth_is_remembered(shop: Shop) -> None:
    shop.view = await open_payment(shop.core, uuid="of-the-link")
    await shop.send_callback(auth(shop, uuid="of-the-wallet"))
    await shop.send_callback(shop.query(uuid="of-the-wallet"))
    assert (await shop.payment()).attention == ()


async def test_the_operation_of_a_refused_auth_is_not(shop: Shop) -> None:
    shop.view = await open_payment(shop.core, uuid="of-the-link")
    await shop.send_callback(auth(shop, uuid="of-the-wallet", sum="1"))
    await shop.send_callback(shop.query(uuid="of-the-wallet"))
    assert (await shop.payment()).attention == (Attention.OTHER_OPERATION,)


async def test_an_error_of_the_same_operation_reopens(shop: Shop) -> None:
    await shop.send_callback(auth(shop, txn_id="1"))
    await shop.send_callback(shop.query("error", txn_id="another"))
    assert (await shop.payment()).state is PaymentStatus.AUTHORISED
    await shop.send_callback(shop.query("error", txn_id="1", txn_date="20261121101600", message="No"))
    payment = await shop.payment()
    assert (payment.state, payment.last_error) == (PaymentStatus.OPEN, "No")
    await shop.send_callback(auth(shop, txn_id="2"))
    assert (await shop.payment()).state is PaymentStatus.AUTHORISED


async def test_authorised_runs_out_two_minutes_after_the_link(shop: Shop) -> None:
    await shop.send_callback(auth(shop))
    payment = await shop.payment()
    assert payment.status(shop.link.expires_at + timedelta(seconds=119)) is PaymentStatus.AUTHORISED
    assert payment.status(shop.link.expires_at + timedelta(seconds=120)) is PaymentStatus.EXPIRED


@pytest.mark.parametrize("gateway", ["paypal", "", None])
async def test_another_gateway_is_not_supported(shop: Shop, gateway: str | None) -> None:
    assert await shop.send_callback(auth(shop, gateway=gateway)) == ("21", "not supported")
    assert (await shop.payment()).state is PaymentStatus.OPEN


async def test_a_shop_may_refuse_every_wallet(shop: Shop) -> None:
    await shop.change(operator__answer_auth="off")
    assert await shop.send_callback(auth(shop)) == ("21", "not supported")
    assert await shop.send_callback(shop.unsigned_query("check")) == ("10", "Ok"), "only auth is switched off"
    assert (await shop.payment()).state is PaymentStatus.OPEN
    await shop.change(operator__answer_auth="on")
    assert await shop.send_callback(auth(shop)) == ("10", "Ok"), "a refusal is judged anew"
    assert (await shop.payment()).state is PaymentStatus.AUTHORISED


async def test_the_conditions_of_check_hold_for_auth_too(shop: Shop) -> None:
    assert await shop.send_callback(auth(shop, sum="12549")) == ("21", "wrong sum")
    second = await shop.renewed()
    assert await shop.send_callback(auth(shop)) == ("21", "cancelled")
    assert await shop.send_callback(auth(shop), f"/xpay/{second}") == ("10", "Ok")
    await shop.send_callback(shop.query())
    assert await shop.send_callback(auth(shop, txn_id="9"), f"/xpay/{second}") == ("21", "already paid")
    shop.view = await open_payment(shop.core, Sale(12550, phone="380671234567"))
    assert await shop.send_callback(auth(shop, account="380999999999")) == ("21", "unknown account")
    shop.clock.ahead = timedelta(minutes=18)
    assert await shop.send_callback(auth(shop)) == ("21", "expired")


async def test_an_accepted_auth_is_repeated_even_after_the_money(shop: Shop) -> None:
    first = await shop.get(auth(shop))
    await shop.send_callback(shop.query())
    assert (await shop.get(auth(shop))).content == first.content
    assert [repeats for _, repeats in await shop.received("auth")] == [1]
    assert (await shop.payment()).state is PaymentStatus.PAID


@pytest.mark.parametrize("changes", [{}, {"sum": "1"}, {"txn_id": None}, {"note": f"{PAN} and {TAVV}"}])
async def test_of_the_card_only_the_mask_is_kept(
    shop: Shop, home: Path, caplog: pytest.LogCaptureFixture, changes: dict[str, str | None]
) -> None:
    caplog.set_level(logging.DEBUG)
    await shop.get(auth(shop, **{"Card-Number": PAN, "CVV2": "777"} | changes))
    await shop.get(auth(shop, **changes), "/xpay/nobody-has-this-key")
    files = [file for file in home.rglob("*") if file.is_file()]
    assert any(file.suffix.startswith(".sqlite") for file in files)
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]  # our own client
    kept = b"".join(file.read_bytes() for file in files)
    for secret in (PAN, "4242420000", "CVV2"):
        assert secret.encode() not in kept
        assert all(secret not in line for line in logged)
    if "note" not in changes:
        assert TAVV.encode() not in kept
    if "txn_id" not in changes:
        assert MASK.encode() in kept


async def test_the_uuid_that_counts_is_the_auths_own(shop: Shop) -> None:
    await shop.send_callback(auth(shop))
    [(fact, _)] = await shop.received("auth")
    assert (fact.uuid, fact.gateway, fact.pay_type, fact.card) == (UUID, "gpay", "20", MASK)
    assert not {"pan", "exp", "tavv"} & fact.other.keys()
