"""What the drawer reads of a payment, in one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.events import JournalEntry
from app.domain.payment import Payment
from app.services.ports import PaymentHistory, PaymentView


@dataclass(frozen=True, slots=True)
class Story:
    """A payment with its journal, read in one snapshot."""

    history: PaymentHistory

    @property
    def view(self) -> PaymentView:
        return self.history.view

    @property
    def entries(self) -> Sequence[JournalEntry]:
        return self.history.entries

    @property
    def as_of(self) -> int:
        """Seq of the journal that it was read at."""
        return self.history.as_of

    @property
    def payment(self) -> Payment:
        return self.history.view.payment
