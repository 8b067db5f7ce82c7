"""A café's day: one sale in every state, then paid ones; long purposes and large sums among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from app.domain.ids import PaymentId
from app.domain.journal.events import SignatureCheck
from tests.contracts.sales import payment_of
from tests.fakes.ledger import FakeTransaction
from tests.gallery.sale_writer import CARD, MINUTE, SaleWriter

LAST_NUMBER: Final = 1042
LONG: Final = "Кава та круасан з мигдалем, 2 шт., з собою, будь ласка"
MOST: Final = 9_999_999
GOODS: Final = (
    ("Кава та круасан", 125_000), ("Торт «Київський»", 64_000), ("Лате, 2 шт.", 25_000), (LONG, 18_550),
    ("Круасан з мигдалем", 9_500), ("Замовлення 1234А", 100_000), ("Бізнес-ланч", 31_000),
    ("Піца «Маргарита»", 28_900), ("Чай, сендвіч", 18_550), ("Святковий стіл на двадцять осіб", MOST),
    ("Кава з собою", 7_500), (None, 5_000),
)  # fmt: skip
PEOPLE: Final = ("Олена", "Ігор")
HAS_PEOPLE: Final = (3,)
"""The lengths of sample ledgers that record who sold."""
CUSTOMER: Final = {
    "phone": "380671234567",
    "email": "olena.kovalenko-shevchenko@example-shop.com.ua",
    "order": "ORD-2026-1234-А",
}
Sale = dict[str, Any]
OPEN, FAILED, REFUNDED, EXPIRED, UNDERPAID, LATE, UNPROVEN, NOT_CREATED, CANCELLED, REFUNDING = (
    0, 1, 4, 5, 6, 7, 8, 10, 11, 13,
)  # fmt: skip
PAID: Final = 2


@cache
def sample_ledger(count: int, step: float = 12) -> FakeTransaction:
    """Return a ledger of `count` sales, one every `step` minutes; `s0` is the newest."""
    writer = SaleWriter(FakeTransaction())
    writer.tx.last_number = LAST_NUMBER - count
    for place in reversed(range(count)):
        purpose, amount = GOODS[place % len(GOODS)]
        sale: Sale = {"purpose": purpose, "amount_minor": amount}
        sale |= {"created_by": PEOPLE[place % 2]} if count in HAS_PEOPLE else {}
        sale |= CUSTOMER if place == UNDERPAID else {}
        _WAYS.get(place, _paid)(writer, f"s{place}", 0.5 + place * step, sale)
    writer.tx.finish()
    return writer.tx


def nth(place: int) -> PaymentId:
    """Return the id of a sale of the day."""
    return payment_of(f"s{place}")


def _open(writer: SaleWriter, name: str, ago: float, sale: Sale) -> None:
    """Add an open sale; one older than a quarter of an hour has expired."""
    writer.open(name, ago=ago, **sale)


def _paid(writer: SaleWriter, name: str, ago: float, sale: Sale) -> None:
    writer.paid(name, ago=ago, **sale)


def _failed(writer: SaleWriter, name: str, ago: float, sale: Sale) -> None:
    writer.open(name, ago=ago, **sale)
    for command, later_s in (("check", 20), ("check", 21), ("auth", 30)):
        writer.receive(name, command, ago, later_s)
    writer.receive(name, "error", ago, 40, error_text="Недостатньо коштів на картці")


def _underpaid(writer: SaleWriter, name: str, ago: float, sale: Sale) -> None:
    writer.open(name, ago=ago, **sale)
    for command, later_s in (("check", 20), ("check", 21), ("check", 22), ("auth", 40)):
        writer.receive(name, command, ago, later_s)
    writer.receive(name, "pay", ago, 60, sum_minor=sale["amount_minor"] // 2, card=CARD)
    writer.answer(name, ago, 90)


def _late(writer: SaleWriter, name: str, ago: float, sale: Sale) -> None:
    writer.open(name, ago=ago, **sale)
    writer.receive(name, "pay", ago, 16 * MINUTE, sum_minor=sale["amount_minor"], late=True, card=CARD)


def _unproven(writer: SaleWriter, name: str, ago: float, sale: Sale) -> None:
    writer.open(name, ago=ago, **sale)
    writer.receive(name, "pay", ago, 60, sum_minor=sale["amount_minor"], signed=SignatureCheck.MISSING, counts=False)


def _refunded(writer: SaleWriter, name: str, ago: float, sale: Sale) -> None:
    writer.paid(name, ago=ago, **sale)
    writer.refund(name, sale["amount_minor"] // 3, ago, "requested", "done")


def _refunding(writer: SaleWriter, name: str, ago: float, sale: Sale) -> None:
    writer.paid(name, ago=ago, **sale)
    writer.refund(name, sale["amount_minor"], ago, "requested")


def _cancelled(writer: SaleWriter, name: str, ago: float, sale: Sale) -> None:
    writer.open(name, ago=ago, **sale)
    writer.cancel(name, ago)


def _not_created(writer: SaleWriter, name: str, ago: float, sale: Sale) -> None:
    writer.ask(name, ago=ago, **sale)
    writer.refuse(name, ago)


_WAYS: Final[dict[int, Callable[[SaleWriter, str, float, Sale], None]]] = {
    OPEN: _open,
    FAILED: _failed,
    REFUNDED: _refunded,
    EXPIRED: _open,
    UNDERPAID: _underpaid,
    LATE: _late,
    UNPROVEN: _unproven,
    NOT_CREATED: _not_created,
    CANCELLED: _cancelled,
    REFUNDING: _refunding,
}
