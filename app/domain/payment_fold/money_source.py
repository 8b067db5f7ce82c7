"""Where a payment's money came from: which link it was paid through, and whether the operator signed for it."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.journal.events import JournalEntry
from app.domain.payment import ConfirmedBy, Link, Payment
from app.domain.payment_fold.received import callbacks_in, is_counted, is_verified


def late_link(payment: Payment, entries: Sequence[JournalEntry]) -> Link | None:
    """Return the link of the first late pay (protocol.md A3.6); None where it is not known.

    Without entries it is known only while the payment has had one link.
    """
    known = {link.key: link for link in payment.links}
    for item in callbacks_in(entries):
        if is_counted(item.fact) and item.fact.late and item.fact.link_key in known:
            return known[item.fact.link_key]
    return payment.link if len(payment.links) == 1 else None


def is_signed_for(payment: Payment, entries: Sequence[JournalEntry]) -> bool:
    """Return whether a signed callback counts: then a person's word does not change the sum (protocol.md A3.6).

    Without entries the way it was confirmed tells that.
    """
    if not entries:
        return payment.confirmed_by is ConfirmedBy.CALLBACK
    return any(is_counted(item.fact) and is_verified(item.fact) for item in callbacks_in(entries))
