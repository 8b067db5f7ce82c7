"""Where demo and live mode disagree: nothing is sent, asked or trusted (protocol.md A7, promise R14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import WrongMode
from app.domain.ids import LinkKey, RefundId, TransactionId
from app.domain.journal.events import RefundRequested, SignatureCheck, Source
from app.services.callbacks.callback_verdict import IntakePolicy
from app.services.callbacks.incoming_callback import IncomingCallback, MalformedCallback
from app.services.callbacks.intake import RETRY_LATER, Intake
from app.services.ledger_mode import ModeBoundOperator, ModeCheck
from app.services.ports.ledger_transaction import LedgerTransaction
from app.services.ports.operator_gateway import LinkAnswer, LinkOrder, RefundAnswer, RefundOrder, StatusAnswer
from app.services.refunds.refunds import RefundPolicy, Refunds
from app.services.status.status_inquiry import InquiryPolicy, StatusInquiry
from app.settings.schema import OperatorSection
from tests.builders import KEY, PAYMENT, START, UUID, callback, open_payment
from tests.fakes.clock_and_operator import FakeClock, ScriptedOperator
from tests.fakes.context import CountingEntropy
from tests.fakes.ledger import FakeLedger

MODES = [("live", "demo"), ("demo", "live")]
"""The ledger's mode and the mode of the settings in use."""
STRANGER = LinkKey("a-key-of-another-home")
IN_AIR = timedelta(seconds=45)


@dataclass
class Shop:
    """An open payment of 125.50 on a ledger of one mode, and services of another."""

    held: str
    mode: str
    ledger: FakeLedger = field(default_factory=FakeLedger)
    operator: ScriptedOperator = field(default_factory=ScriptedOperator)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.clock.pass_time(minutes=5)
        self.intake = Intake(self.ledger, self.clock, lambda: IntakePolicy(accept_unsigned=True, mode=self.mode))
        self.status_inquiry = StatusInquiry(
            self.ledger, self.operator, self.clock, lambda: InquiryPolicy(proves=True, mode=self.mode)
        )
        policy = RefundPolicy(IN_AIR, self.mode, "1")
        self.refunds = Refunds(self.ledger, self.operator, self.clock, CountingEntropy(), lambda: policy)

    async def sell(self) -> Shop:
        def decide(tx: LedgerTransaction) -> None:
            tx.set_mode(self.held)
            for entry in open_payment():
                tx.append(entry.fact, payment_id=PAYMENT, source=entry.source, at=entry.at)

        await self.ledger.write(decide)
        return self

    async def give_back(self) -> None:
        """Receive a payment and start a refund that stays in flight."""
        lost = RefundRequested(RefundId("r1"), 100, "321455", TransactionId("t-of-the-refund"), "returned")

        def decide(tx: LedgerTransaction) -> None:
            tx.append(callback().fact, payment_id=PAYMENT, source=Source.CALLBACK, at=self.clock.now())
            tx.append(lost, payment_id=PAYMENT, source=Source.TILL, at=self.clock.now())

        await self.ledger.write(decide)

    async def kept(self) -> tuple[int, int, object]:
        """Return the number of journal entries, that of repetitions, and the inquiry record."""
        repeats = sum(entry.repeats for entry in self.ledger.kept.journal)
        return await self.ledger.last_seq(), repeats, dict(self.ledger.kept.asked)


def incoming(command: str, signed: SignatureCheck, **changes: Any) -> IncomingCallback:
    dated = {"txn_date": "20261121121600", "signature": "s"} if command in ("pay", "error", "refund") else {}
    return IncomingCallback(
        command, **{"txn_id": "1", "signed": signed, "uuid": UUID, "sum_minor": 12550} | dated | changes
    )


CALLBACKS = [
    incoming(command, signed)
    for command in ("pay", "error", "refund", "check", "auth", "odd")
    for signed in SignatureCheck
]


@pytest.mark.parametrize(("held", "mode"), MODES)
@pytest.mark.parametrize("key", [KEY, STRANGER])
@pytest.mark.parametrize("came", [*CALLBACKS, MalformedCallback("missing", "txn_id")], ids=str)
async def test_nothing_that_comes_is_believed_or_kept(
    held: str, mode: str, key: LinkKey, came: IncomingCallback | MalformedCallback
) -> None:
    shop = await Shop(held, mode).sell()
    before = await shop.kept()
    assert await shop.intake.receive(key, came) == RETRY_LATER
    assert await shop.kept() == before
    assert shop.intake.last_callback_at is None


