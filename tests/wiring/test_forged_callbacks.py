"""Promise R10: forged, altered and repeated callbacks move no money, and each is visible under needs attention."""

from __future__ import annotations

from itertools import product

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.journal.events import CallbackReceived
from app.domain.payment import Attention, Payment
from app.i18n.texts import Texts
from tests.wiring.shop import UUID, Shop, open_payment

COMMANDS = ("pay", "error", "refund")
PLACES = ("same link", "other link", "other payment")
CHANGES = {
    "sum": {"sum": "12549"},
    "uuid": {"uuid": "another"},
    "txn_date": {"txn_date": "20261121101501"},
    "txn_id": {"txn_id": "999"},
    "no sign": {"sign": None},
    "an empty sign": {"sign": ""},
    "a sign of nobody": {"sign": "QUJD"},
    "text for a sign": {"sign": "nonsense!"},
}
MOVED = ("received_minor", "refunded_minor", "state", "last_error", "refund", "confirmed_by")


def moved(payment: Payment) -> tuple[object, ...]:
    return tuple(getattr(payment, name) for name in MOVED)


async def payment_of(shop: Shop, path: str) -> Payment:
    payment_id = await shop.core.ledger.payment_of_link(path.removeprefix("/xpay/"))  # type: ignore[arg-type]
    assert payment_id is not None
    view = await shop.core.ledger.payment(payment_id)
    assert view is not None
    return view.payment


async def somewhere(shop: Shop, place: str) -> str:
    """Return the path of the same link, of a second link of its payment, or of another paid payment."""
    if place == "same link":
        return shop.path
    if place == "other link":
        return f"/xpay/{await shop.renewed()}"
    other = f"/xpay/{(await open_payment(shop.core)).payment.link.key}"
    await shop.send_callback(shop.query(txn_id="of-the-other", txn_date="20261121101700"), other)
    return other


@pytest.mark.parametrize(("first", "again", "place"), [c for c in product(COMMANDS, COMMANDS, PLACES) if c[0] != c[1]])
async def test_a_signed_message_sent_again_under_another_command_moves_nothing_and_is_reported(
    shop: Shop, first: str, again: str, place: str
) -> None:
    elsewhere = await somewhere(shop, place)
    await shop.send_callback(shop.query(txn_id="0", txn_date="20261121101400", sum="12000"))
    genuine = shop.query(first, sum="500")
    await shop.send_callback(genuine)
    before = moved(await payment_of(shop, elsewhere))
    await shop.send_callback(genuine.replace(f"command={first}", f"command={again}"), elsewhere)
    payment = await payment_of(shop, elsewhere)
    assert moved(payment) == before
    assert Attention.REPLAY in payment.attention
    facts = [entry for entry in await shop.core.ledger.entries(payment.id) if _is_again(entry.fact, again)]
    assert "an old callback sent again" in Texts("en").event(facts[-1])


def _is_again(fact: object, command: str) -> bool:
    return isinstance(fact, CallbackReceived) and fact.command == command and fact.txn_id == "321455"


@pytest.mark.parametrize("command", ["pay", "refund"])
@pytest.mark.parametrize("change", CHANGES)
async def test_a_message_with_a_changed_value_moves_nothing_and_is_reported(
    shop: Shop, command: str, change: str
) -> None:
    await shop.send_callback(shop.query(txn_id="0", txn_date="20261121101400", sum="12000"))
    before = moved(await shop.payment())
    genuine = httpx.QueryParams(shop.query(command))
    forged = {"sign": genuine["sign"], **CHANGES[change]}
    response = await shop.get(shop.query(command, **forged))
    assert response.status_code == (503 if command == "pay" else 200)
    payment = await shop.payment()
    assert moved(payment) == before
    expected = Attention.UNVERIFIED if command == "pay" else Attention.UNVERIFIED_REFUND
    assert expected in payment.attention


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_message_signed_by_a_stranger_moves_nothing(shop: Shop, command: str) -> None:
    await shop.send_callback(shop.query(txn_id="0", txn_date="20261121101400", sum="12000"))
    money = (await shop.payment()).received_minor
    own, shop.key = shop.key, rsa.generate_private_key(public_exponent=65537, key_size=2048)
    await shop.get(shop.query(command))
    shop.key = own
    payment = await shop.payment()
    assert (payment.received_minor, payment.refunded_minor) == (money, 0)


async def test_the_exact_repetition_of_a_genuine_pay_is_only_counted(shop: Shop) -> None:
    query = shop.query()
    first = await shop.get(query)
    for _ in range(5):
        assert (await shop.get(query)).json() == first.json()
    payment = await shop.payment()
    assert (payment.received_minor, payment.attention) == (12550, ())
    assert [repeats for _, repeats in await shop.received("pay")] == [5]


async def test_the_uuid_of_an_answered_auth_is_known(shop: Shop) -> None:
    await shop.send_callback(shop.unsigned_query("auth", uuid="of-the-wallet"))
    await shop.send_callback(shop.query(uuid="of-the-wallet"))
    assert (await shop.payment()).attention == ()
    await shop.send_callback(shop.query(uuid=UUID, txn_id="2"))
    assert Attention.OTHER_OPERATION in (await shop.payment()).attention
