"""Card data sent through a real listener to a real home: none of it is stored there (promise R8)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.card_texts import BETWEEN, PANS, divided
from tests.secrets_scan import holds
from tests.wiring.shop import Shop, running_shop

SECRETS = ("AYKLBHIACh7p", "AgAAABCDEF", "IVANENKO")
NAMES = st.sampled_from(["account", "message", "note", "gateway", "locale", "card[note]", "data"])


def left_in(home: Path, pan: str) -> list[Path]:
    files = [file for file in home.rglob("*") if file.is_file()]
    assert files
    return [file for file in files if holds(file.read_bytes().decode("utf-8", "replace"), pan)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(NAMES, PANS, st.lists(BETWEEN, min_size=18, max_size=18), st.integers(1, 6)), max_size=4))
def test_no_divided_number_is_found_in_the_home(
    tmp_path: Path, operator_key: rsa.RSAPrivateKey, cards: list[tuple[str, str, list[str], int]]
) -> None:
    home = tmp_path / str(len(list(tmp_path.iterdir()))) / "home"
    home.parent.mkdir()

    async def play() -> None:
        async with running_shop(home, operator_key) as shop:
            for place, (name, pan, between, size) in enumerate(cards):
                query = shop.query("error", txn_id=f"t{place}", **{name: divided(pan, between, size)})
                assert (await shop.get(query)).status_code == 200
            assert len(await shop.received("error")) == len(cards)
            assert not [pan for _, pan, _, _ in cards if left_in(home, pan)]

    asyncio.run(play())
    assert not [pan for _, pan, _, _ in cards if left_in(home, pan)]


async def test_no_secret_of_any_name_is_found_in_the_home(shop: Shop, home: Path) -> None:
    tavv, cryptogram, holder = SECRETS
    extra = {
        "threeDS_tavv": tavv,
        "payment[cryptogram]": cryptogram,
        "card.holder": holder,
        "data": quote(f'{{"card":{{"cryptogram":"{cryptogram}","pan":"4111/1111/1111/1111"}},"tavv":"{tavv}"}}'),
        "card_exp": "2812",
    }
    assert (await shop.get(shop.query(**extra))).status_code == 200
    ((fact, _),) = await shop.received("pay")
    assert set(fact.other) == {"data"}
    for file in home.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert not [secret for secret in SECRETS if secret.encode() in content], file
    assert left_in(home, "4111111111111111") == []


async def test_a_card_number_that_lies_over_parameters_is_not_found(shop: Shop, home: Path) -> None:
    await shop.get(shop.query() + "&4111=1111&1111=1111&x=4111&y=11111111&1111=2")
    assert left_in(home, "4111111111111111") == []
