"""The till in every state."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.errors import OperatorRefused, OperatorUnreachable, StorageDamaged
from app.domain.ids import PaymentId, TransactionId
from app.domain.journal.events import LinkCancelled, SignatureCheck, Source, StatusAnswered
from app.ui.pages.till.state import Action
from tests.contracts import sales
from tests.gallery.gallery_window import Build, GalleryCase, GalleryWindow
from tests.gallery.sale_writer import SaleWriter
from tests.gallery.sample_sales import (
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
    nth,
    sample_ledger,
)


def _with(payment_id: PaymentId) -> Build:
    """Return a case with a payment of the day on the card."""

    async def build(gallery: GalleryWindow) -> None:
        gallery.sell(42)
        presenter = await gallery.open("till")
        presenter.select(payment_id)
        await gallery.settle()

    return build


async def empty(gallery: GalleryWindow) -> None:
    await gallery.open("till")


async def three_rows(gallery: GalleryWindow) -> None:
    gallery.sell(3)
    await gallery.open("till")


async def ready(gallery: GalleryWindow) -> None:
    """An ordinary sale is typed."""
    gallery.sell(42)
    presenter = await gallery.open("till")
    presenter.edit("amount", "125,50")
    presenter.edit("purpose", "Кава та круасан")


async def typed(gallery: GalleryWindow) -> None:
    """Everything is filled in and valid."""
    gallery.sell(42)
    presenter = await gallery.open("till")
    for field, text in (("amount", "99999,99"), ("purpose", LONG), ("phone", "0671234567"), ("email", "o@shop.ua")):
        presenter.edit(field, text)


async def wrong(gallery: GalleryWindow) -> None:
    """Errors at the sum and at a field."""
    gallery.sell(42)
    presenter = await gallery.open("till")
    for field, text in (("amount", "100001"), ("purpose", LONG), ("phone", "+48 12 345"), ("email", "anna@")):
        presenter.edit(field, text)
        presenter.leave(field)


async def busy(gallery: GalleryWindow) -> None:
    """The link request is outstanding."""
    gallery.sell(42)
    gallery.operator.hangs = True
    presenter = await gallery.open("till")
    presenter.edit("amount", "1250")
    presenter.edit("purpose", LONG)
    presenter.create()
    await gallery.let_tasks_start()


async def asking(gallery: GalleryWindow) -> None:
    """A status inquiry about the payment on the card is outstanding."""
    gallery.sell(42)
    presenter = await gallery.open("till")
    presenter.select(nth(OPEN))
    await gallery.settle()
    gallery.operator.hangs = True
    presenter.do(Action.CHECK)
    await gallery.let_tasks_start()


async def qr_long(gallery: GalleryWindow) -> None:
    """A link with the longest purpose and the largest sum, just made."""
    gallery.sell(42)
    presenter = await gallery.open("till")
    presenter.edit("amount", "99999,99")
    presenter.edit("purpose", LONG)
    presenter.create()
    await gallery.settle()


async def paying(gallery: GalleryWindow) -> None:
    """The customer has opened the payment page."""
    gallery.ledger.kept = sample_ledger(42).draft()
    writer = SaleWriter(gallery.ledger.kept)
    payment_id = writer.open("now", amount_minor=125_000)
    writer.receive("now", "check", 0.5, 9)
    writer.receive("now", "auth", 0.5, 17)
    gallery.ledger.kept.finish()
    presenter = await gallery.open("till")
    presenter.select(payment_id)
    await gallery.settle()


async def refused(gallery: GalleryWindow) -> None:
    gallery.sell(42)
    gallery.operator.answer = OperatorRefused(operator_code="403", message="Термінал вимкнено")
    await _sell(gallery)


async def silent(gallery: GalleryWindow) -> None:
    gallery.sell(42)
    gallery.operator.answer = OperatorUnreachable(reason="silent")
    await _sell(gallery)


async def not_connected(gallery: GalleryWindow) -> None:
    gallery.set_shop(missing="operator.token")
    await gallery.open("till")


async def core_failed(gallery: GalleryWindow) -> None:
    gallery.context.core_problem = gallery.context.texts.error(StorageDamaged())
    gallery.context.core = None
    await gallery.open("till")


async def loading(gallery: GalleryWindow) -> None:
    gallery.set_shop(name="")
    gallery.context.core = None
    await gallery.open("till")


async def demo(gallery: GalleryWindow) -> None:
    """The demo's banner over a full till."""
    gallery.set_shop(is_demo=True)
    await _with(nth(OPEN))(gallery)


