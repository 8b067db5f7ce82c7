"""Sales written directly into a ledger in memory; times are minutes before the common moment of all cases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from app.domain.ids import PaymentId, TransactionId
from app.domain.journal.events import Fact, LinkCreated, LinkRefused, LinkUnanswered, StatusAnswered
from tests import builders
from tests.contracts import sales
from tests.fakes.ledger import FakeTransaction

MOMENT: Final = datetime.now(UTC).replace(microsecond=0)
"""The real time, because a countdown on the screen runs by the real clock."""
LINK: Final = "https://mapi.xpaydirect.com/uk/frame/widget/ac66c225-c152-4c97-afb4-87ace61c{:04d}"
CARD: Final = "412345******3217"
MINUTE: Final = 60
_SHIFT_S: Final = (MOMENT - builders.START).total_seconds()


class SaleWriter:
    """Sales are identified by names; `ago` is when one was begun, `later_s` how long after that something came."""

    def __init__(self, tx: FakeTransaction) -> None:
        self.tx = tx

    def ask(self, name: str, *, ago: float = 0.5, **sale: Any) -> PaymentId:
        """Add a sale whose link was requested."""
        return sales.ask(self.tx, name, after_s=_at(ago), **{"purpose": "Кава та круасан"} | sale)

    def open(self, name: str, *, ago: float = 0.5, **sale: Any) -> PaymentId:
        """Add a sale with an open link."""
        payment_id = self.ask(name, ago=ago, **sale)
        url, operation = LINK.format(self.tx.last_number), f"{880_000 + self.tx.last_number}"
        self.fact(name, LinkCreated(sales.key_of(name), _known(name), url, builders.UUID, operation), ago, 1)
        return payment_id

    def paid(self, name: str, *, ago: float = 0.5, **sale: Any) -> PaymentId:
        """Add a paid sale: opened by the payer, inquired about, paid."""
        payment_id = self.open(name, ago=ago, **sale)
        self.receive(name, "check", ago, 9)
        self.receive(name, "auth", ago, 17)
        self.receive(name, "pay", ago, 26, sum_minor=sale.get("amount_minor", 12_550), card=CARD)
        return payment_id

    def receive(self, name: str, command: str, ago: float, later_s: float, **changes: Any) -> None:
        """Add a callback."""
        sales.receive(self.tx, name, command, after_s=_at(ago) + later_s, **changes)

    def refuse(self, name: str, ago: float, message: str = "Термінал вимкнено") -> None:
        """Add the operator's refusal of the link."""
        self.fact(name, LinkRefused(sales.key_of(name), _known(name), "403", message), ago, 2)

    def leave_unanswered(self, name: str, ago: float) -> None:
        """Add a link request without an answer."""
        self.fact(name, LinkUnanswered(sales.key_of(name), _known(name), "silent"), ago, 30)

    def answer(self, name: str, ago: float, later_s: float) -> None:
        """Add a status answer that decides nothing."""
        asked = StatusAnswered(sales.key_of(name), _known(name), 3, "в обробці", nonce=name)
        self.fact(name, asked, ago, later_s)

    def refund(self, name: str, amount_minor: int, ago: float, *answers: str) -> None:
        sales.refund(self.tx, name, amount_minor, *answers, after_s=_at(ago) + 2 * MINUTE)

    def cancel(self, name: str, ago: float) -> None:
        sales.cancel(self.tx, name, after_s=_at(ago) + MINUTE)

    def fact(self, name: str, fact: Fact, ago: float, later_s: float) -> None:
        sales.state(self.tx, name, fact, after_s=_at(ago) + later_s)


def _at(ago: float) -> float:
    return _SHIFT_S - ago * MINUTE


def _known(name: str) -> TransactionId:
    return TransactionId(f"{sales.key_of(name)}-1")
