"""What the drawer reads of a payment, in one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.events import JournalEntry
from app.domain.payment import Payment
from app.services.ports import PaymentView


@dataclass(frozen=True, slots=True)
class Story:
    """A payment with its journal, read together."""

    view: PaymentView
    entries: Sequence[JournalEntry]

    @property
    def payment(self) -> Payment:
        return self.view.payment