async def test_environment(gallery: GalleryWindow) -> None:
    """XPAY's test environment."""
    await empty(gallery)
    gallery.set_shop(is_test=True)


async def another_sum(gallery: GalleryWindow) -> None:
    """A sale of an order begins again with another sum."""
    writer = SaleWriter(sample_ledger(42).draft())
    payment_id = writer.open("now", amount_minor=125_000, order="A-2026/11-17")
    writer.tx.finish()
    gallery.ledger.kept = writer.tx
    presenter = await gallery.open("till")
    history = await gallery.api.ledger.payment_history(payment_id)
    presenter.sell_again(history)
    await gallery.settle()


async def another_sum_question(gallery: GalleryWindow) -> None:
    """The confirmation of changing the sum."""
    await _with(nth(OPEN))(gallery)
    gallery.pages.presenter("till").do(Action.CHANGE_SUM)
    await gallery.let_tasks_start()


async def said_paid(gallery: GalleryWindow) -> None:
    """The operator says that an open link is paid, but no callback came."""
    await _with(nth(OPEN))(gallery)
    view = await gallery.api.ledger.payment(nth(OPEN))
    assert view is not None
    link = view.payment.link
    hint = StatusAnswered(link.key, link.transaction_id, 10, "", hint=True, nonce="hint")
    await gallery.api.ledger.write(
        lambda tx: tx.append(hint, payment_id=nth(OPEN), source=Source.INQUIRY, at=gallery.context.now())
    )
    gallery.pages.presenter("till").on_changed(frozenset({nth(OPEN)}))
    await gallery.settle()


async def said_paid_code(gallery: GalleryWindow) -> None:
    """The cashier wants the code all the same."""
    await said_paid(gallery)
    gallery.pages.presenter("till").do(Action.SHOW_CODE)


async def said_paid_form(gallery: GalleryWindow) -> None:
    """The question whether it is paid."""
    await said_paid(gallery)
    gallery.pages.presenter("till").do(Action.CONFIRM)
    await gallery.settle()


def _after(write: Callable[[SaleWriter], None], ago: float = 25) -> Build:
    """Return a case with a link of so many minutes ago and the facts received about it; after 15 it has run out."""

    async def build(gallery: GalleryWindow) -> None:
        writer = SaleWriter(sample_ledger(42).draft())
        writer.open("then", ago=ago, amount_minor=125_000)
        write(writer)
        writer.tx.finish()
        gallery.ledger.kept = writer.tx
        presenter = await gallery.open("till")
        presenter.select(sales.payment_of("then"))
        await gallery.settle()

    return build


def _said_paid(writer: SaleWriter) -> None:
    known = TransactionId(f"{sales.key_of('then')}-1")
    writer.fact("then", StatusAnswered(sales.key_of("then"), known, 10, "оплачено", hint=True, nonce="9"), 25, 120)


def _was_paying(writer: SaleWriter) -> None:
    writer.receive("then", "auth", 25, 17)


def _cancelled_and_paid(writer: SaleWriter) -> None:
    writer.fact("then", LinkCancelled(sales.key_of("then")), 25, 60)
    writer.receive("then", "pay", 25, 90, sum_minor=125_000, late=True)


def _unsigned(writer: SaleWriter) -> None:
    writer.receive("then", "pay", 5, 60, sum_minor=125_000, signed=SignatureCheck.MISSING, counts=False)


def _paid_twice(writer: SaleWriter) -> None:
    for txn_id in ("first", "second"):
        writer.receive("then", "pay", 5, 60, sum_minor=125_000, txn_id=txn_id, signature=txn_id)


