"""Row by row, the table of protocol.md A3.6 for `pay`, `error`, `refund` and the unknown, through real HTTP."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.ids import LinkKey
from app.domain.journal.events import CallbackMalformed, CallbackReceived, KeysUnknown, OrphanReceived, SignatureCheck
from app.domain.payment import Attention, ConfirmedBy, PaymentStatus, RefundMark
from app.i18n.texts import Texts
from app.services.callbacks import intake
from app.services.callbacks.callback_verdict import IntakePolicy
from app.services.callbacks.incoming_callback import MalformedCallback
from tests.wiring.shop import UUID, Shop, kyiv, open_payment, public_pem

AFTER_THE_END = {"minutes": 16}
ELSEWHERE = "/xpay/nobody-has-this-key"


@pytest.mark.parametrize(
    ("sum_text", "status", "attention"),
    [
        ("12550", PaymentStatus.PAID, ()),
        ("12549", PaymentStatus.UNDERPAID, (Attention.UNDERPAID,)),
        ("12551", PaymentStatus.PAID, (Attention.OVERPAID,)),
    ],
)
async def test_pay_by_its_sum(
    shop: Shop, sum_text: str, status: PaymentStatus, attention: tuple[Attention, ...]
) -> None:
    assert await shop.send_callback(shop.query(sum=sum_text)) == ("10", "Ok")
    payment = await shop.payment()
    assert (payment.state, payment.received_minor, payment.attention) == (status, int(sum_text), attention)
    assert (payment.txn_id, payment.confirmed_by) == ("321455", ConfirmedBy.CALLBACK)


async def test_the_rest_of_an_underpaid_payment_makes_it_paid(shop: Shop) -> None:
    await shop.send_callback(shop.query(sum="12549"))
    await shop.send_callback(shop.query(sum="1", txn_id="2", txn_date="20261121101600"))
    payment = await shop.payment()
    assert (payment.state, payment.received_minor, payment.attention) == (PaymentStatus.PAID, 12550, ())


@pytest.mark.parametrize(("uuid", "attention"), [(UUID, ()), ("another", (Attention.OTHER_OPERATION,))])
async def test_pay_of_another_operation(shop: Shop, uuid: str, attention: tuple[Attention, ...]) -> None:
    shop.view = await open_payment(shop.core, uuid=UUID)
    assert (await shop.send_callback(shop.query(uuid=uuid)))[0] == "10"
    payment = await shop.payment()
    assert (payment.state, payment.attention) == (PaymentStatus.PAID, attention)


@pytest.mark.parametrize(
    ("came", "paid", "late"),
    [
        ({"minutes": 14}, {"minutes": 16}, False),
        (AFTER_THE_END, {"minutes": 14}, False),
        (AFTER_THE_END, {"minutes": 16}, True),
        ({"days": 3}, {"days": 2}, True),
    ],
)
async def test_late_is_received_and_paid_after_the_end(
    shop: Shop, came: dict[str, float], paid: dict[str, float], late: bool
) -> None:
    txn_date = kyiv(shop.link.created_at + timedelta(**paid))
    shop.clock.ahead = timedelta(**came)
    assert (await shop.send_callback(shop.query(txn_date=txn_date)))[0] == "10"
    payment = await shop.payment()
    assert (payment.state, payment.late) == (PaymentStatus.PAID, late)
    assert payment.attention == ((Attention.LATE,) if late else ())


async def test_a_date_that_says_nothing_is_late_after_the_end(shop: Shop) -> None:
    shop.clock.ahead = timedelta(**AFTER_THE_END)
    await shop.send_callback(shop.query(txn_date="21/11/2026 10:15"))
    assert (await shop.payment()).late


async def test_any_pay_on_a_cancelled_link_is_late(shop: Shop) -> None:
    await shop.core.till.cancel(shop.view.payment.id)
    assert (await shop.send_callback(shop.query(txn_date=kyiv(shop.link.created_at))))[0] == "10"
    payment = await shop.payment()
    assert (payment.state, payment.late, payment.attention) == (PaymentStatus.PAID, True, (Attention.LATE,))


async def test_a_second_operation_is_paid_twice_and_both_are_kept(shop: Shop) -> None:
    for txn_id in ("1", "2"):
        assert (await shop.send_callback(shop.query(txn_id=txn_id)))[0] == "10"
    payment = await shop.payment()
    assert (payment.received_minor, payment.attention) == (25100, (Attention.PAID_TWICE,))
    assert payment.txn_id == "1"


async def test_an_operation_that_settled_another_payment_is_no_money(shop: Shop) -> None:
    await shop.send_callback(shop.query())
    shop.view = await open_payment(shop.core)
    for _ in range(2):
        assert (await shop.send_callback(shop.query()))[0] == "10"
    payment = await shop.payment()
    assert (payment.state, payment.received_minor) == (PaymentStatus.OPEN, 0)
    assert payment.attention == (Attention.TXN_REUSED,)


async def test_an_error_sent_again_as_pay_is_no_money_on_any_link_of_the_payment(shop: Shop) -> None:
    error = shop.query("error")
    await shop.send_callback(error)
    second = await shop.renewed()
    for path in (shop.path, f"/xpay/{second}", shop.path):
        assert (await shop.send_callback(error.replace("command=error", "command=pay"), path))[0] == "10"
    payment = await shop.payment()
    assert (payment.received_minor, payment.attention) == (0, (Attention.REPLAY,))


async def test_a_replay_does_not_spoil_the_money_of_another_payment(shop: Shop) -> None:
    error = shop.query("error")
    await shop.send_callback(error)
    await shop.send_callback(error.replace("command=error", "command=pay"))
    shop.view = await open_payment(shop.core)
    await shop.send_callback(shop.query(txn_date="20261121101700"))
    payment = await shop.payment()
    assert (payment.state, payment.attention) == (PaymentStatus.PAID, ())


async def test_without_a_sign_it_comes_again_until_the_setting_says_otherwise(shop: Shop) -> None:
    unsigned = shop.query(sign=None)
    assert (await shop.get(unsigned)).status_code == 503
    payment = await shop.payment()
    assert (payment.state, payment.attention) == (PaymentStatus.OPEN, (Attention.UNVERIFIED,))
    await shop.change(callbacks__signature="optional")
    first = await shop.get(unsigned)
    assert first.json()["result"] == "10"
    payment = await shop.payment()
    assert (payment.state, payment.confirmed_by) == (PaymentStatus.PAID, ConfirmedBy.UNSIGNED_CALLBACK)
    # The verdict is stored; later settings do not change it.
    await shop.change(callbacks__signature="required")
    assert (await shop.get(unsigned)).json() == first.json()
    assert (await shop.payment()).confirmed_by is ConfirmedBy.UNSIGNED_CALLBACK
    # A signed one with that operation is only better proof.
    await shop.send_callback(shop.query())
    payment = await shop.payment()
    assert (payment.received_minor, payment.confirmed_by) == (12550, ConfirmedBy.CALLBACK)
    assert Attention.PAID_TWICE not in payment.attention


async def test_a_wrong_sign_never_counts_not_even_where_none_is_needed(shop: Shop) -> None:
    await shop.change(callbacks__signature="optional")
    for _ in range(2):
        assert (await shop.get(shop.query(sign="AAAA"))).status_code == 503
    payment = await shop.payment()
    assert (payment.state, payment.attention) == (PaymentStatus.OPEN, (Attention.UNVERIFIED,))
    assert [(fact.signed, repeats) for fact, repeats in await shop.received("pay")] == [(SignatureCheck.WRONG, 1)]
    assert (await shop.send_callback(shop.query(sign=None)))[0] == "10"
    assert (await shop.payment()).state is PaymentStatus.PAID


async def test_a_wrong_key_setting_does_not_cost_the_money(shop: Shop) -> None:
    right = public_pem(shop.key)
    key_file = shop.home.parent / "operator.pem"
    key_file.write_text(public_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    await shop.change()
    query = shop.query()
    assert (await shop.get(query)).status_code == 503
    key_file.write_text(right)
    await shop.change()
    assert await shop.send_callback(query) == ("10", "Ok")
    payment = await shop.payment()
    assert (payment.state, payment.attention) == (PaymentStatus.PAID, ())


@pytest.mark.parametrize("sign", [{}, {"sign": None}, {"sign": "AAAA"}])
async def test_an_error_is_believed_and_harms_nothing(shop: Shop, sign: dict[str, str | None]) -> None:
    assert (await shop.send_callback(shop.query("error", txn_id="1", **sign)))[0] == "10"
    payment = await shop.payment()
    assert (payment.state, bool(payment.last_error)) == (PaymentStatus.OPEN, True)
    await shop.send_callback(shop.query(txn_id="2"))
    await shop.send_callback(shop.query("error", txn_id="3", message="No money", **sign))
    assert (await shop.payment()).state is PaymentStatus.PAID


@pytest.mark.parametrize("command", ["error", "refund"])
async def test_the_echo_of_a_pay_under_another_name_moves_nothing_and_is_reported(shop: Shop, command: str) -> None:
    pay = shop.query()
    await shop.send_callback(pay)
    assert (await shop.send_callback(pay.replace("command=pay", f"command={command}")))[0] == "10"
    payment = await shop.payment()
    assert (payment.state, payment.last_error) == (PaymentStatus.PAID, None)
    assert (payment.refund, payment.refunded_minor) == (RefundMark.NONE, 0)
    assert payment.attention == (Attention.REPLAY,)
    [echo] = [entry for entry in await shop.core.ledger.entries(payment.id) if _is_echo(entry.fact)]
    assert "not counted (an old callback sent again)" in Texts("en").event(echo)


@pytest.mark.parametrize(("first", "again"), [("error", "refund"), ("refund", "error"), ("error", "pay")])
async def test_any_signed_message_that_comes_again_under_another_name_is_reported(
    shop: Shop, first: str, again: str
) -> None:
    await shop.send_callback(shop.query(txn_id="1"))
    genuine = shop.query(first, txn_id="2", sum="100")
    await shop.send_callback(genuine)
    before = await shop.payment()
    await shop.send_callback(genuine.replace(f"command={first}", f"command={again}"))
    payment = await shop.payment()
    assert (payment.received_minor, payment.refunded_minor, payment.last_error) == (
        before.received_minor,
        before.refunded_minor,
        before.last_error,
    )
    assert Attention.REPLAY in payment.attention


def _is_echo(fact: object) -> bool:
    return isinstance(fact, CallbackReceived) and fact.replay


@pytest.mark.parametrize(
    ("sums", "refunded", "mark"),
    [
        (["5000"], 5000, RefundMark.PARTIAL),
        (["12550"], 12550, RefundMark.FULL),
        (["9000", "9000"], 12550, RefundMark.FULL),
    ],
)
async def test_a_signed_refund_counts_up_to_what_came(
    shop: Shop, sums: list[str], refunded: int, mark: RefundMark
) -> None:
    await shop.send_callback(shop.query())
    for place, sum_text in enumerate(sums):
        refund = shop.query("refund", txn_id=f"r{place}", sum=sum_text)
        assert (await shop.send_callback(refund))[0] == "10"
        assert (await shop.send_callback(refund))[0] == "10"
    payment = await shop.payment()
    assert (payment.state, payment.refunded_minor, payment.refund) == (PaymentStatus.PAID, refunded, mark)
    over = () if sum(map(int, sums)) <= 12550 else (Attention.OVER_REFUNDED,)
    assert payment.attention == (Attention.REFUNDED_ELSEWHERE, *over)


@pytest.mark.parametrize("sign", [None, "AAAA"])
async def test_an_unsigned_refund_is_only_told(shop: Shop, sign: str | None) -> None:
    await shop.send_callback(shop.query())
    assert (await shop.send_callback(shop.query("refund", txn_id="r", sign=sign)))[0] == "10"
    payment = await shop.payment()
    assert (payment.refund, payment.attention) == (RefundMark.NONE, (Attention.UNVERIFIED_REFUND,))
    await shop.send_callback(shop.query("refund", txn_id="r"))
    assert (await shop.payment()).refund is RefundMark.FULL


async def test_an_unknown_command_is_refused_and_told(shop: Shop) -> None:
    for _ in range(2):
        assert await shop.send_callback(shop.query("capture")) == ("21", "unknown command")
    payment = await shop.payment()
    assert (payment.state, payment.attention) == (PaymentStatus.OPEN, (Attention.UNKNOWN_COMMAND,))
    assert [repeats for _, repeats in await shop.received("capture")] == [1]


@pytest.mark.parametrize("command", ["pay", "refund"])
async def test_signed_money_for_nobody_is_an_orphan_once(shop: Shop, command: str) -> None:
    for sum_text in ("12550", "12550", "100"):
        response = await shop.get(shop.query(command, sum=sum_text), ELSEWHERE)
        assert (response.status_code, response.content) == (404, b"")
    [stray] = await shop.core.ledger.unmatched_entries()
    assert stray.fact == OrphanReceived(command, "321455", UUID, "20261121101500", 12550)
    assert (stray.payment_id, stray.repeats) == (None, 2)


async def test_unknown_keys_are_one_fact_a_day_and_a_count(shop: Shop) -> None:
    forged = shop.query(sign="AAAA")
    for query in (forged, forged, "nonsense", shop.query("error"), shop.unsigned_query("check")):
        assert (await shop.get(query, ELSEWHERE)).status_code == 404
    [today] = await shop.core.ledger.unmatched_entries()
    assert isinstance(today.fact, KeysUnknown)
    assert (today.fact.day.replace("-", ""), today.repeats) == (kyiv(today.at)[:8], 4)
    before = await shop.core.ledger.last_seq()
    await shop.change()  # a restart loses nothing
    await shop.get(forged, ELSEWHERE)
    assert (await shop.core.ledger.unmatched_entries())[0].repeats == 5
    assert await shop.core.ledger.last_seq() == before
    shop.clock.ahead = timedelta(days=1)
    await shop.get(forged, ELSEWHERE)
    assert [entry.repeats for entry in await shop.core.ledger.unmatched_entries()] == [0, 5]


async def test_a_flood_of_unknown_keys_stops_costing_writes(shop: Shop) -> None:
    incoming = MalformedCallback("missing", "command")
    counting = intake.Intake(shop.core.ledger, shop.clock, IntakePolicy)
    for _ in range(intake.MAX_UNKNOWN_COUNTED + 5):
        assert (await counting.receive(LinkKey("nobody"), incoming)).status == 404
    [entry] = await shop.core.ledger.unmatched_entries()
    assert entry.repeats + 1 == intake.MAX_UNKNOWN_COUNTED


@pytest.mark.parametrize("name", ["command", "txn_id", "uuid", "txn_date", "sum"])
async def test_a_repeated_parameter_is_refused(shop: Shop, name: str) -> None:
    query = shop.query()
    value = dict(httpx.QueryParams(query))[name]
    assert await shop.send_callback(f"{query}&{name}={value}") == ("21", f"repeated {name}")
    entries = await shop.core.ledger.entries(shop.view.payment.id)
    assert [e.fact.parameter for e in entries if isinstance(e.fact, CallbackMalformed)] == [name]
    assert (await shop.payment()).state is PaymentStatus.OPEN


async def test_a_sign_sent_twice_proves_nothing(shop: Shop) -> None:
    query = shop.query()
    assert (await shop.get(f"{query}&sign={'A' * 344}")).status_code == 503
    assert (await shop.payment()).attention == (Attention.UNVERIFIED,)


async def test_malformed_ones_are_kept_by_link(shop: Shop) -> None:
    second = await shop.renewed()
    for path in (shop.path, f"/xpay/{second}"):
        for _ in range(intake.MAX_MALFORMED_JOURNALLED + 3):
            assert (await shop.send_callback("command=pay", path))[0] == "21"
    entries = await shop.core.ledger.entries(shop.view.payment.id)
    kept = [entry.repeats for entry in entries if isinstance(entry.fact, CallbackMalformed)]
    assert (len(kept), sum(kept)) == (2 * intake.MAX_MALFORMED_JOURNALLED, 6)


@pytest.mark.parametrize("method", ["HEAD", "POST"])
async def test_only_get_counts_whatever_the_address(shop: Shop, method: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for path in (shop.path, ELSEWHERE):
            response = await client.request(method, f"{shop.address}{path}?{shop.query()}")
            assert (response.status_code, response.headers["allow"]) == (405, "GET")
    assert await shop.core.ledger.unmatched_entries() == []
    assert (await shop.payment()).state is PaymentStatus.OPEN
