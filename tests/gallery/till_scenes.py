"""The till in every state."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.errors import OperatorRefused, OperatorUnreachable, StorageDamaged
from app.domain.events import StatusAnswered
from app.domain.ids import PaymentId, TransactionId
from app.ui.pages.till.state import Action
from tests.contracts import sales
from tests.gallery.day import (
    CANCELLED,
    EXPIRED,
    FAILED,
    LATE,
    LONG,
    NOT_CREATED,
    OPEN,
    PAID,
    REFUNDED,
    UNDERPAID,
    day,
    nth,
)
from tests.gallery.sold import Sold
from tests.gallery.stage import Build, Scene, Stage


def _with(payment_id: PaymentId) -> Build:
    """Return a scene with a payment of the day at hand."""

    async def build(stage: Stage) -> None:
        stage.sell(42)
        presenter = await stage.open("till")
        presenter.select(payment_id)
        await stage.settle()

    return build


async def empty(stage: Stage) -> None:
    await stage.open("till")


async def three_rows(stage: Stage) -> None:
    stage.sell(3)
    await stage.open("till")


async def ready(stage: Stage) -> None:
    """An ordinary sale is typed."""
    stage.sell(42)
    presenter = await stage.open("till")
    presenter.edit("amount", "125,50")
    presenter.edit("purpose", "Кава та круасан")


async def typed(stage: Stage) -> None:
    """Everything is filled in and right."""
    stage.sell(42)
    presenter = await stage.open("till")
    for field, text in (("amount", "99999,99"), ("purpose", LONG), ("phone", "0671234567"), ("email", "o@shop.ua")):
        presenter.edit(field, text)


async def wrong(stage: Stage) -> None:
    """Something is wrong beside the sum and beside a field."""
    stage.sell(42)
    presenter = await stage.open("till")
    for field, text in (("amount", "100001"), ("purpose", LONG), ("phone", "+48 12 345"), ("email", "anna@")):
        presenter.edit(field, text)
        presenter.leave(field)


async def busy(stage: Stage) -> None:
    """The operator thinks."""
    stage.sell(42)
    stage.operator.thinks = True
    presenter = await stage.open("till")
    presenter.edit("amount", "1250")
    presenter.edit("purpose", LONG)
    presenter.create()
    await stage.linger()


async def asking(stage: Stage) -> None:
    """The operator is asked about the payment at hand, and thinks."""
    stage.sell(42)
    presenter = await stage.open("till")
    presenter.select(nth(OPEN))
    await stage.settle()
    stage.operator.thinks = True
    presenter.do(Action.CHECK)
    await stage.linger()


async def qr_long(stage: Stage) -> None:
    """A link with the longest purpose and the largest sum, just made."""
    stage.sell(42)
    presenter = await stage.open("till")
    presenter.edit("amount", "99999,99")
    presenter.edit("purpose", LONG)
    presenter.create()
    await stage.settle()


async def paying(stage: Stage) -> None:
    """The customer is on the page."""
    stage.ledger.kept = day(42).draft()
    sold = Sold(stage.ledger.kept)
    payment_id = sold.open("now", amount_minor=125_000)
    sold.hear("now", "check", 0.5, 9)
    sold.hear("now", "auth", 0.5, 17)
    stage.ledger.kept.finish()
    presenter = await stage.open("till")
    presenter.select(payment_id)
    await stage.settle()


async def refused(stage: Stage) -> None:
    stage.sell(42)
    stage.operator.answer = OperatorRefused(operator_code="403", message="Термінал вимкнено")
    await _sell(stage)


async def silent(stage: Stage) -> None:
    stage.sell(42)
    stage.operator.answer = OperatorUnreachable(reason="silent")
    await _sell(stage)


async def not_connected(stage: Stage) -> None:
    stage.be(missing="operator.token")
    await stage.open("till")


async def core_failed(stage: Stage) -> None:
    stage.front.core_problem = stage.front.texts.error(StorageDamaged())
    stage.front.link = None
    await stage.open("till")


async def loading(stage: Stage) -> None:
    stage.be(name="")
    stage.front.link = None
    await stage.open("till")


async def demo(stage: Stage) -> None:
    """The demo's banner over a full till."""
    stage.be(is_demo=True)
    await _with(nth(OPEN))(stage)


def _expired_after(tell: Callable[[Sold], None]) -> Build:
    """A link that ran out, and what was heard of it before."""

    async def build(stage: Stage) -> None:
        sold = Sold(day(42).draft())
        sold.open("then", ago=25, amount_minor=125_000)
        tell(sold)
        sold.tx.finish()
        stage.ledger.kept = sold.tx
        presenter = await stage.open("till")
        presenter.select(sales.payment_of("then"))
        await stage.settle()

    return build


def _said_paid(sold: Sold) -> None:
    known = TransactionId(f"{sales.key_of('then')}-1")
    sold.fact("then", StatusAnswered(sales.key_of("then"), known, 10, "оплачено", hint=True, nonce="9"), 25, 120)


def _was_paying(sold: Sold) -> None:
    sold.hear("then", "auth", 25, 17)


async def _sell(stage: Stage) -> None:
    presenter = await stage.open("till")
    presenter.edit("amount", "1250")
    presenter.edit("purpose", LONG)
    presenter.create()
    await stage.settle()


SCENES = (
    Scene("till-empty", empty),
    Scene("till-three", three_rows),
    Scene("till-ready", ready),
    Scene("till-typed", typed),
    Scene("till-wrong", wrong),
    Scene("till-busy", busy),
    Scene("till-asking", asking),
    Scene("till-qr", _with(nth(OPEN))),
    Scene("till-qr_long", qr_long),
    Scene("till-attempt", _with(nth(FAILED))),
    Scene("till-paying", paying),
    Scene("till-paid", _with(nth(PAID))),
    Scene("till-late", _with(nth(LATE))),
    Scene("till-refunded", _with(nth(REFUNDED))),
    Scene("till-underpaid", _with(nth(UNDERPAID))),
    Scene("till-expired", _with(nth(EXPIRED))),
    Scene("till-expired_said_paid", _expired_after(_said_paid)),
    Scene("till-expired_paying", _expired_after(_was_paying)),
    Scene("till-cancelled", _with(nth(CANCELLED))),
    Scene("till-not_created", _with(nth(NOT_CREATED))),
    Scene("till-refused", refused),
    Scene("till-silent", silent),
    Scene("till-not_connected", not_connected),
    Scene("till-core_failed", core_failed, is_lasting=False),
    Scene("till-loading", loading),
    Scene("till-demo", demo),
)
