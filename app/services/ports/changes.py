"""What is published about new journal entries: which payments changed, not the facts themselves."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.ids import PaymentId


@dataclass(frozen=True, slots=True)
class Changes:
    """The journal after `after_seq` up to `last_seq`; both are equal where nothing was written.

    `payments`: those that got a fact. It is empty, too, where only facts were written that belong to no payment:
    then anything may have changed.
    """

    after_seq: int
    last_seq: int
    payments: frozenset[PaymentId]
