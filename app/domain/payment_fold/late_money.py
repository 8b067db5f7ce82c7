"""Which link late money was paid through (protocol.md A3.6): a payment may have been renewed since."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.journal.events import JournalEntry
from app.domain.payment import Link, Payment
from app.domain.payment_fold.received import callbacks_in, is_counted


def late_link(payment: Payment, entries: Sequence[JournalEntry]) -> Link | None:
    """Return the link of the first late pay; None where it is not known.

    Without entries it is known only while the payment has had one link.
    """
    known = {link.key: link for link in payment.links}
    for item in callbacks_in(entries):
        if is_counted(item.fact) and item.fact.late and item.fact.link_key in known:
            return known[item.fact.link_key]
    return payment.link if len(payment.links) == 1 else None
