"""A new sale from an old payment: another sum instead of an open link, or the same sale again. It is only prefilled."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.errors import LinkReplaced, MoneyMayHaveCome, NotCancellable, StorageFull
from app.domain.journal.events import Source, StatusAnswered
from app.domain.payment import PaymentStatus
from app.services.ports.ledger import PaymentHistory
from app.services.ports.operator_gateway import LinkAnswer
from app.services.sales.till import Sale
from app.ui.drawer.presenter import DrawerPresenter
from app.ui.drawer.state import Action as DrawerAction
from app.ui.drawer.state import DrawerState
from app.ui.pages.till.state import Action, CardFace, Draft
from tests.contracts import sales
from tests.fakes.clock_and_operator import FakeClock, ScriptedOperator
from tests.fakes.context import FakeCoreApi, FakeDesktopServices
from tests.fakes.ledger import FakeLedger
from tests.unit.test_till_presenter import URL, Till

WHOLE = Sale(12550, "Кава", order="A-17", phone="380671234567", email="o@shop.ua", pay_type="20")
TYPED = Draft("125,50", "Кава", "+380671234567", "o@shop.ua", order="A-17", pay_type="20")
SALE = sales.payment_of("sale")


class Shop(Till):
    """A till with one open link, and what was asked of the person."""

    async def open(self, sale: Sale = WHOLE) -> PaymentHistory:
        asked = await self.api.till.request_payment(sale)
        self.operator.links.append(LinkAnswer(URL, "uuid-1", "11"))
        opened = await self.api.till.open_link(asked.payment.id)
        self.presenter.select(opened.payment.id)
        await self.presenter.wait_until_idle()
        assert self.state.card.face is CardFace.QR
        return opened

    async def do(self, action: Action) -> None:
        self.presenter.do(action)
        await self.presenter.wait_until_idle()

    @property
    def desktop(self) -> FakeDesktopServices:
        assert isinstance(self.context.desktop, FakeDesktopServices)
        return self.context.desktop

    async def status_of(self, history: PaymentHistory) -> PaymentStatus:
        now = await self.ledger.payment(history.payment.id)
        assert now is not None
        return now.payment.status(self.context.now())


@pytest.fixture
async def shop() -> Shop:
    return Shop()


async def test_another_sum_cancels_the_link_and_keeps_everything_else(shop: Shop) -> None:
    opened = await shop.open()
    await shop.do(Action.CHANGE_SUM)
    assert await shop.status_of(opened) is PaymentStatus.CANCELLED
    assert (shop.state.draft, shop.state.select_amount) == (TYPED, True)
    assert shop.state.card.face is CardFace.EMPTY
    shop.presenter.edit("amount", "130")
    assert shop.state.select_amount is False
    shop.operator.links.append(LinkAnswer(URL, "uuid-2", "12"))
    shop.operator.statuses.append(1)
    shop.presenter.create()
    await shop.presenter.wait_until_idle()
    order = shop.operator.orders[-1]
    assert (order.amount_minor, order.purpose, order.order, order.pay_type) == (13000, "Кава", "A-17", "20")
    assert (order.phone, order.email) == ("380671234567", "o@shop.ua")
    assert shop.state.draft == Draft()


async def test_a_sale_without_extras_is_prefilled_without_extras(shop: Shop) -> None:
    await shop.open(Sale(5000))
    await shop.do(Action.CHANGE_SUM)
    assert shop.state.draft == Draft("50")


async def test_no_changes_nothing(shop: Shop) -> None:
    opened = await shop.open()
    shop.desktop.confirms = False
    await shop.do(Action.CHANGE_SUM)
    assert len(shop.desktop.asked) == 1
    assert (await shop.status_of(opened), shop.state.draft) == (PaymentStatus.OPEN, Draft())


async def test_what_is_typed_for_the_next_sale_is_not_lost_unasked(shop: Shop) -> None:
    opened = await shop.open()
    shop.presenter.edit("amount", "77")
    shop.desktop.confirms = False
    await shop.do(Action.CHANGE_SUM)
    assert [question.title for question in shop.desktop.asked] == ["Replace what is typed at the till?"]
    assert (await shop.status_of(opened), shop.state.draft) == (PaymentStatus.OPEN, Draft("77"))
    shop.desktop.confirms = True
    await shop.do(Action.CHANGE_SUM)
    assert shop.state.draft == TYPED


async def test_a_cancel_that_fails_loses_nothing_and_starts_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(decide: object) -> None:
        raise StorageFull()

    opened = await shop.open()
    with monkeypatch.context() as broken:
        broken.setattr(shop.ledger, "write", refuse)
        await shop.do(Action.CHANGE_SUM)
    assert shop.toasts[-1][1] == "failed"
    assert (await shop.status_of(opened), shop.state.draft) == (PaymentStatus.OPEN, Draft())
    assert shop.state.card.payment_id == opened.payment.id


async def test_who_paid_while_the_question_was_open_is_told_as_paid(shop: Shop) -> None:
    opened = await shop.open()

    class Slow(FakeDesktopServices):
        async def confirm(self, question: object) -> bool:
            await paid(shop, opened)
            return True

    shop.context.desktop = Slow()
    await shop.do(Action.CHANGE_SUM)
    assert shop.toasts[-1] == (
        "This payment has been paid meanwhile, so its sum stays. Paid money goes back by a refund.",
        "failed",
    )
    assert (shop.state.card.face, shop.state.draft) == (CardFace.PAID, Draft())


async def paid(shop: Shop, opened: PaymentHistory) -> None:
    link = opened.payment.link
    fact = sales.callback("sale", sum_minor=12550, link_key=link.key, uuid=link.uuid, counts=True)
    await shop.ledger.write(
        lambda tx: tx.append(fact, payment_id=opened.payment.id, source=Source.CALLBACK, at=shop.context.now())
    )


async def test_a_second_press_changes_one_link_once(shop: Shop) -> None:
    await shop.open()
    shop.presenter.do(Action.CHANGE_SUM)
    shop.presenter.do(Action.CHANGE_SUM)
    await shop.presenter.wait_until_idle()
    assert len(shop.desktop.asked) == 1


async def test_where_money_may_have_come_it_is_not_offered(shop: Shop) -> None:
    opened = await shop.open()
    link = opened.payment.link
    assert Action.CHANGE_SUM in shop.state.card.actions
    hint = StatusAnswered(link.key, link.transaction_id, 10, "", hint=True, nonce="n")
    await shop.ledger.write(
        lambda tx: tx.append(hint, payment_id=opened.payment.id, source=Source.INQUIRY, at=shop.context.now())
    )
    await shop.presenter.wait_until_idle()
    shop.presenter.do(Action.SHOW_CODE)
    assert shop.state.card.face is CardFace.QR
    assert Action.CHANGE_SUM not in shop.state.card.actions


async def test_a_hidden_order_goes_with_the_last_thing_that_is_seen_of_its_sale(shop: Shop) -> None:
    await shop.open(Sale(5000, order="A-17", pay_type="20"))
    await shop.do(Action.CHANGE_SUM)
    assert shop.state.draft.order == "A-17"
    shop.presenter.edit("amount", "")
    assert shop.state.draft == Draft(), "the next customer's sale is not that order"


class Core:
    """A sale on which two people act."""

    def __init__(self) -> None:
        self.ledger, self.clock = FakeLedger(), FakeClock()
        self.api = FakeCoreApi(self.ledger, ScriptedOperator(), self.clock)

    async def key(self) -> str:
        history = await self.ledger.payment_history(SALE)
        assert history is not None
        return history.payment.link.key


@pytest.fixture
async def core() -> Core:
    made = Core()
    await sales.sold(made.ledger, "sale")
    return made


async def test_of_two_people_one_starts_over(core: Core) -> None:
    key = sales.key_of("sale")
    done = await asyncio.gather(*(core.api.till.cancel_unpaid(SALE, link=key) for _ in "ab"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["NotCancellable", "PaymentHistory"]


@pytest.mark.parametrize(
    ("command", "reason"), [("pay", "paid"), ("auth", "paying")], ids=["who has paid", "who is paying"]
)
async def test_who_pays_is_not_asked_for_another_sum(core: Core, command: str, reason: str) -> None:
    changes = {"counts": False} if command == "auth" else {}
    await core.ledger.write(lambda tx: sales.receive(tx, "sale", command, **changes))
    with pytest.raises(NotCancellable) as refused:
        await core.api.till.cancel_unpaid(SALE, link=sales.key_of("sale"))
    assert refused.value.details["reason"] == reason


async def test_a_link_that_ran_out_while_the_person_looked_may_be_started_over(core: Core) -> None:
    core.clock.pass_time(minutes=16)
    await core.api.till.cancel_unpaid(SALE, link=sales.key_of("sale"))


async def test_who_was_paying_when_it_ran_out_is_not(core: Core) -> None:
    await core.ledger.write(lambda tx: sales.receive(tx, "sale", "auth", counts=False))
    core.clock.pass_time(minutes=120)
    with pytest.raises(MoneyMayHaveCome):
        await core.api.till.cancel_unpaid(SALE, link=sales.key_of("sale"))


async def test_a_link_that_replaced_the_one_that_was_seen_stays(core: Core) -> None:
    seen = sales.key_of("sale")
    core.clock.pass_time(minutes=16)
    await core.api.till.renew(SALE)
    with pytest.raises(LinkReplaced):
        await core.api.till.cancel_unpaid(SALE, link=seen)


# Sell again


async def test_the_same_sale_again_is_prefilled_and_not_made(shop: Shop) -> None:
    opened = await shop.open()
    await paid(shop, opened)
    await shop.presenter.wait_until_idle()
    made = len(shop.operator.orders)
    history = await shop.ledger.payment_history(opened.payment.id)
    assert history is not None
    shop.presenter.sell_again(history)
    await shop.presenter.wait_until_idle()
    assert (shop.state.draft, shop.state.select_amount, shop.state.can_create) == (TYPED, True, True)
    assert shop.state.card.face is CardFace.EMPTY
    assert (len(shop.operator.orders), shop.desktop.asked) == (made, [])


async def test_what_is_typed_at_the_till_is_asked_about(shop: Shop) -> None:
    opened = await shop.open()
    shop.presenter.edit("purpose", "Тістечко")
    shop.desktop.confirms = False
    shop.presenter.sell_again(opened)
    await shop.presenter.wait_until_idle()
    assert (len(shop.desktop.asked), shop.state.draft) == (1, Draft(purpose="Тістечко"))
    assert shop.state.card.payment_id == opened.payment.id
    shop.desktop.confirms = True
    shop.presenter.sell_again(opened)
    await shop.presenter.wait_until_idle()
    assert shop.state.draft == TYPED


class Drawer:
    """The drawer over a list, and what it handed to the till."""

    def __init__(self, **shop: object) -> None:
        self.till = Shop(**shop)
        self.states: list[DrawerState] = []
        self.again: list[PaymentHistory] = []
        self.presenter = DrawerPresenter(
            "test", self.till.context, self.states.append, lambda _: None, self.again.append
        )

    async def offers(self) -> bool:
        self.presenter.open(SALE)
        await self.presenter.wait_until_idle()
        details = self.states[-1].details
        assert details is not None
        return DrawerAction.SELL_AGAIN in details.actions


async def test_a_payment_is_sold_again_from_the_drawer() -> None:
    drawer = Drawer()
    await sales.sold(drawer.till.ledger, "sale")
    assert not await drawer.offers(), "its link is open"
    await drawer.till.ledger.write(lambda tx: sales.receive(tx, "sale"))
    assert await drawer.offers()
    drawer.presenter.do(DrawerAction.SELL_AGAIN)
    assert [history.payment.id for history in drawer.again] == [SALE]


async def test_where_the_customer_was_paying_it_is_not_offered() -> None:
    drawer = Drawer()
    await sales.sold(drawer.till.ledger, "sale")
    await drawer.till.ledger.write(lambda tx: sales.receive(tx, "sale", "auth", counts=False))
    drawer.till.api.clock.pass_time(minutes=120)
    assert not await drawer.offers()


async def test_where_the_till_cannot_sell_it_is_not_offered() -> None:
    drawer = Drawer(missing="operator.token")
    await sales.sold(drawer.till.ledger, "sale")
    await drawer.till.ledger.write(lambda tx: sales.receive(tx, "sale"))
    assert not await drawer.offers()
    drawer.presenter.do(DrawerAction.SELL_AGAIN)
    assert drawer.again == []
