"""The fixed address `/xpay/` and our transaction id echoed by the operator (protocol.md A6b), through real HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.journal.events import CallbackReceived, OrphanReceived
from app.domain.payment import Attention, ConfirmedBy, PaymentStatus
from app.services.callbacks.fixed_address import MAX_JOURNALLED
from app.services.ports.operator_gateway import StatusAnswer
from app.services.sales.till import Sale
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.services.status.status_poller import StatusPoller
from tests.wiring.shop import UUID, Shop, open_payment

FIXED = "/xpay/"
PHONE = "380671234567"


class Operator:
    """Answers [20003] with `status`."""

    def __init__(self, status: int = 1) -> None:
        self.status = status
        self.asked: list[str] = []

    async def ask_status(self, transaction_id: str, terminal_id: str) -> StatusAnswer:
        self.asked.append(transaction_id)
        return StatusAnswer(self.status, "")


async def switched_on(shop: Shop) -> None:
    await shop.change(callbacks__fixed_address="true")
    shop.view = await open_payment(shop.core, Sale(12550, phone=PHONE), uuid=UUID)


async def facts(shop: Shop) -> list[CallbackReceived]:
    entries = await shop.core.ledger.entries(shop.view.payment.id)
    return [entry.fact for entry in entries if isinstance(entry.fact, CallbackReceived)]


@pytest.mark.parametrize("command", ["check", "auth", "pay", "error", "refund", "capture"])
async def test_switched_off_it_is_nobodys_address(shop: Shop, command: str) -> None:
    query = shop.unsigned_query(command) if command in ("check", "auth") else shop.query(command)
    response = await shop.get(query, FIXED)
    assert (response.status_code, response.content) == (404, b"")
    assert await facts(shop) == []


@pytest.mark.parametrize(
    "names",
    [
        {"txn_id_own": "own"},
        {"txn_id_own": None, "uuid": UUID, "account": "x"},
        {"txn_id_own": None, "uuid": "another", "account": f"+{PHONE[:5]} {PHONE[5:]}"},
    ],
)
async def test_a_signed_pay_is_kept_and_only_asking_settles_it(shop: Shop, names: dict[str, str | None]) -> None:
    await switched_on(shop)
    if names["txn_id_own"] == "own":
        names = {"txn_id_own": shop.link.transaction_id, "uuid": "another", "account": "x"}
    query = shop.query(**names)
    assert await shop.send_callback(query, FIXED) == ("10", "Ok")
    assert await shop.send_callback(query, FIXED) == ("10", "Ok")
    payment = await shop.payment()
    assert (payment.state, payment.received_minor, payment.attention) == (PaymentStatus.OPEN, 0, ())
    [fact] = await facts(shop)
    assert (fact.at_fixed_address, fact.counts, fact.link_key) == (True, False, shop.link.key)


async def test_it_wakes_the_question_about_the_named_payment(shop: Shop) -> None:
    await shop.receiving.stop()  # its own poller, which has no operator here, would claim the first inquiry
    shop.configure(callbacks__fixed_address="true")
    shop.view = await open_payment(shop.core, Sale(12550, phone=PHONE), uuid=UUID)
    operator = Operator()
    ledger = shop.core.ledger
    watch = StatusInquiry(ledger, operator, shop.clock, lambda: InquiryPolicy(proves=True))  # type: ignore[arg-type]
    await watch.ask(shop.view.payment.id, baseline=True)
    poller = StatusPoller(ledger, watch, shop.clock)
    before = await ledger.last_seq()
    await shop.listen()
    await shop.send_callback(shop.query(txn_id_own=shop.link.transaction_id), FIXED)
    await shop.receiving.stop()  # and the next one
    poller.on_changed(await ledger.changed_since(before))
    shop.clock.ahead = timedelta(seconds=11)
    operator.status = 10
    await poller.poll([])
    await poller.wait_until_idle()
    payment = await shop.payment()
    assert (payment.state, payment.confirmed_by) == (PaymentStatus.PAID, ConfirmedBy.INQUIRY)
    # The callback on the link's own address is proof by itself, and the better one.
    await shop.listen()
    await shop.send_callback(shop.query(txn_id_own=shop.link.transaction_id))
    payment = await shop.payment()
    assert (payment.confirmed_by, payment.received_minor, payment.attention) == (ConfirmedBy.CALLBACK, 12550, ())


async def test_what_names_nobody_or_several_is_an_orphan_and_answered(shop: Shop) -> None:
    await switched_on(shop)
    await open_payment(shop.core, Sale(12550, phone=PHONE))
    several = shop.query(uuid="another", account=PHONE)
    unknown = shop.query("refund", uuid="another", account="nobody", txn_id_own="t-of-before-the-restore", txn_id="2")
    for query in (several, unknown, unknown):
        assert await shop.send_callback(query, FIXED) == ("10", "Ok")
    unmatched = await shop.core.ledger.unmatched_entries()
    orphans = [(entry.fact, entry.repeats) for entry in unmatched if isinstance(entry.fact, OrphanReceived)]
    assert [(fact.command, fact.txn_id_own, repeats) for fact, repeats in orphans] == [
        ("refund", "t-of-before-the-restore", 1),
        ("pay", None, 0),
    ]
    assert await facts(shop) == []


@pytest.mark.parametrize(
    "changes", [{"sign": None}, {"sign": "AAAA"}, {"sum": None}, {"command": "capture"}, {"txn_id": "ж"}]
)
async def test_anything_else_is_not_there(shop: Shop, changes: dict[str, str | None]) -> None:
    await switched_on(shop)
    response = await shop.get(shop.query(**{"txn_id_own": shop.link.transaction_id, **changes}), FIXED)  # type: ignore[arg-type]
    assert response.status_code == 404
    assert await facts(shop) == []


async def test_a_check_is_answered_for_the_one_payable_payment(shop: Shop) -> None:
    await switched_on(shop)
    asked = {"uuid": "another", "account": PHONE}
    assert await shop.send_callback(shop.unsigned_query("check", **asked), FIXED) == ("10", "Ok")
    assert await shop.send_callback(shop.unsigned_query("check", **asked, sum="1"), FIXED) == ("21", "unknown payment")
    assert await shop.send_callback(shop.unsigned_query("check", uuid="another", account="x"), FIXED) == (
        "21",
        "unknown payment",
    )
    assert await shop.send_callback(shop.unsigned_query("auth", txn_id="2", **asked), FIXED) == ("10", "Ok")
    second = await open_payment(shop.core, Sale(12550, phone=PHONE))
    assert await shop.send_callback(shop.unsigned_query("check", txn_id="3", **asked), FIXED) == (
        "21",
        "unknown payment",
    )
    await shop.core.till.cancel(second.payment.id)
    assert await shop.send_callback(shop.unsigned_query("check", txn_id="3", **asked), FIXED) == ("10", "Ok")


async def test_a_check_of_a_payment_that_is_paid_says_so(shop: Shop) -> None:
    await switched_on(shop)
    await shop.send_callback(shop.query())
    own = {"txn_id_own": shop.link.transaction_id}
    assert await shop.send_callback(shop.unsigned_query("check", **own), FIXED) == ("21", "already paid")


async def test_unsigned_questions_do_not_fill_the_journal(shop: Shop) -> None:
    await switched_on(shop)
    for number in range(MAX_JOURNALLED + 5):
        query = shop.unsigned_query("check", txn_id=str(number), txn_id_own=shop.link.transaction_id)
        assert await shop.send_callback(query, FIXED) == ("10", "Ok")
    assert len(await facts(shop)) == MAX_JOURNALLED


async def test_a_pay_that_gives_back_another_id_is_another_operation(shop: Shop) -> None:
    await shop.send_callback(shop.query(txn_id_own=shop.link.transaction_id, txn_id="1", sum="6275"))
    assert Attention.OTHER_OPERATION not in (await shop.payment()).attention
    await shop.send_callback(shop.query(txn_id_own="somebody-elses", txn_id="2", sum="6275"))
    payment = await shop.payment()
    assert (payment.state, payment.attention) == (PaymentStatus.PAID, (Attention.OTHER_OPERATION,))


@pytest.mark.parametrize("own", ["", "x" * 33, "<b>", "ж"])
async def test_an_id_that_is_none_of_ours_by_its_form_says_nothing(shop: Shop, own: str) -> None:
    await shop.send_callback(shop.query(txn_id_own=own))
    payment = await shop.payment()
    assert (payment.state, payment.attention) == (PaymentStatus.PAID, ())


async def test_a_card_that_was_told_at_the_fixed_address_is_not_the_payers(shop: Shop) -> None:
    await switched_on(shop)
    own, pan = shop.link.transaction_id, "5555555555554444"
    await shop.send_callback(shop.unsigned_query("auth", txn_id="1", txn_id_own=own, account=PHONE, pan=pan), FIXED)
    await shop.send_callback(shop.query(txn_id="2", txn_id_own=own, txn_date="20260101000000", pan=pan), FIXED)
    assert (await shop.payment()).card is None
    await shop.send_callback(shop.query(pan="4242424242424242"))
    assert (await shop.payment()).card == "424242******4242"


async def test_the_message_of_the_fixed_address_does_not_spoil_the_pay_of_another_payment(shop: Shop) -> None:
    """The id that names the payment there is not signed: the same message on its right address still counts."""
    await switched_on(shop)
    other = await open_payment(shop.core, Sale(12550))
    query = shop.query(txn_id_own=other.payment.link.transaction_id)
    await shop.send_callback(query, FIXED)
    await shop.send_callback(shop.query())
    assert (await shop.payment()).state is PaymentStatus.PAID
