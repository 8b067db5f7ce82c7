"""A card number in a person's input: refused with exit code 2 and a message, neither stored nor sent."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.independent_operator import TOKEN, IndependentOperator
from tests.journeys.conftest import Shells
from tests.secrets_scan import holds

CARD = "4242424242424242"
DIVIDED = "4242 4242-4242.4242"


def refused(shells: Shells, *verb: str) -> str:
    done = shells.done(*verb)
    assert (done.returncode, done.stdout) == (2, ""), (verb, done.stderr)
    assert not holds(done.stderr, CARD)
    assert done.stderr.count("\n") == 1
    return done.stderr


def kept_in(shells: Shells) -> list[str]:
    files = [file for file in shells.home.rglob("*") if file.is_file()]
    return [str(file) for file in files if holds(file.read_bytes().decode("utf-8", "replace"), CARD)]


@pytest.mark.timeout(120)
async def test_link_refuses_a_card_number_and_the_operator_never_sees_it(shells: Shells) -> None:
    def play(operator: IndependentOperator) -> Any:
        key_file = shells.home.parent / "operator.pem"
        key_file.write_text(operator.public_pem)
        shells.connect(operator.url, key_file, TOKEN)
        for option, typed in [
            ("--purpose", f"card {DIVIDED}"), ("--order", CARD), ("--order", "42424242 42424242"),
            ("--email", f"{CARD}@example.com"), ("--purpose", "%20".join([CARD[:8], CARD[8:]])),
        ]:  # fmt: skip
            assert "looks like a card number" in refused(shells, "link", "--amount", "1", option, typed)
        refused(shells, "link", "--amount", "1", "--phone", CARD)
        refused(shells, "link", "--amount", "1", "--pay-type", CARD)
        assert shells.json("payments") == []
        return shells.json("link", "--amount", "1", "--order", "4000000000006", "--purpose", "ТТН 20450123456780")

    async with IndependentOperator(shells.make_keys()) as operator:
        made = await asyncio.to_thread(play, operator)
    (order,) = operator.orders
    assert (made["order"], order["Order"]) == ("4000000000006", "4000000000006")
    assert (made["purpose"], order["Purpose"]) == ("ТТН 20450123456780", "ТТН 20450123456780")
    assert kept_in(shells) == []


def test_reasons_and_settings_refuse_a_card_number(shells: Shells) -> None:
    for key in ("shop.name", "shop.terminal_id", "operator.ttl_value", "callbacks.success_url"):
        value = f"https://shop.ua/{CARD}" if key.endswith("url") else DIVIDED
        assert "card number" in refused(shells, "config", "set", key, value)
    shells.run("config", "set", "callbacks.public_url", "http://192.168.100.200:12345")
    shells.start_operator()
    shells.json("link", "--amount", "5")
    for verb in ("refund", "settle"):
        assert "card number" in refused(shells, verb, "1", "--reason", f"wrong card {DIVIDED}")
    details = shells.json("payment", "1")
    assert details["refunds"] == []
    assert kept_in(shells) == []