@pytest.mark.parametrize("mode", ["live", "demo"])
async def test_the_same_is_kept_when_the_modes_agree_again(mode: str) -> None:
    shop = await Shop(mode, {"live": "demo", "demo": "live"}[mode]).sell()
    pay = incoming("pay", SignatureCheck.VERIFIED)
    assert await shop.intake.receive(KEY, pay) == RETRY_LATER
    shop.mode = mode
    assert (await shop.intake.receive(KEY, pay)).result == "10"
    assert (await shop.intake.receive(STRANGER, pay)).status == 404


@pytest.mark.parametrize("mode", ["live", "demo"])
async def test_a_ledger_without_a_payment_fits_both(mode: str) -> None:
    shop = Shop("", mode)
    assert (await shop.intake.receive(STRANGER, incoming("check", SignatureCheck.MISSING))).status == 404
    await ModeCheck(shop.ledger, lambda: mode).require()


def test_a_rule_that_names_no_mode_means_real_money() -> None:
    assert IntakePolicy().mode == InquiryPolicy(proves=True).mode == "live"


@pytest.mark.parametrize(("held", "mode"), MODES)
async def test_nobody_is_asked(held: str, mode: str) -> None:
    shop = await Shop(held, mode).sell()
    await shop.give_back()
    before = await shop.kept()
    for ask in (shop.status_inquiry.ask, shop.refunds.ask):
        with pytest.raises(WrongMode):
            await ask(PAYMENT)
    assert (shop.operator.asked, await shop.kept()) == ([], before)


@pytest.mark.parametrize(("held", "mode"), MODES)
async def test_a_silence_of_the_other_operator_is_no_fact(held: str, mode: str) -> None:
    shop = await Shop(held, mode).sell()
    shop.clock.moment = START + timedelta(days=2)
    before = await shop.kept()
    with pytest.raises(WrongMode):
        await shop.status_inquiry.record_silence()
    assert await shop.kept() == before


class MovedOperator(ScriptedOperator):
    """While it answers, another process makes this ledger's first payment in the other mode."""

    def __init__(self, ledger: FakeLedger, mode: str) -> None:
        super().__init__()
        self._ledger, self._mode = ledger, mode

    async def ask_status(self, transaction_id: TransactionId, terminal_id: str) -> StatusAnswer:
        await self._ledger.write(lambda tx: tx.set_mode(self._mode))
        return StatusAnswer(10, "")


async def test_an_answer_is_not_believed_when_the_ledger_has_meanwhile_become_of_the_other_mode() -> None:
    shop = Shop("live", "live")
    shop.operator = MovedOperator(shop.ledger, "demo")
    shop.__post_init__()
    await shop.sell()
    await shop.give_back()
    before = await shop.ledger.last_seq()
    for ask in (shop.status_inquiry.ask, shop.refunds.ask):
        await shop.ledger.write(lambda tx: tx.set_mode("live"))
        with pytest.raises(WrongMode):
            await ask(PAYMENT)
    assert await shop.ledger.last_seq() == before


@pytest.mark.parametrize(("held", "mode"), [*MODES, ("live", "live"), ("demo", "demo")])
async def test_the_gateway_sends_nothing_about_a_ledger_of_the_other_mode(held: str, mode: str) -> None:
    shop = await Shop(held, mode).sell()
    operator = shop.operator
    operator.links.append(LinkAnswer("https://mapi.xpaydirect.com/x", None, None))
    operator.statuses.append(1)
    operator.answers.append(RefundAnswer(False, ""))
    gateway = ModeBoundOperator(lambda: operator, ModeCheck(shop.ledger, lambda: mode))
    order = LinkOrder(TransactionId("t"), 100, "UAH", "1", "http://127.0.0.1/xpay/k", "uk", START, "1")
    sending = (
        lambda: gateway.create_link(order),
        lambda: gateway.ask_status(TransactionId("t"), "1"),
        lambda: gateway.refund(RefundOrder(TransactionId("t"), "1", None, START, "1")),
        lambda: gateway.statement(START, START),
    )
    for send in sending:
        if held == mode:
            await send()
        else:
            with pytest.raises(WrongMode):
                await send()
    assert (len(operator.orders), len(operator.asked), len(operator.refunds)) == (
        (1, 1, 1) if held == mode else (0, 0, 0)
    )
    assert (await gateway.test_connection()).message == "done", "whoever mends the settings may try them"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/xpay", "HTTP://127.0.0.1:1/xpay", "Http://localhost/xpay"])
def test_the_demo_operator_is_known_however_its_address_is_written(url: str) -> None:
    assert OperatorSection(url=url).is_demo
    assert not OperatorSection(url="HTTPS" + url[4:]).is_demo
