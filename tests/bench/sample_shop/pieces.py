"""Makes the payments of some days, ready to be written; another process may do it. The same seed makes the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from app.domain.journal.events import JournalEntry, KeysUnknown, OrphanReceived, Source
from app.domain.timestamps import from_millis
from app.simulator.callbacks import operator_date
from app.storage.bulk import PreparedPayment, prepare
from tests.bench.sample_shop.days import ZONE, Day, LastMinutes
from tests.bench.sample_shop.journal import PaymentJournal
from tests.bench.sample_shop.stories import tell
from tests.bench.sample_shop.words import knows_customer, wanted


@dataclass(frozen=True, slots=True)
class Piece:
    """Some days of a ledger that has so many payments and ends at `until_ms`.

    `contacts`: how many customers earlier payments have.
    """

    days: Sequence[Day | LastMinutes]
    seed: int
    until_ms: int
    payments: int
    contacts: int


def make(piece: Piece) -> list[PreparedPayment]:
    """Return the payments of these days, in the order of their numbers, and what came for no payment."""
    made: list[PreparedPayment] = []
    contacts = piece.contacts
    for day in piece.days:
        rng = Random(f"{piece.seed} {day.first}")
        moments = day.moments(rng)
        for place, at_ms in enumerate(moments):
            number = day.first + place
            contacts += knows_customer(number)
            journal = PaymentJournal(rng, number, at_ms, piece.until_ms, wanted(rng, number), contacts)
            tell(journal, piece.payments)
            contact, inquiries = journal.wanted.contact, tuple(journal.inquiries.items())
            made.append(prepare(journal.entries, contact=contact, inquiries=inquiries))
        if moments:
            made += _of_no_payment(rng, day.first, moments[-1])
    return made


def _of_no_payment(rng: Random, first: int, at_ms: int) -> list[PreparedPayment]:
    """Return what came on a few days for addresses that no payment has."""
    at, dice = from_millis(at_ms), rng.random()
    if dice < 0.004:
        uuid, txn_id = f"{rng.getrandbits(128):032x}", str(9_000_000_000 + first)
        orphan = OrphanReceived("pay", txn_id, uuid, operator_date(at), rng.randrange(5_000, 90_000))
        return [prepare([JournalEntry(0, at, None, Source.CALLBACK, orphan)])]
    if dice < 0.03:
        digest = KeysUnknown(at.astimezone(ZONE).date().isoformat())
        return [prepare([JournalEntry(0, at, None, Source.CALLBACK, digest)])]
    return []
