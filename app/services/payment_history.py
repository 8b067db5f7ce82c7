"""What a command returns: the payment with its journal, as its own transaction leaves it, without a second read."""

from __future__ import annotations

from app.domain.errors import NotFound
from app.domain.ids import PaymentId
from app.services.ports.ledger import PaymentHistory
from app.services.ports.ledger_transaction import LedgerTransaction


def history_in(tx: LedgerTransaction, payment_id: PaymentId) -> PaymentHistory:
    """Return the payment as this transaction leaves it. Raises NotFound.

    `as_of` is the seq of the payment's own last entry: what was just appended is the last of the whole journal.
    """
    payment = tx.payment(payment_id)
    if payment is None:
        raise NotFound(payment=payment_id)
    entries = tx.entries(payment_id)
    return PaymentHistory(payment, tx.contact(payment.contact_id), entries, max(entry.seq for entry in entries))