def _overpaid(writer: SaleWriter) -> None:
    writer.receive("then", "pay", 5, 60, sum_minor=130_000)


def _contradicted(writer: SaleWriter) -> None:
    writer.receive("then", "pay", 5, 60, sum_minor=125_000)
    known = TransactionId(f"{sales.key_of('then')}-1")
    writer.fact("then", StatusAnswered(sales.key_of("then"), known, 21, "", nonce="9", contradicts=True), 5, 90)


def _paid_and_forged(writer: SaleWriter) -> None:
    writer.receive("then", "pay", 5, 60, sum_minor=125_000)
    writer.receive("then", "pay", 5, 70, sum_minor=125_000, txn_id="x", signed=SignatureCheck.WRONG, counts=False)


def _underpaid_said_paid(writer: SaleWriter) -> None:
    writer.receive("then", "pay", 5, 60, sum_minor=100_000, signed=SignatureCheck.MISSING)
    known = TransactionId(f"{sales.key_of('then')}-1")
    writer.fact("then", StatusAnswered(sales.key_of("then"), known, 10, "", hint=True, nonce="9"), 5, 90)


def _late_and_returning(writer: SaleWriter) -> None:
    writer.receive("then", "pay", 25, 16 * 60, sum_minor=125_000, late=True)
    writer.refund("then", 125_000, 5, "requested")


async def _sell(gallery: GalleryWindow) -> None:
    presenter = await gallery.open("till")
    presenter.edit("amount", "1250")
    presenter.edit("purpose", LONG)
    presenter.create()
    await gallery.settle()


CASES = (
    GalleryCase("till-empty", empty),
    GalleryCase("till-three", three_rows),
    GalleryCase("till-ready", ready),
    GalleryCase("till-typed", typed),
    GalleryCase("till-wrong", wrong),
    GalleryCase("till-busy", busy),
    GalleryCase("till-asking", asking),
    GalleryCase("till-qr", _with(nth(OPEN))),
    GalleryCase("till-qr_long", qr_long),
    GalleryCase("till-attempt", _with(nth(FAILED))),
    GalleryCase("till-paying", paying),
    GalleryCase("till-paid", _with(nth(PAID))),
    GalleryCase("till-late", _with(nth(LATE))),
    GalleryCase("till-refunded", _with(nth(REFUNDED))),
    GalleryCase("till-underpaid", _with(nth(UNDERPAID))),
    GalleryCase("till-expired", _with(nth(EXPIRED))),
    GalleryCase("till-said_paid", said_paid),
    GalleryCase("till-said_paid_code", said_paid_code),
    GalleryCase("till-said_paid_form", said_paid_form),
    GalleryCase("till-paid_after_cancelling", _after(_cancelled_and_paid)),
    GalleryCase("till-another_sum", another_sum),
    GalleryCase("till-another_sum_question", another_sum_question, is_lasting=False),
    GalleryCase("till-test", test_environment),
    GalleryCase("till-expired_said_paid", _after(_said_paid)),
    GalleryCase("till-unsigned", _after(_unsigned, ago=5)),
    GalleryCase("till-paid_twice", _after(_paid_twice, ago=5)),
    GalleryCase("till-overpaid", _after(_overpaid, ago=5)),
    GalleryCase("till-contradicted", _after(_contradicted, ago=5)),
    GalleryCase("till-paid_and_forged", _after(_paid_and_forged, ago=5)),
    GalleryCase("till-underpaid_said_paid", _after(_underpaid_said_paid, ago=5)),
    GalleryCase("till-late_returning", _after(_late_and_returning)),
    GalleryCase("till-expired_paying", _after(_was_paying)),
    GalleryCase("till-cancelled", _with(nth(CANCELLED))),
    GalleryCase("till-not_created", _with(nth(NOT_CREATED))),
    GalleryCase("till-refused", refused),
    GalleryCase("till-silent", silent),
    GalleryCase("till-not_connected", not_connected),
    GalleryCase("till-core_failed", core_failed, is_lasting=False),
    GalleryCase("till-loading", loading),
    GalleryCase("till-demo", demo),
)
